//! The compact profile through the public API.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::time::Duration;
use taper::{
    Audience, ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, Policy, Presentation,
    Profile, ProofOptions, SigningKey, Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most,
    contains, exact, one_of, range, subset,
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new("https://auth.example.com", key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience("https://tools.example.com").all_tools_idempotent())
}

/// The README's scenario: three tools with six constrained arguments, narrowed at each hop.
fn chain(profile: Profile) -> HeldChain {
    let hour = Duration::from_secs(3600);
    let root = Issuer::new("https://auth.example.com", key(1))
        .unwrap()
        .with_profile(profile)
        .issue(
            Grant::to(key(2).public_key().clone())
                .tool(
                    "read_file",
                    ConstraintMap::new()
                        .require(
                            "path",
                            one_of([
                                "/data/q2-report.pdf",
                                "/data/q3-report.pdf",
                                "/data/q4-report.pdf",
                            ])
                            .unwrap(),
                        )
                        .optional("head", at_most(500)),
                )
                .tool(
                    "search_index",
                    ConstraintMap::new()
                        .require("query", one_of(["public filings", "public releases"]).unwrap())
                        .require("limit", range(1..=100).unwrap()),
                )
                .tool(
                    "send_mail",
                    ConstraintMap::new()
                        .require("to", subset(["ana@example.com", "bo@example.com"]))
                        .require("labels", contains(["automated"])),
                )
                .expires_in(hour)
                .max_depth(3),
            NOW,
        )
        .unwrap();
    let planner = root
        .derive(&key(2))
        .to(key(3).public_key().clone())
        .keep_only(["read_file", "search_index"])
        .narrow(
            "read_file",
            "path",
            one_of(["/data/q3-report.pdf", "/data/q4-report.pdf"]).unwrap(),
        )
        .narrow("search_index", "limit", range(1..=10).unwrap())
        .expires_in(hour / 2)
        .sign(NOW)
        .unwrap();
    planner
        .derive(&key(3))
        .to(key(4).public_key().clone())
        .keep_only(["read_file"])
        .narrow("read_file", "path", exact("/data/q3-report.pdf").unwrap())
        .require("read_file", "head")
        .audience(Audience::only(["https://tools.example.com"]))
        .expires_in(hour / 12)
        .terminal()
        .sign(NOW)
        .unwrap()
}

fn call() -> Invocation {
    let arguments = br#"{"path": "/data/q3-report.pdf", "head": 20}"#;
    Invocation::from_json("read_file", arguments).unwrap()
}

#[test]
fn both_profiles_permit_the_same_call() {
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = chain(profile);
        let options = ProofOptions::default().audience("https://tools.example.com");
        let sent = chain.prove(&key(4), &call(), &options, NOW).unwrap();
        println!("{profile:?}: {} chars", sent.len());
        let received = Presentation::parse(sent.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(received.to_text(), sent);
        let call = call();
        let permit = verifier().authorize(&received, &call, NOW).unwrap();
        assert_eq!(permit.chain().tokens().len(), 3);
        // One by one gives the same.
        let verified = verifier().verify_chain(received.chain(), NOW).unwrap();
        let checked = verifier().check(&verified, received.proof(), &call, NOW).unwrap();
        assert!(verifier().commit(checked, NOW).is_ok());
        // The chain by itself travels too.
        let held = HeldChain::parse(chain.to_text().as_bytes(), &Limits::default()).unwrap();
        assert_eq!(held.leaf(), chain.leaf());
        assert_eq!(held.leaf_digest(), chain.leaf_digest());
    }
}

#[test]
fn every_flipped_bit_and_every_truncation_is_denied() {
    let sent = chain(Profile::Compact).prove(&key(4), &call(), &ProofOptions::default(), NOW);
    let chain = chain(Profile::Compact);
    let proof = chain.prove_unchecked(&key(4), &call(), &ProofOptions::default(), NOW).unwrap();
    let bytes = chain.present(proof).to_bytes();
    assert!(sent.is_ok());
    println!("{} bytes", bytes.len());
    let verifier = verifier();
    let denied = |bytes: &[u8]| {
        Presentation::parse(bytes, verifier.limits())
            .and_then(|presentation| verifier.authorize(&presentation, &call(), NOW).map(|_| ()))
            .is_err()
    };
    assert!(!denied(&bytes));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(denied(&flipped), "bit {bit}");
    }
    for end in 0..bytes.len() {
        assert!(denied(&bytes[..end]), "{end}");
    }
    assert!(denied(&[&bytes[..], &[0]].concat()));
}
