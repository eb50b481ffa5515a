use super::*;
use crate::{
    Capabilities, Grant, HeldChain, Issuer, SigningKey, TokenId, TrustAnchor, TrustAnchors,
    Verifier, exact,
    extension::{Cost, ExtensionConstraint, Extensions, MemberFault, StepBound, Work},
    json::{Object, Value},
    model::ConstraintMap,
    step::Step,
};
use alloc::{format, string::String, sync::Arc};
use core::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn verifier(cache: &Arc<ChainCache>) -> Verifier {
    let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor)).with_chain_cache(Arc::clone(cache))
}

fn root(id: &str, seconds: u64) -> HeldChain {
    let map = ConstraintMap::new().require("a", exact("x".repeat(100).as_str()).unwrap());
    let grant = Grant::to(key(2).public_key().clone())
        .id(TokenId::new(id).unwrap())
        .tool("t", map)
        .expires_in(Duration::from_secs(seconds))
        .max_depth(4);
    Issuer::new("urn:issuer", key(1)).unwrap().issue(grant, NOW).unwrap()
}

fn child(parent: &HeldChain, id: usize) -> HeldChain {
    let id = TokenId::new(format!("child {id}")).unwrap();
    parent.derive(&key(2)).to(key(3).public_key().clone()).id(id).sign(NOW).unwrap()
}

fn known(cache: &ChainCache, chain: &HeldChain) -> usize {
    let chain = chain.as_unverified();
    let prefixes = Prefixes::of(&chain, (&Limits::default()).into()).unwrap();
    cache.longest(&prefixes).map_or(0, |chain| chain.tokens().len())
}

fn verify(verifier: &Verifier, chain: &HeldChain, now: Timestamp) -> Result<(), Step> {
    let verified = verifier.verify_chain(&chain.as_unverified(), now);
    verified.map(|_| ()).map_err(|denied| denied.step())
}

#[test]
fn what_passed_is_known_with_its_prefixes_and_what_was_denied_is_not() {
    let cache = Arc::new(ChainCache::default());
    let verifier = verifier(&cache);
    let root = root("r", 60);
    let (one, other) = (child(&root, 1), child(&root, 2));
    let later = NOW.saturating_add(Duration::from_secs(60));
    assert_eq!(verify(&verifier, &one, later), Err(Step::RootExpiry));
    assert!(cache.is_empty());
    assert_eq!(verify(&verifier, &one, NOW), Ok(()));
    assert_eq!([&root, &one, &other].map(|chain| known(&cache, chain)), [1, 2, 1]);
    assert_eq!((cache.len(), cache.is_empty()), (2, false));
    assert!(cache.bytes() > 2 * weight::ENTRY);
    assert_eq!(verify(&verifier, &one, later), Err(Step::RootExpiry));
    let before = NOW.saturating_sub(Duration::from_secs(31));
    assert_eq!(verify(&verifier, &one, before), Err(Step::RootIssuedAt));
    cache.clear();
    assert_eq!((cache.len(), cache.bytes()), (0, 0));
}

/// What is known is not verified again: its tokens are the very ones.
#[test]
fn what_is_known_is_served() {
    let verifier = verifier(&Arc::new(ChainCache::default()));
    let root = root("r", 60);
    let verified = |chain: &HeldChain| verifier.verify_chain(&chain.as_unverified(), NOW).unwrap();
    let first = verified(&root);
    for chain in [root.clone(), child(&root, 1), child(&root, 2)] {
        assert!(core::ptr::eq(
            verified(&chain).root().unwrap().claims(),
            first.root().unwrap().claims()
        ));
    }
}

#[test]
fn another_anchor_or_limit_is_not_served() {
    let cache = Arc::new(ChainCache::default());
    let root = root("r", 60);
    assert_eq!(verify(&verifier(&cache), &root, NOW), Ok(()));
    for (issuer, signer, expected) in [
        ("urn:issuer", 1, Ok(())),
        ("urn:other", 1, Err(Step::RootIssuer)),
        ("urn:issuer", 9, Err(Step::RootSignature)),
    ] {
        let anchor = TrustAnchor::new(issuer, key(signer).public_key().clone()).unwrap();
        let verifier = Verifier::new(TrustAnchors::new().with(anchor));
        let verifier = verifier.with_chain_cache(Arc::clone(&cache));
        assert_eq!(verify(&verifier, &root, NOW), expected, "{issuer} {signer}");
    }
    let limits = Limits { max_token_lifetime: Duration::from_secs(59), ..Limits::default() };
    let strict = verifier(&cache).with_limits(limits);
    assert_eq!(verify(&strict, &root, NOW), Err(Step::RootLifetime));
}

