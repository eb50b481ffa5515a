//! A guard's decisions, by the rules of `spec/bindings/mcp.md`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

use serde_json::{Value, json};
use std::time::Duration;
use taper::{
    Audience, Capabilities, ConstraintMap, Grant, HeldChain, Invocation, Issuer, Policy, Profile,
    ProofOptions, Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most, contains, exact,
    not_one_of, one_of, subset, wildcard,
};
use taper_gateway::{DENIED, Decision, Guard, PRESENTATION_KEY, TOOL_KEY, Target, Tools};
use taper_testkit::{AUDIENCE, ISSUER, NOW, key};

fn now() -> Timestamp {
    Timestamp::from_unix(NOW)
}

fn grants() -> Capabilities {
    Capabilities::new()
        .with_tool(
            "read_file",
            ConstraintMap::new()
                .require("path", one_of(["/data/a", "/data/b"]).unwrap())
                .optional("head", at_most(100)),
        )
        .with_tool("search", ConstraintMap::unrestricted())
}

fn chain(profile: Profile) -> HeldChain {
    let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
    let grant = Grant::to(key(2).public_key().clone())
        .capabilities(grants())
        .expires_in(Duration::from_secs(600))
        .max_depth(2);
    issuer.issue(grant, now()).unwrap()
}

fn guard(tools: Tools) -> Guard {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier =
        Verifier::new(TrustAnchors::new().with(anchor)).with_policy(Policy::for_audience(AUDIENCE));
    Guard::new(verifier, tools)
}

/// The text of a presentation, as JSON: an object, or in compact a string.
fn presented(chain: &HeldChain, tool: &str, arguments: &str) -> String {
    let call = Invocation::from_json(tool, arguments.as_bytes()).unwrap();
    let options = ProofOptions::default().audience(AUDIENCE);
    let proof = chain.prove_unchecked(&key(2), &call, &options, now()).unwrap();
    let text = chain.present(proof).to_text();
    match chain.profile() {
        Profile::Compact => json!(text).to_string(),
        _ => text,
    }
}

fn call(name: &str, arguments: &str, presentation: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"{name}","arguments":{arguments},"_meta":{{"progressToken":"p","{PRESENTATION_KEY}":{presentation}}}}}}}"#
    )
}

/// The code of the denial that `decision` is, and its step.
fn denied(decision: Decision) -> (String, Option<String>) {
    let Decision::Answer(answer, denial) = decision else { panic!("{decision:?}") };
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let error = &answer["error"];
    assert!(answer.get("result").is_none());
    if error["code"] == json!(DENIED) {
        assert_eq!(error["data"]["code"], json!(denial.code()));
        assert_eq!(error["data"]["step"], json!(denial.step()));
    }
    (denial.code().into(), denial.step().map(Into::into))
}

#[test]
fn a_permitted_call_is_forwarded_as_it_was_checked() {
    for profile in [Profile::Jws, Profile::Compact] {
        let (guard, chain) = (guard(Tools::of_one_server()), chain(profile));
        // Spelled so that whoever parses and writes it again is found out.
        let arguments = r#"{ "path" : "\/data\/a", "head":1.0e1 }"#;
        let message = call("read_file", arguments, &presented(&chain, "read_file", arguments));
        let Decision::Call(permitted) = guard.decide(message.as_bytes(), now()) else { panic!() };
        let forwarded = String::from_utf8(permitted.message).unwrap();
        assert_eq!(
            forwarded,
            format!(
                r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"read_file","arguments":{arguments},"_meta":{{"progressToken":"p"}}}}}}"#
            )
        );
        assert_eq!((permitted.upstream, &*permitted.record.tool), (0, "read_file"));
        // The same message again is a replay.
        let again = denied(guard.decide(message.as_bytes(), now()));
        assert_eq!(again, ("proof_replayed".into(), Some("7i".into())));
    }
}

