//! The server's side: where messages go, and how answers come back.

pub(crate) mod process;
mod processes;
mod remote;

pub use processes::Processes;
pub use remote::{Remote, RemoteError};

use super::{answer::Answer, failure::Failure};
use bytes::Bytes;
use http::HeaderMap;

/// An MCP server.
#[derive(Debug)]
pub enum Upstream {
    /// One that is reached over HTTP.
    Remote(Remote),
    /// One that is a process for each session.
    Processes(Processes),
}

impl Upstream {
    /// Sends one message.
    pub(crate) async fn post(&self, headers: HeaderMap, message: Bytes) -> Result<Answer, Failure> {
        match self {
            Self::Remote(remote) => remote.post(headers, message).await,
            Self::Processes(processes) => processes.post(&headers, message).await,
        }
    }

    /// Opens a stream of what the server sends by itself.
    pub(crate) async fn get(&self, headers: HeaderMap) -> Result<Answer, Failure> {
        match self {
            Self::Remote(remote) => remote.get(headers).await,
            Self::Processes(processes) => processes.get(&headers),
        }
    }

    /// Ends a session.
    pub(crate) async fn delete(&self, headers: HeaderMap) -> Result<Answer, Failure> {
        match self {
            Self::Remote(remote) => remote.delete(headers).await,
            Self::Processes(processes) => processes.delete(&headers),
        }
    }
}
