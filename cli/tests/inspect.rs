//! `taper inspect` and `taper explain` through the real binary.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::Duration,
};
use taper::{
    ConstraintMap, Grant, HeldChain, Issuer, SigningKey, Timestamp, at_most, exact, one_of,
};

const ISSUER: &str = "https://auth.example.com";
const NOW: i64 = 1_704_067_500;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// A root for a planner, narrowed for a researcher, narrowed for a reader.
fn three_hops() -> HeldChain {
    let now = Timestamp::from_unix(NOW);
    let files = ConstraintMap::new()
        .require("path", one_of(["/data/q3.pdf", "/data/q4.pdf", "/data/plan.txt"]).unwrap())
        .optional("max_bytes", at_most(1_000_000));
    let search = ConstraintMap::new().require("query", one_of(["filings", "releases"]).unwrap());
    Issuer::new(ISSUER, &key(1))
        .unwrap()
        .issue(
            Grant::to(key(2).public_key().clone())
                .tool("read_file", files)
                .tool("search", search)
                .expires_in(Duration::from_secs(3600))
                .max_depth(3),
            now,
        )
        .unwrap()
        .derive(&key(2))
        .to(key(3).public_key().clone())
        .keep_only(["read_file"])
        .narrow("read_file", "path", one_of(["/data/q3.pdf", "/data/q4.pdf"]).unwrap())
        .expires_in(Duration::from_secs(600))
        .sign(now)
        .unwrap()
        .derive(&key(3))
        .to(key(4).public_key().clone())
        .narrow("read_file", "path", exact("/data/q3.pdf").unwrap())
        .narrow("read_file", "max_bytes", at_most(4096))
        .sign(now)
        .unwrap()
}

fn run(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_taper"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its flags does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The anchor's file, one per test, because tests run at the same time.
fn anchor(test: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("anchor-{test}.jwk"));
    fs::write(&file, key(1).public_key().to_jwk()).unwrap();
    format!("{ISSUER}={}", file.display())
}

fn at(seconds: i64) -> String {
    (NOW + seconds).to_string()
}

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "no `{line}` in:\n{text}");
    }
}

#[test]
fn a_chain_is_drawn_as_a_tree() {
    let output = run(&["inspect", "-", "--now", &at(100)], &three_hops().to_text());
    let text = out(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("NOT VERIFIED: "), "{text}");
    assert_lines(
        &text,
        &[
            "root  holder ",
            "  58 min left\n",
            "│  issuer    https://auth.example.com\n",
            "│  grants    read_file(max_bytes?: range ..=1000000, path: one_of [",
            "└─ hop 1  holder ",
            "  8 min left\n",
            "narrowed  tool `read_file`, argument `path`: `one_of [",
            "` -> `one_of [\"/data/q3.pdf\", \"/data/q4.pdf\"]`\n",
            "          tool `search` dropped\n",
            "          expires 3000 s earlier, ",
            "   └─ hop 2  holder ",
            "argument `max_bytes`: `range ..=1000000` -> `range ..=4096`\n",
            "` -> `exact \"/data/q3.pdf\"`\n",
            ", the holder above\n",
        ],
    );
    assert!(!text.contains('\u{1b}'), "colour without a terminal");
    assert!(!text.contains("WIDENED"), "{text}");
}

#[test]
fn anchors_give_a_verdict() {
    let chain = three_hops().to_text();
    let anchor = anchor("verdict");
    let inspect =
        |seconds| run(&["inspect", "-", "--anchor", &anchor, "--now", &at(seconds)], &chain);
    let output = inspect(100);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).starts_with("VERIFIED: "), "{}", out(&output));

    let expired = inspect(780);
    assert_eq!(expired.status.code(), Some(1));
    let text = out(&expired);
    assert_lines(
        &text,
        &[
            "DENIED: denied at step 4i, token 1: it expired at ",
            "expired 3 min ago\n",
            "  47 min left\n",
        ],
    );
}

#[test]
fn json_is_for_machines() {
    let anchor = anchor("json");
    let args = ["inspect", "-", "--json", "--anchor", &anchor, "--now", &at(0)];
    let value: serde_json::Value =
        serde_json::from_str(&out(&run(&args, &three_hops().to_text()))).unwrap();
    assert_eq!(value["verdict"], "permit");
    assert_eq!(value["hops"].as_array().unwrap().len(), 3);
    let changes = value["hops"][1]["changes"].as_array().unwrap();
    let kinds: Vec<&str> = changes.iter().map(|c| c["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["argument_constrained", "tool_dropped", "expires_earlier"]);
    assert_eq!(changes[0]["to"]["constraint_type"], "one_of");
    assert_eq!(value["hops"][0]["changes"], serde_json::Value::Null);
}

fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..=group.len() {
            text.push(ALPHABET[(bits >> (18 - 6 * i)) as usize & 63] as char);
        }
    }
    text
}

