//! A holder as a process between a client that knows of no tokens and a guard.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};
use support::{Guard, Pipe, Process, Record, after, ask, chain, lines, request};
use taper::{ConstraintMap, Grant, HeldChain, Issuer, Timestamp};
use taper_gateway::{PRESENTATION_KEY, TOOL_KEY};
use taper_testkit::{AUDIENCE, ISSUER, key};

/// A guard that demands nonces, before a server over HTTP, and what a holder needs.
struct Setting {
    record: Record,
    guard: Guard,
    folder: tempfile::TempDir,
    _server: Process,
}

fn setting() -> Setting {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let (server, at) = record.http_server("sse");
    fs::write(folder.path().join("issuer.jwk"), key(1).public_key().to_jwk()).unwrap();
    let policy = format!(
        "audiences = [\"{AUDIENCE}\"]\n[listen]\nhttp = \"127.0.0.1:0\"\n[[anchors]]\nissuer = \
         \"{ISSUER}\"\nkey_file = \"issuer.jwk\"\n[upstreams.server]\nurl = \"{at}\"\n[nonces]\n"
    );
    fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper-gateway"));
    command.args(["guard", "--policy"]).arg(folder.path().join("policy.toml"));
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let mut process = Process(command.spawn().unwrap());
    let address = after(&lines(&mut process.0), "listening at http://");
    let guard = Guard { process, address, folder: folder.path().into() };
    let setting = Setting { record, guard, folder, _server: server };
    setting.write_chain(&chain());
    write_key(&setting.path("key.jwk"), 2);
    setting
}

