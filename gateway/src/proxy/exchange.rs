//! One message of a client, and all that comes back on it.

use super::{
    answer::{Answer, Body, Events},
    client::{Client, Questions},
    failure::Failure,
    headers,
    limits::Limits,
    logic::{After, Logic, Next},
    part::{Part, Parts},
    sse::Event,
    upstream::Upstream,
};
use crate::message::Message;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{sync::Arc, time::Duration};

/// A logic before one server.
#[derive(Debug)]
pub struct Proxy<L> {
    logic: Arc<L>,
    upstream: Arc<Upstream>,
    questions: Arc<Questions>,
    answer_timeout: Duration,
}

impl<L: Logic> Proxy<L> {
    /// Lets `logic` decide on what goes to and comes from `upstream`.
    pub fn new(logic: Arc<L>, upstream: Arc<Upstream>, limits: &Limits) -> Self {
        let questions = Arc::default();
        Self { logic, upstream, questions, answer_timeout: limits.answer_timeout }
    }

    /// Works on one message until all is told to the client, or the client is gone. `session` is
    /// its id when no header says it.
    pub(crate) async fn post(
        self: Arc<Self>,
        headers: HeaderMap,
        session: Option<&str>,
        message: Bytes,
        to: Parts,
    ) {
        tokio::select! {
            () = to.gone() => {}
            () = Exchange::of(&self, &headers, session, &message, &to).run(message) => {}
        }
    }

    /// Opens the stream of what the server sends by itself.
    pub(crate) async fn get(self: Arc<Self>, headers: HeaderMap, to: Parts) {
        let listen = async {
            let answer = match self.upstream.get(headers::for_server(&headers)).await {
                Ok(answer) => answer,
                Err(failure) => return to.send(Part::whole(failure.status(), Bytes::new())).await,
            };
            let Answer { status, headers, body } = answer;
            let mut events = match body {
                // Only an error has something to say in one piece.
                Body::Whole(body) => {
                    let body = if status.is_success() { Bytes::new() } else { body };
                    return to.send(Part::Whole { status, headers, body }).await;
                }
                Body::Events(events) => events,
            };
            to.send(Part::Begin { status, headers }).await?;
            while let Ok(Some(mut event)) = events.next().await {
                if let Some(data) = event.data.take_if(|data| !is_on_the_way(data)) {
                    let Some(data) = self.logic.resumed(data) else { continue };
                    event.data = Some(data);
                }
                to.send(Part::Event(event)).await?;
            }
            Some(())
        };
        tokio::select! {
            () = to.gone() => {}
            _ = listen => {}
        }
    }

    /// Ends a session.
    pub(crate) async fn delete(self: Arc<Self>, headers: HeaderMap) -> Part {
        match self.upstream.delete(headers::for_server(&headers)).await {
            Ok(Answer { status, headers, body: Body::Whole(body) }) => {
                Part::Whole { status, headers, body }
            }
            Ok(Answer { status, .. }) => Part::whole(status, Bytes::new()),
            Err(failure) => Part::whole(failure.status(), Bytes::new()),
        }
    }
}

/// Requests and notifications of a server, and events without a message.
fn is_on_the_way(data: &Bytes) -> bool {
    data.is_empty()
        || matches!(Message::read(data), Ok(Message::Request { .. } | Message::Notification { .. }))
}

fn is_response(body: &Bytes) -> bool {
    matches!(Message::read(body), Ok(Message::Response { .. }))
}

struct Exchange<'a, L> {
    proxy: &'a Proxy<L>,
    client: Client,
    headers: HeaderMap,
    to: &'a Parts,
    /// The request's id as JSON text, when an answer is expected.
    id: Option<Box<str>>,
    /// A server may be silent for as long as it likes on a subscription.
    patience: Option<Duration>,
}

/// The server has to be asked again, with this.
type Again = Option<Bytes>;

impl<'a, L: Logic> Exchange<'a, L> {
    fn of(
        proxy: &'a Proxy<L>,
        headers: &HeaderMap,
        session: Option<&str>,
        message: &[u8],
        to: &'a Parts,
    ) -> Self {
        let named = || headers.get(headers::SESSION)?.to_str().ok();
        let session = session.or_else(named);
        let client =
            Client::new(headers.clone(), session, Arc::clone(&proxy.questions), to.clone());
        let (id, subscribes) = match Message::read(message) {
            Ok(Message::Request { id, method, .. }) => {
                (Some(Box::from(id)), method == "subscriptions/listen")
            }
            _ => (None, false),
        };
        let patience = (!subscribes).then_some(proxy.answer_timeout);
        let mut headers = headers::for_server(headers);
        // Streams are gone on with by `GET` alone.
        headers.remove(headers::LAST_EVENT);
        Self { proxy, client, headers, to, id, patience }
    }

