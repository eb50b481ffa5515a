//! Chains that were verified before, so that a call under one of them costs one signature check.

mod weight;

use crate::{
    chain::{UnverifiedChain, VerifiedChain},
    codec,
    limits::Limits,
    terms::Terms,
    time::Timestamp,
};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{
    fmt,
    hash::{Hash as _, Hasher},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

/// Shards, each with a lock of its own. All chains of one root are in one of them.
const SHARDS: usize = 16;

/// Remembers chains that passed [`Verifier::verify_chain`](crate::Verifier::verify_chain), and
/// every prefix of them, in the memory of one process. Give it to a verifier with
/// [`Verifier::with_chain_cache`](crate::Verifier::with_chain_cache); several may share one.
///
/// **What a hit means.** A chain is found by the signature of its last token, under the verifier's
/// limits and the extension types that it knows, and counts when all its tokens are byte for byte
/// those that were verified. So a hit means that these bytes passed steps 1 to 5 under these limits
/// and types. What else the
/// verdict depends on is looked at anew each time: the expiry and the time of issue of every token
/// (steps 3e, 3f, 4i, 4k), and that the key that signed the root is still an anchor of the root's
/// issuer. Audience, policy, the call and its proof are never cached. A chain that is denied leaves
/// nothing behind, and no verdict depends on what is cached.
///
/// **Prefixes.** When only the first tokens of a chain are known, only the others are verified: a
/// new leaf under a known chain costs one signature.
///
/// **Memory.** Each prefix of a chain is an entry, charged with the memory of all its tokens (heap,
/// estimated from above; tokens shared by several entries are charged to each). The charges of all
/// entries stay within the capacity.
///
/// **Who evicts whom.** Entries are charged to their root token, and while a shard is over its part
/// of the capacity, the root that takes the most gives up its least recently used entry; entries
/// whose root has expired go first. So a root that takes less than an equal share of its shard loses
/// nothing to others. Whoever holds a root can fill its share with chains derived from it, and so
/// flush the other chains *of that root*; to push others below what they use, it takes many root
/// tokens, which only a trusted issuer makes. Who holds none can bring nothing in but chains that
/// others made.
///
/// ```
/// use std::sync::Arc;
/// use taper::{ChainCache, TrustAnchors, Verifier};
///
/// let cache = Arc::new(ChainCache::with_capacity(8 << 20));
/// let verifier = Verifier::new(TrustAnchors::new()).with_chain_cache(Arc::clone(&cache));
/// assert!(cache.is_empty());
/// ```
pub struct ChainCache {
    shards: Box<[Mutex<Shard>]>,
    capacity_per_shard: usize,
}

type Key = [u8; 32];

/// The chains of the roots that fell to one lock.
#[derive(Default)]
struct Shard {
    roots: HashMap<Key, Root>,
    bytes: usize,
    /// Counts the uses of the shard: the clock of "least recently".
    uses: u64,
}

/// What is remembered under one root token.
struct Root {
    chains: HashMap<Key, Entry>,
    bytes: usize,
    expires_at: Timestamp,
}

struct Entry {
    chain: VerifiedChain,
    /// The tokens as they came.
    wire: Box<[Arc<[u8]>]>,
    bytes: usize,
    last_used: u64,
}

/// The exact bytes of one token: in the compact profile the key and the signature stand apart.
#[derive(Clone, Copy)]
struct Wire<'c> {
    fixed: &'c [u8],
    rest: &'c [u8],
}

/// The characters of a signature in a JWS.
const SIGNATURE: usize = 86;

impl Wire<'_> {
    /// What tokens are told apart by: they seldom have the same signature.
    fn name(&self) -> &[u8] {
        match self.fixed {
            [] => self.rest.get(self.rest.len().saturating_sub(SIGNATURE)..).unwrap_or_default(),
            fixed => fixed,
        }
    }

    fn is(&self, kept: &[u8]) -> bool {
        kept.split_at_checked(self.fixed.len()) == Some((self.fixed, self.rest))
    }
}

/// All prefixes of one chain, as a cache knows them.
pub(super) struct Prefixes<'c> {
    /// The state of a hash that all their keys begin with.
    scope: Sha256,
    tokens: Vec<Wire<'c>>,
}

