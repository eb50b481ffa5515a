//! The examples, run: the agent's story, and a real HTTP round trip with the gateway.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may be blunt")]

#[path = "../examples/delegate.rs"]
mod delegate;
#[path = "../examples/gateway.rs"]
mod gateway;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::SystemTime,
};
use taper::SigningKey;

/// Starts the gateway on a free port, in a thread of its own.
fn start(issuer: &SigningKey) -> SocketAddr {
    let app = gateway::app(issuer.public_key().clone()).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

/// Posts a body and gives the status and the answer.
fn post(address: SocketAddr, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

#[test]
fn the_gateway_permits_once_and_denies_the_rest() {
    let issuer = SigningKey::generate().unwrap();
    let address = start(&issuer);
    let presentation = delegate::delegate(&issuer, SystemTime::now().into()).unwrap();
    let body = |path: &str| {
        format!(r#"{{"arguments": {{"path": "{path}"}}, "presentation": {presentation}}}"#)
    };

    let (status, answer) = post(address, "/tools/read_file", &body("/data/q3.pdf"));
    assert_eq!((status, answer.contains("done")), (200, true), "{answer}");

    let step = |answer: &str| {
        let object: serde_json::Value = serde_json::from_str(answer).unwrap();
        object.get("step").and_then(|step| step.as_str()).unwrap_or_default().to_owned()
    };
    let (status, answer) = post(address, "/tools/read_file", &body("/data/q3.pdf"));
    assert_eq!((status, step(&answer).as_str()), (403, "7i"), "{answer}");
    let (status, answer) = post(address, "/tools/read_file", &body("/data/q4.pdf"));
    assert_eq!((status, step(&answer).as_str()), (403, "6b"), "{answer}");
    let (status, answer) = post(address, "/tools/search", &body("/data/q3.pdf"));
    assert_eq!((status, step(&answer).as_str()), (403, "6b"), "{answer}");
    let (status, _) = post(address, "/tools/read_file", "{");
    assert_eq!(status, 400);
}
