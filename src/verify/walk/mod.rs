//! The walk from root to leaf: steps 1 to 5 of AAT-02 section 8.

mod compact;
mod jws;

use super::{
    Verifier,
    cache::{Fingerprint, Fresh, Known},
    caution::Grouping,
};
use crate::{
    attenuate::{self, LifetimeFault, Widening},
    chain::{UnverifiedChain, VerifiedChain, VerifiedToken},
    codec::{Profile, compact::CompactChain, wire::Wire},
    denied::{Denied, Fault, Place, Reason, RequiredKey},
    json,
    key::{PublicKey, Signature, Signed, holding_prefix},
    model::{Claims, Digest},
    step::Step,
    time::Timestamp,
};
use alloc::{borrow::Cow, boxed::Box, collections::VecDeque, vec::Vec};

/// A chain on its way to being verified, token by token.
///
/// Whoever drives it asks for the signature that is [claimed](Self::claimed) next, sees whether it
/// holds, and says so with [`accept`](Self::accept) or [`refused`](Self::refused), until none is
/// left. So signatures may be checked alone or together with others, and the verdict and its step
/// stay the same.
pub(super) struct Walk<'c> {
    profile: Profile,
    verified: Vec<VerifiedToken>,
    /// The whole chain, when it was verified before.
    known: Option<VerifiedChain>,
    left: VecDeque<Link<'c>>,
    /// There are more tokens than the depth limit can let pass.
    too_long: bool,
    /// The key that the root was verified with.
    anchor: Option<PublicKey>,
    prints: Vec<Fingerprint>,
}

/// A token that is still to be verified.
enum Link<'c> {
    Jws(jws::Link<'c>),
    Compact(compact::Link<'c>),
}

/// A signature that is still to be checked.
pub(super) struct Claimed<'k> {
    pub(super) message: &'k [u8],
    pub(super) signature: Signature,
    under: Under<'k>,
}

/// The keys that may have made a signature.
enum Under<'k> {
    /// An anchor's, which the `kid` or the key's first byte may single out.
    Anchor { key_id: Option<Box<str>>, hint: Option<u8> },
    /// The parent's holder.
    Holder(&'k PublicKey),
}

/// A chain that passed steps 1 to 5.
pub(super) struct Walked {
    pub(super) chain: VerifiedChain,
    /// What a cache may remember once the call is permitted.
    pub(super) fresh: Option<Fresh>,
}

/// A compact proof that may be checked together with the chain's last tokens.
pub(super) struct ProofInput<'p> {
    pub(super) input: &'p [u8],
    pub(super) signature: &'p Signature,
}

pub(super) fn verify_chain(
    verifier: &Verifier,
    chain: &UnverifiedChain<'_>,
    now: Timestamp,
) -> Result<Walked, Denied> {
    Walk::start(verifier, chain, now)?.run(verifier, None, now).map(|(walked, _)| walked)
}

impl<'c> Walk<'c> {
    /// Steps 1 to 2c, and the times of those tokens that were verified before.
    pub(super) fn start(
        verifier: &Verifier,
        chain: &'c UnverifiedChain<'_>,
        now: Timestamp,
    ) -> Result<Self, Denied> {
        chain.check_sizes(&verifier.limits)?;
        let walk = match &chain.0 {
            Wire::Jws(tokens) => Self::start_jws(verifier, tokens)?,
            Wire::Compact(chain) => Self::start_compact(verifier, chain),
        };
        let known = walk.known.as_ref().map_or(&*walk.verified, VerifiedChain::tokens);
        check_known(verifier, known, now)?;
        Ok(walk)
    }

