//! A guard as a process that goes by a policy file, while the file, the keys and the servers
//! change under it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};
use support::{Guard, INITIALIZE, Process, Record, after, call, chain, lines, list, request};
use taper_gateway::verify_log;
use taper_testkit::{AUDIENCE, ISSUER, key};

/// A policy with the issuer's key beside it; `more` stands before its tables, `tables` after them.
fn write(folder: &Path, more: &str, upstream: &str, tables: &str) {
    fs::write(folder.join("issuer.jwk"), key(1).public_key().to_jwk()).unwrap();
    let anchor = format!("[[anchors]]\nissuer = \"{ISSUER}\"\nkey_file = \"issuer.jwk\"\n");
    write_with(folder, more, &anchor, upstream, tables);
}

fn write_with(folder: &Path, more: &str, anchor: &str, upstream: &str, tables: &str) {
    let text = format!(
        "audiences = [\"{AUDIENCE}\"]\n{more}\n[listen]\nhttp = \"127.0.0.1:0\"\n\
         admin = \"127.0.0.1:0\"\n{anchor}[upstreams.one]\n{upstream}\n{tables}\n"
    );
    // In one piece, as a mounted file changes.
    fs::write(folder.join("beside"), text).unwrap();
    fs::rename(folder.join("beside"), folder.join("policy.toml")).unwrap();
}

fn url(url: &str) -> String {
    format!("url = \"{url}\"")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper-gateway"));
    command.arg("guard").arg("--policy").arg(folder.join("policy.toml")).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A guard, what it says, and where operators ask it.
struct Running {
    guard: Guard,
    admin: String,
    lines: mpsc::Receiver<String>,
}

fn start(folder: &Path) -> Running {
    let mut process = Process(command(folder, &[]).spawn().unwrap());
    let lines = lines(&mut process.0);
    let admin = after(&lines, "operators at http://");
    let address = after(&lines, "listening at http://");
    let guard = Guard { process, address, folder: folder.into() };
    Running { guard, admin, lines }
}

impl Running {
    /// The status of `/readyz`.
    fn ready(&self) -> u16 {
        support::ask(&self.admin, "GET /readyz", &[], "").unwrap().status
    }

    fn metrics(&self) -> String {
        support::ask(&self.admin, "GET /metrics", &[], "").unwrap().body
    }

    fn hang_up(&self) {
        let pid = self.guard.process.0.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    }

    fn told(&self, part: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(20)).unwrap();
            if line.contains(part) {
                return line;
            }
        }
    }

    fn works(&self, id: u32) {
        let answer = self.guard.post(&call(&chain(), id, "search", "{}").0);
        assert!(answer.json().get("result").is_some(), "{answer:?}");
    }

    fn denied(&self, id: u32) -> String {
        self.guard.post(&call(&chain(), id, "search", "{}").0).denied()
    }
}

fn until(mut done: impl FnMut() -> bool) {
    while !done() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One request on a connection that stays open; the answer's body.
fn on(stream: &mut TcpStream, body: &str) -> serde_json::Value {
    let host = stream.peer_addr().unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Accept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut from = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        assert_ne!(from.read_line(&mut line).unwrap(), 0, "the connection has ended");
        let line = line.trim().to_lowercase();
        if let Some(number) = line.strip_prefix("content-length: ") {
            length = number.parse().unwrap();
        } else if line.is_empty() {
            break;
        }
    }
    let mut answer = vec![0; length];
    from.read_exact(&mut answer).unwrap();
    serde_json::from_slice(&answer).unwrap()
}

