//! What the chain cache knows of one chain.

use super::Verifier;
use crate::{
    chain::{UnverifiedChain, VerifiedChain},
    time::Timestamp,
};

#[cfg(feature = "std")]
use crate::verify::cache::Prefixes;
#[cfg(not(feature = "std"))]
use core::marker::PhantomData;

/// One look into the verifier's cache, if it has one.
pub(in crate::verify) struct Lookup<'c> {
    #[cfg(feature = "std")]
    prefixes: Option<Prefixes<'c>>,
    #[cfg(not(feature = "std"))]
    prefixes: PhantomData<&'c ()>,
    known: Option<VerifiedChain>,
}

impl<'c> Lookup<'c> {
    #[cfg(feature = "std")]
    pub(in crate::verify) fn of(verifier: &Verifier, chain: &'c UnverifiedChain<'_>) -> Self {
        let none = Self { prefixes: None, known: None };
        let Some(cache) = &verifier.cache else { return none };
        let Some(prefixes) = Prefixes::of(chain, verifier.terms()) else { return none };
        // The anchor may be gone, or another verifier's.
        let trusted = |known: &VerifiedChain| {
            let issuer = known.root().map(|root| root.claims().issuer());
            issuer.is_some_and(|issuer| verifier.anchors.binds(known.anchor(), issuer))
        };
        let known = cache.longest(&prefixes).filter(trusted);
        Self { prefixes: Some(prefixes), known }
    }

    #[cfg(not(feature = "std"))]
    pub(in crate::verify) fn of(_: &Verifier, _: &'c UnverifiedChain<'_>) -> Self {
        Self { prefixes: PhantomData, known: None }
    }

    /// The longest prefix that is known.
    pub(in crate::verify) fn known(&self) -> Option<&VerifiedChain> {
        self.known.as_ref()
    }

    /// The chain, when all its `len` tokens are known.
    pub(in crate::verify) fn whole(&self, len: usize) -> Option<&VerifiedChain> {
        self.known().filter(|known| known.tokens().len() == len)
    }

    /// Remembers what passed.
    #[cfg(feature = "std")]
    pub(in crate::verify) fn remember(
        &self,
        verifier: &Verifier,
        verified: &VerifiedChain,
        now: Timestamp,
    ) {
        if let (Some(cache), Some(prefixes)) = (&verifier.cache, &self.prefixes) {
            cache.remember(prefixes, verified, now);
        }
    }

    #[cfg(not(feature = "std"))]
    pub(in crate::verify) fn remember(&self, _: &Verifier, _: &VerifiedChain, _: Timestamp) {}
}
