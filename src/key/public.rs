//! Public keys: vetting, thumbprints, checking.

use super::{
    KeyError, Signature,
    encoding::{is_canonical, is_small_order},
    verify,
};
use crate::base64url;
use alloc::{format, string::String};
use core::{
    fmt,
    hash::{Hash, Hasher},
};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use sha2::{Digest as _, Sha256};

/// An Ed25519 public key that passed vetting, ready to check signatures.
///
/// Keys are equal when their bytes are: every point has only one accepted encoding.
///
/// ```
/// use taper::key::{KeyError, PublicKey};
///
/// let key = PublicKey::from_jwk(
///     br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
/// )?;
/// assert_eq!(key.thumbprint_text(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), KeyError>(())
/// ```
#[derive(Clone)]
pub struct PublicKey {
    bytes: [u8; 32],
    /// The key's point, negated: the equation subtracts it, so this saves a step per check.
    minus_point: EdwardsPoint,
}

impl PublicKey {
    /// Reads the 32 bytes of RFC 8032 section 5.1.2.
    ///
    /// # Errors
    ///
    /// [`KeyError::NonCanonical`] for an encoding that section does not produce,
    /// [`KeyError::NotOnCurve`], and [`KeyError::SmallOrder`].
    ///
    /// ```
    /// use taper::key::{KeyError, PublicKey};
    ///
    /// let mut neutral = [0; 32];
    /// neutral[0] = 1;
    /// assert_eq!(PublicKey::from_bytes(&neutral), Err(KeyError::SmallOrder));
    /// ```
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_canonical(bytes) {
            return Err(KeyError::NonCanonical);
        }
        if is_small_order(bytes) {
            return Err(KeyError::SmallOrder);
        }
        let point = CompressedEdwardsY(*bytes).decompress().ok_or(KeyError::NotOnCurve)?;
        Ok(Self::from_point(*bytes, point))
    }

    /// The key with this point, whose encoding `bytes` is; the caller has vetted both.
    #[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
    pub(super) fn from_point(bytes: [u8; 32], point: EdwardsPoint) -> Self {
        Self { bytes, minus_point: -point }
    }

    /// The 32 bytes of RFC 8032 section 5.1.2.
    ///
    /// ```
    /// # use taper::key::{PublicKey, SigningKey};
    /// let key = SigningKey::from_seed(&[1; 32]).public_key().clone();
    /// assert_eq!(PublicKey::from_bytes(key.as_bytes()), Ok(key));
    /// ```
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The key's point, negated.
    pub(super) fn minus_point(&self) -> &EdwardsPoint {
        &self.minus_point
    }

    /// The bytes as base64url: the JWK's `x`.
    pub(super) fn x(&self) -> String {
        base64url::encode(&self.bytes)
    }

    /// The SHA-256 thumbprint of the key's JWK (RFC 7638, RFC 8037 section 2), 32 bytes.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let thumbprint = SigningKey::from_seed(&[1; 32]).public_key().thumbprint();
    /// assert_eq!(thumbprint[..4], [0x50, 0x30, 0xd1, 0x78]);
    /// ```
    pub fn thumbprint(&self) -> [u8; 32] {
        // RFC 7638 section 3.2: the required members only, in order, without white space; which
        // is also how `to_jwk` writes.
        let hash = Sha256::new_with_prefix(r#"{"crv":"Ed25519","kty":"OKP","x":""#);
        let x = base64url::encode_array::<32, 43>(&self.bytes);
        hash.chain_update(x).chain_update("\"}").finalize().into()
    }

    /// The [`thumbprint`](Self::thumbprint) as base64url, 43 characters.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// assert_eq!(
    ///     key.public_key().thumbprint_text(),
    ///     "UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4",
    /// );
    /// ```
    pub fn thumbprint_text(&self) -> String {
        base64url::encode(&self.thumbprint())
    }

    /// The [`thumbprint`](Self::thumbprint) as a URI (RFC 9278 section 3).
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// assert_eq!(
    ///     key.public_key().thumbprint_uri(),
    ///     "urn:ietf:params:oauth:jwk-thumbprint:sha-256:UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4",
    /// );
    /// ```
    pub fn thumbprint_uri(&self) -> String {
        format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{}", self.thumbprint_text())
    }

    /// Whether `signature` is this key's for `message`, by [the one rule](super#the-signature-rule).
    ///
    /// ```
    /// # use taper::key::{Signer as _, SigningKey};
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// let signature = key.sign(b"a message")?;
    /// assert!(key.public_key().verify(b"a message", &signature));
    /// assert!(!key.public_key().verify(b"another", &signature));
    /// # Ok::<(), taper::key::SignError>(())
    /// ```
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        verify::verify(self, message, signature)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.x())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};

    #[test]
    fn small_order_is_refused() {
        for point in EIGHT_TORSION {
            let bytes = point.compress().to_bytes();
            assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::SmallOrder));
        }
    }

    #[test]
    fn mixed_order_is_a_key() {
        for torsion in EIGHT_TORSION {
            let bytes = (ED25519_BASEPOINT_POINT + torsion).compress().to_bytes();
            assert_eq!(PublicKey::from_bytes(&bytes).unwrap().as_bytes(), &bytes);
        }
    }

    #[test]
    fn non_canonical_is_refused() {
        // y from p to 2^255 - 1, with either sign; those that are a point and those that are not.
        for low in 0xed..=0xff_u8 {
            for high in [0x7f, 0xff] {
                let mut bytes = [0xff; 32];
                (bytes[0], bytes[31]) = (low, high);
                assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::NonCanonical));
            }
        }
        // "Minus zero" for x, at y = 1 and y = p - 1.
        let mut one = [0; 32];
        (one[0], one[31]) = (1, 0x80);
        let mut minus_one = [0xff; 32];
        minus_one[0] = 0xec;
        for bytes in [one, minus_one] {
            assert!(CompressedEdwardsY(bytes).decompress().is_some());
            assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::NonCanonical));
        }
    }

    #[test]
    fn off_the_curve_is_refused() {
        let mut two = [0; 32];
        two[0] = 2;
        assert_eq!(PublicKey::from_bytes(&two), Err(KeyError::NotOnCurve));
    }

    #[test]
    fn thumbprints() {
        let x = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w";
        let thumbprint = "UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4";
        let key = SigningKey::from_seed(&[1; 32]).public_key().clone();
        assert_eq!(key.x(), x);
        assert_eq!(base64url::encode(&key.thumbprint()), thumbprint);
        assert_eq!(key.thumbprint_text(), thumbprint);
        assert_eq!(format!("{key:?}"), format!("PublicKey({x})"));

        // RFC 8037 appendix A.3.
        let x = base64url::decode_array("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key = PublicKey::from_bytes(&x).unwrap();
        assert_eq!(key.thumbprint_text(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