#[test]
fn tools_by_other_names() {
    let target = Target { upstream: 1, name: "read".into(), identifier: "read_file".into() };
    let guard = guard(Tools::of_several_servers().with("files_read", target).unwrap());
    let chain = chain(Profile::Jws);
    let arguments = r#"{"path":"/data/a"}"#;
    let message = call("files_read", arguments, &presented(&chain, "read_file", arguments));
    let Decision::Call(permitted) = guard.decide(message.as_bytes(), now()) else { panic!() };
    let forwarded: Value = serde_json::from_slice(&permitted.message).unwrap();
    assert_eq!((permitted.upstream, &forwarded["params"]["name"]), (1, &json!("read")));
    for name in ["read", "read_file", "search"] {
        let message = call(name, arguments, &presented(&chain, "read_file", arguments));
        assert_eq!(denied(guard.decide(message.as_bytes(), now())).0, "tool_unknown", "{name}");
    }
}

#[test]
fn denials() {
    let (guard, chain) = (guard(Tools::of_one_server()), chain(Profile::Jws));
    let good = r#"{"path":"/data/a"}"#;
    let other = r#"{"path":"/data/c"}"#;
    let proof = || presented(&chain, "read_file", good);
    let rows = [
        (
            call("read_file", other, &presented(&chain, "read_file", other)),
            "argument_refused",
            "6b",
        ),
        (call("read_file", r#"{"path":"/data/b"}"#, &proof()), "proof_of_other_arguments", "7f"),
        (call("search", good, &proof()), "proof_of_other_tool", "7e"),
        (call("delete", good, &presented(&chain, "delete", good)), "tool_not_authorized", "6b"),
        (
            call("read_file", r#"{"path":"/data/a","path":"/data/a"}"#, &proof()),
            "arguments_malformed",
            "6b",
        ),
        (call("search", r#"{"n":9007199254740993}"#, &proof()), "arguments_malformed", "6b"),
        (call("read_file", good, "7"), "presentation_malformed", "1"),
        (call("read_file", good, "null"), "presentation_malformed", "1"),
    ];
    for (message, code, step) in rows {
        let found = denied(guard.decide(message.as_bytes(), now()));
        assert_eq!(found, (code.into(), Some(step.into())), "{message}");
    }
    let bare = [
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search"}}"#,
            "presentation_missing",
        ),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#, "params_malformed"),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
            "params_malformed",
        ),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{}}"#, "method_not_allowed"),
        (r#"{"jsonrpc":"2.0","id":7,"method":"prompts/list"}"#, "method_not_allowed"),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/Call","params":{}}"#, "method_not_allowed"),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#, "presentation_missing"),
        (r#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#, "message_malformed"),
        ("{", "message_malformed"),
    ];
    for (message, code) in bare {
        let found = denied(guard.decide(message.as_bytes(), now()));
        assert_eq!(found, (code.into(), None), "{message}");
    }
}

#[test]
fn what_needs_no_token() {
    let plain = guard(Tools::of_one_server());
    let ping = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let listed = br#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#;
    assert!(matches!(plain.decide(ping, now()), Decision::Pass));
    assert!(matches!(plain.decide(listed, now()), Decision::Answer(..)));
    let open = guard(Tools::of_one_server()).allow_method("resources/list");
    assert!(matches!(open.decide(listed, now()), Decision::Pass));
    let told = br#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    assert!(matches!(plain.decide(told, now()), Decision::Pass));
    let answer = br#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    assert!(matches!(plain.decide(answer, now()), Decision::Pass));
    // A call that nobody waits for is not made.
    let silent = br#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"search"}}"#;
    assert!(matches!(plain.decide(silent, now()), Decision::Drop));
}

fn listing(guard: &Guard, chain: &HeldChain, answer: &Value) -> Value {
    let presentation = match chain.profile() {
        Profile::Compact => json!(chain.to_text()).to_string(),
        _ => chain.to_text(),
    };
    let message = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{{"cursor":"c","_meta":{{"{PRESENTATION_KEY}":{presentation}}}}}}}"#
    );
    let Decision::List(listing) = guard.decide(message.as_bytes(), now()) else { panic!() };
    assert_eq!(
        std::str::from_utf8(listing.message()).unwrap(),
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"cursor":"c"}}"#
    );
    serde_json::from_str(&listing.narrowed(0, &answer.to_string()).unwrap()).unwrap()
}

