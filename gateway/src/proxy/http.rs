//! Clients over streamable HTTP.

use super::{
    exchange::Proxy,
    failure::Failure,
    limits::Limits,
    logic::Logic,
    origin::Origins,
    part::{Part, Parts},
    stall::Impatient,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    body::{Body, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
};

/// Which proxy a path leads to.
#[derive(Debug)]
pub struct Routes<L>(BTreeMap<Box<str>, Arc<Proxy<L>>>);

impl<L> Routes<L> {
    /// The only server, at `/mcp`.
    pub fn of_one(proxy: Arc<Proxy<L>>) -> Self {
        Self(BTreeMap::from([("/mcp".into(), proxy)]))
    }

    /// Servers by their names, each at `/NAME/mcp`. A path of its own for each keeps sessions,
    /// ids and streams apart, which one path for all would have to mix and take apart again.
    pub fn of_several(proxies: impl IntoIterator<Item = (Box<str>, Arc<Proxy<L>>)>) -> Self {
        let at = |(name, proxy)| (format!("/{name}/mcp").into(), proxy);
        Self(proxies.into_iter().map(at).collect())
    }

    /// The only one.
    pub(crate) fn only(&self) -> Option<Arc<Proxy<L>>> {
        let mut all = self.0.values();
        all.next().filter(|_| all.next().is_none()).map(Arc::clone)
    }
}

/// A server for clients.
#[derive(Debug)]
pub struct HttpServer<L> {
    routes: watch::Receiver<Arc<Routes<L>>>,
    origins: Origins,
    limits: Limits,
    requests: Arc<Semaphore>,
    connections: Arc<Semaphore>,
    /// Streams that would never end by themselves end with this.
    ending: watch::Sender<bool>,
}

/// How long what is under way may take when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// What is told on a connection too many, without reading from it.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

impl<L: Logic> HttpServer<L> {
    /// Serves `routes`, also when they change later.
    pub fn new(
        routes: watch::Receiver<Arc<Routes<L>>>,
        origins: Origins,
        limits: Limits,
    ) -> Arc<Self> {
        let requests = Arc::new(Semaphore::new(limits.max_requests));
        let connections = Arc::new(Semaphore::new(limits.max_connections));
        let (ending, _) = watch::channel(false);
        Arc::new(Self { routes, origins, limits, requests, connections, ending })
    }

    /// Serves who comes to `listener` until `end`.
    pub async fn run(self: Arc<Self>, listener: TcpListener, end: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let mut end = std::pin::pin!(end);
        loop {
            let accepted = tokio::select! {
                () = &mut end => break,
                accepted = listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Most often there are no file descriptors left: others have to end first.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            match Arc::clone(&self.connections).try_acquire_owned() {
                Ok(place) => Arc::clone(&self).connection(stream, place, &graceful),
                Err(_) => drop(tokio::spawn(refuse(stream))),
            }
        }
        drop(listener);
        self.ending.send_replace(true);
        let _ = tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await;
    }

    fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        place: OwnedSemaphorePermit,
        graceful: &GracefulShutdown,
    ) {
        // A small answer should not wait for more.
        let _ = stream.set_nodelay(true);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            // What hyper takes as the least.
            .max_buf_size(self.limits.max_headers.max(8192));
        let server = Arc::clone(&self);
        let service = service_fn(move |request| {
            let server = Arc::clone(&server);
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        let stream = Impatient::new(stream, self.limits.body_timeout);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(place);
        });
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Outgoing> {
        if !self.origins.admit(request.headers()) {
            return bare(StatusCode::FORBIDDEN);
        }
        let proxy = self.routes.borrow().0.get(request.uri().path()).map(Arc::clone);
        let Some(proxy) = proxy else { return bare(StatusCode::NOT_FOUND) };
        match *request.method() {
            Method::POST => self.post(proxy, request).await,
            Method::GET => {
                let (to, from) = Parts::new();
                let mut ending = self.ending.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = ending.wait_for(|ending| *ending) => {}
                        () = proxy.get(request.into_parts().0.headers, to) => {}
                    }
                });
                respond(from, None).await
            }
            Method::DELETE => response(proxy.delete(request.into_parts().0.headers).await),
            _ => {
                let mut refused = bare(StatusCode::METHOD_NOT_ALLOWED);
                let allowed = HeaderValue::from_static("GET, POST, DELETE");
                refused.headers_mut().insert(header::ALLOW, allowed);
                refused
            }
        }
    }

    async fn post(&self, proxy: Arc<Proxy<L>>, request: Request<Incoming>) -> Response<Outgoing> {
        let Ok(place) = Arc::clone(&self.requests).try_acquire_owned() else {
            return refused(&Failure::Overloaded);
        };
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            return bare(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let message = match self.message(body).await {
            Ok(message) => message,
            Err(failure) => return refused(&failure),
        };
        let (to, from) = Parts::new();
        tokio::spawn(proxy.post(head.headers, None, message, to));
        respond(from, Some(place)).await
    }

    async fn message(&self, body: Incoming) -> Result<Bytes, Failure> {
        let max = self.limits.max_message;
        // What says that it is too large is not read at all.
        if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
            return Err(Failure::TooLarge);
        }
        let body = Limited::new(body, max).collect();
        match tokio::time::timeout(self.limits.body_timeout, body).await {
            Err(_) => Err(Failure::TooSlow),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Failure::TooLarge),
            // Whoever sent it is gone, and will not read this.
            Ok(Err(_)) => Err(Failure::TooSlow),
            Ok(Ok(body)) => Ok(body.to_bytes()),
        }
    }
}