/// The signature finds an entry; only the very bytes are served from it.
#[test]
fn other_bytes_under_the_same_signature_are_not_served() {
    let cache = Arc::new(ChainCache::default());
    let verifier = verifier(&cache);
    let chain = child(&root("r", 60), 1);
    assert_eq!(verify(&verifier, &chain, NOW), Ok(()));
    let tokens: Vec<String> =
        chain.as_unverified().jws_tokens().into_iter().map(Into::into).collect();
    for (index, expected) in [(0, Step::RootHeader), (1, Step::Header)] {
        let mut changed = tokens.clone();
        // A character of the header, which leaves the payload readable.
        let at = changed[index].find('.').unwrap() - 1;
        changed[index].replace_range(at..=at, "A");
        assert_ne!(changed, tokens);
        let forged = UnverifiedChain::from_tokens(changed);
        let denied = verifier.verify_chain(&forged, NOW).unwrap_err();
        assert_eq!(denied.step(), expected, "{denied}");
    }
    assert_eq!(known(&cache, &chain), 2);
}

/// A type that takes any string, and one of the same name that takes none.
struct Lax;
struct Strict;

macro_rules! of_one_name {
    ($type:ty, $accepts:literal) => {
        impl ExtensionConstraint for $type {
            const NAME: &'static str = "mood";
            const MEMBERS: &'static [&'static str] = &[];
            const COST: Cost =
                Cost { accepts: StepBound::linear(0, 0), narrows: StepBound::linear(0, 0) };
            fn parse(_: &Object) -> Result<Self, MemberFault> {
                if $accepts { Ok(Self) } else { Err(MemberFault::new("mood", "good")) }
            }
            fn accepts(&self, _: &Value, _: &mut Work) -> bool {
                $accepts
            }
            fn narrows(&self, _: &Self, _: &mut Work) -> bool {
                true
            }
        }
    };
}
of_one_name!(Lax, true);
of_one_name!(Strict, false);

#[test]
fn other_extension_types_are_not_served() {
    let cache = Arc::new(ChainCache::default());
    let lax = Extensions::new().with::<Lax>().unwrap();
    let strict = Extensions::new().with::<Strict>().unwrap();
    let text = br#"{"t": {"a": {"constraint_type": "mood"}}}"#;
    let limits = Limits::default();
    let tools = Capabilities::from_json(text, Terms::new(&limits, &lax)).unwrap();
    let grant = Grant::to(key(2).public_key().clone())
        .capabilities(tools)
        .expires_in(Duration::from_secs(60));
    let issuer = Issuer::new("urn:issuer", key(1)).unwrap().with_extensions(lax.clone());
    let chain = issuer.issue(grant, NOW).unwrap();
    for (known, expected) in [
        (lax.clone(), Ok(())),
        (Extensions::new(), Err(Step::RootConstraints)),
        (strict, Err(Step::RootConstraints)),
        (lax, Ok(())),
    ] {
        let verifier = verifier(&cache).with_extensions(known);
        assert_eq!(verify(&verifier, &chain, NOW), expected, "{:?}", verifier.extensions());
    }
}

