//! With a cache, among many, at once or step by step: one verdict.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod random;

use proptest::prelude::*;
use random::{Dice, derive, grant, invocation, key, permitted};
use std::{sync::Arc, time::Duration};
use taper::{
    ChainCache, Denied, HeldChain, Invocation, Issuer, Limits, Policy, Presentation, Profile,
    ProofOptions, Timestamp, TrustAnchor, TrustAnchors, Verifier,
};
use taper_testkit::{Forgery, present};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);
const ISSUER: &str = "https://auth.example.com";

fn anchors(keys: &[u8]) -> TrustAnchors {
    keys.iter().map(|n| TrustAnchor::new(ISSUER, key(*n).public_key().clone()).unwrap()).collect()
}

fn verifier(anchors: &TrustAnchors, limits: &Limits) -> Verifier {
    let policy = Policy::for_audience("here").also_for_audience(taper_testkit::AUDIENCE);
    Verifier::new(anchors.clone()).with_policy(policy).with_limits(limits.clone())
}

fn authorize(
    verifier: &Verifier,
    sent: &[u8],
    call: &Invocation,
    now: Timestamp,
) -> Result<(), Denied> {
    let sent = Presentation::parse(sent, verifier.limits())?;
    verifier.authorize(&sent, call, now).map(|_| ())
}