/// A copy of the leaf that its holder rewrote, with a signature of nobody.
fn forged(change: impl Fn(&mut serde_json::Value)) -> String {
    let chain = three_hops();
    let view = chain.as_unverified();
    let mut tokens: Vec<String> = view.jws_tokens().into_iter().map(Into::into).collect();
    let mut payload: serde_json::Value = serde_json::from_str(&chain.leaf().to_json()).unwrap();
    change(&mut payload);
    let leaf = tokens.pop().unwrap();
    let [header, _, signature] = leaf.split('.').collect::<Vec<_>>()[..] else {
        panic!("three segments");
    };
    let payload = encode(payload.to_string().as_bytes());
    tokens.push(format!("{header}.{payload}.{signature}"));
    serde_json::json!({ "aat_chain": tokens }).to_string()
}

#[test]
fn a_widened_hop_is_shown_as_widened() {
    let chain = forged(|payload| {
        let tools = &mut payload["authorization_details"][0]["tools"];
        tools["delete_file\u{1b}[2J"] = serde_json::json!({});
        tools["read_file"]["path"] = serde_json::json!({"constraint_type": "wildcard"});
        payload["purpose\n"] = "quarterly report".into();
    });
    let output = run(&["inspect", "-", "--now", &at(0)], &chain);
    let text = out(&output);
    assert_lines(
        &text,
        &[
            "NOT VERIFIED: ",
            "          WIDENED: the parent does not authorize the tool `delete_file\\u{1b}[2J`\n",
            "          WIDENED: tool `read_file`: argument `path`: `wildcard` does not narrow the",
            "also      purpose\\n\n",
        ],
    );
    assert!(!text.contains('\u{1b}'), "{text}");

    let anchor = anchor("widened");
    let denied = run(&["inspect", "-", "--anchor", &anchor, "--now", &at(0)], &chain);
    assert_eq!(denied.status.code(), Some(1));
    assert_lines(&out(&denied), &["DENIED: denied at step 4b, token 2: ", "WIDENED: "]);
}

#[test]
fn unusable_input_is_one_line_and_exit_code_2() {
    let anchor = anchor("unusable");
    let cases: [(&[&str], &str, &str); 7] = [
        (&["inspect", "-"], "garbage", "error: standard input: the presentation "),
        (&["inspect", "-"], "", "error: standard input: the presentation "),
        (&["inspect", "-"], r#"["a.b.c"]"#, "error: standard input: root token: it "),
        (&["inspect", "no/such/file"], "", "error: no/such/file: "),
        (
            &["inspect", "-", "--anchor", "nothing"],
            "[]",
            "error: --anchor nothing: expected ISSUER=PUBFILE",
        ),
        (&["inspect", "-", "--anchor", "https://a.example=no/such"], "[]", "error: no/such: "),
        (
            &[
                "explain",
                "--anchor",
                &anchor,
                "--presentation",
                "-",
                "--tool",
                "t",
                "--args",
                "[1]",
            ],
            &three_hops().to_text(),
            "error: --args: ",
        ),
    ];
    for (args, input, message) in cases {
        let output = run(args, input);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.starts_with(message) && text.lines().count() == 1, "{text}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_refused_call_is_explained() {
    let anchor = anchor("explain");
    let now = at(0);
    let explain = |tool: &str, args: &str, json: bool| {
        let mut all = vec!["explain", "--anchor", &anchor, "--presentation", "-", "--now", &now];
        all.extend(["--tool", tool, "--args", args]);
        all.extend(json.then_some("--json"));
        run(&all, &three_hops().to_text())
    };
    let output = explain("read_file", r#"{"path":"/data/q4.pdf","limit":1}"#, false);
    assert_eq!(output.status.code(), Some(1));
    assert_lines(
        &out(&output),
        &[
            "denied at step 6b, call: ",
            "\nthe root never granted it",
            "nearest permitted call:\n  remove argument `limit`\n  set argument `path` to `\"/data/q3.pdf\"`\n",
            "  as --args '{\"path\":\"/data/q3.pdf\"}'\n",
        ],
    );
    let output = explain("read_file", r#"{"path":"/data/q4.pdf"}"#, false);
    assert_lines(&out(&output), &["token 2 took it away\n  tool `read_file`, argument `path`: "]);
    let output = explain("search", r#"{"query":"filings"}"#, false);
    assert_lines(
        &out(&output),
        &["token 1 took it away\n  tool `search` dropped\n", "tools granted: `read_file`\n"],
    );
    let output = explain("read_file", r#"{"path":"/data/q3.pdf"}"#, false);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(out(&output), "the leaf authorizes the call\n");

    let output = explain("read_file", r#"{"path":"/data/q4.pdf"}"#, true);
    let value: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(value["lost_at"], 2);
    assert_eq!(value["denied"]["step"], "6b");
    assert_eq!(value["nearest"]["arguments"], serde_json::json!({"path": "/data/q3.pdf"}));
}
