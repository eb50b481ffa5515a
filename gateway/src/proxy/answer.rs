//! What a server sends back on one message.

use super::{
    failure::Failure,
    sse::{Event, Reader},
    upstream::process,
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

/// An answer that has begun.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// What is in it.
#[derive(Debug)]
pub(crate) enum Body {
    /// One message, or something else in one piece, or nothing.
    Whole(Bytes),
    /// Messages as they come.
    Events(Events),
}

/// Events as they come.
#[derive(Debug)]
pub(crate) enum Events {
    /// From an HTTP server.
    Http { body: Incoming, reader: Box<Reader> },
    /// From a process.
    Process(process::Events),
}

impl Events {
    pub(crate) fn http(body: Incoming, max: usize) -> Self {
        Self::Http { body, reader: Box::new(Reader::new(max)) }
    }

    /// The next one; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, Failure> {
        match self {
            Self::Process(events) => Ok(events.next().await),
            Self::Http { body, reader } => loop {
                if let Some(event) = reader.next()? {
                    return Ok(Some(event));
                }
                match body.frame().await {
                    None => return Ok(None),
                    Some(Ok(frame)) => {
                        if let Some(data) = frame.data_ref() {
                            reader.push(data);
                        }
                    }
                    Some(Err(error)) => {
                        tracing::warn!(%error, "the server broke off its events");
                        return Err(Failure::Unreachable);
                    }
                }
            },
        }
    }
}

/// All of `body`, when it has at most `max` bytes.
pub(crate) async fn whole(body: Incoming, max: usize) -> Result<Bytes, Failure> {
    match Limited::new(body, max).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Failure::AnswerTooLarge)
        }
        Err(error) => {
            tracing::warn!(error, "the server broke off its answer");
            Err(Failure::Unreachable)
        }
    }
}
