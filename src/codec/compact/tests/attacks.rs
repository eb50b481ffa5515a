//! What somebody with keys of their own might try.

use super::*;
use crate::codec::compact::proof_signing_input;
use crate::{Invocation, Place, Policy, Presentation, Signer, Step};

fn now() -> Timestamp {
    Timestamp::from_unix(NOW)
}

/// A root that admits everything for the tool `t`.
fn open_root() -> Vec<u8> {
    Parts::root(&cat(&[&n(1), &s("t"), &[1]])).body()
}

fn same() -> Vec<u8> {
    Parts::derived(&[1]).body()
}

/// `step code` of a frame.
fn verdict(verifier: &Verifier, frame: &[u8]) -> String {
    let chain = UnverifiedChain::parse(frame, verifier.limits());
    match chain.and_then(|chain| verifier.verify_chain(&chain, now())) {
        Ok(_) => "permitted".into(),
        Err(denied) => format!("{} {}", denied.step(), denied.code()),
    }
}

/// The frame with a proof of `call`, signed by `holder`, with `body`.
fn presented(frame: &[u8], holder: &SigningKey, call: &Invocation, body: &[u8]) -> Vec<u8> {
    let (chain, _) = super::super::read_frame(frame).unwrap();
    let read = chain.read_unverified((&Limits::default()).into()).unwrap();
    let input = proof_signing_input(&read.last().unwrap().digest, call, body);
    chain.write(Some((&holder.sign(&input).unwrap(), body))).unwrap()
}

#[test]
fn nothing_comes_of_a_parent_without_capabilities() {
    let none = Parts::derived(&[0]).body();
    let below = |capabilities: &[u8]| {
        let mut child = Parts::derived(capabilities);
        child.id = cat(&[&[2], &s("grandchild")]);
        vec![open_root(), none.clone(), child.body()]
    };
    refused(vec![
        ("the same as none", below(&[1]), "4b compact_malformed: unknown capabilities tag 0x01"),
        ("a tool of none", below(&[2, 1, 0, 0]), "the parent has no such tool"),
        ("a changed tool of none", below(&[2, 1, 0, 1, 1]), "the parent has no such tool"),
    ]);
    // An entry without tools, told as such, authorizes what no entry does.
    let listed = verify(&below(&[2, 0])).unwrap();
    assert!(listed.leaf().unwrap().claims().capabilities().unwrap().is_empty());
    assert!(verify(&below(&[0])).unwrap().leaf().unwrap().claims().capabilities().is_none());
    // And below an entry without tools, the same is `SAME` and nothing else.
    let empty = Parts::derived(&[2, 0]).body();
    let below = |capabilities: &[u8]| {
        let mut child = Parts::derived(capabilities);
        child.id = cat(&[&[2], &s("grandchild")]);
        vec![open_root(), empty.clone(), child.body()]
    };
    assert_eq!(refusal(&below(&[1])), "permitted");
    refused(vec![("listed", below(&[2, 0]), "4b compact_malformed: not the canonical form")]);
}

#[test]
fn the_hint_is_signed_and_only_a_hint() {
    let frame = chain(&[open_root(), same()]);
    let verifier = verifier();
    assert_eq!(verdict(&verifier, &frame), "permitted");
    // Every other hint, the one of the root's holder included, finds no anchor.
    for hint in 0..=u8::MAX {
        let mut other = frame.clone();
        other[3] = hint;
        let expected = if hint == frame[3] { "permitted" } else { "3b root_not_trusted" };
        assert_eq!(verdict(&verifier, &other), expected);
    }
    // An issuer that signs a hint of another key is not found either; under an anchor whose key
    // begins so, its signature does not hold.
    let (issuer, holder, body) = (key(1), key(2), open_root());
    let holder = holder.public_key().as_bytes();
    let hint = other_key(issuer.public_key().as_bytes()[0], false).public_key().as_bytes()[0];
    let signature = issuer.sign(&root_signing_input(hint, holder, &body)).unwrap();
    let frame = cat(&[
        &[FIRST_BYTE, 1, 0, hint],
        holder,
        signature.as_bytes(),
        &n(body.len() as u64),
        &body,
    ]);
    assert_eq!(verdict(&verifier, &frame), "3b root_not_trusted");
}

