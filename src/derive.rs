//! Deriving narrower tokens, offline (AAT-02 6.2).

use crate::{
    attenuate::{self, Widening},
    codec::wire::SealError,
    error::Quoted,
    held::HeldChain,
    issue::{
        Expiry, Unwritable, check_audience, check_others, check_size, check_time, check_writable,
    },
    json::Value,
    key::{PublicKey, SignError, Signer},
    model::{Audience, Capabilities, Claims, Constraint, ConstraintMap, Entry, TokenId},
    random::{NoRandomness, fresh_id},
    time::Timestamp,
};
use alloc::{boxed::Box, vec::Vec};
use core::{cmp, time::Duration};

impl HeldChain {
    /// Starts deriving a narrower token, signed by `holder`, the leaf's holder.
    ///
    /// ```
    /// use core::time::Duration;
    /// use taper::{
    ///     ConstraintMap, Grant, Issuer, SigningKey, Timestamp, exact, one_of,
    /// };
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let now = Timestamp::from_unix(1_704_067_500);
    /// let [issuer, planner, reader] =
    ///     [SigningKey::generate()?, SigningKey::generate()?, SigningKey::generate()?];
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
    ///     .expires_in(Duration::from_secs(300))
    ///     .sign(now)?;
    /// assert_eq!(leaf.leaf().depth(), 1);
    ///
    /// // What would widen is refused here, with the reason that a verifier would give.
    /// let wider = leaf
    ///     .derive(&reader)
    ///     .to(planner.public_key().clone())
    ///     .narrow("read_file", "path", exact("q4.pdf")?)
    ///     .sign(now);
    /// assert!(wider.unwrap_err().to_string().contains("does not narrow"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn derive<'a, S: Signer>(&'a self, holder: &'a S) -> Derivation<'a, S> {
        Derivation::new(self, holder)
    }
}

/// A token being derived. It starts as the parent's authority and can only be narrowed; whatever
/// a verifier would deny is refused by [`sign`](Self::sign), with the verifier's reason.
///
/// Deriving without narrowing anything hands the same authority to another key; it is allowed, and
/// visible to every verifier. See [`HeldChain::derive`] for an example.
#[derive(Debug)]
#[must_use = "a derivation does nothing until it is signed"]
pub struct Derivation<'a, S> {
    parent: &'a HeldChain,
    signer: &'a S,
    holder: Option<PublicKey>,
    same_holder: bool,
    changes: Vec<Change>,
    expiry: Option<Expiry>,
    max_depth: Option<u32>,
    audience: Audience,
    id: Option<TokenId>,
    others: Vec<(Box<str>, Value)>,
}

/// One narrowing, applied in the order given.
#[derive(Debug)]
enum Change {
    KeepOnly(Vec<Box<str>>),
    Drop(Box<str>),
    Narrow { tool: Box<str>, argument: Box<str>, constraint: Constraint },
    Require { tool: Box<str>, argument: Box<str> },
    Forbid { tool: Box<str>, argument: Box<str> },
    Close { tool: Box<str> },
    Replace { tool: Box<str>, arguments: ConstraintMap },
    All(Capabilities),
}

impl<'a, S: Signer> Derivation<'a, S> {
    pub(crate) fn new(parent: &'a HeldChain, signer: &'a S) -> Self {
        Self {
            parent,
            signer,
            holder: None,
            same_holder: false,
            changes: Vec::new(),
            expiry: None,
            max_depth: None,
            audience: Audience::Unrestricted,
            id: None,
            others: Vec::new(),
        }
    }

    /// Gives the token to the owner of `holder`: a key of the child's own, never the parent's
    /// (AAT-02 6.2, step 8).
    pub fn to(mut self, holder: PublicKey) -> Self {
        self.holder = Some(holder);
        self
    }

    /// Gives the token to the parent's own key: for a narrower token within one process. Whoever
    /// has that key can present the parent's token too.
    pub fn to_same_holder(mut self) -> Self {
        self.holder = Some(self.parent.leaf().holder().clone());
        self.same_holder = true;
        self
    }

    /// Keeps only the named tools.
    pub fn keep_only<T: Into<Box<str>>>(self, tools: impl IntoIterator<Item = T>) -> Self {
        let tools = tools.into_iter().map(Into::into).collect();
        self.with(Change::KeepOnly(tools))
    }