fn listed(tools: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "result": {"nextCursor": "n", "tools": tools}})
}

#[test]
fn only_permitted_tools_are_listed() {
    let answer = listed(&json!([
        {"name": "read_file", "title": "Read", "inputSchema": {"type": "object",
            "properties": {"path": {"type": "string", "description": "where"},
                "head": {"type": "integer"}, "mode": {"type": "string"}},
            "required": ["path"]}},
        {"name": "write_file", "inputSchema": {"type": "object"}},
        {"name": "search", "inputSchema": {"type": "object",
            "properties": {"q": {"type": "string"}}}, "_meta": {"x": 1}},
    ]));
    for profile in [Profile::Jws, Profile::Compact] {
        let shown = listing(&guard(Tools::of_one_server()), &chain(profile), &answer);
        assert_eq!(shown["result"]["nextCursor"], json!("n"));
        let tools = shown["result"]["tools"].as_array().unwrap();
        let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["read_file", "search"]);
        assert_eq!(tools[0]["title"], json!("Read"));
        let path =
            json!({"type": "string", "description": "where", "enum": ["/data/a", "/data/b"]});
        let head = json!({"type": "integer", "allOf": [{"type": "number", "maximum": 100}]});
        assert_eq!(
            tools[0]["inputSchema"],
            json!({"type": "object", "additionalProperties": false, "required": ["path"],
                "properties": {"path": path, "head": head}})
        );
        assert_eq!(tools[0]["_meta"], json!({TOOL_KEY: "read_file"}));
        let search = json!({"type": "object", "properties": {"q": {"type": "string"}}});
        assert_eq!(tools[1]["inputSchema"], search);
        assert_eq!(tools[1]["_meta"], json!({"x": 1, TOOL_KEY: "search"}));
    }
}

#[test]
fn a_chain_for_another_place_lists_nothing() {
    let issuer = Issuer::new(ISSUER, key(1)).unwrap();
    let grant = Grant::to(key(2).public_key().clone())
        .capabilities(grants())
        .audience(Audience::only(["elsewhere"]))
        .expires_in(Duration::from_secs(600));
    let chain = issuer.issue(grant, now()).unwrap();
    let message = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{{"_meta":{{"{PRESENTATION_KEY}":{}}}}}}}"#,
        chain.to_text()
    );
    let found = denied(guard(Tools::of_one_server()).decide(message.as_bytes(), now()));
    assert_eq!(found, ("audience_mismatch".into(), Some("6c".into())));
}

