//! A guard as a process whose client, server or both are on pipes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
};
use support::{Answer, Guard, INITIALIZE, Pipe, Record, call, chain, guard_command, list, request};

fn over_http(folder: &Path, arguments: &[&str]) -> (Guard, Record) {
    let record = Record::new(folder);
    let command = record.stdio_server();
    let command: Vec<&str> = command.iter().map(|part| &**part).collect();
    (Guard::start(folder, &[arguments, &["--"], &command].concat()), record)
}

/// A session's id, from the answer to `initialize`.
fn session(guard: &Guard) -> String {
    let answer = guard.post(INITIALIZE);
    answer.session.unwrap()
}

/// Opens the stream of what the server says by itself.
fn listen(guard: &Guard, id: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&guard.address).unwrap();
    let host = &guard.address;
    let get = format!("GET /mcp HTTP/1.1\r\nHost: {host}\r\nMcp-Session-Id: {id}\r\n\r\n");
    stream.write_all(get.as_bytes()).unwrap();
    let mut first = [0; 15];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    stream
}

fn last(answer: &Answer) -> Value {
    match answer.head.contains("text/event-stream") {
        true => answer.events().pop().unwrap(),
        false => answer.json(),
    }
}

const ARGUMENTS: &str = r#"{ "path" : "\/data\/a", "n":[1.0, 1e2,9007199254740991] }"#;

#[test]
fn each_session_over_http_has_a_process_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, record) = &over_http(folder.path(), &[]);
    let chain = chain();
    let mut processes = BTreeSet::new();
    for number in [1, 2] {
        let id = session(guard);
        let headers = [("Mcp-Session-Id", &*id)];
        let send = |body: &str| guard.send("POST /mcp", &headers, body);
        let _listening = listen(guard, &id);
        let (sent, expected) = call(&chain, number, "search", ARGUMENTS);
        let answer = send(&sent);
        // Progress comes on the call's own stream, also when there is one for other things.
        assert_eq!(answer.events()[0]["method"], json!("notifications/progress"));
        let answer = last(&answer);
        assert_eq!(answer["result"]["content"][0]["text"], json!("search"));
        assert!(processes.insert(answer["result"]["pid"].to_string()));
        assert_eq!(record.texts().last(), Some(&expected));
        let tools = last(&send(&list(&chain, 9)));
        assert_eq!(tools["result"]["tools"].as_array().unwrap().len(), 7);
        let before = record.texts().len();
        let (other, _) = call(&chain, 8, "delete", "{}");
        assert_eq!(send(&other).denied(), "tool_not_authorized");
        assert_eq!(record.texts().len(), before);
        // The process goes with the session.
        assert_eq!(guard.send("DELETE /mcp", &headers, "").status, 200);
        let answer = send(&request(3, "ping", "{}"));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!(-31404)));
    }
    // Neither another's session nor none is taken for one.
    for headers in [&[("Mcp-Session-Id", "x")][..], &[]] {
        assert_eq!(guard.send("POST /mcp", headers, &request(3, "ping", "{}")).status, 404);
    }
}

#[test]
fn stateless_requests_need_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, record) = &over_http(folder.path(), &["--answer-timeout", "2"]);
    let chain = chain();
    let mut processes = BTreeSet::new();
    for (number, tool) in [(1, "search"), (2, "search"), (3, "hang"), (4, "search")] {
        let version = r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","#;
        let (sent, expected) = call(&chain, number, tool, "{}");
        let with = |text: &str| {
            text.replacen("\"progressToken\"", &format!("{version}\"progressToken\""), 1)
        };
        let answer = last(&guard.post(&with(&sent)));
        assert_eq!(record.texts().last(), Some(&with(&expected)));
        match tool {
            "hang" => assert_eq!(answer["error"]["code"], json!(-31504)),
            _ => drop(processes.insert(answer["result"]["pid"].to_string())),
        }
        // One process for one after the other, but for one that still works on something.
        assert_eq!(processes.len(), if number < 4 { 1 } else { 2 });
    }
}

#[test]
fn a_process_that_dies_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, _record) = &over_http(folder.path(), &["--answer-timeout", "2"]);
    let chain = chain();
    let id = session(guard);
    let headers = [("Mcp-Session-Id", &*id)];
    let send = |body: &str| guard.send("POST /mcp", &headers, body);
    let answer = last(&send(&call(&chain, 1, "hang", "{}").0));
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(1), &json!(-31504)));
    let answer = last(&send(&call(&chain, 2, "die", "{}").0));
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(2), &json!(-31502)));
    // Clients begin anew on this status.
    assert_eq!(send(&request(3, "ping", "{}")).status, 404);
    assert_eq!(guard.send("GET /mcp", &headers, "").status, 404);
    let id = session(guard);
    let answer =
        guard.send("POST /mcp", &[("Mcp-Session-Id", &id)], &call(&chain, 4, "search", "{}").0);
    assert_eq!(last(&answer)["id"], json!(4));
}

