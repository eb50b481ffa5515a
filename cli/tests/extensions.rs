//! Extension types at the command line: every command is told of them, or denies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may be blunt"
)]

mod command;

use command::{Folder, ISSUER, Ran};

const GRANT: &str = r#"
expires_in = "1h"
max_depth = 2

[tools.fetch]
url = { constraint_type = "url_scope", scheme = "https", host_suffix = "example.com" }
from = { constraint_type = "cidr", network = "10.0.0.0/8", optional = true }
"#;

const CALL: &str = r#"{"url":"https://api.example.com/v1/a"}"#;
const NARROWER: &str =
    r#"{"constraint_type":"url_scope","scheme":"https","host":"api.example.com"}"#;
const KNOWN: [&str; 4] = ["--extension", "url_scope", "--extension", "cidr"];

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("grant.toml", GRANT);
    folder
}

/// Runs a command with the types that are known at the end.
fn run(folder: &Folder, args: &[&str], known: &[&str]) -> Ran {
    folder.run(&[args, known].concat())
}

fn issue(folder: &Folder, known: &[&str]) -> Ran {
    let keys = ["--key", "issuer.jwk", "--to", "planner.pub", "--grant", "grant.toml"];
    let args = [&["issue", "--issuer", ISSUER, "-o", "root.json"], &keys[..]].concat();
    run(folder, &args, known)
}

fn derive(folder: &Folder, constraint: &str, known: &[&str]) -> Ran {
    let keys = ["--chain", "root.json", "--key", "planner.jwk", "--to", "worker.pub"];
    let narrow = ["--narrow", "fetch", "url", constraint, "-o", "chain.json"];
    run(folder, &[&["derive"], &keys[..], &narrow[..]].concat(), known)
}

fn prove(folder: &Folder, known: &[&str]) -> Ran {
    let call = ["--tool", "fetch", "--args", CALL, "-o", "sent.json"];
    let keys = ["prove", "--chain", "chain.json", "--key", "worker.jwk"];
    run(folder, &[&keys[..], &call[..]].concat(), known)
}

fn verify(folder: &Folder, known: &[&str]) -> Ran {
    let anchor = format!("{ISSUER}=issuer.pub");
    let call = ["--anchor", &anchor, "--tool", "fetch", "--args", CALL];
    run(folder, &[&["verify", "--presentation", "sent.json", "--json"], &call[..]].concat(), known)
}

#[test]
fn every_command_knows_what_it_is_told() {
    let folder = folder();
    issue(&folder, &KNOWN).succeeds();
    derive(&folder, NARROWER, &KNOWN).succeeds();
    prove(&folder, &KNOWN).succeeds();
    let permit = verify(&folder, &KNOWN);
    assert_eq!(permit.code(), 0, "{}", permit.stderr());
    let inspected = run(&folder, &["inspect", "chain.json"], &KNOWN);
    assert_eq!(inspected.code(), 0, "{}", inspected.stderr());
    assert!(inspected.stdout().contains("url_scope"), "{}", inspected.stdout());
    let anchor = format!("{ISSUER}=issuer.pub");
    let explained = [
        "explain",
        "--presentation",
        "chain.json",
        "--tool",
        "fetch",
        "--args",
        CALL,
        "--anchor",
        &anchor,
    ];
    let explained = run(&folder, &explained, &KNOWN);
    assert_eq!(explained.code(), 0, "{} {}", explained.stdout(), explained.stderr());
}

#[test]
fn without_the_type_every_command_refuses() {
    let folder = folder();
    issue(&folder, &[]).fails();
    issue(&folder, &KNOWN[..2]).fails();
    issue(&folder, &KNOWN).succeeds();
    derive(&folder, NARROWER, &[]).fails();
    derive(&folder, NARROWER, &KNOWN).succeeds();
    prove(&folder, &[]).fails();
    prove(&folder, &KNOWN).succeeds();
    for known in [&[][..], &KNOWN[..2]] {
        let denied = verify(&folder, known);
        assert_eq!(denied.code(), 1, "{}", denied.stderr());
        let verdict = denied.json();
        assert_eq!(
            (&verdict["step"], &verdict["code"]),
            (&"3n".into(), &"constraint_type_unknown".into())
        );
    }
    assert_eq!(run(&folder, &["inspect", "chain.json"], &[]).code(), 2);
}

#[test]
fn what_widens_is_refused() {
    let folder = folder();
    issue(&folder, &KNOWN).succeeds();
    let wider = r#"{"constraint_type":"url_scope","scheme":"https","host_suffix":"com"}"#;
    derive(&folder, wider, &KNOWN).fails();
    let ill_formed = r#"{"constraint_type":"url_scope","scheme":"https","host":"API.example.com"}"#;
    derive(&folder, ill_formed, &KNOWN).fails();
    let unknown = run(&folder, &["inspect", "root.json"], &["--extension", "subpath"]);
    assert_eq!(unknown.code(), 2, "{}", unknown.stderr());
}
