//! Chains that were verified before, so that a call under one costs its proof alone.

mod tree;
mod weight;

use super::TrustAnchors;
use crate::{
    chain::VerifiedChain,
    key::{PublicKey, Signature},
    limits::Limits,
    model::Digest,
};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;
use sha2::{Digest as _, Sha256};
use std::sync::Mutex;
use tree::Tree;

/// Trees, each with a lock of its own. A chain's root tells its tree.
const TREES: usize = 16;

/// Remembers verified chains, by the digest of their exact bytes, so that a later call under the
/// same chain costs one signature check, the proof's, and a new leaf under a known chain one more.
/// Opt-in: [`Verifier::with_chain_cache`](crate::Verifier::with_chain_cache).
///
/// # What a hit leaves out, and what not
///
/// Signatures, links, claims and narrowing are not looked at again: they depend on nothing but the
/// bytes and the [`Limits`], and both are in the digest. Everything else is, on every hit: the
/// times of every token, whether the anchor that vouched for the root is still trusted for its
/// issuer, every `aud`, and the whole of steps 6 and 7. So a verdict, its step and its code are the
/// same with a cache and without.
///
/// # What gets in
///
/// Chains of calls that were permitted, and chains that
/// [`Verifier::verify_chain`](crate::Verifier::verify_chain) returned. What was denied, for
/// whatever reason, leaves no trace, so nobody without a leaf's key fills the cache.
///
/// # Who is pushed out
///
/// The cache holds a bounded number of bytes. Chains stand in it as trees: a derived token below
/// the one it was derived from. When there is no room, the cache goes down from the roots, at every
/// fork to what weighs most, and forgets the leaf where it arrives; of the leaves of one parent the
/// one that expires first. Whoever derives a thousand tokens thus pushes out descendants of its own
/// token, and never those of a sibling or of another root that take less room than its own. Roots
/// are the unit that an issuer hands out: a client with many roots weighs as many clients.
///
/// Each of 16 trees has a sixteenth of the room and its own lock, held for a lookup or an insertion
/// and never while a signature is checked.
///
/// ```
/// use std::sync::Arc;
/// use taper::{ChainCache, TrustAnchors, Verifier};
///
/// let cache = Arc::new(ChainCache::with_capacity(64 << 20));
/// let verifier = Verifier::new(TrustAnchors::new()).with_chain_cache(cache.clone());
/// assert!(cache.is_empty());
/// ```
pub struct ChainCache {
    trees: Box<[Mutex<Tree>]>,
    capacity: usize,
}

/// A chain from the root down to one token, by all the bytes that verifying it depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// What every chain is looked up under that is verified under `limits`.
    ///
    /// Whatever else steps 1 to 5 should come to depend on, beside the anchors and the time,
    /// belongs in here.
    pub(super) fn of(limits: &Limits) -> Self {
        let Limits {
            max_token_size,
            max_chain_size,
            max_proof_size: _,
            max_arguments_size: _,
            max_presentation_size: _,
            max_delegation_depth,
            max_constraint_depth,
            max_token_lifetime,
            max_iat_skew: _,
            pop_window: _,
        } = limits;
        let mut hash = Sha256::new_with_prefix(b"taper chain cache\0");
        for size in [max_token_size, max_chain_size, max_constraint_depth] {
            hash.update(u64::try_from(*size).unwrap_or(u64::MAX).to_le_bytes());
        }
        hash.update(max_delegation_depth.to_le_bytes());
        hash.update(max_token_lifetime.as_secs().to_le_bytes());
        Self(hash.finalize().into())
    }

    /// The chain that is longer by one token, whose signing input has `digest`.
    pub(super) fn with(&self, digest: &Digest, signature: &[u8]) -> Self {
        let hash = Sha256::new_with_prefix(self.0).chain_update(digest.as_bytes());
        Self(hash.chain_update(signature).finalize().into())
    }

    pub(super) fn with_compact(&self, digest: &Digest, signature: &Signature) -> Self {
        // Bytes that no signature's text has keep the profiles apart.
        let hash = Sha256::new_with_prefix(self.0).chain_update(digest.as_bytes());
        Self(hash.chain_update([0]).chain_update(signature.as_bytes()).finalize().into())
    }
}

