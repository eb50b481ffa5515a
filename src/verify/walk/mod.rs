//! The walk from root to leaf: steps 1 to 5 of AAT-02 section 8.

use super::Verifier;
use crate::{
    attenuate::{self, LifetimeFault, Widening},
    chain::{UnverifiedChain, VerifiedChain, VerifiedToken},
    codec::{Profile, wire::Wire},
    denied::{Denied, Fault, Place, Reason},
    json,
    key::{PublicKey, Signed},
    model::{Claims, Digest},
    step::Step,
    time::Timestamp,
};
use alloc::vec::Vec;

mod compact;
mod jws;
mod known;
mod signatures;

pub(super) use known::Lookup;
pub(super) use signatures::{Found, ProofInput};

pub(super) fn verify_chain(
    verifier: &Verifier,
    chain: &UnverifiedChain<'_>,
    now: Timestamp,
) -> Result<VerifiedChain, Denied> {
    chain.check_sizes(&verifier.limits)?;
    let lookup = Lookup::of(verifier, chain);
    if let Some(known) = lookup.whole(chain.len()) {
        check_again(verifier, known, now)?;
        return Ok(known.clone());
    }
    let prepared = Prepared::of(verifier, chain, lookup.known())?;
    let anchor = prepared.anchor(verifier);
    let found = prepared.found(anchor, None);
    let (verified, _) = prepared.verify(verifier, anchor.ok(), found, now)?;
    lookup.remember(verifier, &verified, now);
    Ok(verified)
}

/// A chain with everything that its signatures need, of which nothing is judged beyond step 2c.
pub(super) enum Prepared<'c> {
    Jws(jws::Prepared<'c>),
    Compact(compact::Prepared<'c>),
}

impl<'c> Prepared<'c> {
    /// `known` are the first tokens, when they were verified before.
    pub(super) fn of(
        verifier: &Verifier,
        chain: &'c UnverifiedChain<'_>,
        known: Option<&'c VerifiedChain>,
    ) -> Result<Self, Denied> {
        Ok(match &chain.0 {
            Wire::Jws(tokens) => Self::Jws(jws::Prepared::new(verifier, tokens, known)?),
            Wire::Compact(chain) => {
                Self::Compact(compact::Prepared::new(chain, known, &verifier.limits))
            }
        })
    }

    /// The digest of the last token, where a proof's signature covers it unsaid.
    pub(super) fn leaf_digest(&self) -> Option<&Digest> {
        match self {
            Self::Jws(_) => None,
            Self::Compact(prepared) => prepared.leaf_digest(),
        }
    }

    /// The anchor's key that the root is checked under; without one, what that tells of the root.
    pub(super) fn anchor<'v>(&self, verifier: &'v Verifier) -> Result<&'v PublicKey, Found>
    where
        'c: 'v,
    {
        match self {
            Self::Jws(prepared) => prepared.anchor(verifier),
            Self::Compact(prepared) => prepared.anchor(verifier),
        }
    }

    /// The signatures that are still to be checked, each with its key, the proof's last; fewer
    /// where the keys are not known before the tokens are read.
    pub(super) fn items<'p>(
        &'p self,
        anchor: &'p PublicKey,
        proof: Option<ProofInput<'p>>,
    ) -> Vec<Signed<'p>> {
        match self {
            Self::Jws(prepared) => prepared.items(anchor, proof),
            Self::Compact(prepared) => prepared.items(anchor, proof),
        }
    }

    /// Checks the signatures.
    pub(super) fn found<'p>(
        &'p self,
        anchor: Result<&'p PublicKey, Found>,
        proof: Option<ProofInput<'p>>,
    ) -> Found {
        anchor.map_or_else(|found| found, |anchor| Found::of(&self.items(anchor, proof)))
    }

    /// Steps 3 to 5, with what was found of the signatures. Tells also whether the proof's holds, if
    /// that was found out.
    pub(super) fn verify<'v>(
        self,
        verifier: &'v Verifier,
        anchor: Option<&'v PublicKey>,
        found: Found,
        now: Timestamp,
    ) -> Result<(VerifiedChain, Option<bool>), Denied> {
        match self {
            Self::Jws(prepared) => prepared.verify(verifier, anchor, found, now),
            Self::Compact(prepared) => prepared.verify(verifier, anchor, found, now),
        }
    }
}

/// What depends on the clock, of tokens that are known: steps 3e, 3f, 4i and 4k. All else held
/// when they were verified, and holds since.
pub(super) fn check_again(
    verifier: &Verifier,
    known: &VerifiedChain,
    now: Timestamp,
) -> Result<(), Denied> {
    for (index, token) in known.tokens().iter().enumerate() {
        let (expiry, issued_at) = match index {
            0 => (Step::RootExpiry, Step::RootIssuedAt),
            _ => (Step::NotExpired, Step::IssuedAt),
        };
        let denied = |step, fault: LifetimeFault| {
            let reason = match index {
                0 => Reason::from(fault),
                _ => Reason::from(Widening::from(fault)),
            };
            Denied::new(step, Place::Token(index), reason)
        };
        let claims = token.claims();
        attenuate::check_not_expired(claims, now).map_err(|fault| denied(expiry, fault))?;
        attenuate::check_issued(claims, &verifier.limits, now)
            .map_err(|fault| denied(issued_at, fault))?;
    }
    Ok(())
}