/// What both kinds of servers have to show a client on a pipe.
fn converse(pipe: &mut Pipe, record: &Record) {
    let chain = chain();
    pipe.send(INITIALIZE);
    assert_eq!(pipe.json()["result"]["serverInfo"]["name"], json!("fixture"));
    pipe.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let (sent, expected) = call(&chain, 7, "search", ARGUMENTS);
    pipe.send(&sent);
    let mut seen = vec![];
    while !seen.iter().any(|message: &Value| message["id"] == json!(7)) {
        seen.push(pipe.json());
    }
    assert!(seen.iter().any(|message| message["method"] == json!("notifications/progress")));
    assert!(record.texts().contains(&expected));
    let before = record.texts().len();
    let mut answer = |line: &str| {
        pipe.send(line);
        loop {
            let answer = pipe.json();
            if answer.get("method").is_none() {
                return answer;
            }
        }
    };
    let denied = [
        (sent, "proof_replayed"),
        (call(&chain, 8, "delete", "{}").0, "tool_not_authorized"),
        (call(&chain, 9, "read_file", r#"{"path":"/etc"}"#).0, "argument_refused"),
        (request(10, "tools/call", r#"{"name":"search"}"#), "presentation_missing"),
        (request(11, "prompts/list", "{}"), "method_not_allowed"),
    ];
    for (line, code) in denied {
        assert_eq!(answer(&line)["error"]["data"]["code"], json!(code));
    }
    for (line, code) in [("garbage", -32700), ("[]", -32600), ("{\"jsonrpc\":\"2.0\"", -32700)] {
        assert_eq!(answer(line)["error"]["code"], json!(code), "{line}");
    }
    assert_eq!(answer(&"x".repeat(5 << 20))["error"]["code"], json!(-31413));
    assert_eq!(record.texts().len(), before);
    let tools = answer(&list(&chain, 12));
    let tools = tools["result"]["tools"].as_array().unwrap();
    assert_eq!(tools.len(), 7);
    assert_eq!(tools[0]["inputSchema"]["required"], json!(["path"]));
}

/// Waits until the process has ended by itself.
fn ends(mut pipe: Pipe) {
    drop(pipe.to.take());
    assert!(pipe.process.0.wait().unwrap().success());
}

#[test]
fn a_client_on_a_pipe_and_a_server_over_http() {
    for mode in ["json", "sse"] {
        let folder = tempfile::tempdir().unwrap();
        let record = Record::new(folder.path());
        let (_server, url) = &record.http_server(mode);
        let mut command = guard_command(folder.path());
        let mut pipe = Pipe::start(command.args(["--stdio", "--upstream", url]));
        if mode == "json" {
            // There, progress is not told.
            pipe.send(INITIALIZE);
            assert_eq!(pipe.json()["id"], json!(0));
            pipe.send(&list(&chain(), 1));
            assert_eq!(pipe.json()["result"]["tools"].as_array().unwrap().len(), 7);
        } else {
            converse(&mut pipe, &record);
            // A server that says no in its own way, and one that has its client come back.
            pipe.send(&call(&chain(), 3, "locked", "{}").0);
            let answer = pipe.json();
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(3), &json!(-31502)));
            pipe.send(&call(&chain(), 2, "later", "{}").0);
            let answer = loop {
                let message = pipe.json();
                if message["id"] == json!(2) {
                    break message;
                }
            };
            assert_eq!(answer["result"], json!({"content": []}));
        }
        ends(pipe);
        let all = record.all();
        let last = all.last().unwrap();
        assert_eq!(last["text"], json!("DELETE"));
        assert_eq!(last["headers"]["mcp-session-id"], json!("session-1"));
        let version = &all[1]["headers"]["mcp-protocol-version"];
        assert_eq!(version, &json!("2025-06-18"));
    }
}

#[test]
fn a_client_and_a_server_on_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let mut command = guard_command(folder.path());
    command.args(["--stdio", "--"]).args(record.stdio_server());
    let mut pipe = Pipe::start(&mut command);
    converse(&mut pipe, &record);
    // A request of the server to the client, and its answer.
    pipe.send(&call(&chain(), 20, "ask", "{}").0);
    let asked = loop {
        let message = pipe.json();
        if message["method"] == json!("roots/list") {
            break message;
        }
    };
    pipe.send(&format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{"roots":[7]}}}}"#, asked["id"]));
    let answer = pipe.json();
    assert_eq!((&answer["id"], &answer["result"]), (&json!(20), &json!({"roots": [7]})));
    // One that is cancelled is not answered, and what follows is not held up.
    pipe.send(&call(&chain(), 21, "hang", "{}").0);
    assert_eq!(pipe.json()["method"], json!("notifications/progress"));
    pipe.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":21}}"#);
    pipe.send(&request(22, "ping", "{}"));
    let answer = loop {
        let message = pipe.json();
        if message["id"] != json!(21) {
            break message;
        }
    };
    assert_eq!(answer["id"], json!(22));
    ends(pipe);
}

#[cfg(unix)]
#[test]
fn it_ends_when_told_and_so_do_its_processes() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, record) = &mut over_http(folder.path(), &[]);
    let id = session(guard);
    let pid = record.all()[0]["pid"].to_string();
    let runs = |pid: &str| {
        let kill = std::process::Command::new("kill").args(["-0", pid]).output();
        kill.unwrap().status.success()
    };
    assert!(runs(&pid));
    // A stream that a client keeps open does not hold it up.
    let mut stream = listen(guard, &id);
    let guard_pid = guard.process.0.id().to_string();
    assert!(std::process::Command::new("kill").arg(guard_pid).status().unwrap().success());
    assert!(guard.process.0.wait().unwrap().success());
    let mut rest = vec![];
    stream.read_to_end(&mut rest).unwrap();
    while runs(&pid) {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