#[test]
fn a_policy_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let check = || -> Output { command(folder.path(), &["--check"]).output().unwrap() };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    write(
        folder.path(),
        "mode = \"audit\"",
        "url = \"http://127.0.0.1:1/\"",
        "[log]\npath = \"l\"",
    );
    let good = check();
    assert_eq!(good.status.code(), Some(0));
    let told = text(good.stdout);
    for part in ["policy.toml: good", "protects nothing", "anchors: 1 keys", "upstreams: one"] {
        assert!(told.contains(part), "{told}");
    }
    // Nothing is opened for that.
    assert!(!folder.path().join("l").exists());
    write(folder.path(), "mod = \"audit\"", "url = \"http://127.0.0.1:1/\"", "");
    let bad = check();
    assert_eq!((bad.status.code(), text(bad.stdout)), (Some(1), String::new()));
    let told = text(bad.stderr);
    assert!(told.contains("policy.toml:2:1: unknown field `mod`"), "{told}");
    // It does not serve either.
    let serves = command(folder.path(), &[]).output().unwrap();
    assert_eq!(serves.status.code(), Some(2));
    assert!(text(serves.stderr).contains("policy.toml:2:1"));
    // What the policy says is not said again beside it.
    let both = command(folder.path(), &["--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(text(both.stderr).contains("cannot be used with"));
}

#[test]
fn a_change_holds_from_the_next_call_on_and_connections_live_on() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, at) = record.http_server("json");
    let upstream = url(&at);
    write(folder.path(), "", &upstream, "[log]\npath = \"log\"");
    let running = start(folder.path());
    let chain = chain();
    let mut open = TcpStream::connect(&running.guard.address).unwrap();
    let call = |id| call(&chain, id, "search", "{}").0;
    let used = call(1);
    assert!(on(&mut open, &used).get("result").is_some());
    // Whoever was given the tool may not call it any more.
    let depth = "[log]\npath = \"log\"\n[tools.search]\nmin_depth = 1";
    write(folder.path(), "", &upstream, depth);
    running.hang_up();
    running.told("the policy has changed");
    assert_eq!(on(&mut open, &call(2))["error"]["data"]["code"], json!("leaf_too_shallow"));
    // A broken one changes nothing, and says where it is broken.
    write(folder.path(), "", &upstream, "[tools.search]\nmin_depth = \"none\"");
    running.hang_up();
    assert!(running.told("stays as it was").contains("policy.toml:12:13: "));
    assert_eq!(on(&mut open, &call(3))["error"]["data"]["code"], json!("leaf_too_shallow"));
    // Nor does one that would need a restart.
    write(folder.path(), "", &upstream, "[log]\npath = \"elsewhere\"");
    running.hang_up();
    assert!(running.told("stays as it was").contains("the file of the log cannot change"));
    assert_eq!(running.denied(4), "leaf_too_shallow");
    // Back again, without a signal. A proof that was used stays used.
    write(folder.path(), "", &upstream, "[log]\npath = \"log\"");
    running.told("the policy has changed");
    assert_eq!(on(&mut open, &used)["error"]["data"]["code"], json!("proof_replayed"));
    assert!(on(&mut open, &call(5)).get("result").is_some());
    assert_eq!(record.texts().len(), 2);
    let log = fs::read(folder.path().join("log")).unwrap();
    assert_eq!(verify_log(&*log).unwrap().0, 6);
}

/// With its folder and its variables; and a change of the policy leaves it running.
#[test]
fn a_command_lives_on_through_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let mut server = vec!["sh".into(), "-c".into()];
    server.push("echo \"$NAME in $(basename \"$PWD\")\" > \"$1\"; shift; exec \"$@\"".into());
    server.extend(["sh".into(), folder.path().join("told").to_str().unwrap().to_owned()]);
    server.extend(record.stdio_server());
    fs::create_dir(folder.path().join("inside")).unwrap();
    let upstream = format!(
        "command = {}\nenv = {{ NAME = \"a server\" }}\ndirectory = \"inside\"",
        json!(server)
    );
    write(folder.path(), "", &upstream, "");
    let running = start(folder.path());
    let answer = running.guard.post(INITIALIZE);
    let session = answer.session.clone().unwrap();
    let headers = [("Mcp-Session-Id", &*session)];
    let chain = chain();
    let send =
        |id, tool: &str| running.guard.send("POST /mcp", &headers, &call(&chain, id, tool, "{}").0);
    let first = send(1, "search");
    assert!(first.body.contains("\"pid\""), "{first:?}");
    let told = fs::read_to_string(folder.path().join("told")).unwrap();
    assert_eq!(told, "a server in inside\n");
    write(folder.path(), "", &upstream, "[tools.delete]\nmin_depth = 1");
    running.hang_up();
    running.told("the policy has changed");
    let second = send(2, "search");
    assert!(second.body.contains("\"pid\""), "{second:?}");
    let pids: Vec<_> = record.all().iter().map(|one| one["pid"].clone()).collect();
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
    // It dies in the middle of a call: that call is answered, and a new session works.
    let answer = send(3, "die");
    assert!(answer.body.contains("\"error\""), "{answer:?}");
    assert_eq!(send(4, "search").status, 404);
    assert_eq!(running.guard.post(INITIALIZE).status, 200);
}

