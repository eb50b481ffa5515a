//! What presentations cost that are made to cost as much as the limits allow, beside honest ones
//! of the same size: `cargo bench --bench attack` prints the table of `ATTACKS.md`, and fails when
//! one costs more than ten times as much.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

use peak_alloc::PeakAlloc;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use taper::{Invocation, Policy, Presentation, Timestamp, TrustAnchor, TrustAnchors, Verifier};
use taper_testkit::{
    AUDIENCE, ISSUER, NOW,
    attacks::{Attack, attacks, honest},
    key,
};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// How many times the cost of an honest presentation of its size an attack may cost.
const MOST: f64 = 10.0;

/// Rounds, of which the fastest counts: what else the machine does only adds.
const ROUNDS: u32 = 30;

struct Cost {
    bytes: f64,
    micros: f64,
    heap: f64,
}

fn judge(verifier: &Verifier, call: &Invocation, text: &str) -> bool {
    Presentation::parse(black_box(text.as_bytes()), verifier.limits())
        .and_then(|sent| verifier.authorize(&sent, call, Timestamp::from_unix(NOW)).map(|_| ()))
        .is_ok()
}

fn cost(verifier: &Verifier, text: &str, permitted: bool) -> Cost {
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    assert_eq!(judge(verifier, &call, text), permitted);
    let heap = HEAP.peak_usage() - before;
    let once = || {
        let start = Instant::now();
        black_box(judge(verifier, &call, text));
        start.elapsed()
    };
    let best = (0..ROUNDS).map(|_| once()).min().unwrap_or(Duration::MAX);
    Cost { bytes: text.len() as f64, micros: best.as_secs_f64() * 1e6, heap: heap as f64 }
}

/// The cost of an honest presentation of `bytes`, between the two that were measured.
fn of_honest(small: &Cost, large: &Cost, bytes: f64) -> Cost {
    let share = (bytes - small.bytes) / (large.bytes - small.bytes);
    let between = |from: f64, to: f64| from + (to - from) * share;
    let (micros, heap) = (between(small.micros, large.micros), between(small.heap, large.heap));
    Cost { bytes, micros, heap }
}

fn main() {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent());
    let small = cost(&verifier, &honest(8_000), true);
    let large = cost(&verifier, &honest(180_000), true);
    println!("| | bytes | µs | of honest | heap a byte | of honest |\n|---|---|---|---|---|---|");
    let row = |name: &str, cost: &Cost| {
        let honest = of_honest(&small, &large, cost.bytes);
        let (time, heap) = (cost.micros / honest.micros, cost.heap / honest.heap);
        println!(
            "| {name} | {} | {:.0} | {time:.1} | {:.1} | {heap:.1} |",
            cost.bytes,
            cost.micros,
            cost.heap / cost.bytes
        );
        time.max(heap)
    };
    row("honest, small", &small);
    row("honest, large", &large);
    let mut worst = 0.0_f64;
    for Attack { name, text, permitted, .. } in attacks() {
        worst = worst.max(row(name, &cost(&verifier, &text, permitted)));
    }
    println!("\nThe worst costs {worst:.1} times as much as an honest one of its size.");
    assert!(worst <= MOST, "{worst:.1} is more than {MOST}");
}
