//! A policy with what it needs to decide.

use super::{Policy, PolicyError, Replay, Unpresented, anchors, anchors::Fetched, file::Mode};
use crate::{Guard, KeySet, RotatingNonces};
use std::{fmt, sync::Arc, time::Instant};
use taper::{
    ChainCache, TrustAnchors, Verifier,
    replay::{MemoryReplayStore, ReplayStore, ReplayStoreError},
};
use zeroize::Zeroizing;

/// A policy, and the verifier that goes by it.
#[derive(Clone)]
pub struct Running {
    policy: Arc<Policy>,
    verifier: Arc<Verifier>,
    nonces: Option<Arc<RotatingNonces>>,
    replay: Store,
    key_sets: Vec<Arc<KeySet>>,
}

/// Where used proofs are remembered, and how to ask whether it is there.
#[derive(Clone)]
enum Store {
    Memory(Arc<MemoryReplayStore>),
    #[cfg(feature = "redis")]
    Redis(Arc<crate::RedisReplayStore>),
}

impl Store {
    fn shared(&self) -> Arc<dyn ReplayStore> {
        match self {
            Self::Memory(store) => Arc::<MemoryReplayStore>::clone(store),
            #[cfg(feature = "redis")]
            Self::Redis(store) => Arc::<crate::RedisReplayStore>::clone(store),
        }
    }
}

impl Running {
    /// The policy.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// What verifies presentations.
    pub fn verifier(&self) -> &Arc<Verifier> {
        &self.verifier
    }

    /// The nonces that the verifier requires, to tell them to clients.
    pub fn nonces(&self) -> Option<&Arc<RotatingNonces>> {
        self.nonces.as_ref()
    }

    /// The key sets that are fetched, for telling how old they are.
    pub fn key_sets(&self) -> &[Arc<KeySet>] {
        &self.key_sets
    }

    /// Where used proofs are remembered, the same for all that follow.
    pub fn replay_store(&self) -> Arc<dyn ReplayStore> {
        self.replay.shared()
    }

    /// Whether the replay store answers. This waits for it, for as long as the policy allows.
    ///
    /// # Errors
    ///
    /// Why it does not.
    pub fn check_store(&self) -> Result<(), ReplayStoreError> {
        match &self.replay {
            Store::Memory(_) => Ok(()),
            #[cfg(feature = "redis")]
            Store::Redis(store) => store.check(),
        }
    }

    /// The first key set of which no key is trusted at `now`: it was never fetched, or is older
    /// than its `max_age`.
    pub fn without_keys(&self, now: Instant) -> Option<&Arc<KeySet>> {
        let sets = self.policy.anchors.fetched.iter().zip(&self.key_sets);
        sets.filter(|(fetched, set)| set.keys(fetched.max_age, now).is_empty())
            .map(|(_, set)| set)
            .next()
    }

    /// Whether the replay store is elsewhere and may take its time.
    pub fn store_blocks(&self) -> bool {
        !matches!(self.policy.replay, Replay::Memory(_))
    }

    /// The guard.
    pub fn guard(&self) -> Guard {
        self.policy.guard(Arc::clone(&self.verifier), self.nonces.clone())
    }
}

