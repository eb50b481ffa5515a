//! Why a call was denied: which step, where, and the reason as data.

use crate::{
    attenuate::{LifetimeFault, Widening},
    codec::{ClaimFault, CompactFault, EnvelopeFault, HeaderFault, PresentationFault},
    error::Quoted,
    json::Value,
    model::{Constraint, InvocationError, TokenId},
    replay::ReplayStoreError,
    step::Step,
    time::Timestamp,
};
use alloc::boxed::Box;
use core::fmt;

/// A denial. `Display` is one sentence for an operator; nothing in it is secret or unbounded.
///
/// Programs decide by [`code`](Denied::code) and [`step`](Denied::step), which are stable, never
/// by the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    place: Place,
    fault: Box<Fault>,
}

/// A failed step with its reason, before it is known which token failed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) step: Step,
    pub(crate) reason: Reason,
}

impl Fault {
    pub(crate) fn new(step: Step, reason: impl Into<Reason>) -> Self {
        Self { step, reason: reason.into() }
    }

    pub(crate) fn at(self, place: Place) -> Denied {
        Denied { place, fault: Box::new(self) }
    }
}

/// What a denial is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// The presentation or the chain as a whole.
    Presentation,
    /// One token, counted from 0 at the root.
    Token(usize),
    /// The proof of possession.
    Proof,
    /// The call itself, against the leaf's authority or this enforcement point's policy.
    Call,
}

impl Denied {
    pub(crate) fn new(step: Step, place: Place, reason: impl Into<Reason>) -> Self {
        Fault::new(step, reason).at(place)
    }

    /// The step of AAT-02 section 8 that failed.
    pub fn step(&self) -> Step {
        self.fault.step
    }

    /// What the denial is about.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The token that failed, counted from 0 at the root, when it was one.
    pub fn token(&self) -> Option<usize> {
        match self.place {
            Place::Token(index) => Some(index),
            _ => None,
        }
    }

    /// The reason.
    pub fn reason(&self) -> &Reason {
        &self.fault.reason
    }

    /// The stable name of the reason, as `spec/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        self.fault.reason.code()
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "denied at step {}", self.step())?;
        match self.place {
            Place::Presentation => {}
            Place::Token(0) => f.write_str(", root token")?,
            Place::Token(index) => write!(f, ", token {index}")?,
            Place::Proof => f.write_str(", proof")?,
            Place::Call => f.write_str(", call")?,
        }
        write!(f, ": {}", self.fault.reason)
    }
}

impl core::error::Error for Denied {}

/// A call whose arguments cannot be used is denied at step 6b.
impl From<InvocationError> for Denied {
    fn from(error: InvocationError) -> Self {
        Self::new(Step::Arguments, Place::Call, error)
    }
}