impl<'c> Prefixes<'c> {
    /// `None` for chains that are too long to pass under the limits.
    pub(super) fn of(chain: &'c UnverifiedChain<'_>, terms: Terms<'_>) -> Option<Self> {
        let most = usize::try_from(terms.limits.max_delegation_depth).unwrap_or(usize::MAX);
        if chain.len() > most.saturating_add(1) {
            return None;
        }
        let mut scope = scope(terms);
        let tokens = match &chain.0 {
            codec::wire::Wire::Jws(tokens) => {
                scope.update(b"jws\0");
                tokens.iter().map(|token| Wire { fixed: &[], rest: token.as_bytes() }).collect()
            }
            codec::wire::Wire::Compact(chain) => {
                scope.update([b'c', b'1', 0, chain.hint()]);
                chain.tokens().map(|token| Wire { fixed: token.fixed, rest: token.body }).collect()
            }
        };
        Some(Self { scope, tokens })
    }

    /// The key of the prefix that ends with `token`.
    fn key(&self, token: &Wire<'_>) -> Key {
        self.scope.clone().chain_update(token.name()).finalize().into()
    }

    fn root(&self) -> Option<Key> {
        self.tokens.first().map(|root| self.key(root))
    }
}

/// A hash that begins with all that tokens are read under, so that verifiers with other limits or
/// other extension types share nothing.
fn scope(terms: Terms<'_>) -> Sha256 {
    let Limits {
        max_token_size,
        max_chain_size,
        max_proof_size,
        max_arguments_size,
        max_presentation_size,
        max_delegation_depth,
        max_constraint_depth,
        max_comparisons,
        max_token_lifetime,
        max_iat_skew,
        pop_window,
    } = terms.limits;
    let mut scope = Scope(Sha256::new_with_prefix(b"taper chain cache v1\0"));
    for size in [
        max_token_size,
        max_chain_size,
        max_proof_size,
        max_arguments_size,
        max_presentation_size,
        max_constraint_depth,
        max_comparisons,
    ] {
        size.hash(&mut scope);
    }
    max_delegation_depth.hash(&mut scope);
    for time in [max_token_lifetime, max_iat_skew, pop_window] {
        time.hash(&mut scope);
    }
    terms.extensions.names().len().hash(&mut scope);
    // Two types of one name are told apart too.
    for (name, type_id) in terms.extensions.names().zip(terms.extensions.type_ids()) {
        name.hash(&mut scope);
        type_id.hash(&mut scope);
    }
    scope.0
}

/// Feeds what `Hash` says of a value into SHA-256.
struct Scope(Sha256);

impl Hasher for Scope {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Never asked for: the state goes on to hash the tokens.
    fn finish(&self) -> u64 {
        0
    }
}

impl ChainCache {
    /// A cache of at most about `bytes` bytes, in 16 equal parts.
    pub fn with_capacity(bytes: usize) -> Self {
        let shards = core::iter::repeat_with(Mutex::default).take(SHARDS).collect();
        Self { shards, capacity_per_shard: bytes.div_ceil(SHARDS) }
    }

    /// The chains remembered now, prefixes counted.
    pub fn len(&self) -> usize {
        let len = |shard: &Shard| shard.roots.values().map(|root| root.chains.len()).sum::<usize>();
        self.locked().map(|shard| len(&shard)).sum()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that are charged for what is remembered now.
    pub fn bytes(&self) -> usize {
        self.locked().map(|shard| shard.bytes).sum()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.locked().for_each(|mut shard| *shard = Shard::default());
    }

    fn locked(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.shards.iter().filter_map(|shard| shard.lock().ok())
    }

    /// The shard of a root. None when a thread panicked while it held the lock.
    fn shard(&self, root: &Key) -> Option<MutexGuard<'_, Shard>> {
        let [first, ..] = *root;
        self.shards.get(usize::from(first) % SHARDS)?.lock().ok()
    }

    /// The longest prefix that is known.
    pub(super) fn longest(&self, prefixes: &Prefixes<'_>) -> Option<VerifiedChain> {
        let root = prefixes.root()?;
        let mut shard = self.shard(&root)?;
        let Shard { roots, uses, .. } = &mut *shard;
        *uses = uses.saturating_add(1);
        let chains = &mut roots.get_mut(&root)?.chains;
        for len in (1..=prefixes.tokens.len()).rev() {
            let tokens = prefixes.tokens.get(..len)?;
            if let Some(entry) = chains.get_mut(&prefixes.key(tokens.last()?))
                && entry.is(tokens)
            {
                entry.last_used = *uses;
                return Some(entry.chain.clone());
            }
        }
        None
    }

