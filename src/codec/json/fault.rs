//! Why claims cannot be used.

use super::ConstraintFault;
use crate::{error::Quoted, json::JsonError, key::KeyError};
use alloc::boxed::Box;

/// Why a token's or proof's claims cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimFault {
    /// The payload is not one JSON object, or repeats a member.
    #[error("the payload cannot be read: {0}")]
    Json(#[from] JsonError),
    /// A claim is missing or has the wrong type.
    #[error("`{claim}` must be {expected}")]
    Type {
        /// The claim.
        claim: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A claim that must be absent is present.
    #[error("`{claim}` must be absent")]
    Present {
        /// The claim.
        claim: &'static str,
    },
    /// `cnf.jwk` is not a public key that is accepted.
    #[error("`cnf.jwk`: {0}")]
    HolderKey(#[from] KeyError),
    /// The capability entry stands the wrong number of times.
    #[error("`authorization_details` has {found} capability entries, not {expected}")]
    CapabilityCount {
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: &'static str,
    },
    /// A tool's constraint map is not an object.
    #[error("the constraints of tool {} are not an object", Quoted(.tool))]
    ToolNotAnObject {
        /// The tool.
        tool: Box<str>,
    },
    /// A constraint is unknown or not well-formed.
    #[error("tool {}, argument {}: {fault}", Quoted(.tool), Quoted(.argument))]
    Constraint {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// What is wrong.
        fault: ConstraintFault,
    },
}

impl ClaimFault {
    /// The stable name of this fault, as `spec/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "claims_malformed",
            Self::Type { .. } => "claim_type",
            Self::Present { .. } => "claim_present",
            Self::HolderKey(_) => "holder_key",
            Self::CapabilityCount { .. } => "capability_count",
            Self::ToolNotAnObject { .. } => "tool_malformed",
            Self::Constraint { fault, .. } => fault.code(),
        }
    }
}
