//! What one decision costs, and many at once, beside one bare signature check:
//! `cargo bench --bench verify`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

mod floor;
mod scenario;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use floor::floor;
use scenario::{NOW, PROFILES, call, chain, hand_on, key, sent, verifier};
use std::{hint::black_box, sync::Arc};
use taper::{
    ChainCache, Presentation, ProofOptions, Signer as _,
    key::{Signed, verify_batch},
};

const DEPTHS: [u8; 6] = [1, 2, 3, 5, 8, 16];
const SIZES: [u8; 7] = [1, 2, 4, 8, 16, 32, 64];

/// From the bytes on the wire to a permit, nothing kept from before.
fn cold(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in DEPTHS {
            let (chain, holder) = chain(profile, depth);
            let (sent, verifier, call) = (sent(&chain, &holder), verifier(), call());
            c.bench_function(&format!("cold/{name}/{depth}"), |b| {
                b.iter(|| {
                    let sent = Presentation::parse(black_box(&sent), verifier.limits()).unwrap();
                    verifier.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
                });
            });
        }
    }
}

/// From the bytes on the wire to a permit, the chain being in the cache.
fn cached(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in DEPTHS {
            let (chain, holder) = chain(profile, depth);
            let (sent, call) = (sent(&chain, &holder), call());
            let verifier = verifier().with_chain_cache(Arc::new(ChainCache::default()));
            c.bench_function(&format!("cached/{name}/{depth}"), |b| {
                b.iter(|| {
                    let sent = Presentation::parse(black_box(&sent), verifier.limits()).unwrap();
                    verifier.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
                });
            });
        }
    }
}

/// A leaf that is new each time, under a chain of three that is in the cache.
fn new_leaf(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (above, holder) = chain(profile, 3);
        let agent = key(99);
        let leaf = |_| sent(&hand_on(&above, &holder, &agent), &agent);
        let sent: Vec<Vec<u8>> = (0..2048).map(leaf).collect();
        // Too small for more than the chain and some leaves, so that every leaf is new again.
        let cache = Arc::new(ChainCache::with_capacity(1 << 20));
        let (verifier, call) = (verifier().with_chain_cache(cache), call());
        let mut next = sent.iter().cycle();
        c.bench_function(&format!("new_leaf/{name}/4"), |b| {
            b.iter(|| {
                let sent = next.next().unwrap();
                let sent = Presentation::parse(black_box(sent), verifier.limits()).unwrap();
                verifier.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
            });
        });
    }
}

/// One call under a chain that is verified already, and split.
fn checked(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (chain, holder) = chain(profile, 3);
        let proof = chain.prove_unchecked(&holder, &call(), &ProofOptions::default(), NOW).unwrap();
        let (verifier, call) = (verifier(), call());
        let verified = verifier.verify_chain(&chain.as_unverified(), NOW).unwrap();
        c.bench_function(&format!("check/{name}/3"), |b| {
            b.iter(|| {
                let checked = verifier.check(&verified, black_box(&proof), &call, NOW).unwrap();
                verifier.commit(checked, NOW).map(|_| ()).unwrap();
            });
        });
    }
}

/// Calls of as many agents, whose chains of three tokens are in the cache.
fn many(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let mut group = c.benchmark_group(format!("many/{name}"));
        for size in SIZES {
            // The leaves hang below one chain, each with a key of its own.
            let (above, holder) = chain(profile, 2);
            let leaf = |n| {
                let agent = key(100 + n);
                sent(&hand_on(&above, &holder, &agent), &agent)
            };
            let texts: Vec<Vec<u8>> = (0..size).map(leaf).collect();
            let verifier = verifier().with_chain_cache(Arc::new(ChainCache::default()));
            let call = call();
            group.throughput(Throughput::Elements(u64::from(size)));
            group.bench_function(size.to_string(), |b| {
                b.iter(|| {
                    let parse =
                        |text| Presentation::parse(black_box(text), verifier.limits()).unwrap();
                    let sent: Vec<_> = texts.iter().map(|text| parse(text)).collect();
                    let calls: Vec<_> = sent.iter().map(|sent| (sent, &call)).collect();
                    assert!(verifier.authorize_many(&calls, NOW).iter().all(Result::is_ok));
                });
            });
        }
    }
}

/// Signatures alone, in one equation.
fn batch(c: &mut Criterion) {
    let mut group = c.benchmark_group("batch/signatures");
    for size in SIZES {
        let message = [7; 200];
        let keys: Vec<_> = (1..=size).map(key).collect();
        let signatures: Vec<_> = keys.iter().map(|key| key.sign(&message).unwrap()).collect();
        let signed = keys.iter().zip(&signatures).map(|(key, signature)| Signed {
            key: key.public_key(),
            message: &message,
            signature,
        });
        let signed: Vec<_> = signed.collect();
        group.throughput(Throughput::Elements(u64::from(size)));
        group.bench_function(size.to_string(), |b| {
            b.iter(|| assert!(verify_batch(black_box(&signed))));
        });
    }
}

criterion_group!(benches, floor, cold, cached, new_leaf, checked, many, batch);
criterion_main!(benches);
