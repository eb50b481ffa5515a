//! A server that is reached over streamable HTTP.

use crate::proxy::{
    answer::{self, Answer, Body, Events},
    failure::Failure,
    headers,
    limits::Limits,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use std::time::Duration;

/// A server's address, and connections to it.
#[derive(Debug)]
pub struct Remote {
    uri: Uri,
    own: HeaderMap,
    connections: Connections,
    max_answer: usize,
    answer_timeout: Duration,
}

/// Connections that are kept open.
#[derive(Debug)]
enum Connections {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

/// Why there can be no connections to a server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// It is no URL.
    #[error("`{0}` is no http or https URL")]
    Url(String),
    /// It is no header.
    #[error("`{0}` is no header")]
    Header(String),
    /// The system has no certificates to check a server's with.
    #[error("the system's certificates cannot be read: {0}")]
    Certificates(#[from] std::io::Error),
}

impl Remote {
    /// The server at `url`.
    ///
    /// # Errors
    ///
    /// When `url` is neither `http` nor `https`, or when the system's certificates are not there.
    pub fn new(url: &str, limits: &Limits) -> Result<Self, RemoteError> {
        let wrong = || RemoteError::Url(url.into());
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.authority().is_none() {
            return Err(wrong());
        }
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(limits.connect_timeout));
        connector.set_nodelay(true);
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new());
        let connections = match uri.scheme_str() {
            Some("https") => {
                let tls = HttpsConnectorBuilder::new().with_native_roots()?.https_only();
                Connections::Tls(builder.build(tls.enable_http1().wrap_connector(connector)))
            }
            // A small container without certificates can do this.
            _ => Connections::Plain(builder.build(connector)),
        };
        Ok(Self {
            uri,
            own: HeaderMap::new(),
            connections,
            max_answer: limits.max_answer,
            answer_timeout: limits.answer_timeout,
        })
    }

    /// Sends every request with this header, in place of the client's.
    ///
    /// # Errors
    ///
    /// When it is no header.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, RemoteError> {
        let wrong = || RemoteError::Header(name.into());
        let name: HeaderName = name.parse().map_err(|_| wrong())?;
        let mut value: HeaderValue = value.parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        self.own.insert(name, value);
        Ok(self)
    }

    pub(crate) async fn post(
        &self,
        mut headers: HeaderMap,
        message: Bytes,
    ) -> Result<Answer, Failure> {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.send(Method::POST, headers, message).await
    }

    pub(crate) async fn get(&self, headers: HeaderMap) -> Result<Answer, Failure> {
        self.send(Method::GET, headers, Bytes::new()).await
    }

    pub(crate) async fn delete(&self, headers: HeaderMap) -> Result<Answer, Failure> {
        self.send(Method::DELETE, headers, Bytes::new()).await
    }

    async fn send(
        &self,
        method: Method,
        mut headers: HeaderMap,
        message: Bytes,
    ) -> Result<Answer, Failure> {
        // `insert` and not `extend`, which would keep the client's value beside ours.
        for (name, value) in &self.own {
            headers.insert(name, value.clone());
        }
        let mut request = Request::new(Full::new(message));
        *request.method_mut() = method;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        tokio::time::timeout(self.answer_timeout, self.answered(request))
            .await
            .unwrap_or(Err(Failure::Timeout))
    }

    async fn answered(&self, request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let answer = match &self.connections {
            Connections::Plain(connections) => connections.request(request),
            Connections::Tls(connections) => connections.request(request),
        };
        let answer = answer.await.map_err(|error| {
            let cause = std::error::Error::source(&error).map(tracing::field::display);
            tracing::warn!(uri = %self.uri, %error, cause, "no answer");
            Failure::Unreachable
        })?;
        let (head, body) = answer.into_parts();
        let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_events = kind.is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("text/event-stream")
        });
        let body = match is_events {
            true => Body::Events(Events::http(body, self.max_answer)),
            false => Body::Whole(answer::whole(body, self.max_answer).await?),
        };
        Ok(Answer { status: head.status, headers: headers::for_client(&head.headers), body })
    }
}
