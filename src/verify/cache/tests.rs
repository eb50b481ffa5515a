use super::*;
use crate::{
    ConstraintMap, Grant, HeldChain, Issuer, Profile, SigningKey, Timestamp, TrustAnchor, Verifier,
    verify::walk::Walk,
};
use alloc::vec;
use core::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u16) -> SigningKey {
    let mut seed = [7; 32];
    seed[..2].copy_from_slice(&n.to_le_bytes());
    SigningKey::from_seed(&seed)
}

fn anchors() -> TrustAnchors {
    TrustAnchors::new().with(TrustAnchor::new("urn:x", key(1).public_key().clone()).unwrap())
}

fn root(holder: u16) -> HeldChain {
    let grant = Grant::to(key(holder).public_key().clone())
        .tool("t", ConstraintMap::unrestricted())
        .expires_in(Duration::from_secs(3600))
        .max_depth(4);
    let issuer = Issuer::new("urn:x", key(1)).unwrap().with_profile(Profile::Compact);
    issuer.issue(grant, NOW).unwrap()
}

fn below(parent: &HeldChain, holder: u16, next: u16) -> HeldChain {
    parent.derive(&key(holder)).to(key(next).public_key().clone()).sign(NOW).unwrap()
}

struct Caching {
    cache: Arc<ChainCache>,
    verifier: Verifier,
}

impl Caching {
    fn new(capacity: usize) -> Self {
        let cache = Arc::new(ChainCache::with_capacity(capacity));
        let verifier = Verifier::new(anchors()).with_chain_cache(cache.clone());
        Self { cache, verifier }
    }

    fn remember(&self, chain: &HeldChain) {
        self.verifier.verify_chain(&chain.as_unverified(), NOW).unwrap();
        assert!(self.cache.size() <= self.cache.capacity);
    }

    /// How many signatures of a chain are still to be checked.
    fn missing(&self, chain: &HeldChain) -> usize {
        let chain = chain.as_unverified();
        let mut walk = Walk::start(&self.verifier, &chain, NOW).unwrap();
        let mut missing = 0;
        while let Some(claimed) = walk.claimed().unwrap() {
            let key = claimed.keys(&self.verifier).next().unwrap().clone();
            walk.accept(&self.verifier, &key, NOW).unwrap();
            missing += 1;
        }
        missing
    }
}

#[test]
fn prefixes_are_reused() {
    let caching = Caching::new(1 << 20);
    let root = root(2);
    let middle = below(&root, 2, 3);
    let leaf = below(&middle, 3, 4);
    assert_eq!([&root, &middle, &leaf].map(|chain| caching.missing(chain)), [1, 2, 3]);
    caching.remember(&middle);
    assert_eq!([&root, &middle, &leaf].map(|chain| caching.missing(chain)), [0, 0, 1]);
    caching.remember(&leaf);
    assert_eq!(caching.missing(&leaf), 0);
    assert_eq!(caching.missing(&below(&middle, 3, 5)), 1);
    assert_eq!(caching.missing(&below(&leaf, 4, 5)), 1);
    caching.cache.clear();
    assert_eq!(caching.missing(&leaf), 3);
}

/// Whoever derives without end pushes out what it derived itself, not its siblings, not its
/// parents, and not other roots.
#[test]
fn a_flood_pushes_out_its_own() {
    // Every root has the same tree, as the least room.
    let caching = Caching::new(TREES * 40_000);
    let shared = root(2);
    let (hostile, sibling) = (below(&shared, 2, 3), below(&shared, 2, 4));
    let victim = below(&sibling, 4, 5);
    let others: Vec<HeldChain> = (0..8).map(|n| root(20 + n)).collect();
    caching.remember(&victim);
    others.iter().for_each(|other| caching.remember(other));
    for n in 0..200 {
        caching.remember(&below(&hostile, 3, 1000 + n));
        assert_eq!(caching.missing(&victim), 0, "after {n}");
    }
    assert!(others.iter().all(|other| caching.missing(other) == 0));
    assert!(caching.cache.size() > TREES * 1000, "the flood itself was remembered");
}

#[test]
fn weights_add_up_whatever_goes() {
    for capacity in [0, 3_000, 10_000, 100_000] {
        let caching = Caching::new(capacity);
        let root = root(2);
        let mut chains = vec![(root, 2)];
        for n in 0..40 {
            let (parent, holder) = chains[n * 7 % chains.len()].clone();
            let next = 100 + n as u16;
            if parent.len() < 5 {
                chains.push((below(&parent, holder, next), next));
            }
            caching.remember(&chains.last().unwrap().0);
        }
        let weight = |tree: &Mutex<Tree>| tree.lock().unwrap().weight_of_all();
        let all: usize = caching.cache.trees.iter().map(weight).sum();
        assert_eq!(all, caching.cache.size());
        caching.cache.clear();
        assert_eq!((caching.cache.size(), caching.cache.len()), (0, 0));
    }
}

#[test]
fn limits_that_count_are_in_the_fingerprint() {
    let print = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        Fingerprint::of(&limits)
    };
    let prints = [
        print(|_| {}),
        print(|limits| limits.max_token_size -= 1),
        print(|limits| limits.max_chain_size -= 1),
        print(|limits| limits.max_delegation_depth -= 1),
        print(|limits| limits.max_constraint_depth -= 1),
        print(|limits| limits.max_token_lifetime -= Duration::from_secs(1)),
    ];
    for (i, print) in prints.iter().enumerate() {
        assert!(prints[..i].iter().all(|other| other != print), "{i}");
    }
    assert!(prints[0] == print(|limits| limits.max_iat_skew *= 2), "looked at on every hit");
}

#[test]
fn threads_share_a_cache() {
    let caching = Caching::new(200_000);
    let root = root(2);
    let chains: Vec<HeldChain> = (0..12).map(|n| below(&root, 2, 50 + n)).collect();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (caching, chains) = (&caching, &chains);
            scope.spawn(move || {
                for round in 0..24 {
                    caching.remember(&chains[(thread * 5 + round) % chains.len()]);
                    if round % 12 == 11 {
                        caching.cache.retain_anchors(&anchors());
                    }
                }
            });
        }
    });
    assert!(chains.iter().any(|chain| caching.missing(chain) == 0));
}
