//! Chains as received and as verified.

use crate::{
    codec::{
        PresentationFault,
        json::{Position, is_defined, read_claims},
        jws::{Envelope, RawPresentation, read_chain, read_presentation},
    },
    denied::{Denied, Fault, Place, Reason},
    json,
    limits::Limits,
    model::{Claims, Digest},
    step::Step,
};
use alloc::{borrow::Cow, string::String, sync::Arc, vec::Vec};
use sha2::{Digest as _, Sha256};

/// A chain as received: tokens from root to leaf, nothing of them checked.
///
/// Borrows the text that it was split from.
#[derive(Clone, Debug)]
pub struct UnverifiedChain<'a> {
    pub(crate) tokens: Vec<Cow<'a, str>>,
}

impl<'a> UnverifiedChain<'a> {
    /// The chain of the given tokens, root first, each in JWS compact serialization.
    pub fn from_tokens<T: Into<Cow<'a, str>>>(tokens: impl IntoIterator<Item = T>) -> Self {
        Self {
            tokens: tokens.into_iter().map(Into::into).collect(),
        }
    }

    /// Reads a JSON array of tokens, or a presentation object whose proof is ignored.
    ///
    /// # Errors
    ///
    /// When `text` is neither, or larger than the limits allow.
    pub fn from_json(text: &'a [u8], limits: &Limits) -> Result<Self, Denied> {
        let is_array = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        let tokens = if is_array {
            bounded_text(text, limits).and_then(read_chain)
        } else {
            read_presentation(text, limits).map(|read| read.chain)
        };
        Ok(Self {
            tokens: tokens.map_err(denied)?,
        })
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The tokens as received, root first.
    pub fn tokens(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tokens.iter().map(|token| &**token)
    }

    /// What the tokens **say**, root first. No signature, link, lifetime or narrowing is checked:
    /// anybody can have written this. For display, and for a holder's own chain.
    ///
    /// # Errors
    ///
    /// When a token cannot be read at all; the denial names it.
    pub fn claims_unverified(&self, limits: &Limits) -> Result<Vec<Claims>, Denied> {
        let read = |(index, token): (usize, &str)| {
            let position = if index == 0 {
                Position::Root
            } else {
                Position::Derived
            };
            let at = |fault: Fault| fault.at(Place::Token(index));
            let malformed = |fault| at(Fault::new(Step::TokenIds, Reason::Envelope(fault)));
            let payload = Envelope::split(token)
                .and_then(|e| e.payload())
                .map_err(malformed)?;
            read_claims(&payload, position, limits).map_err(at)
        };
        self.check_sizes(limits)?;
        self.tokens().enumerate().map(read).collect()
    }

    /// Steps 1, 2a and 2b.
    pub(crate) fn check_sizes(&self, limits: &Limits) -> Result<(), Denied> {
        let denied = |step, reason| Denied::new(step, Place::Presentation, reason);
        if self.tokens.is_empty() {
            return Err(denied(Step::ChainEmpty, Reason::ChainEmpty));
        }
        let mut total = 0_usize;
        for (index, token) in self.tokens.iter().enumerate() {
            let (size, limit) = (token.len(), limits.max_token_size);
            if size > limit {
                let reason = Reason::TokenTooLarge { size, limit };
                return Err(Denied::new(Step::TokenSize, Place::Token(index), reason));
            }
            total = total.saturating_add(size);
        }
        let limit = limits.max_chain_size;
        if total > limit {
            return Err(denied(
                Step::ChainSize,
                Reason::ChainTooLarge { size: total, limit },
            ));
        }
        Ok(())
    }
}

fn bounded_text<'a>(text: &'a [u8], limits: &Limits) -> Result<&'a str, PresentationFault> {
    let limit = limits.max_presentation_size;
    if text.len() > limit {
        return Err(PresentationFault::TooLarge {
            size: text.len(),
            limit,
        });
    }
    Ok(json::utf8(text)?)
}

/// A presentation that has no chain to speak of fails where an empty chain does; one whose tokens
/// are no strings, where a token that yields no id does.
fn denied(fault: PresentationFault) -> Denied {
    let (step, place) = match fault {
        PresentationFault::TooLarge { .. } => (Step::ChainSize, Place::Presentation),
        PresentationFault::TokenNotAString { index } => (Step::TokenIds, Place::Token(index)),
        PresentationFault::ProofMissing => (Step::ProofHeader, Place::Proof),
        _ => (Step::ChainEmpty, Place::Presentation),
    };
    Denied::new(step, place, fault)
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

    /// Reads the JSON object of AAT-02 7.4: `aat_chain` and `aat_pop`; other members are ignored.
    ///
    /// # Errors
    ///
    /// When there is no chain or no proof in `text`, or it is larger than the limits allow.
    pub fn from_json(text: &'a [u8], limits: &Limits) -> Result<Self, Denied> {
        let RawPresentation { chain, proof } = read_presentation(text, limits).map_err(denied)?;
        let proof = proof
            .ok_or(PresentationFault::ProofMissing)
            .map_err(denied)?;
        Ok(Self {
            chain: UnverifiedChain { tokens: chain },
            proof: UnverifiedProof { jws: proof },
        })
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
pub struct UnverifiedProof<'a> {
    pub(crate) jws: Cow<'a, str>,
}

impl<'a> UnverifiedProof<'a> {
    /// A proof in JWS compact serialization.
    pub fn from_jws(jws: impl Into<Cow<'a, str>>) -> Self {
        Self { jws: jws.into() }
    }
}

/// A chain whose every signature, link, lifetime and narrowing held at one time under one
/// verifier: steps 1 to 5 of AAT-02 section 8. Only [`Verifier`](crate::Verifier) makes one.
///
/// It authorizes nothing by itself: the call, the audience and the proof are still to be checked.
/// Cloning is cheap.
#[derive(Clone, Debug)]
pub struct VerifiedChain(Arc<[VerifiedToken]>);

impl VerifiedChain {
    /// INVARIANT: `tokens` is not empty, and each has passed steps 1 to 5.
    pub(crate) fn from_verified(tokens: Vec<VerifiedToken>) -> Self {
        Self(tokens.into())
    }

    /// The tokens, root first.
    pub fn tokens(&self) -> &[VerifiedToken] {
        &self.0
    }

    /// The root token.
    pub fn root(&self) -> Option<&VerifiedToken> {
        self.0.first()
    }

    /// The last token: the one whose holder may act, and whose tools count. A verified chain always
    /// has one.
    pub fn leaf(&self) -> Option<&VerifiedToken> {
        self.0.last()
    }
}

/// One token of a [`VerifiedChain`].
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    pub(crate) claims: Claims,
    pub(crate) digest: Digest,
    pub(crate) payload: Vec<u8>,
}

impl VerifiedToken {
    /// The claims that AAT-02 defines.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// SHA-256 of the token's signing input.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The claims that AAT-02 does not define, by name, each as the JSON text in the token.
    ///
    /// They are signed by the token's issuer and carry no authority: any holder can add or change
    /// them in what it derives (AAT-02 3.3).
    pub fn other_claims(&self) -> Vec<(String, &str)> {
        // The payload was parsed when it was verified, so it parses again.
        json::top_level_members(&self.payload, json::MAX_DEPTH)
            .unwrap_or_default()
            .into_iter()
            .filter(|(name, _)| !is_defined(name))
            .map(|(name, text)| (name.into_owned(), text))
            .collect()
    }
}

/// The digest of a token's signing input (AAT-02 4.6).
pub(crate) fn digest(signing_input: &str) -> Digest {
    Digest(Sha256::digest(signing_input.as_bytes()).into())
}
