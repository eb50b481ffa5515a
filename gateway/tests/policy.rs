//! Policies in files: what they say, and what is refused in them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Duration};
use taper::{Capabilities, ConstraintMap, Grant, Invocation, Issuer, ProofOptions, Timestamp};
use taper_gateway::{
    Arguments, Decision, PRESENTATION_KEY,
    policy::{Current, Mode, Policy, PolicyError, Replay, Server, Unpresented},
};
use taper_testkit::{AUDIENCE, ISSUER, NOW, key, x};

/// A folder with files beside a policy.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let public = key(1).public_key().to_jwk();
    let private = key(1).to_jwk().to_string();
    let secret = "0123456789abcdef0123456789abcdef\n";
    for (name, text, mode) in [
        ("public.jwk", &*public, 0o644),
        ("public.pem", &key(1).public_key().to_pem(), 0o644),
        ("private.jwk", &private, 0o600),
        ("open.jwk", &public, 0o646),
        ("set.json", &format!(r#"{{"keys":[{public}]}}"#), 0o644),
        ("no-set.json", r#"{"keys":[]}"#, 0o644),
        ("secret", secret, 0o600),
        ("short", "abc", 0o600),
        ("empty", " \n", 0o600),
        ("told", secret, 0o644),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        fs::set_permissions(folder.path().join(name), PermissionsExt::from_mode(mode)).unwrap();
    }
    folder
}

fn load(folder: &Path, text: &str) -> Result<Policy, PolicyError> {
    fs::write(folder.join("policy.toml"), text).unwrap();
    Policy::load(folder.join("policy.toml"))
}

/// The least that a policy has to say, with `more` before its tables and `tables` after them.
fn least(more: &str, tables: &str) -> String {
    format!(
        "{more}\n[[anchors]]\nissuer = \"{ISSUER}\"\nkey_file = \"public.jwk\"\n\
         [upstreams.one]\nurl = \"http://127.0.0.1:1/mcp\"\n{tables}\n"
    )
}

#[test]
fn the_example() {
    let policy = Policy::load(concat!(env!("CARGO_MANIFEST_DIR"), "/policy.example.toml")).unwrap();
    assert_eq!(policy.mode, Mode::Enforce);
    assert_eq!(policy.http, Some("127.0.0.1:8700".parse().unwrap()));
    assert_eq!(policy.admin, Some("127.0.0.1:8701".parse().unwrap()));
    let names: Vec<&str> = policy.servers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["files", "search"]);
    let Server::Command { program, arguments, .. } = &policy.servers[0].1 else { panic!() };
    assert_eq!((&**program, arguments.len()), ("npx", 3));
    let Server::Url { headers, .. } = &policy.servers[1].1 else { panic!() };
    assert_eq!(headers.get("x-team").map(|value| &**value), Some("agents"));
    let search = policy.tools.called("search").unwrap();
    assert_eq!((search.upstream, &*search.name, &*search.identifier), (1, "query", "web.search"));
    assert!(policy.tools.called("query").is_none());
    assert_eq!(policy.nonces.as_ref().unwrap().period, Duration::from_secs(60));
    let log = policy.log.as_ref().unwrap();
    assert_eq!(log.arguments, Arguments::shown().but("password").but("api_key"));
    assert_eq!(policy.limits.max_token_lifetime, Duration::from_secs(7 * 24 * 3600));
    assert_eq!(policy.limits.max_token_size, taper::Limits::default().max_token_size);
    assert_eq!(policy.traffic.max_message, 4 << 20);
    assert_eq!(policy.cache, 64 << 20);
    let methods: Vec<&str> = policy.methods.iter().map(|method| &**method).collect();
    assert_eq!(methods, ["prompts/list", "logging/setLevel"]);
}

#[test]
fn what_is_left_out() {
    let folder = folder();
    let policy = load(folder.path(), &least("", "")).unwrap();
    assert_eq!(policy.mode, Mode::Enforce);
    assert_eq!((policy.http, policy.admin, policy.replicas.get()), (None, None, 1));
    assert_eq!(policy.unpresented, Unpresented::None);
    assert!(policy.nonces.is_none() && policy.log.is_none() && policy.methods.is_empty());
    assert_eq!(policy.limits, taper::Limits::default());
    assert_eq!(policy.cache, 64 << 20);
    assert_eq!(policy.traffic, taper_gateway::proxy::Limits::default());
    assert_eq!(policy.replay, Replay::Memory((1 << 18).try_into().unwrap()));
}

#[test]
fn every_kind_of_anchor() {
    let folder = folder();
    for (anchor, count) in [
        ("key_file = \"public.jwk\"", 1),
        ("key_file = \"public.pem\"", 1),
        ("jwks_file = \"set.json\"", 1),
        (&*format!("jwk = '{}'", key(1).public_key().to_jwk()), 1),
        ("jwks_url = \"https://auth.example.com/jwks.json\"", 0),
        ("jwks_url = \"http://127.0.0.1:1/jwks.json\"", 0),
    ] {
        let text = format!(
            "[[anchors]]\nissuer = \"{ISSUER}\"\n{anchor}\n[upstreams.a]\ncommand = [\"a\"]\n"
        );
        fs::write(folder.path().join("policy.toml"), text).unwrap();
        let current = Current::load(folder.path().join("policy.toml")).unwrap();
        let running = current.running();
        assert_eq!(running.verifier().anchors().len(), count, "{anchor}");
        assert_eq!(running.key_sets().len(), 1 - count, "{anchor}");
    }
}

#[test]
fn extension_types() {
    let folder = folder();
    for (text, known) in
        [("", vec![]), ("extensions = [\"url_scope\", \"cidr\"]", vec!["url_scope", "cidr"])]
    {
        fs::write(folder.path().join("policy.toml"), least(text, "")).unwrap();
        let current = Current::load(folder.path().join("policy.toml")).unwrap();
        let names: Vec<_> = current.running().verifier().extensions().names().collect();
        assert_eq!(names, known);
    }
}

/// Each with the line, and a part of what is told.
#[test]
fn what_is_refused() {
    let folder = folder();
    let tool = |lines: &str| least("", &format!("[tools.a]\n{lines}"));
    let two = |tables: &str| least("", &format!("[upstreams.two]\nurl = \"http://x\"\n{tables}"));
    let anchor = |lines: &str| least("", &format!("[[anchors]]\nissuer = \"{ISSUER}\"\n{lines}"));
    let server =
        |lines: &str| least("", &format!("[upstreams.two]\n{lines}\n[tools.a]\nupstream=\"two\""));
    let redis = |lines: &str| least("", &format!("[replay.redis]\n{lines}"));
    let x = x(1);
    let rows: Vec<(String, usize, &str)> = vec![
        // TOML itself.
        ("mode = \n".into(), 1, "expected"),
        (least("", "\n\nnonsense"), 9, "expected"),
        (least("mode = \"audit\"\nmode = \"audit\"", ""), 2, "duplicate key"),
        // Keys and types.
        (least("mod = \"audit\"", ""), 1, "unknown field `mod`, expected one of `mode`"),
        (least("mode = \"off\"", ""), 1, "expected `enforce` or `audit`"),
        (least("extensions = [\"regex2\"]", ""), 1, "expected one of `cidr`, `path_containment`"),
        (least("extensions = [\n\"cidr\",\n\"cidr\"]", ""), 3, "cidr"),
        (least("", "[cache]\nbytes = -1"), 8, "expected usize"),
        (least("replicas = 0", ""), 1, "expected a nonzero"),
        (least("audiences = \"a\"", ""), 1, "expected a sequence"),
        (least("", "[limits]\nmax_tokens = 1"), 8, "unknown field `max_tokens`"),
        (least("", "[limits]\npop_window = 30"), 8, "expected a duration in quotes"),
        (least("", "[limits]\npop_window = \"0s\""), 8, "expected a duration in quotes"),
        (least("", "[limits]\npop_window = \"500ms\""), 8, "whole seconds"),
        (least("", "[limits]\npop_window = \"1h\""), 8, "more than five minutes"),
        (least("", "[limits]\nmax_message = -1"), 8, "expected a nonzero"),
        // Anchors.
        (least("", "[[anchors]]\nkey_file = \"public.jwk\""), 7, "missing field `issuer`"),
        (least("", "[log]"), 7, "missing field `path`"),
        ("[upstreams.one]\nurl = \"http://x\"\n".into(), 1, "there is no `[[anchors]]`"),
        (anchor(""), 7, "the anchor has no key, expected one of `jwk`"),
        (anchor("key_file = \"public.jwk\"\njwks_file = \"set.json\""), 7, "several"),
        (anchor("key_file = \"private.jwk\""), 9, "private member `d`"),
        (anchor("key_file = \"absent\""), 9, "cannot be read"),
        (anchor("key_file = \".\""), 9, "is no file"),
        (anchor("key_file = \"secret\""), 9, "no Ed25519 public key"),
        (anchor("key_file = \"open.jwk\""), 9, "every user may change"),
        (anchor("jwks_file = \"no-set.json\""), 9, "no Ed25519 key"),
        (anchor("jwk = '{\"kty\":\"RSA\"}'"), 9, "no Ed25519 public key"),
        (anchor("jwks_url = \"auth.example.com\""), 9, "found no URL"),
        (anchor("jwks_url = \"http://auth.example.com/\""), 9, "over https"),
        (anchor("jwks_url = \"http://127.0.0.1.example.com/\""), 9, "over https"),
        (anchor("key_file = \"public.jwk\"\nmax_age = \"1h\""), 10, "anchors with `jwks_url`"),
        (anchor("jwks_url = \"https://a\"\nmax_age = \"6m\""), 10, "less than twice"),
        (
            format!(
                "[[anchors]]\nissuer = \"a\"\njwk = '{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"{x}\"}}'"
            ),
            2,
            "is not a URI",
        ),
        ("[[anchors]]\nissuer = \"a\"\njwks_url = \"https://a\"".into(), 2, "is not a URI"),
        // Servers.
        (
            format!("[[anchors]]\nissuer = \"{ISSUER}\"\nkey_file = \"public.jwk\""),
            1,
            "`[upstreams.NAME]`",
        ),
        (server(""), 7, "neither `command` nor `url`"),
        (server("url = \"http://x\"\ncommand = [\"a\"]"), 8, "both"),
        (server("command = []"), 8, "found no program"),
        (server("command = [\"a\"]\nheaders = { a = \"b\" }"), 9, "takes no headers"),
        (server("command = [\"a\"]\ndirectory = \"absent\""), 9, "is no folder"),
        (server("command = [\"a\"]\nenv = { \"a=b\" = \"c\" }"), 9, "no name of a variable"),
        (server("url = \"x\""), 8, "found no URL"),
        (server("url = \"ftp://x\""), 8, "found no URL"),
        (server("url = \"http://x\"\nenv = { a = \"b\" }"), 9, "remove this"),
        (server("url = \"http://x\"\nheaders = { \"a b\" = \"c\" }"), 9, "no name of a header"),
        (server("url = \"http://x\"\nheaders = { a = \"c\", A = \"d\" }"), 9, "twice"),
        (server("url = \"http://x\"\nheader_files = { a = \"told\" }"), 9, "every user may read"),
        (least("", "[upstreams.\"a/b\"]\nurl = \"http://x\""), 7, "expected letters"),
        // Tools.
        (two(""), 1, "only named tools can be called"),
        (two("[tools.a]"), 9, "names no `upstream`"),
        (two("[tools.a]\nupstream = \"three\""), 10, "expected `one`, `two`"),
        (tool("name = \"x\"\n[tools.b]\nname = \"x\""), 10, "named twice"),
        (tool("shown = \"x\"\n[tools.b]\nshown = \"x\""), 10, "given to two tools"),
        (tool("min_depth = -1"), 8, "expected u32"),
        (
            tool("idempotent = false\n[replay]\nall_idempotent = true"),
            8,
            "`replay.all_idempotent` says otherwise",
        ),
        // What does not go together.
        (least("require_proof_audience = true", ""), 1, "without `audiences`"),
        (least("require_chain_audience = true", ""), 1, "without `audiences`"),
        (least("\n\nreplicas = 2", ""), 3, "no shared store"),
        (least("replicas = 2", "[tools.a]\nidempotent = true"), 1, "no shared store"),
        (
            least(
                "replicas = 2",
                "[upstreams.two]\nurl = \"http://x\"\n[tools.a]\nupstream=\"two\"",
            ),
            1,
            "no shared store",
        ),
        (
            least("replicas = 2", "[replay]\nall_idempotent = true\n[nonces]\n"),
            9,
            "give `key_file`",
        ),
        (least("", "[nonces]\nkey_file = \"told\""), 8, "every user may read"),
        (least("", "[nonces]\nkey_file = \"short\""), 8, "less than 32 characters"),
        (least("", "[nonces]\nkey_file = \"empty\""), 8, "the file is empty"),
        (least("", "[nonces]\nperiod = \"1500ms\""), 8, "whole seconds"),
        (least("", "[methods]\nallow = [\"tools/call\"]"), 8, "need a token"),
        (least("", "[methods]\nallow = [\"resources/*\"]"), 8, "one by one"),
        (least("", "[listen]\nhttp = \"8700\""), 8, "found no address"),
        (least("", "[listen]\nhttp = \"[::1]:80\"\nadmin = \"[::1]:80\""), 9, "of their own"),
        (least("", "[listen]\norigins = [\"https://a.example/\"]"), 8, "found no origin"),
        (least("", "[log]\npath = \"x\"\nredact = [\"a\"]"), 9, "arguments = \"shown\""),
        (least("", "[log]\npath = \"\""), 8, "found no path"),
        (redis("url = \"127.0.0.1:6379\""), 8, "found no URL of Redis"),
        (redis("url = \"http://127.0.0.1:6379\""), 8, "found no URL of Redis"),
        (redis("url = \"redis://:pass@127.0.0.1\""), 8, "`password_file`"),
        (redis("url = \"redis://127.0.0.1\"\npassword_file = \"told\""), 9, "every user may read"),
        (
            least("", "[replay]\ncapacity = 5\n[replay.redis]\nurl = \"redis://127.0.0.1\""),
            8,
            "store in memory",
        ),
    ];
    for (text, line, part) in rows {
        let error = load(folder.path(), &text).expect_err(&text);
        assert_eq!(error.line(), Some(line), "{error}\n{text}");
        assert!(error.problem().contains(part), "{error}\n{text}");
        assert!(!error.to_string().contains('\n'), "{error}");
        assert!(error.to_string().contains("policy.toml:"), "{error}");
    }
    let absent = Policy::load(folder.path().join("absent")).unwrap_err();
    assert!(absent.to_string().contains("cannot be read"), "{absent}");
    assert_eq!(absent.line(), None);
}

/// What replicas may do without a store that they share.
#[test]
fn replicas_of_idempotent_tools() {
    let folder = folder();
    for text in [
        least("replicas = 2", "[replay]\nall_idempotent = true"),
        least(
            "replicas = 2",
            "[upstreams.two]\nurl = \"http://x\"\n[tools.a]\nupstream=\"two\"\nidempotent = true",
        ),
        least("replicas = 2", "[replay.redis]\nurl = \"redis://127.0.0.1\""),
        least("replicas = 2", "[replay]\nall_idempotent = true\n[nonces]\nkey_file = \"secret\""),
        least("replicas = 2", "[replay]\nall_idempotent = true\n[nonces]\nrequired = false"),
    ] {
        load(folder.path(), &text).unwrap();
    }
}

#[test]
fn nothing_secret_is_shown() {
    let folder = folder();
    let text = least(
        "",
        "[upstreams.two]\nurl = \"http://x\"\nheader_files = { Authorization = \"secret\" }\n\
         [tools.a]\nupstream = \"two\"\n[nonces]\nkey_file = \"secret\"\n\
         [replay.redis]\nurl = \"redis://127.0.0.1\"\npassword_file = \"secret\"",
    );
    let shown = format!("{:?}", load(folder.path(), &text).unwrap());
    assert!(shown.contains("authorization") && !shown.contains("0123456789abcdef"), "{shown}");
}

/// A call of `tool` with `arguments`, at the time of the test kit.
fn call(tool: &str, nonce: Option<&str>) -> String {
    let grant = Grant::to(key(2).public_key().clone())
        .capabilities(Capabilities::new().with_tool(tool, ConstraintMap::unrestricted()))
        .expires_in(Duration::from_secs(600))
        .max_depth(2);
    let now = Timestamp::from_unix(NOW);
    let chain = Issuer::new(ISSUER, key(1)).unwrap().issue(grant, now).unwrap();
    let arguments = r#"{"q":"x","password":"hunter2"}"#;
    let call = Invocation::from_json(tool, arguments.as_bytes()).unwrap();
    let mut options = ProofOptions::default().audience(AUDIENCE);
    if let Some(nonce) = nonce {
        options = options.nonce(nonce);
    }
    let proof = chain.prove(&key(2), &call, &options, now).unwrap();
    format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments},"_meta":{{"{PRESENTATION_KEY}":{proof}}}}}}}"#
    )
}