/// What is known of a chain: its longest part from the root that was verified before.
pub(super) struct Known {
    pub(super) chain: VerifiedChain,
    /// The key that the root was verified with.
    pub(super) anchor: PublicKey,
}

impl ChainCache {
    /// A cache of at most about `bytes` of heap.
    pub fn with_capacity(bytes: usize) -> Self {
        let trees = core::iter::repeat_with(Mutex::default).take(TREES).collect();
        Self { trees, capacity: bytes }
    }

    /// How many tokens are remembered.
    pub fn len(&self) -> usize {
        self.trees.iter().map(|tree| tree.lock().map_or(0, |tree| tree.len())).sum()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many bytes of heap are in use.
    pub fn size(&self) -> usize {
        self.trees.iter().map(|tree| tree.lock().map_or(0, |tree| tree.weight())).sum()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.retain(|_, _| false);
    }

    /// Forgets every chain whose root was verified with a key that `anchors` does not trust for the
    /// root's issuer.
    ///
    /// No verifier uses such a chain anyway, since each looks at its own anchors on every hit; this
    /// only makes room at once.
    pub fn retain_anchors(&self, anchors: &TrustAnchors) {
        self.retain(|anchor, issuer| anchors.binds(anchor, issuer));
    }

    fn retain(&self, keep: impl Fn(&PublicKey, &str) -> bool) {
        for tree in &self.trees {
            if let Ok(mut tree) = tree.lock() {
                tree.retain_roots(&keep);
            }
        }
    }

    /// The longest part of the chain with these fingerprints, root first, that was verified before
    /// with a key that `anchors` still trusts for it.
    pub(super) fn find(&self, chain: &[Fingerprint], anchors: &TrustAnchors) -> Option<Known> {
        let root = chain.first()?;
        // A thread that panicked while it held the lock may have left the tree in disorder.
        let tree = self.tree(root)?.lock().ok()?;
        let known = tree.longest(chain)?;
        let anchor = tree.anchor(root)?;
        let issuer = known.root()?.claims().issuer();
        if !anchors.binds(anchor, issuer) {
            return None;
        }
        Some(Known { chain: known.clone(), anchor: anchor.clone() })
    }

    /// Remembers a chain, and every part of it from the root on.
    pub(super) fn insert(&self, prints: &[Fingerprint], chain: &VerifiedChain, anchor: &PublicKey) {
        // Outside the lock: what each part weighs and refers to.
        let parts = |end: usize| chain.first_tokens(end);
        let parts: Vec<(VerifiedChain, usize)> = (1..=prints.len())
            .filter_map(parts)
            .map(|part| {
                let weight = part.leaf().map_or(0, weight::of);
                (part, weight)
            })
            .collect();
        let capacity = self.capacity.checked_div(TREES).unwrap_or(0);
        let Some(root) = prints.first() else {
            return;
        };
        if let Some(Ok(mut tree)) = self.tree(root).map(Mutex::lock) {
            tree.insert(prints, parts, anchor);
            tree.shrink_to(capacity);
        }
    }

    fn tree(&self, root: &Fingerprint) -> Option<&Mutex<Tree>> {
        let [first, ..] = root.0;
        self.trees.get(usize::from(first).checked_rem(TREES)?)
    }
}

impl Default for ChainCache {
    /// A cache of at most about 64 MiB: some ten thousand chains of three tokens.
    fn default() -> Self {
        Self::with_capacity(64 << 20)
    }
}

impl fmt::Debug for ChainCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainCache")
            .field("len", &self.len())
            .field("size", &self.size())
            .field("capacity", &self.capacity)
            .finish()
    }
}

/// A verified chain that a cache may remember once the call is permitted.
pub(super) struct Fresh {
    pub(super) cache: Arc<ChainCache>,
    pub(super) prints: Vec<Fingerprint>,
    pub(super) anchor: PublicKey,
}

impl Fresh {
    pub(super) fn remember(&self, chain: &VerifiedChain) {
        self.cache.insert(&self.prints, chain, &self.anchor);
    }
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fresh").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