    /// Remembers `chain`, which was verified at `now`, and its prefixes.
    pub(super) fn remember(&self, prefixes: &Prefixes<'_>, chain: &VerifiedChain, now: Timestamp) {
        let (Some(key_of_root), Some(root)) = (prefixes.root(), chain.root()) else {
            return;
        };
        let expires_at = root.claims().expires_at();
        let wire: Vec<Arc<[u8]>> =
            prefixes.tokens.iter().map(|token| [token.fixed, token.rest].concat().into()).collect();
        let mut bytes = weight::ENTRY;
        let entries: Vec<(Key, Entry)> = (1..=wire.len())
            .zip(chain.tokens())
            .zip(&prefixes.tokens)
            .map(|((len, verified), token)| {
                let wire = wire.get(..len).unwrap_or_default();
                let size = wire.last().map_or(0, |wire| weight::bytes(wire));
                bytes = bytes.saturating_add(weight::token(verified)).saturating_add(size);
                let (chain, wire) = (chain.prefix(len), wire.into());
                (prefixes.key(token), Entry { chain, wire, bytes, last_used: 0 })
            })
            .collect();
        let Some(mut shard) = self.shard(&key_of_root) else {
            return;
        };
        for (key, entry) in entries {
            shard.insert(key_of_root, expires_at, key, entry);
        }
        if shard.bytes > self.capacity_per_shard {
            shard.forget_expired(now);
        }
        while shard.bytes > self.capacity_per_shard && shard.evict() {}
    }
}

impl Entry {
    /// Whether these are the very tokens.
    fn is(&self, tokens: &[Wire<'_>]) -> bool {
        self.wire.len() == tokens.len()
            && tokens.iter().zip(&self.wire).all(|(token, kept)| token.is(kept))
    }
}

impl Shard {
    fn insert(&mut self, root: Key, expires_at: Timestamp, key: Key, mut entry: Entry) {
        self.uses = self.uses.saturating_add(1);
        entry.last_used = self.uses;
        let bytes = entry.bytes;
        let root = self.roots.entry(root).or_insert_with(|| Root {
            chains: HashMap::new(),
            bytes: 0,
            expires_at,
        });
        let before = root.chains.insert(key, entry).map_or(0, |entry| entry.bytes);
        root.bytes = root.bytes.saturating_add(bytes).saturating_sub(before);
        self.bytes = self.bytes.saturating_add(bytes).saturating_sub(before);
    }

    fn forget_expired(&mut self, now: Timestamp) {
        let mut freed = 0_usize;
        self.roots.retain(|_, root| {
            let live = root.expires_at > now;
            freed = freed.saturating_add(if live { 0 } else { root.bytes });
            live
        });
        self.bytes = self.bytes.saturating_sub(freed);
    }

    /// Takes the least recently used entry of the root that takes most. False when there is none.
    fn evict(&mut self) -> bool {
        let fattest = self.roots.iter().max_by_key(|(_, root)| root.bytes).map(|(key, _)| *key);
        let Some((fattest, root)) =
            fattest.and_then(|key| self.roots.get_mut(&key).map(|root| (key, root)))
        else {
            return false;
        };
        let oldest = root.chains.iter().min_by_key(|(_, entry)| entry.last_used);
        let oldest = oldest.map(|(key, _)| *key);
        let freed = oldest.and_then(|key| root.chains.remove(&key)).map_or(0, |entry| entry.bytes);
        root.bytes = root.bytes.saturating_sub(freed);
        self.bytes = self.bytes.saturating_sub(freed);
        if root.chains.is_empty() {
            self.roots.remove(&fattest);
        }
        true
    }
}

impl Default for ChainCache {
    /// A cache of 64 MiB.
    fn default() -> Self {
        Self::with_capacity(64 << 20)
    }
}

impl fmt::Debug for ChainCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainCache")
            .field("len", &self.len())
            .field("bytes", &self.bytes())
            .field("capacity", &self.capacity_per_shard.saturating_mul(SHARDS))
            .finish()
    }
}

#[cfg(test)]
mod tests;
