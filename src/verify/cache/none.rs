//! Without `std` there are no locks, and so no cache.

use super::TrustAnchors;
use crate::{
    chain::VerifiedChain,
    key::{PublicKey, Signature},
    limits::Limits,
    model::Digest,
};
use alloc::{sync::Arc, vec::Vec};

/// What no verifier has.
#[derive(Debug)]
pub(super) enum ChainCache {}

#[derive(Clone, Copy)]
pub(super) struct Fingerprint;

pub(super) struct Known {
    pub(super) chain: VerifiedChain,
    pub(super) anchor: PublicKey,
}

#[expect(dead_code, reason = "made and never used, as no cache is there to remember it")]
pub(super) struct Fresh {
    pub(super) cache: Arc<ChainCache>,
    pub(super) prints: Vec<Fingerprint>,
    pub(super) anchor: PublicKey,
}

impl Fingerprint {
    pub(super) fn of(_: &Limits) -> Self {
        Self
    }

    pub(super) fn with(&self, _: &Digest, _: &[u8]) -> Self {
        Self
    }

    pub(super) fn with_compact(&self, _: &Digest, _: &Signature) -> Self {
        Self
    }
}

impl ChainCache {
    pub(super) fn find(&self, _: &[Fingerprint], _: &TrustAnchors) -> Option<Known> {
        match *self {}
    }
}

impl Fresh {
    pub(super) fn remember(&self, _: &VerifiedChain) {
        match *self.cache {}
    }
}
