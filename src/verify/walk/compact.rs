//! The walk through a chain in the compact profile: all signatures in one equation, before any
//! claim is read.

use super::{
    begin, check_ids, finish, judge_root,
    signatures::{Found, ProofInput, most, only_or_signer},
};
use crate::{
    attenuate,
    chain::{Others, VerifiedChain, VerifiedToken},
    codec::{
        ClaimFault, Profile,
        compact::{CompactChain, derived_signing_input, read_body, root_signing_input},
        wire::digest,
    },
    denied::{Denied, Fault, Place, Reason, RequiredKey},
    key::{KeyError, PublicKey, Signature, Signed},
    limits::Limits,
    model::Digest,
    step::Step,
    time::Timestamp,
    verify::Verifier,
};
use alloc::vec::Vec;

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

impl<'c> Prepared<'c> {
    /// Digests every token that is worth a look, once, and reads the keys at their fixed places.
    pub(super) fn new(
        chain: &'c CompactChain<'_>,
        known: Option<&'c VerifiedChain>,
        limits: &Limits,
    ) -> Self {
        let hint = chain.hint();
        let skipped = known.map_or(0, |known| known.tokens().len());
        let leaf = known.and_then(VerifiedChain::leaf).map(VerifiedToken::digest);
        let most = most(limits);
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

    pub(super) fn leaf_digest(&self) -> Option<&Digest> {
        let known = self.known.and_then(VerifiedChain::leaf).map(VerifiedToken::digest);
        self.tokens.last().map(|leaf| &leaf.digest).or(known)
    }

    /// The anchor's key that the root is checked under. When the hint can mean several, that under
    /// which it holds, if any.
    pub(super) fn anchor<'v>(&self, verifier: &'v Verifier) -> Result<&'v PublicKey, Found>
    where
        'c: 'v,
    {
        if let Some(known) = self.known {
            return Ok(known.anchor());
        }
        let root = self.tokens.first().ok_or(Found::NOTHING)?;
        let keys = verifier.anchors.candidate_keys(None);
        let meant = keys.filter(|key| key.as_bytes().starts_with(&[self.hint]));
        only_or_signer(meant, &root.input, &root.signature).ok_or(Found::BAD_ROOT)
    }

    /// Every signature with its key, as far as the keys can be read, the proof's last.
    pub(super) fn items<'p>(
        &'p self,
        anchor: &'p PublicKey,
        proof: Option<ProofInput<'p>>,
    ) -> Vec<Signed<'p>> {
        let leaf = self.known.and_then(VerifiedChain::leaf);
        let mut key = leaf.map_or(anchor, |leaf| leaf.claims().holder());
        let mut items = Vec::with_capacity(self.tokens.len().saturating_add(1));
        for token in &self.tokens {
            let (message, signature) = (&*token.input, &token.signature);
            items.push(Signed { key, message, signature });
            match &token.holder {
                Ok(holder) => key = holder,
                Err(_) => return items,
            }
        }
        if let Some(proof) = proof.filter(|_| !self.too_long) {
            items.push(Signed { key, message: proof.input, signature: proof.signature });
        }
        items
    }

    /// Steps 2c to 5, with what was found of the [items](Self::items). Tells also whether the
    /// proof's signature holds, if that was found out.
    pub(super) fn verify(
        self,
        verifier: &Verifier,
        anchor: Option<&PublicKey>,
        found: Found,
        now: Timestamp,
    ) -> Result<(VerifiedChain, Option<bool>), Denied> {
        let proven = found.at(self.tokens.len());
        let too_long = self.too_long;
        let mut verified = begin(verifier, self.known, now)?;
        for (place, token) in self.tokens.into_iter().enumerate() {
            let at = |fault: Fault| fault.at(Place::Token(verified.len()));
            // Nothing comes after the first bad one, nor after one without a key to hand on to.
            let holds = found.at(place) == Some(true);
            let token = match verified.last() {
                None => token.verify_root(verifier, anchor.filter(|_| holds), now),
                Some(parent) => token.verify_child(verifier, parent, holds, now),
            };
            verified.push(token.map_err(at)?);
        }
        check_ids(verified.iter().map(|token| token.claims().id().as_str()), verified.len())?;
        if too_long {
            // Never reached: the last of these tokens is deeper than the limit.
            let depth = verifier.limits.max_delegation_depth;
            let reason = Reason::ChainLength { tokens: verified.len(), depth };
            return Err(Denied::new(Step::ChainLength, Place::Presentation, reason));
        }
        Ok((finish(Profile::Compact, anchor, verified)?, proven))
    }
}

impl Token<'_> {
    /// `anchor` is the key under which the signature holds.
    fn verify_root(
        self,
        verifier: &Verifier,
        anchor: Option<&PublicKey>,
        now: Timestamp,
    ) -> Result<VerifiedToken, Fault> {
        let key = anchor.ok_or_else(|| {
            Fault::new(Step::RootSignature, Reason::Signature { key: RequiredKey::TrustAnchor })
        })?;
        let holder =
            self.holder.map_err(|error| Fault::new(Step::RootHolder, ClaimFault::from(error)))?;
        let body = read_body(self.body, self.offset, holder, None, verifier.terms())?;
        judge_root(verifier, key, &body.claims, now)?;
        let others = Others::Fields(body.fields);
        Ok(VerifiedToken::from_verified(body.claims, self.digest, others))
    }

    /// Steps 4c, 4d and 4q hold by construction: the issuer, the depth and the link are not on the
    /// wire, but in what the signature covers.
    fn verify_child(
        self,
        verifier: &Verifier,
        parent: &VerifiedToken,
        holds: bool,
        now: Timestamp,
    ) -> Result<VerifiedToken, Fault> {
        if !holds {
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