fn code(decision: &Decision) -> &str {
    match decision {
        Decision::Answer(_, denial) => denial.code(),
        Decision::Call(_) => "permitted",
        Decision::Unprotected(_, denial) => denial.code(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_guard_goes_by_its_policy() {
    let folder = folder();
    let now = Timestamp::from_unix(NOW);
    let head = format!("audiences = [\"{AUDIENCE}\"]");
    let start = |text: &str| {
        fs::write(folder.path().join("policy.toml"), text).unwrap();
        Current::load(folder.path().join("policy.toml")).unwrap()
    };
    let rows: [(String, &str, &str); 6] = [
        (least(&head, ""), "permitted", "proof_replayed"),
        (least("", ""), "proof_audience_mismatch", "proof_audience_mismatch"),
        (least(&head, "[tools.search]\nidempotent = true"), "permitted", "permitted"),
        (least(&head, "[replay]\nall_idempotent = true"), "permitted", "permitted"),
        (least(&head, "[tools.search]\nmin_depth = 1"), "leaf_too_shallow", "leaf_too_shallow"),
        (
            least(&head, "[limits]\nmax_arguments_size = 10"),
            "arguments_too_large",
            "arguments_too_large",
        ),
    ];
    for (text, first, again) in rows {
        let guard = start(&text).running().guard();
        let message = call("search", None);
        assert_eq!(code(&guard.decide(message.as_bytes(), now)), first, "{text}");
        assert_eq!(code(&guard.decide(message.as_bytes(), now)), again, "{text}");
    }
    // Nonces are told and demanded.
    let current = start(&least(&head, "[nonces]"));
    let guard = current.running().guard();
    let Decision::Answer(answer, denial) = guard.decide(call("search", None).as_bytes(), now)
    else {
        panic!()
    };
    assert_eq!(denial.step(), Some("7h"));
    let nonce = taper_gateway::demanded_nonce(std::str::from_utf8(&answer).unwrap()).unwrap();
    assert_eq!(code(&guard.decide(call("search", Some(&nonce)).as_bytes(), now)), "permitted");
    // The log shows what it may.
    let current =
        start(&least(&head, "[log]\npath = \"x\"\narguments = \"shown\"\nredact = [\"password\"]"));
    let guard = current.running().guard();
    let Decision::Call(permitted) = guard.decide(call("search", None).as_bytes(), now) else {
        panic!()
    };
    let shown = permitted.record.shown.unwrap();
    assert_eq!(shown, serde_json::json!({"q": "x", "password": "[redacted]"}));
}

#[test]
fn methods_and_lists_without_a_token() {
    let folder = folder();
    let now = Timestamp::from_unix(NOW);
    let guard = |text: &str| {
        fs::write(folder.path().join("policy.toml"), text).unwrap();
        Current::load(folder.path().join("policy.toml")).unwrap().running().guard()
    };
    let list = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"c"}}"#;
    let prompts = br#"{"jsonrpc":"2.0","id":1,"method":"prompts/list"}"#;
    let strict = guard(&least("", ""));
    assert_eq!(code(&strict.decide(list, now)), "presentation_missing");
    assert_eq!(code(&strict.decide(prompts, now)), "method_not_allowed");
    let open = guard(&least(
        "",
        "[methods]\nallow = [\"prompts/list\"]\n[listing]\nwithout_presentation = \"all\"\n\
         [tools.\"web.search\"]\nname = \"query\"\nshown = \"search\"",
    ));
    assert!(matches!(open.decide(prompts, now), Decision::Pass));
    let Decision::List(listing) = open.decide(list, now) else { panic!() };
    assert_eq!(listing.message(), list);
    let answer = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"query","inputSchema":{"type":"object"}},{"name":"b"}]}}"#;
    let shown: serde_json::Value =
        serde_json::from_str(&listing.narrowed(0, answer).unwrap()).unwrap();
    let tools = &shown["result"]["tools"];
    assert_eq!(tools[0]["name"], "search");
    assert_eq!(tools[0]["inputSchema"], serde_json::json!({"type": "object"}));
    assert_eq!(tools[0]["_meta"][taper_gateway::TOOL_KEY], "web.search");
    assert_eq!(tools[1]["name"], "b");
    // A chain that does not hold is denied all the same, and does not get more than none.
    let wrong = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{"_meta":{{"{PRESENTATION_KEY}":{{"aat_chain":[]}}}}}}}}"#
    );
    assert!(matches!(open.decide(wrong.as_bytes(), now), Decision::Answer(..)));
}