fn write_key(path: &Path, number: u8) {
    fs::write(path, &*key(number).to_jwk()).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

impl Setting {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_chain(&self, chain: &HeldChain) {
        // As careful writers do it: whole or not at all.
        let whole = self.path("chain.new");
        fs::write(&whole, chain.to_text()).unwrap();
        fs::rename(whole, self.path("chain")).unwrap();
    }

    fn hold(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taper-gateway"));
        command.args(["hold", "--audience", AUDIENCE, "--guard"]);
        command.arg(format!("http://{}/mcp", self.guard.address)).arg("--chain");
        command.arg(self.path("chain")).arg("--key").arg(self.path("key.jwk")).args(more);
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// A session on a pipe, with a client of these capabilities.
    fn begin(&self, more: &[&str], capabilities: &str) -> Pipe {
        let mut pipe = Pipe::start(&mut self.hold(more));
        let params = format!(
            r#"{{"protocolVersion":"2025-06-18","capabilities":{capabilities},"clientInfo":{{"name":"test","version":"1"}}}}"#
        );
        pipe.send(&request(0, "initialize", &params));
        assert_eq!(pipe.json()["result"]["serverInfo"]["name"], json!("fixture"));
        pipe.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        pipe
    }

    /// The names of the tools whose calls have reached the server.
    fn called(&self) -> Vec<String> {
        let texts = self.record.texts();
        let messages = texts.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
        let calls = messages.filter(|message| message["method"] == json!("tools/call"));
        calls.map(|call| call["params"]["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn call(id: u32, tool: &str, arguments: &str) -> String {
    request(id, "tools/call", &format!(r#"{{"name":"{tool}","arguments":{arguments}}}"#))
}

/// The next request, or answer to a request of the test: the server goes on with streams of its
/// own, in which the requests are 1 and 2.
fn next(pipe: &Pipe) -> Value {
    loop {
        let message = pipe.json();
        let of_a_stream = message["id"].as_u64().is_some_and(|id| id < 10);
        if message.get("id").is_some() && !of_a_stream {
            return message;
        }
    }
}

fn code(answer: &Value) -> &str {
    assert_eq!(answer["error"]["code"], json!(taper_gateway::DENIED), "{answer}");
    answer["error"]["data"]["code"].as_str().unwrap()
}

fn answer(pipe: &mut Pipe, question: &Value, result: &Value) {
    assert_eq!(question["method"], json!("elicitation/create"), "{question}");
    pipe.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": result}).to_string());
}

#[test]
fn a_client_that_knows_of_no_tokens() {
    let setting = setting();
    let mut pipe = setting.begin(&[], "{}");
    pipe.send(&request(10, "tools/list", "{}"));
    let shown = next(&pipe);
    let tools = shown["result"]["tools"].as_array().unwrap();
    assert!(tools.iter().all(|tool| tool["name"] != json!("delete")), "{shown}");
    assert_eq!(tools[0]["inputSchema"]["properties"]["path"]["enum"].as_array().unwrap().len(), 2);
    assert_eq!(tools[0]["_meta"][TOOL_KEY], json!("read_file"));
    // Nonces are demanded, and the client sees nothing of that.
    for id in 12..15 {
        pipe.send(&call(id, "read_file", r#"{"path":"/data/a"}"#));
        let answer = next(&pipe);
        assert_eq!((&answer["id"], &answer["result"]["n"]), (&json!(id), &json!(100.0)));
    }
    pipe.send(&call(15, "read_file", r#"{"path":"/etc/passwd"}"#));
    let denied = next(&pipe);
    assert_eq!(code(&denied), "argument_refused");
    assert_eq!(denied["error"]["data"]["step"], json!("6b"));
    pipe.send(&call(16, "delete", "{}"));
    assert_eq!(code(&next(&pipe)), "tool_not_authorized");
    assert_eq!(setting.called(), ["read_file"; 3]);
    assert!(setting.record.texts().iter().all(|text| !text.contains(PRESENTATION_KEY)));
    // Whatever the client puts in the place of a presentation is not sent.
    let own = format!(r#"{{"name":"search","_meta":{{"{PRESENTATION_KEY}":"x","other":1}}}}"#);
    pipe.send(&request(17, "tools/call", &own));
    assert!(next(&pipe).get("result").is_some());
    assert!(setting.record.texts().last().unwrap().contains(r#""_meta":{"other":1}"#));
    pipe.send("{");
    let refused = std::iter::repeat_with(|| pipe.json()).find(|answer| answer["id"].is_null());
    assert_eq!(code(&refused.unwrap()), "message_malformed");
}

#[test]
fn over_http() {
    let setting = setting();
    let mut process = Process(setting.hold(&["--http", "127.0.0.1:0"]).spawn().unwrap());
    let address = after(&lines(&mut process.0), "listening at http://");
    let begun = ask(&address, "POST /mcp", &[], support::INITIALIZE).unwrap();
    let headers = [("Mcp-Session-Id", begun.session.as_deref().unwrap())];
    let post = |text: &str| ask(&address, "POST /mcp", &headers, text).unwrap();
    let answer = post(&call(1, "search", "{}"));
    assert_eq!(answer.events().last().unwrap()["result"]["n"], json!(100.0));
    assert_eq!(post(&call(2, "delete", "{}")).denied(), "tool_not_authorized");
    let page = [("Origin", "https://evil.example")];
    let answer = ask(&address, "POST /mcp", &page, &call(3, "search", "{}")).unwrap();
    assert_eq!((answer.status, setting.called().len()), (403, 1));
}

#[test]
fn a_person_is_asked() {
    let setting = setting();
    let mut pipe = setting.begin(&["--confirm", "read_*"], r#"{"elicitation":{}}"#);
    let read = |id| call(id, "read_file", r#"{"path":"/data/a"}"#);
    pipe.send(&call(11, "search", "{}"));
    assert!(next(&pipe).get("result").is_some());
    let rows = [
        (json!({"action": "accept", "content": {"allow": "once"}}), true),
        (json!({"action": "decline"}), false),
        (json!({"action": "cancel"}), false),
        (json!({"action": "accept", "content": {"allow": "always"}}), false),
        (json!({"action": "accept", "content": {"allow": "session"}}), true),
    ];
    for (id, (result, allowed)) in (12..).zip(rows) {
        let before = setting.called().len();
        pipe.send(&read(id));
        let question = next(&pipe);
        assert_eq!(setting.called().len(), before);
        assert_eq!(
            question["params"]["message"],
            json!("Allow a call of \"read_file\"?\n\"path\": \"/data/a\"")
        );
        answer(&mut pipe, &question, &result);
        let answered = next(&pipe);
        assert_eq!(answered["id"], json!(id));
        match allowed {
            true => assert!(answered.get("result").is_some(), "{answered}"),
            false => assert_eq!(code(&answered), "confirmation_refused"),
        }
        assert_eq!(setting.called().len(), before + usize::from(allowed));
    }
    // For the session, and for that tool alone; what the chain refuses is nothing to ask about.
    pipe.send(&read(29));
    assert_eq!(next(&pipe)["id"], json!(29));
    pipe.send(&call(30, "read_file", r#"{"path":"/etc/passwd"}"#));
    assert_eq!(code(&next(&pipe)), "argument_refused");
    // Another session begins without what was allowed in this one.
    let mut other = setting.begin(&["--confirm", "*"], r#"{"elicitation":{"form":{}}}"#);
    other.send(&read(11));
    let question = next(&other);
    other.send(&format!(
        r#"{{"jsonrpc":"2.0","id":{},"error":{{"code":-32601,"message":"no"}}}}"#,
        question["id"]
    ));
    assert_eq!(code(&next(&other)), "confirmation_refused");
}

#[test]
fn a_client_that_cannot_ask() {
    let setting = setting();
    for capabilities in ["{}", r#"{"elicitation":{"url":{}}}"#] {
        let mut pipe = setting.begin(&["--confirm", "read_*"], capabilities);
        pipe.send(&call(11, "read_file", r#"{"path":"/data/a"}"#));
        assert_eq!(code(&next(&pipe)), "confirmation_impossible");
    }
    let mut late =
        setting.begin(&["--confirm", "*", "--confirm-timeout", "1"], r#"{"elicitation":{}}"#);
    late.send(&call(11, "search", "{}"));
    let question = next(&late);
    assert_eq!(code(&next(&late)), "confirmation_refused");
    answer(&mut late, &question, &json!({"action": "accept", "content": {"allow": "once"}}));
    late.send(&call(12, "delete", "{}"));
    assert_eq!(code(&next(&late)), "tool_not_authorized");
    assert_eq!(setting.called(), [""; 0]);
}

/// Where servers have no requests of their own, the question is a result, and the call comes again.
#[test]
fn a_question_without_a_session() {
    let setting = setting();
    let mut process =
        Process(setting.hold(&["--http", "127.0.0.1:0", "--confirm", "*"]).spawn().unwrap());
    let address = after(&lines(&mut process.0), "listening at http://");
    let send = |tool: &str, path: &str, capabilities: &str, more: Value| {
        let mut params = json!({"name": tool, "arguments": {"path": path}, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities":
                serde_json::from_str::<Value>(capabilities).unwrap(),
        }});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer =
            ask(&address, "POST /mcp", &[], &request(1, "tools/call", &params.to_string()))
                .unwrap();
        match answer.head.contains("text/event-stream") {
            true => answer.events().pop().unwrap(),
            false => answer.json(),
        }
    };
    let can = r#"{"elicitation":{"form":{}}}"#;
    let first = |path: &str| send("read_file", path, can, json!({}));
    let again = |tool: &str, path: &str, state: &Value, allow: &str| {
        let response = json!({"action": "accept", "content": {"allow": allow}});
        let responses = json!({"dev.taper/allow": response});
        send(tool, path, can, json!({"requestState": state, "inputResponses": responses}))
    };
    let asked = |answer: &Value| {
        assert_eq!(answer["result"]["resultType"], json!("input_required"), "{answer}");
        answer["result"]["requestState"].clone()
    };
    assert_eq!(code(&send("read_file", "/data/a", "{}", json!({}))), "confirmation_impossible");
    let question = first("/data/a");
    let state = asked(&question);
    let request = &question["result"]["inputRequests"]["dev.taper/allow"];
    assert_eq!(request["method"], json!("elicitation/create"));
    assert!(request["params"]["message"].as_str().unwrap().contains("/data/a"));
    assert!(again("read_file", "/data/a", &state, "once").get("result").is_some());
    // Each answer is good for one call, and for the one that was asked about.
    let state = asked(&again("read_file", "/data/a", &state, "once"));
    assert_eq!(code(&again("read_file", "/data/b", &state, "once")), "confirmation_refused");
    let state = asked(&first("/data/a"));
    assert_eq!(code(&again("search", "/data/a", &state, "once")), "confirmation_refused");
    let state = asked(&first("/data/a"));
    assert_eq!(code(&again("read_file", "/data/a", &state, "session")), "confirmation_refused");
    asked(&again("read_file", "/data/a", &json!("made up"), "once"));
    asked(&again("read_file", "/data/a", &json!(7), "once"));
    assert_eq!(setting.called(), ["read_file"]);
}

/// A chain that permits `search`, for a holder, and ended or not.
fn other_chain(holder: u8, ended: bool) -> HeldChain {
    let now = Timestamp::from(SystemTime::now());
    let begin = if ended { now.saturating_sub(Duration::from_secs(700)) } else { now };
    let grant = Grant::to(key(holder).public_key().clone())
        .tool("search", ConstraintMap::unrestricted())
        .expires_in(Duration::from_secs(600));
    Issuer::new(ISSUER, key(1)).unwrap().issue(grant, begin).unwrap()
}

#[test]
fn a_chain_ends_and_is_renewed() {
    let setting = setting();
    setting.write_chain(&other_chain(2, true));
    let mut pipe = setting.begin(&[], "{}");
    after(&pipe.told, "the chain has expired at 20");
    for message in [call(11, "search", "{}"), request(12, "tools/list", "{}")] {
        pipe.send(&message);
        let answer = next(&pipe);
        assert_eq!(code(&answer), "chain_expired");
        assert!(answer["error"]["message"].as_str().unwrap().contains("has expired at 20"));
    }
    fs::write(setting.path("chain"), "no chain").unwrap();
    after(&pipe.told, "the chain stays as it was: ");
    setting.write_chain(&other_chain(3, false));
    after(&pipe.told, "has a chain of another holder's key");
    pipe.send(&call(13, "search", "{}"));
    assert_eq!(code(&next(&pipe)), "chain_expired");
    setting.write_chain(&other_chain(2, false));
    after(&pipe.told, "the chain is renewed until ");
    pipe.send(&call(14, "search", "{}"));
    assert!(next(&pipe).get("result").is_some());
}

#[test]
fn what_it_does_not_start_with() {
    let setting = setting();
    let fails = |setting: &Setting, more: &[&str]| {
        let output = setting.hold(more).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let told = fails(&setting, &["--http", "0.0.0.0:0"]);
    assert!(told.contains("has to be a loopback address"), "{told}");
    fs::set_permissions(setting.path("key.jwk"), fs::Permissions::from_mode(0o644)).unwrap();
    let told = fails(&setting, &[]);
    assert!(told.contains("every user may read"), "{told}");
    write_key(&setting.path("key.jwk"), 3);
    let told = fails(&setting, &[]);
    assert!(told.contains("not the key that the chain's leaf names"), "{told}");
    fs::write(setting.path("key.jwk"), key(2).public_key().to_jwk()).unwrap();
    assert!(fails(&setting, &[]).contains("key.jwk"));
    fs::remove_file(setting.path("chain")).unwrap();
    assert!(fails(&setting, &[]).contains("chain"));
}
