//! A server that answers every call at once and remembers which calls it got.

use crate::Failure;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use std::{
    collections::HashMap,
    convert::Infallible,
    fmt::Write as _,
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::net::TcpListener;

/// How often each call came, by the number in its arguments.
type Counts = Arc<Mutex<HashMap<u64, u32>>>;

/// Serves until the process is ended; says its port on standard output first.
pub(crate) async fn run() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    let counts = Counts::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let counts = Arc::clone(&counts);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &counts));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // Whoever goes away takes nothing along that is counted.
            let _ = connection.await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    counts: &Counts,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let take = || counts.lock().unwrap_or_else(PoisonError::into_inner);
    let text = match *request.method() {
        Method::GET => take().iter().fold(String::new(), |mut all, (number, count)| {
            // A `String` takes all that is written.
            let _ = writeln!(all, "{number} {count}");
            all
        }),
        Method::DELETE => {
            take().clear();
            String::new()
        }
        _ => {
            let Ok(body) = request.into_body().collect().await else {
                return Ok(Response::default());
            };
            let call: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
            if let Some(number) = call.pointer("/params/arguments/number").and_then(Value::as_u64) {
                let mut counts = take();
                let count = counts.entry(number).or_default();
                *count = count.saturating_add(1);
            }
            let id = call.get("id").unwrap_or(&Value::Null);
            format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[]}}}}"#)
        }
    };
    let mut response = Response::new(Full::new(text.into()));
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
    Ok(response)
}
