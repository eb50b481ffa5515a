//! What is said of each vector, and of all.

use super::{
    compare::{Comparison, Outcome},
    expected::{Expected, Judgement, Verdict},
};
use serde::Serialize;
use std::fmt;

/// One vector's answer beside the right one.
#[derive(Serialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    verdict: Option<Verdict>,
    step: Option<String>,
    code: Option<String>,
    expected: &'static str,
    pub(crate) outcome: Outcome,
    /// What was found, in a sentence.
    pub(crate) found: String,
    #[serde(skip)]
    pub(crate) comparison: Comparison,
    #[serde(skip)]
    wanted: String,
}

impl Line {
    /// The line of an answer.
    pub(crate) fn answered(id: String, expected: &Expected, found: Judgement) -> Self {
        let comparison = Comparison::new(expected, &found);
        let Judgement { verdict, step, code, .. } = found.clone();
        let found = described(expected, &found, comparison);
        Self { verdict: Some(verdict), step, code, ..Self::plain(id, expected, comparison, found) }
    }

    /// The line of a request that got no answer, for `reason`.
    pub(crate) fn unanswered(id: String, expected: &Expected, reason: String) -> Self {
        Self::plain(id, expected, Comparison::NO_ANSWER, reason)
    }

    fn plain(id: String, expected: &Expected, comparison: Comparison, found: String) -> Self {
        let wanted = match (expected.verdict.as_str(), &expected.step) {
            ("PERMIT", _) if expected.output.is_some() => "an output".to_owned(),
            ("PERMIT", _) => "a permit".to_owned(),
            ("DENY", Some(step)) => match &expected.code {
                Some(code) => format!("a denial at {step} ({code})"),
                None => format!("a denial at {step}"),
            },
            ("DENY", None) => "a denial".to_owned(),
            _ => "anything".to_owned(),
        };
        Self {
            id,
            verdict: None,
            step: None,
            code: None,
            expected: expected.verdict.as_str(),
            outcome: comparison.outcome,
            found,
            comparison,
            wanted,
        }
    }

    /// Whether there is nothing to say of it to people.
    pub(crate) fn is_quiet(&self) -> bool {
        self.comparison.is_exact()
    }
}

/// The most characters of foreign text that one line repeats.
const SHOWN: usize = 240;

/// Foreign text, cut.
pub(crate) fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn described(expected: &Expected, found: &Judgement, comparison: Comparison) -> String {
    if comparison.outcome == Outcome::WrongOutput {
        let text = |output: &Option<serde_json::Value>| match output {
            Some(output) => cut(&output.to_string()),
            None => "nothing".to_owned(),
        };
        return match (&found.results, expected.calls.len()) {
            (_, 0) => format!("made {}, not {}", text(&found.output), text(&expected.output)),
            (results, calls) => {
                let results = results.as_ref().map_or(0, Vec::len);
                format!("{results} results for {calls} calls")
            }
        };
    }
    let judged = sentence(found);
    let calls = expected.calls.iter().zip(found.results.iter().flatten());
    let other = calls
        .enumerate()
        .find(|(_, (expected, found))| !Comparison::new(expected, found).is_exact());
    match other {
        Some((place, (expected, found))) => {
            let wanted = expected.verdict.as_str();
            format!("{judged}; call {place}: expected {wanted}, {}", sentence(found))
        }
        None => judged,
    }
}

fn sentence(found: &Judgement) -> String {
    match (&found.detail, found.verdict) {
        (_, Verdict::Permit) => "permitted".to_owned(),
        (Some(detail), _) if detail.starts_with("denied") => cut(detail),
        (detail, _) => {
            let mut text = "denied".to_owned();
            if let Some(step) = &found.step {
                text.push_str(&format!(" at step {}", cut(step)));
            }
            if let Some(code) = &found.code {
                text.push_str(&format!(" ({})", cut(code)));
            }
            if let Some(detail) = detail {
                text.push_str(&format!(": {}", cut(detail)));
            }
            text
        }
    }
}

/// On one line: whoever wrote the vectors, or answers, must not steer a terminal.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = match self.outcome {
            Outcome::WrongPermit => "wrongly permitted",
            Outcome::WrongDeny => "wrongly denied",
            Outcome::WrongOutput => "wrong output",
            Outcome::NoAnswer => "no answer",
            Outcome::Any => "any",
            Outcome::Right if self.comparison.other_step => "other step",
            Outcome::Right if self.comparison.other_code => "other code",
            Outcome::Right => "other token",
        };
        let (id, found) = (self.id.escape_debug(), self.found.escape_debug());
        write!(f, "{label}: {id}: expected {}, {found}", self.wanted.escape_debug())
    }
}

/// Counts over all vectors.
#[derive(Default, Serialize)]
pub(crate) struct Summary {
    passed: usize,
    wrong_permit: usize,
    wrong_deny: usize,
    wrong_output: usize,
    no_answer: usize,
    step_differences: usize,
    code_differences: usize,
    token_differences: usize,
    any: usize,
}

impl Summary {
    pub(crate) fn count(&mut self, comparison: Comparison) {
        let add = |counter: &mut usize, one| *counter = counter.saturating_add(usize::from(one));
        let counter = match comparison.outcome {
            Outcome::Any => &mut self.any,
            Outcome::Right => &mut self.passed,
            Outcome::NoAnswer => &mut self.no_answer,
            Outcome::WrongOutput => &mut self.wrong_output,
            Outcome::WrongDeny => &mut self.wrong_deny,
            Outcome::WrongPermit => &mut self.wrong_permit,
        };
        add(counter, true);
        add(&mut self.step_differences, comparison.other_step);
        add(&mut self.code_differences, comparison.other_code);
        add(&mut self.token_differences, comparison.other_token);
    }

    pub(crate) fn is_right(&self) -> bool {
        [self.wrong_permit, self.wrong_deny, self.wrong_output, self.no_answer] == [0; 4]
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, wrong_permit, wrong_deny, wrong_output, no_answer, .. } = self;
        write!(
            f,
            "{passed} passed, {wrong_permit} wrongly permitted, {wrong_deny} wrongly denied"
        )?;
        let rest = [
            (*wrong_output, "with a wrong output"),
            (*no_answer, "without an answer"),
            (self.step_differences, "denied at another step"),
            (self.code_differences, "denied with another code"),
            (self.token_differences, "denied at another token"),
            (self.any, "without expectation"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, ", {count} {what}")?;
        }
        Ok(())
    }
}
