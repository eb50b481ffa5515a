//! What a guard takes, and how it fails: large, slow, broken and too many requests, and a log
//! that cannot be written.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::json;
use std::{
    fs::File,
    io::{BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
    time::Duration,
};
use support::{Guard, Process, Record, after, call, chain, guard_command, lines, request};
use taper_gateway::verify_log;

struct Setting {
    guard: Guard,
    record: Record,
    _server: Process,
    folder: tempfile::TempDir,
}

fn setting(arguments: &[&str]) -> Setting {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (server, url) = record.http_server("json");
    let log = folder.path().join("log");
    let own = ["--upstream", &*url, "--log", log.to_str().unwrap()];
    let guard = Guard::start(folder.path(), &[&own, arguments].concat());
    Setting { guard, record, _server: server, folder }
}

/// A permitted call is answered.
fn works(guard: &Guard, id: u32) {
    let answer = guard.post(&call(&chain(), id, "search", "{}").0);
    assert_eq!(answer.json()["id"], json!(id));
    assert!(answer.json().get("result").is_some(), "{answer:?}");
}

#[test]
fn what_is_too_large_is_not_kept() {
    let Setting { guard, record, .. } = &setting(&[]);
    let large = "x".repeat(100 << 20);
    let refused = |answer: support::Answer| {
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (413, &json!(-31413)));
    };
    // It is told before the body is sent, so that the connection still has an answer to read.
    let head = [("Content-Length", "104857600")];
    refused(guard.send("POST /mcp", &head, ""));
    let chunk = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    // Here the answer may be lost, when the connection is closed on what is still sent.
    if let Ok(answer) = guard.try_send("POST /mcp", &[("Transfer-Encoding", "chunked")], &chunk) {
        refused(answer);
    }
    let status = format!("/proc/{}/status", guard.process.0.id());
    if let Ok(status) = std::fs::read_to_string(status) {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak < 60_000, "{peak} kB");
    }
    let headers = [("X-Large", &*"x".repeat(100_000))];
    assert!([400, 431].contains(&guard.send("POST /mcp", &headers, "").status));
    works(guard, 1);
    assert_eq!(record.all().len(), 1);
}

#[test]
fn what_is_no_request_of_the_protocol() {
    let Setting { guard, record, .. } = &setting(&[]);
    let ping = request(1, "ping", "{}");
    let host = guard.address.clone();
    let rows = [
        ("POST /mcp", ("Content-Type", "text/plain"), 415),
        ("POST /mcp", ("Host", "evil.example"), 403),
        ("POST /mcp", ("Origin", "http://evil.example"), 403),
        ("POST /mcp", ("Host", &*host), 200),
        ("POST /other", ("Host", &*host), 404),
        ("PUT /mcp", ("Host", &*host), 405),
    ];
    for (line, header, status) in rows {
        assert_eq!(guard.send(line, &[header], &ping).status, status, "{line} {header:?}");
    }
    for (body, code) in
        [("", -32700), ("\u{0}garbage", -32700), ("{\"jsonrpc\":", -32700), ("[]", -32600)]
    {
        let answer = guard.post(body);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!(code)));
    }
    let mut stream = TcpStream::connect(&guard.address).unwrap();
    stream.write_all(b"\x16\x03\x01 garbage\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(record.texts(), [ping]);
}

#[test]
fn half_a_request_is_not_waited_for() {
    let Setting { guard, record, .. } = &setting(&["--client-timeout", "1"]);
    let head = format!("POST /mcp HTTP/1.1\r\nHost: {}\r\n", guard.address);
    let rest = "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"json";
    let mut open = vec![];
    for text in [String::new(), "PO".into(), head.clone(), head + rest] {
        let mut stream = TcpStream::connect(&guard.address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        open.push(stream);
    }
    for _ in 0..500 {
        open.push(TcpStream::connect(&guard.address).unwrap());
    }
    works(guard, 1);
    for (at, mut stream) in open.into_iter().enumerate() {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(answer.starts_with("HTTP/1.1 408"), at == 3, "{at} {answer}");
    }
    works(guard, 2);
    assert_eq!(record.all().len(), 2);
}

#[test]
fn too_many_at_once_are_told_at_once() {
    let Setting { guard, record, .. } = &setting(&["--max-requests", "1", "--answer-timeout", "3"]);
    let chain = chain();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| guard.post(&call(&chain, 1, "hang", "{}").0));
        while record.all().is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let answer = guard.post(&call(&chain, 2, "search", "{}").0);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (503, &json!(-31503)));
        assert!(answer.head.contains("retry-after: 1"));
        assert_eq!(slow.join().unwrap().json()["error"]["code"], json!(-31504));
    });
    works(guard, 3);
    assert_eq!(record.all().len(), 2);
}

