//! How many allocations one call under a known chain makes. One test, because the counter is the
//! whole process's.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests may be blunt")]

#[path = "../benches/scenario/mod.rs"]
mod scenario;

use scenario::{NOW, call, chain, sent, verifier};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use taper::{ChainCache, Presentation, Profile};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn a_call_under_a_known_chain_allocates_a_handful() {
    let call = call();
    for (profile, most) in [(Profile::Jws, 20), (Profile::Compact, 8)] {
        let (chain, holder) = chain(profile, 3);
        let sent = sent(&chain, &holder);
        let verifier = verifier().with_chain_cache(ChainCache::default());
        let decide = || {
            let sent = Presentation::parse(&sent, verifier.limits()).unwrap();
            drop(verifier.authorize(&sent, &call, NOW).unwrap());
        };
        decide();
        decide();
        let region = Region::new(HEAP);
        decide();
        let change = region.change();
        let count = change.allocations + change.reallocations;
        println!("{profile:?}: {count} allocations, {} bytes", change.bytes_allocated);
        assert!(count <= most, "{profile:?}: {change:?}");
        assert_eq!(change.bytes_allocated, change.bytes_deallocated);
    }
}
