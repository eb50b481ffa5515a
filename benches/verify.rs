//! What one decision costs, beside one bare signature check: `cargo bench --bench verify`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

#[path = "scenario/mod.rs"]
mod scenario;

use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::{Signer as _, Verifier as _};
use scenario::{NOW, call, chain, key, verifier};
use std::hint::black_box;
use taper::{Presentation, Profile, ProofOptions, PublicKey, UnverifiedChain};

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

/// From the bytes on the wire to a permit, nothing kept from before.
fn cold(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [1, 2, 3, 5, 8] {
            let (chain, holder) = chain(profile, depth);
            let sent = chain.prove(&holder, &call(), &ProofOptions::default(), NOW).unwrap();
            let (verifier, call) = (verifier(), call());
            c.bench_function(&format!("cold/{name}/{depth}"), |b| {
                b.iter(|| {
                    let sent =
                        Presentation::parse(black_box(sent.as_bytes()), verifier.limits()).unwrap();
                    verifier.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
                });
            });
        }
    }
}

/// One call under a chain that is verified already.
fn warm(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (chain, holder) = chain(profile, 3);
        let proof = chain.prove_unchecked(&holder, &call(), &ProofOptions::default(), NOW).unwrap();
        let (verifier, call) = (verifier(), call());
        let verified = verifier.verify_chain(&chain.as_unverified(), NOW).unwrap();
        c.bench_function(&format!("warm/{name}/3"), |b| {
            b.iter(|| {
                let checked = verifier.check(&verified, black_box(&proof), &call, NOW).unwrap();
                verifier.commit(checked, NOW).map(|_| ()).unwrap();
            });
        });
    }
}

/// Signing one hop, narrowing checks included.
fn derive(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (chain, holder) = chain(profile, 2);
        let next = key(77).public_key().clone();
        c.bench_function(&format!("derive/{name}/3"), |b| {
            b.iter(|| {
                let hop = chain.derive(&holder).to(next.clone());
                let exact = taper::exact("/data/q3-report.pdf").unwrap();
                hop.narrow("read_file", "path", black_box(exact)).sign(NOW).unwrap()
            });
        });
    }
}

/// Reading a chain without checking a signature: what is not curve work, and reading keys.
fn read(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (chain, _) = chain(profile, 3);
        let text = chain.to_text();
        let limits = scenario::limits();
        c.bench_function(&format!("read/{name}/3"), |b| {
            b.iter(|| {
                let chain = UnverifiedChain::parse(black_box(text.as_bytes()), &limits).unwrap();
                chain.claims_unverified(&limits).unwrap()
            });
        });
    }
    let bytes = *key(5).public_key().as_bytes();
    c.bench_function("read/key", |b| b.iter(|| PublicKey::from_bytes(black_box(&bytes)).unwrap()));
}

criterion_group!(benches, floor, read, cold, warm, derive);
criterion_main!(benches);
