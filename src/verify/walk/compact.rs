//! The walk through a chain in the compact profile: all signatures in one equation, before any
//! claim is read.

use super::{begin, check_ids, finish, judge_root};
use crate::{
    attenuate,
    chain::{Others, VerifiedChain, VerifiedToken},
    codec::{
        ClaimFault, Profile,
        compact::{CompactChain, derived_signing_input, read_body, root_signing_input},
        wire::digest,
    },
    denied::{Denied, Fault, Place, Reason, RequiredKey},
    key::{KeyError, PublicKey, Signature, Signed, verify_batch},
    limits::Limits,
    model::Digest,
    step::Step,
    time::Timestamp,
    verify::Verifier,
};
use alloc::vec::Vec;

/// Below this many signatures a batch costs more than checking each by itself.
const BATCH: usize = 3;

/// A chain with everything that its signatures need, nothing of it checked.
pub(in crate::verify) struct Prepared<'c> {
    /// The first tokens, when they were verified before.
    known: Option<&'c VerifiedChain>,
    /// The others.
    tokens: Vec<Token<'c>>,
    hint: u8,
    /// There are more tokens than the depth limit can let pass.
    too_long: bool,
}

struct Token<'c> {
    input: Vec<u8>,
    digest: Digest,
    holder: Result<PublicKey, KeyError>,
    signature: Signature,
    body: &'c [u8],
    offset: usize,
}

/// A proof that may be checked together with the chain.
pub(in crate::verify) struct ProofInput<'p> {
    pub(in crate::verify) input: &'p [u8],
    pub(in crate::verify) signature: &'p Signature,
}

impl<'c> Prepared<'c> {
    /// Digests every token, once, and reads the keys at their fixed places.
    ///
    /// Of a chain that is longer than the depth limit allows, only as many tokens as are needed to
    /// find that out: the one beyond the limit fails step 4e or 4f, if no other failed before.
    pub(in crate::verify) fn new(
        chain: &'c CompactChain<'_>,
        known: Option<&'c VerifiedChain>,
        limits: &Limits,
    ) -> Self {
        let hint = chain.hint();
        let skipped = known.map_or(0, |known| known.tokens().len());
        let leaf = known.and_then(VerifiedChain::leaf).map(VerifiedToken::digest);
        let most = usize::try_from(limits.max_delegation_depth).unwrap_or(usize::MAX);
        let most = most.saturating_add(2);
        let mut tokens: Vec<Token<'c>> = Vec::with_capacity(chain.len().min(most));
        for token in chain.tokens().take(most).skip(skipped) {
            let input = match tokens.last().map(|parent| &parent.digest).or(leaf) {
                None => root_signing_input(hint, token.holder, token.body),
                Some(parent) => derived_signing_input(parent, token.holder, token.body),
            };
            tokens.push(Token {
                digest: digest(&input),
                input,
                holder: PublicKey::from_bytes(token.holder),
                signature: token.signature,
                body: token.body,
                offset: token.offset,
            });
        }
        let too_long = tokens.len().saturating_add(skipped) == most;
        Self { known, tokens, hint, too_long }
    }

    pub(in crate::verify) fn leaf_digest(&self) -> Option<&Digest> {
        let known = self.known.and_then(VerifiedChain::leaf).map(VerifiedToken::digest);
        self.tokens.last().map(|leaf| &leaf.digest).or(known)
    }

