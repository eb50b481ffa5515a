//! The tokens of the draft's Appendix E, made again by this library, byte for byte.
//!
//! Appendix E derives each role's key from 32 equal bytes and prints the digests that link the
//! chain of vector J.3, and the signatures of vector J.1. Signing is deterministic and payloads are
//! canonical, so equal digests and signatures mean equal tokens.
#![allow(clippy::unwrap_used, reason = "tests may be blunt")]

use taper::{
    Capabilities, ConstraintMap, Grant, HeldChain, Invocation, Issuer, Policy, Presentation,
    ProofOptions, SigningKey, Timestamp, TokenId, TrustAnchor, TrustAnchors, Verifier, at_most,
    exact, one_of, wildcard,
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(seconds)
}

fn id(end: &str) -> TokenId {
    TokenId::new(format!("019471f8-0000-7000-8000-000000000{end}")).unwrap()
}

fn issue(end: &str, tools: Capabilities) -> HeldChain {
    let grant = Grant::to(key(2).public_key().clone())
        .capabilities(tools)
        .expires_at(at(1_704_070_800))
        .max_depth(3)
        .id(id(end));
    Issuer::new("https://auth.example.com", key(1))
        .unwrap()
        .issue(grant, at(1_704_067_200))
        .unwrap()
}

fn prove(chain: &HeldChain, holder: u8, end: &str) -> String {
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3-report.pdf"}"#).unwrap();
    let options = ProofOptions::default().audience("https://tools.example.com").id(id(end));
    let sent = chain.prove(&key(holder), &call, &options, NOW).unwrap();

    let anchor = TrustAnchor::new("https://auth.example.com", key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience("https://tools.example.com"));
    let received = Presentation::parse(sent.as_bytes(), verifier.limits()).unwrap();
    assert!(verifier.authorize(&received, &call, NOW).is_ok());
    sent
}

#[test]
fn single_token_chain_j1() {
    let tools = Capabilities::new()
        .with_tool("read_file", ConstraintMap::new().require("path", wildcard()));
    let root = issue("001", tools);
    assert_eq!(root.leaf_digest().to_string(), "qz05CjO1S-iTk93CGKmiB8y7bRUdUAe67kXzUwyMzUU");
    let sent = prove(&root, 2, "a01");
    for signature in [
        "G2ZIeMAY5H1nbG0j2f6R9hW8WsP98CC8ZA9-dLpNATy-i7DMR6iAHzgSrAhpdTVt1Y5urMK9iE0ZXMcLHzrHBg",
        "Dod0rnn_6OlvM2upQlbY0trWOJPM80GEuZn6gUJr0vOmWrjdWEg_voQT-f-iKsgqGJ1KRdQqisbNgaNJ5OBOAQ",
    ] {
        assert!(sent.contains(signature), "{sent}");
    }
}

#[test]
fn three_level_chain_j3() {
    let reports = ["/data/q3-report.pdf", "/data/q4-report.pdf"];
    let search = ConstraintMap::new().require("query", wildcard()).require("limit", at_most(100));
    let read = ConstraintMap::new().require("path", one_of(reports).unwrap());
    let tools = Capabilities::new().with_tool("read_file", read).with_tool("search_index", search);
    let root = issue("010", tools);
    assert_eq!(root.leaf_digest().to_string(), "BR0nHWoCPtlrdOSpY8vPj7ejvLGj1SSJfK97P-ZWV0g");

    let middle = root
        .derive(&key(2))
        .to(key(3).public_key().clone())
        .narrow("read_file", "path", one_of(["/data/q3-report.pdf"]).unwrap())
        .narrow("search_index", "query", exact("public filings").unwrap())
        .narrow("search_index", "limit", at_most(20))
        .expires_at(at(1_704_069_000))
        .max_depth(2)
        .id(id("011"))
        .sign(at(1_704_067_260))
        .unwrap();
    assert_eq!(middle.leaf_digest().to_string(), "3kFpxq53WreeYGKbIxNqnCqjRSmVjwNoHjjZKIuqRw0");

    let leaf = middle
        .derive(&key(3))
        .to(key(4).public_key().clone())
        .keep_only(["read_file"])
        .narrow("read_file", "path", exact("/data/q3-report.pdf").unwrap())
        .expires_at(at(1_704_068_400))
        .id(id("012"))
        .sign(at(1_704_067_320))
        .unwrap();
    assert_eq!(leaf.leaf_digest().to_string(), "6JQpH_zCOFYgK-F4EjOrO9yssdlA24Ygm3JRH6stIdk");
    prove(&leaf, 4, "a03");
}
