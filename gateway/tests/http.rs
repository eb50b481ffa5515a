//! A guard as a process before an HTTP server: what reaches the server, and what comes back.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::json;
use support::{Guard, INITIALIZE, Record, call, chain, list, request};

struct Setting {
    guard: Guard,
    record: Record,
    server: support::Process,
    _folder: tempfile::TempDir,
}

fn setting(mode: &str, arguments: &[&str]) -> Setting {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (server, url) = record.http_server(mode);
    let guard = Guard::start(folder.path(), &[&["--upstream", &*url], arguments].concat());
    Setting { guard, record, server, _folder: folder }
}

/// Spelled so that whoever parses and writes it again is found out.
const ARGUMENTS: &str = r#"{ "path" : "\/data\/a", "n":[1.0, 1e2,9007199254740991] }"#;

#[test]
fn permitted_calls_arrive_as_they_were_checked_and_denied_ones_never() {
    for mode in ["json", "sse"] {
        let Setting { guard, record, .. } = &setting(mode, &[]);
        let chain = chain();
        let (sent, expected) = call(&chain, 7, "search", ARGUMENTS);
        let answer = guard.post(&sent);
        assert_eq!(answer.status, 200);
        let result = match mode {
            "json" => answer.json(),
            _ => {
                let events = answer.events();
                assert_eq!(events.len(), 2);
                assert_eq!(events[0]["method"], json!("notifications/progress"));
                events[1].clone()
            }
        };
        assert_eq!(result["result"]["content"][0]["text"], json!("search"));
        assert_eq!(record.texts(), [&*expected]);

        // The same proof again, another path, another tool, nothing presented.
        assert_eq!(guard.post(&sent).denied(), "proof_replayed");
        let (other, _) = call(&chain, 8, "read_file", r#"{"path":"/data/c"}"#);
        assert_eq!(guard.post(&other).denied(), "argument_refused");
        let (other, _) = call(&chain, 9, "delete", r#"{"path":"/data/a"}"#);
        assert_eq!(guard.post(&other).denied(), "tool_not_authorized");
        let bare = request(10, "tools/call", r#"{"name":"search","arguments":{}}"#);
        assert_eq!(guard.post(&bare).denied(), "presentation_missing");
        assert_eq!(guard.post(&request(11, "resources/list", "{}")).denied(), "method_not_allowed");
        let batch = format!("[{}]", call(&chain, 12, "search", "{}").0);
        let answer = guard.post(&batch);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!(-32600)));
        assert_eq!(record.texts(), [expected]);
    }
}

#[test]
fn the_list_is_narrowed_in_one_piece_and_in_events() {
    for mode in ["json", "sse"] {
        let Setting { guard, record, .. } = &setting(mode, &[]);
        let answer = guard.post(&list(&chain(), 1));
        let answer = match mode {
            "json" => answer.json(),
            _ => answer.events().pop().unwrap(),
        };
        let tools = answer["result"]["tools"].as_array().unwrap();
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["read_file", "search", "die", "hang", "ask", "locked", "later"]);
        let schema = &tools[0]["inputSchema"];
        assert_eq!(schema["properties"]["path"]["enum"], json!(["/data/a", "/data/b"]));
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(answer["result"]["nextCursor"], json!("more"));
        assert_eq!(answer["result"]["cacheScope"], json!("private"));
        assert_eq!(record.texts(), [request(1, "tools/list", "{}")]);
        assert_eq!(guard.post(&request(2, "tools/list", "{}")).denied(), "presentation_missing");
    }
}

#[test]
fn sessions_and_streams_pass() {
    let Setting { guard, record, .. } = &setting("json", &[]);
    let answer = guard.post(INITIALIZE);
    assert!(answer.head.contains("mcp-session-id: session-1"), "{answer:?}");
    let session = [("Mcp-Session-Id", "session-1"), ("MCP-Protocol-Version", "2025-06-18")];
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(guard.send("POST /mcp", &session, note).status, 202);
    let events = guard.send("GET /mcp", &session, "").events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["params"]["data"], json!("hello"));
    assert_eq!(guard.send("DELETE /mcp", &session, "").status, 200);
    for one in &record.all()[1..] {
        assert_eq!(one["headers"]["mcp-session-id"], json!("session-1"), "{one}");
        assert_eq!(one["headers"]["mcp-protocol-version"], json!("2025-06-18"));
    }
    assert_eq!(record.all().len(), 4);
}

#[test]
fn a_list_does_not_come_whole_by_another_stream() {
    let Setting { guard, .. } = &setting("sse", &[]);
    let events = guard.send("GET /mcp", &[("Last-Event-ID", "1")], "").events();
    assert_eq!(events.len(), 3);
    assert_eq!(events[1]["error"]["code"], json!(-31502));
    assert_eq!(events[2]["result"], json!({"content": []}));
}

#[test]
fn headers_and_body_say_the_same() {
    let Setting { guard, record, .. } = &setting("json", &[]);
    let chain = chain();
    let (sent, expected) = call(&chain, 1, "search", r#"{"query":"a"}"#);
    for headers in [
        [("Mcp-Method", "tools/list"), ("Mcp-Name", "search")],
        [("Mcp-Method", "tools/call"), ("Mcp-Name", "read_file")],
        [("Mcp-Name", "search"), ("Mcp-Param-Query", "b")],
    ] {
        let answer = guard.send("POST /mcp", &headers, &sent);
        assert_eq!((answer.status, &*answer.denied()), (400, "header_mismatch"));
    }
    assert!(record.all().is_empty());
    let headers = [("Mcp-Method", "tools/call"), ("Mcp-Name", "search"), ("Mcp-Param-Query", "a")];
    assert_eq!(guard.send("POST /mcp", &headers, &sent).status, 200);
    let [one] = &record.all()[..] else { panic!() };
    assert_eq!(one["text"], json!(expected));
    assert_eq!(one["headers"]["mcp-name"], json!("search"));
    assert_eq!(one["headers"]["mcp-param-query"], json!("a"));
}

#[test]
fn servers_that_fail_are_told_of() {
    let Setting { guard, record, server, .. } = &mut setting("sse", &["--answer-timeout", "1"]);
    let chain = chain();
    let answer = guard.post(&call(&chain, 1, "hang", "{}").0);
    let last = answer.events().pop().unwrap();
    assert_eq!((&last["id"], &last["error"]["code"]), (&json!(1), &json!(-31504)));
    // In the middle of a call, after progress.
    let events = guard.post(&call(&chain, 2, "die", "{}").0).events();
    assert_eq!(events[0]["method"], json!("notifications/progress"));
    assert_eq!((&events[1]["id"], &events[1]["error"]["code"]), (&json!(2), &json!(-31502)));
    // When it is not there at all.
    server.0.wait().unwrap();
    let answer = guard.post(&call(&chain, 3, "search", "{}").0);
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (200, &json!(-31502)));
    assert_eq!(answer.json()["id"], json!(3));
    assert_eq!(guard.send("GET /mcp", &[], "").status, 502);
    assert_eq!(record.texts().len(), 2);
}