/// The tokens that need no more verifying than [`check_again`].
fn begin(
    verifier: &Verifier,
    known: Option<&VerifiedChain>,
    now: Timestamp,
) -> Result<Vec<VerifiedToken>, Denied> {
    let Some(known) = known else {
        return Ok(Vec::new());
    };
    check_again(verifier, known, now)?;
    Ok(known.tokens().to_vec())
}

/// Step 5, and the chain.
fn finish(
    profile: Profile,
    anchor: Option<&PublicKey>,
    verified: Vec<VerifiedToken>,
) -> Result<VerifiedChain, Denied> {
    check_length(&verified)?;
    let empty = || Denied::new(Step::ChainEmpty, Place::Presentation, Reason::ChainEmpty);
    let anchor = anchor.ok_or_else(empty)?;
    Ok(VerifiedChain::from_verified(profile, anchor.clone(), verified))
}

/// Step 2c: no id stands twice among `len` of them.
fn check_ids<'i>(ids: impl Iterator<Item = &'i str> + Clone, len: usize) -> Result<(), Denied> {
    match json::duplicate(ids, len) {
        Some(id) => {
            let reason = Reason::IdRepeated { id: id.into() };
            Err(Denied::new(Step::TokenIds, Place::Presentation, reason))
        }
        None => Ok(()),
    }
}

/// Steps 3c to 3k, as far as typed claims leave something to judge.
fn judge_root(
    verifier: &Verifier,
    key: &PublicKey,
    claims: &Claims,
    now: Timestamp,
) -> Result<(), Fault> {
    let limits = &verifier.limits;
    if claims.depth != 0 {
        let depth = claims.depth;
        return Err(Fault::new(Step::RootDepth, Reason::RootDepth { depth }));
    }
    let lifetime = |step| move |fault: LifetimeFault| Fault::new(step, fault);
    attenuate::check_not_expired(claims, now).map_err(lifetime(Step::RootExpiry))?;
    attenuate::check_issued(claims, limits, now).map_err(lifetime(Step::RootIssuedAt))?;
    attenuate::check_order(claims).map_err(lifetime(Step::RootOrder))?;
    attenuate::check_lifetime(claims, limits).map_err(lifetime(Step::RootLifetime))?;
    if claims.max_depth > limits.max_delegation_depth {
        let (max_depth, limit) = (claims.max_depth, limits.max_delegation_depth);
        let reason = Reason::MaxDepthAboveLimit { max_depth, limit };
        return Err(Fault::new(Step::RootMaxDepth, reason));
    }
    // An anchor's issuer is a URI, so a root whose `iss` equals it has one.
    if !verifier.anchors.binds(key, &claims.issuer) {
        let reason = Reason::IssuerMismatch { issuer: claims.issuer.clone() };
        return Err(Fault::new(Step::RootIssuer, reason));
    }
    Ok(())
}

/// Step 5: never the first to fail, since the root's depth is 0 and each child's is one more.
fn check_length(verified: &[VerifiedToken]) -> Result<(), Denied> {
    let depth = verified.last().map_or(0, |leaf| leaf.claims().depth());
    let tokens = verified.len();
    if usize::try_from(depth).ok().and_then(|depth| depth.checked_add(1)) == Some(tokens) {
        return Ok(());
    }
    let reason = Reason::ChainLength { tokens, depth };
    Err(Denied::new(Step::ChainLength, Place::Presentation, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grant, Issuer, SigningKey, TrustAnchors};

    /// Step 5 cannot be the first to fail in a chain; by itself it can.
    #[test]
    fn a_chain_is_as_long_as_its_leaf_is_deep() {
        let key = SigningKey::from_seed(&[1; 32]);
        let grant =
            Grant::to(key.public_key().clone()).expires_in(core::time::Duration::from_secs(60));
        let now = Timestamp::from_unix(0);
        let root = Issuer::new("urn:x", &key).unwrap().issue(grant, now).unwrap();
        let anchor = crate::TrustAnchor::new("urn:x", key.public_key().clone()).unwrap();
        let verifier = Verifier::new(TrustAnchors::new().with(anchor));
        let verified = verifier.verify_chain(&root.as_unverified(), now).unwrap();
        let root = verified.tokens().to_vec();
        assert!(check_length(&root).is_ok());
        let twice = [root.clone(), root].concat();
        for tokens in [&twice[..], &[]] {
            let denied = check_length(tokens).unwrap_err();
            assert_eq!((denied.step().label(), denied.code()), ("5", "chain_length"));
        }
    }
}