#[test]
fn decisions_are_written_down_and_counted() {
    let Setting { guard, folder, .. } = &setting(&[]);
    let path = folder.path().join("log");
    works(guard, 1);
    let (denied, _) = call(&chain(), 2, "read_file", r#"{"path":"/etc"}"#);
    assert_eq!(guard.post(&denied).denied(), "argument_refused");
    assert_eq!(guard.post(&request(3, "tools/list", "{}")).denied(), "presentation_missing");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(verify_log(text.as_bytes()).unwrap().0, 3);
    let parts = [
        &[
            "\"permit\"",
            "\"tool\":\"search\"",
            "\"holder\":\"",
            "\"chain\":[\"",
            "\"arguments\":\"",
        ][..],
        &["\"deny\"", "\"step\":\"6b\"", "\"argument_refused\"", "\"tool\":\"read_file\""],
        &["\"deny\"", "\"presentation_missing\""],
    ];
    for (line, parts) in text.lines().zip(parts) {
        parts.iter().for_each(|part| assert!(line.contains(part), "{line} {part}"));
        assert!(!line.contains("/etc"));
    }
}

#[test]
fn a_log_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, url) = &record.http_server("json");
    let log = folder.path().join("log");
    let arguments = ["--upstream", &**url, "--log", log.to_str().unwrap()];
    for number in 1..=3 {
        works(&Guard::start(folder.path(), &arguments), number);
        // As after a crash.
        let mut file = File::options().append(true).open(&log).unwrap();
        file.write_all(b"{\"before\":\"").unwrap();
    }
    let kept = std::fs::read_to_string(&log).unwrap();
    let other = Guard::start(folder.path(), &arguments);
    works(&other, 4);
    // Two do not write to one.
    let refused = || {
        let mut guard = guard_command(folder.path());
        let mut guard =
            Process(guard.args(["--listen", "127.0.0.1:0"]).args(arguments).spawn().unwrap());
        let ended = |line: &String| line.contains("ERROR") || line.contains("listening");
        let said = lines(&mut guard.0).iter().find(ended).unwrap();
        assert!(said.contains("ERROR"), "{said}");
    };
    refused();
    drop(other);
    let text = std::fs::read_to_string(&log).unwrap();
    assert_eq!(verify_log(text.as_bytes()).unwrap().0, 4);
    // One that somebody has changed is not.
    std::fs::write(&log, kept.replacen("permit", "deny", 1)).unwrap();
    refused();
}

#[cfg(target_os = "linux")]
#[test]
fn without_room_for_the_log_calls_are_denied() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, url) = &record.http_server("json");
    let log = folder.path().join("log");
    let guard = guard_command(folder.path());
    // Files of at most four blocks of 512 bytes.
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; ulimit -S -f 4; exec \"$@\"", "sh"])
        .arg(guard.get_program())
        .args(guard.get_args())
        .args(["--listen", "127.0.0.1:0", "--upstream", url, "--log"])
        .arg(&log)
        .stderr(Stdio::piped());
    let mut process = Process(command.spawn().unwrap());
    let address = after(&lines(&mut process.0), "listening at http://");
    let guard = Guard { process, address, folder: folder.path().into() };
    let chain = chain();
    let answers: Vec<_> =
        (1..=12).map(|id| guard.post(&call(&chain, id, "search", "{}").0)).collect();
    let permitted = answers.iter().take_while(|one| one.json().get("result").is_some()).count();
    assert!((1..12).contains(&permitted), "{permitted}");
    for answer in &answers[permitted..] {
        assert_eq!(answer.denied(), "log_unavailable");
    }
    assert_eq!(record.all().len(), permitted);
    let read = || verify_log(BufReader::new(File::open(&log).unwrap())).unwrap().0;
    assert_eq!(read(), permitted);
    // When there is room again, it goes on by itself.
    let raised = Command::new("prlimit")
        .args(["--fsize=unlimited:", "--pid", &guard.process.0.id().to_string()])
        .status();
    if raised.is_ok_and(|raised| raised.success()) {
        works(&guard, 20);
        assert_eq!(read(), permitted.saturating_add(1));
    }
}

#[test]
fn operators_see_how_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (_server, url) = &record.http_server("json");
    let mut command = guard_command(folder.path());
    command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", url]);
    let mut process = Process(command.spawn().unwrap());
    let lines = lines(&mut process.0);
    let admin = after(&lines, "operators at http://");
    let address = after(&lines, "listening at http://");
    let guard = Guard { process, address, folder: folder.path().into() };
    works(&guard, 1);
    assert_eq!(guard.post(&request(3, "tools/list", "{}")).denied(), "presentation_missing");
    // Not where clients are.
    assert_eq!(guard.send("GET /metrics", &[], "").status, 404);
    let admin = Guard { address: admin, ..guard };
    for path in ["GET /healthz", "GET /readyz"] {
        assert_eq!(admin.send(path, &[], "").status, 200);
    }
    let text = admin.send("GET /metrics", &[], "").body;
    for line in [
        r#"taper_guard_decisions_total{verdict="permit",step="",tool="other"} 1"#,
        r#"taper_guard_decisions_total{verdict="deny",step="",tool=""} 1"#,
        "taper_guard_verification_seconds_count 1",
        "taper_guard_upstream_seconds_count 1",
        "taper_guard_log_errors_total 0",
        "taper_guard_replay_errors_total 0",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
}