/// What the narrowed schema admits the verifier permits, and the reverse for these types.
#[test]
fn schemas_and_verifier_agree() {
    let constraints = [
        exact("a").unwrap(),
        exact(1).unwrap(),
        at_most(1),
        one_of(["a", "b"]).unwrap(),
        not_one_of(["a"]),
        contains(["a"]),
        contains::<&str>([]),
        subset(["a", "b"]),
        subset::<&str>([]),
        wildcard(),
        taper::all([contains(["a"]), subset(["a", "b"])]).unwrap(),
        taper::any([exact("a").unwrap(), at_most(0)]).unwrap(),
        taper::range(0..2).unwrap(),
    ];
    let values = json!([
        "a", "b", "A", "", null, true, 0, 1, 1.5, 2, -7, [], ["a"], ["b", "a"], ["a", "c"], [["a"]], {}, {"a": 1}
    ]);
    let described = [
        json!({"type": "object"}),
        json!({"type": "object", "properties": {"x": {"type": ["string", "number", "array"]}},
            "required": ["y"], "patternProperties": {".": {}}, "additionalProperties": true}),
        // `items` is not about what stands at these places.
        json!({"type": "object", "properties": {"x": {"prefixItems": [{}], "minContains": 0,
            "allOf": [{}]}}}),
    ];
    let mut compared = 0;
    for constraint in &constraints {
        for (required, open) in [(true, false), (false, false), (true, true)] {
            let map = match required {
                true => ConstraintMap::new().require("x", constraint.clone()),
                false => ConstraintMap::new().optional("x", constraint.clone()),
            };
            let map = if open { map.allow_unnamed() } else { map };
            let grant = Grant::to(key(2).public_key().clone())
                .tool("t", map.clone())
                .expires_in(Duration::from_secs(600));
            let chain = Issuer::new(ISSUER, key(1)).unwrap().issue(grant, now()).unwrap();
            for described in &described {
                let answer = listed(&json!([{"name": "t", "inputSchema": described}]));
                let shown = listing(&guard(Tools::of_one_server()), &chain, &answer);
                let schema = &shown["result"]["tools"][0]["inputSchema"];
                let narrowed = jsonschema::validator_for(schema).unwrap();
                let original = jsonschema::validator_for(described).unwrap();
                for value in values.as_array().unwrap() {
                    let calls = [
                        json!({"x": value}),
                        json!({"x": value, "y": 1}),
                        json!({"y": 1}),
                        json!({}),
                    ];
                    for call in calls {
                        let text = call.to_string();
                        let invocation = Invocation::from_json("t", text.as_bytes()).unwrap();
                        let permits = map.check(invocation.arguments()).is_ok();
                        let admits = narrowed.is_valid(&call);
                        let both = permits && original.is_valid(&call);
                        assert!(
                            !admits || permits,
                            "{schema} admits {call}, the verifier does not"
                        );
                        assert!(!both || admits, "{schema} does not admit {call}");
                        compared += 1;
                    }
                }
            }
        }
    }
    println!("{compared} calls compared");
    assert!(compared > 1000);
}

#[test]
fn a_probe_is_answered_with_what_has_arrived_and_nothing_of_it() {
    let plain = guard(Tools::of_one_server());
    let watching = guard(Tools::of_one_server()).audit().tell_max_message(4096);
    let digest = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        use sha2::Digest as _;
        URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(text))
    };
    let with_key = format!(r#"{{ "n":[1.0, -0],"_meta":{{"a":1,"{PRESENTATION_KEY}":null}} }}"#);
    let within =
        format!(r#"{{"{PRESENTATION_KEY}":1,"_meta":{{"a":{{"{PRESENTATION_KEY}":1}}}}}}"#);
    for (params, presentation) in [
        (Some(&*with_key), true),
        (Some(&*within), false),
        (Some(r#"{"_meta":7}"#), false),
        (Some("[1e2]"), false),
        (None, false),
    ] {
        let member = params.map(|params| format!(r#","params":{params}"#)).unwrap_or_default();
        let message = format!(r#"{{"jsonrpc":"2.0","id":"p","method":"dev.taper/probe"{member}}}"#);
        let params = params.unwrap_or("{}");
        for (guard, max) in [(&plain, None), (&watching, Some(4096))] {
            let Decision::Tell(answer) = guard.decide(message.as_bytes(), now()) else { panic!() };
            let mut expected = json!({
                "digest": digest(params), "size": params.len(), "presentation": presentation,
                "time": now().as_unix(), "window": 30,
            });
            if let Some(max) = max {
                expected["max_message"] = json!(max);
            }
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer, json!({"jsonrpc": "2.0", "id": "p", "result": expected}));
        }
    }
    let silent = br#"{"jsonrpc":"2.0","method":"dev.taper/probe"}"#;
    assert!(matches!(plain.decide(silent, now()), Decision::Drop));
}
