//! Requests to whatever is at a URL, and what comes back.

use super::finding::quoted;
use crate::{
    denial::DENIED,
    members::Members,
    message::Message,
    probe::{self, Received},
    proxy::{Answer, Body, Failure, METHOD, Remote, SESSION, VERSION},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use std::time::{Duration, SystemTime};

/// A client of one MCP endpoint.
#[derive(Debug)]
pub(super) struct Asking {
    remote: Remote,
    patience: Duration,
    session: Option<HeaderValue>,
    version: Option<HeaderValue>,
    stateless: bool,
    last_id: u64,
    pub(super) clock: Clock,
}

/// What came back on a request.
#[derive(Debug)]
pub(super) enum Reply {
    /// The result, as JSON text.
    Result(String),
    /// An error of JSON-RPC.
    Error(RpcError),
    /// What is no answer of JSON-RPC: whatever stands between says it in its own way.
    Other(String),
}

/// An error of JSON-RPC.
#[derive(Debug)]
pub(super) struct RpcError {
    pub(super) code: i64,
    pub(super) message: String,
    /// The code of a denial.
    pub(super) denial: Option<String>,
}

impl RpcError {
    fn read(error: &str) -> Option<Self> {
        let error = Members::read(error).ok()?;
        let code = error.get("code")?.parse().ok()?;
        let message = error.string("message").unwrap_or_default().into_owned();
        let data = error.get("data").and_then(|data| Members::read(data).ok());
        let denial = data
            .filter(|_| code == i64::from(DENIED))
            .and_then(|data| data.string("code").map(Into::into));
        Some(Self { code, message, denial })
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Result(result) => write!(f, "the result {}", quoted(result)),
            Self::Error(RpcError { code, message, .. }) => {
                write!(f, "the error {code} {}", quoted(message))
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Asking {
    pub(super) fn new(remote: Remote, patience: Duration) -> Self {
        Self {
            remote,
            patience,
            session: None,
            version: None,
            stateless: false,
            last_id: 0,
            clock: Clock::default(),
        }
    }

    /// Speaks the revision `version` from here on; in a session, or without one.
    pub(super) fn speak(&mut self, version: &str, stateless: bool) {
        self.version = HeaderValue::try_from(version).ok();
        self.stateless = stateless;
    }

    /// Asks for `method` with these parameters, as they stand.
    pub(super) async fn ask(&mut self, method: &str, params: &str) -> Reply {
        let message = self.message(method, params);
        self.last_id = self.last_id.saturating_add(1);
        self.send(method, message.into()).await
    }

    /// How many bytes of a probe of `size` bytes are its parameters.
    pub(super) fn room(&self, size: usize) -> usize {
        size.saturating_sub(self.message(probe::METHOD, "").len())
    }

    /// The next request.
    fn message(&self, method: &str, params: &str) -> String {
        let id = self.last_id.saturating_add(1);
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
    }

    /// Sends a request as it stands.
    pub(super) async fn send(&mut self, method: &str, message: Bytes) -> Reply {
        let patience = self.patience;
        match tokio::time::timeout(patience, self.answered(method, message)).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(failure)) => Reply::Other(failure.to_string()),
            Err(_) => Reply::Other(Failure::Timeout.to_string()),
        }
    }

    /// Asks a guard what of `params` has reached it.
    pub(super) async fn probe(&mut self, params: &str) -> Result<Received, Reply> {
        let sent = SystemTime::now();
        let reply = self.ask(probe::METHOD, params).await;
        let Reply::Result(result) = &reply else { return Err(reply) };
        match serde_json::from_str::<Received>(result) {
            Ok(received) => {
                self.clock.saw(received.time, sent, SystemTime::now());
                Ok(received)
            }
            Err(_) => Err(reply),
        }
    }

    /// Tells what needs no answer.
    pub(super) async fn tell(&self, method: &str) {
        let message = format!(r#"{{"jsonrpc":"2.0","method":"{method}"}}"#);
        let sent = self.remote.post(self.headers(method), message.into());
        let _ = tokio::time::timeout(self.patience, sent).await;
    }

    /// Ends the session, if there is one.
    pub(super) async fn end(&self) {
        if self.session.is_some() {
            let ended = self.remote.delete(self.headers(""));
            let _ = tokio::time::timeout(self.patience, ended).await;
        }
    }

    fn headers(&self, method: &str) -> HeaderMap {
        let both = HeaderValue::from_static("application/json, text/event-stream");
        let mut headers = HeaderMap::from_iter([(header::ACCEPT, both)]);
        let method = HeaderValue::try_from(method).ok().filter(|_| self.stateless);
        let own = [(SESSION, &self.session), (VERSION, &self.version), (METHOD, &method)];
        for (name, value) in own {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        headers
    }

    async fn answered(&mut self, method: &str, message: Bytes) -> Result<Reply, Failure> {
        let answer = self.remote.post(self.headers(method), message).await?;
        let Answer { status, headers, body } = answer;
        if let Some(session) = headers.get(SESSION) {
            self.session = Some(session.clone());
        }
        let mut events = match body {
            Body::Whole(body) => {
                return Ok(reply(&body).unwrap_or_else(|| {
                    let text = String::from_utf8_lossy(&body);
                    Reply::Other(match text.trim() {
                        "" => format!("HTTP status {} and nothing more", status.as_u16()),
                        text => format!("HTTP status {} with {}", status.as_u16(), quoted(text)),
                    })
                }));
            }
            Body::Events(events) => events,
        };
        while let Some(event) = events.next().await? {
            if let Some(reply) = event.data.as_deref().and_then(reply) {
                return Ok(reply);
            }
        }
        Ok(Reply::Other("events without an answer".into()))
    }
}

/// What a response says. Requests and notifications of the server are none.
fn reply(body: &[u8]) -> Option<Reply> {
    let Ok(Message::Response { .. }) = Message::read(body) else { return None };
    let all = Members::read(std::str::from_utf8(body).ok()?).ok()?;
    match (all.get("result"), all.get("error")) {
        (Some(result), _) => Some(Reply::Result(result.into())),
        (None, Some(error)) => RpcError::read(error).map(Reply::Error),
        (None, None) => None,
    }
}

/// By how many milliseconds the guard's clock is ahead of ours: what all answers leave possible.
/// The guard tells whole seconds, and somewhere between question and answer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock(Option<(i64, i64)>);

impl Clock {
    fn saw(&mut self, time: i64, sent: SystemTime, got: SystemTime) {
        let least = time.saturating_mul(1000).saturating_sub(milliseconds(got));
        let most = time.saturating_add(1).saturating_mul(1000).saturating_sub(milliseconds(sent));
        let both = self.0.map(|(low, high)| (low.max(least), high.min(most)));
        // A clock that was put right meanwhile leaves nothing possible.
        self.0 = both.filter(|(low, high)| low <= high).or(Some((least, most)));
    }

    /// The least difference that is possible, in seconds, rounded away from 0.
    pub(super) fn ahead(self) -> i64 {
        match self.0 {
            Some((low, _)) if low > 0 => low.saturating_add(999).saturating_div(1000),
            Some((_, high)) if high < 0 => high.saturating_sub(999).saturating_div(1000),
            _ => 0,
        }
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks() {
        let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
        // Seconds of the guard, when that was asked and told, and what is left.
        type Row = (&'static [(i64, u64, u64)], i64);
        let rows: [Row; 7] = [
            (&[(100, 100_500, 100_600)], 0),
            (&[(100, 99_900, 101_100)], 0),
            (&[(100, 101_500, 101_600)], -1),
            (&[(100, 98_000, 98_500)], 2),
            (&[(160, 100_000, 100_100)], 60),
            // Two answers tell more than one.
            (&[(100, 100_100, 103_000), (103, 100_500, 101_200)], 2),
            // Afterwards it was put right.
            (&[(160, 100_000, 100_100), (101, 101_200, 101_300)], 0),
        ];
        for (seen, expected) in rows {
            let mut clock = Clock::default();
            for (time, sent, got) in seen {
                clock.saw(*time, at(*sent), at(*got));
            }
            assert_eq!(clock.ahead(), expected, "{seen:?}");
        }
    }

    #[test]
    fn replies() {
        let text = |body: &[u8]| reply(body).map(|reply| reply.to_string());
        let result = br#"{"jsonrpc":"2.0","id":1,"result":{"a":1.0}}"#;
        assert_eq!(text(result).unwrap(), r#"the result `{\"a\":1.0}`"#);
        let error = br#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no\u001b"}}"#;
        assert_eq!(text(error).unwrap(), r"the error -32601 `no\u{1b}`");
        for other in ["<html>", "", r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#] {
            assert!(text(other.as_bytes()).is_none());
        }
    }
}