    async fn run(self, message: Bytes) {
        if self.proxy.questions.take(&message) {
            self.tell(StatusCode::ACCEPTED, Bytes::new()).await;
            return;
        }
        let (mut message, mut watch) =
            match self.proxy.logic.from_client(&message, &self.client).await {
                Next::Pass => (message, None),
                Next::Send(message, watch) => (message, Some(watch)),
                Next::Answer(answer) => return self.tell(StatusCode::OK, answer).await,
                Next::Refuse(answer) => return self.tell(StatusCode::BAD_REQUEST, answer).await,
                Next::Drop => return self.tell(StatusCode::ACCEPTED, Bytes::new()).await,
            };
        loop {
            match self.forward(message, watch.as_mut()).await {
                Ok(Some(again)) => message = again,
                Ok(None) => return,
                Err(failure) => return self.fail(&failure).await,
            }
        }
    }

    async fn tell(&self, status: StatusCode, body: Bytes) {
        // When nobody is there to be told, the exchange ends anyway.
        let _ = self.to.send(Part::whole(status, body)).await;
    }

    /// A request is answered with an error and status 200: with another one, clients end the
    /// whole session or never tell whoever waits. Only a session that is over is told by status,
    /// so that they begin a new one.
    async fn fail(&self, failure: &Failure) {
        let answer = self.id.as_ref().map(|id| failure.answer(id));
        let status = match (&answer, failure) {
            (Some(_), Failure::NoSession) | (None, _) => failure.status(),
            (Some(_), _) => StatusCode::OK,
        };
        self.tell(status, answer.unwrap_or_default()).await;
    }

    async fn forward(
        &self,
        message: Bytes,
        watch: Option<&mut L::Watch>,
    ) -> Result<Again, Failure> {
        let mut headers = self.headers.clone();
        headers::repeat(&mut headers, &message);
        let answer = self.proxy.upstream.post(headers, message).await?;
        if let Some(session) = answer.headers.get(headers::SESSION) {
            self.client.in_session(session.to_str().unwrap_or_default());
        }
        let Answer { status, mut headers, body } = answer;
        match body {
            Body::Events(events) => self.events(status, headers, events, watch).await,
            Body::Whole(body) if body.is_empty() => {
                if status.is_success() && self.id.is_some() {
                    // Nothing is no answer to a request.
                    return Err(Failure::Unreachable);
                }
                self.to.send(Part::Whole { status, headers, body }).await;
                Ok(None)
            }
            // What stands between here and the server says this in its own way.
            Body::Whole(body)
                if status.is_server_error() && self.id.is_some() && !is_response(&body) =>
            {
                Err(Failure::Unreachable)
            }
            Body::Whole(body) => {
                let after = match watch {
                    Some(watch) => {
                        self.proxy.logic.answered(watch, body.clone(), &self.client).await
                    }
                    None => After::Show(body.clone()),
                };
                match after {
                    After::Again(message) => Ok(Some(message)),
                    After::Show(shown) => {
                        if shown != body {
                            // Whatever it was, what is shown in its place is JSON.
                            headers.remove(http::header::CONTENT_TYPE);
                        }
                        self.to.send(Part::Whole { status, headers, body: shown }).await;
                        Ok(None)
                    }
                }
            }
        }
    }

    async fn events(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        mut events: Events,
        mut watch: Option<&mut L::Watch>,
    ) -> Result<Again, Failure> {
        self.to.send(Part::Begin { status, headers }).await;
        let (mut answered, mut resumable) = (false, false);
        while let Some(mut event) = self.next(&mut events).await? {
            resumable |= event.id.is_some();
            if let Some(data) = event.data.take_if(|data| !is_on_the_way(data)) {
                answered = true;
                let data = match &mut watch {
                    Some(watch) => self.proxy.logic.answered(watch, data, &self.client).await,
                    None => After::Show(data),
                };
                match data {
                    After::Show(data) => event.data = Some(data),
                    After::Again(message) => return Ok(Some(message)),
                }
            }
            self.to.send(Part::Event(event)).await;
        }
        if !answered && !resumable && self.id.is_some() {
            return Err(Failure::Unreachable);
        }
        Ok(None)
    }

    async fn next(&self, events: &mut Events) -> Result<Option<Event>, Failure> {
        match self.patience {
            Some(patience) => {
                tokio::time::timeout(patience, events.next()).await.unwrap_or(Err(Failure::Timeout))
            }
            None => events.next().await,
        }
    }
}
