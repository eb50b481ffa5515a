//! How much a proxy takes, and how long it waits.

use std::time::Duration;

/// Bounds on what clients and servers may ask of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a client's message, whether a body or a line.
    pub max_message: usize,
    /// Bytes of a server's message, whether a body, an event or a line.
    pub max_answer: usize,
    /// Bytes of an HTTP request's headers.
    pub max_headers: usize,
    /// Messages that are under way at once; more are answered with an error at once.
    pub max_requests: usize,
    /// Connections of clients that are open at once.
    pub max_connections: usize,
    /// Sessions with a process of their own that are open at once.
    pub max_sessions: usize,
    /// How long a client may take for the headers of a request, the wait for them included.
    pub header_timeout: Duration,
    /// How long a client may take for a message's body, and for taking anything of an answer.
    pub body_timeout: Duration,
    /// How long a server may take to connect.
    pub connect_timeout: Duration,
    /// How long a server may be silent while a request waits for its answer.
    pub answer_timeout: Duration,
    /// After how much silence a session with a process of its own is ended.
    pub session_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A call of the largest size that is verified, with room for what surrounds it.
            max_message: 4 << 20,
            max_answer: 64 << 20,
            max_headers: 64 << 10,
            max_requests: 512,
            max_connections: 4096,
            max_sessions: 64,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(300),
            session_timeout: Duration::from_secs(3600),
        }
    }
}
