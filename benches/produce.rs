//! What issuing, deriving and proving cost, beside one bare signature check:
//! `cargo bench --bench produce`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

mod floor;
mod scenario;

use criterion::{Criterion, criterion_group, criterion_main};
use floor::floor;
use scenario::{NOW, PROFILES, call, chain, grant, issuer, key};
use std::hint::black_box;
use taper::{ProofOptions, Signer as _, exact};

/// One bare signature of 200 bytes.
fn sign(c: &mut Criterion) {
    let (key, message) = (key(1), [7; 200]);
    c.bench_function("sign/ed25519/200B", |b| b.iter(|| key.sign(black_box(&message)).unwrap()));
}

fn issue(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let issuer = issuer(profile);
        c.bench_function(&format!("issue/{name}/1"), |b| {
            b.iter(|| issuer.issue(black_box(grant()), NOW).unwrap());
        });
    }
}

/// One hop: the narrowing, its check, and the signature.
fn derive(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [2, 3, 8] {
            let (chain, holder) = chain(profile, depth - 1);
            let next = key(77).public_key().clone();
            c.bench_function(&format!("derive/{name}/{depth}"), |b| {
                b.iter(|| {
                    let path = black_box(exact("/data/q3-report.pdf").unwrap());
                    let hop = chain.derive(&holder).to(next.clone());
                    hop.narrow("read_file", "path", path).sign(NOW).unwrap()
                });
            });
        }
    }
}

/// A presentation as text.
fn prove(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [1, 3, 8] {
            let ((chain, holder), call) = (chain(profile, depth), call());
            c.bench_function(&format!("prove/{name}/{depth}"), |b| {
                let options = ProofOptions::default();
                b.iter(|| chain.prove(&holder, black_box(&call), &options, NOW).unwrap());
            });
        }
    }
}

criterion_group!(benches, floor, sign, issue, derive, prove);
criterion_main!(benches);
