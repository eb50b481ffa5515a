//! Calls under chains that are known, denials, and batches of calls, beside one bare signature
//! check: `cargo bench --bench cache`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

#[path = "scenario/mod.rs"]
mod scenario;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::{Signer as _, Verifier as _};
use scenario::{NOW, call, chain, key, verifier};
use std::hint::black_box;
use taper::{ChainCache, HeldChain, Presentation, Profile, ProofOptions, SigningKey};

const PROFILES: [(Profile, &str); 2] = [(Profile::Jws, "jws"), (Profile::Compact, "compact")];

/// One `ed25519-dalek` verification of 200 bytes: what every other number is compared with.
fn floor(c: &mut Criterion) {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let message = [7; 200];
    let signature = key.sign(&message);
    let public = key.verifying_key();
    c.bench_function("floor/dalek/200B", |b| {
        b.iter(|| public.verify(black_box(&message), black_box(&signature)).unwrap());
    });
}

fn present(chain: &HeldChain, holder: &SigningKey) -> Vec<u8> {
    let proof = chain.prove_unchecked(holder, &call(), &ProofOptions::default(), NOW).unwrap();
    chain.present(proof).to_bytes()
}

/// From the bytes on the wire to a permit, under a chain that is known.
fn hit(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [1, 2, 3, 5, 8] {
            let (chain, holder) = chain(profile, depth);
            let sent = present(&chain, &holder);
            let verifier = verifier().with_chain_cache(ChainCache::default());
            let call = call();
            c.bench_function(&format!("hit/{name}/{depth}"), |b| {
                b.iter(|| {
                    let sent = Presentation::parse(black_box(&sent), verifier.limits()).unwrap();
                    verifier.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
                });
            });
        }
    }
}

/// A leaf that is new each time, under a chain that is known.
fn new_leaf(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (parent, holder) = chain(profile, 3);
        let leaf = || parent.derive(&holder).to(key(99).public_key().clone()).sign(NOW).unwrap();
        let sent: Vec<Vec<u8>> = (0..4096).map(|_| present(&leaf(), &key(99))).collect();
        // Too small for more than the chain and some leaves, so that every leaf is new again.
        let verifier = verifier().with_chain_cache(ChainCache::with_capacity(1 << 20));
        let call = call();
        let mut next = sent.iter().cycle();
        c.bench_function(&format!("new-leaf/{name}/4"), |b| {
            b.iter(|| {
                let sent = next.next().unwrap();
                let sent = Presentation::parse(black_box(sent), verifier.limits()).unwrap();
                verifier.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
            });
        });
    }
}

/// Calls in one slice, each under a chain that is known and of a holder of its own.
fn many(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let sent: Vec<Vec<u8>> = (0..64)
            .map(|n| {
                let (parent, holder) = chain(profile, 2);
                let leaf = parent.derive(&holder).to(key(100 + n).public_key().clone());
                present(&leaf.sign(NOW).unwrap(), &key(100 + n))
            })
            .collect();
        let (verifier, call) = (verifier().with_chain_cache(ChainCache::default()), call());
        let parse = |sent| (Presentation::parse(sent, verifier.limits()).unwrap(), &call);
        let calls: Vec<_> = sent.iter().map(|sent| parse(sent)).collect();
        for len in [1, 4, 16, 64] {
            let calls = &calls[..len];
            let mut group = c.benchmark_group(format!("many/{name}"));
            group.throughput(Throughput::Elements(u64::try_from(len).unwrap()));
            group.bench_function(len.to_string(), |b| {
                b.iter(|| {
                    let decided = verifier.authorize_many(black_box(calls), NOW);
                    assert!(decided.iter().all(Result::is_ok));
                });
            });
        }
    }
}

/// What denials cost beside the permit of the same presentation, nothing known.
fn denied(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [1, 2, 3, 5, 8] {
            let (chain, holder) = chain(profile, depth);
            let (verifier, call) = (verifier(), call());
            let bytes = present(&chain, &holder);
            let other = present(&chain, &key(200));
            let mut cases = vec![("permit".to_owned(), bytes.clone()), ("proof".into(), other)];
            if profile == Profile::Compact {
                for token in 0..usize::from(depth) {
                    let mut bytes = bytes.clone();
                    // The second half of a signature: S, which stays below the order.
                    bytes[4 + 96 * token + 64] ^= 1;
                    cases.push((format!("token-{token}"), bytes));
                }
            }
            for (what, sent) in cases {
                c.bench_function(&format!("denied/{name}/{depth}/{what}"), |b| {
                    b.iter(|| {
                        let sent = Presentation::parse(black_box(&sent), verifier.limits());
                        verifier.authorize(&sent.unwrap(), &call, NOW).is_ok()
                    });
                });
            }
        }
    }
}

criterion_group!(benches, floor, hit, new_leaf, many, denied);
criterion_main!(benches);
