//! `taper-gateway doctor` before a guard, and with something between that does not leave messages
//! as they are.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, SystemTime},
};
use support::{Guard, Process, Record, ask, chain};
use taper::{Capabilities, ConstraintMap, Grant, Issuer};
use taper_testkit::{ISSUER, key};

/// Runs the doctor: the exit code, and what it says.
fn doctor(url: &str, more: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper-gateway"));
    let ran = command.args(["doctor", "--guard", url]).args(more).output().unwrap();
    eprintln!("{}", String::from_utf8_lossy(&ran.stderr));
    let told = String::from_utf8(ran.stdout).unwrap();
    eprintln!("{told}");
    (ran.status.code().unwrap(), told)
}

/// The first line of each fault.
fn faults(told: &str) -> Vec<&str> {
    told.lines().filter_map(|line| line.strip_prefix("FAULT  ")).collect()
}

/// A guard before a server, and what reaches the server.
struct Setting {
    guard: Guard,
    record: Record,
    folder: tempfile::TempDir,
    server: Process,
}

impl Setting {
    fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let record = Record::new(folder.path());
        let (server, url) = record.http_server("sse");
        let guard = Guard::start(folder.path(), &[&["--upstream", &*url], arguments].concat());
        Self { guard, record, folder, server }
    }

    fn url(&self) -> String {
        format!("http://{}/mcp", self.guard.address)
    }

    /// The doctor's findings with something between.
    fn behind(&self, between: Between) -> (i32, String) {
        doctor(&proxy(&self.guard.address, between), &[])
    }
}

/// What something between does to a request's body and to an answer's.
struct Between {
    request: fn(String) -> Option<String>,
    answer: fn(Value) -> Value,
}

impl Between {
    /// Something that does to bodies of requests what `request` does, or refuses them.
    fn request(request: fn(String) -> Option<String>) -> Self {
        Self { request, answer: |answer| answer }
    }
}

/// A proxy for HTTP on a socket of its own: its URL.
fn proxy(guard: &str, between: Between) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let (guard, between) = (guard.to_owned(), Arc::new(between));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, guard, between) = (stream.unwrap(), guard.clone(), Arc::clone(&between));
            // Whoever goes away in the middle is no matter.
            std::thread::spawn(move || relay(stream, &guard, &between));
        }
    });
    url
}

/// Relays one request, and closes the connection.
fn relay(mut stream: TcpStream, guard: &str, between: &Between) -> Option<()> {
    let mut from = BufReader::new(stream.try_clone().ok()?);
    let mut lines = vec![];
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let named = |line: &&String| line.to_lowercase().starts_with(&format!("{name}: "));
        lines.iter().find(named).map(|line| line.split_once(": ").unwrap().1.to_owned())
    };
    let mut body = vec![0; header("content-length").map_or(0, |size| size.parse().unwrap())];
    from.read_exact(&mut body).ok()?;
    let kept: Vec<_> = ["accept", "mcp-session-id", "mcp-protocol-version"]
        .into_iter()
        .filter_map(|name| Some((name, header(name)?)))
        .collect();
    let kept: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, &**value)).collect();
    let line = lines.first()?.trim_end_matches(" HTTP/1.1");
    let Some(body) = (between.request)(String::from_utf8(body).ok()?) else {
        let refusal =
            "HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\nTOO LARGE";
        return stream.write_all(refusal.as_bytes()).ok();
    };
    let answer = ask(guard, line, &kept, &body).ok()?;
    let body = match serde_json::from_str(&answer.body) {
        Ok(value) => (between.answer)(value).to_string(),
        Err(_) => answer.body,
    };
    let kept = ["content-type: ", "mcp-session-id: "];
    let mut head = format!("HTTP/1.1 {} Answered\r\nConnection: close\r\n", answer.status);
    for line in answer.head.lines().filter(|line| kept.iter().any(|name| line.starts_with(name))) {
        head.push_str(&format!("{line}\r\n"));
    }
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).ok()
}

/// Parses a message and writes it again.
fn parsed(body: &str, change: impl Fn(&mut Value)) -> String {
    let Ok(mut value) = serde_json::from_str(body) else { return body.into() };
    change(&mut value);
    value.to_string()
}

