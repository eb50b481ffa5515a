//! Signing keys held in memory.

use super::{PublicKey, SignError, Signature, Signer};
use core::fmt;

/// An Ed25519 private key in memory, wiped when dropped.
///
/// It cannot be copied, compared or printed; [`Debug`](fmt::Debug) shows the public half. Writing
/// it out is always spelled out: `to_jwk`, `to_pem` or `write_new`.
///
/// ```
/// use taper::key::{Signer as _, SigningKey};
///
/// let key = SigningKey::from_seed(&[1; 32]);
/// let signature = key.sign(b"a message")?;
/// assert!(key.public_key().verify(b"a message", &signature));
/// assert_eq!(
///     format!("{key:?}"),
///     "SigningKey(PublicKey(iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w))",
/// );
/// # Ok::<(), taper::key::SignError>(())
/// ```
pub struct SigningKey {
    /// Wipes itself when dropped.
    secret: ed25519_dalek::SigningKey,
    public: PublicKey,
}

impl SigningKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`KeyError::NoRandomness`](super::KeyError::NoRandomness) when the system has none to give.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let key = SigningKey::generate()?;
    /// assert_ne!(key.public_key(), SigningKey::generate()?.public_key());
    /// # Ok::<(), taper::key::KeyError>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn generate() -> Result<Self, super::KeyError> {
        let mut seed = zeroize::Zeroizing::new([0_u8; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|_| super::KeyError::NoRandomness)?;
        Ok(Self::from_seed(&seed))
    }

    /// The key whose private half is this seed (RFC 8032 section 5.1.5): 32 random bytes that
    /// the caller keeps secret and wipes.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// // Only tests know their seeds.
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// assert_eq!(key.public_key().as_bytes()[..2], [0x8a, 0x88]);
    /// ```
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        // No vetting needed: the point is a multiple of the base point, canonically encoded; and
        // a clamped scalar is 8m with 0 < m < L, so the point is never the neutral one.
        let key = secret.verifying_key();
        let public = PublicKey::from_point(key.to_bytes(), key.to_edwards());
        Self { secret, public }
    }

    /// The 32 bytes of the private half, for the modules that write keys.
    pub(super) fn seed(&self) -> &[u8; 32] {
        self.secret.as_bytes()
    }

    /// The public half.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let holder = SigningKey::from_seed(&[1; 32]).public_key().clone();
    /// assert_eq!(holder.as_bytes().len(), 32);
    /// ```
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl Signer for SigningKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        ed25519_dalek::Signer::try_sign(&self.secret, message)
            .map(|signature| Signature::from_bytes(signature.to_bytes()))
            .map_err(SignError::new)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64url;
    use alloc::format;

    #[test]
    fn debug_shows_no_secret() {
        let seed = [0xa7; 32];
        for shown in [
            format!("{:?}", SigningKey::from_seed(&seed)),
            format!("{:#?}", SigningKey::from_seed(&seed)),
        ] {
            let public = SigningKey::from_seed(&seed).public_key().x();
            assert!(shown.contains(&public));
            assert!(!shown.contains(&base64url::encode(&seed)));
            // Neither in hexadecimal nor as a list of numbers.
            assert!(!shown.to_lowercase().contains("a7a7") && !shown.contains("167"));
        }
    }

    #[test]
    fn the_public_half_passes_vetting() {
        for byte in 0..=255 {
            let key = SigningKey::from_seed(&[byte; 32]);
            assert_eq!(
                PublicKey::from_bytes(key.public_key().as_bytes()).as_ref(),
                Ok(key.public_key())
            );
        }
    }

    #[cfg(feature = "std")]
    #[test]
    fn generated_keys_differ() {
        let [one, two] = [(); 2].map(|()| SigningKey::generate().unwrap());
        assert_ne!(one.seed(), two.seed());
    }
}
