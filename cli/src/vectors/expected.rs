//! What the author of a vector states, and what was answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The right answer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Expected {
    pub(crate) verdict: ExpectedVerdict,
    /// A label, or several between slashes; nothing when the step is open.
    pub(crate) step: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) token: Option<u64>,
    pub(crate) output: Option<Value>,
    /// Of each call of a sequence.
    #[serde(skip)]
    pub(crate) calls: Vec<Expected>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ExpectedVerdict {
    Permit,
    Deny,
    /// The verdict is reported and never wrong.
    Any,
}

impl ExpectedVerdict {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "PERMIT",
            Self::Deny => "DENY",
            Self::Any => "ANY",
        }
    }
}

/// What was answered to one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<u64>,
    /// One sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Value>,
    /// Of each call of a sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) results: Option<Vec<Judgement>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    Permit,
    Deny,
}

impl Judgement {
    pub(crate) fn permit() -> Self {
        Self {
            verdict: Verdict::Permit,
            step: None,
            code: None,
            token: None,
            detail: None,
            output: None,
            results: None,
        }
    }

    pub(crate) fn made(output: impl Into<Value>) -> Self {
        Self { output: Some(output.into()), ..Self::permit() }
    }

    /// A denial; an empty step or code is none.
    pub(crate) fn deny(step: &str, code: &str, detail: impl ToString) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            verdict: Verdict::Deny,
            step: some(step),
            code: some(code),
            detail: Some(detail.to_string()),
            ..Self::permit()
        }
    }
}

impl From<taper::Denied> for Judgement {
    fn from(denied: taper::Denied) -> Self {
        let token = denied.token().and_then(|index| u64::try_from(index).ok());
        Self { token, ..Self::deny(denied.step().label(), denied.code(), &denied) }
    }
}

impl From<Result<(), taper::Denied>> for Judgement {
    fn from(verdict: Result<(), taper::Denied>) -> Self {
        verdict.map_or_else(Self::from, |()| Self::permit())
    }
}
