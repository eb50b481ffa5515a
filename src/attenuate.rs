//! Judges one parent and child (AAT-02 4.2 to 4.5): the only implementation of these rules, for
//! deriving and for verifying alike.

use crate::{
    error::Quoted,
    limits::Limits,
    model::{Capabilities, Claims, Constraint, ConstraintMap, Entry},
    step::Step,
    time::Timestamp,
};
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
                ArgumentWidening::Constraint { .. } => Step::Narrowing,
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
            },
        }
    }
}

impl LifetimeFault {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "expired",
            Self::IssuedInFuture { .. } => "issued_in_future",
            Self::ExpiresBeforeIssued { .. } => "expires_before_issued",
            Self::TooLong { .. } => "lifetime_too_long",
        }
    }
}

/// Step 4c, for tokens that name their issuer.
pub(crate) fn check_issuer(parent: &Claims, child: &Claims) -> Result<(), Widening> {
    if *child.issuer == *parent.holder.thumbprint_uri() {
        Ok(())
    } else {
        Err(Widening::Issuer { issuer: child.issuer.clone() })
    }
}

/// Judges all that concerns a child and its parent but signature, issuer and link (I2 to I4), in
/// the order of AAT-02 section 8, steps 4d to 4p4.
pub(crate) fn judge(
    parent: &Claims,
    child: &Claims,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), Widening> {
    check_depth(parent, child, limits)?;
    check_times(parent, child, limits, now)?;
    if child.depth > child.max_depth {
        return Err(Widening::DepthAboveOwnMax { depth: child.depth, ceiling: child.max_depth });
    }
    // A token without a capability entry is the empty set of tools (AAT-02 3.3).
    let nothing = Capabilities::new();
    check_tools(
        parent.capabilities.as_ref().unwrap_or(&nothing),
        child.capabilities.as_ref().unwrap_or(&nothing),
    )
}

/// Steps 4d to 4g.
fn check_depth(parent: &Claims, child: &Claims, limits: &Limits) -> Result<(), Widening> {
    let depth = child.depth;
    if parent.depth.checked_add(1) != Some(depth) {
        return Err(Widening::Depth { depth, parent: parent.depth });
    }
    if depth > parent.max_depth {
        return Err(Widening::DepthAboveParentMax { depth, ceiling: parent.max_depth });
    }
    // Step 4f cannot be the first to fail: 3i and 4g keep every ceiling within the limit.
    if depth > limits.max_delegation_depth {
        return Err(Widening::DepthAboveLimit { depth, limit: limits.max_delegation_depth });
    }
    if child.max_depth > parent.max_depth {
        return Err(Widening::MaxDepth { ceiling: child.max_depth, parent: parent.max_depth });
    }
    Ok(())
}

/// Steps 4h to 4l.
fn check_times(
    parent: &Claims,
    child: &Claims,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), Widening> {
    let (issued_at, expires_at) = (child.issued_at, child.expires_at);
    if expires_at > parent.expires_at {
        return Err(Widening::Expiry { expires_at, parent: parent.expires_at });
    }
    check_not_expired(child, now)?;
    if issued_at < parent.issued_at {
        return Err(Widening::IssuedBeforeParent { issued_at, parent: parent.issued_at });
    }
    check_issued(child, limits, now)?;
    check_order(child)?;
    Ok(())
}

/// Steps 3e and 4i.
pub(crate) fn check_not_expired(token: &Claims, now: Timestamp) -> Result<(), LifetimeFault> {
    let expires_at = token.expires_at;
    if expires_at > now { Ok(()) } else { Err(LifetimeFault::Expired { expires_at, now }) }
}

/// Steps 3f and 4k.
pub(crate) fn check_issued(
    token: &Claims,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), LifetimeFault> {
    let issued_at = token.issued_at;
    if issued_at <= now.saturating_add(limits.max_iat_skew) {
        Ok(())
    } else {
        Err(LifetimeFault::IssuedInFuture { issued_at, now })
    }
}

/// Steps 3g and 4l.
pub(crate) fn check_order(token: &Claims) -> Result<(), LifetimeFault> {
    let (issued_at, expires_at) = (token.issued_at, token.expires_at);
    if expires_at > issued_at {
        Ok(())
    } else {
        Err(LifetimeFault::ExpiresBeforeIssued { issued_at, expires_at })
    }
}

/// Step 3h; below the root it follows from 3h, 4h and 4j.
pub(crate) fn check_lifetime(token: &Claims, limits: &Limits) -> Result<(), LifetimeFault> {
    if token.expires_at <= token.issued_at.saturating_add(limits.max_token_lifetime) {
        return Ok(());
    }
    Err(LifetimeFault::TooLong {
        seconds: token.expires_at.seconds_since(token.issued_at),
        limit: limits.max_token_lifetime.as_secs(),
    })
}

/// Steps 4p1 to 4p4: every tool first, then for all tools the keys, what is required, and last the
/// constraints.
pub(crate) fn check_tools(parent: &Capabilities, child: &Capabilities) -> Result<(), Widening> {
    if let Some((tool, _)) = child.tools().find(|(tool, _)| parent.tool(tool).is_none()) {
        return Err(Widening::ToolAdded { tool: tool.into() });
    }
    for check in [check_keys, check_required, check_constraints] {
        for (tool, map) in child.tools() {
            if let Some(above) = parent.tool(tool) {
                check(above, map)
                    .map_err(|fault| Widening::Arguments { tool: tool.into(), fault })?;
            }
        }
    }
    Ok(())
}

/// Step 4p2.
fn check_keys(parent: &ConstraintMap, child: &ConstraintMap) -> Result<(), ArgumentWidening> {
    if !parent.admits_unnamed()
        && let Some((argument, _)) = child.entries().find(|(name, _)| parent.entry(name).is_none())
    {
        return Err(ArgumentWidening::Added { argument: argument.into() });
    }
    for (argument, entry) in parent.entries().filter(|(name, _)| child.entry(name).is_none()) {
        if !entry.optional {
            return Err(ArgumentWidening::RequiredDropped { argument: argument.into() });
        }
        if child.admits_unnamed() {
            return Err(ArgumentWidening::ReadmittedUnnamed { argument: argument.into() });
        }
    }
    if child.admits_unnamed() && !parent.admits_unnamed() {
        return Err(ArgumentWidening::UnnamedAdded);
    }
    Ok(())
}

/// The child's entries with the parent's for the same argument.
fn in_both<'a>(
    parent: &'a ConstraintMap,
    child: &'a ConstraintMap,
) -> impl Iterator<Item = (&'a str, &'a Entry, &'a Entry)> {
    child.entries().filter_map(|(name, entry)| Some((name, parent.entry(name)?, entry)))
}

/// Step 4p3.
fn check_required(parent: &ConstraintMap, child: &ConstraintMap) -> Result<(), ArgumentWidening> {
    match in_both(parent, child).find(|(_, above, below)| !above.optional && below.optional) {
        Some((argument, ..)) => Err(ArgumentWidening::MadeOptional { argument: argument.into() }),
        None => Ok(()),
    }
}

/// Step 4p4. An argument that only the parent's `"*"` admits stands below a `wildcard`, which
/// every constraint narrows.
fn check_constraints(
    parent: &ConstraintMap,
    child: &ConstraintMap,
) -> Result<(), ArgumentWidening> {
    let wider = in_both(parent, child)
        .find(|(_, above, below)| !below.constraint.narrows(&above.constraint));
    match wider {
        Some((argument, above, below)) => Err(ArgumentWidening::Constraint {
            argument: argument.into(),
            child: below.constraint.clone(),
            parent: above.constraint.clone(),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