#[test]
fn a_guard_that_only_watches_says_so_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, at) = record.http_server("json");
    write(
        folder.path(),
        "mode = \"audit\"",
        &url(&at),
        "[log]\npath = \"log\"\narguments = \"shown\"",
    );
    let bare = request(1, "tools/call", r#"{"name":"delete","arguments":{"path":"/x"}}"#);
    for _ in 0..2 {
        let mut process =
            Process(command(folder.path(), &[]).env("TAPER_LOG", "info").spawn().unwrap());
        let lines = lines(&mut process.0);
        let first = lines.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(first.contains("nothing is protected"), "{first}");
        let address = after(&lines, "listening at http://");
        let guard = Guard { process, address, folder: folder.path().into() };
        assert!(guard.post(&bare).json().get("result").is_some());
    }
    // Whatever else is to be told.
    let quiet = command(folder.path(), &[]).env("TAPER_LOG", "off").spawn().unwrap();
    let mut process = Process(quiet);
    let first = lines(&mut process.0).recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(first.contains("nothing is protected"), "{first}");
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log.matches("\"would_deny\"").count(), 2, "{log}");
    assert!(log.contains(r#""shown":{"path":"/x"}"#), "{log}");
    drop(process);
    // And when it becomes one.
    write(folder.path(), "", &url(&at), "");
    let running = start(folder.path());
    assert_eq!(running.guard.post(&bare).denied(), "presentation_missing");
    write(folder.path(), "mode = \"audit\"", &url(&at), "");
    running.hang_up();
    running.told("nothing is protected");
    until(|| running.guard.post(&bare).json().get("result").is_some());
    assert_eq!(record.all().len(), 3);
}

#[test]
fn listing_without_a_presentation() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, at) = record.http_server("json");
    write(folder.path(), "", &url(&at), "[listing]\nwithout_presentation = \"all\"");
    let running = start(folder.path());
    let tools = |text: &str| -> Vec<String> {
        let answer = running.guard.post(text).json();
        let tools = answer["result"]["tools"].as_array().unwrap().iter();
        tools.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = tools(&request(1, "tools/list", "{}"));
    let mut shown = tools(&list(&chain(), 2));
    shown.push("delete".to_owned());
    assert_eq!(BTreeSet::from_iter(shown), BTreeSet::from_iter(all));
}

/// A server of keys that has none until it is told to.
fn keys() -> (String, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("http://{}/keys", listener.local_addr().unwrap());
    let (good, wait) = mpsc::channel();
    std::thread::spawn(move || {
        let mut works = false;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            works |= wait.try_recv().is_ok();
            let _ = stream.read(&mut [0; 4096]);
            let set = format!("{{\"keys\":[{}]}}", key(1).public_key().to_jwk());
            let (status, body) = if works { ("200 OK", &*set) } else { ("503 Not Now", "") };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
        }
    });
    (at, good)
}

#[test]
fn without_keys_it_is_not_ready_and_denies() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, at) = record.http_server("json");
    let (keys, good) = keys();
    let anchor =
        format!("[[anchors]]\nissuer = \"{ISSUER}\"\njwks_url = \"{keys}\"\nrefresh = \"1s\"\n");
    write_with(folder.path(), "", &anchor, &url(&at), "");
    let running = start(folder.path());
    assert_eq!(running.ready(), 503);
    assert_eq!(running.denied(1), "root_not_trusted");
    let age = |text: &str| {
        let gauge = format!("taper_guard_key_set_age_seconds{{url=\"{keys}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&*gauge));
        line.unwrap_or_else(|| panic!("{text}")).parse::<f64>().unwrap()
    };
    assert!(age(&running.metrics()).is_infinite());
    good.send(()).unwrap();
    until(|| running.ready() == 200);
    running.works(2);
    assert!(age(&running.metrics()).is_finite());
    assert_eq!(record.all().len(), 1);
}

/// A Redis at `port`.
#[cfg(feature = "redis")]
fn redis(port: u16) -> Process {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
    let redis = command.stdout(Stdio::null()).spawn().unwrap();
    until(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
    Process(redis)
}

#[cfg(feature = "redis")]
#[test]
fn redis_goes_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, at) = record.http_server("json");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let store = format!("[replay.redis]\nurl = \"redis://127.0.0.1:{port}\"");
    write(folder.path(), "", &url(&at), &store);
    let redis_process = redis(port);
    let running = start(folder.path());
    until(|| running.ready() == 200);
    running.works(1);
    drop(redis_process);
    assert_eq!(running.ready(), 503);
    for id in 2..5 {
        assert_eq!(running.denied(id), "replay_store_failed");
    }
    assert!(running.metrics().contains("taper_guard_replay_errors_total 3\n"));
    let _redis = redis(port);
    until(|| running.ready() == 200);
    running.works(5);
    assert_eq!(record.all().len(), 2);
}

/// Ten thousand who say nothing, and one who says half of something, keep nobody out.
#[test]
fn idle_connections() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, at) = record.http_server("json");
    write(
        folder.path(),
        "",
        &url(&at),
        "[limits]\nmax_connections = 12_000\nheader_timeout = \"10s\"\nbody_timeout = \"3s\"",
    );
    let running = start(folder.path());
    let mut open: Vec<TcpStream> = vec![];
    // As many as this process may have; the guard takes care of its own number.
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let limit = rustix::process::Rlimit { current: most, maximum: most };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    while let Some(stream) =
        (open.len() < 10_000).then(|| TcpStream::connect(&running.guard.address).ok()).flatten()
    {
        open.push(stream);
    }
    // Descriptors for the calls.
    open.truncate(open.len().saturating_sub(20));
    println!("{} idle connections", open.len());
    assert!(open.len() > 500, "{}", open.len());
    running.works(1);
    open[0].write_all(b"POST /mcp HTTP/1.1\r\nContent-Le").unwrap();
    running.works(2);
    for mut stream in open {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut answer = vec![];
        stream.read_to_end(&mut answer).unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
    running.works(3);
    assert_eq!(record.all().len(), 3);
}
