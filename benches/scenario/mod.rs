//! A chain of any depth: three constrained arguments, narrowed at every hop, and one call.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "each bench uses a part, bluntly"
)]

use core::time::Duration;
use taper::{
    ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, Policy, Profile, ProofOptions,
    SigningKey, Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most, not_one_of, one_of,
};

pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

pub(crate) const PROFILES: [(Profile, &str); 2] =
    [(Profile::Jws, "jws"), (Profile::Compact, "compact")];

pub(crate) fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

pub(crate) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_delegation_depth = 16;
    limits
}

pub(crate) fn anchors() -> TrustAnchors {
    let anchor = TrustAnchor::new("https://auth.example.com", key(1).public_key().clone()).unwrap();
    TrustAnchors::new().with(anchor)
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(anchors())
        .with_policy(Policy::default().all_tools_idempotent())
        .with_limits(limits())
}

pub(crate) fn call() -> Invocation {
    let arguments = br#"{"path":"/data/q3-report.pdf","head":20,"format":"text"}"#;
    Invocation::from_json("read_file", arguments).unwrap()
}

pub(crate) fn arguments() -> ConstraintMap {
    let reports: Vec<String> = (1..=9).map(|n| format!("/data/q{n}-report.pdf")).collect();
    ConstraintMap::new()
        .require("path", one_of(reports.iter().map(String::as_str)).unwrap())
        .require("head", at_most(1000))
        .require("format", not_one_of(["binary"]))
}

pub(crate) fn issuer(profile: Profile) -> Issuer<SigningKey> {
    let issuer = Issuer::new("https://auth.example.com", key(1)).unwrap();
    issuer.with_limits(limits()).with_profile(profile)
}

pub(crate) fn grant() -> Grant {
    Grant::to(key(2).public_key().clone())
        .tool("read_file", arguments())
        .expires_in(Duration::from_secs(3600))
        .max_depth(16)
}

/// A chain of `depth` tokens, which may go on, and the key of its leaf.
pub(crate) fn chain(profile: Profile, depth: u8) -> (HeldChain, SigningKey) {
    let mut chain = issuer(profile).issue(grant(), NOW).unwrap();
    for hop in 1..depth {
        chain = hand_on(&chain, &key(hop + 1), &key(hop + 2));
    }
    (chain, key(depth + 1))
}

/// The chain with one more token.
pub(crate) fn hand_on(chain: &HeldChain, from: &SigningKey, to: &SigningKey) -> HeldChain {
    let hop = i32::try_from(chain.len()).unwrap();
    chain
        .derive(from)
        .to(to.public_key().clone())
        .narrow("read_file", "head", at_most(1000 - hop))
        .sign(NOW)
        .unwrap()
}

/// What the leaf's holder sends for the call.
pub(crate) fn sent(chain: &HeldChain, holder: &SigningKey) -> Vec<u8> {
    let proof = chain.prove_unchecked(holder, &call(), &ProofOptions::default(), NOW).unwrap();
    chain.present(proof).to_bytes()
}
