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

use criterion::{Criterion, criterion_group, criterion_main};
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

criterion_group!(benches, floor, hit, new_leaf);
criterion_main!(benches);
