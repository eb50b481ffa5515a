//! One issuance, the same derivations and calls made of the bytes, in both profiles: they are
//! refused alike, say the same, and get the same verdict, step, code and place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::time::Duration;
use taper::{Denied, Invocation, Limits, Presentation, Profile, Timestamp, Verifier};
use taper_fuzz::{NOW, lineage, present, verifier};
use taper_testkit::random::{Dice, invocation, permitted};

/// A policy and limits that some calls are denied by.
fn verifier_of(dice: &mut Dice) -> Verifier {
    let mut policy = verifier().policy().clone();
    if dice.once_in(4) {
        policy = policy.require_proof_audience();
    }
    if dice.once_in(8) {
        policy = policy.require_chain_audience();
    }
    if dice.once_in(8) {
        policy = policy.require_nonce(|_: &str, _| false);
    }
    if dice.once_in(8) {
        policy = policy.min_depth("t", 2);
    }
    let mut limits = Limits::default();
    if dice.once_in(8) {
        limits.max_delegation_depth = 3;
    }
    if dice.once_in(8) {
        limits.max_constraint_depth = 1;
    }
    verifier().with_policy(policy).with_limits(limits)
}

fn decided(verifier: &Verifier, sent: &[u8], call: &Invocation, now: Timestamp) -> Option<Denied> {
    let read = Presentation::parse(sent, &Limits::default()).expect("what was sent");
    verifier.authorize(&read, call, now).err()
}

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let both = [Profile::Jws, Profile::Compact].map(|profile| {
        let mut dice = dice.clone();
        (lineage(&mut dice, profile), dice)
    });
    let [(jws, rest), (compact, _)] = both;
    assert_eq!(jws.len(), compact.len());
    let (Some(jws), Some(compact)) = (jws.last(), compact.last()) else { return };
    dice = rest;
    for (a, b) in jws.claims().iter().zip(compact.claims()) {
        assert_eq!((a.id(), a.issuer(), a.holder()), (b.id(), b.issuer(), b.holder()));
        assert_eq!((a.issued_at(), a.expires_at()), (b.issued_at(), b.expires_at()));
        assert_eq!((a.depth(), a.max_depth()), (b.depth(), b.max_depth()));
        assert_eq!((a.audience(), a.capabilities()), (b.audience(), b.capabilities()));
    }
    let verifier = verifier_of(&mut dice);
    let call = permitted(&mut dice, jws.leaf());
    // The proof may be one for another call.
    let proven = if dice.once_in(8) { invocation(&mut dice) } else { call.clone() };
    let now = NOW.saturating_add(Duration::from_secs([0, 20, 100, 5000][dice.below(4)]));
    let sent = [present(jws, &proven).to_bytes(), present(compact, &proven).to_bytes()];
    let verdicts = sent.map(|sent| decided(&verifier, &sent, &call, now));
    let says = |denied: &Option<Denied>| {
        denied.as_ref().map(|denied| (denied.step().label(), denied.code(), denied.token()))
    };
    let [jws, compact] = verdicts.each_ref().map(says);
    match compact {
        // The signature of a compact proof covers the call.
        Some(("7b", code, _)) if proven != call => {
            assert_eq!(code, "signature_invalid");
            assert!(jws.is_some_and(|(step, ..)| step.starts_with(['6', '7'])), "{jws:?}");
        }
        _ => assert_eq!(jws, compact, "{verdicts:?}"),
    }
});