    /// Leaves `tool` out.
    pub fn drop_tool(self, tool: impl Into<Box<str>>) -> Self {
        self.with(Change::Drop(tool.into()))
    }

    /// Puts `constraint` in place of the parent's for one argument, which it must narrow. An
    /// optional argument stays optional; one that only `"*"` admitted becomes named and required.
    pub fn narrow(
        self,
        tool: impl Into<Box<str>>,
        argument: impl Into<Box<str>>,
        constraint: Constraint,
    ) -> Self {
        let (tool, argument) = (tool.into(), argument.into());
        self.with(Change::Narrow { tool, argument, constraint })
    }

    /// Makes an optional argument required.
    pub fn require(self, tool: impl Into<Box<str>>, argument: impl Into<Box<str>>) -> Self {
        self.with(Change::Require { tool: tool.into(), argument: argument.into() })
    }

    /// Leaves an optional argument out, which forbids it. In a map that admits unnamed arguments
    /// it would come back as one of them, so [`close`](Self::close) the map as well.
    pub fn forbid(self, tool: impl Into<Box<str>>, argument: impl Into<Box<str>>) -> Self {
        self.with(Change::Forbid { tool: tool.into(), argument: argument.into() })
    }

    /// Admits only the named arguments of `tool` from here on (drops `"*"`).
    pub fn close(self, tool: impl Into<Box<str>>) -> Self {
        self.with(Change::Close { tool: tool.into() })
    }

    /// Puts a whole constraint map in place of the parent's for `tool`, which it must narrow.
    pub fn tool(self, tool: impl Into<Box<str>>, arguments: ConstraintMap) -> Self {
        self.with(Change::Replace { tool: tool.into(), arguments })
    }

    /// Puts `capabilities` in place of all the parent's, which they must narrow.
    pub fn capabilities(self, capabilities: Capabilities) -> Self {
        self.with(Change::All(capabilities))
    }

    /// Expires `duration` from now, in whole seconds. Without an expiry of its own the token
    /// expires with its parent.
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.expiry = Some(Expiry::In(duration));
        self
    }

    /// Expires at `time`.
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.expiry = Some(Expiry::At(time));
        self
    }

    /// Lowers the depth ceiling to `depth`, counted from the root.
    pub fn max_depth(mut self, depth: u32) -> Self {
        self.max_depth = Some(depth);
        self
    }

    /// Allows no further delegation.
    pub fn terminal(self) -> Self {
        let depth = self.parent.leaf().depth().saturating_add(1);
        self.max_depth(depth)
    }

    /// Restricts where the token, and all that is derived from it, may be presented. Restrictions
    /// further up go on holding; there is no need to repeat them.
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Uses `id` (`jti`) in place of a fresh UUIDv7.
    pub fn id(mut self, id: TokenId) -> Self {
        self.id = Some(id);
        self
    }

    /// Adds a claim that AAT-02 does not define; it is signed and carries no authority.
    pub fn claim(mut self, name: impl Into<Box<str>>, value: Value) -> Self {
        self.others.push((name.into(), value));
        self
    }

    fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Derives the token and gives the longer chain.
    ///
    /// # Errors
    ///
    /// When the signer is not the parent's holder, when a change names a tool or an argument that
    /// is not there, when a verifier with the same limits would deny the result now, or when the
    /// key cannot sign.
    pub fn sign(self, now: Timestamp) -> Result<HeldChain, DeriveError> {
        let parent = self.parent.leaf();
        let terms = self.parent.terms();
        if self.signer.public_key() != parent.holder() {
            return Err(DeriveError::NotHolder);
        }
        let holder = self.holder.ok_or(DeriveError::HolderMissing)?;
        if holder == *parent.holder() && !self.same_holder {
            return Err(DeriveError::SameHolder);
        }
        let mut capabilities = parent.capabilities().cloned();
        for change in self.changes {
            apply(change, capabilities.get_or_insert_default())?;
        }
        check_others(&self.others)?;
        let audience = self.audience.normalized();
        check_audience(&audience)?;
        // A clock behind the issuer's must not make the child older than its parent (6.2 step 2).
        let issued_at = cmp::max(now, parent.issued_at());
        let claims = Claims {
            id: self.id.map_or_else(|| fresh_id(now), Ok)?,
            issuer: parent.holder().thumbprint_uri().into(),
            issued_at,
            expires_at: self.expiry.map_or(parent.expires_at(), |expiry| expiry.at(issued_at)),
            holder,
            audience,
            depth: parent.depth().saturating_add(1),
            max_depth: self.max_depth.unwrap_or(parent.max_depth()),
            parent: Some(*self.parent.leaf_digest()),
            capabilities,
        };
        if let Some(capabilities) = claims.capabilities() {
            check_writable(capabilities, terms)?;
        }
        check_time(&claims)?;
        attenuate::judge(parent, &claims, terms.limits, now)?;
        let above = (parent, self.parent.leaf_digest());
        let (wire, digest) =
            self.parent.wire().seal_derived(above, &claims, &self.others, self.signer)?;
        check_size(&wire, terms.limits)?;
        Ok(HeldChain::sealed(wire, self.parent.claims(), claims, digest, terms))
    }
}

