//! Finds every change of a child against its parent.

use super::Change;
use crate::{
    attenuate::{ArgumentWidening, Widening},
    model::{Audience, Capabilities, Claims, ConstraintMap, Entry},
};
use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use core::cmp::Ordering;

/// Whether a change narrows is for `Constraint::narrows` to say; which keys may come and go
/// follows AAT-02 4.5, and a test holds it against the judge of verdicts.
pub(super) fn changes(parent: &Claims, child: &Claims) -> Vec<Change> {
    let mut changes = Vec::new();
    compare_position(parent, child, &mut changes);
    // A token without a capability entry is the empty set of tools (AAT-02 3.3).
    let nothing = Capabilities::new();
    compare_tools(
        parent.capabilities().unwrap_or(&nothing),
        child.capabilities().unwrap_or(&nothing),
        &mut changes,
    );
    compare_bounds(parent, child, &mut changes);
    changes
}

fn widened(widening: Widening) -> Change {
    Change::Widened(Box::new(widening))
}

/// What a narrowing child has in common with every other one (AAT-02 4.2, 4.3): a fault here is
/// shown, and nothing otherwise.
fn compare_position(parent: &Claims, child: &Claims, changes: &mut Vec<Change>) {
    let depth = child.depth;
    if *child.issuer != *parent.holder.thumbprint_uri() {
        let issuer = child.issuer.clone();
        changes.push(widened(Widening::Issuer { issuer }));
    }
    if parent.depth.checked_add(1) != Some(depth) {
        let parent = parent.depth;
        changes.push(widened(Widening::Depth { depth, parent }));
    }
    if depth > parent.max_depth {
        let ceiling = parent.max_depth;
        changes.push(widened(Widening::DepthAboveParentMax { depth, ceiling }));
    }
    if depth > child.max_depth {
        let ceiling = child.max_depth;
        changes.push(widened(Widening::DepthAboveOwnMax { depth, ceiling }));
    }
    if child.issued_at < parent.issued_at {
        changes.push(widened(Widening::IssuedBeforeParent {
            issued_at: child.issued_at,
            parent: parent.issued_at,
        }));
    }
}

fn compare_tools(parent: &Capabilities, child: &Capabilities, changes: &mut Vec<Change>) {
    let either = merged(parent.tools(), child.tools());
    for (tool, above, below) in either {
        match (above, below) {
            (Some(above), Some(below)) => compare_arguments(tool, above, below, changes),
            (Some(_), None) => changes.push(Change::ToolDropped { tool: tool.into() }),
            (None, _) => changes.push(widened(Widening::ToolAdded { tool: tool.into() })),
        }
    }
}

fn compare_arguments(
    tool: &str,
    parent: &ConstraintMap,
    child: &ConstraintMap,
    changes: &mut Vec<Change>,
) {
    let tool = || Box::<str>::from(tool);
    let wider = |fault| {
        let tool = tool();
        widened(Widening::Arguments { tool, fault })
    };
    for (name, above, below) in merged(parent.entries(), child.entries()) {
        let argument = || Box::<str>::from(name);
        let required = |changes: &mut Vec<Change>| {
            let (tool, argument) = (tool(), argument());
            changes.push(Change::ArgumentMadeRequired { tool, argument });
        };
        match (above, below) {
            (Some(above), Some(below)) => {
                if let Some(change) = compare_constraints(&tool, name, above, below) {
                    changes.push(change);
                }
                match (above.optional, below.optional) {
                    (true, false) => required(changes),
                    (false, true) => {
                        let argument = argument();
                        changes.push(wider(ArgumentWidening::MadeOptional { argument }));
                    }
                    _ => {}
                }
            }
            (Some(above), None) => {
                let argument = argument();
                changes.push(if !above.optional {
                    wider(ArgumentWidening::RequiredDropped { argument })
                } else if child.admits_unnamed() {
                    wider(ArgumentWidening::ReadmittedUnnamed { argument })
                } else {
                    let tool = tool();
                    Change::ArgumentForbidden { tool, argument }
                });
            }
            (None, Some(below)) if parent.admits_unnamed() => {
                changes.push(Change::ArgumentConstrained {
                    tool: tool(),
                    argument: argument(),
                    from: None,
                    to: below.constraint.clone(),
                });
                if !below.optional {
                    required(changes);
                }
            }
            (None, _) => {
                let argument = argument();
                changes.push(wider(ArgumentWidening::Added { argument }));
            }
        }
    }
    match (parent.admits_unnamed(), child.admits_unnamed()) {
        (true, false) => changes.push(Change::UnnamedDropped { tool: tool() }),
        (false, true) => changes.push(wider(ArgumentWidening::UnnamedAdded)),
        _ => {}
    }
}

fn compare_constraints(
    tool: &dyn Fn() -> Box<str>,
    argument: &str,
    above: &Entry,
    below: &Entry,
) -> Option<Change> {
    let (tool, argument) = (tool(), argument.into());
    let parent = above.constraint.clone();
    let child = below.constraint.clone();
    if parent == child {
        None
    } else if child.narrows(&parent) {
        Some(Change::ArgumentConstrained { tool, argument, from: Some(parent), to: child })
    } else {
        let fault = ArgumentWidening::Constraint { argument, child, parent };
        Some(widened(Widening::Arguments { tool, fault }))
    }
}

/// Expiry, ceiling (AAT-02 4.3, 4.4) and audience.
fn compare_bounds(parent: &Claims, child: &Claims, changes: &mut Vec<Change>) {
    let (from, to) = (parent.expires_at, child.expires_at);
    match to.cmp(&from) {
        Ordering::Less => changes.push(Change::ExpiresEarlier { from, to }),
        Ordering::Greater => {
            changes.push(widened(Widening::Expiry { expires_at: to, parent: from }))
        }
        Ordering::Equal => {}
    }
    let (from, to) = (parent.max_depth, child.max_depth);
    match to.cmp(&from) {
        Ordering::Less => changes.push(Change::MaxDepthLowered { from, to }),
        Ordering::Greater => {
            changes.push(widened(Widening::MaxDepth { ceiling: to, parent: from }))
        }
        Ordering::Equal => {}
    }
    // The audiences of all tokens count together (AAT-02 3.2), so leaving `aud` out or adding
    // names below takes nothing away and gives nothing back.
    let restricts = match (&parent.audience, &child.audience) {
        (_, Audience::Unrestricted) | (Audience::Malformed, _) => false,
        (Audience::Unrestricted, _) | (_, Audience::Malformed) => true,
        (Audience::Only(above), Audience::Only(below)) => {
            let kept: BTreeSet<&str> = below.iter().map(|n| &**n).collect();
            above.iter().any(|name| !kept.contains(&**name))
        }
    };
    if restricts {
        let to = child.audience.clone();
        changes.push(Change::AudienceRestricted { to });
    }
}

/// Walks two sequences that are sorted by name as one.
fn merged<'a, T: 'a>(
    above: impl Iterator<Item = (&'a str, &'a T)>,
    below: impl Iterator<Item = (&'a str, &'a T)>,
) -> impl Iterator<Item = (&'a str, Option<&'a T>, Option<&'a T>)> {
    let (mut above, mut below) = (above.peekable(), below.peekable());
    core::iter::from_fn(move || {
        let order = match (above.peek(), below.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let parent = if order.is_le() { above.next() } else { None };
        let child = if order.is_ge() { below.next() } else { None };
        let (name, _) = parent.or(child)?;
        Some((name, parent.map(|(_, t)| t), child.map(|(_, t)| t)))
    })
}
