//! An answer beside the right one.

use super::expected::{Expected, ExpectedVerdict, Judgement, Verdict};
use serde::Serialize;

/// How far an answer is from the right one, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The vector expects nothing.
    Any,
    Right,
    NoAnswer,
    WrongOutput,
    WrongDeny,
    WrongPermit,
}

impl Outcome {
    pub(crate) fn is_right(self) -> bool {
        matches!(self, Self::Any | Self::Right)
    }
}

/// An outcome, and the particulars in which a right answer differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) outcome: Outcome,
    pub(crate) other_step: bool,
    pub(crate) other_code: bool,
    pub(crate) other_token: bool,
}

impl Comparison {
    pub(crate) const NO_ANSWER: Self = Self {
        outcome: Outcome::NoAnswer,
        other_step: false,
        other_code: false,
        other_token: false,
    };

    /// Verdict and output decide; step, code and token are particulars.
    pub(crate) fn new(expected: &Expected, found: &Judgement) -> Self {
        let outcome = match (expected.verdict, found.verdict) {
            (ExpectedVerdict::Any, _) => Outcome::Any,
            (ExpectedVerdict::Deny, Verdict::Permit) => Outcome::WrongPermit,
            (ExpectedVerdict::Permit, Verdict::Deny) => Outcome::WrongDeny,
            _ if expected.output.is_some() && expected.output != found.output => {
                Outcome::WrongOutput
            }
            _ => Outcome::Right,
        };
        let denied = outcome == Outcome::Right && found.verdict == Verdict::Deny;
        let own = Self {
            outcome,
            other_step: denied && differs(&expected.step, &found.step, |e, f| step_matches(e, f)),
            other_code: denied && differs(&expected.code, &found.code, |e, f| e == f),
            other_token: denied && differs(&expected.token, &found.token, |e, f| e == f),
        };
        let none = Vec::new();
        let results = found.results.as_ref().unwrap_or(&none);
        if results.len() < expected.calls.len() {
            // A call that nothing was said of is not known to be denied.
            return own.and(Self { outcome: Outcome::WrongOutput, ..own });
        }
        let calls = expected.calls.iter().zip(results);
        calls.fold(own, |so_far, (expected, found)| so_far.and(Self::new(expected, found)))
    }

    fn and(self, other: Self) -> Self {
        Self {
            outcome: self.outcome.max(other.outcome),
            other_step: self.other_step || other.other_step,
            other_code: self.other_code || other.other_code,
            other_token: self.other_token || other.other_token,
        }
    }

    /// Whether the answer is right in every particular that it gives.
    pub(crate) fn is_exact(self) -> bool {
        self.outcome == Outcome::Right && !self.other_step && !self.other_code && !self.other_token
    }
}

/// Whether both sides say something, and not the same.
fn differs<T>(expected: &Option<T>, found: &Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    matches!((expected, found), (Some(expected), Some(found)) if !same(expected, found))
}

/// Whether `found` is one of the labels in `expected`, which stand between slashes.
///
/// The draft numbers the parts of some steps (4b1 to 4b5, 4p1 to 4p4); a label without the number
/// means any of them.
fn step_matches(expected: &str, found: &str) -> bool {
    expected.split('/').map(str::trim).any(|label| {
        found.strip_prefix(label).is_some_and(|rest| {
            rest.is_empty()
                || label.ends_with(|c: char| c.is_ascii_lowercase())
                    && rest.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::step_matches;

    #[test]
    fn labels() {
        for (expected, found) in
            [("6b", "6b"), ("3n/4o", "4o"), ("3n / 4o", "3n"), ("4b", "4b5"), ("4p", "4p1")]
        {
            assert!(step_matches(expected, found), "{expected} {found}");
        }
        for (expected, found) in [("4b1", "4b"), ("4", "4b"), ("4b", "4c"), ("", "1"), ("3n", "3")]
        {
            assert!(!step_matches(expected, found), "{expected} {found}");
        }
    }
}
