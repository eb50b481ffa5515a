//! The most memory that a verifier takes for the largest presentations that the limits let in, as
//! a multiple of the presentation's size. One test, because the heap is the whole process's.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use peak_alloc::PeakAlloc;
use taper::{Invocation, Policy, Presentation, Timestamp, TrustAnchor, TrustAnchors, Verifier};
use taper_testkit::{
    AUDIENCE, Forgery, ISSUER, NOW,
    attacks::{Attack, attacks},
    key,
};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Bytes of heap for each byte of a presentation whose signatures hold; 32 was measured.
const SIGNED: usize = 48;

/// Bytes of heap for each byte of a presentation that nobody signed; 18 was measured.
const STRANGER: usize = 24;

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent())
}

/// The peak of the heap above what it was, and whether the call was permitted.
fn judge(verifier: &Verifier, text: &str) -> (usize, bool) {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let now = Timestamp::from_unix(NOW);
    let permitted = Presentation::parse(text.as_bytes(), verifier.limits())
        .and_then(|sent| verifier.authorize(&sent, &call, now).map(|_| ()))
        .is_ok();
    (HEAP.peak_usage() - before, permitted)
}

#[test]
fn memory_is_a_small_multiple_of_the_input() {
    let verifier = verifier();
    judge(&verifier, &Forgery::good().present());
    // The multiples were measured, and have a third to a half of them as margin.
    for Attack { name, text, permitted, signed } in attacks() {
        let (peak, judged) = judge(&verifier, &text);
        println!("{name}: {} bytes, peak {peak}", text.len());
        assert_eq!(judged, permitted, "{name}");
        let most = if signed { SIGNED } else { STRANGER };
        assert!(peak <= most * text.len(), "{name}: {peak} for {}", text.len());
    }
}
