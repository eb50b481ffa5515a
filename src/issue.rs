//! Issuing root tokens (AAT-02 6.1).

use crate::{
    attenuate::{self, LifetimeFault, Widening},
    codec::{
        Profile,
        json::is_defined,
        wire::{SealError, Wire},
    },
    error::Quoted,
    extension::Extensions,
    held::HeldChain,
    json::{self, Value},
    key::{PublicKey, SignError, Signer},
    limits::Limits,
    model::{Audience, Capabilities, Claims, ConstraintMap, TokenId},
    random::{NoRandomness, fresh_id},
    terms::Terms,
    time::Timestamp,
    verify::{TrustAnchorError, is_uri},
};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::time::Duration;

/// A root issuer: its URI, its key and the limits that it issues under.
pub struct Issuer<S> {
    uri: Box<str>,
    key: S,
    limits: Limits,
    extensions: Extensions,
    profile: Profile,
}

impl<S: Signer> Issuer<S> {
    /// The issuer that verifiers know as `uri`, signing with `key`.
    ///
    /// # Errors
    ///
    /// When `uri` is not a URI: a root's `iss` must be one (AAT-02 3.2).
    pub fn new(uri: impl Into<Box<str>>, key: S) -> Result<Self, TrustAnchorError> {
        let uri = uri.into();
        if !is_uri(&uri) {
            return Err(TrustAnchorError::IssuerNotUri { issuer: uri });
        }
        let (limits, extensions) = (Limits::default(), Extensions::new());
        Ok(Self { uri, key, limits, extensions, profile: Profile::default() })
    }

    /// Sets the limits, which should be those of the verifiers.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the extension types that grants may use, which should be those of the verifiers.
    /// Chains that begin here know the same.
    #[must_use]
    pub fn with_extensions(mut self, extensions: Extensions) -> Self {
        self.extensions = extensions;
        self
    }

    /// Sets the profile of the chains that begin here; JWS, unless said.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Issues the root token of `grant`.
    ///
    /// # Errors
    ///
    /// When a verifier with the same limits would deny the token, or when the key cannot sign.
    pub fn issue(&self, grant: Grant, now: Timestamp) -> Result<HeldChain, IssueError> {
        let Grant { id, holder, capabilities, expiry, max_depth, audience, others, requested } =
            grant;
        let terms = Terms::new(&self.limits, &self.extensions);
        let audience = audience.normalized();
        check_writable(&capabilities, terms)?;
        check_audience(&audience)?;
        check_others(&others)?;
        if let Some(requested) = requested {
            capabilities.narrows(&requested).map_err(IssueError::NotRequested)?;
        }
        let claims = Claims {
            id: id.map_or_else(|| fresh_id(now), Ok)?,
            issuer: self.uri.clone(),
            issued_at: now,
            expires_at: expiry.ok_or(IssueError::ExpiryMissing)?.at(now),
            holder,
            audience,
            depth: 0,
            max_depth,
            parent: None,
            capabilities: Some(capabilities),
        };
        check_time(&claims)?;
        attenuate::check_order(&claims)?;
        attenuate::check_lifetime(&claims, &self.limits)?;
        let limit = self.limits.max_delegation_depth;
        if max_depth > limit {
            return Err(IssueError::MaxDepth { max_depth, limit });
        }
        let (wire, digest) = Wire::seal_root(self.profile, &claims, &others, &self.key)?;
        check_size(&wire, &self.limits)?;
        Ok(HeldChain::sealed(wire, &[], claims, digest, terms))
    }
}

impl<S: Signer> core::fmt::Debug for Issuer<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Issuer")
            .field("uri", &self.uri)
            .field("key", self.key.public_key())
            .finish()
    }
}

