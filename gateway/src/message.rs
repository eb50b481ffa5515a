//! JSON-RPC messages, as far as a guard has to tell them apart.

use crate::members::{self, Members};
use std::borrow::Cow;

/// Why bytes are no message that can be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Not UTF-8.
    #[error("the message is not UTF-8")]
    Encoding,
    /// Not one JSON object with each name once.
    #[error("the message cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// An array of messages: revisions of MCP that had them are gone.
    #[error("the message is a batch, which is not supported")]
    Batch,
    /// `jsonrpc` is not `"2.0"`.
    #[error("the message is not of JSON-RPC 2.0")]
    Version,
    /// `id` is neither a string nor an integer.
    #[error("the message's `id` is neither a string nor an integer")]
    Id,
    /// Neither a request, a notification nor a response.
    #[error("the message is neither a request, a notification nor a response")]
    Kind,
}

/// One message.
#[derive(Clone, Debug)]
pub(crate) enum Message<'a> {
    /// Asks for something: `id` is JSON text.
    Request { id: &'a str, method: Cow<'a, str>, all: Members<'a> },
    /// Tells something.
    Notification { method: Cow<'a, str>, all: Members<'a> },
    /// Answers a request of the other side: `id` is JSON text.
    Response { id: &'a str },
}

impl<'a> Message<'a> {
    /// Reads one message.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, MessageError> {
        let text = std::str::from_utf8(bytes).map_err(|_| MessageError::Encoding)?;
        if text.trim_start().starts_with('[') {
            return Err(MessageError::Batch);
        }
        let all = Members::read(text)?;
        if all.string("jsonrpc").as_deref() != Some("2.0") {
            return Err(MessageError::Version);
        }
        let method = match all.get("method") {
            Some(_) => Some(all.string("method").ok_or(MessageError::Kind)?),
            None => None,
        };
        match (method, all.get("id")) {
            (Some(method), Some(id)) if is_id(id) => Ok(Self::Request { id, method, all }),
            (Some(_), Some(_)) => Err(MessageError::Id),
            (Some(method), None) => Ok(Self::Notification { method, all }),
            (None, Some(id)) if all.get("result").is_some() != all.get("error").is_some() => {
                Ok(Self::Response { id })
            }
            _ => Err(MessageError::Kind),
        }
    }
}

/// MCP's ids are strings and integers, never null.
fn is_id(text: &str) -> bool {
    text.starts_with('"')
        || text
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte.is_ascii_digit() || at == 0 && byte == b'-')
}

/// An id or a token as JSON text, in the one way that is the same for all that mean the same.
pub(crate) fn plain(id: &str) -> Box<str> {
    match serde_json::from_str::<String>(id) {
        Ok(text) => members::string(&text).into(),
        Err(_) => id.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_mean_the_same() {
        assert_eq!(&*plain(r#""\u0061""#), r#""a""#);
        assert_eq!(&*plain("7"), "7");
        assert_ne!(plain("7"), plain("\"7\""));
    }

    #[test]
    fn kinds() {
        let read = |text: &'static str| Message::read(text.as_bytes());
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","id":-7,"method":"tools/call"}"#),
            Ok(Message::Request { id: "-7", .. })
        ));
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
            Ok(Message::Notification { .. })
        ));
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","id":"a","result":{}}"#),
            Ok(Message::Response { .. })
        ));
        for (text, part) in [
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, "batch"),
            (r#"{"id":1,"method":"ping"}"#, "2.0"),
            (r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, "2.0"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "`id`"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "`id`"),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, "`id`"),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, "neither"),
            (r#"{"jsonrpc":"2.0","id":1}"#, "neither"),
            (r#"{"jsonrpc":"2.0","id":1,"result":1,"error":{}}"#, "neither"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#, "twice"),
            ("\u{feff}{}", "cannot be read"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(matches!(Message::read(b"\xff"), Err(MessageError::Encoding)));
    }
}
