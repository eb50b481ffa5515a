//! What every other number of the same run is compared with.
#![allow(clippy::unwrap_used, reason = "benches may be blunt")]

use core::hint::black_box;
use criterion::Criterion;
use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};

/// One `ed25519-dalek` verification of 200 bytes.
pub(crate) fn floor(c: &mut Criterion) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let message = [7; 200];
    let signature = key.sign(&message);
    let public = key.verifying_key();
    c.bench_function("floor/dalek/200B", |b| {
        b.iter(|| public.verify(black_box(&message), black_box(&signature)).unwrap());
    });
}
