//! The parts of a decision that are not signatures, beside one bare signature check:
//! `cargo bench --bench parts`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

mod floor;
mod scenario;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use floor::floor;
use scenario::{NOW, PROFILES, chain, key, limits, sent};
use std::{hint::black_box, time::Duration};
use taper::{
    Capabilities, ConstraintMap, Presentation, PublicKey, TokenId, UnverifiedChain, Value, one_of,
    replay::{MemoryReplayStore, ReplayKey, ReplayStore as _},
};

/// Taking a presentation apart.
fn parse(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [1, 3, 8] {
            let (chain, holder) = chain(profile, depth);
            let (sent, limits) = (sent(&chain, &holder), limits());
            c.bench_function(&format!("parse/{name}/{depth}"), |b| {
                b.iter(|| drop(Presentation::parse(black_box(&sent), &limits).unwrap()));
            });
        }
    }
}

/// Taking a chain apart and reading its claims, keys included, without checking a signature.
fn read(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        for depth in [1, 3, 8] {
            let (chain, _) = chain(profile, depth);
            let (bytes, limits) = (chain.to_bytes(), limits());
            c.bench_function(&format!("read/{name}/{depth}"), |b| {
                b.iter(|| {
                    let chain = UnverifiedChain::parse(black_box(&bytes), &limits).unwrap();
                    chain.claims_unverified(&limits).unwrap()
                });
            });
        }
    }
    let bytes = *key(5).public_key().as_bytes();
    c.bench_function("read/key/1", |b| {
        b.iter(|| PublicKey::from_bytes(black_box(&bytes)).unwrap())
    });
}

/// Whether tools narrow others, with as many values in every `one_of`.
fn narrow(c: &mut Criterion) {
    for values in [10, 100, 1000] {
        let tools = |skip: usize| {
            let names: Vec<String> = (skip..values).map(|n| format!("/data/{n}.pdf")).collect();
            let map = ConstraintMap::new()
                .require("path", one_of(names.iter().map(String::as_str)).unwrap());
            Capabilities::new().with_tool("read_file", map)
        };
        let (parent, child) = (tools(0), tools(5));
        c.bench_function(&format!("narrow/one_of/{values}"), |b| {
            b.iter(|| black_box(&child).narrows(black_box(&parent)).unwrap());
        });
    }
}

/// Canonical JSON of objects of as many members.
fn jcs(c: &mut Criterion) {
    for members in [3, 30, 300] {
        let member = |n: i32| format!(r#""member {n}":{{"text":"some text, {n}","number":{n}.5}}"#);
        let text: Vec<String> = (0..members).map(member).collect();
        let text = format!("{{{}}}", text.join(","));
        let value = Value::from_json(text.as_bytes()).unwrap();
        c.bench_function(&format!("jcs/write/{members}"), |b| {
            b.iter(|| black_box(&value).to_jcs())
        });
        c.bench_function(&format!("jcs/read/{members}"), |b| {
            b.iter(|| Value::from_json(black_box(text.as_bytes())).unwrap());
        });
    }
}

/// Recording a proof in a store that holds as many.
fn replay(c: &mut Criterion) {
    let holder = key(1).public_key().clone();
    let key_of = |n: u32| ReplayKey::new(&holder, &TokenId::new(n.to_string()).unwrap());
    let until = NOW.saturating_add(Duration::from_secs(60));
    c.bench_function("replay/key/1", |b| {
        let id = TokenId::new("018cc251-f400-7bab-abab-abababababab").unwrap();
        b.iter(|| ReplayKey::new(black_box(&holder), black_box(&id)));
    });
    for held in [0, 10_000, 100_000] {
        let store = MemoryReplayStore::with_capacity(1 << 24);
        for n in 0..held {
            store.record(key_of(n), until, NOW).unwrap();
        }
        let mut next = held;
        c.bench_function(&format!("replay/record/{held}"), |b| {
            b.iter_batched(
                || {
                    next += 1;
                    key_of(next)
                },
                |key| store.record(key, until, NOW).unwrap(),
                BatchSize::LargeInput,
            );
        });
    }
}

criterion_group!(benches, floor, parse, read, narrow, jcs, replay);
criterion_main!(benches);