    /// The anchors' keys that the hint can mean.
    fn anchors<'v>(&self, verifier: &'v Verifier) -> impl Iterator<Item = &'v PublicKey> {
        let hint = self.hint;
        verifier.anchors.candidate_keys(None).filter(move |key| key.as_bytes().starts_with(&[hint]))
    }

    /// Whether all signatures hold, the proof's included, under the first anchor that the hint can
    /// mean. When they do not, or when there are too few, each is checked by itself.
    fn all_hold(&self, anchor: &PublicKey, proof: Option<&ProofInput<'_>>) -> bool {
        let leaf = self.known.and_then(VerifiedChain::leaf);
        let mut key = leaf.map_or(anchor, |leaf| leaf.claims().holder());
        let mut items = Vec::with_capacity(self.tokens.len().saturating_add(1));
        for token in &self.tokens {
            let (message, signature) = (&*token.input, &token.signature);
            items.push(Signed { key, message, signature });
            match &token.holder {
                Ok(holder) => key = holder,
                Err(_) => return false,
            }
        }
        if let Some(proof) = proof {
            items.push(Signed { key, message: proof.input, signature: proof.signature });
        }
        items.len() >= BATCH && verify_batch(&items)
    }

    /// Steps 2c to 5. Tells also whether the proof's signature was found to hold on the way.
    pub(in crate::verify) fn verify(
        self,
        verifier: &Verifier,
        proof: Option<&ProofInput<'_>>,
        now: Timestamp,
    ) -> Result<(VerifiedChain, bool), Denied> {
        let first = match self.known {
            Some(known) => Some(known.anchor()),
            None => self.anchors(verifier).next(),
        };
        let first = first.filter(|_| !self.too_long);
        let batched = first.filter(|anchor| self.all_hold(anchor, proof));
        let anchors: Vec<&PublicKey> = match batched {
            Some(anchor) => [anchor].into(),
            None => self.anchors(verifier).collect(),
        };
        let (held, too_long) = (batched.is_some(), self.too_long);
        let (mut anchor, mut verified) = begin(verifier, self.known, now)?;
        for token in self.tokens {
            let at = |fault: Fault| fault.at(Place::Token(verified.len()));
            let token = match verified.last() {
                None => {
                    let root = token.verify_root(verifier, &anchors, held, now);
                    let (key, root) = root.map_err(at)?;
                    anchor = Some(key);
                    root
                }
                Some(parent) => token.verify_child(verifier, parent, held, now).map_err(at)?,
            };
            verified.push(token);
        }
        check_ids(verified.iter().map(|token| token.claims().id().as_str()), verified.len())?;
        if too_long {
            // Never reached: the last of these tokens is deeper than the limit.
            let depth = verifier.limits.max_delegation_depth;
            let reason = Reason::ChainLength { tokens: verified.len(), depth };
            return Err(Denied::new(Step::ChainLength, Place::Presentation, reason));
        }
        let chain = finish(Profile::Compact, anchor, verified)?;
        Ok((chain, held && proof.is_some()))
    }
}

impl Token<'_> {
    /// Gives the anchor's key too.
    fn verify_root<'v>(
        self,
        verifier: &Verifier,
        anchors: &[&'v PublicKey],
        held: bool,
        now: Timestamp,
    ) -> Result<(&'v PublicKey, VerifiedToken), Fault> {
        let holds = |key: &&PublicKey| held || key.verify(&self.input, &self.signature);
        let key = anchors.iter().copied().find(holds).ok_or_else(|| {
            Fault::new(Step::RootSignature, Reason::Signature { key: RequiredKey::TrustAnchor })
        })?;
        let holder =
            self.holder.map_err(|error| Fault::new(Step::RootHolder, ClaimFault::from(error)))?;
        let body = read_body(self.body, self.offset, holder, None, verifier.terms())?;
        judge_root(verifier, key, &body.claims, now)?;
        let others = Others::Fields(body.fields);
        Ok((key, VerifiedToken::from_verified(body.claims, self.digest, others)))
    }

    /// Steps 4c, 4d and 4q hold by construction: the issuer, the depth and the link are not on the
    /// wire, but in what the signature covers.
    fn verify_child(
        self,
        verifier: &Verifier,
        parent: &VerifiedToken,
        held: bool,
        now: Timestamp,
    ) -> Result<VerifiedToken, Fault> {
        if !held && !parent.claims().holder().verify(&self.input, &self.signature) {
            let key = RequiredKey::ParentHolder;
            return Err(Fault::new(Step::Signature, Reason::Signature { key }));
        }
        let holder =
            self.holder.map_err(|error| Fault::new(Step::Holder, ClaimFault::from(error)))?;
        let above = Some((parent.claims(), parent.digest()));
        let body = read_body(self.body, self.offset, holder, above, verifier.terms())?;
        attenuate::judge(parent.claims(), &body.claims, &verifier.limits, now)
            .map_err(|widening| Fault::new(widening.step(), widening))?;
        let others = Others::Fields(body.fields);
        Ok(VerifiedToken::from_verified(body.claims, self.digest, others))
    }
}
