//! What a client is told, piece by piece, whatever carries it there.

use super::sse::Event;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::mpsc;

/// A piece of what comes back on one message of a client.
#[derive(Debug)]
pub(crate) enum Part {
    /// All of it, but for what came before: one message, or nothing.
    Whole { status: StatusCode, headers: HeaderMap, body: Bytes },
    /// Events follow.
    Begin { status: StatusCode, headers: HeaderMap },
    /// One event.
    Event(Event),
}

impl Part {
    /// The answer `body`.
    pub(crate) fn whole(status: StatusCode, body: Bytes) -> Self {
        Self::Whole { status, headers: HeaderMap::new(), body }
    }

    /// A message on the way to the answer.
    pub(crate) fn message(data: Bytes) -> Self {
        Self::Event(Event::of(data))
    }
}

/// The way to whoever carries the pieces.
#[derive(Clone, Debug)]
pub(crate) struct Parts(mpsc::Sender<Part>);

impl Parts {
    /// Pieces wait in a row of at most a few, so that a slow client slows the server down.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Part>) {
        let (to, from) = mpsc::channel(8);
        (Self(to), from)
    }

    /// `None` when the client is gone.
    pub(crate) async fn send(&self, part: Part) -> Option<()> {
        self.0.send(part).await.ok()
    }

    /// Waits until the client is gone.
    pub(crate) async fn gone(&self) {
        self.0.closed().await;
    }
}
