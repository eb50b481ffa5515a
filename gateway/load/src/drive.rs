//! Sends calls at the highest rate that the connections give.

use crate::{
    Failure,
    calls::{Call, Caller, Kind},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::TcpStream,
    sync::{Mutex, mpsc},
    task::JoinSet,
};

/// What one call was answered, in each of its two sendings where it had two.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    /// `None` for a result, else what stood in its place.
    pub(crate) answers: Vec<Option<Box<str>>>,
}

/// What a run of calls has shown.
#[derive(Debug, Default)]
pub(crate) struct Driven {
    pub(crate) sent: Vec<Sent>,
    /// How long each sending took until its answer was whole.
    pub(crate) latencies: Vec<Duration>,
    pub(crate) took: Duration,
    /// Connections that had to be opened again.
    pub(crate) reopened: u64,
}

/// A keep-alive connection that is opened again when it fails.
struct Connection {
    address: SocketAddr,
    open: Option<http1::SendRequest<Full<Bytes>>>,
    opened: u64,
}

impl Connection {
    fn new(address: SocketAddr) -> Self {
        Self { address, open: None, opened: 0 }
    }

    async fn request(&mut self, method: Method, body: Bytes) -> Result<(u16, Bytes), Failure> {
        let answer = self.try_request(method, body).await;
        if answer.is_err() {
            self.open = None;
        }
        answer
    }

    async fn try_request(&mut self, method: Method, body: Bytes) -> Result<(u16, Bytes), Failure> {
        if self.open.as_ref().is_none_or(http1::SendRequest::is_closed) {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.opened = self.opened.saturating_add(1);
            self.open = Some(sender);
        }
        let sender = self.open.as_mut().ok_or("there is no connection")?;
        sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri("/mcp")
            .header("host", self.address.to_string())
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Full::new(body))?;
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    /// Sends a call; how long it took, and `None` for a result.
    async fn call(&mut self, call: &Call) -> (Duration, Option<Box<str>>) {
        let start = Instant::now();
        let answer = self.request(Method::POST, call.body.clone()).await;
        let took = start.elapsed();
        let told = match answer {
            Ok((status, body)) => told(call.number, status, &body),
            Err(error) => Some(format!("connection: {error}").into()),
        };
        (took, told)
    }
}

/// What stands in the place of the result of call `number`.
fn told(number: u64, status: u16, body: &[u8]) -> Option<Box<str>> {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Some(format!("status {status}, no JSON").into());
    };
    if answer.get("id").and_then(Value::as_u64) != Some(number) {
        return Some(format!("status {status}, another id").into());
    }
    if answer.get("result").is_some() {
        return None;
    }
    let code = answer.pointer("/error/data/code").and_then(Value::as_str);
    Some(code.map_or_else(
        || format!("error {}", answer.pointer("/error/code").unwrap_or(&Value::Null)).into(),
        Into::into,
    ))
}

/// Sends the calls of `caller` to `guards` for `time`, over `connections`, at least two.
///
/// The connections go in pairs, whose two ends are at two guards where there are two: a call that
/// is replayed takes both at once, other calls one each.
pub(crate) async fn drive(
    caller: &Arc<Caller>,
    guards: &[SocketAddr],
    connections: usize,
    time: Duration,
    permitted_alone: bool,
) -> Result<Driven, Failure> {
    let ended = Arc::new(AtomicBool::new(false));
    let calls = Arc::clone(caller).make(permitted_alone, Arc::clone(&ended));
    let calls = Arc::new(Mutex::new(calls));
    let start = Instant::now();
    let mut pairs = JoinSet::new();
    let mut addresses = guards.iter().copied().cycle();
    for _ in 0..connections.div_ceil(2) {
        let (Some(one), Some(other)) = (addresses.next(), addresses.next()) else {
            return Err("there is no guard".into());
        };
        let pair = [Connection::new(one), Connection::new(other)];
        pairs.spawn(pair_of(pair, Arc::clone(&calls), Arc::clone(&ended)));
    }
    tokio::time::sleep(time).await;
    ended.store(true, Ordering::Relaxed);
    let mut all = Driven::default();
    while let Some(done) = pairs.join_next().await {
        let done = done?;
        all.sent.extend(done.sent);
        all.latencies.extend(done.latencies);
        all.reopened = all.reopened.saturating_add(done.reopened);
    }
    all.took = start.elapsed();
    all.latencies.sort_unstable();
    Ok(all)
}

async fn pair_of(
    mut pair: [Connection; 2],
    calls: Arc<Mutex<mpsc::Receiver<Call>>>,
    ended: Arc<AtomicBool>,
) -> Driven {
    let mut driven = Driven::default();
    let mut kept = None;
    while !ended.load(Ordering::Relaxed) {
        let [one, other] = &mut pair;
        let mut next = kept.take();
        if next.is_none() {
            next = calls.lock().await.recv().await;
        }
        let Some(first) = next else { break };
        if first.kind == Kind::Replayed {
            let (here, there) = tokio::join!(one.call(&first), other.call(&first));
            driven.add(&first, [here, there]);
            continue;
        }
        let Some(second) = calls.lock().await.recv().await else { break };
        if second.kind == Kind::Replayed {
            // It wants both ends; this one goes first.
            let here = one.call(&first).await;
            driven.add(&first, [here]);
            kept = Some(second);
            continue;
        }
        let (here, there) = tokio::join!(one.call(&first), other.call(&second));
        driven.add(&first, [here]);
        driven.add(&second, [there]);
    }
    let opened = pair.iter().map(|connection| connection.opened.saturating_sub(1));
    driven.reopened = opened.sum();
    driven
}

impl Driven {
    fn add<const N: usize>(&mut self, call: &Call, answers: [(Duration, Option<Box<str>>); N]) {
        self.latencies.extend(answers.iter().map(|(took, _)| *took));
        let answers = answers.into_iter().map(|(_, told)| told).collect();
        self.sent.push(Sent { number: call.number, kind: call.kind, answers });
    }
}

/// How often each call came to the server, which then forgets them.
pub(crate) async fn counts(upstream: SocketAddr) -> Result<BTreeMap<u64, u32>, Failure> {
    let mut connection = Connection::new(upstream);
    let (_, body) = connection.request(Method::GET, Bytes::new()).await?;
    connection.request(Method::DELETE, Bytes::new()).await?;
    let line = |line: &str| {
        let (number, count) = line.split_once(' ')?;
        Some((number.parse().ok()?, count.parse().ok()?))
    };
    let counts = str::from_utf8(&body)?.lines().map(line).collect::<Option<_>>();
    counts.ok_or_else(|| "the server's counts are no numbers".into())
}
