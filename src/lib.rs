//! Capability tokens that narrow at every hop: Attenuating Authorization Tokens, revision -02.
//!
//! - Issue a root with [`Issuer`] and [`Grant`].
//! - Derive narrower tokens with [`HeldChain::derive`], prove possession with [`HeldChain::prove`].
//! - Decide a call with [`Verifier::authorize`]; only [`Authorized`] lets a tool run.
//! - See what a hop narrowed with [`Narrowing`], and why a call was refused with [`explain()`].
//!
//! The library has no clock, does no I/O, and keeps no global state: the time is a parameter, and
//! only keys and ids take randomness from the operating system.
//!
//! The README follows.
//!
#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::string_slice,
        reason = "tests may be blunt"
    )
)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod attenuate;
mod authority;
mod base64url;
mod chain;
mod codec;
mod denied;
mod derive;
mod error;
mod explain;
pub mod extension;
mod held;
mod issue;
pub mod json;
pub mod key;
mod limits;
mod model;
mod narrowing;
mod other_claims;
mod pop;
mod random;
pub mod replay;
mod step;
mod terms;
mod time;
mod verify;

pub use attenuate::{ArgumentWidening, LifetimeFault, Widening};
pub use chain::{Presentation, UnverifiedChain, UnverifiedProof, VerifiedChain, VerifiedToken};
pub use codec::{
    ClaimFault, CompactFault, CompactRule, ConstraintFault, EnvelopeFault, HeaderFault,
    PresentationFault, Profile,
};
pub use denied::{Denied, Place, Reason, RequiredKey};
pub use derive::{Derivation, DeriveError};
pub use explain::{Adjustment, Explanation, Nearest, explain, explain_unverified};
pub use held::HeldChain;
pub use issue::{Grant, IssueError, Issuer, Unwritable};
pub use json::{Object, Value};
pub use key::{PublicKey, Signer, SigningKey};
pub use limits::Limits;
pub use model::{
    ArgumentRefused, Audience, Bound, Capabilities, Claims, Clauses, Constraint, ConstraintError,
    ConstraintMap, Digest, Entry, Invocation, InvocationError, Range, Scalar, TokenId, ValueSet,
    all, any, at_least, at_most, contains, exact, not_one_of, one_of, range, subset, wildcard,
};
pub use narrowing::{Change, Narrowing};
pub use pop::{ProofOptions, ProveError};
pub use random::NoRandomness;
pub use step::Step;
pub use terms::Terms;
pub use time::Timestamp;
#[cfg(feature = "std")]
pub use verify::ChainCache;
pub use verify::{
    Authorized, Checked, Nonces, Policy, TrustAnchor, TrustAnchorError, TrustAnchors, Verifier,
};
