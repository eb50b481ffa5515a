//! A chain in either profile: what the rest of the library needs of its bytes.

use super::{
    CompactRule,
    compact::{
        CompactChain, CompactProof, FIRST_BYTE, FIRST_CHAR, Field, ProofBody, ProofContext,
        derived_signing_input, proof_signing_input, read_frame, root_signing_input, write_body,
        write_proof_body,
    },
    json::{Position, ProofContent, read_claims, write_claims},
    jws::{
        Envelope, Kind, PresentationFault, RawPresentation, read_chain, read_presentation, seal,
        write_presentation,
    },
};
use crate::{
    base64url,
    denied::{Denied, Fault, Place},
    json::{self, Value},
    key::{SignError, Signer},
    limits::Limits,
    model::{Claims, Digest, Invocation},
    step::Step,
    terms::Terms,
};
use alloc::{borrow::Cow, boxed::Box, string::String, vec, vec::Vec};
use sha2::{Digest as _, Sha256};

/// The encoding of a chain and its proofs. One chain is in one profile throughout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// JWS compact serialization, `aat+jwt`: the draft's own.
    #[default]
    Jws,
    /// The binary profile of `spec/compact-profile.md`.
    Compact,
}

/// The bytes of a chain, split.
#[derive(Clone, Debug)]
pub(crate) enum Wire<'a> {
    Jws(Vec<Cow<'a, str>>),
    Compact(CompactChain<'a>),
}

/// The bytes of a proof, split.
#[derive(Clone, Debug)]
pub(crate) enum ProofWire<'a> {
    Jws(Cow<'a, str>),
    Compact(CompactProof),
}

/// Why a token cannot be put on the wire.
#[derive(Debug)]
pub(crate) enum SealError {
    Sign(SignError),
    /// The profile has no way to say it.
    Inexpressible,
}

impl From<SignError> for SealError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

/// SHA-256 of a signing input (AAT-02 4.6).
pub(crate) fn digest(signing_input: &[u8]) -> Digest {
    Digest(Sha256::digest(signing_input).into())
}

impl<'a> Wire<'a> {
    /// Reads a chain, with or without a proof. The first byte tells the profile.
    pub(crate) fn read(
        bytes: &'a [u8],
        limits: &Limits,
    ) -> Result<(Self, Option<ProofWire<'a>>), Denied> {
        let limit = limits.max_presentation_size;
        if bytes.len() > limit {
            return Err(denied(PresentationFault::TooLarge { size: bytes.len(), limit }));
        }
        match bytes.first() {
            Some(&FIRST_BYTE | &FIRST_CHAR) => {
                let (chain, proof) = read_frame(bytes).map_err(|fault| {
                    let empty = matches!(fault.rule(), CompactRule::NoToken);
                    let step = if empty { Step::ChainEmpty } else { Step::TokenIds };
                    Denied::new(step, Place::Presentation, fault)
                })?;
                Ok((Self::Compact(chain), proof.map(ProofWire::Compact)))
            }
            _ => {
                let RawPresentation { chain, proof } = read_json(bytes).map_err(denied)?;
                Ok((Self::Jws(chain), proof.map(ProofWire::Jws)))
            }
        }
    }

    pub(crate) fn profile(&self) -> Profile {
        match self {
            Self::Jws(_) => Profile::Jws,
            Self::Compact(_) => Profile::Compact,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Jws(tokens) => tokens.len(),
            Self::Compact(chain) => chain.len(),
        }
    }

    /// The encoded bytes of each token, root first.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        let (jws, compact) = match self {
            Self::Jws(tokens) => (Some(tokens), None),
            Self::Compact(chain) => (None, Some(chain)),
        };
        let jws = jws.into_iter().flatten().map(|token| token.len());
        jws.chain(compact.into_iter().flat_map(CompactChain::tokens).map(|token| token.size()))
    }

    pub(crate) fn into_owned(self) -> Wire<'static> {
        match self {
            Self::Jws(tokens) => {
                Wire::Jws(tokens.into_iter().map(|token| token.into_owned().into()).collect())
            }
            Self::Compact(chain) => Wire::Compact(chain.into_owned()),
        }
    }

    /// What each token says and the digest of each, without checking a signature.
    pub(crate) fn read_unverified(
        &self,
        terms: Terms<'_>,
    ) -> Result<Vec<(Claims, Digest)>, Denied> {
        match self {
            Self::Jws(tokens) => {
                let read = |(index, token): (usize, &Cow<'_, str>)| {
                    read_jws(token, index, terms).map_err(|fault| fault.at(Place::Token(index)))
                };
                tokens.iter().enumerate().map(read).collect()
            }
            Self::Compact(chain) => {
                let read = chain.read_unverified(terms)?;
                Ok(read.into_iter().map(|token| (token.claims, token.digest)).collect())
            }
        }
    }

    /// A chain of one token: the root that `claims` describes, and its digest.
    pub(crate) fn seal_root(
        profile: Profile,
        claims: &Claims,
        others: &[(Box<str>, Value)],
        issuer: &impl Signer,
    ) -> Result<(Wire<'static>, Digest), SealError> {
        match profile {
            Profile::Jws => {
                let token = seal(Kind::Token, &write_claims(claims, others).to_jcs(), issuer)?;
                let digest = jws_digest(&token);
                Ok((Wire::Jws(vec![token.into()]), digest))
            }
            Profile::Compact => {
                let body = write_body(claims, &fields(others), None);
                let body = body.ok_or(SealError::Inexpressible)?;
                let [hint, ..] = *issuer.public_key().as_bytes();
                let holder = claims.holder.as_bytes();
                let input = root_signing_input(hint, holder, &body);
                let signature = issuer.sign(&input)?;
                let chain = CompactChain::root(hint, holder, &signature, &body);
                Ok((Wire::Compact(chain.ok_or(SealError::Inexpressible)?), digest(&input)))
            }
        }
    }

    /// The chain with one more token below `parent`, and that token's digest.
    pub(crate) fn seal_derived(
        &self,
        parent: (&Claims, &Digest),
        claims: &Claims,
        others: &[(Box<str>, Value)],
        holder: &impl Signer,
    ) -> Result<(Wire<'static>, Digest), SealError> {
        match self {
            Self::Jws(tokens) => {
                let token = seal(Kind::Token, &write_claims(claims, others).to_jcs(), holder)?;
                let digest = jws_digest(&token);
                let mut tokens: Vec<Cow<'static, str>> =
                    tokens.iter().map(|token| String::from(&**token).into()).collect();
                tokens.push(token.into());
                Ok((Wire::Jws(tokens), digest))
            }
            Self::Compact(chain) => {
                let body = write_body(claims, &fields(others), Some(parent));
                let body = body.ok_or(SealError::Inexpressible)?;
                let key = claims.holder.as_bytes();
                let input = derived_signing_input(parent.1, key, &body);
                let signature = holder.sign(&input)?;
                let chain = chain.with(key, &signature, &body);
                Ok((Wire::Compact(chain.ok_or(SealError::Inexpressible)?), digest(&input)))
            }
        }
    }

    /// A proof of `content` for `call`, under the leaf.
    pub(crate) fn seal_proof(
        &self,
        chain: &[Claims],
        leaf: (&Claims, &Digest),
        content: &ProofContent,
        call: &Invocation,
        holder: &impl Signer,
    ) -> Result<ProofWire<'static>, SealError> {
        match self {
            Self::Jws(_) => {
                let payload = content.to_json(leaf.0, leaf.1, call);
                Ok(ProofWire::Jws(seal(Kind::Proof, &payload, holder)?.into()))
            }
            Self::Compact(_) => {
                let body = ProofBody {
                    id: content.id.clone(),
                    issued_at: content.issued_at,
                    audience: content.audience.clone(),
                    nonce: content.nonce.clone(),
                };
                let body = write_proof_body(&body, ProofContext::of(chain.iter()));
                let body = body.ok_or(SealError::Inexpressible)?;
                let signature = holder.sign(&proof_signing_input(leaf.1, call, &body))?;
                Ok(ProofWire::Compact(CompactProof { signature, body, offset: 0 }))
            }
        }
    }

    /// The chain, with a proof where there is one, as it travels: a JSON text or compact bytes.
    /// `None` when the proof is in another profile.
    pub(crate) fn write(&self, proof: Option<&ProofWire<'_>>) -> Option<Vec<u8>> {
        match (self, proof) {
            (Self::Jws(tokens), None) => Some(write_presentation(tokens, None).into_bytes()),
            (Self::Jws(tokens), Some(ProofWire::Jws(proof))) => {
                Some(write_presentation(tokens, Some(proof)).into_bytes())
            }
            (Self::Compact(chain), None) => chain.write(None),
            (Self::Compact(chain), Some(ProofWire::Compact(proof))) => {
                chain.write(Some((&proof.signature, &proof.body)))
            }
            _ => None,
        }
    }
}