/// A web page of anybody's can send other types without being asked for permission.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    })
}

async fn refuse(mut stream: TcpStream) {
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.write_all(FULL)).await;
}

fn bare(status: StatusCode) -> Response<Outgoing> {
    response(Part::whole(status, Bytes::new()))
}

/// No message was read, so there is no id.
fn refused(failure: &Failure) -> Response<Outgoing> {
    let mut refused = response(Part::whole(failure.status(), failure.answer("null")));
    if *failure == Failure::Overloaded {
        refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    } else {
        // The rest of what was sent is not read.
        refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    refused
}

/// The response that the first piece begins.
async fn respond(
    mut from: mpsc::Receiver<Part>,
    place: Option<OwnedSemaphorePermit>,
) -> Response<Outgoing> {
    let (status, headers, first) = match from.recv().await {
        None => return bare(StatusCode::BAD_GATEWAY),
        Some(whole @ Part::Whole { .. }) => return response(whole),
        Some(Part::Begin { status, headers }) => (status, headers, None),
        Some(Part::Event(event)) => (StatusCode::OK, HeaderMap::new(), Some(event.to_bytes())),
    };
    let mut response = Response::new(Outgoing::Events { first, from, _place: place });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    let own = [
        (header::CONTENT_TYPE, "text/event-stream"),
        // Neither kept nor held back by whoever passes it on.
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    for (name, value) in own {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn response(part: Part) -> Response<Outgoing> {
    let (status, headers, body) = match part {
        Part::Whole { status, headers, body } => (status, headers, body),
        Part::Begin { status, headers } => (status, headers, Bytes::new()),
        Part::Event(event) => (StatusCode::OK, HeaderMap::new(), event.data.unwrap_or_default()),
    };
    let json = !body.is_empty() && !headers.contains_key(header::CONTENT_TYPE);
    let mut response = Response::new(Outgoing::Whole(Some(body)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if json {
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    response
}

/// What is on its way to a client.
enum Outgoing {
    Whole(Option<Bytes>),
    Events {
        first: Option<Bytes>,
        from: mpsc::Receiver<Part>,
        _place: Option<OwnedSemaphorePermit>,
    },
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = |bytes: Bytes| Some(Ok(Frame::data(bytes)));
        match self.get_mut() {
            Self::Whole(body) => {
                Poll::Ready(body.take().filter(|body| !body.is_empty()).and_then(frame))
            }
            Self::Events { first: first @ Some(_), .. } => {
                Poll::Ready(first.take().and_then(frame))
            }
            Self::Events { from, .. } => loop {
                let text = match std::task::ready!(from.poll_recv(context)) {
                    None => return Poll::Ready(None),
                    Some(Part::Event(event)) => event.to_bytes(),
                    Some(Part::Whole { body, .. }) if !body.is_empty() => {
                        super::sse::Event::of(body).to_bytes()
                    }
                    // The response has begun already.
                    Some(_) => continue,
                };
                return Poll::Ready(frame(text));
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
            || matches!(self, Self::Whole(Some(body)) if body.is_empty())
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        match self {
            Self::Whole(body) => {
                let size = body.as_ref().map_or(0, Bytes::len);
                hyper::body::SizeHint::with_exact(u64::try_from(size).unwrap_or(u64::MAX))
            }
            Self::Events { .. } => hyper::body::SizeHint::default(),
        }
    }
}
