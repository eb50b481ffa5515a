//! What holds of every chain, call and value, on many that are drawn.
//!
//! Elsewhere: that both profiles give one verdict (`tests/profiles.rs`), that whatever is signed
//! verifies (`tests/narrowings.rs`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod canonical;
mod mutation;
mod replay;

use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use std::cell::RefCell;
use taper::{
    Capabilities, Constraint, HeldChain, Invocation, Issuer, Limits, Policy, Presentation, Profile,
    ProofOptions, PublicKey, SigningKey, Timestamp, TokenId, TrustAnchor, UnverifiedChain,
    Verifier,
};
use taper_testkit::{
    ISSUER, key,
    random::{Dice, capabilities, constraint, derive, grant, invocation, permitted},
};

const NOW: Timestamp = Timestamp::from_unix(taper_testkit::NOW);

/// Runs `test` on as many dice.
fn on_dice(cases: u32, test: impl Fn(Dice) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let test = |bytes: [u8; 32]| test(Dice::new(&bytes));
    TestRunner::new(config).run(&any::<[u8; 32]>(), test).unwrap();
}

/// A chain and all that it was derived from, root first; each has one token more.
fn lineage(dice: &mut Dice, profile: Profile) -> Vec<HeldChain> {
    let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
    let mut chains = vec![issuer.issue(grant(dice), NOW).unwrap()];
    for hop in 1..=4 {
        // What would widen is refused, and left out.
        chains.extend(derive(dice, &chains[chains.len() - 1], hop, NOW).ok());
    }
    chains
}

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let everywhere = Policy::for_audience("here").also_for_audience("there");
    Verifier::new([anchor].into_iter().collect()).with_policy(everywhere.all_tools_idempotent())
}

/// A presentation by the chain's holder, whatever the chain permits.
fn present<'a>(chain: &'a HeldChain, call: &Invocation) -> Presentation<'a> {
    let holder = key(u8::try_from(chain.len()).unwrap() + 1);
    let options = ProofOptions::default().id(TokenId::new("proof").unwrap());
    chain.present(chain.prove_unchecked(&holder, call, &options, NOW).unwrap())
}

/// Whether `sent` is permitted; all at once and step by step give one verdict.
fn permits(verifier: &Verifier, sent: &[u8], call: &Invocation) -> bool {
    let Ok(received) = Presentation::parse(sent, verifier.limits()) else {
        return false;
    };
    let at_once = verifier.authorize(&received, call, NOW).map(|_| ());
    let by_steps = verifier.verify_chain(received.chain(), NOW).and_then(|chain| {
        let checked = verifier.check(&chain, received.proof(), call, NOW)?;
        verifier.commit(checked, NOW).map(|_| ())
    });
    assert_eq!(at_once, by_steps);
    at_once.is_ok()
}

#[test]
fn what_is_sent_arrives() {
    let tokens = RefCell::new(0);
    on_dice(100, |mut dice| {
        let limits = Limits::default();
        for profile in [Profile::Jws, Profile::Compact] {
            let chains = lineage(&mut dice, profile);
            let chain = chains.last().unwrap();
            let call = permitted(&mut dice, chain.leaf());
            let sent = present(chain, &call);
            let (bytes, text) = (sent.to_bytes(), sent.to_text());
            for form in [&bytes[..], text.as_bytes()] {
                let received = Presentation::parse(form, &limits).unwrap();
                prop_assert_eq!(
                    (received.to_bytes(), received.to_text()),
                    (bytes.clone(), text.clone())
                );
                prop_assert_eq!(received.chain().profile(), profile);
                prop_assert_eq!(
                    received.chain().claims_unverified(&limits).unwrap(),
                    chain.claims()
                );
                // A chain is read out of a presentation too.
                let alone = UnverifiedChain::parse(form, &limits).unwrap();
                let held = HeldChain::from_chain(alone, &limits).unwrap();
                prop_assert_eq!(held.to_bytes(), chain.to_bytes());
                prop_assert_eq!(held.leaf_digest(), chain.leaf_digest());
            }
            *tokens.borrow_mut() += chain.len();
        }
        Ok(())
    });
    println!("200 presentations of {} tokens", tokens.into_inner());
}

#[test]
fn what_is_written_reads_back() {
    on_dice(400, |mut dice| {
        let limits = Limits::default();
        let drawn = constraint(&mut dice, 0);
        prop_assert_eq!(
            &Constraint::from_json(drawn.to_json().as_bytes(), &limits).unwrap(),
            &drawn
        );
        let tools = capabilities(&mut dice);
        let read = Capabilities::from_json(tools.to_json().as_bytes(), &limits).unwrap();
        prop_assert_eq!(read.to_json(), tools.to_json());
        prop_assert_eq!(&read, &tools);
        let seed: [u8; 32] = std::array::from_fn(|_| u8::try_from(dice.below(256)).unwrap());
        let holder = SigningKey::from_seed(&seed);
        let public = holder.public_key();
        prop_assert_eq!(&PublicKey::from_jwk(public.to_jwk().as_bytes()).unwrap(), public);
        prop_assert_eq!(&PublicKey::from_bytes(public.as_bytes()).unwrap(), public);
        let again = SigningKey::from_jwk(holder.to_jwk().as_bytes()).unwrap();
        prop_assert_eq!(again.public_key(), public);
        Ok(())
    });
    println!("400 constraints, sets of tools and keys");
}

#[test]
fn attenuation_is_monotone() {
    let counts = RefCell::new([0; 3]);
    on_dice(120, |mut dice| {
        let verifier = verifier();
        let profile = if dice.once_in(2) { Profile::Jws } else { Profile::Compact };
        let chains = lineage(&mut dice, profile);
        let leaf = chains.last().unwrap();
        for (n, below) in leaf.claims().iter().enumerate() {
            for above in &leaf.claims()[..n] {
                prop_assert!(below.expires_at() <= above.expires_at());
                prop_assert!(below.issued_at() >= above.issued_at());
                prop_assert!(below.max_depth() <= above.max_depth());
                prop_assert!(below.depth() > above.depth());
                if let (Some(below), Some(above)) = (below.capabilities(), above.capabilities()) {
                    prop_assert!(below.narrows(above).is_ok(), "{:?} {:?}", below, above);
                }
                counts.borrow_mut()[0] += 1;
            }
        }
        let mut calls: Vec<Invocation> =
            leaf.claims().iter().map(|claims| permitted(&mut dice, claims)).collect();
        calls.push(invocation(&mut dice));
        for call in calls {
            // By each holder of the lineage, from the leaf up: once permitted, always permitted.
            let verdicts: Vec<bool> = chains
                .iter()
                .rev()
                .map(|chain| permits(&verifier, &present(chain, &call).to_bytes(), &call))
                .collect();
            prop_assert!(verdicts.is_sorted(), "{:?} {:?}", verdicts, call);
            counts.borrow_mut()[1] += verdicts.len();
            counts.borrow_mut()[2] += verdicts.iter().filter(|permitted| **permitted).count();
        }
        Ok(())
    });
    let [pairs, verdicts, permitted] = counts.into_inner();
    println!("{pairs} pairs of tokens, {verdicts} verdicts, {permitted} of them permits");
    assert!(permitted > verdicts / 4 && permitted < verdicts);
}
