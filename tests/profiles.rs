//! One meaning in two profiles: the same grants, derivations and calls, built in both.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use proptest::prelude::*;
use std::time::Duration;
use taper::{
    Audience, Claims, Denied, HeldChain, Issuer, Limits, Narrowing, Policy, Presentation, Profile,
    ProofOptions, Timestamp, TokenId, TrustAnchor, UnverifiedChain, Verifier,
};
use taper_testkit::{
    CompactForgery, Forgery, ISSUER, key,
    random::{Dice, derive, grant, invocation, permitted},
};

const NOW: Timestamp = Timestamp::from_unix(taper_testkit::NOW);

fn after(seconds: u64) -> Timestamp {
    NOW.saturating_add(Duration::from_secs(seconds))
}

/// What claims say, but for the digest of the parent.
fn says(claims: &Claims) -> impl PartialEq + std::fmt::Debug {
    (
        (claims.id().clone(), claims.issuer().to_owned(), claims.issued_at(), claims.expires_at()),
        (claims.holder().clone(), claims.audience().clone(), claims.depth(), claims.max_depth()),
        (claims.parent().is_some(), claims.capabilities().cloned()),
    )
}

/// Both chains, as far as both profiles could be derived; they agree on what cannot be.
fn build(dice: &Dice) -> Option<[HeldChain; 2]> {
    let mut limits = Limits::default();
    limits.max_delegation_depth = 12;
    let mut both = [Profile::Jws, Profile::Compact].map(|profile| {
        let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
        let issuer = issuer.with_limits(limits.clone());
        let mut dice = dice.clone();
        let chain = issuer.issue(grant(&mut dice), NOW).map_err(|error| error.to_string());
        (chain, dice)
    });
    for hop in 1..=4 {
        let mut next = both.each_ref().map(|(chain, dice)| {
            let mut dice = dice.clone();
            let chain = chain.as_ref().map_err(String::clone).and_then(|chain| {
                derive(&mut dice, chain, hop, after(u64::from(hop) * 10))
                    .map_err(|error| error.to_string())
            });
            (chain, dice)
        });
        let errors = next.each_ref().map(|(chain, _)| chain.as_ref().err().cloned());
        assert_eq!(errors[0], errors[1], "{hop}");
        // What would widen is refused in both alike; the chain goes on without it.
        for (new, (old, _)) in next.iter_mut().zip(both) {
            if new.0.is_err() {
                new.0 = old;
            }
        }
        both = next;
    }
    let [(jws, _), (compact, _)] = both;
    Some([jws.ok()?, compact.ok()?])
}

fn step(verdict: &Result<(), Denied>) -> Option<(String, &'static str, Option<usize>)> {
    verdict.as_ref().err().map(|d| (d.step().to_string(), d.code(), d.token()))
}