/// The reason of a denial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// There is no token.
    #[error("the chain is empty")]
    ChainEmpty,
    /// The JSON object around chain and proof is not what AAT-02 7.4 describes.
    #[error("the presentation {0}")]
    Presentation(#[from] PresentationFault),
    /// A token is larger than [`Limits::max_token_size`](crate::Limits).
    #[error("the token has {size} bytes, above the limit of {limit}")]
    TokenTooLarge {
        /// Bytes.
        size: usize,
        /// Bytes.
        limit: usize,
    },
    /// The tokens together are larger than [`Limits::max_chain_size`](crate::Limits).
    #[error("the chain has {size} bytes, above the limit of {limit}")]
    ChainTooLarge {
        /// Bytes.
        size: usize,
        /// Bytes.
        limit: usize,
    },
    /// The proof is larger than [`Limits::max_proof_size`](crate::Limits).
    #[error("the proof has {size} bytes, above the limit of {limit}")]
    ProofTooLarge {
        /// Bytes.
        size: usize,
        /// Bytes.
        limit: usize,
    },
    /// A token or proof cannot be split into its parts.
    #[error("it {0}")]
    Envelope(#[from] EnvelopeFault),
    /// Compact bytes break a rule of `spec/compact-profile.md`.
    #[error("the compact bytes are refused: {0}")]
    Compact(#[from] CompactFault),
    /// The chain is in one profile and the proof in another.
    #[error("the proof is not in the profile of the chain")]
    OtherProfile,
    /// The payload has no `jti` that is a string.
    #[error("`jti` is missing or not a string")]
    IdMissing,
    /// Two tokens have the same `jti`.
    #[error("`jti` {} stands twice in the chain", Quoted(.id))]
    IdRepeated {
        /// The id.
        id: Box<str>,
    },
    /// The protected header is not the one required.
    #[error("the header {0}")]
    Header(#[from] HeaderFault),
    /// The signature does not hold under the key that must have made it.
    #[error("the signature does not hold under {key}")]
    Signature {
        /// Whose key was required.
        key: RequiredKey,
    },
    /// A claim is missing, of the wrong type, or not well-formed.
    #[error("{0}")]
    Claim(#[from] ClaimFault),
    /// The root's depth is not 0.
    #[error("the root's `del_depth` is {depth}, not 0")]
    RootDepth {
        /// The depth.
        depth: u32,
    },
    /// The root allows more depth than the limit.
    #[error("`del_max_depth` {max_depth} is above the limit {limit}")]
    MaxDepthAboveLimit {
        /// `del_max_depth`.
        max_depth: u32,
        /// MAX_DELEGATION_DEPTH.
        limit: u32,
    },
    /// The root names another issuer than the one its key is anchored for.
    #[error("the issuer {} is not the one that the trust anchor is for", Quoted(.issuer))]
    IssuerMismatch {
        /// The root's `iss`.
        issuer: Box<str>,
    },
    /// The root's own times do not hold.
    #[error("{0}")]
    Lifetime(#[from] LifetimeFault),
    /// The token claims more than its parent grants.
    #[error("{0}")]
    Widening(#[from] Widening),
    /// `par_hash` is not the digest of the parent before it.
    #[error("`par_hash` is not the digest of the parent in this chain")]
    ParentHash,
    /// The number of tokens does not fit the leaf's depth.
    #[error("the chain has {tokens} tokens and a leaf of depth {depth}")]
    ChainLength {
        /// How many tokens there are.
        tokens: usize,
        /// The leaf's `del_depth`.
        depth: u32,
    },
    /// The leaf authorizes nothing.
    #[error("the leaf has no capability entry")]
    LeafWithoutCapability,
    /// The leaf does not authorize the tool.
    #[error("the leaf does not authorize the tool {}", Quoted(.tool))]
    ToolNotAuthorized {
        /// The tool called.
        tool: Box<str>,
    },
    /// The policy wants a deeper leaf for this tool.
    #[error("tool {} needs a leaf of depth {minimum} or more, not {depth}", Quoted(.tool))]
    LeafTooShallow {
        /// The tool called.
        tool: Box<str>,
        /// The leaf's depth.
        depth: u32,
        /// The least depth that the policy accepts.
        minimum: u32,
    },
    /// The call's arguments are not JSON that can be judged.
    #[error("{0}")]
    Invocation(#[from] InvocationError),
    /// An argument that the leaf neither names nor admits.
    #[error("tool {}: argument {} is not authorized", Quoted(.tool), Quoted(.argument))]
    ArgumentNotNamed {
        /// The tool called.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
    },
    /// A required argument is absent.
    #[error("tool {}: argument {} is required and absent", Quoted(.tool), Quoted(.argument))]
    ArgumentMissing {
        /// The tool called.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
    },
    /// An argument's value does not satisfy its constraint.
    #[error(
        "tool {}: argument {} is {}, which {} does not accept",
        Quoted(.tool), Quoted(.argument), Quoted(.value), Quoted(.constraint)
    )]
    ArgumentRefused {
        /// The tool called.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// Its value.
        value: Box<Value>,
        /// What it must satisfy.
        constraint: Box<Constraint>,
    },
    /// A token's `aud` is neither a string nor an array of strings.
    #[error("`aud` is neither a string nor an array of strings")]
    AudienceMalformed,
    /// A token's `aud` does not name this enforcement point.
    #[error("`aud` does not name this enforcement point")]
    AudienceMismatch,
    /// The policy requires an `aud` and no token has one.
    #[error("no token has an `aud`, and this enforcement point requires one")]
    AudienceRequired,
    /// The proof names another token, by id or by digest.
    #[error("`{claim}` does not match the leaf")]
    ProofOfOtherToken {
        /// `aat_id` or `aat_hash`.
        claim: &'static str,
    },
    /// The proof is for another enforcement point.
    #[error("`aat_aud` does not name this enforcement point")]
    ProofAudienceMismatch,
    /// The policy requires the proof to name this enforcement point.
    #[error("`aat_aud` is absent, and this enforcement point requires it")]
    ProofAudienceRequired,
    /// The proof is for another tool.
    #[error("`aat_tool` is {}, and the call is of {}", Quoted(.proof), Quoted(.call))]
    ProofOfOtherTool {
        /// The tool in the proof.
        proof: Box<str>,
        /// The tool called.
        call: Box<str>,
    },
    /// The proof is for other arguments.
    #[error("`hta` differs from the call's arguments")]
    ProofOfOtherArguments,
    /// The proof is too old or from the future.
    #[error(
        "`iat` {issued_at} is {} s from now, outside the window of {window} s",
        .issued_at.seconds_since(*.now)
    )]
    ProofOutsideWindow {
        /// The proof's `iat`.
        issued_at: Timestamp,
        /// The time of the check.
        now: Timestamp,
        /// Seconds allowed on either side.
        window: u64,
    },
    /// A nonce is required and absent.
    #[error("`nonce` is absent, and this enforcement point requires one")]
    NonceRequired,
    /// The nonce is not one that this enforcement point accepts.
    #[error("`nonce` is not one that this enforcement point accepts")]
    NonceRefused,
    /// The proof was used before.
    #[error("the proof {} was used before", Quoted(.id))]
    Replayed {
        /// The proof's id.
        id: TokenId,
    },
    /// The replay store could not record the proof.
    #[error("the proof cannot be recorded: {0}")]
    ReplayStore(#[from] ReplayStoreError),
}

/// The key that had to have made a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequiredKey {
    /// One of the configured trust anchors.
    TrustAnchor,
    /// The key that the parent token names.
    ParentHolder,
    /// The key that the leaf token names.
    LeafHolder,
}

impl fmt::Display for RequiredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrustAnchor => "any trust anchor",
            Self::ParentHolder => "the parent's holder key",
            Self::LeafHolder => "the leaf's holder key",
        })
    }
}

