//! What is granted at an enforcement point: by a chain before any call (steps 6a and 6c, and the
//! least depths of the policy), and by the permit for one.
#![allow(clippy::unwrap_used, reason = "tests may be blunt")]

use std::time::Duration;
use taper::{
    Audience, ConstraintMap, Grant, Invocation, Issuer, Limits, Policy, Presentation, Profile,
    ProofOptions, SigningKey, Timestamp, TokenId, TrustAnchor, TrustAnchors, Verifier, wildcard,
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

#[test]
fn the_tools_of_the_leaf_that_the_policy_lets_it_use() {
    let map = || ConstraintMap::new().require("a", wildcard());
    let here = || Policy::for_audience("urn:here");
    type Case = (fn(Policy) -> Policy, Result<&'static [&'static str], &'static str>);
    let cases: [Case; 5] = [
        (|policy| policy, Ok(&["read", "write"])),
        (|policy| policy.min_depth("write", 1), Ok(&["read", "write"])),
        (|policy| policy.min_depth("write", 2), Ok(&["read"])),
        (|policy| policy.min_depth("write", 9).min_depth("read", 2), Ok(&[])),
        (|_| Policy::for_audience("urn:there"), Err("6c")),
    ];
    for profile in [Profile::Jws, Profile::Compact] {
        let grant = Grant::to(key(2).public_key().clone())
            .tool("read", map())
            .tool("write", map())
            .tool("drop", map())
            .audience(Audience::only(["urn:here"]))
            .expires_in(Duration::from_secs(60))
            .max_depth(1);
        let issuer = Issuer::new("urn:issuer", key(1)).unwrap().with_profile(profile);
        let root = issuer.issue(grant, NOW).unwrap();
        let holder = key(2);
        let leaf = root.derive(&holder).to(key(3).public_key().clone()).drop_tool("drop");
        let leaf = leaf.sign(NOW).unwrap();
        for (policy, expected) in cases {
            let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
            let verifier =
                Verifier::new(TrustAnchors::new().with(anchor)).with_policy(policy(here()));
            let chain = verifier.verify_chain(&leaf.as_unverified(), NOW).unwrap();
            let found = verifier.capabilities(&chain);
            let found = found.map_err(|denied| denied.step().label()).map(|tools| {
                tools
                    .tools()
                    .map(|(tool, arguments)| {
                        assert_eq!(arguments, &map());
                        String::from(tool)
                    })
                    .collect::<Vec<_>>()
            });
            assert_eq!(
                found,
                expected.map(|tools| tools.iter().map(|&t| t.into()).collect()),
                "{profile:?}"
            );
        }
    }
}

#[test]
fn a_permit_says_who_may_call_what_under_which_chain() {
    for profile in [Profile::Jws, Profile::Compact] {
        let grant = Grant::to(key(2).public_key().clone())
            .tool("read", ConstraintMap::unrestricted())
            .expires_in(Duration::from_secs(60));
        let issuer = Issuer::new("urn:issuer", key(1)).unwrap().with_profile(profile);
        let root = issuer.issue(grant, NOW).unwrap();
        let call = Invocation::from_json("read", br#"{"a":1}"#).unwrap();
        let options = ProofOptions::default().id(TokenId::new("proof").unwrap());
        let sent = root.prove(&key(2), &call, &options, NOW).unwrap();
        let sent = Presentation::parse(sent.as_bytes(), &Limits::default()).unwrap();
        let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
        let verifier = Verifier::new(TrustAnchors::new().with(anchor));
        let permit = verifier.authorize(&sent, &call, NOW).unwrap();
        assert_eq!((permit.tool(), permit.call()), ("read", &call));
        assert_eq!(permit.holder(), Some(key(2).public_key()));
        assert_eq!(permit.proof_id().as_str(), "proof");
        let leaf = permit.chain().leaf().map(taper::VerifiedToken::digest);
        assert_eq!(leaf, Some(root.leaf_digest()));
    }
}