fn agree(dice: &Dice) {
    let Some(chains) = build(dice) else {
        return;
    };
    let [jws, compact] = &chains;
    for (a, b) in jws.claims().iter().zip(compact.claims()) {
        assert_eq!(format!("{:?}", says(a)), format!("{:?}", says(b)));
    }
    let diffs = chains.each_ref().map(|chain| {
        let pairs = chain.claims().windows(2);
        pairs.map(|pair| Narrowing::between(&pair[0], &pair[1])).collect::<Vec<_>>()
    });
    assert_eq!(diffs[0], diffs[1]);
    // A chain comes back as it went, as text and as bytes.
    let mut limits = Limits::default();
    limits.max_delegation_depth = 12;
    for chain in &chains {
        for bytes in [chain.to_text().into_bytes(), chain.to_bytes()] {
            let held = HeldChain::parse(&bytes, &limits).unwrap();
            assert_eq!(held.claims(), chain.claims());
            assert_eq!((held.leaf(), held.leaf_digest()), (chain.leaf(), chain.leaf_digest()));
            assert_eq!((held.to_text(), held.to_bytes()), (chain.to_text(), chain.to_bytes()));
            assert_eq!(held.profile(), chain.profile());
        }
    }

    let mut dice = dice.reversed();
    let holder = key(u8::try_from(jws.len()).unwrap() + 1);
    for round in 0..4 {
        let call = permitted(&mut dice, jws.leaf());
        let mut policy =
            Policy::for_audience(["here", "there"][dice.below(2)]).all_tools_idempotent();
        if dice.below(4) == 0 {
            policy = policy.require_proof_audience();
        }
        if dice.below(8) == 0 {
            policy = policy.require_chain_audience();
        }
        if dice.below(8) == 0 {
            policy = policy.require_nonce(|nonce: &str, _| nonce == "fine");
        }
        if dice.below(8) == 0 {
            policy = policy.min_depth("t", 2);
        }
        let mut limits = Limits::default();
        limits.max_delegation_depth = [12, 3][usize::from(dice.below(16) == 0)];
        limits.max_constraint_depth = [32, 1][usize::from(dice.below(16) == 0)];
        let now = after(*[0, 20, 100, 5000].get(dice.below(24)).unwrap_or(&45));
        let mut options =
            ProofOptions::default().id(TokenId::new(format!("proof {round}")).unwrap());
        if dice.below(2) == 0 {
            options = options.audience(["here", "there"][dice.below(2)]);
        }
        if dice.below(4) == 0 {
            options = options.nonce(["fine", "other"][dice.below(2)]);
        }
        let other = (dice.below(8) == 0).then(|| invocation(&mut dice));
        let prove = |chain: &HeldChain| {
            let call = other.as_ref().unwrap_or(&call);
            chain.prove_unchecked(&holder, call, &options, now).unwrap()
        };
        // A second writer of the compact profile makes the same bytes of what the JWS says.
        let [text, bytes] =
            [jws.present(prove(jws)).to_text(), compact.present(prove(compact)).to_text()];
        assert_eq!(CompactForgery::of_jws(&text).unwrap().text(), bytes);
        let verdicts = chains.each_ref().map(|chain| {
            let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
            let verifier = Verifier::new([anchor].into_iter().collect())
                .with_policy(policy.clone())
                .with_limits(limits.clone());
            let sent = chain.present(prove(chain));
            let (bytes, text) = (sent.to_bytes(), sent.to_text());
            let received = [&bytes[..], text.as_bytes()]
                .map(|sent| Presentation::parse(sent, &limits).unwrap());
            let [verdict, again] =
                received.each_ref().map(|sent| verifier.authorize(sent, &call, now).map(|_| ()));
            assert_eq!(verdict, again);
            let apart = verifier.verify_chain(received[0].chain(), now).and_then(|verified| {
                let says: Vec<Claims> =
                    verified.tokens().iter().map(|t| t.claims().clone()).collect();
                assert_eq!(says, chain.claims());
                let checked = verifier.check(&verified, received[0].proof(), &call, now)?;
                verifier.commit(checked, now).map(|_| ())
            });
            assert_eq!(verdict, apart);
            verdict
        });
        let steps = verdicts.each_ref().map(step);
        let for_other = other.is_some_and(|other| other != call);
        match &steps[1] {
            // The signature of a compact proof covers the call.
            Some((step, code, _)) if for_other && step == "7b" => {
                assert_eq!(*code, "signature_invalid");
                let jws = steps[0].as_ref().unwrap();
                assert!(["6", "7"].iter().any(|s| jws.0.starts_with(s)), "{jws:?}");
                assert_ne!(jws.0, "7b");
            }
            _ => assert_eq!(steps[0], steps[1]),
        }
    }
}

proptest! {
    #[test]
    fn both_profiles_give_one_verdict(dice in any::<[u8; 32]>(), more in any::<[u8; 32]>()) {
        agree(&Dice::new(&[dice, more].concat()));
    }

    #[test]
    fn any_bytes_are_denied(bytes in prop::collection::vec(any::<u8>(), 0..600), text in "\\PC{0,80}") {
        let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
        let verifier = Verifier::new([anchor].into_iter().collect());
        let call = invocation(&mut Dice::new(&bytes));
        let hint = key(1).public_key().as_bytes()[0];
        let framed = |tokens: u8, flags: u8| [&[0xb5, tokens, flags, hint], &bytes[..]].concat();
        let as_text = [b"t", text.as_bytes()].concat();
        for bytes in [bytes.clone(), framed(1, 0), framed(1, 1), framed(2, 1), framed(5, 0), as_text] {
            if let Ok(sent) = Presentation::parse(&bytes, verifier.limits()) {
                prop_assert!(verifier.authorize(&sent, &call, NOW).is_err());
                prop_assert!(!sent.to_bytes().is_empty());
            }
            if let Ok(chain) = UnverifiedChain::parse(&bytes, verifier.limits()) {
                prop_assert!(verifier.verify_chain(&chain, NOW).is_err());
                let _ = chain.claims_unverified(verifier.limits());
            }
            let _ = HeldChain::parse(&bytes, verifier.limits());
        }
    }
}

/// The good presentation, written by hand in both profiles.
#[test]
fn the_second_writer_writes_the_good_presentation() {
    let written = CompactForgery::of_jws(&Forgery::good().present()).unwrap();
    assert_eq!(written.text(), CompactForgery::good().text());
}

/// In the JWS profile ids are compared before signatures, in the compact one after them: the same
/// step where nothing else is wrong.
#[test]
fn an_id_that_stands_twice_is_refused_in_both() {
    let id = TokenId::new("one").unwrap();
    for profile in [Profile::Jws, Profile::Compact] {
        let grant = grant(&mut Dice::new(&[0; 9])).id(id.clone());
        let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
        let root = issuer.issue(grant.max_depth(2), NOW).unwrap();
        let holder = key(2);
        let child = root.derive(&holder).to(key(3).public_key().clone()).id(id.clone());
        let child = child.audience(Audience::only(["here"])).sign(NOW).unwrap();
        let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
        let verifier = Verifier::new([anchor].into_iter().collect());
        let denied = verifier.verify_chain(&child.as_unverified(), NOW).unwrap_err();
        assert_eq!((denied.step().label(), denied.code()), ("2c", "id_repeated"));
    }
}
