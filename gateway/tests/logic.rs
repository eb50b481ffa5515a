//! What a logic between client and server can do beside letting messages through: ask the client,
//! and ask the server again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use bytes::Bytes;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};
use support::{Answer, INITIALIZE, Process, Record, ask, request};
use taper_gateway::proxy::{
    After, Client, HttpServer, Limits, Logic, Next, Origins, Proxy, Remote, Routes, StdioServer,
    Upstream,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _},
    runtime::Runtime,
    sync::watch,
};

/// Asks the client before `tools/call`, and the server twice.
struct Asking;

impl Logic for Asking {
    type Watch = u32;

    async fn from_client(&self, message: &[u8], client: &Client) -> Next<u32> {
        let read: Value = serde_json::from_slice(message).unwrap();
        if read["method"] != json!("tools/call") {
            return Next::Pass;
        }
        let session = client.session().unwrap_or("none").to_owned();
        let params = json!({ "message": session }).to_string();
        match client.ask("elicitation/create", &params, Duration::from_secs(5)).await {
            Some(answer) => {
                let answer: Value = serde_json::from_slice(&answer).unwrap();
                assert_eq!(answer["result"]["action"], json!("accept"));
                Next::Send(Bytes::copy_from_slice(message), 0)
            }
            None => Next::Answer("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":7}}".into()),
        }
    }

    async fn answered(&self, watch: &mut u32, answer: Bytes, _: &Client) -> After {
        *watch = watch.saturating_add(1);
        match watch {
            1 => After::Again(request(1, "tools/call", r#"{"name":"search","again":1}"#).into()),
            _ => After::Show(answer),
        }
    }
}

struct Setting {
    runtime: Runtime,
    routes: watch::Sender<Arc<Routes<Asking>>>,
    record: Record,
    _server: Process,
    _folder: tempfile::TempDir,
}

fn setting(mode: &str) -> Setting {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (server, url) = record.http_server(mode);
    let limits = Limits::default();
    let upstream = Arc::new(Upstream::Remote(Remote::new(&url, &limits).unwrap()));
    let proxy = Proxy::new(Arc::new(Asking), upstream, &limits);
    let (routes, _) = watch::channel(Arc::new(Routes::of_one(Arc::new(proxy))));
    Setting { runtime: Runtime::new().unwrap(), routes, record, _server: server, _folder: folder }
}

fn call() -> String {
    request(1, "tools/call", r#"{"name":"search"}"#)
}

fn accept(asked: &Value) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{"action":"accept"}}}}"#, asked["id"])
}

fn listen(setting: &Setting) -> SocketAddr {
    let bound = tokio::net::TcpListener::bind("127.0.0.1:0");
    let listener = setting.runtime.block_on(bound).unwrap();
    let address = listener.local_addr().unwrap();
    let limits = Limits::default();
    let server = HttpServer::new(setting.routes.subscribe(), Origins::at(address), limits);
    setting.runtime.spawn(server.run(listener, std::future::pending()));
    address
}

#[test]
fn over_http() {
    for mode in ["json", "sse"] {
        let setting = setting(mode);
        let address = listen(&setting).to_string();
        let call = call();
        let mut stream = TcpStream::connect(&address).unwrap();
        let length = call.len();
        write!(
            stream,
            "POST /mcp HTTP/1.1\r\nHost: {address}\r\nMcp-Session-Id: s\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{call}"
        )
        .unwrap();
        let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
        let mut data = || {
            let data = lines
                .by_ref()
                .skip_while(|line| !line.starts_with("data: "))
                .map_while(|line| line.strip_prefix("data: ").map(str::to_owned));
            serde_json::from_str::<Value>(&data.collect::<String>()).unwrap()
        };
        let asked = data();
        assert_eq!(asked["method"], json!("elicitation/create"));
        assert_eq!(asked["params"]["message"], json!("s"));
        assert!(setting.record.all().is_empty());
        let send = |body: &str| -> Answer { ask(&address, "POST /mcp", &[], body).unwrap() };
        assert_eq!(send(&accept(&asked)).status, 202);
        let answer = data();
        assert_eq!(answer["result"]["content"][0]["text"], json!("search"));
        let texts = setting.record.texts();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert_eq!(texts[0], call);
        assert!(texts[1].contains("again"));
        // What nobody asked is the server's to judge.
        assert_eq!(send(&accept(&json!({"id": "x"}))).status, 202);
        assert_eq!(setting.record.all().len(), 3);
    }
}

#[test]
fn over_stdio() {
    let setting = setting("sse");
    let (near, far) = tokio::io::duplex(1 << 16);
    let (from, to) = tokio::io::split(near);
    let server = StdioServer::run(setting.routes.subscribe(), Limits::default(), from, to);
    let server = setting.runtime.spawn(server);
    setting.runtime.block_on(async {
        let (from, mut to) = tokio::io::split(far);
        let mut lines = tokio::io::BufReader::new(from).lines();
        for line in [INITIALIZE.to_owned(), call()] {
            to.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        }
        let mut next = async || {
            let line = lines.next_line().await.unwrap().unwrap();
            serde_json::from_str::<Value>(&line).unwrap()
        };
        assert_eq!(next().await["id"], json!(0));
        let asked = next().await;
        assert_eq!(asked["params"]["message"], json!("stdio"));
        to.write_all(format!("{}\n", accept(&asked)).as_bytes()).await.unwrap();
        assert_eq!(next().await["result"]["content"][0]["text"], json!("search"));
        to.shutdown().await.unwrap();
        drop(to);
        assert!(server.await.unwrap());
    });
    assert!(setting.record.texts()[2].contains("again"));
}