/// What a root token is to say. See [`HeldChain::derive`] for an example.
#[derive(Clone, Debug)]
#[must_use = "a grant does nothing until it is issued"]
pub struct Grant {
    id: Option<TokenId>,
    holder: PublicKey,
    capabilities: Capabilities,
    expiry: Option<Expiry>,
    max_depth: u32,
    audience: Audience,
    others: Vec<(Box<str>, Value)>,
    requested: Option<Capabilities>,
}

/// An expiry, relative or absolute.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expiry {
    In(Duration),
    At(Timestamp),
}

impl Expiry {
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::In(duration) => now.saturating_add(duration),
            Self::At(time) => time,
        }
    }
}

impl Grant {
    /// A grant to the owner of `holder`: no tools yet, no delegation, no expiry yet.
    pub fn to(holder: PublicKey) -> Self {
        Self {
            id: None,
            holder,
            capabilities: Capabilities::new(),
            expiry: None,
            max_depth: 0,
            audience: Audience::Unrestricted,
            others: Vec::new(),
            requested: None,
        }
    }

    /// Grants `tool` with the given constraints on its arguments.
    pub fn tool(mut self, tool: impl Into<Arc<str>>, arguments: ConstraintMap) -> Self {
        self.capabilities.insert(tool.into(), arguments);
        self
    }

    /// Grants all of `capabilities`, in place of what was granted before.
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Says what was requested: issuing then refuses to grant more (AAT-02 6.1.3, step 7).
    pub fn requested(mut self, requested: Capabilities) -> Self {
        self.requested = Some(requested);
        self
    }

    /// Expires `duration` after it is issued, in whole seconds.
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.expiry = Some(Expiry::In(duration));
        self
    }

    /// Expires at `time`.
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.expiry = Some(Expiry::At(time));
        self
    }

    /// Allows `hops` delegations below the root; 0, the default, allows none.
    pub fn max_depth(mut self, hops: u32) -> Self {
        self.max_depth = hops;
        self
    }

    /// Restricts where the token, and all that is derived from it, may be presented.
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
}

/// Why a root token cannot be issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// No expiry was given.
    #[error("no expiry was given")]
    ExpiryMissing,
    /// The token's own times do not hold.
    #[error("{0}")]
    Lifetime(#[from] LifetimeFault),
    /// More delegations than the limit.
    #[error("the depth ceiling {max_depth} is above the limit {limit}")]
    MaxDepth {
        /// What was asked for.
        max_depth: u32,
        /// MAX_DELEGATION_DEPTH.
        limit: u32,
    },
    /// More than was requested.
    #[error("the grant exceeds the request: {0}")]
    NotRequested(#[source] Widening),
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

/// Why a token cannot be written as it is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unwritable {
    /// A map that names no argument and admits none would read as one that admits all
    /// (AAT-02 3.3).
    #[error(
        "tool {} names no argument, which on the wire means that every argument is admitted: \
         say `ConstraintMap::unrestricted`, or leave the tool out",
        Quoted(.tool)
    )]
    EmptyMap {
        /// The tool.
        tool: Box<str>,
    },
    /// `"*"` as the name of an argument has another meaning on the wire.
    #[error("tool {} names an argument `*`, which stands for unnamed arguments", Quoted(.tool))]
    StarArgument {
        /// The tool.
        tool: Box<str>,
    },
    /// A constraint is nested deeper than the limit.
    #[error("tool {}, argument {}: the constraint is nested deeper than {limit}", Quoted(.tool), Quoted(.argument))]
    ConstraintDepth {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// MAX_CONSTRAINT_DEPTH.
        limit: usize,
    },
    /// A constraint of an extension type that is not among those given.
    #[error("tool {}, argument {}: the constraint type {} is not known", Quoted(.tool), Quoted(.argument), Quoted(.name))]
    ExtensionUnknown {
        /// The tool.
        tool: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// The type.
        name: &'static str,
    },
    /// An audience without a name.
    #[error("the audience names nobody")]
    AudienceEmpty,
    /// A claim that AAT-02 defines, or one given twice, among the others.
    #[error("the claim {} is not free to add", Quoted(.claim))]
    ReservedClaim {
        /// The claim.
        claim: Box<str>,
    },
    /// A time that JSON numbers do not hold exactly.
    #[error("the time {time} cannot be written")]
    Time {
        /// The time.
        time: Timestamp,
    },
    /// The compact profile cannot say it: more than 255 tokens, or times beyond 64 bits.
    #[error("the compact profile cannot say it")]
    Profile,
    /// The token or the chain would be larger than the limits.
    #[error("the {what} would have {size} bytes, above the limit of {limit}")]
    TooLarge {
        /// `token` or `chain`.
        what: &'static str,
        /// Bytes.
        size: usize,
        /// Bytes.
        limit: usize,
    },
}

