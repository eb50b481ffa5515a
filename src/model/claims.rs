//! What one token says.

use super::{Audience, Capabilities, TokenId};
use crate::{key::PublicKey, time::Timestamp};
use alloc::boxed::Box;
use core::fmt;

/// SHA-256 of a token's signing input: what its children and proofs commit to (AAT-02 4.6).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub(crate) [u8; 32]);

impl Digest {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Unpadded base64url, as `par_hash` and `aat_hash` carry it.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::base64url::encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The claims of one token, typed (AAT-02 3.2).
///
/// Claims alone prove nothing; those inside a [`VerifiedChain`](crate::VerifiedChain) do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub(crate) id: TokenId,
    pub(crate) issuer: Box<str>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) holder: PublicKey,
    pub(crate) audience: Audience,
    pub(crate) depth: u32,
    pub(crate) max_depth: u32,
    pub(crate) parent: Option<Digest>,
    pub(crate) capabilities: Option<Capabilities>,
}

impl Claims {
    /// `jti`: the token's identifier.
    pub fn id(&self) -> &TokenId {
        &self.id
    }

    /// `iss`: the root issuer's URI, or the thumbprint URI of the parent's holder.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `iat`: when the token was issued, by its signer's clock.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// `exp`: the first second at which the token is no longer valid.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// `cnf.jwk`: the key whose owner holds the token.
    pub fn holder(&self) -> &PublicKey {
        &self.holder
    }

    /// `aud`: where the token may be presented.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// `del_depth`: 0 at the root, one more at each hop.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// `del_max_depth`: the greatest depth that a descendant may have.
    pub fn max_depth(&self) -> u32 {
        self.max_depth
    }

    /// `par_hash`: the digest of the parent; none at the root.
    pub fn parent(&self) -> Option<&Digest> {
        self.parent.as_ref()
    }

    /// The tools that the token authorizes; `None` for a token in the middle of a chain that
    /// carries no capability entry, which authorizes nothing.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }
}
