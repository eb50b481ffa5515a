//! Chains as received and as verified.

use crate::{
    codec::{
        PresentationFault, Profile,
        compact::Field,
        json::is_defined,
        wire::{ProofWire, Wire, denied},
    },
    denied::{Denied, Place, Reason},
    json,
    key::PublicKey,
    limits::Limits,
    model::{Claims, Digest},
    step::Step,
    terms::Terms,
};
use alloc::{borrow::Cow, string::String, sync::Arc, vec::Vec};

/// A chain as received: tokens from root to leaf, nothing of them checked.
///
/// Borrows the bytes that it was split from.
#[derive(Clone, Debug)]
pub struct UnverifiedChain<'a>(pub(crate) Wire<'a>);

impl<'a> UnverifiedChain<'a> {
    /// The chain of the given tokens, root first, each in JWS compact serialization.
    pub fn from_tokens<T: Into<Cow<'a, str>>>(tokens: impl IntoIterator<Item = T>) -> Self {
        Self(Wire::Jws(tokens.into_iter().map(Into::into).collect()))
    }

    /// Reads a chain in either profile; the first byte tells which. In the JWS profile it is a
    /// JSON array of tokens or a presentation object, in the compact profile raw bytes or their
    /// text form. A proof is ignored.
    ///
    /// # Errors
    ///
    /// When `bytes` are none of these, or more than the limits allow.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, Denied> {
        Wire::read(bytes, limits).map(|(chain, _)| Self(chain))
    }

    /// The profile that the chain is in.
    pub fn profile(&self) -> Profile {
        self.0.profile()
    }

    /// The tokens in JWS compact serialization, root first; none in the compact profile, whose
    /// tokens do not stand by themselves.
    pub fn jws_tokens(&self) -> Vec<&str> {
        match &self.0 {
            Wire::Jws(tokens) => tokens.iter().map(|token| &**token).collect(),
            Wire::Compact(_) => Vec::new(),
        }
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the tokens **say**, root first. No signature, link, lifetime or narrowing is checked:
    /// anybody can have written this. For display, and for a holder's own chain.
    ///
    /// # Errors
    ///
    /// When a token cannot be read at all; the denial names it.
    pub fn claims_unverified<'t>(
        &self,
        terms: impl Into<Terms<'t>>,
    ) -> Result<Vec<Claims>, Denied> {
        let terms = terms.into();
        self.check_sizes(terms.limits)?;
        let read = self.0.read_unverified(terms)?;
        Ok(read.into_iter().map(|(claims, _)| claims).collect())
    }

    /// Steps 1, 2a and 2b.
    pub(crate) fn check_sizes(&self, limits: &Limits) -> Result<(), Denied> {
        let denied = |step, reason| Denied::new(step, Place::Presentation, reason);
        if self.is_empty() {
            return Err(denied(Step::ChainEmpty, Reason::ChainEmpty));
        }
        let mut total = 0_usize;
        for (index, size) in self.0.sizes().enumerate() {
            let limit = limits.max_token_size;
            if size > limit {
                let reason = Reason::TokenTooLarge { size, limit };
                return Err(Denied::new(Step::TokenSize, Place::Token(index), reason));
            }
            total = total.saturating_add(size);
        }
        let limit = limits.max_chain_size;
        if total > limit {
            return Err(denied(Step::ChainSize, Reason::ChainTooLarge { size: total, limit }));
        }
        Ok(())
    }
}

/// What a holder sends for one call (AAT-02 7.4): a chain and a proof, nothing of them checked.
#[derive(Clone, Debug)]
pub struct Presentation<'a> {
    pub(crate) chain: UnverifiedChain<'a>,
    pub(crate) proof: UnverifiedProof<'a>,
}

impl<'a> Presentation<'a> {
    /// A presentation of `proof` for `chain`.
    pub fn new(chain: UnverifiedChain<'a>, proof: UnverifiedProof<'a>) -> Self {
        Self { chain, proof }
    }

    /// Reads a presentation in either profile; the first byte tells which. In the JWS profile it is
    /// the JSON object of AAT-02 7.4, whose unknown members are ignored, in the compact profile raw
    /// bytes or their text form.
    ///
    /// # Errors
    ///
    /// When there is no chain or no proof in `bytes`, or they are more than the limits allow.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, Denied> {
        let (chain, proof) = Wire::read(bytes, limits)?;
        let proof = proof.ok_or(PresentationFault::ProofMissing).map_err(denied)?;
        Ok(Self { chain: UnverifiedChain(chain), proof: UnverifiedProof(proof) })
    }

    /// The chain.
    pub fn chain(&self) -> &UnverifiedChain<'a> {
        &self.chain
    }

    /// The proof.
    pub fn proof(&self) -> &UnverifiedProof<'a> {
        &self.proof
    }
}

