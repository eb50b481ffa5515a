//! How a token claims more than its parent grants, as data.

use crate::{error::Quoted, model::Constraint, step::Step, time::Timestamp};
use alloc::{boxed::Box, sync::Arc};

/// How a child claims more than its parent grants, or more than it may by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Widening {
    /// I1: `iss` is not the thumbprint URI of the parent's holder.
    #[error("the issuer {} is not the parent's holder", Quoted(.issuer))]
    Issuer {
        /// The child's `iss`.
        issuer: Box<str>,
    },
    /// I2: `del_depth` is not the parent's plus one.
    #[error("the depth is {depth} below a parent of depth {parent}")]
    Depth {
        /// The child's depth.
        depth: u32,
        /// The parent's depth.
        parent: u32,
    },
    /// I2: the parent is terminal, or the depth jumps past its ceiling.
    #[error("the depth {depth} is above the parent's ceiling {ceiling}")]
    DepthAboveParentMax {
        /// The child's depth.
        depth: u32,
        /// The parent's `del_max_depth`.
        ceiling: u32,
    },
    /// I2: deeper than the limit.
    #[error("the depth {depth} is above the limit {limit}")]
    DepthAboveLimit {
        /// The child's depth.
        depth: u32,
        /// MAX_DELEGATION_DEPTH.
        limit: u32,
    },
    /// I2: the ceiling is raised.
    #[error("the depth ceiling {ceiling} is above the parent's {parent}")]
    MaxDepth {
        /// The child's `del_max_depth`.
        ceiling: u32,
        /// The parent's `del_max_depth`.
        parent: u32,
    },
    /// I2: deeper than the child's own ceiling.
    #[error("the depth {depth} is above the token's own ceiling {ceiling}")]
    DepthAboveOwnMax {
        /// The child's depth.
        depth: u32,
        /// The child's `del_max_depth`.
        ceiling: u32,
    },
    /// I3: the child outlives the parent.
    #[error("it expires at {expires_at}, after its parent at {parent}")]
    Expiry {
        /// The child's `exp`.
        expires_at: Timestamp,
        /// The parent's `exp`.
        parent: Timestamp,
    },
    /// I3: the child is older than the parent.
    #[error("it was issued at {issued_at}, before its parent at {parent}")]
    IssuedBeforeParent {
        /// The child's `iat`.
        issued_at: Timestamp,
        /// The parent's `iat`.
        parent: Timestamp,
    },
    /// I3: the token's own times are out of order, in the past or in the future.
    #[error("{0}")]
    Lifetime(#[from] LifetimeFault),
    /// I4: a tool that the parent does not authorize.
    #[error("the parent does not authorize the tool {}", Quoted(.tool))]
    ToolAdded {
        /// The tool.
        tool: Box<str>,
    },
    /// I4: the arguments of a tool that both authorize.
    #[error("tool {}: {fault}", Quoted(.tool))]
    Arguments {
        /// The tool.
        tool: Box<str>,
        /// What is wider.
        fault: ArgumentWidening,
    },
}

/// How a constraint map is wider than its parent's (AAT-02 4.5).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentWidening {
    /// An argument that the parent neither names nor admits.
    #[error("the parent does not admit the argument {}", Quoted(.argument))]
    Added {
        /// The argument.
        argument: Box<str>,
    },
    /// An argument that the parent requires is left out, so that no call could satisfy both.
    #[error("the argument {}, which the parent requires, is left out", Quoted(.argument))]
    RequiredDropped {
        /// The argument.
        argument: Box<str>,
    },
    /// An optional argument is left out while unnamed arguments are admitted: it would come back,
    /// without its constraint.
    #[error(
        "the argument {} is left out while unnamed arguments stay admitted",
        Quoted(.argument)
    )]
    ReadmittedUnnamed {
        /// The argument.
        argument: Box<str>,
    },
    /// Unnamed arguments are admitted where the parent does not admit them.
    #[error("the parent does not admit unnamed arguments (`*`)")]
    UnnamedAdded,
    /// An argument that the parent requires becomes optional.
    #[error("the argument {}, which the parent requires, becomes optional", Quoted(.argument))]
    MadeOptional {
        /// The argument.
        argument: Box<str>,
    },
    /// Telling whether a constraint narrows the parent's takes more than
    /// [`Limits::max_comparisons`](crate::Limits).
    #[error("argument {}: comparing it with the parent's takes too long", Quoted(.argument))]
    TooManyComparisons {
        /// The argument.
        argument: Box<str>,
    },
    /// A constraint that does not narrow the parent's.
    #[error(
        "argument {}: {} does not narrow the parent's {}",
        Quoted(.argument), Quoted(.child), Quoted(.parent)
    )]
    Constraint {
        /// The argument.
        argument: Box<str>,
        /// The child's constraint.
        child: Arc<Constraint>,
        /// The parent's constraint.
        parent: Arc<Constraint>,
    },
}

