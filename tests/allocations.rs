//! How often a decision under a chain that is in the cache takes memory from the heap.
#![allow(clippy::unwrap_used, reason = "tests may be blunt")]

use std::{sync::Arc, time::Duration};
use taper::{
    ChainCache, ConstraintMap, Grant, Invocation, Issuer, Presentation, Profile, ProofOptions,
    SigningKey, Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most, not_one_of, one_of,
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// Allocations of one `authorize`, the chain being known.
fn of_a_hit(profile: Profile, depth: u8) -> u64 {
    let map = ConstraintMap::new()
        .require("path", one_of(["/data/q3.pdf", "/data/q4.pdf"]).unwrap())
        .require("head", at_most(1000))
        .require("format", not_one_of(["binary"]));
    let grant = Grant::to(key(2).public_key().clone())
        .tool("read_file", map)
        .expires_in(Duration::from_secs(3600))
        .max_depth(8);
    let issuer = Issuer::new("https://auth.example.com", key(1)).unwrap().with_profile(profile);
    let mut chain = issuer.issue(grant, NOW).unwrap();
    for hop in 1..depth {
        let next = key(hop + 2).public_key().clone();
        chain = chain.derive(&key(hop + 1)).to(next).sign(NOW).unwrap();
    }
    let call = br#"{"path":"/data/q3.pdf","head":20,"format":"text"}"#;
    let call = Invocation::from_json("read_file", call).unwrap();
    let prove = || chain.prove(&key(depth + 1), &call, &ProofOptions::default(), NOW).unwrap();
    let [first, second] = [prove(), prove()];

    let anchor = TrustAnchor::new("https://auth.example.com", key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(taper::Policy::default().all_tools_idempotent())
        .with_chain_cache(Arc::new(ChainCache::default()));
    let sent = Presentation::parse(first.as_bytes(), verifier.limits()).unwrap();
    drop(verifier.authorize(&sent, &call, NOW).unwrap());

    let sent = Presentation::parse(second.as_bytes(), verifier.limits()).unwrap();
    let counted = allocation_counter::measure(|| {
        drop(verifier.authorize(&sent, &call, NOW).unwrap());
    });
    counted.count_total
}

#[test]
fn a_hit_takes_a_handful() {
    for depth in [1, 3, 8] {
        // The sizes of the tokens, their names, their fingerprints; the canonical arguments and the
        // signed bytes, which grow a few times; the proof's id, and the bytes it is written as
        // again.
        assert_eq!(of_a_hit(Profile::Compact, depth), COMPACT, "{depth} tokens");
        // The sizes, names and fingerprints; the proof's payload as bytes and as a tree; its four
        // texts and its arguments.
        assert_eq!(of_a_hit(Profile::Jws, depth), JWS, "{depth} tokens");
    }
}

const COMPACT: u64 = 0;
const JWS: u64 = 0;