impl Policy {
    /// The guard that goes by this policy. `verifier` and `nonces` are what [`Running`] has.
    pub fn guard(&self, verifier: Arc<Verifier>, nonces: Option<Arc<RotatingNonces>>) -> Guard {
        let mut guard = Guard::new(verifier, self.tools.clone());
        for method in &self.methods {
            guard = guard.allow_method(method.clone());
        }
        if let Some(nonces) = nonces {
            guard = guard.tell_nonces(nonces);
        }
        if self.unpresented == Unpresented::All {
            guard = guard.list_without_presentation();
        }
        if self.mode == Mode::Audit {
            guard = guard.audit();
        }
        if let Some(log) = &self.log {
            guard = guard.log_arguments(log.arguments.clone());
        }
        guard
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("policy", &self.policy)
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

/// What outlives a change of the policy.
pub(super) struct Kept {
    /// A proof that was used stays used.
    replay: Store,
    /// Chains that were verified: what is remembered holds under every policy.
    cache: Option<(usize, Arc<ChainCache>)>,
    /// Nonces that were told stay good.
    nonce_key: Zeroizing<[u8; 32]>,
    /// Keys that were fetched need not be fetched again.
    key_sets: Vec<Arc<KeySet>>,
}

impl Kept {
    pub(super) fn new(policy: &Policy) -> Result<Self, PolicyError> {
        let mut nonce_key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *nonce_key)
            .map_err(|_| policy.fail("the operating system gave no random bytes"))?;
        Ok(Self { replay: store(policy)?, cache: None, nonce_key, key_sets: vec![] })
    }

    /// `policy` with what was kept, and the keys that are good at `now`.
    pub(super) fn run(&mut self, policy: Arc<Policy>, now: Instant) -> Running {
        let key_sets: Vec<_> =
            policy.anchors.fetched.iter().map(|fetched| self.key_set(fetched)).collect();
        self.key_sets.clone_from(&key_sets);
        let mut rules = policy.rules.clone();
        let mut told = None;
        if let Some(nonces) = &policy.nonces {
            let key = nonces.key.as_ref().unwrap_or(&self.nonce_key);
            let nonces = Arc::new(RotatingNonces::new(**key, nonces.period));
            let accepted = Arc::clone(&nonces);
            rules = rules.require_nonce(move |nonce: &str, now| {
                taper::Nonces::accepts(&*accepted, nonce, now)
            });
            told = Some(nonces);
        }
        let anchors = anchors_of(&policy, &key_sets, now);
        let mut verifier = Verifier::new(anchors)
            .with_policy(rules)
            .with_limits(policy.limits.clone())
            .with_extensions(policy.extensions.clone())
            .with_replay_store(self.replay.shared());
        if let Some(cache) = self.cache(policy.cache) {
            verifier = verifier.with_chain_cache(cache);
        }
        let replay = self.replay.clone();
        Running { policy, verifier: Arc::new(verifier), nonces: told, replay, key_sets }
    }

    /// The cache that is there, or a new one when it is to have another size.
    fn cache(&mut self, bytes: usize) -> Option<Arc<ChainCache>> {
        if self.cache.as_ref().is_none_or(|(size, _)| *size != bytes) {
            let new = |bytes| (bytes, Arc::new(ChainCache::with_capacity(bytes)));
            self.cache = (bytes > 0).then(|| new(bytes));
        }
        self.cache.as_ref().map(|(_, cache)| Arc::clone(cache))
    }

    /// The set of an anchor: the one that is there, or a new one.
    fn key_set(&self, fetched: &Fetched) -> Arc<KeySet> {
        let known = self.key_sets.iter().find(|set| *set.url() == fetched.url);
        known.cloned().unwrap_or_else(|| Arc::new(KeySet::new(fetched.url.clone())))
    }
}

/// All anchors with keys that are good at `now`.
pub(super) fn anchors_of(policy: &Policy, key_sets: &[Arc<KeySet>], now: Instant) -> TrustAnchors {
    let fetched = policy.anchors.fetched.iter().zip(key_sets).flat_map(|(fetched, set)| {
        let keys = set.keys(fetched.max_age, now).into_iter();
        // The issuer was checked when the policy was read.
        keys.filter_map(|key| anchors::anchor(&fetched.issuer, key.key, key.id).ok())
    });
    policy.anchors.fixed.iter().cloned().chain(fetched).collect()
}

fn store(policy: &Policy) -> Result<Store, PolicyError> {
    match &policy.replay {
        Replay::Memory(capacity) => {
            Ok(Store::Memory(Arc::new(MemoryReplayStore::with_capacity(capacity.get()))))
        }
        #[cfg(feature = "redis")]
        Replay::Redis(redis) => match crate::RedisReplayStore::new(redis) {
            Ok(store) => Ok(Store::Redis(Arc::new(store))),
            Err(error) => Err(policy.fail(error)),
        },
        #[cfg(not(feature = "redis"))]
        Replay::Redis(_) => Err(policy.fail("this build knows no Redis")),
    }
}

impl Policy {
    fn fail(&self, problem: impl fmt::Display) -> PolicyError {
        PolicyError::whole(&self.source.path, problem)
    }
}
