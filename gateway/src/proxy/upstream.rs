//! The server's side: where messages go, and how answers come back.

mod remote;

pub use remote::{Remote, RemoteError};

use super::{answer::Answer, failure::Failure};
use bytes::Bytes;
use http::HeaderMap;

/// An MCP server.
#[derive(Debug)]
pub enum Upstream {
    /// One that is reached over HTTP.
    Remote(Remote),
}

impl Upstream {
    /// Sends one message.
    pub(crate) async fn post(&self, headers: HeaderMap, message: Bytes) -> Result<Answer, Failure> {
        match self {
            Self::Remote(remote) => remote.post(headers, message).await,
        }
    }

    /// Opens a stream of what the server sends by itself.
    pub(crate) async fn get(&self, headers: HeaderMap) -> Result<Answer, Failure> {
        match self {
            Self::Remote(remote) => remote.get(headers).await,
        }
    }

    /// Ends a session.
    pub(crate) async fn delete(&self, headers: HeaderMap) -> Result<Answer, Failure> {
        match self {
            Self::Remote(remote) => remote.delete(headers).await,
        }
    }
}
