//! A chain of any depth: three constrained arguments, narrowed at every hop, and one call.

use core::time::Duration;
use taper::{
    ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, Policy, Profile, SigningKey,
    Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most, not_one_of, one_of,
};

pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

pub(crate) fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

pub(crate) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_delegation_depth = 16;
    limits
}

pub(crate) fn verifier() -> Verifier {
    let anchor = TrustAnchor::new("https://auth.example.com", key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::default().all_tools_idempotent())
        .with_limits(limits())
}

pub(crate) fn call() -> Invocation {
    let arguments = br#"{"path":"/data/q3-report.pdf","head":20,"format":"text"}"#;
    Invocation::from_json("read_file", arguments).unwrap()
}

/// A chain of `depth` tokens, and the key of its leaf.
pub(crate) fn chain(profile: Profile, depth: u8) -> (HeldChain, SigningKey) {
    let reports: Vec<String> = (1..=9).map(|n| format!("/data/q{n}-report.pdf")).collect();
    let map = ConstraintMap::new()
        .require("path", one_of(reports.iter().map(String::as_str)).unwrap())
        .require("head", at_most(1000))
        .require("format", not_one_of(["binary"]));
    let issuer = Issuer::new("https://auth.example.com", key(1)).unwrap();
    let grant = Grant::to(key(2).public_key().clone())
        .tool("read_file", map)
        .expires_in(Duration::from_secs(3600))
        .max_depth(u32::from(depth));
    let mut chain = issuer.with_limits(limits()).with_profile(profile).issue(grant, NOW).unwrap();
    for hop in 1..depth {
        chain = chain
            .derive(&key(hop + 1))
            .to(key(hop + 2).public_key().clone())
            .narrow("read_file", "head", at_most(1000 - i32::from(hop)))
            .sign(NOW)
            .unwrap();
    }
    (chain, key(depth + 1))
}
