//! A chain cache charges at least what it keeps: the heap that it holds, beside its own figure. One
//! test, because the heap is the whole process's.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use peak_alloc::PeakAlloc;
use std::{sync::Arc, time::Duration};
use taper::{
    Audience, Capabilities, ChainCache, ConstraintMap, Grant, Issuer, Limits, Profile, SigningKey,
    Timestamp, TokenId, TrustAnchor, TrustAnchors, Value, Verifier, all, at_most, exact,
    not_one_of, one_of, subset, wildcard,
};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

/// How many times as much may be charged as is kept; 4.3 was measured.
const MOST: usize = 5;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn on_argument(constraint: taper::Constraint) -> Grant {
    grant().tool("t", ConstraintMap::new().require("a", constraint))
}

fn grant() -> Grant {
    Grant::to(key(2).public_key().clone()).expires_in(Duration::from_secs(60))
}

fn long() -> String {
    "x".repeat(20_000)
}

fn value(json: String) -> Value {
    Value::from_json(json.as_bytes()).unwrap()
}

/// Tokens of which one kind of content is nearly all.
fn grants() -> Vec<(&'static str, Grant)> {
    let names = |n: usize| (0..n).map(|n| format!("name {n}"));
    let members: Vec<String> = names(800).map(|name| format!("\"{name}\":0")).collect();
    let tools = names(300).fold(Capabilities::new(), |tools, name| {
        tools.with_tool(name, ConstraintMap::unrestricted())
    });
    let each = names(200).fold(Capabilities::new(), |tools, name| {
        tools.with_tool(name, ConstraintMap::new().require("a", at_most(1)))
    });
    let arguments =
        names(300).fold(ConstraintMap::new(), |map, name| map.optional(name, wildcard()));
    vec![
        ("nothing", grant()),
        ("an id", grant().id(TokenId::new(long()).unwrap())),
        ("audiences", grant().audience(Audience::only(names(1_000)))),
        ("tools", grant().capabilities(tools)),
        ("an argument of each tool", grant().capabilities(each)),
        ("arguments", grant().tool("t", arguments)),
        ("clauses", on_argument(all((0..600).map(at_most)).unwrap())),
        ("a text", on_argument(exact(long().as_str()).unwrap())),
        ("numbers", on_argument(one_of(0..4_000).unwrap())),
        ("texts", on_argument(not_one_of(names(1_000).map(|name| Value::from(name.as_str()))))),
        ("arrays", on_argument(subset((0..2_000).map(|n| value(format!("[{n}]")))))),
        ("an object", on_argument(subset([value(format!("{{{}}}", members.join(",")))]))),
        ("a claim", grant().claim("x", Value::from(long().as_str()))),
        ("claims", names(300).fold(grant(), |grant, name| grant.claim(name, Value::Null))),
    ]
}

#[test]
fn what_is_charged_is_kept_and_little_more() {
    let mut limits = Limits::default();
    limits.max_token_size = 1 << 20;
    let mut wrong = vec![];
    for profile in [Profile::Jws, Profile::Compact] {
        let issuer = Issuer::new("urn:issuer", key(1)).unwrap().with_limits(limits.clone());
        let issuer = issuer.with_profile(profile);
        for (name, grant) in grants() {
            // Several, so that what the cache is before it keeps anything does not matter.
            let at = |seconds| NOW.saturating_add(Duration::from_secs(seconds));
            let chains: Vec<_> =
                (0..8).map(|n| issuer.issue(grant.clone(), at(n)).unwrap()).collect();
            let cache = Arc::new(ChainCache::default());
            let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
            let verifier = Verifier::new(TrustAnchors::new().with(anchor))
                .with_limits(limits.clone())
                .with_chain_cache(Arc::clone(&cache));
            let before = HEAP.current_usage();
            for chain in &chains {
                verifier.verify_chain(&chain.as_unverified(), NOW).unwrap();
            }
            let kept = HEAP.current_usage() - before;
            let charged = cache.bytes();
            let line = format!("{profile:?}, {name}: {kept} kept, {charged} charged");
            println!("{line}");
            if charged < kept || charged > MOST * kept {
                wrong.push(line);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
