//! What a token narrowed against its parent, as data: for people and logs, never for verdicts.

mod compare;

use crate::{
    attenuate::Widening,
    error::Quoted,
    model::{Audience, Claims, Constraint},
    time::Timestamp,
};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

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
        Self(compare::changes(parent, child))
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
            Self::ArgumentConstrained { tool, argument, from, to } => {
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

#[cfg(test)]
mod tests;
