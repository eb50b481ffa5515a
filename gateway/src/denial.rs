//! What a client is told of a denial (B-mcp-13 to 15).

use crate::{
    log,
    members::{self, string},
};
use serde_json::Value;
use std::borrow::Cow;
use taper::Denied;

/// The JSON-RPC error code of every denial. It is outside of -32768 to -32000, which JSON-RPC
/// reserves and in which MCP and its SDKs have codes of their own.
pub const DENIED: i32 = -31403;

/// Why a message is not forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    step: Option<&'static str>,
    code: &'static str,
    message: String,
    nonce: Option<String>,
    tool: Option<Box<str>>,
    arguments: Option<Box<str>>,
    shown: Option<Box<Value>>,
}

impl Denial {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { step: None, code, message, nonce: None, tool: None, arguments: None, shown: None }
    }

    /// Keeps which call it was, for the log.
    pub(crate) fn about(self, tool: Option<&str>, arguments: &str, shown: Option<Value>) -> Self {
        let arguments = Some(log::digest(arguments).into());
        let shown = shown.map(Box::new);
        Self { tool: tool.map(Into::into), arguments, shown, ..self }
    }

    pub(crate) fn with_nonce(self, nonce: String) -> Self {
        Self { nonce: Some(nonce), ..self }
    }

    /// The step of AAT-02 section 8, when it was the presentation or the call that failed.
    pub fn step(&self) -> Option<&'static str> {
        self.step
    }

    /// The stable name of the reason: of `spec/errors.md`, or one of `presentation_missing`,
    /// `tool_unknown`, `method_not_allowed`,
    /// `params_malformed`, `arguments_too_large`, `message_malformed`, `header_mismatch`,
    /// `log_unavailable`, `guard_failed`; or of a holder's: `chain_expired`, `not_proved`,
    /// `confirmation_refused`, `confirmation_impossible`, `confirmation_too_large`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// One sentence for an operator.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The identifier of the tool that was called, when one was.
    pub fn tool(&self) -> Option<&str> {
        self.tool.as_deref()
    }

    /// The SHA-256 of the arguments' text in base64url, when there were any.
    pub fn arguments(&self) -> Option<&str> {
        self.arguments.as_deref()
    }

    /// The arguments as the log shows them, when it does.
    pub fn shown(&self) -> Option<&Value> {
        self.shown.as_deref()
    }

    /// The answer to the request `id`, which is JSON text. A denial is an error, never a result
    /// with `isError`: clients have taken those for success.
    pub(crate) fn answer(&self, id: &str) -> Vec<u8> {
        let step = self.step.map_or_else(|| "null".into(), string);
        let message = string(&self.message);
        let mut data = vec![
            ("step", Cow::from(step)),
            ("code", string(self.code).into()),
            ("message", message.into()),
        ];
        data.extend(self.nonce.as_deref().map(|nonce| ("nonce", string(nonce).into())));
        let data = members::write(data);
        error(id, DENIED, &self.message, Some(data))
    }
}

impl From<Denied> for Denial {
    fn from(denied: Denied) -> Self {
        let step = Some(denied.step().label());
        Self { step, ..Self::new(denied.code(), denied.to_string()) }
    }
}

/// A JSON-RPC error for the request `id`.
pub(crate) fn error(id: &str, code: i32, message: &str, data: Option<String>) -> Vec<u8> {
    let mut error =
        vec![("code", Cow::from(code.to_string())), ("message", Cow::from(string(message)))];
    error.extend(data.map(|data| ("data", Cow::from(data))));
    let error = members::write(error);
    let answer = [("jsonrpc", Cow::from("\"2.0\"")), ("id", id.into()), ("error", error.into())];
    members::write(answer).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_an_error() {
        let denial = Denial::new("presentation_missing", "no \"presentation\"");
        let answer = String::from_utf8(denial.answer("\"a\"")).unwrap();
        assert_eq!(
            answer,
            r#"{"jsonrpc":"2.0","id":"a","error":{"code":-31403,"message":"no \"presentation\"","data":{"step":null,"code":"presentation_missing","message":"no \"presentation\""}}}"#
        );
    }
}
