//! Bodies of proofs that are not in their one form.

use super::*;
use crate::{
    Audience, ConstraintMap, Grant, Invocation, Issuer, Policy, Presentation, Profile,
    ProofOptions, TokenId,
    codec::compact::{proof_signing_input, read_frame},
};
use core::time::Duration;

const HERE: &str = "https://tools.example.com";

fn call() -> Invocation {
    Invocation::from_json("t", b"{}").unwrap()
}

/// The verdict on a proof of this body, correctly signed, below a child with these names as `aud`.
fn refusal(audience: &[&str], body: &[u8]) -> String {
    let root = Parts::root(&cat(&[&n(1), &s("t"), &[1]])).body();
    let mut child = Parts::derived(&[1]);
    child.audience = n(audience.len() as u64);
    child.audience.extend(audience.iter().flat_map(|name| s(name)));
    let frame = chain(&[root, child.body()]);
    let (compact, _) = read_frame(&frame).unwrap();
    let leaf = compact.read_unverified((&Limits::default()).into()).unwrap().pop().unwrap();
    let signature = key(3).sign(&proof_signing_input(&leaf.digest, &call(), body)).unwrap();
    let sent = compact.write(Some((&signature, body))).unwrap();
    let policy = Policy::for_audience(HERE).also_for_audience("b").all_tools_idempotent();
    let verifier = verifier().with_policy(policy.require_proof_audience());
    let received = Presentation::parse(&sent, verifier.limits()).unwrap();
    let now = Timestamp::from_unix(NOW);
    let together = verifier.authorize(&received, &call(), now).map(|_| ());
    let apart = verifier
        .verify_chain(received.chain(), now)
        .and_then(|chain| verifier.check(&chain, received.proof(), &call(), now).map(|_| ()));
    assert_eq!(together, apart);
    let Err(denied) = together else {
        return "permitted".into();
    };
    if let Reason::Compact(fault) = denied.reason() {
        assert!((sent.len() - body.len()..=sent.len()).contains(&fault.offset()), "{fault}");
    }
    format!("{} {}: {}", denied.step(), denied.code(), denied)
}

#[test]
fn proofs_have_one_form() {
    let told = |head: u8, id: &[u8], rest: &[u8]| cat(&[&[head], id, &z(0), rest]);
    let id = &s("p");
    let here = &s(HERE);
    let uuid = TokenId::uuid_v7(Timestamp::from_unix(NOW), [0xab; 10]).as_uuid().unwrap();
    assert_eq!(refusal(&[], &told(2 | 4, id, here)), "permitted");
    assert_eq!(refusal(&[HERE], &told(2 | 8, id, &[])), "permitted");
    assert_eq!(refusal(&[HERE], &told(8, &uuid[6..], &[])), "permitted");
    assert_eq!(refusal(&[HERE], &told(2 | 4, id, &s("b"))), "permitted");
    assert_eq!(refusal(&["b", HERE], &told(2 | 4, id, here)), "permitted");
    assert_eq!(refusal(&[HERE], &told(2 | 8 | 16, id, &s("nonce"))), "permitted");
    let cases: [(&str, &[&str], Vec<u8>, &str); 18] = [
        ("no audience", &[HERE], told(2, id, &[]), "7d proof_audience_required"),
        ("another audience", &[HERE], told(2 | 4, id, &s("c")), "7d proof_audience_mismatch"),
        ("told where implied", &[HERE], told(2 | 4, id, here), "not the canonical form"),
        ("implied by nothing", &[], told(2 | 8, id, &[]), "not the canonical form"),
        ("implied by two", &["b", HERE], told(2 | 8, id, &[]), "not the canonical form"),
        ("implied and told", &[HERE], told(2 | 4 | 8, id, here), "not the canonical form"),
        ("implied and told otherwise", &[HERE], told(2 | 4 | 8, id, &s("b")), "not the canonical"),
        ("unknown flags", &[HERE], told(2 | 8 | 32, id, &[]), "unknown proof tag"),
        ("an unknown id form", &[HERE], told(3 | 8, id, &[]), "unknown id tag"),
        ("a UUID of this second", &[HERE], told(1 | 8, &uuid, &[]), "not the canonical form"),
        ("an empty id", &[HERE], told(2 | 8, &s(""), &[]), "malformed id"),
        ("trailing", &[HERE], told(2 | 8, id, &[0]), "trailing bytes"),
        ("a nonce missing", &[HERE], told(2 | 8 | 16, id, &[]), "the bytes end within nonce"),
        ("an audience missing", &[], told(2 | 4, id, &[]), "the bytes end within aat_aud"),
        ("empty", &[HERE], vec![], "the bytes end within proof"),
        ("iat over-long", &[HERE], cat(&[&[10], id, &[0x80, 0]]), "malformed iat"),
        ("iat out of range", &[HERE], cat(&[&[10], id, &z(i64::MAX)]), "iat is out of range"),
        ("iat too late", &[HERE], cat(&[&[10], id, &z(31)]), "7g proof_outside_window"),
    ];
    for (name, audience, body, expected) in cases {
        let found = refusal(audience, &body);
        assert!(found.contains(expected), "{name}: {found}");
        let step = if expected.starts_with('7') { expected } else { "7b compact_malformed" };
        assert!(found.starts_with(step), "{name}: {found}");
    }
}

/// What the chain's holder has in hand and what a verifier reads imply the same audience.
#[test]
fn a_name_given_twice_is_one_name() {
    let now = Timestamp::from_unix(NOW);
    let root = Issuer::new(ISSUER, key(1)).unwrap().with_profile(Profile::Compact);
    for names in [vec![HERE, HERE], vec![HERE, "b"], vec!["b", HERE], vec!["b", HERE, "b"]] {
        let grant = Grant::to(key(2).public_key().clone())
            .tool("t", ConstraintMap::unrestricted())
            .audience(Audience::only(names.clone()))
            .expires_in(Duration::from_secs(60));
        let held = root.issue(grant, now).unwrap();
        let options = ProofOptions::default().audience(HERE);
        let sent = held.prove(&key(2), &call(), &options, now).unwrap();
        let verifier = verifier().with_policy(Policy::for_audience(HERE));
        let received = Presentation::parse(sent.as_bytes(), verifier.limits()).unwrap();
        let verdict = verifier.authorize(&received, &call(), now).map(|_| ());
        assert_eq!(verdict, Ok(()), "{names:?}");
    }
}
