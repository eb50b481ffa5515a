//! What this build makes of the machine: one row of the table in `benches/README.md`.

use ed25519_dalek::{Signer as _, SigningKey as DalekKey};
use sha2::{Digest, Sha256, Sha512};
use std::hint::black_box;
use taper::{
    PublicKey,
    key::{Signature, Signed, verify_batch},
};
use taper_peers::{
    contender::Call,
    measure::{Task, interleaved},
    peer::{floor::floor, taper::contenders},
};

fn main() {
    let tokens = contenders(3);
    let mut tasks: Vec<(&str, f64, Task<'_>)> = vec![
        ("F", 1.0, Box::new(floor())),
        ("batch of 4, each", 4.0, Box::new(batch(4))),
        ("batch of 64, each", 64.0, Box::new(batch(64))),
        ("SHA-256 of 1 KiB", 1.0, Box::new(hash::<Sha256>)),
        ("SHA-512 of 1 KiB", 1.0, Box::new(hash::<Sha512>)),
    ];
    for token in &tokens {
        let permit = || assert!((token.decide)(&token.granted, Call::Granted));
        tasks.push((token.name, 1.0, Box::new(permit)));
    }
    let (labels, tasks): (Vec<_>, Vec<_>) =
        tasks.into_iter().map(|(name, each, task)| ((name, each), task)).unzip();
    println!("`RUSTFLAGS={:?}`", env!("PEERS_RUSTFLAGS"));
    let samples = interleaved(400, &tasks);
    for ((name, each), took) in labels.iter().zip(&samples) {
        let ratio = took.ratio(&samples[0]) / each;
        println!("| {name} | {:.2} µs | {ratio:.3} F |", took.median() / each);
    }
}

fn hash<D: Digest>() {
    black_box(D::digest(black_box([7; 1024])));
}

/// One batch equation over signatures by different keys, each over 200 bytes.
fn batch(size: u8) -> impl Fn() {
    let signed: Vec<(PublicKey, [u8; 200], Signature)> = (0..size)
        .map(|n| {
            let key = DalekKey::from_bytes(&[n + 1; 32]);
            let message = [n; 200];
            let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
            (public, message, Signature::from_bytes(key.sign(&message).to_bytes()))
        })
        .collect();
    move || {
        let items: Vec<Signed<'_>> = signed
            .iter()
            .map(|(key, message, signature)| Signed { key, message, signature })
            .collect();
        assert!(verify_batch(black_box(&items)));
    }
}