/// A key whose first byte is `first`, or is not.
fn other_key(first: u8, same: bool) -> SigningKey {
    (0_u16..)
        .map(|seed| {
            SigningKey::from_seed(&[&seed.to_le_bytes()[..], &[9; 30]].concat().try_into().unwrap())
        })
        .find(|key| (key.public_key().as_bytes()[0] == first) == same)
        .unwrap()
}

#[test]
fn anchors_that_the_hint_does_not_tell_apart() {
    let first = key(1).public_key().as_bytes()[0];
    let twin = other_key(first, true);
    let anchor = |issuer: &str, key: &SigningKey| {
        TrustAnchor::new(issuer, key.public_key().clone()).unwrap()
    };
    let ours = anchor(ISSUER, &key(1));
    let theirs = anchor("https://other.example", &twin);
    let good = chain(&[open_root(), same()]);
    let mut bad_child = good.clone();
    bad_child[4 + 96 + 32] ^= 1;
    let call = Invocation::from_json("t", b"{}").unwrap();
    let proof = |holder| presented(&good, &key(holder), &call, &proof_body());
    for anchors in [[&ours, &theirs], [&theirs, &ours]] {
        let verifier = Verifier::new(anchors.into_iter().cloned().collect());
        assert_eq!(verdict(&verifier, &good), "permitted");
        assert_eq!(verdict(&verifier, &bad_child), "4b signature_invalid");
        for (holder, expected) in [(3, None), (2, Some(Step::ProofSignature))] {
            let sent = proof(holder);
            let sent = Presentation::parse(&sent, verifier.limits()).unwrap();
            let found = verifier.authorize(&sent, &call, now());
            assert_eq!(found.err().map(|denied| denied.step()), expected);
        }
    }
    // The other's issuer vouches for nothing of ours.
    let verifier = Verifier::new([theirs.clone()].into_iter().collect());
    assert_eq!(verdict(&verifier, &good), "3b root_not_trusted");
    let crossed = anchor("https://other.example", &key(1));
    let verifier = Verifier::new([theirs, crossed].into_iter().collect());
    assert_eq!(verdict(&verifier, &good), "3k issuer_mismatch");
    assert_eq!(verdict(&Verifier::new(TrustAnchors::new()), &good), "3b root_not_trusted");
}

fn proof_body() -> Vec<u8> {
    cat(&[&[2], &s("proof"), &z(0)])
}

