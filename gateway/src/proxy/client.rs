//! The client at the other end of one exchange.

use super::part::{Part, Parts};
use crate::{
    members::{self, string},
    message::Message,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// Who sent a message, and the way back.
#[derive(Debug)]
pub struct Client {
    headers: HeaderMap,
    session: OnceLock<Box<str>>,
    questions: Arc<Questions>,
    to: Parts,
}

impl Client {
    pub(crate) fn new(
        headers: HeaderMap,
        session: Option<&str>,
        questions: Arc<Questions>,
        to: Parts,
    ) -> Self {
        let session = session.map_or_else(OnceLock::new, |id| OnceLock::from(Box::from(id)));
        Self { headers, session, questions, to }
    }

    /// All values of a header of the HTTP request that brought the message; over stdio there are
    /// none.
    pub fn header(&self, name: &HeaderName) -> impl Iterator<Item = &[u8]> {
        self.headers.get_all(name).iter().map(http::HeaderValue::as_bytes)
    }

    /// The values of all headers whose names begin with `prefix`, which is in small letters.
    pub(crate) fn headers_of(&self, prefix: &str) -> impl Iterator<Item = &[u8]> {
        let chosen = self.headers.iter().filter(move |(name, _)| name.as_str().starts_with(prefix));
        chosen.map(|(_, value)| value.as_bytes())
    }

    /// The session's id, which is `stdio` for a client on a pipe. `None` where `initialize` was not
    /// answered yet, and where there are no sessions.
    pub fn session(&self) -> Option<&str> {
        self.session.get().map(|id| &**id)
    }

    /// The server has named the session.
    pub(crate) fn in_session(&self, id: &str) {
        // A second name for one exchange is nobody's.
        let _ = self.session.set(id.into());
    }

    /// Sends the client a request of our own, with `params` as JSON text, and waits for its
    /// answer at most for `patience`. `None` when there is none.
    pub async fn ask(&self, method: &str, params: &str, patience: Duration) -> Option<Bytes> {
        let question = self.questions.open()?;
        let members = [
            ("jsonrpc", Cow::from("\"2.0\"")),
            ("id", string(&question.id).into()),
            ("method", string(method).into()),
            ("params", params.into()),
        ];
        self.to.send(Part::message(members::write(members).into())).await?;
        tokio::time::timeout(patience, question.answer()).await.ok()?
    }
}

/// Requests of our own that clients have not answered yet, by their ids.
#[derive(Default)]
pub(crate) struct Questions(Mutex<HashMap<Box<str>, oneshot::Sender<Bytes>>>);

impl Questions {
    /// Hands over an answer to one of these, and says whether it was one.
    pub(crate) fn take(&self, message: &Bytes) -> bool {
        let Ok(Message::Response { id }) = Message::read(message) else { return false };
        let Ok(id) = serde_json::from_str::<Box<str>>(id) else { return false };
        match self.lock().remove(&id) {
            Some(waiting) => waiting.send(message.clone()).is_ok(),
            None => false,
        }
    }

    /// A new one, under an id that nobody can guess.
    fn open(self: &Arc<Self>) -> Option<Question> {
        let id = super::random_id()?;
        let (to, from) = oneshot::channel();
        self.lock().insert(id.clone(), to);
        Some(Question { id, from, all: Arc::clone(self) })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Box<str>, oneshot::Sender<Bytes>>> {
        // Whoever panicked meanwhile has left a whole map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Questions").field(&self.lock().len()).finish()
    }
}

/// One that waits. It is forgotten when dropped.
struct Question {
    id: Box<str>,
    from: oneshot::Receiver<Bytes>,
    all: Arc<Questions>,
}

impl Question {
    async fn answer(mut self) -> Option<Bytes> {
        (&mut self.from).await.ok()
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}
