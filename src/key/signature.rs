//! The 64 bytes of a signature.

use alloc::string::String;
use core::fmt;

/// An Ed25519 signature: `R`, then `S` (RFC 8032 section 5.1.6).
///
/// Any 64 bytes make one; whether they are well formed is part of
/// [checking](super::PublicKey::verify).
///
/// ```
/// use taper::key::Signature;
///
/// let signature = Signature::from_slice(&[7; 64])?;
/// assert_eq!(signature.as_bytes(), &[7; 64]);
/// assert!(Signature::from_slice(&[7; 63]).is_err());
/// # Ok::<(), taper::key::NotASignature>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The signature with these bytes.
    ///
    /// ```
    /// # use taper::key::Signature;
    /// assert_eq!(Signature::from_bytes([1; 64]).as_bytes(), &[1; 64]);
    /// ```
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The signature with these bytes.
    ///
    /// # Errors
    ///
    /// [`NotASignature`] unless there are exactly 64.
    ///
    /// ```
    /// # use taper::key::{NotASignature, Signature};
    /// assert_eq!(Signature::from_slice(b"short"), Err(NotASignature));
    /// ```
    pub fn from_slice(bytes: &[u8]) -> Result<Self, NotASignature> {
        bytes.try_into().map(Self).map_err(|_| NotASignature)
    }

    /// The 64 bytes.
    ///
    /// ```
    /// # use taper::key::Signature;
    /// assert_eq!(Signature::from_bytes([2; 64]).as_bytes().len(), 64);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// The base64url form, as in the third part of a JWS (RFC 7515 section 3.1).
    ///
    /// ```
    /// # use taper::key::Signature;
    /// assert_eq!(Signature::from_bytes([0; 64]).to_text(), "A".repeat(86));
    /// ```
    pub fn to_text(&self) -> String {
        crate::base64url::encode(&self.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.to_text())
    }
}

/// Bytes that are not 64, and so no Ed25519 signature.
///
/// ```
/// use taper::key::NotASignature;
///
/// assert_eq!(NotASignature.to_string(), "signature is not 64 bytes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature is not 64 bytes")]
pub struct NotASignature;
