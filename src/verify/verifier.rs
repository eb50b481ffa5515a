//! The enforcement point's one object.

#[cfg(feature = "std")]
use super::ChainCache;
use super::{Authorized, Checked, Policy, TrustAnchors, authorize, many, walk};
use crate::{
    chain::{Presentation, UnverifiedChain, UnverifiedProof, VerifiedChain},
    denied::{Denied, Place},
    extension::Extensions,
    limits::Limits,
    model::{Capabilities, Invocation},
    replay::{ReplayStore, ReplayStoreError},
    step::Step,
    terms::Terms,
    time::Timestamp,
};
use alloc::{sync::Arc, vec::Vec};
use core::fmt;

/// Verifies presentations offline: holds the trust anchors, the policy, the limits, the extension
/// types and the replay store, and nothing else. Made once, shared by all threads.
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
    pub(super) extensions: Extensions,
    #[cfg(feature = "std")]
    pub(super) cache: Option<Arc<ChainCache>>,
    replay: Option<Arc<dyn ReplayStore>>,
}

impl Verifier {
    /// A verifier that trusts `anchors`, with the default policy and limits, and, with feature
    /// `std`, a replay store in memory.
    pub fn new(anchors: TrustAnchors) -> Self {
        Self {
            anchors,
            policy: Policy::default(),
            limits: Limits::default(),
            extensions: Extensions::new(),
            #[cfg(feature = "std")]
            cache: None,
            replay: in_memory(),
        }
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
        self.limits = limits;
        self
    }

    /// Sets the extension constraint types to know. A chain with any other is denied, at step 3n
    /// or 4o.
    #[must_use]
    pub fn with_extensions(mut self, extensions: Extensions) -> Self {
        self.extensions = extensions;
        self
    }

    /// Sets where used proofs are remembered. Replicas of one enforcement point share a store.
    #[must_use]
    pub fn with_replay_store(mut self, store: impl ReplayStore + 'static) -> Self {
        self.replay = Some(Arc::new(store));
        self
    }

    /// Remembers verified chains in `cache`, so that a call under one of them costs one signature
    /// check. No verdict changes. Several verifiers may share a cache.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn with_chain_cache(mut self, cache: impl Into<Arc<ChainCache>>) -> Self {
        self.cache = Some(cache.into());
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

    /// The extension constraint types that are known.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// What this verifier reads tokens under.
    pub fn terms(&self) -> Terms<'_> {
        Terms::new(&self.limits, &self.extensions)
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
        let checked = authorize::verify_and_check(self, presentation, call, now)?;
        self.commit(checked, now)
    }

    /// Decides several calls, in the order given: the same verdicts as [`authorize`](Self::authorize)
    /// gives one after the other, with the signatures of all proofs, and of all tokens that are not
    /// [known](Self::with_chain_cache), checked in batches of 64. Of two equal proofs in one slice
    /// the second is a replay.
    ///
    /// A bad signature makes its batch be checked a second time, in parts of eight, and the part
    /// that it is in call by call. So the signatures of a batch cost about twice as much when one of
    /// them is bad, and about 3.6 times as much (2.3 times what they cost one by one) when there is
    /// a bad one in every part, which is the worst that others' calls can do to the time of one's
    /// own.
    ///
    /// ```
    /// use taper::{Timestamp, TrustAnchors, Verifier};
    ///
    /// let verifier = Verifier::new(TrustAnchors::new());
    /// assert!(verifier.authorize_many(&[], Timestamp::from_unix(0)).is_empty());
    /// ```
    pub fn authorize_many<'c>(
        &self,
        calls: &[(&Presentation<'_>, &'c Invocation)],
        now: Timestamp,
    ) -> Vec<Result<Authorized<'c>, Denied>> {
        let checked = many::check(self, calls, now);
        checked.into_iter().map(|checked| self.commit(checked?, now)).collect()
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
        walk::verify_chain(self, chain, now)
    }

    /// What a verified chain grants at this enforcement point, before any call is made: for showing
    /// an agent the tools that it may call. Steps 6a and 6c; tools for which the policy wants a
    /// deeper leaf are left out.
    ///
    /// # Errors
    ///
    /// When the leaf grants nothing, or the chain is not for this enforcement point.
    pub fn capabilities(&self, chain: &VerifiedChain) -> Result<Capabilities, Denied> {
        authorize::capabilities(self, chain)
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
            .field("extensions", &self.extensions)
            .field("replay_store", &self.replay.is_some())
            .finish()
    }
}