/// A proof of possession as received, nothing of it checked.
#[derive(Clone, Debug)]
pub struct UnverifiedProof<'a>(pub(crate) ProofWire<'a>);

impl<'a> UnverifiedProof<'a> {
    /// A proof in JWS compact serialization.
    pub fn from_jws(jws: impl Into<Cow<'a, str>>) -> Self {
        Self(ProofWire::Jws(jws.into()))
    }
}

/// A chain whose every signature, link, lifetime and narrowing held at one time under one
/// verifier: steps 1 to 5 of AAT-02 section 8. Only [`Verifier`](crate::Verifier) makes one.
///
/// It authorizes nothing by itself: the call, the audience and the proof are still to be checked, by
/// the verifier that made it: another may trust other anchors. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct VerifiedChain {
    profile: Profile,
    anchor: PublicKey,
    tokens: Arc<[VerifiedToken]>,
}

impl VerifiedChain {
    /// INVARIANT: `tokens` is not empty, each has passed steps 1 to 5, and the root's signature
    /// held under `anchor`.
    pub(crate) fn from_verified(
        profile: Profile,
        anchor: PublicKey,
        tokens: Vec<VerifiedToken>,
    ) -> Self {
        Self { profile, anchor, tokens: tokens.into() }
    }

    /// The chain of the first `len` tokens, at least one.
    #[cfg(feature = "std")]
    pub(crate) fn prefix(&self, len: usize) -> Self {
        let tokens = self.tokens.iter().take(len.max(1)).cloned().collect();
        Self { profile: self.profile, anchor: self.anchor.clone(), tokens }
    }

    /// The anchor's key that signed the root.
    pub(crate) fn anchor(&self) -> &PublicKey {
        &self.anchor
    }

    /// The profile that the chain came in.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The tokens, root first.
    pub fn tokens(&self) -> &[VerifiedToken] {
        &self.tokens
    }

    /// The root token.
    pub fn root(&self) -> Option<&VerifiedToken> {
        self.tokens.first()
    }

    /// The last token: the one whose holder may act, and whose tools count. A verified chain always
    /// has one.
    pub fn leaf(&self) -> Option<&VerifiedToken> {
        self.tokens.last()
    }
}

/// One token of a [`VerifiedChain`]. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct VerifiedToken(Arc<Content>);

#[derive(Debug)]
struct Content {
    claims: Claims,
    digest: Digest,
    others: Others,
}

/// Where the claims are kept that AAT-02 does not define.
#[derive(Clone, Debug)]
pub(crate) enum Others {
    /// In the JSON payload, with the defined ones.
    Payload(Vec<u8>),
    /// By themselves.
    Fields(Vec<Field>),
}

impl VerifiedToken {
    /// Bytes of what all clones share, but for what it points to.
    #[cfg(feature = "std")]
    pub(crate) const CONTENT_SIZE: usize = size_of::<Content>();

    /// INVARIANT: the token has passed its part of steps 1 to 5.
    pub(crate) fn from_verified(claims: Claims, digest: Digest, others: Others) -> Self {
        Self(Arc::new(Content { claims, digest, others }))
    }

    /// The claims that AAT-02 defines.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// The key that the token hands on to.
    pub(crate) fn holder(&self) -> &PublicKey {
        self.claims().holder()
    }

    #[cfg(feature = "std")]
    pub(crate) fn others(&self) -> &Others {
        &self.0.others
    }

    /// SHA-256 of the token's signing input.
    pub fn digest(&self) -> &Digest {
        &self.0.digest
    }

    /// The claims that AAT-02 does not define, by name, each as the JSON text in the token.
    ///
    /// They are signed by the token's issuer and carry no authority: any holder can add or change
    /// them in what it derives (AAT-02 3.3).
    pub fn other_claims(&self) -> Vec<(String, &str)> {
        match &self.0.others {
            // The payload was parsed when it was verified, so it parses again.
            Others::Payload(payload) => json::top_level_members(payload, json::MAX_DEPTH)
                .unwrap_or_default()
                .into_iter()
                .filter(|(name, _)| !is_defined(name))
                .map(|(name, text)| (name.into_owned(), text))
                .collect(),
            Others::Fields(fields) => {
                fields.iter().map(|field| (String::from(&*field.name), &*field.value)).collect()
            }
        }
    }
}
