//! Suites made with the library, and the binary run on them.

use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};
use taper::{
    Audience, ConstraintMap, Grant, HeldChain, Invocation, Issuer, ProofOptions, SigningKey,
    Timestamp, at_most,
};

pub(super) const NOW: i64 = 1_800_000_000;
pub(super) const ISSUER: &str = "https://auth.example.com";
pub(super) const GATEWAY: &str = "https://tools.example.com";

/// A folder of one test's own.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("taper-vectors-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn write(&self, name: &str, suite: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, suite).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn run(path: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_taper"))
        .args(["vectors", "run"])
        .arg(path)
        .args(more)
        .output()
        .unwrap()
}

/// The lines of `--json` and the exit code.
pub(super) fn run_json(path: &Path) -> (Vec<Value>, i32) {
    let output = run(path, &["--json"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), output.status.code().unwrap())
}

pub(super) fn issuer_key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

pub(super) fn agent_key() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

pub(super) fn chain(audience: Audience) -> HeldChain {
    let map = ConstraintMap::new().require("limit", at_most(10));
    let grant = Grant::to(agent_key().public_key().clone())
        .tool("search", map)
        .audience(audience)
        .expires_in(Duration::from_secs(600));
    let issuer = Issuer::new(ISSUER, issuer_key()).unwrap();
    issuer.issue(grant, Timestamp::from_unix(NOW)).unwrap()
}

pub(super) fn present(chain: &HeldChain, arguments: &str, options: &ProofOptions) -> Value {
    let call = Invocation::from_json("search", arguments.as_bytes()).unwrap();
    let proof =
        chain.prove_unchecked(&agent_key(), &call, options, Timestamp::from_unix(NOW)).unwrap();
    serde_json::from_str(&chain.present(proof).to_text()).unwrap()
}

/// A vector of a call that the chain permits, with the members of `more` put in or replaced.
pub(super) fn vector(id: &str, expected: Value, more: Value) -> Value {
    let plain = chain(Audience::Unrestricted);
    let mut vector = json!({
        "id": id,
        "tool": "search",
        "args": {"limit": 5},
        "presentation": present(&plain, r#"{"limit":5}"#, &ProofOptions::default()),
        "expected": expected,
    });
    for (name, value) in more.as_object().unwrap() {
        vector[name] = value.clone();
    }
    vector
}

pub(super) fn suite(vectors: &[Value]) -> Value {
    let jwk: Value = serde_json::from_str(&issuer_key().public_key().to_jwk()).unwrap();
    json!({
        "params": {"now": NOW, "audience": GATEWAY},
        "trust_anchors": [{"iss": ISSUER, "jwk": jwk}],
        "vectors": vectors,
    })
}

pub(super) fn permit() -> Value {
    json!({"verdict": "PERMIT", "step": null})
}

pub(super) fn deny(step: &str) -> Value {
    json!({"verdict": "DENY", "step": step})
}