#[test]
fn three_signatures_are_checked_together_and_a_bad_one_is_found() {
    let frame = chain(&[open_root(), same()]);
    let call = Invocation::from_json("t", b"{}").unwrap();
    let verifier = verifier().with_policy(Policy::default().all_tools_idempotent());
    let sent = presented(&frame, &key(3), &call, &proof_body());
    let verdict = |sent: &[u8], call: &Invocation| {
        let sent = Presentation::parse(sent, verifier.limits()).unwrap();
        let together = verifier.authorize(&sent, call, now()).map(|_| ());
        let apart = verifier
            .verify_chain(sent.chain(), now())
            .and_then(|chain| verifier.check(&chain, sent.proof(), call, now()).map(|_| ()));
        assert_eq!(together, apart);
        together.map_err(|denied| (denied.step(), denied.code(), denied.place()))
    };
    assert_eq!(verdict(&sent, &call), Ok(()));
    let not_the_holders = Err((Step::ProofSignature, "signature_invalid", Place::Proof));
    // The parent's holder, the issuer and a stranger; another call of the same tool, and another.
    for signer in [2, 1, 9] {
        assert_eq!(
            verdict(&presented(&frame, &key(signer), &call, &proof_body()), &call),
            not_the_holders
        );
    }
    for (tool, arguments) in [("t", r#"{"a":1}"#), ("u", "{}")] {
        let other = Invocation::from_json(tool, arguments.as_bytes()).unwrap();
        assert_eq!(verdict(&sent, &other), not_the_holders);
    }
    // A flipped bit in each signature.
    for (at, step) in
        [(4 + 32, Step::RootSignature), (100 + 32, Step::Signature), (196, Step::ProofSignature)]
    {
        for byte in [at, at + 63] {
            let mut sent = sent.clone();
            sent[byte] ^= 1;
            assert_eq!(verdict(&sent, &call).unwrap_err().0, step);
        }
    }
    // Signatures exchanged between two of the three.
    let mut swapped = sent.clone();
    let (child, proof) = (sent[132..196].to_vec(), sent[196..260].to_vec());
    swapped[132..196].copy_from_slice(&proof);
    swapped[196..260].copy_from_slice(&child);
    assert_eq!(verdict(&swapped, &call).unwrap_err().0, Step::Signature);
}

#[test]
fn an_anchor_may_hold_but_what_it_derives_is_no_root() {
    let (anchor, body) = (key(1), open_root());
    let holder = anchor.public_key().as_bytes();
    let hint = holder[0];
    let root_input = root_signing_input(hint, holder, &body);
    let root = anchor.sign(&root_input).unwrap();
    let child_body = same();
    let child =
        anchor.sign(&derived_signing_input(&digest(&root_input), holder, &child_body)).unwrap();
    let frame = |parts: &[(&crate::key::Signature, &[u8])]| {
        let fixed: Vec<u8> =
            parts.iter().flat_map(|(sig, _)| cat(&[holder, sig.as_bytes()])).collect();
        let bodies: Vec<u8> =
            parts.iter().flat_map(|(_, body)| cat(&[&n(body.len() as u64), body])).collect();
        cat(&[&[FIRST_BYTE, parts.len() as u8, 0, hint], &fixed, &bodies])
    };
    let verifier = verifier();
    assert_eq!(verdict(&verifier, &frame(&[(&root, &body), (&child, &child_body)])), "permitted");
    assert_eq!(verdict(&verifier, &frame(&[(&child, &child_body)])), "3b root_not_trusted");
    assert_eq!(verdict(&verifier, &frame(&[(&child, &body)])), "3b root_not_trusted");
    assert_eq!(
        verdict(&verifier, &frame(&[(&root, &body), (&root, &body)])),
        "4b signature_invalid"
    );
    // A body made to begin as the other kind's signing input does not help: the digest and the
    // holder's key stand at fixed places, and the tags differ.
    let shifted = anchor.sign(&derived_signing_input(&digest(&root_input), holder, &body)).unwrap();
    assert_eq!(verdict(&verifier, &frame(&[(&shifted, &body)])), "3b root_not_trusted");
}

#[test]
fn keys_that_are_none_are_refused_after_the_signature() {
    for (index, step) in [(0, "3l"), (1, "4b2")] {
        for bad in [[0; 32], [0xff; 32]] {
            let bodies = [open_root(), same()];
            let mut frame = chain(&bodies);
            let at = 4 + index * 96;
            let signer = key(index as u8 + 1);
            let hint = frame[3];
            let input = if index == 0 {
                root_signing_input(hint, &bad, &bodies[0])
            } else {
                let holder = key(2);
                let root = root_signing_input(hint, holder.public_key().as_bytes(), &bodies[0]);
                derived_signing_input(&digest(&root), &bad, &bodies[1])
            };
            frame[at..at + 32].copy_from_slice(&bad);
            // Not signed, then signed.
            assert!(verdict(&verifier(), &frame).contains('b'));
            frame[at + 32..at + 96].copy_from_slice(signer.sign(&input).unwrap().as_bytes());
            assert_eq!(verdict(&verifier(), &frame), format!("{step} holder_key"));
        }
    }
}
