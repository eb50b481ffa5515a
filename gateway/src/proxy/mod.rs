//! What carries messages between a client and a server, and lets a [`Logic`] decide on each.
//!
//! Clients come over streamable HTTP or standard input and output, and servers are reached over
//! streamable HTTP or as a process: all four pairs work, since a process is given HTTP's sessions
//! and streams, and a client on a pipe is made a client of HTTP.

mod answer;
mod client;
mod exchange;
mod failure;
mod headers;
mod http;
mod limits;
mod lines;
mod logic;
mod origin;
mod part;
mod sse;
mod stall;
mod stdio;
mod upstream;

pub(crate) use answer::{Answer, Body};
pub use client::Client;
pub use exchange::Proxy;
pub(crate) use failure::{Failure, UPSTREAM_FAILED};
pub(crate) use headers::{METHOD, NAME, PARAMETER, SESSION, VERSION, agree as headers_agree};
pub use http::{HttpServer, Routes};
pub use limits::Limits;
pub use logic::{After, Logic, Next};
pub use origin::Origins;
pub use stdio::StdioServer;
pub use upstream::{Processes, Remote, RemoteError, Upstream};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// An id that nobody can guess. `None` when the operating system has no randomness.
pub(crate) fn random_id() -> Option<Box<str>> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes).into())
}