/// The text form of what [`Wire::write`] gives: JSON as it is, compact bytes in base64url.
pub(crate) fn to_text(profile: Profile, bytes: Vec<u8>) -> String {
    match profile {
        Profile::Jws => String::from_utf8(bytes).unwrap_or_default(),
        Profile::Compact => base64url::encode(&bytes),
    }
}

fn read_json(text: &[u8]) -> Result<RawPresentation<'_>, PresentationFault> {
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Ok(RawPresentation { chain: read_chain(json::utf8(text)?)?, proof: None });
    }
    read_presentation(text)
}

fn read_jws(token: &str, index: usize, terms: Terms<'_>) -> Result<(Claims, Digest), Fault> {
    let position = if index == 0 { Position::Root } else { Position::Derived };
    let malformed = |fault| Fault::new(Step::TokenIds, fault);
    let envelope = Envelope::split(token).map_err(malformed)?;
    let payload = envelope.payload().map_err(malformed)?;
    let claims = read_claims(&payload, position, None, terms)?;
    Ok((claims, digest(envelope.signing_input.as_bytes())))
}

/// INVARIANT: `token` was just sealed, so it has a signature to split off.
fn jws_digest(token: &str) -> Digest {
    digest(token.rsplit_once('.').map_or("", |(signing_input, _)| signing_input).as_bytes())
}

fn fields(others: &[(Box<str>, Value)]) -> Vec<Field> {
    let field = |(name, value): &(Box<str>, Value)| Field {
        name: name.clone(),
        value: value.to_jcs().into(),
    };
    others.iter().map(field).collect()
}

/// A presentation that has no chain to speak of fails where an empty chain does; one whose tokens
/// are no strings, where a token that yields no id does.
pub(crate) fn denied(fault: PresentationFault) -> Denied {
    let (step, place) = match fault {
        PresentationFault::TooLarge { .. } => (Step::ChainSize, Place::Presentation),
        PresentationFault::TokenNotAString { index } => (Step::TokenIds, Place::Token(index)),
        PresentationFault::ProofMissing => (Step::ProofHeader, Place::Proof),
        _ => (Step::ChainEmpty, Place::Presentation),
    };
    Denied::new(step, place, fault)
}

#[cfg(test)]
mod tests;