fn random_chain(dice: &mut Dice, profile: Profile) -> Option<HeldChain> {
    let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
    let mut chain = issuer.issue(grant(dice), NOW).ok()?;
    for hop in 1..=4 {
        if let Ok(longer) = derive(dice, &chain, hop, NOW) {
            chain = longer;
        }
    }
    Some(chain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Through one cache, over and over, as time passes, anchors and limits change, and bytes are
    /// damaged.
    #[test]
    fn a_cache_changes_no_verdict(dice in any::<[u8; 32]>()) {
        for profile in [Profile::Jws, Profile::Compact] {
            let mut dice = Dice::new(&dice);
            let cache = Arc::new(ChainCache::default());
            let Some(chain) = random_chain(&mut dice, profile) else { continue };
            let holder = key(u8::try_from(chain.len()).unwrap() + 1);
            let default = Limits::default();
            let mut strict = Limits::default();
            strict.max_delegation_depth = 2;
            strict.max_token_lifetime = Duration::from_secs(60);
            let lifetime = chain.claims().iter().map(|token| token.expires_at().seconds_since(NOW));
            let ends: Vec<i64> = lifetime.collect();
            for _ in 0..6 {
                let call = match dice.below(4) {
                    0 => invocation(&mut dice.reversed()),
                    _ => permitted(&mut dice, chain.leaf()),
                };
                let at = match dice.below(4) {
                    0 => ends[dice.below(ends.len())] - i64::try_from(dice.below(2)).unwrap(),
                    1 => -100,
                    _ => 0,
                };
                let now = Timestamp::from_unix(NOW.as_unix() + at);
                let options = ProofOptions::default();
                let proof = chain.prove_unchecked(&holder, &call, &options, now).unwrap();
                let mut sent = chain.present(proof).to_bytes();
                if dice.below(3) == 0 {
                    let place = dice.below(sent.len());
                    sent[place] ^= 1 << dice.below(7);
                }
                let anchors = anchors([&[1][..], &[1], &[9, 1], &[9]][dice.below(4)]);
                let limits = if dice.below(4) == 0 { &strict } else { &default };
                let plain = authorize(&verifier(&anchors, limits), &sent, &call, now);
                let cached = verifier(&anchors, limits).with_chain_cache(cache.clone());
                prop_assert_eq!(&authorize(&cached, &sent, &call, now), &plain);
                // Once more, with whatever the cache has now, and with proofs of its own.
                let cached = verifier(&anchors, limits).with_chain_cache(cache.clone());
                if let Ok(parsed) = Presentation::parse(&sent, limits) {
                    let many = cached.authorize_many(&[(&parsed, &call), (&parsed, &call)], now);
                    let many: Vec<_> = many.into_iter().map(|one| one.map(|_| ())).collect();
                    let code = |one: &Result<(), Denied>| one.as_ref().err().map(|d| d.code());
                    prop_assert_eq!(&many[0], &plain);
                    let again = if plain.is_ok() { Some("proof_replayed") } else { code(&plain) };
                    prop_assert_eq!(code(&many[1]), again);
                }
            }
        }
    }

    /// Whatever is bad, and wherever it stands among others.
    #[test]
    fn many_are_judged_as_each_alone(dice in any::<[u8; 32]>(), len in 0..20_usize) {
        let mut dice = Dice::new(&dice);
        let mut sent = Vec::new();
        for n in 0..len {
            let mut forgery = Forgery::good();
            forgery.proof.edit("proof-1", &format!("proof-{}", n % 7));
            match dice.below(8) {
                0 => forgery.proof.break_signature = true,
                1 => forgery.tokens[0].break_signature = true,
                2 => forgery.tokens[2].break_signature = true,
                3 => forgery.tokens[1].signer = 9,
                4 => forgery.proof.edit("/data/q3.pdf", "/data/q4.pdf"),
                5 => forgery.tokens[2].edit(r#""exp":1704068400"#, r#""exp":1704067500"#),
                _ => {}
            }
            sent.push(forgery.present());
        }
        let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
        let (anchors, limits) = (anchors(&[9, 1]), Limits::default());
        let one_by_one = verifier(&anchors, &limits);
        let expected: Vec<_> =
            sent.iter().map(|sent| authorize(&one_by_one, sent.as_bytes(), &call, NOW)).collect();
        let parsed: Vec<_> =
            sent.iter().map(|sent| Presentation::parse(sent.as_bytes(), &limits).unwrap()).collect();
        let calls: Vec<_> = parsed.iter().map(|sent| (sent, &call)).collect();
        for cache in [None, Some(Arc::new(ChainCache::default()))] {
            let mut many = verifier(&anchors, &limits);
            if let Some(cache) = cache {
                many = many.with_chain_cache(cache);
            }
            let found = many.authorize_many(&calls, NOW);
            let found: Vec<_> = found.into_iter().map(|one| one.map(|_| ())).collect();
            prop_assert_eq!(found, expected.clone());
        }
    }
}

/// A good presentation with a proof of its own.
fn proof(n: u32) -> Forgery {
    let mut forgery = Forgery::good();
    forgery.proof.edit("proof-1", &format!("proof-{n}"));
    forgery
}

#[test]
fn what_is_denied_leaves_no_trace() {
    let cache = Arc::new(ChainCache::default());
    let verifier = verifier(&anchors(&[1]), &Limits::default()).with_chain_cache(cache.clone());
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let wrong = Invocation::from_json("read_file", br#"{"path":"/data/q4.pdf"}"#).unwrap();
    let decide = |forgery: &Forgery, call, now| {
        authorize(&verifier, forgery.present().as_bytes(), call, now).map_err(|d| d.step().label())
    };
    let (mut stolen, mut own_root) = (proof(1), proof(2));
    stolen.proof.signer = 9;
    own_root.tokens[0].signer = 9;
    let later = Timestamp::from_unix(NOW.as_unix() + 60);
    assert_eq!(decide(&stolen, &call, NOW), Err("7b"));
    assert_eq!(decide(&own_root, &call, NOW), Err("3b"));
    assert_eq!(decide(&proof(3), &wrong, NOW), Err("6b"));
    assert_eq!(decide(&proof(4), &call, later), Err("7g"));
    assert!(cache.is_empty());

    assert_eq!(decide(&proof(5), &call, NOW), Ok(()));
    assert_eq!(cache.len(), 3);
    // A replay is denied too, and a known chain with another leaf's signature is another chain.
    assert_eq!(decide(&proof(5), &call, NOW), Err("7i"));
    let mut broken = proof(6);
    broken.tokens[2].break_signature = true;
    assert_eq!(decide(&broken, &call, NOW), Err("4b"));
    assert_eq!(cache.len(), 3);
    cache.clear();
    assert!(cache.is_empty() && cache.size() == 0);
}

#[test]
fn rotation_empties_what_hung_on_the_anchor() {
    let cache = Arc::new(ChainCache::default());
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let decide = |keys: &[u8], n| {
        let verifier = verifier(&anchors(keys), &Limits::default());
        let verifier = verifier.with_chain_cache(cache.clone());
        authorize(&verifier, proof(n).present().as_bytes(), &call, NOW)
            .map_err(|denied| denied.step().label())
    };
    assert_eq!(decide(&[1], 1), Ok(()));
    assert_eq!(decide(&[9], 2), Err("3b"));
    assert_eq!(decide(&[9, 1], 3), Ok(()));
    cache.retain_anchors(&anchors(&[9, 1]));
    assert_eq!(cache.len(), 3);
    cache.retain_anchors(&anchors(&[9]));
    assert!(cache.is_empty());
    // The same key for another issuer.
    assert_eq!(decide(&[1], 4), Ok(()));
    let other = TrustAnchor::new("https://other.example.com", key(1).public_key().clone()).unwrap();
    cache.retain_anchors(&TrustAnchors::new().with(other));
    assert!(cache.is_empty());
}

/// Step 2c for what is new under a known chain: ids of known and new tokens are compared.
#[test]
fn new_tokens_repeat_no_id_of_known_ones() {
    let cache = Arc::new(ChainCache::default());
    let verifier = verifier(&anchors(&[1]), &Limits::default()).with_chain_cache(cache.clone());
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let (tokens, _) = Forgery::good().sign();
    let middle = present(&tokens[..2], "");
    let middle = taper::UnverifiedChain::parse(middle.as_bytes(), verifier.limits()).unwrap();
    verifier.verify_chain(&middle, NOW).unwrap();
    assert_eq!(cache.len(), 2);
    let mut forgery = Forgery::good();
    forgery.tokens[2].edit(r#""jti":"token-3""#, r#""jti":"token-1""#);
    let denied = authorize(&verifier, forgery.present().as_bytes(), &call, NOW).unwrap_err();
    assert_eq!((denied.step().label(), denied.code()), ("2c", "id_repeated"));
}
