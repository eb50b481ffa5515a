//! The enforcement point's one object.

use super::{
    Authorized, ChainCache, Checked, Policy, TrustAnchors, authorize, cache::Fingerprint,
    caution::Caution, many, walk,
};
use crate::{
    chain::{Presentation, UnverifiedChain, UnverifiedProof, VerifiedChain},
    denied::{Denied, Place},
    limits::Limits,
    model::Invocation,
    replay::{ReplayStore, ReplayStoreError},
    step::Step,
    time::Timestamp,
};
use alloc::{sync::Arc, vec::Vec};
use core::fmt;

/// Verifies presentations offline: holds the trust anchors, the policy, the limits, the replay
/// store and, where one was given, a cache of chains. Made once, shared by all threads.
///
/// ```
/// use core::time::Duration;
/// use taper::{
///     Capabilities, ConstraintMap, Grant, Invocation, Issuer, Limits, Policy, Presentation,
///     ProofOptions, SigningKey, Timestamp, TrustAnchor, TrustAnchors, Verifier, one_of,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = Timestamp::from_unix(1_704_067_500);
/// let (issuer_key, agent_key) = (SigningKey::generate()?, SigningKey::generate()?);
/// let files = ConstraintMap::new().require("path", one_of(["/data/q3.pdf", "/data/q4.pdf"])?);
/// let chain = Issuer::new("https://auth.example.com", &issuer_key)?.issue(
///     Grant::to(agent_key.public_key().clone())
///         .tool("read_file", files)
///         .expires_in(Duration::from_secs(3600)),
///     now,
/// )?;
/// let call = Invocation::from_json("read_file", br#"{"path": "/data/q3.pdf"}"#)?;
/// let sent = chain.prove(&agent_key, &call, &ProofOptions::default(), now)?;
///
/// let anchor = TrustAnchor::new("https://auth.example.com", issuer_key.public_key().clone())?;
/// let verifier = Verifier::new(TrustAnchors::new().with(anchor))
///     .with_policy(Policy::for_audience("https://tools.example.com"));
/// let received = Presentation::parse(sent.as_bytes(), verifier.limits())?;
/// let permit = verifier.authorize(&received, &call, now)?;
/// assert_eq!(permit.tool(), "read_file");
///
/// let again = verifier.authorize(&received, &call, now).unwrap_err();
/// assert_eq!((again.step().label(), again.code()), ("7i", "proof_replayed"));
/// # Ok(())
/// # }
/// ```
pub struct Verifier {
    pub(super) anchors: TrustAnchors,
    pub(super) policy: Policy,
    pub(super) limits: Limits,
    replay: Option<Arc<dyn ReplayStore>>,
    pub(super) cache: Option<Arc<ChainCache>>,
    /// What chains are looked up under in the cache, besides their bytes.
    print: Fingerprint,
    pub(super) caution: Caution,
}

impl Verifier {
    /// A verifier that trusts `anchors`, with the default policy and limits, and, with feature
    /// `std`, a replay store in memory.
    pub fn new(anchors: TrustAnchors) -> Self {
        let limits = Limits::default();
        let print = Fingerprint::of(&limits);
        let (policy, caution) = (Policy::default(), Caution::default());
        Self { anchors, policy, limits, replay: in_memory(), cache: None, print, caution }
    }

