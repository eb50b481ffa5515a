//! Proof of possession: what the leaf's holder signs for one call (AAT-02 section 7).

use crate::{
    codec::{
        ClaimFault,
        json::{ProofContent, integer},
        wire::SealError,
    },
    denied::Fault,
    json::{self, Members, Node, Numbers, Object},
    key::SignError,
    model::TokenId,
    random::{NoRandomness, fresh_id},
    step::Step,
    time::Timestamp,
};
use alloc::boxed::Box;

/// What a proof says beyond the call itself: for whom, and with which nonce.
///
/// ```
/// use taper::ProofOptions;
///
/// let options = ProofOptions::default().audience("https://tools.example.com");
/// ```
#[derive(Clone, Debug, Default)]
pub struct ProofOptions {
    audience: Option<Box<str>>,
    nonce: Option<Box<str>>,
    id: Option<TokenId>,
}

impl ProofOptions {
    /// Names the enforcement point that the proof is handed to (`aat_aud`). Leave it out when
    /// somebody in between forwards the presentation (AAT-02 9.5).
    #[must_use]
    pub fn audience(mut self, name: impl Into<Box<str>>) -> Self {
        self.audience = Some(name.into());
        self
    }

    /// Carries the nonce that the enforcement point demanded.
    #[must_use]
    pub fn nonce(mut self, nonce: impl Into<Box<str>>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// Uses `id` (`jti`) in place of a fresh UUIDv7. An id must never be used twice with one key.
    #[must_use]
    pub fn id(mut self, id: TokenId) -> Self {
        self.id = Some(id);
        self
    }

    pub(crate) fn content(&self, now: Timestamp) -> Result<ProofContent, NoRandomness> {
        Ok(ProofContent {
            id: self.id.clone().map_or_else(|| fresh_id(now), Ok)?,
            issued_at: now,
            audience: self.audience.clone(),
            nonce: self.nonce.clone(),
        })
    }
}

/// The claims of an authentic proof, typed (step 7c), not yet compared with anything.
#[derive(Debug)]
pub(crate) struct ProofClaims {
    pub(crate) id: TokenId,
    pub(crate) issued_at: Timestamp,
    pub(crate) audience: ProofAudience,
    pub(crate) nonce: Option<Box<str>>,
    /// What a JWS proof repeats; a compact proof's signature covers it unsaid.
    pub(crate) echo: Option<Echo>,
}

/// The token and the call that a JWS proof names.
#[derive(Debug)]
pub(crate) struct Echo {
    pub(crate) token_id: Box<str>,
    pub(crate) token_digest: Box<str>,
    pub(crate) tool: Box<str>,
    /// `None` when `hta` holds a number that has no canonical form: it equals no call's arguments.
    pub(crate) arguments: Option<Object>,
}

/// `aat_aud`, judged only at step 7d (reading 7).
#[derive(Debug)]
pub(crate) enum ProofAudience {
    Absent,
    Name(Box<str>),
    Malformed,
}

impl From<SealError> for ProveError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Sign(error) => Self::Sign(error),
            SealError::Inexpressible => Self::TimeOutOfRange,
        }
    }
}

impl ProofClaims {
    /// Parses the payload of a proof whose signature held: steps 7b and 7c.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Fault> {
        let unreadable = |fault: ClaimFault| Fault::new(Step::ProofSignature, fault);
        let node = json::parse(payload, json::MAX_DEPTH).map_err(|e| unreadable(e.into()))?;
        let Node::Object(members) = node else {
            let expected = "one JSON object";
            return Err(unreadable(ClaimFault::Type { claim: "payload", expected }));
        };
        Self::typed(members).map_err(|fault| Fault::new(Step::ProofClaims, fault))
    }

    fn typed(members: Members<'_>) -> Result<Self, ClaimFault> {
        let mut strings: [(&str, Option<Box<str>>); 4] =
            [("jti", None), ("aat_id", None), ("aat_hash", None), ("aat_tool", None)];
        let (mut iat, mut hta) = (None, None);
        let (mut audience, mut nonce) = (ProofAudience::Absent, None);
        for (name, node) in members {
            match (&*name, node) {
                ("iat", node) => iat = Some(node),
                ("hta", node) => hta = Some(node),
                ("aat_aud", Node::String(name)) => audience = ProofAudience::Name(name.into()),
                ("aat_aud", _) => audience = ProofAudience::Malformed,
                ("nonce", Node::String(value)) => nonce = Some(value.into()),
                (name, Node::String(value)) => {
                    if let Some((_, slot)) = strings.iter_mut().find(|(known, _)| *known == name) {
                        *slot = Some(value.into());
                    }
                }
                _ => {}
            }
        }
        let [id, token_id, token_digest, tool] = strings.map(|(claim, value)| match value {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(ClaimFault::Type { claim, expected: "a non-empty string" }),
        });
        let id = TokenId::new(id?)
            .ok_or(ClaimFault::Type { claim: "jti", expected: "a non-empty string" })?;
        let issued_at = integer(iat).map(Timestamp::from_unix).ok_or(ClaimFault::Type {
            claim: "iat",
            expected: "a number of seconds without fraction or exponent",
        })?;
        let Some(Node::Object(arguments)) = hta else {
            return Err(ClaimFault::Type { claim: "hta", expected: "an object" });
        };
        Ok(Self {
            id,
            issued_at,
            audience,
            nonce,
            echo: Some(Echo {
                token_id: token_id?,
                token_digest: token_digest?,
                tool: tool?,
                arguments: Object::from_members(arguments, Numbers::AnyFinite).ok(),
            }),
        })
    }
}

/// Why a holder cannot prove possession.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The key is not the one that the leaf names: no verifier would accept its proof.
    #[error("the key is not the leaf's holder key")]
    NotHolder,
    /// The leaf does not authorize the call; the denial is the one a verifier would give.
    #[error("{0}")]
    NotAuthorized(#[from] crate::Denied),
    /// The proof's time is too far from the leaf's to be written in the compact profile.
    #[error("the proof's time is out of range")]
    TimeOutOfRange,
    /// The key could not sign.
    #[error("{0}")]
    Sign(#[from] SignError),
    /// The system gave no randomness for an id.
    #[error("{0}")]
    Randomness(#[from] NoRandomness),
}
