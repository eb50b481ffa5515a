//! What a token narrowed against its parent, as data: for people and logs, never for verdicts.

use crate::{
    attenuate::{ArgumentWidening, Widening},
    error::Quoted,
    model::{Audience, Capabilities, Claims, Constraint, ConstraintMap, Entry},
    time::Timestamp,
};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{cmp::Ordering, fmt};

/// What a child changed against its parent.
///
/// The claims need not be verified, so a child may also have widened: such a change is listed like
/// every other one, as [`Change::Widened`], and never left out. Verdicts come from a
/// [`Verifier`](crate::Verifier) alone.
///
/// ```
/// use core::time::Duration;
/// use taper::{
///     ConstraintMap, Grant, Issuer, Narrowing, SigningKey, Timestamp, exact, one_of,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = Timestamp::from_unix(1_704_067_500);
/// let [issuer, planner, reader] =
///     [SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]), SigningKey::from_seed(&[3; 32])];
/// let files = ConstraintMap::new().require("path", one_of(["q3.pdf", "q4.pdf"])?);
/// let root = Issuer::new("https://auth.example.com", &issuer)?.issue(
///     Grant::to(planner.public_key().clone())
///         .tool("read_file", files)
///         .expires_in(Duration::from_secs(3600))
///         .max_depth(3),
///     now,
/// )?;
/// let leaf = root
///     .derive(&planner)
///     .to(reader.public_key().clone())
///     .narrow("read_file", "path", exact("q3.pdf")?)
///     .sign(now)?;
///
/// let narrowing = Narrowing::between(root.leaf(), leaf.leaf());
/// assert_eq!(
///     narrowing.changes()[0].to_string(),
///     r#"tool `read_file`, argument `path`: `one_of ["q3.pdf", "q4.pdf"]` -> `exact "q3.pdf"`"#,
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Narrowing(Vec<Change>);

/// One change of a child against its parent. `Display` is one short clause, bounded in length.
///
/// ```
/// use taper::Change;
///
/// let change = Change::MaxDepthLowered { from: 3, to: 1 };
/// assert_eq!(change.to_string(), "depth ceiling 3 -> 1");
/// assert_eq!(change.kind(), "max_depth_lowered");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A tool is no longer authorized.
    ToolDropped {
        /// The tool.
        tool: Box<str>,
    },
    /// An argument's constraint is a narrower one.
    ArgumentConstrained {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// The parent's constraint; none when only `"*"` admitted the argument.
        from: Option<Arc<Constraint>>,
        /// The child's constraint.
        to: Arc<Constraint>,
    },
    /// An argument that could be left out no longer can be.
    ArgumentMadeRequired {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
    },
    /// An optional argument is no longer admitted.
    ArgumentForbidden {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
    },
    /// Arguments that are not named (`"*"`) are no longer admitted.
    UnnamedDropped {
        /// The tool.
        tool: Box<str>,
    },
    /// The child expires before its parent.
    ExpiresEarlier {
        /// The parent's `exp`.
        from: Timestamp,
        /// The child's `exp`.
        to: Timestamp,
    },
    /// The child allows less delegation than its parent.
    MaxDepthLowered {
        /// The parent's `del_max_depth`.
        from: u32,
        /// The child's `del_max_depth`.
        to: u32,
    },
    /// The child's `aud` leaves out an enforcement point at which the parent may be presented.
    AudienceRestricted {
        /// The child's audience.
        to: Audience,
    },
    /// **Not a narrowing**: the child claims more than its parent grants, or does not fit below it.
    /// No verifier accepts such a chain.
    Widened(Box<Widening>),
}

impl Narrowing {
    /// Compares a child's claims with its parent's. Times are compared with each other, not with
    /// now; signatures and `par_hash` are not looked at.
    pub fn between(parent: &Claims, child: &Claims) -> Self {
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
        Self(changes)
    }

    /// The changes in a fixed order: the link, the tools by name and in each its arguments by
    /// name, then lifetime, depth and audience.
    pub fn changes(&self) -> &[Change] {
        &self.0
    }

    pub(crate) fn into_changes(self) -> Vec<Change> {
        self.0
    }