    fn start_jws(verifier: &Verifier, tokens: &'c [Cow<'_, str>]) -> Result<Self, Denied> {
        // Tokens beyond the depth limit are verified nowhere, so they are not looked up either.
        let looked_up = verifier.cache.is_some() && tokens.len() <= compact::most(&verifier.limits);
        let names: Option<Vec<jws::Name<'_>>> =
            tokens.iter().take_while(|_| looked_up).map(|token| jws::name_of(token)).collect();
        let names = names.unwrap_or_default();
        let prints = verifier.fingerprints(names.iter(), |print, (digest, signature)| {
            print.with(digest, signature.as_bytes())
        });
        let mut walk = Self::with_known(verifier, Profile::Jws, prints, tokens.len());
        if walk.known.is_none() {
            let (links, new) = jws::split(tokens, &names, walk.verified.len())?;
            let known = walk.verified.iter().map(|token| token.claims().id().as_str());
            check_ids(known.chain(new.iter().map(|id| &**id)), tokens.len())?;
            walk.left = links.into_iter().map(Link::Jws).collect();
        }
        Ok(walk)
    }

    fn start_compact(verifier: &Verifier, chain: &'c CompactChain<'_>) -> Self {
        let names = compact::names(chain, &verifier.limits);
        let prints = verifier.fingerprints(names.iter(), |print, (digest, signature)| {
            print.with_compact(digest, signature)
        });
        let mut walk = Self::with_known(verifier, Profile::Compact, prints, chain.len());
        walk.too_long = names.len() == compact::most(&verifier.limits);
        if walk.known.is_none() {
            let links = compact::links(chain, &names, walk.verified.len());
            walk.left = links.into_iter().map(Link::Compact).collect();
        }
        walk
    }

    /// A walk that begins after what was verified before of a chain of `len` tokens.
    fn with_known(
        verifier: &Verifier,
        profile: Profile,
        prints: Vec<Fingerprint>,
        len: usize,
    ) -> Self {
        let cache = verifier.cache.as_ref();
        let found = cache.and_then(|cache| cache.find(&prints, &verifier.anchors));
        let (mut verified, mut known, mut anchor) = (Vec::new(), None, None);
        if let Some(Known { chain, anchor: key }) = found {
            if chain.tokens().len() == len {
                known = Some(chain);
            } else {
                verified = chain.tokens().to_vec();
            }
            anchor = Some(key);
        }
        let left = VecDeque::new();
        Self { profile, verified, known, left, too_long: false, anchor, prints }
    }

    /// The leaf's digest, where the proof's signature may come into one equation with the chain's:
    /// in the compact profile, where all keys stand at fixed places.
    pub(super) fn batches_with_proof(&self, verifier: &Verifier) -> Option<&Digest> {
        match self.left.back() {
            Some(Link::Compact(leaf))
                if !self.too_long && verifier.caution.grouping() == Grouping::Together =>
            {
                Some(leaf.digest())
            }
            _ => None,
        }
    }

    /// The next signature to check: steps 3a and 4a. None when all tokens are verified.
    pub(super) fn claimed(&self) -> Result<Option<Claimed<'_>>, Denied> {
        let parent = self.verified.last().map(VerifiedToken::claims);
        match self.left.front() {
            None => Ok(None),
            Some(Link::Jws(link)) => link.claimed(parent).map(Some).map_err(|f| self.denied(f)),
            Some(Link::Compact(link)) => Ok(Some(link.claimed(parent))),
        }
    }

    /// The denial of the token whose signature is claimed next, and does not hold.
    pub(super) fn refused(&self) -> Denied {
        let (step, key) = if self.verified.is_empty() {
            (Step::RootSignature, RequiredKey::TrustAnchor)
        } else {
            (Step::Signature, RequiredKey::ParentHolder)
        };
        self.denied(Fault::new(step, Reason::Signature { key }))
    }

    /// Reads the next token, whose signature holds under `key`, and judges it: the rest of steps 3
    /// and 4.
    pub(super) fn accept(
        &mut self,
        verifier: &Verifier,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let Some(link) = self.left.pop_front() else {
            return Ok(());
        };
        let parent = self.verified.last().map(|parent| (parent.claims(), parent.digest()));
        let read = match link {
            Link::Jws(link) => link.read(parent, &verifier.limits, now),
            Link::Compact(link) => link.read(parent, &verifier.limits, now),
        };
        let is_root = parent.is_none();
        let (claims, digest, others) = read.map_err(|fault| self.denied(fault))?;
        if is_root {
            judge_root(verifier, key, &claims, now).map_err(|fault| self.denied(fault))?;
            self.anchor = Some(key.clone());
        }
        self.verified.push(VerifiedToken::new(claims, digest, others));
        Ok(())
    }

    fn denied(&self, fault: Fault) -> Denied {
        fault.at(Place::Token(self.verified.len()))
    }

    /// Step 5, when no token is left.
    pub(super) fn finish(self, verifier: &Verifier) -> Result<Walked, Denied> {
        if let Some(chain) = self.known {
            return Ok(Walked { chain, fresh: None });
        }
        if self.profile == Profile::Compact {
            let ids = self.verified.iter().map(|token| token.claims().id().as_str());
            check_ids(ids, self.verified.len())?;
        }
        check_length(&self.verified)?;
        if self.too_long {
            // Never reached: the last of these tokens is deeper than the limit.
            let depth = verifier.limits.max_delegation_depth;
            let reason = Reason::ChainLength { tokens: self.verified.len(), depth };
            return Err(Denied::new(Step::ChainLength, Place::Presentation, reason));
        }
        let chain = VerifiedChain::from_verified(self.profile, self.verified);
        let prints = self.prints;
        let fresh = verifier
            .cache
            .clone()
            .filter(|_| !prints.is_empty())
            .zip(self.anchor)
            .map(|(cache, anchor)| Fresh { cache, prints, anchor });
        Ok(Walked { chain, fresh })
    }

    /// Verifies all that is left. Tells also whether `proof`'s signature holds, when that was found
    /// out on the way.
    pub(super) fn run(
        mut self,
        verifier: &Verifier,
        proof: Option<&ProofInput<'_>>,
        now: Timestamp,
    ) -> Result<(Walked, Option<bool>), Denied> {
        // How many of the signatures to come are known to hold, and whether the one after them is
        // known not to.
        let (mut held, mut then_fails) = (0_usize, false);
        while let Some(claimed) = self.claimed()? {
            if held == 0 && !then_fails {
                let ahead = self.look_ahead(verifier, &claimed, proof);
                held = holding_prefix(&ahead);
                then_fails = held < ahead.len();
                if then_fails && ahead.len() > 1 {
                    let at_proof = held == self.left.len();
                    let caution = &verifier.caution;
                    if at_proof { caution.proof_failed() } else { caution.token_failed() }
                }
            }
            // What holds in a batch holds under the first key; a root may have others.
            let key = if held > 0 {
                claimed.keys(verifier).next().cloned()
            } else {
                then_fails = false;
                claimed.keys(verifier).skip(1).find(|key| claimed.holds(key)).cloned()
            };
            let key = key.ok_or_else(|| self.refused())?;
            held = held.saturating_sub(1);
            self.accept(verifier, &key, now)?;
        }
        let proven = (held > 0 || then_fails).then_some(held > 0);
        Ok((self.finish(verifier)?, proven))
    }

    /// The signatures to check in one equation, the next one first, as if it were made with the
    /// first key that it may have been made with. In the JWS profile there is only that one, since
    /// the next key is in the token; in the compact one as many as caution allows.
    fn look_ahead<'w>(
        &'w self,
        verifier: &'w Verifier,
        next: &'w Claimed<'w>,
        proof: Option<&'w ProofInput<'w>>,
    ) -> Vec<Signed<'w>> {
        let grouping = verifier.caution.grouping();
        let most = if grouping == Grouping::Singly { 1 } else { self.left.len() };
        let mut ahead = Vec::with_capacity(most.saturating_add(1));
        let mut key = next.keys(verifier).next();
        for link in self.left.iter().take(most) {
            let Some(known) = key.take() else { break };
            match link {
                Link::Jws(_) => {
                    let Claimed { message, signature, .. } = next;
                    ahead.push(Signed { key: known, message, signature });
                    break;
                }
                Link::Compact(link) => {
                    let (message, signature) = (link.input(), link.signature());
                    ahead.push(Signed { key: known, message, signature });
                    key = link.holder();
                }
            }
        }
        if let (Some(key), Some(ProofInput { input, signature })) = (key, proof)
            && grouping == Grouping::Together
        {
            ahead.push(Signed { key, message: input, signature });
        }
        ahead
    }
}

