//! What one enforcement point asks of a call beyond the token rules.

use crate::time::Timestamp;
use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use core::fmt;

/// Tells which nonces are accepted (AAT-02 7.2, step 7h).
///
/// Implemented by functions of the nonce and the time of the check.
pub trait Nonces: Send + Sync {
    /// Whether this enforcement point issued `nonce` and still accepts it.
    fn accepts(&self, nonce: &str, now: Timestamp) -> bool;
}

impl<F: Fn(&str, Timestamp) -> bool + Send + Sync> Nonces for F {
    fn accepts(&self, nonce: &str, now: Timestamp) -> bool {
        self(nonce, now)
    }
}

/// The policy of one enforcement point. The default is the strict one: no names of its own (so
/// that every `aud` and `aat_aud` is refused), and every proof accepted once.
///
/// ```
/// use taper::Policy;
///
/// let policy = Policy::for_audience("https://tools.example.com")
///     .require_proof_audience()
///     .idempotent("search_index")
///     .min_depth("delete_file", 2);
/// ```
#[derive(Clone, Default)]
pub struct Policy {
    pub(super) audiences: BTreeSet<Box<str>>,
    pub(super) chain_audience_required: bool,
    pub(super) proof_audience_required: bool,
    pub(super) nonces: Option<Arc<dyn Nonces>>,
    untracked: BTreeSet<Box<str>>,
    all_untracked: bool,
    min_depths: BTreeMap<Box<str>, u32>,
}

impl Policy {
    /// The policy of the enforcement point that `aud` and `aat_aud` call `name`.
    pub fn for_audience(name: impl Into<Box<str>>) -> Self {
        Self::default().also_for_audience(name)
    }

    /// Adds another name of this enforcement point. Names compare as exact strings.
    #[must_use]
    pub fn also_for_audience(mut self, name: impl Into<Box<str>>) -> Self {
        self.audiences.insert(name.into());
        self
    }

    /// Denies a chain in which no token carries `aud` (step 6c).
    #[must_use]
    pub fn require_chain_audience(mut self) -> Self {
        self.chain_audience_required = true;
        self
    }

    /// Denies a proof without `aat_aud` (step 7d).
    #[must_use]
    pub fn require_proof_audience(mut self) -> Self {
        self.proof_audience_required = true;
        self
    }

    /// Denies a proof without a nonce that `nonces` accepts (step 7h).
    #[must_use]
    pub fn require_nonce(mut self, nonces: impl Nonces + 'static) -> Self {
        self.nonces = Some(Arc::new(nonces));
        self
    }

    /// Says that calling `tool` twice does no harm: its proofs are not remembered, and may be
    /// replayed while they are within the window (AAT-02 7.3).
    #[must_use]
    pub fn idempotent(mut self, tool: impl Into<Box<str>>) -> Self {
        self.untracked.insert(tool.into());
        self
    }

    /// Says so of every tool. Proofs can then be replayed while they are within the window.
    #[must_use]
    pub fn all_tools_idempotent(mut self) -> Self {
        self.all_untracked = true;
        self
    }

    /// Denies calls of `tool` by a leaf that is less than `depth` hops below the root, so that a
    /// coordinator may delegate the tool and not use it.
    #[must_use]
    pub fn min_depth(mut self, tool: impl Into<Box<str>>, depth: u32) -> Self {
        self.min_depths.insert(tool.into(), depth);
        self
    }

    pub(super) fn is_me(&self, name: &str) -> bool {
        self.audiences.contains(name)
    }

    pub(super) fn tracks(&self, tool: &str) -> bool {
        !self.all_untracked && !self.untracked.contains(tool)
    }

    pub(super) fn min_depth_of(&self, tool: &str) -> u32 {
        self.min_depths.get(tool).copied().unwrap_or(0)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("audiences", &self.audiences)
            .field("chain_audience_required", &self.chain_audience_required)
            .field("proof_audience_required", &self.proof_audience_required)
            .field("nonce_required", &self.nonces.is_some())
            .field("untracked", &self.untracked)
            .field("all_untracked", &self.all_untracked)
            .field("min_depths", &self.min_depths)
            .finish()
    }
}
