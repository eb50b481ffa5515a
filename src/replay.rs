//! Remembering which proofs were used (AAT-02 7.3, step 7i).

use crate::{key::PublicKey, model::TokenId, time::Timestamp};
use alloc::{boxed::Box, string::ToString};
use sha2::{Digest as _, Sha256};

/// What a proof is remembered by: the holder's key and the proof's id, hashed to a fixed size.
///
/// Ids are kept apart by holder, so that no holder can use up another's ids (reading 30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplayKey([u8; 32]);

impl ReplayKey {
    /// The key for proof `id` of `holder`.
    pub fn new(holder: &PublicKey, id: &TokenId) -> Self {
        let hash = Sha256::new()
            .chain_update(b"taper replay v1\0")
            .chain_update(holder.as_bytes())
            .chain_update(id.as_str().as_bytes());
        Self(hash.finalize().into())
    }

    /// The 32 bytes, for a store outside the process.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Whether a proof was recorded now or had been before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It was not there, and is now.
    New,
    /// It was there already.
    Before,
}

/// Why a store cannot record a proof. The call is denied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayStoreError {
    /// The verifier has no store, and the policy does not name the tool idempotent.
    #[error("no replay store is configured")]
    Missing,
    /// The store holds as many live entries as it may, and evicts none of them.
    #[error("the replay store is full")]
    Full,
    /// The store did not answer as it should.
    #[error("the replay store failed: {0}")]
    Failed(Box<str>),
}

impl ReplayStoreError {
    /// The store failed for `reason`, which is shown to operators: one line, nothing secret.
    pub fn failed(reason: impl ToString) -> Self {
        Self::Failed(reason.to_string().into())
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Missing => "replay_store_missing",
            Self::Full => "replay_store_full",
            Self::Failed(_) => "replay_store_failed",
        }
    }
}

/// Remembers proofs until they can no longer be accepted.
///
/// An implementation must do the whole of [`record`](Self::record) atomically, also across the
/// replicas of one enforcement point, and must keep each entry until its expiry: forgetting one
/// early lets a proof be used twice. So does a clock that goes back after entries were forgotten;
/// an implementation has to refuse what may have been one of them.
pub trait ReplayStore: Send + Sync {
    /// Records `key` until `expires_at` (and at that second still), unless it is there already.
    ///
    /// # Errors
    ///
    /// When the store is full or did not answer; the call is then denied.
    fn record(
        &self,
        key: ReplayKey,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Recorded, ReplayStoreError>;
}

impl<S: ReplayStore + ?Sized> ReplayStore for alloc::sync::Arc<S> {
    fn record(
        &self,
        key: ReplayKey,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Recorded, ReplayStoreError> {
        (**self).record(key, expires_at, now)
    }
}

#[cfg(feature = "std")]
pub use memory::MemoryReplayStore;

#[cfg(feature = "std")]
mod memory;
