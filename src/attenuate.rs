//! Judges one parent and child (AAT-02 4.2 to 4.5): the only implementation of these rules, for
//! deriving and for verifying alike.

mod widening;

use crate::{
    limits::Limits,
    model::{Capabilities, Claims, ConstraintMap, Entry},
    time::Timestamp,
};

pub use widening::{ArgumentWidening, LifetimeFault, Widening};

/// Step 4c, for tokens that name their issuer.
pub(crate) fn check_issuer(parent: &Claims, child: &Claims) -> Result<(), Widening> {
    if parent.holder.has_thumbprint_uri(&child.issuer) {
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

impl Capabilities {
    /// Whether these tools, in a derived token, attenuate `parent`'s (AAT-02 4.5).
    ///
    /// # Errors
    ///
    /// The first thing that is wider.
    ///
    /// ```
    /// use taper::{Capabilities, ConstraintMap, at_most};
    ///
    /// let up_to = |n| {
    ///     let map = ConstraintMap::new().require("limit", at_most(n));
    ///     Capabilities::new().with_tool("search", map)
    /// };
    /// assert!(up_to(10).narrows(&up_to(100)).is_ok());
    /// assert_eq!(up_to(100).narrows(&up_to(10)).unwrap_err().step().label(), "4p4");
    /// ```
    pub fn narrows(&self, parent: &Self) -> Result<(), Widening> {
        check_tools(parent, self)
    }
}

/// Steps 4p1 to 4p4: every tool first, then for all tools the keys, what is required, and last the
/// constraints.
fn check_tools(parent: &Capabilities, child: &Capabilities) -> Result<(), Widening> {
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