    /// Whether nothing changed: the same authority in other hands.
    pub fn is_same_scope(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the child claims more than its parent grants.
    pub fn is_widening(&self) -> bool {
        self.0.iter().any(Change::is_widening)
    }
}

impl Change {
    /// The stable name of this kind of change.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ToolDropped { .. } => "tool_dropped",
            Self::ArgumentConstrained { .. } => "argument_constrained",
            Self::ArgumentMadeRequired { .. } => "argument_made_required",
            Self::ArgumentForbidden { .. } => "argument_forbidden",
            Self::UnnamedDropped { .. } => "unnamed_dropped",
            Self::ExpiresEarlier { .. } => "expires_earlier",
            Self::MaxDepthLowered { .. } => "max_depth_lowered",
            Self::AudienceRestricted { .. } => "audience_restricted",
            Self::Widened(_) => "widened",
        }
    }

    /// The tool that the change is about, when it is about one.
    pub fn tool(&self) -> Option<&str> {
        match self {
            Self::ToolDropped { tool }
            | Self::ArgumentConstrained { tool, .. }
            | Self::ArgumentMadeRequired { tool, .. }
            | Self::ArgumentForbidden { tool, .. }
            | Self::UnnamedDropped { tool } => Some(tool),
            Self::Widened(widening) => match &**widening {
                Widening::ToolAdded { tool } | Widening::Arguments { tool, .. } => Some(tool),
                _ => None,
            },
            _ => None,
        }
    }

    /// The argument that the change is about, when it is about one.
    pub fn argument(&self) -> Option<&str> {
        match self {
            Self::ArgumentConstrained { argument, .. }
            | Self::ArgumentMadeRequired { argument, .. }
            | Self::ArgumentForbidden { argument, .. } => Some(argument),
            _ => None,
        }
    }

    /// Whether this is [`Widened`](Self::Widened).
    pub fn is_widening(&self) -> bool {
        matches!(self, Self::Widened(_))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ToolDropped { tool } => write!(f, "tool {} dropped", Quoted(tool)),
            Self::ArgumentConstrained {
                tool,
                argument,
                from,
                to,
            } => {
                write!(f, "tool {}, argument {}: ", Quoted(tool), Quoted(argument))?;
                match from {
                    Some(from) => write!(f, "{}", Quoted(from))?,
                    None => f.write_str("admitted by `*`")?,
                }
                write!(f, " -> {}", Quoted(to))
            }
            Self::ArgumentMadeRequired { tool, argument } => {
                let (tool, argument) = (Quoted(tool), Quoted(argument));
                write!(f, "tool {tool}, argument {argument}: optional -> required")
            }
            Self::ArgumentForbidden { tool, argument } => {
                let (tool, argument) = (Quoted(tool), Quoted(argument));
                write!(f, "tool {tool}, argument {argument}: optional -> forbidden")
            }
            Self::UnnamedDropped { tool } => {
                write!(f, "tool {}: unnamed arguments (`*`) dropped", Quoted(tool))
            }
            Self::ExpiresEarlier { from, to } => {
                let earlier = from.seconds_since(*to);
                write!(f, "expires {earlier} s earlier, {from} -> {to}")
            }
            Self::MaxDepthLowered { from, to } => write!(f, "depth ceiling {from} -> {to}"),
            Self::AudienceRestricted { to } => match to {
                Audience::Malformed => f.write_str("audience -> malformed, names nobody"),
                names => write!(f, "audience -> {}", Quoted(Names(names))),
            },
            Self::Widened(widening) => write!(f, "WIDENED: {widening}"),
        }
    }
}

/// The names of an audience, separated by commas.
struct Names<'a>(&'a Audience);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.names().iter().enumerate() {
            write!(f, "{}{name}", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
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
        Some(Change::ArgumentConstrained {
            tool,
            argument,
            from: Some(parent),
            to: child,
        })
    } else {
        let fault = ArgumentWidening::Constraint {
            argument,
            child,
            parent,
        };
        Some(widened(Widening::Arguments { tool, fault }))
    }
}

/// Expiry, ceiling (AAT-02 4.3, 4.4) and audience.
fn compare_bounds(parent: &Claims, child: &Claims, changes: &mut Vec<Change>) {
    let (from, to) = (parent.expires_at, child.expires_at);
    match to.cmp(&from) {
        Ordering::Less => changes.push(Change::ExpiresEarlier { from, to }),
        Ordering::Greater => changes.push(widened(Widening::Expiry {
            expires_at: to,
            parent: from,
        })),
        Ordering::Equal => {}
    }
    let (from, to) = (parent.max_depth, child.max_depth);
    match to.cmp(&from) {
        Ordering::Less => changes.push(Change::MaxDepthLowered { from, to }),
        Ordering::Greater => changes.push(widened(Widening::MaxDepth {
            ceiling: to,
            parent: from,
        })),
        Ordering::Equal => {}
    }
    // The audiences of all tokens count together (AAT-02 3.2), so leaving `aud` out or adding
    // names below takes nothing away and gives nothing back.
    let restricts = match (&parent.audience, &child.audience) {
        (_, Audience::Unrestricted) | (Audience::Malformed, _) => false,
        (Audience::Unrestricted, _) | (_, Audience::Malformed) => true,
        (Audience::Only(above), Audience::Only(below)) => {
            let kept: alloc::collections::BTreeSet<&str> = below.iter().map(|n| &**n).collect();
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

#[cfg(test)]
mod tests;
