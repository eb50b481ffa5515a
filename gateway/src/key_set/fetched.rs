//! A key set at a URL: fetched again and again, and kept when that fails.

use super::{KeySetError, ListedKey, parse};
use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::{
    error::Error,
    fmt, io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The most bytes of a set. One of a hundred keys has thirty thousand.
const MAX_SET: usize = 1 << 20;

/// After a failure the next attempt is made sooner, at most this much later.
const RETRY: Duration = Duration::from_secs(30);

/// Where a set of keys is, and how it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetUrl {
    uri: Uri,
    refresh: Duration,
    timeout: Duration,
}

/// Why keys cannot be fetched from a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetUrlError {
    /// It is no URL.
    #[error("found no URL, expected one such as `https://auth.example.com/jwks.json`")]
    Url,
    /// Whoever is on the way could give keys of their own.
    #[error("keys are fetched over https, and over http from this machine alone")]
    Plain,
}

impl KeySetUrl {
    /// The set at `url`, which is fetched every `refresh` and given up after `timeout`.
    ///
    /// # Errors
    ///
    /// When it is no `https` URL, nor an `http` one of this machine.
    pub fn new(url: &str, refresh: Duration, timeout: Duration) -> Result<Self, KeySetUrlError> {
        let uri: Uri = url.parse().map_err(|_| KeySetUrlError::Url)?;
        let host = uri.host().ok_or(KeySetUrlError::Url)?;
        match uri.scheme_str() {
            Some("https") => Ok(Self { uri, refresh, timeout }),
            Some("http") if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => {
                Ok(Self { uri, refresh, timeout })
            }
            Some("http") => Err(KeySetUrlError::Plain),
            _ => Err(KeySetUrlError::Url),
        }
    }
}

impl fmt::Display for KeySetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// Why a fetch has failed. The keys that were there before stay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The system has no certificates to check a server's with.
    #[error("the system's certificates cannot be read: {0}")]
    Certificates(#[from] io::Error),
    /// There was no answer in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The server did not answer, or broke off.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The answer is no success. Redirections are not followed.
    #[error("the answer has status {0}, expected 200")]
    Status(u16),
    /// The answer has no keys.
    #[error(transparent)]
    Keys(#[from] KeySetError),
}

/// The keys that were fetched last from a URL.
#[derive(Debug)]
pub struct KeySet {
    at: KeySetUrl,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: Vec<ListedKey>,
    fetched: Option<Instant>,
    tried: Option<(Instant, bool)>,
}

impl KeySet {
    /// A set that was not fetched yet.
    pub fn new(at: KeySetUrl) -> Self {
        Self { at, state: Mutex::default() }
    }

    /// Where the keys are fetched from.
    pub fn url(&self) -> &KeySetUrl {
        &self.at
    }

    /// How long before `now` the keys were fetched; `None` when they never were.
    pub fn age(&self, now: Instant) -> Option<Duration> {
        self.state().fetched.map(|fetched| now.saturating_duration_since(fetched))
    }

    /// The keys that are good at `now`: those that were fetched last, unless that is longer ago
    /// than `max_age`.
    pub(crate) fn keys(&self, max_age: Option<Duration>, now: Instant) -> Vec<ListedKey> {
        match (self.age(now), max_age) {
            (Some(age), Some(max)) if age > max => vec![],
            _ => self.state().keys.clone(),
        }
    }

    /// Whether it is time to fetch the keys.
    pub fn is_due(&self, now: Instant) -> bool {
        self.state().tried.is_none_or(|(tried, worked)| {
            let wait = if worked { self.at.refresh } else { self.at.refresh.min(RETRY) };
            now.saturating_duration_since(tried) >= wait
        })
    }

    /// Fetches the keys.
    ///
    /// # Errors
    ///
    /// Why that has failed. The keys that were there before stay.
    pub async fn fetch(&self, now: Instant) -> Result<(), FetchError> {
        let timeout = self.at.timeout;
        let fetched = tokio::time::timeout(timeout, get(&self.at.uri))
            .await
            .unwrap_or(Err(FetchError::Timeout(timeout)))
            .and_then(|text| Ok(parse(&text)?));
        let mut state = self.state();
        state.tried = Some((now, fetched.is_ok()));
        state.keys = fetched?;
        state.fetched = Some(now);
        Ok(())
    }

    /// What is set under the lock is set as a whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn get(uri: &Uri) -> Result<Bytes, FetchError> {
    // A connection that is used every few minutes need not be kept.
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = uri.clone();
    let json = header::HeaderValue::from_static("application/jwk-set+json, application/json");
    request.headers_mut().insert(header::ACCEPT, json);
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    let builder = Client::builder(TokioExecutor::new());
    let answer = if uri.scheme_str() == Some("https") {
        let tls = HttpsConnectorBuilder::new().with_native_roots()?.https_only();
        let connector: HttpsConnector<_> = tls.enable_http1().wrap_connector(connector);
        builder.build(connector).request(request).await
    } else {
        builder.build(connector).request(request).await
    };
    let answer = answer.map_err(|error| FetchError::Unreachable(causes(&error)))?;
    if answer.status() != StatusCode::OK {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    let body = Limited::new(answer.into_body(), MAX_SET).collect().await;
    Ok(body.map_err(|error| FetchError::Unreachable(causes(&*error)))?.to_bytes())
}

/// An error with what lies under it, which is where the reason is.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}