/// Whoever holds one root evicts chains of that root, and no others.
#[test]
fn a_flood_under_one_root_stays_in_its_share() {
    let cache = Arc::new(ChainCache::with_capacity(SHARDS * 48_000));
    let verifier = verifier(&cache);
    let honest: Vec<HeldChain> =
        (0..40).map(|n| child(&root(&format!("honest {n}"), 60), 0)).collect();
    let theirs = root("theirs", 60);
    for chain in honest.iter().take(8) {
        assert_eq!(verify(&verifier, chain, NOW), Ok(()));
    }
    let before: Vec<usize> = honest.iter().map(|chain| known(&cache, chain)).collect();
    for n in 0..200 {
        assert_eq!(verify(&verifier, &child(&theirs, n), NOW), Ok(()));
        assert!(cache.bytes() <= SHARDS * 48_000);
    }
    let after: Vec<usize> = honest.iter().map(|chain| known(&cache, chain)).collect();
    assert_eq!(before, after);
    assert_eq!(before.iter().filter(|tokens| **tokens == 2).count(), 8);
    // The flood evicted its own.
    assert_eq!(known(&cache, &child(&theirs, 199)), 2);
    assert!(known(&cache, &child(&theirs, 0)) < 2);
}

#[test]
fn what_has_expired_goes_first_and_what_is_too_large_is_not_kept() {
    let cache = Arc::new(ChainCache::with_capacity(SHARDS * 24_000));
    let verifier = verifier(&cache);
    for n in 0..100 {
        assert_eq!(verify(&verifier, &root(&format!("old {n}"), 10), NOW), Ok(()));
    }
    let now = NOW.saturating_add(Duration::from_secs(10));
    for n in 0..300 {
        assert_eq!(verify(&verifier, &root(&format!("new {n}"), 60), now), Ok(()));
    }
    let old = (0..100).filter(|n| known(&cache, &root(&format!("old {n}"), 10)) > 0).count();
    assert_eq!(old, 0);
    assert!(cache.len() > 50, "{cache:?}");
    let tiny = Arc::new(ChainCache::with_capacity(100));
    assert_eq!(verify(&self::verifier(&tiny), &root("r", 60), NOW), Ok(()));
    assert_eq!((tiny.len(), tiny.bytes()), (0, 0));
}

/// Roots that fall to the first shard.
fn together(name: &str, seconds: u64) -> impl Iterator<Item = HeldChain> {
    (0..).map(move |n| root(&format!("{name} {n}"), seconds)).filter(|root| {
        let chain = root.as_unverified();
        let prefixes = Prefixes::of(&chain, (&Limits::default()).into()).unwrap();
        usize::from(prefixes.root().unwrap()[0]) % SHARDS == 0
    })
}

/// Though one root takes most, it keeps its chains as long as others have expired.
#[test]
fn what_has_expired_is_forgotten_before_what_is_live() {
    let live = together("live", 60).next().unwrap();
    let children: Vec<HeldChain> = (0..4).map(|n| child(&live, n)).collect();
    let old: Vec<HeldChain> = together("old", 10).take(6).collect();
    let new = together("new", 60).next().unwrap();
    let kept = |cache: &ChainCache, chains: &[HeldChain]| -> usize {
        chains.iter().map(|chain| known(cache, chain)).sum()
    };
    // What there is before the last, exactly.
    let measure = Arc::new(ChainCache::default());
    for chain in old.iter().chain(&children) {
        assert_eq!(verify(&verifier(&measure), chain, NOW), Ok(()));
    }
    let cache = Arc::new(ChainCache::with_capacity(SHARDS * measure.bytes()));
    for chain in old.iter().chain(&children[1..]) {
        assert_eq!(verify(&verifier(&cache), chain, NOW), Ok(()));
    }
    let now = NOW.saturating_add(Duration::from_secs(10));
    // Nothing is forgotten while there is room, be it just enough.
    assert_eq!(verify(&verifier(&cache), &children[0], now), Ok(()));
    assert_eq!((kept(&cache, &children), kept(&cache, &old)), (8, 6));
    assert_eq!(verify(&verifier(&cache), &new, now), Ok(()));
    assert_eq!((kept(&cache, &children), kept(&cache, &old), known(&cache, &new)), (8, 0, 1));
}

#[test]
fn a_chain_as_long_as_the_limit_is_known_and_none_that_is_longer() {
    let chain = child(&root("r", 60), 1);
    for (max_delegation_depth, expected) in [(0, false), (1, true), (2, true)] {
        let limits = Limits { max_delegation_depth, ..Limits::default() };
        let chain = chain.as_unverified();
        assert_eq!(Prefixes::of(&chain, (&limits).into()).is_some(), expected);
    }
}