impl Reason {
    /// The stable name of the reason, as `spec/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ChainEmpty => "chain_empty",
            Self::Presentation(_) => "presentation_malformed",
            Self::TokenTooLarge { .. } => "token_too_large",
            Self::ChainTooLarge { .. } => "chain_too_large",
            Self::ProofTooLarge { .. } => "proof_too_large",
            Self::Envelope(_) => "envelope_malformed",
            Self::Compact(_) => "compact_malformed",
            Self::OtherProfile => "other_profile",
            Self::IdMissing => "id_missing",
            Self::IdRepeated { .. } => "id_repeated",
            Self::Header(fault) => fault.code(),
            Self::Signature { key: RequiredKey::TrustAnchor } => "root_not_trusted",
            Self::Signature { .. } => "signature_invalid",
            Self::Claim(fault) => fault.code(),
            Self::RootDepth { .. } => "root_depth",
            Self::MaxDepthAboveLimit { .. } => "max_depth_above_limit",
            Self::IssuerMismatch { .. } => "issuer_mismatch",
            Self::Lifetime(fault) => fault.code(),
            Self::Widening(widening) => widening.code(),
            Self::ParentHash => "parent_hash_mismatch",
            Self::ChainLength { .. } => "chain_length",
            Self::LeafWithoutCapability => "leaf_without_capability",
            Self::ToolNotAuthorized { .. } => "tool_not_authorized",
            Self::LeafTooShallow { .. } => "leaf_too_shallow",
            Self::Invocation(_) => "arguments_malformed",
            Self::ArgumentNotNamed { .. } => "argument_not_named",
            Self::ArgumentMissing { .. } => "argument_missing",
            Self::ArgumentRefused { .. } => "argument_refused",
            Self::AudienceMalformed => "audience_malformed",
            Self::AudienceMismatch => "audience_mismatch",
            Self::AudienceRequired => "audience_required",
            Self::ProofOfOtherToken { .. } => "proof_of_other_token",
            Self::ProofAudienceMismatch => "proof_audience_mismatch",
            Self::ProofAudienceRequired => "proof_audience_required",
            Self::ProofOfOtherTool { .. } => "proof_of_other_tool",
            Self::ProofOfOtherArguments => "proof_of_other_arguments",
            Self::ProofOutsideWindow { .. } => "proof_outside_window",
            Self::NonceRequired => "nonce_required",
            Self::NonceRefused => "nonce_refused",
            Self::Replayed { .. } => "proof_replayed",
            Self::ReplayStore(error) => error.code(),
        }
    }
}
