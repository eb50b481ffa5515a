//! What is said of each vector, and of all.

use super::suite::{Expected, ExpectedVerdict};
use serde::Serialize;
use std::io::{self, Write};
use taper::Denied;

/// One vector's verdict beside the one expected.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    id: &'a str,
    verdict: &'static str,
    step: Option<&'static str>,
    code: Option<&'static str>,
    expected: &'static str,
    ok: bool,
    #[serde(skip)]
    expected_step: Option<&'a str>,
    #[serde(skip)]
    sentence: Option<String>,
}

impl<'a> Line<'a> {
    pub(super) fn new(id: &'a str, found: Result<(), Denied>, expected: &'a Expected<'_>) -> Self {
        let denied = found.err();
        let verdict = match denied {
            None => ExpectedVerdict::Permit,
            Some(_) => ExpectedVerdict::Deny,
        };
        Self {
            id,
            verdict: verdict.as_str(),
            step: denied.as_ref().map(|d| d.step().label()),
            code: denied.as_ref().map(Denied::code),
            expected: expected.verdict.as_str(),
            ok: expected.verdict == ExpectedVerdict::Any || expected.verdict == verdict,
            expected_step: expected.step.as_deref(),
            sentence: denied.map(|d| d.to_string()),
        }
    }

    fn has_other_step(&self) -> bool {
        match (self.step, self.expected_step) {
            (Some(found), Some(expected)) => self.ok && !step_matches(expected, found),
            _ => false,
        }
    }

    fn is_any(&self) -> bool {
        self.expected == ExpectedVerdict::Any.as_str()
    }

    pub(super) fn write_json(&self, to: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *to, self)?;
        writeln!(to)
    }

    /// Nothing for a vector that is as expected.
    pub(super) fn write_text(&self, to: &mut impl Write) -> io::Result<()> {
        let found = self.sentence.as_deref().unwrap_or("permitted");
        // Whoever wrote the file chose these: they must not steer a terminal.
        let id = self.id.escape_debug();
        let step = self.expected_step.unwrap_or("any step").escape_debug();
        if !self.ok && self.step.is_some() {
            writeln!(to, "wrong  {id}: expected a permit, {found}")
        } else if !self.ok {
            writeln!(to, "wrong  {id}: expected a denial at {step}, {found}")
        } else if self.is_any() {
            writeln!(to, "any    {id}: {found}")
        } else if self.has_other_step() {
            writeln!(to, "step   {id}: expected {step}, {found}")
        } else {
            Ok(())
        }
    }
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

/// Counts over all vectors.
#[derive(Default, Serialize)]
pub(super) struct Summary {
    passed: usize,
    wrong_permit: usize,
    wrong_deny: usize,
    step_differences: usize,
    any: usize,
}

impl Summary {
    pub(super) fn count(&mut self, line: &Line<'_>) {
        let counter = match (line.is_any(), line.ok, line.step) {
            (true, ..) => &mut self.any,
            (false, true, _) => &mut self.passed,
            (false, false, None) => &mut self.wrong_permit,
            (false, false, Some(_)) => &mut self.wrong_deny,
        };
        *counter = counter.saturating_add(1);
        if line.has_other_step() {
            self.step_differences = self.step_differences.saturating_add(1);
        }
    }

    pub(super) fn is_right(&self) -> bool {
        self.wrong_permit == 0 && self.wrong_deny == 0
    }

    pub(super) fn write_json(&self, to: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *to, self)?;
        writeln!(to)
    }

    pub(super) fn write_text(&self, to: &mut impl Write) -> io::Result<()> {
        let Self { passed, wrong_permit, wrong_deny, step_differences, any } = self;
        writeln!(
            to,
            "{passed} as expected, {wrong_permit} wrongly permitted, {wrong_deny} wrongly denied, \
             {step_differences} denied at another step, {any} without expectation"
        )
    }
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