#[test]
fn a_guard_that_only_watches() {
    let folder = folder();
    let now = Timestamp::from_unix(NOW);
    let text =
        least("mode = \"audit\"", "[tools.\"web.search\"]\nname = \"query\"\nshown = \"search\"");
    fs::write(folder.path().join("policy.toml"), &text).unwrap();
    let guard = Current::load(folder.path().join("policy.toml")).unwrap().running().guard();
    for (message, forwarded, found) in [
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"search","arguments":{{"n":1.0}},"_meta":{{"{PRESENTATION_KEY}":"t","a":1}}}}}}"#
            ),
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"query","arguments":{"n":1.0},"_meta":{"a":1}}}"#,
            "compact_malformed",
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"web.search"}}"#
                .into(),
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"web.search"}}"#,
            "presentation_missing",
        ),
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{{"_meta":{{"{PRESENTATION_KEY}":"t"}}}}}}"#
            ),
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}"#,
            "compact_malformed",
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"resources/list"}"#.into(),
            r#"{"jsonrpc":"2.0","id":7,"method":"resources/list"}"#,
            "method_not_allowed",
        ),
    ] {
        let decision = guard.decide(message.as_bytes(), now);
        let Decision::Unprotected(text, denial) = decision else { panic!("{decision:?}") };
        assert_eq!(std::str::from_utf8(&text).unwrap(), forwarded);
        assert_eq!(denial.code(), found, "{message}");
    }
}

/// The documentation names every key, and no other.
#[test]
fn every_key_is_documented() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/POLICY.md")).unwrap();
    let source = include_str!("../src/policy/file.rs");
    let keys: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub(super) "))
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name)
        .collect();
    assert!(keys.len() > 60, "{}", keys.len());
    for key in &keys {
        assert!(text.contains(&format!("`{key}`")), "{key} is not documented");
    }
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    for key in rows.filter_map(|row| row.split('`').next()) {
        assert!(keys.contains(&key), "{key} is documented, and is no key");
    }
}

#[test]
fn a_policy_is_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &Arc<T>) {}
    let folder = folder();
    let path = folder.path().join("policy.toml");
    fs::write(&path, least("", "")).unwrap();
    shared(Current::load(path).unwrap().running());
}
