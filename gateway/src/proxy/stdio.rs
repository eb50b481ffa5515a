//! A client on standard input and output. It is made a client of HTTP: its session and its streams
//! are kept here.

use super::{
    exchange::Proxy,
    failure::Failure,
    headers::{LAST_EVENT, SESSION, VERSION},
    http::Routes,
    limits::Limits,
    lines::{self, Lines},
    logic::Logic,
    part::{Part, Parts},
};
use crate::{
    members::Members,
    message::{Message, plain},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
};

/// How long what is under way may take when the client has ended its input.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long to wait before a stream that broke off is gone on with, unless the server says.
const RETRY: Duration = Duration::from_secs(1);
/// How often in a row a stream may bring nothing before it is given up.
const TRIES: u32 = 5;

/// A server for the client on a pipe.
#[derive(Debug)]
pub struct StdioServer<L> {
    routes: watch::Receiver<Arc<Routes<L>>>,
    /// The one that is in use; another, when the routes have changed and have one.
    proxy: Mutex<Arc<Proxy<L>>>,
    limits: Limits,
    conversation: Mutex<Conversation>,
    /// Lines for the client.
    to: mpsc::Sender<Bytes>,
}

/// What the next message needs to know.
#[derive(Debug, Default)]
struct Conversation {
    session: Option<HeaderValue>,
    version: Option<HeaderValue>,
    /// Requests without an answer yet, by their ids.
    under_way: HashMap<Box<str>, AbortHandle>,
}

impl<L: Logic> StdioServer<L> {
    /// Serves the client that writes to `from` and reads from `to`, until it ends its input.
    /// `false` when there is not one server alone, so that it is not clear for which one.
    pub async fn run(
        routes: watch::Receiver<Arc<Routes<L>>>,
        limits: Limits,
        from: impl AsyncRead + Unpin,
        to: impl AsyncWrite + Unpin + Send + 'static,
    ) -> bool {
        let Some(proxy) = routes.borrow().only() else { return false };
        let proxy = Mutex::new(proxy);
        let (lines_to, lines) = mpsc::channel(64);
        let writer = tokio::spawn(write(to, lines));
        let from = Lines::new(from, limits.max_message);
        let conversation = Mutex::default();
        let server = Arc::new(Self { routes, proxy, limits, conversation, to: lines_to });
        server.serve(from).await;
        // All that holds a sender is gone, so the writer ends when it has written all.
        let _ = tokio::time::timeout(LAST_WORDS, writer).await;
        true
    }

    async fn serve(self: Arc<Self>, mut from: Lines<impl AsyncRead + Unpin>) {
        let mut tasks = JoinSet::new();
        let mut listener = None;
        loop {
            let message = tokio::select! {
                () = self.to.closed() => break,
                message = from.next() => message,
            };
            // Those that are done are forgotten.
            while tasks.try_join_next().is_some() {}
            let message = match message {
                None => break,
                Some(Ok(message)) => message,
                Some(Err(failure)) => {
                    let _ = self.to.send(failure.answer("null")).await;
                    continue;
                }
            };
            match Message::read(&message) {
                Ok(Message::Request { id, method, .. }) if method == "initialize" => {
                    let id = Some(plain(id));
                    self.relay(
                        message.clone(),
                        Stream { id, initializes: true, ..Stream::default() },
                    )
                    .await;
                }
                Ok(Message::Request { id, .. }) => {
                    let id = plain(id);
                    if tasks.len() >= self.limits.max_requests {
                        let _ = self.to.send(Failure::Overloaded.answer(&id)).await;
                        continue;
                    }
                    let server = Arc::clone(&self);
                    let own = id.clone();
                    // Held until the task is known, so that it cannot end before.
                    let mut conversation = self.lock();
                    let task = tasks.spawn(async move {
                        let id = Some(own.clone());
                        server.relay(message, Stream { id, ..Stream::default() }).await;
                        server.lock().under_way.remove(&own);
                    });
                    conversation.under_way.insert(id, task);
                }
                Ok(Message::Notification { method, all }) => {
                    let cancelled = (method == "notifications/cancelled")
                        .then(|| Members::read(all.get("params")?).ok()?.get("requestId"))
                        .flatten()
                        .map(plain);
                    let initialized = method == "notifications/initialized";
                    // One after the other: what follows may depend on it.
                    self.relay(message.clone(), Stream::default()).await;
                    if let Some(task) = cancelled.and_then(|id| self.lock().under_way.remove(&id)) {
                        task.abort();
                    }
                    if initialized && listener.is_none() {
                        listener = Some(tokio::spawn(Arc::clone(&self).listen()));
                    }
                }
                Ok(Message::Response { .. }) | Err(_) => {
                    self.relay(message, Stream::default()).await;
                }
            }
        }
        let rest = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(LAST_WORDS, rest).await;
        tasks.shutdown().await;
        if let Some(listener) = listener {
            listener.abort();
            let _ = listener.await;
        }
        if self.lock().session.is_some() {
            let end = self.proxy().delete(self.headers());
            let _ = tokio::time::timeout(LAST_WORDS, end).await;
        }
    }

