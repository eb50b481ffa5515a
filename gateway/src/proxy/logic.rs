//! What a guard or a holder does with the messages that a proxy relays.

use super::client::Client;
use bytes::Bytes;

/// What becomes of a client's message.
#[derive(Debug)]
#[must_use = "the message goes nowhere by itself"]
pub enum Next<W> {
    /// It goes to the server as it came, and so does what comes back.
    Pass,
    /// This goes to the server in its place, and what is answered is shown to
    /// [`Logic::answered`] with the watch first.
    Send(Bytes, W),
    /// It goes nowhere, and this is the answer.
    Answer(Bytes),
    /// It goes nowhere, and this is the answer to what was no proper message at all.
    Refuse(Bytes),
    /// It goes nowhere, and there is nobody to answer.
    Drop,
}

/// What becomes of a server's answer.
#[derive(Debug)]
#[must_use = "the client waits for an answer"]
pub enum After {
    /// The client gets this.
    Show(Bytes),
    /// The client gets nothing yet: this goes to the server, with the same watch.
    Again(Bytes),
}

/// What stands between a client and a server. Messages are the bytes that were received, since
/// numbers have to reach the server as they were written.
pub trait Logic: Send + Sync + 'static {
    /// What is kept of a request until its answer is there.
    type Watch: Send + 'static;

    /// Decides on one message of the client. It may [ask the client](Client::ask) meanwhile.
    #[expect(clippy::wrong_self_convention, reason = "it is the message that is from there")]
    fn from_client(
        &self,
        message: &[u8],
        client: &Client,
    ) -> impl Future<Output = Next<Self::Watch>> + Send;

    /// Decides on the answer to a request that was sent with `watch`. What the server sends on
    /// the way, requests and notifications, passes without; anything else comes here, also what
    /// cannot be read.
    fn answered(
        &self,
        watch: &mut Self::Watch,
        answer: Bytes,
        client: &Client,
    ) -> impl Future<Output = After> + Send;

    /// Decides on an answer that comes outside of its request's stream, since a client may go on
    /// with a broken stream. `None` keeps it back.
    fn resumed(&self, answer: Bytes) -> Option<Bytes> {
        Some(answer)
    }
}
