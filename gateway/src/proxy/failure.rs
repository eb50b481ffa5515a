//! Why a proxy itself cannot go on with a message.

use crate::denial;
use bytes::Bytes;
use http::StatusCode;

/// The JSON-RPC error code when a server's answer cannot be shown.
pub(crate) const UPSTREAM_FAILED: i32 = -31502;

/// What went wrong. Where JSON-RPC has an answer, it is an error with a code outside of -32768 to
/// -32000, in which peers have codes of their own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The server cannot be reached, or went away.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server does not answer.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server's answer is above the limit.
    #[error("the server's answer is too large")]
    AnswerTooLarge,
    /// The message is above the limit.
    #[error("the message is too large")]
    TooLarge,
    /// The message came too slowly.
    #[error("the message came too slowly")]
    TooSlow,
    /// As many messages as are allowed at once are under way.
    #[error("too many requests at once")]
    Overloaded,
    /// There is no such session, or no longer.
    #[error("there is no such session")]
    NoSession,
    /// Another request with this id is under way in the session.
    #[error("a request with this id is under way")]
    SameId,
    /// The client has taken its request back.
    #[error("the request was cancelled")]
    Cancelled,
    /// The server has nothing of that kind.
    #[error("this is not offered here")]
    NotOffered,
}

impl Failure {
    /// The JSON-RPC error code: -31000 less an HTTP status that says about the same.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::Unreachable | Self::AnswerTooLarge => UPSTREAM_FAILED,
            Self::Timeout => -31504,
            Self::TooLarge => -31413,
            Self::TooSlow => -31408,
            Self::Overloaded => -31503,
            Self::NoSession => -31404,
            Self::SameId => -31409,
            Self::Cancelled => -31499,
            Self::NotOffered => -31405,
        }
    }

    /// The HTTP status where no message is answered.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unreachable | Self::AnswerTooLarge => StatusCode::BAD_GATEWAY,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSession => StatusCode::NOT_FOUND,
            Self::SameId | Self::Cancelled => StatusCode::CONFLICT,
            Self::NotOffered => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The error that answers the request `id`, which is JSON text.
    pub(crate) fn answer(&self, id: &str) -> Bytes {
        denial::error(id, self.code(), &self.to_string(), None).into()
    }
}
