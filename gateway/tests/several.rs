//! A guard before several servers, and rules that are replaced while it runs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use serde_json::json;
use std::{ffi::OsString, sync::Arc, time::Duration};
use support::{Answer, INITIALIZE, Process, Record, ask, call, chain, list, request};
use taper::{Policy, TrustAnchor, TrustAnchors, Verifier};
use taper_gateway::{
    Guard, Target, Tools,
    proxy::{Limits, Origins, Processes, Remote, Upstream},
    serve::{GuardServer, Rules},
};
use taper_testkit::{AUDIENCE, ISSUER, key};
use tokio::{net::TcpListener, runtime::Runtime};

fn rules(urls: &[String], tools: Tools) -> Rules {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor));
    let limits = Limits::default();
    let server = |(at, url): (usize, &String)| {
        let remote = Upstream::Remote(Remote::new(url, &limits).unwrap());
        (format!("server{at}").into(), Arc::new(remote))
    };
    Rules {
        guard: Guard::new(verifier.with_policy(Policy::for_audience(AUDIENCE)), tools),
        upstreams: urls.iter().enumerate().map(server).collect(),
        log: None,
        limits: limits.clone(),
        // As with a store elsewhere.
        store_blocks: true,
        policy: None,
    }
}

fn tools() -> Tools {
    let target = |upstream, name: &str, identifier: &str| Target {
        upstream,
        name: name.into(),
        identifier: identifier.into(),
    };
    Tools::of_several_servers()
        .with("find", target(0, "search", "search"))
        .unwrap()
        .with("read", target(1, "read_file", "read_file"))
        .unwrap()
}

/// Serves clients until the runtime is dropped.
fn serve(guard: &Arc<GuardServer>) -> (Runtime, String) {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let guard = Arc::clone(guard);
    runtime.spawn(async move {
        let end = std::future::pending();
        guard.http(listener, Origins::at(address), Limits::default(), end).await;
    });
    (runtime, address.to_string())
}

#[test]
fn each_server_has_a_path_and_tools_of_its_own() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let records = folders.each_ref().map(|folder| Record::new(folder.path()));
    let servers: Vec<(Process, String)> =
        records.iter().map(|record| record.http_server("json")).collect();
    let urls: Vec<String> = servers.iter().map(|(_, url)| url.clone()).collect();

    let guard = Arc::new(GuardServer::new(&rules(&urls, tools())));
    let (_runtime, address) = serve(&guard);

    let chain = chain();
    let send = |path: &str, headers: &[(&str, &str)], body: &str| -> Answer {
        ask(&address, &format!("POST {path}"), headers, body).unwrap()
    };
    let names = |path: &str| {
        let answer = send(path, &[], &list(&chain, 1)).json();
        let tools = answer["result"]["tools"].as_array().unwrap().clone();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("/server0/mcp"), ["find"]);
    assert_eq!(names("/server1/mcp"), ["read"]);
    let path = r#"{"path":"/data/a"}"#;
    let read = |id| {
        call(&chain, id, "read_file", path).0.replace(r#""name":"read_file""#, r#""name":"read""#)
    };
    // Neither at another server, nor by the server's own name, nor where there is no server.
    assert_eq!(send("/server0/mcp", &[], &read(2)).denied(), "tool_unknown");
    let own = call(&chain, 3, "read_file", path).0;
    assert_eq!(send("/server1/mcp", &[], &own).denied(), "tool_unknown");
    assert_eq!(send("/mcp", &[], &read(4)).status, 404);
    let before = records.each_ref().map(|record| record.all().len());
    let headers = [("Mcp-Method", "tools/call"), ("Mcp-Name", "read")];
    let permitted = read(5);
    let answer = send("/server1/mcp", &headers, &permitted).json();
    assert_eq!(answer["result"]["content"][0]["text"], json!("read_file"));
    assert_eq!(records[0].all().len(), before[0]);
    // The header says what the body says there.
    let last = records[1].all().pop().unwrap();
    assert_eq!(last["headers"]["mcp-name"], json!("read_file"));

    // Rules without anchors for anybody, and one server alone.
    let mut none = rules(&urls[1..], Tools::of_one_server());
    none.guard = Guard::new(Verifier::new(TrustAnchors::new()), Tools::of_one_server());
    guard.replace(&none);
    assert_eq!(send("/server1/mcp", &[], &read(6)).status, 404);
    assert_eq!(send("/mcp", &[], &own).denied(), "root_not_trusted");
}

#[test]
fn sessions_have_their_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::new(folder.path());
    let mut limits = Limits::default();
    limits.max_sessions = 1;
    limits.session_timeout = Duration::from_millis(500);
    let command: Vec<OsString> = record.stdio_server().into_iter().map(Into::into).collect();
    let processes = Processes::new(&command[0], command[1..].to_vec(), &limits);
    let mut rules = rules(&[], Tools::of_one_server());
    rules.upstreams = vec![("server".into(), Arc::new(Upstream::Processes(processes)))];
    let (_runtime, address) = serve(&Arc::new(GuardServer::new(&rules)));
    let send =
        |headers: &[(&str, &str)], body: &str| ask(&address, "POST /mcp", headers, body).unwrap();

    let first = send(&[], INITIALIZE).session.unwrap();
    // There is room for another one when the first has been idle for long enough.
    let mut refused = 0_u32;
    let second = loop {
        let answer = send(&[], INITIALIZE);
        if let Some(session) = answer.session {
            break session;
        }
        assert_eq!(answer.json()["error"]["code"], json!(-31503));
        refused = refused.saturating_add(1);
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(refused > 0);
    let ping = request(1, "ping", "{}");
    assert_eq!(send(&[("Mcp-Session-Id", &first)], &ping).status, 404);
    assert_eq!(send(&[("Mcp-Session-Id", &second)], &ping).status, 200);
}