    /// Sets the policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.print = Fingerprint::of(&limits);
        self.limits = limits;
        self
    }

    /// Sets where used proofs are remembered. Replicas of one enforcement point share a store.
    #[must_use]
    pub fn with_replay_store(mut self, store: impl ReplayStore + 'static) -> Self {
        self.replay = Some(Arc::new(store));
        self
    }

    /// Remembers verified chains in `cache`, so that a call under one costs its proof alone. See
    /// [`ChainCache`] for what a hit leaves out and what it does not; no verdict changes.
    ///
    /// Verifiers may share a cache. One that replaces another with other anchors takes its cache
    /// over, and [`retain_anchors`](ChainCache::retain_anchors) forgets what hung on the old ones.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn with_chain_cache(mut self, cache: Arc<ChainCache>) -> Self {
        self.cache = Some(cache);
        self
    }

    /// The trust anchors.
    pub fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Decides one call: [`verify_chain`](Self::verify_chain), [`check`](Self::check) and
    /// [`commit`](Self::commit) in one.
    ///
    /// # Errors
    ///
    /// The first step that failed. A denied call leaves no trace in the replay store.
    pub fn authorize<'c>(
        &self,
        presentation: &Presentation<'_>,
        call: &'c Invocation,
        now: Timestamp,
    ) -> Result<Authorized<'c>, Denied> {
        let (checked, fresh) = authorize::verify_and_check(self, presentation, call, now)?;
        let permit = self.commit(checked, now)?;
        if let Some(fresh) = fresh {
            fresh.remember(permit.chain());
        }
        Ok(permit)
    }

    /// Decides many calls: what [`authorize`](Self::authorize) says of each, in the order of
    /// `calls`, in less time.
    ///
    /// The signatures of all calls are checked in common equations: first the proofs of those
    /// whose chain is in the cache and the first new token of every other chain, then the next
    /// ones, and so on. Where an equation does not hold, it is halved until the bad signatures are
    /// found. Among `n` that costs one more equation of half the size for each halving, and after
    /// `2 log2 n` of them each suspect is checked by itself; so the worst that bad signatures can
    /// do is to make the call a little more than twice as dear as checking everything singly.
    ///
    /// Proofs are recorded (step 7i) in the order of `calls`: of two calls with the same proof the
    /// first is permitted. Nothing is recorded before all signatures are checked.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use taper::{
    /// #     ConstraintMap, Grant, Invocation, Issuer, Presentation, ProofOptions, SigningKey,
    /// #     Timestamp, TrustAnchor, TrustAnchors, Verifier,
    /// # };
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let now = Timestamp::from_unix(1_704_067_500);
    /// # let (issuer_key, agent) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
    /// # let chain = Issuer::new("https://auth.example.com", &issuer_key)?.issue(
    /// #     Grant::to(agent.public_key().clone())
    /// #         .tool("search", ConstraintMap::unrestricted())
    /// #         .expires_in(Duration::from_secs(3600)),
    /// #     now,
    /// # )?;
    /// # let anchor = TrustAnchor::new("https://auth.example.com", issuer_key.public_key().clone())?;
    /// # let verifier = Verifier::new(TrustAnchors::new().with(anchor));
    /// let call = Invocation::from_json("search", br#"{"query": "filings"}"#)?;
    /// let sent = chain.prove(&agent, &call, &ProofOptions::default(), now)?;
    /// let received = Presentation::parse(sent.as_bytes(), verifier.limits())?;
    ///
    /// let decided = verifier.authorize_many(&[(&received, &call), (&received, &call)], now);
    /// assert!(decided[0].is_ok());
    /// assert_eq!(decided[1].as_ref().unwrap_err().code(), "proof_replayed");
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorize_many<'c>(
        &self,
        calls: &[(&Presentation<'_>, &'c Invocation)],
        now: Timestamp,
    ) -> Vec<Result<Authorized<'c>, Denied>> {
        many::authorize(self, calls, now)
    }

    /// Checks the chain by itself: steps 1 to 5. What it gives may be kept and used for several
    /// calls within a short time; expiry and trust are not looked at again.
    ///
    /// # Errors
    ///
    /// The first step that failed.
    pub fn verify_chain(
        &self,
        chain: &UnverifiedChain<'_>,
        now: Timestamp,
    ) -> Result<VerifiedChain, Denied> {
        let walked = walk::verify_chain(self, chain, now)?;
        if let Some(fresh) = walked.fresh {
            fresh.remember(&walked.chain);
        }
        Ok(walked.chain)
    }

    /// Checks one call against a verified chain: steps 6 and 7, but for the replay of 7i.
    ///
    /// # Errors
    ///
    /// The first step that failed. The proof's signature comes first, so that only the holder can
    /// make this verifier evaluate constraints (AAT-02 section 8).
    pub fn check<'c>(
        &self,
        chain: &VerifiedChain,
        proof: &UnverifiedProof<'_>,
        call: &'c Invocation,
        now: Timestamp,
    ) -> Result<Checked<'c>, Denied> {
        authorize::check(self, chain, proof, call, now)
    }

    /// The fingerprints of a chain's parts from the root on; none without a cache.
    pub(super) fn fingerprints<T>(
        &self,
        tokens: impl Iterator<Item = T>,
        longer: impl Fn(&Fingerprint, T) -> Fingerprint,
    ) -> Vec<Fingerprint> {
        if self.cache.is_none() {
            return Vec::new();
        }
        let next = |print: &mut Fingerprint, token: T| {
            *print = longer(print, token);
            Some(*print)
        };
        tokens.scan(self.print, next).collect()
    }

    /// Records the proof, once: step 7i. Only what this gives lets a tool run.
    ///
    /// # Errors
    ///
    /// When the proof was used before, or the store cannot record it.
    pub fn commit<'c>(
        &self,
        checked: Checked<'c>,
        now: Timestamp,
    ) -> Result<Authorized<'c>, Denied> {
        if !self.policy.tracks(checked.tool()) {
            return Ok(checked.without_record());
        }
        match &self.replay {
            Some(store) => checked.record(&**store, now),
            None => Err(Denied::new(Step::Replay, Place::Proof, ReplayStoreError::Missing)),
        }
    }
}

#[cfg(feature = "std")]
fn in_memory() -> Option<Arc<dyn ReplayStore>> {
    Some(Arc::new(crate::replay::MemoryReplayStore::default()))
}

#[cfg(not(feature = "std"))]
fn in_memory() -> Option<Arc<dyn ReplayStore>> {
    None
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("anchors", &self.anchors)
            .field("policy", &self.policy)
            .field("limits", &self.limits)
            .field("replay_store", &self.replay.is_some())
            .field("chain_cache", &self.cache)
            .finish()
    }
}
