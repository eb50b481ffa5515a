//! What operators and their machines ask a guard, on a listener of its own.

use super::metrics::Metrics;
use crate::policy::Running;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};

/// How long one may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many may ask at once.
const CONNECTIONS: usize = 32;

/// What there is to tell.
pub(super) struct State {
    pub(super) metrics: Arc<Metrics>,
    /// Whether clients are served.
    pub(super) serves: watch::Receiver<bool>,
    pub(super) policy: watch::Receiver<Option<Arc<Running>>>,
}

impl State {
    fn policy(&self) -> Option<Arc<Running>> {
        self.policy.borrow().clone()
    }

    /// Why no call can be permitted.
    async fn unready(&self) -> Option<String> {
        if !*self.serves.borrow() {
            return Some("no client is served".into());
        }
        let policy = self.policy()?;
        if let Some(set) = policy.without_keys(Instant::now()) {
            return Some(format!("there are no good keys from {}", set.url()));
        }
        if !policy.store_blocks() {
            return None;
        }
        match tokio::task::spawn_blocking(move || policy.check_store()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(format!("the replay store is away: {error}")),
            Err(_) => Some("the replay store cannot be asked".into()),
        }
    }

    fn metrics(&self) -> String {
        let now = Instant::now();
        let sets = self.policy().map(|policy| policy.key_sets().to_vec());
        self.metrics.key_sets(sets.iter().flatten().map(|set| (set.url(), set.age(now))));
        self.metrics.text()
    }
}

/// Serves `/healthz`, `/readyz` and `/metrics`.
pub(super) async fn run(listener: TcpListener, state: Arc<State>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let state = Arc::clone(&state);
        let service = service_fn(move |request: Request<Incoming>| {
            let state = Arc::clone(&state);
            async move { Ok::<_, Infallible>(answer(request.uri().path(), &state).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            // One question each, so that nobody holds a place.
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, connection).await;
            drop(place);
        });
    }
}

async fn answer(path: &str, state: &State) -> Response<Full<Bytes>> {
    let (status, kind, body) = match path {
        "/healthz" => (StatusCode::OK, "text/plain", "ok\n".into()),
        "/readyz" => match state.unready().await {
            None => (StatusCode::OK, "text/plain", "ready\n".into()),
            Some(problem) => {
                (StatusCode::SERVICE_UNAVAILABLE, "text/plain", format!("not ready: {problem}\n"))
            }
        },
        "/metrics" => {
            (StatusCode::OK, "application/openmetrics-text; version=1.0.0", state.metrics())
        }
        _ => (StatusCode::NOT_FOUND, "text/plain", String::new()),
    };
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