#[test]
fn a_guard_alone_is_well() {
    let setting = Setting::new(&[]);
    let (code, told) = doctor(&setting.url(), &[]);
    assert_eq!((code, faults(&told).len()), (0, 0), "{told}");
    for part in [
        "an MCP endpoint answers, revision `2025-06-18`",
        "a presentation arrives as it was sent",
        "numbers arrive as they were written: 1.0, 1e2, 9007199254740993, -0",
        "text arrives byte for byte",
        "messages of 4194304 bytes arrive whole, the most that the guard takes",
        "the clocks agree; 30 s are allowed",
        "all is well",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Nothing that it says is by chance.
    assert!(told.lines().rev().skip(1).all(|line| line.starts_with("ok ")), "{told}");
    // A guard answers probes by itself.
    let reached = setting.record.texts();
    assert!(!reached.is_empty());
    assert!(reached.iter().all(|text| !text.contains("dev.taper")), "{reached:?}");
}

#[test]
fn a_guard_with_other_limits_and_something_harmless_between() {
    let setting = Setting::new(&["--max-message", "5000"]);
    let nothing = || Between::request(Some);
    for (code, told) in [doctor(&setting.url(), &[]), setting.behind(nothing())] {
        assert_eq!(code, 0, "{told}");
        assert!(told.contains("messages of 5000 bytes arrive whole"), "{told}");
    }
}

#[test]
fn each_fault_is_found_and_no_other() {
    let setting = Setting::new(&["--max-message", "300000"]);
    let rows: [(&str, Between, &[&str]); 8] = [
        (
            "`_meta` is stripped",
            Between::request(|body| {
                let at = body.find(r#","_meta":{"dev.taper/aat""#);
                Some(match at {
                    Some(at) => format!("{}}}}}", &body[..at]),
                    None => body,
                })
            }),
            &["`params._meta[\"dev.taper/aat\"]` does not arrive"],
        ),
        (
            "numbers become whole ones",
            Between::request(|body| {
                let body = body.replace("1.0}", "1}").replace("1e2}", "100}");
                Some(body.replace("9007199254740993}", "9007199254740992}").replace("-0}", "0}"))
            }),
            &["numbers are rewritten on the way: `1.0` arrives as `1`, `1e2` arrives as `100`, \
               `9007199254740993` arrives as `9007199254740992`, `-0` arrives as `0`"],
        ),
        (
            "JSON is parsed and written again",
            Between::request(|body| Some(parsed(&body, |_| {}))),
            // What this writer does with numbers.
            &["numbers are rewritten on the way: `1e2` arrives as `100.0`, `-0` arrives as `-0.0`"],
        ),
        (
            "characters are composed",
            Between::request(|body| Some(body.replace("e\u{301}", "\u{e9}"))),
            &["characters beyond ASCII do not arrive as they were written, nor as escapes"],
        ),
        (
            "large bodies are refused",
            Between::request(|body| (body.len() <= 100_000).then_some(body)),
            &["messages above about 99"],
        ),
        (
            "large bodies are cut",
            Between::request(|mut body| {
                body.truncate(100_000);
                Some(body)
            }),
            &["messages above about 99"],
        ),
        (
            "long strings are cut",
            Between::request(|body| Some(body.replace(&"x".repeat(60_000), ""))),
            &["messages above about 59"],
        ),
        (
            "the guard's clock is wrong",
            Between {
                request: Some,
                answer: |mut answer| {
                    if let Some(time) = answer.pointer_mut("/result/time") {
                        *time = json!(time.as_i64().unwrap() - 100);
                    }
                    answer
                },
            },
            &["the guard's clock is "],
        ),
    ];
    for (what, between, expected) in rows {
        let (code, told) = setting.behind(between);
        let faults = faults(&told);
        assert_eq!((code, faults.len()), (1, expected.len()), "{what}: {told}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{what}: {told}");
        }
        let advice = |label: &str| told.matches(&format!("\n         {label}")).count();
        assert!(advice("means:") >= 1 && advice("to do:") >= 1, "{told}");
        assert!(told.ends_with("1 fault\n"), "{told}");
    }
}

#[test]
fn what_does_no_harm_is_noted() {
    let setting = Setting::new(&["--max-message", "20000"]);
    let spelled = Between::request(|body| {
        let body = body.replace(r#"{"a":"#, r#"{"a": "#).replace("1,\"a\":2", "1, \"a\":2");
        let escaped = body.replace('\u{fc}', "\\u00fc").replace('\u{301}', "\\u0301");
        Some(escaped.replace('\u{1f600}', "\\ud83d\\ude00"))
    });
    let (code, told) = setting.behind(spelled);
    assert_eq!(code, 0, "{told}");
    for part in [
        "ok     numbers arrive as they were written",
        "note   a presentation arrives, but not byte for byte",
        "note   text is written anew on the way; not kept: the order of members, escapes, \
         characters, which become escapes",
        "note   messages of about 19262 bytes arrive; larger ones grow on the way beyond the 20000",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let answer: fn(Value) -> Value = |mut answer| {
        if let Some(time) = answer.pointer_mut("/result/time") {
            *time = json!(time.as_i64().unwrap() + 20);
        }
        answer
    };
    let (code, told) = setting.behind(Between { request: Some, answer });
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("note   the guard's clock is "), "{told}");
}

#[test]
fn what_is_no_guard_is_not_taken_for_one() {
    let setting = Setting::new(&[]);
    // The server itself.
    let (_server, url) = setting.record.http_server("json");
    let (code, told) = doctor(&url, &[]);
    assert_eq!(code, 1);
    assert!(faults(&told)[0].starts_with("no guard answers, but something else"), "{told}");
    // Another path, and nobody at all.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    for url in [format!("http://{}/", setting.guard.address), format!("http://{free}/mcp")] {
        let (code, told) = doctor(&url, &[]);
        assert_eq!((code, faults(&told).len()), (1, 1), "{told}");
        assert!(faults(&told)[0].starts_with("there is no MCP endpoint: "), "{told}");
    }
    // A guard without its server.
    let Setting { guard, server, folder: _folder, .. } = setting;
    drop(server);
    let (code, told) = doctor(&format!("http://{}/mcp", guard.address), &[]);
    assert_eq!((code, faults(&told).len()), (1, 1), "{told}");
    assert!(faults(&told)[0].starts_with("the server behind the guard does not answer"), "{told}");
    // What is no URL is a mistake.
    assert_eq!(doctor("guard.example.com", &[]).0, 2);
}

#[test]
fn a_chain_is_shown_to_the_guard() {
    let setting = Setting::new(&[]);
    let folder = setting.folder.path();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        private(&path);
        path.to_str().unwrap().to_owned()
    };
    let good = write("chain.json", &chain().to_text());
    let holder = write("holder.jwk", &key(2).to_jwk());
    let other = write("other.jwk", &key(3).to_jwk());
    let with = |chain: &str, key: &str| doctor(&setting.url(), &["--chain", chain, "--key", key]);
    let (code, told) = with(&good, &holder);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("the guard accepts the chain and lists `read_file, search, die"),
        "{told}"
    );
    let (code, told) = with(&good, &other);
    assert_eq!((code, faults(&told).len()), (1, 1), "{told}");
    assert!(faults(&told)[0].contains("is not the one that the chain's leaf names"), "{told}");
    // One that the guard does not trust, and one that has ended.
    let issued = |issuer, from: SystemTime| {
        let any = ConstraintMap::unrestricted();
        let grant = Grant::to(key(2).public_key().clone())
            .capabilities(Capabilities::new().with_tool("search", any))
            .expires_in(Duration::from_secs(600));
        let chain = Issuer::new(ISSUER, key(issuer)).unwrap().issue(grant, from.into());
        write("chain.json", &chain.unwrap().to_text())
    };
    let now = SystemTime::now();
    for (issuer, from) in [(4, now), (1, now - Duration::from_secs(700))] {
        let (code, told) = with(&issued(issuer, from), &holder);
        assert_eq!((code, faults(&told).len()), (1, 1), "{told}");
        assert!(faults(&told)[0].starts_with("the chain is refused: "), "{told}");
    }
    // A key without a chain is a mistake.
    assert_eq!(doctor(&setting.url(), &["--key", &holder]).0, 2);
}

fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