/// Refuses an `aud` that names nobody: left out it would mean everybody, and written it would make
/// a token of no use.
pub(crate) fn check_audience(audience: &Audience) -> Result<(), Unwritable> {
    match audience {
        Audience::Unrestricted => Ok(()),
        Audience::Only(names) if !names.is_empty() => Ok(()),
        Audience::Only(_) | Audience::Malformed => Err(Unwritable::AudienceEmpty),
    }
}

/// Refuses maps whose wire form means something else, and constraints that no verifier takes.
pub(crate) fn check_writable(
    capabilities: &Capabilities,
    terms: Terms<'_>,
) -> Result<(), Unwritable> {
    let limit = terms.limits.max_constraint_depth;
    for (tool, map) in capabilities.tools() {
        if map.is_unwritable() {
            return Err(Unwritable::EmptyMap { tool: tool.into() });
        }
        if map.entry("*").is_some() {
            return Err(Unwritable::StarArgument { tool: tool.into() });
        }
        if let Some((argument, _)) = map.entries().find(|(_, e)| e.constraint.depth() > limit) {
            let (tool, argument) = (tool.into(), argument.into());
            return Err(Unwritable::ConstraintDepth { tool, argument, limit });
        }
        for (argument, entry) in map.entries() {
            if let Some(name) = terms.extensions.unknown_in(&entry.constraint) {
                let (tool, argument) = (tool.into(), argument.into());
                return Err(Unwritable::ExtensionUnknown { tool, argument, name });
            }
        }
    }
    Ok(())
}

/// Refuses other claims that would repeat or replace one.
pub(crate) fn check_others(others: &[(Box<str>, Value)]) -> Result<(), Unwritable> {
    let names = || others.iter().map(|(name, _)| &**name);
    let twice = json::duplicate(names(), others.len());
    match twice.or_else(|| names().find(|name| is_defined(name))) {
        Some(claim) => Err(Unwritable::ReservedClaim { claim: claim.into() }),
        None => Ok(()),
    }
}

/// Refuses times beyond what a JSON number holds exactly (AAT-02 3.4).
pub(crate) fn check_time(claims: &Claims) -> Result<(), Unwritable> {
    let unwritable = |time: &Timestamp| json::Number::try_from(time.as_unix()).is_err();
    match [claims.issued_at, claims.expires_at].into_iter().find(unwritable) {
        Some(time) => Err(Unwritable::Time { time }),
        None => Ok(()),
    }
}

/// Refuses a chain that verifiers would find too large (steps 2a and 2b).
pub(crate) fn check_size(wire: &Wire<'_>, limits: &Limits) -> Result<(), Unwritable> {
    let too_large = |what, size, limit| Err(Unwritable::TooLarge { what, size, limit });
    let size = wire.sizes().last().unwrap_or(0);
    if size > limits.max_token_size {
        return too_large("token", size, limits.max_token_size);
    }
    let size = wire.sizes().fold(0, usize::saturating_add);
    if size > limits.max_chain_size {
        return too_large("chain", size, limits.max_chain_size);
    }
    Ok(())
}

impl From<SealError> for IssueError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Sign(error) => Self::Sign(error),
            SealError::Inexpressible => Unwritable::Profile.into(),
        }
    }
}
