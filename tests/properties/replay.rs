//! A proof is accepted once.

use crate::{NOW, on_dice};
use proptest::prelude::*;
use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use taper::{
    ConstraintMap, Grant, Invocation, Issuer, Policy, Presentation, ProofOptions, Timestamp,
    TokenId, TrustAnchor, Verifier,
    replay::{MemoryReplayStore, Recorded, ReplayKey, ReplayStore as _},
};
use taper_testkit::{ISSUER, key};

const THREADS: usize = 8;

/// Every thread at once, in every round; how many `accept` in all.
fn at_once(rounds: usize, accept: impl Fn(usize) -> bool + Sync) -> usize {
    let (start, accepted) = (Barrier::new(THREADS), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for round in 0..rounds {
                    start.wait();
                    if accept(round) {
                        accepted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    accepted.into_inner()
}

#[test]
fn a_proof_is_accepted_once_whoever_races() {
    let (records, presentations) = (5000, 60);
    let store = MemoryReplayStore::default();
    let id = |round: usize| TokenId::new(format!("proof {round}")).unwrap();
    let later = NOW.saturating_add(Duration::from_secs(60));
    let new = at_once(records, |round| {
        let key = ReplayKey::new(key(2).public_key(), &id(round));
        store.record(key, later, NOW) == Ok(Recorded::New)
    });
    assert_eq!((new, store.len()), (records, records));

    // Through the verifier, with a presentation for each round.
    let store = Arc::new(MemoryReplayStore::default());
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new([anchor].into_iter().collect())
        .with_policy(Policy::for_audience("here"))
        .with_replay_store(Arc::clone(&store));
    let grant = Grant::to(key(2).public_key().clone())
        .tool("t", ConstraintMap::unrestricted())
        .expires_in(Duration::from_secs(60));
    let chain = Issuer::new(ISSUER, key(1)).unwrap().issue(grant, NOW).unwrap();
    let call = Invocation::from_json("t", b"{}").unwrap();
    let sent: Vec<String> = (0..presentations)
        .map(|round| {
            let options = ProofOptions::default().id(id(round));
            chain.prove(&key(2), &call, &options, NOW).unwrap()
        })
        .collect();
    let permitted = at_once(presentations, |round| {
        let received = Presentation::parse(sent[round].as_bytes(), verifier.limits()).unwrap();
        match verifier.authorize(&received, &call, NOW) {
            Ok(_) => true,
            Err(denied) => {
                assert_eq!(denied.step().label(), "7i");
                false
            }
        }
    });
    assert_eq!((permitted, store.len()), (presentations, presentations));
    println!("{THREADS} threads: {records} records, {presentations} presentations, each once");
}

/// Whatever the clock does, forward and back: no proof is new a second time.
#[test]
fn a_proof_is_accepted_once_whatever_the_clock_does() {
    let refused = RefCell::new(0);
    on_dice(200, |mut dice| {
        let store = MemoryReplayStore::default();
        let mut used = [false; 12];
        for _ in 0..200 {
            // A verifier asks only while a proof is inside its window.
            let id = dice.below(12);
            let seconds = |seconds: usize| Duration::from_secs(u64::try_from(seconds).unwrap());
            let expires = NOW.saturating_add(seconds(id * 10 + 60));
            let now = expires.saturating_sub(seconds(dice.below(60)));
            let name = ReplayKey::new(key(2).public_key(), &TokenId::new(format!("{id}")).unwrap());
            match store.record(name, expires, now) {
                Ok(Recorded::New) => prop_assert!(!std::mem::replace(&mut used[id], true)),
                Ok(Recorded::Before) => prop_assert!(used[id]),
                Err(_) => *refused.borrow_mut() += 1,
            }
        }
        Ok(())
    });
    let refused = refused.into_inner();
    println!("{refused} records were refused since the clock went back");
    assert!(refused > 100);
}

#[test]
fn the_replay_store_does_what_a_map_would() {
    let records = RefCell::new([0; 2]);
    on_dice(100, |mut dice| {
        let store = MemoryReplayStore::default();
        let mut model: HashMap<u8, Timestamp> = HashMap::new();
        let mut now = NOW;
        for _ in 0..100 {
            now = now.saturating_add(Duration::from_secs(u64::try_from(dice.below(4)).unwrap()));
            let id = u8::try_from(dice.below(12)).unwrap();
            let expires =
                now.saturating_add(Duration::from_secs(u64::try_from(dice.below(30)).unwrap()));
            let name = ReplayKey::new(key(2).public_key(), &TokenId::new(format!("{id}")).unwrap());
            let known = model.get(&id).is_some_and(|expires| *expires >= now);
            let expected = if known { Recorded::Before } else { Recorded::New };
            prop_assert_eq!(store.record(name, expires, now), Ok(expected));
            if !known {
                model.insert(id, expires);
            }
            records.borrow_mut()[usize::from(known)] += 1;
        }
        Ok(())
    });
    let [new, before] = records.into_inner();
    println!("{new} records were new, {before} were not");
    assert!(new > 1000 && before > 1000);
}
