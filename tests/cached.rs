//! A verifier with a chain cache decides as one without: every row of the presentation vectors,
//! and random chains under moving clocks, other anchors, limits and policies.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use proptest::prelude::*;
use std::{sync::Arc, time::Duration};
use taper::{
    ChainCache, Denied, Invocation, Issuer, Limits, Place, Policy, Presentation, Profile,
    ProofOptions, Step, Timestamp, TrustAnchor, TrustAnchors, Verifier, replay::MemoryReplayStore,
};
use taper_testkit::{
    ISSUER, NOW, key,
    random::{self, Dice},
    vectors::presentation::{self, Case},
};

/// With all that the reason holds.
type Verdict = Result<(), (Step, &'static str, Place, String)>;

fn verdict<T>(decided: Result<T, Denied>) -> Verdict {
    decided.map(|_| ()).map_err(|d| (d.step(), d.code(), d.place(), format!("{d:?}")))
}

/// What a fresh replay store makes of the presentation, so that decisions can be compared.
fn decide(case: &Case, text: &str, cache: Option<&Arc<ChainCache>>) -> Verdict {
    let mut verifier = case.verifier().with_replay_store(MemoryReplayStore::with_capacity(64));
    if let Some(cache) = cache {
        verifier = verifier.with_chain_cache(Arc::clone(cache));
    }
    let now = Timestamp::from_unix(case.now);
    verdict(Presentation::parse(text.as_bytes(), verifier.limits()).and_then(|sent| {
        let call = Invocation::from_json(&*case.tool, case.arguments.as_bytes())?;
        verifier.authorize(&sent, &call, now).map(|_| ())
    }))
}

#[test]
fn every_row_of_the_vectors_twice_through_one_cache() {
    let cache = Arc::new(ChainCache::default());
    let rows = presentation::rows();
    let cases: Vec<(String, Case, String)> = rows
        .into_iter()
        .map(|row| {
            let mut case = Case::good();
            (row.change)(&mut case);
            let text = case.presentation();
            (row.name, case, text)
        })
        .collect();
    let (mut permits, mut wrong) = (0, vec![]);
    for round in 0..2 {
        for (name, case, text) in &cases {
            let plain = decide(case, text, None);
            let cached = decide(case, text, Some(&cache));
            permits += usize::from(plain.is_ok());
            if plain != cached {
                wrong.push(format!("round {round}, {name}: {plain:?} became {cached:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(permits > 20 && cache.len() > 20, "{permits} permits, {cache:?}");
}

/// Random enforcement points: anchors, limits, policy and clock.
fn point(dice: &mut Dice) -> (TrustAnchors, Limits, Policy, Timestamp) {
    let anchor =
        |issuer: &str, seed| TrustAnchor::new(issuer, key(seed).public_key().clone()).unwrap();
    let all = [anchor(ISSUER, 1), anchor(ISSUER, 9), anchor("urn:other", 1)];
    let anchors = match dice.below(6) {
        0 => all[1..].iter().cloned().collect(),
        1 => all[2..].iter().cloned().collect(),
        2 => all.iter().rev().cloned().collect(),
        _ => all[..1].iter().cloned().collect(),
    };
    let mut limits = Limits::default();
    match dice.below(8) {
        0 => limits.max_delegation_depth = 1,
        1 => limits.max_token_size = 300,
        2 => limits.max_chain_size = 900,
        3 => limits.max_token_lifetime = Duration::from_secs(3599),
        4 => limits.max_iat_skew = Duration::from_secs(2),
        5 => limits.max_constraint_depth = 1,
        _ => {}
    }
    let mut policy = Policy::for_audience(dice.pick(&["here", "there"])).all_tools_idempotent();
    if dice.once_in(4) {
        policy = policy.require_chain_audience();
    }
    let seconds = [-40, -10, 0, 0, 0, 10, 100, 3600, 3700][dice.below(9)];
    (anchors, limits, policy, Timestamp::from_unix(NOW + seconds))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_chains_through_one_cache(seed in any::<[u8; 16]>()) {
        let mut dice = Dice::new(&seed);
        let profile = dice.pick(&[Profile::Jws, Profile::Compact]);
        let now = Timestamp::from_unix(NOW);
        let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
        let Ok(root) = issuer.issue(random::grant(&mut dice), now) else {
            return Ok(());
        };
        // A tree of chains: each derived from one of those before it.
        let mut chains = vec![root];
        for hop in 1..7 {
            let parent = dice.below(chains.len());
            if let Ok(child) = random::derive(&mut dice, &chains[parent], hop, now) {
                chains.push(child);
            }
        }
        // Small enough to evict now and then.
        let cache = Arc::new(ChainCache::with_capacity(dice.pick(&[1 << 14, 1 << 18, 1 << 20])));
        for _ in 0..24 {
            let chain = &chains[dice.below(chains.len())];
            let call = random::permitted(&mut dice, chain.leaf());
            let holder = key(u8::try_from(chain.len()).unwrap() + 1);
            let (anchors, limits, policy, now) = point(&mut dice);
            let Ok(proof) = chain.prove_unchecked(&holder, &call, &ProofOptions::default(), now)
            else {
                continue;
            };
            let mut bytes = chain.present(proof).to_bytes();
            if dice.once_in(4) {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            let plain = Verifier::new(anchors).with_limits(limits).with_policy(policy);
            let decide = |verifier: &Verifier| {
                verdict(
                    Presentation::parse(&bytes, verifier.limits())
                        .and_then(|sent| verifier.authorize(&sent, &call, now).map(|_| ())),
                )
            };
            let expected = decide(&plain);
            let cached = plain.with_chain_cache(Arc::clone(&cache));
            for _ in 0..2 {
                prop_assert_eq!(&decide(&cached), &expected);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Presentations of one chain or another, some of them damaged, some sent twice: together as
    /// one after the other.
    #[test]
    fn together_as_one_by_one(seed in any::<[u8; 16]>()) {
        let mut dice = Dice::new(&seed);
        let now = Timestamp::from_unix(NOW);
        let mut chains = vec![];
        for profile in [Profile::Jws, Profile::Compact] {
            let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
            if let Ok(root) = issuer.issue(random::grant(&mut dice), now) {
                let child = random::derive(&mut dice, &root, 1, now);
                chains.extend([Some(root), child.ok()].into_iter().flatten());
            }
        }
        if chains.is_empty() {
            return Ok(());
        }
        let len = dice.pick(&[0, 1, 2, 9, 20, 70]);
        let damaged = dice.pick(&[2, 8, 1000]);
        let mut sent: Vec<(Vec<u8>, Invocation)> = vec![];
        while sent.len() < len {
            if dice.once_in(8) && !sent.is_empty() {
                sent.push(sent[dice.below(sent.len())].clone());
                continue;
            }
            let chain = &chains[dice.below(chains.len())];
            let call = random::permitted(&mut dice, chain.leaf());
            let holder = key(u8::try_from(chain.len()).unwrap() + 1);
            let options = ProofOptions::default();
            let Ok(proof) = chain.prove_unchecked(&holder, &call, &options, now) else {
                return Ok(());
            };
            let mut bytes = chain.present(proof).to_bytes();
            if dice.once_in(damaged) {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            sent.push((bytes, call));
        }
        let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
        let verifier = || {
            Verifier::new(TrustAnchors::new().with(anchor.clone()))
                .with_policy(Policy::for_audience("here"))
                .with_replay_store(MemoryReplayStore::with_capacity(1 << 16))
        };
        let limits = Limits::default();
        let calls: Vec<(Presentation<'_>, &Invocation)> = sent
            .iter()
            .filter_map(|(bytes, call)| Some((Presentation::parse(bytes, &limits).ok()?, call)))
            .collect();
        let plain = verifier();
        let expected: Vec<Verdict> = calls
            .iter()
            .map(|(sent, call)| verdict(plain.authorize(sent, call, now)))
            .collect();
        for verifier in [verifier(), verifier().with_chain_cache(ChainCache::default())] {
            let calls: Vec<(&Presentation<'_>, &Invocation)> =
                calls.iter().map(|(sent, call)| (sent, *call)).collect();
            let decided = verifier.authorize_many(&calls, now);
            let decided: Vec<Verdict> = decided.into_iter().map(verdict).collect();
            prop_assert_eq!(&decided, &expected);
        }
    }
}

/// Threads that share a cache too small for all: each verdict is what it is without one.
#[test]
fn many_threads_through_one_small_cache() {
    let mut dice = Dice::new(b"threads");
    let now = Timestamp::from_unix(NOW);
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = || {
        Verifier::new(TrustAnchors::new().with(anchor.clone()))
            .with_policy(Policy::for_audience("here").all_tools_idempotent())
    };
    let mut sent: Vec<(Vec<u8>, Invocation)> = vec![];
    while sent.len() < 60 {
        let profile = dice.pick(&[Profile::Jws, Profile::Compact]);
        let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
        let mut chain = issuer.issue(random::grant(&mut dice), now).unwrap();
        for hop in 1..3 {
            chain = random::derive(&mut dice, &chain, hop, now).unwrap_or(chain);
        }
        let call = random::permitted(&mut dice, chain.leaf());
        let holder = key(u8::try_from(chain.len()).unwrap() + 1);
        let proof = chain.prove_unchecked(&holder, &call, &ProofOptions::default(), now).unwrap();
        let mut bytes = chain.present(proof).to_bytes();
        if dice.once_in(4) {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1;
        }
        sent.push((bytes, call));
    }
    let decide = |verifier: &Verifier, (bytes, call): &(Vec<u8>, Invocation)| {
        verdict(
            Presentation::parse(bytes, verifier.limits())
                .and_then(|sent| verifier.authorize(&sent, call, now).map(|_| ())),
        )
    };
    let expected: Vec<Verdict> = sent.iter().map(|sent| decide(&verifier(), sent)).collect();
    let permits = expected.iter().filter(|verdict| verdict.is_ok()).count();
    assert!((10..55).contains(&permits), "{permits}");
    let shared = verifier().with_chain_cache(ChainCache::with_capacity(1 << 18));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (shared, sent, expected) = (&shared, &sent, &expected);
            scope.spawn(move || {
                for round in 0..20 {
                    for step in 0..sent.len() {
                        let place = (step * 7 + round + thread * 13) % sent.len();
                        assert_eq!(decide(shared, &sent[place]), expected[place], "{place}");
                    }
                }
            });
        }
    });
}