/// What is wrong with a token's own times, wherever it stands (AAT-02 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeFault {
    /// `exp` is not after now.
    #[error("it expired at {expires_at}, {} s ago", .now.seconds_since(*.expires_at))]
    Expired {
        /// The token's `exp`.
        expires_at: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// `iat` is in the future, beyond the skew allowed.
    #[error("it was issued at {issued_at}, {} s from now", .issued_at.seconds_since(*.now))]
    IssuedInFuture {
        /// The token's `iat`.
        issued_at: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// `exp` is not after `iat`.
    #[error("it expires at {expires_at}, not after it was issued at {issued_at}")]
    ExpiresBeforeIssued {
        /// The token's `iat`.
        issued_at: Timestamp,
        /// The token's `exp`.
        expires_at: Timestamp,
    },
    /// From `iat` to `exp` is longer than the limit.
    #[error("its lifetime of {seconds} s is above the limit of {limit} s")]
    TooLong {
        /// The lifetime in seconds.
        seconds: i64,
        /// MAX_TOKEN_LIFETIME in seconds.
        limit: u64,
    },
}

impl Widening {
    /// The step of AAT-02 section 8 that this fails.
    pub fn step(&self) -> Step {
        match self {
            Self::Issuer { .. } => Step::Issuer,
            Self::Depth { .. } => Step::Depth,
            Self::DepthAboveParentMax { .. } => Step::DepthUnderParent,
            Self::DepthAboveLimit { .. } => Step::DepthUnderLimit,
            Self::MaxDepth { .. } => Step::MaxDepth,
            Self::DepthAboveOwnMax { .. } => Step::DepthUnderOwnMax,
            Self::Expiry { .. } => Step::Expiry,
            Self::IssuedBeforeParent { .. } => Step::IssuedAfterParent,
            Self::Lifetime(LifetimeFault::Expired { .. }) => Step::NotExpired,
            Self::Lifetime(LifetimeFault::IssuedInFuture { .. }) => Step::IssuedAt,
            Self::Lifetime(_) => Step::Order,
            Self::ToolAdded { .. } => Step::Tools,
            Self::Arguments { fault, .. } => match fault {
                ArgumentWidening::Added { .. }
                | ArgumentWidening::RequiredDropped { .. }
                | ArgumentWidening::ReadmittedUnnamed { .. }
                | ArgumentWidening::UnnamedAdded => Step::ArgumentKeys,
                ArgumentWidening::MadeOptional { .. } => Step::Required,
                ArgumentWidening::Constraint { .. }
                | ArgumentWidening::TooManyComparisons { .. } => Step::Narrowing,
            },
        }
    }

    /// The stable name of this fault, as `spec/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Issuer { .. } => "issuer_not_parent_holder",
            Self::Depth { .. } => "depth_not_next",
            Self::DepthAboveParentMax { .. } => "depth_above_parent_max",
            Self::DepthAboveLimit { .. } => "depth_above_limit",
            Self::MaxDepth { .. } => "max_depth_raised",
            Self::DepthAboveOwnMax { .. } => "depth_above_own_max",
            Self::Expiry { .. } => "outlives_parent",
            Self::IssuedBeforeParent { .. } => "issued_before_parent",
            Self::Lifetime(fault) => fault.code(),
            Self::ToolAdded { .. } => "tool_added",
            Self::Arguments { fault, .. } => match fault {
                ArgumentWidening::Added { .. } => "argument_added",
                ArgumentWidening::RequiredDropped { .. } => "required_argument_dropped",
                ArgumentWidening::ReadmittedUnnamed { .. } => "argument_readmitted",
                ArgumentWidening::UnnamedAdded => "unnamed_added",
                ArgumentWidening::MadeOptional { .. } => "made_optional",
                ArgumentWidening::Constraint { .. } => "constraint_widened",
                ArgumentWidening::TooManyComparisons { .. } => "too_many_comparisons",
            },
        }
    }
}

impl LifetimeFault {
    /// The stable name of this fault, as `spec/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "expired",
            Self::IssuedInFuture { .. } => "issued_in_future",
            Self::ExpiresBeforeIssued { .. } => "expires_before_issued",
            Self::TooLong { .. } => "lifetime_too_long",
        }
    }
}