fn apply(change: Change, capabilities: &mut Capabilities) -> Result<(), DeriveError> {
    match change {
        Change::KeepOnly(tools) => {
            if let Some(tool) = tools.iter().find(|tool| capabilities.tool(tool).is_none()) {
                return Err(DeriveError::UnknownTool { tool: tool.clone() });
            }
            capabilities.retain(|tool| tools.iter().any(|kept| **kept == *tool));
        }
        Change::Drop(tool) => {
            find(capabilities, &tool)?;
            capabilities.retain(|kept| *kept != *tool);
        }
        Change::Narrow { tool, argument, constraint } => {
            let map = find(capabilities, &tool)?;
            let optional = map.entry(&argument).is_some_and(Entry::is_optional);
            map.insert(argument.into(), Entry::new(constraint, optional));
        }
        Change::Require { tool, argument } => {
            let map = find(capabilities, &tool)?;
            let Some(entry) = map.remove(&argument) else {
                return Err(DeriveError::UnknownArgument { tool, argument });
            };
            map.insert(argument.into(), Entry { optional: false, ..entry });
        }
        Change::Forbid { tool, argument } => {
            if find(capabilities, &tool)?.remove(&argument).is_none() {
                return Err(DeriveError::UnknownArgument { tool, argument });
            }
        }
        Change::Close { tool } => find(capabilities, &tool)?.set_unnamed(false),
        Change::Replace { tool, arguments } => *find(capabilities, &tool)? = arguments,
        Change::All(all) => *capabilities = all,
    }
    Ok(())
}

fn find<'c>(
    capabilities: &'c mut Capabilities,
    tool: &str,
) -> Result<&'c mut ConstraintMap, DeriveError> {
    let unknown = || DeriveError::UnknownTool { tool: tool.into() };
    capabilities.tool_mut(tool).ok_or_else(unknown)
}

/// Why a token cannot be derived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The signer is not the parent's holder: no verifier would accept its signature.
    #[error("the key is not the holder key of the token to derive from")]
    NotHolder,
    /// No holder was named.
    #[error("no holder was named for the derived token")]
    HolderMissing,
    /// The child would get the parent's key, and with it the parent's token.
    #[error("the derived token would have its parent's holder key: give it a key of its own")]
    SameHolder,
    /// A change names a tool that the parent does not authorize.
    #[error("the parent does not authorize the tool {}", Quoted(.tool))]
    UnknownTool {
        /// The tool.
        tool: Box<str>,
    },
    /// A change names an argument that the parent does not name.
    #[error("tool {}: the parent does not name the argument {}", Quoted(.tool), Quoted(.argument))]
    UnknownArgument {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
    },
    /// The token would claim more than its parent grants.
    #[error("{0}")]
    Widening(#[from] Widening),
    /// The token cannot be written as it is meant.
    #[error("{0}")]
    Unwritable(#[from] Unwritable),
    /// The key could not sign.
    #[error("{0}")]
    Sign(#[from] SignError),
    /// The system gave no randomness for an id.
    #[error("{0}")]
    Randomness(#[from] NoRandomness),
}

impl From<SealError> for DeriveError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Sign(error) => Self::Sign(error),
            SealError::Inexpressible => Unwritable::Profile.into(),
        }
    }
}