    fn proxy(&self) -> Arc<Proxy<L>> {
        let mut proxy = self.proxy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(only) = self.routes.borrow().only() {
            *proxy = only;
        }
        Arc::clone(&proxy)
    }

    /// What an HTTP client would send along.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let accepted = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(header::ACCEPT, accepted);
        let conversation = self.lock();
        let own = [(SESSION, &conversation.session), (VERSION, &conversation.version)];
        headers.extend(own.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        headers
    }

    /// Sends one message on, and tells the client all that comes back.
    async fn relay(&self, message: Bytes, mut stream: Stream) {
        let (to, from) = Parts::new();
        let post = self.proxy().post(self.headers(), Some("stdio"), message, to);
        tokio::join!(post, self.tell(&mut stream, from));
        // A server may end a stream early, for its client to go on with it later.
        while stream.can_go_on() {
            tokio::time::sleep(stream.retry).await;
            let mut headers = self.headers();
            headers.extend(stream.last.clone().map(|last| (LAST_EVENT, last)));
            let (to, from) = Parts::new();
            stream.tries = stream.tries.saturating_add(1);
            let get = self.proxy().get(headers, to);
            tokio::join!(get, self.tell(&mut stream, from));
        }
        if let (Some(id), false) = (&stream.id, stream.answered) {
            let failure = stream.failure.unwrap_or(Failure::Unreachable);
            let _ = self.to.send(failure.answer(id)).await;
        }
    }

    /// Hears what the server says by itself.
    async fn listen(self: Arc<Self>) {
        let mut stream = Stream::default();
        while stream.tries < TRIES {
            let mut headers = self.headers();
            headers.extend(stream.last.clone().map(|last| (LAST_EVENT, last)));
            let (to, from) = Parts::new();
            stream.tries = stream.tries.saturating_add(1);
            let get = self.proxy().get(headers, to);
            tokio::join!(get, self.tell(&mut stream, from));
            if stream.failure.is_some() {
                // Not every server has such a stream.
                return;
            }
            tokio::time::sleep(stream.retry).await;
        }
    }

    async fn tell(&self, stream: &mut Stream, mut from: mpsc::Receiver<Part>) {
        while let Some(part) = from.recv().await {
            let data = match part {
                Part::Begin { headers, .. } => {
                    self.begun(&headers);
                    continue;
                }
                Part::Whole { status, headers, body } => {
                    self.begun(&headers);
                    if !status.is_success() {
                        stream.failure = Some(match status {
                            StatusCode::NOT_FOUND => Failure::NoSession,
                            _ => Failure::Unreachable,
                        });
                    }
                    body
                }
                Part::Event(event) => {
                    stream.note(&event);
                    event.data.unwrap_or_default()
                }
            };
            if let Ok(message) = Message::read(&data) {
                let is_answer = |id| stream.id.as_deref() == Some(&*plain(id));
                if matches!(message, Message::Response { id } if is_answer(id)) {
                    stream.answered = true;
                    if stream.initializes {
                        self.initialized(&data);
                    }
                }
                let _ = self.to.send(data).await;
            } else if !data.is_empty() {
                tracing::debug!("what is no message is not told to the client");
            }
        }
    }

    fn begun(&self, headers: &HeaderMap) {
        if let Some(session) = headers.get(SESSION) {
            self.lock().session = Some(session.clone());
        }
    }

    /// From here on, requests name the revision that the server has chosen.
    fn initialized(&self, answer: &[u8]) {
        let version = || {
            let all = Members::read(std::str::from_utf8(answer).ok()?).ok()?;
            let result = Members::read(all.get("result")?).ok()?;
            HeaderValue::try_from(&*result.string("protocolVersion")?).ok()
        };
        if let Some(version) = version() {
            self.lock().version = Some(version);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Conversation> {
        self.conversation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a stream.
#[derive(Debug)]
struct Stream {
    /// The request that it answers.
    id: Option<Box<str>>,
    initializes: bool,
    answered: bool,
    failure: Option<Failure>,
    last: Option<HeaderValue>,
    retry: Duration,
    tries: u32,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            id: None,
            initializes: false,
            answered: false,
            failure: None,
            last: None,
            retry: RETRY,
            tries: 0,
        }
    }
}

impl Stream {
    fn note(&mut self, event: &super::sse::Event) {
        self.tries = 0;
        if let Some(id) = event.id.as_deref().and_then(|id| HeaderValue::try_from(id).ok()) {
            self.last = Some(id);
        }
        if let Some(retry) = event.retry.as_deref().and_then(|retry| retry.parse().ok()) {
            self.retry = Duration::from_millis(retry);
        }
    }

    fn can_go_on(&self) -> bool {
        self.id.is_some()
            && !self.answered
            && self.failure.is_none()
            && self.last.is_some()
            && self.tries < TRIES
    }
}

async fn write(mut to: impl AsyncWrite + Unpin, mut lines: mpsc::Receiver<Bytes>) {
    while let Some(line) = lines.recv().await {
        if lines::write(&mut to, &line).await.is_err() {
            return;
        }
    }
}