impl<'k> Claimed<'k> {
    pub(super) fn of_holder(
        message: &'k [u8],
        signature: Signature,
        holder: &'k PublicKey,
    ) -> Self {
        Self { message, signature, under: Under::Holder(holder) }
    }

    /// The keys that may have made the signature, the likeliest first.
    pub(super) fn keys<'a>(
        &'a self,
        verifier: &'a Verifier,
    ) -> impl Iterator<Item = &'a PublicKey> + use<'a, 'k> {
        let (holder, key_id, hint) = match &self.under {
            Under::Holder(holder) => (Some(*holder), None, None),
            Under::Anchor { key_id, hint } => (None, key_id.as_deref(), *hint),
        };
        let anchors = verifier.anchors.candidate_keys(key_id);
        let meant = move |key: &&PublicKey| {
            let [first, ..] = key.as_bytes();
            holder.is_none() && hint.is_none_or(|hint| hint == *first)
        };
        holder.into_iter().chain(anchors.filter(meant))
    }

    pub(super) fn holds(&self, key: &PublicKey) -> bool {
        key.verify(self.message, &self.signature)
    }
}

/// What time can change of tokens that were verified before: steps 3e, 3f, 4i and 4k.
fn check_known(
    verifier: &Verifier,
    tokens: &[VerifiedToken],
    now: Timestamp,
) -> Result<(), Denied> {
    for (index, token) in tokens.iter().enumerate() {
        let claims = token.claims();
        let fault = |step: Step, fault: LifetimeFault| {
            let fault = if index == 0 {
                Fault::new(step, fault)
            } else {
                let widening = Widening::from(fault);
                Fault::new(widening.step(), widening)
            };
            fault.at(Place::Token(index))
        };
        attenuate::check_not_expired(claims, now).map_err(|f| fault(Step::RootExpiry, f))?;
        attenuate::check_issued(claims, &verifier.limits, now)
            .map_err(|f| fault(Step::RootIssuedAt, f))?;
    }
    Ok(())
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
    let depth = verified.last().map_or(0, |leaf| leaf.claims().depth);
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
