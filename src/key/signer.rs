//! Whatever can sign: a key in memory, or one kept elsewhere.

use super::{PublicKey, Signature};
use alloc::boxed::Box;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use core::error::Error;

/// A private key that signs without being seen: in memory, an HSM, an agent process or a KMS.
///
/// Implementations sign as Ed25519 does (RFC 8032 section 5.1.6), not Ed25519ctx or Ed25519ph.
///
/// ```
/// use taper::key::{PublicKey, SignError, Signature, Signer, SigningKey};
///
/// /// Stands for a device that can be unplugged.
/// struct Device {
///     key: SigningKey,
///     plugged_in: bool,
/// }
///
/// impl Signer for Device {
///     fn public_key(&self) -> &PublicKey {
///         self.key.public_key()
///     }
///
///     fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
///         if !self.plugged_in {
///             return Err(SignError::new("device is gone"));
///         }
///         self.key.sign(message)
///     }
/// }
///
/// let key = SigningKey::from_seed(&[1; 32]);
/// let device = Device { key, plugged_in: false };
/// assert!(device.sign(b"a message").is_err());
/// ```
pub trait Signer {
    /// The public half of the key that [`sign`](Self::sign) uses.
    fn public_key(&self) -> &PublicKey;

    /// The signature of `message`, which is signed as it is and not hashed beforehand.
    ///
    /// # Errors
    ///
    /// [`SignError`] when the key cannot be reached or its keeper refuses; a key in memory
    /// does not fail.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignError>;
}

/// Lets what owns or borrows a signer sign too.
macro_rules! forward {
    ($($owner:ty),*) => {$(
        impl<T: Signer + ?Sized> Signer for $owner {
            fn public_key(&self) -> &PublicKey {
                (**self).public_key()
            }

            fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
                (**self).sign(message)
            }
        }
    )*};
}

forward!(&T, Box<T>);
#[cfg(target_has_atomic = "ptr")]
forward!(Arc<T>);

/// A signer made no signature; [`source`](Error::source) says why.
///
/// ```
/// use std::error::Error as _;
/// use taper::key::SignError;
///
/// let error = SignError::new("device is gone");
/// assert_eq!(error.to_string(), "signer made no signature");
/// assert_eq!(error.source().unwrap().to_string(), "device is gone");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("signer made no signature")]
pub struct SignError {
    source: Box<dyn Error + Send + Sync>,
}

impl SignError {
    /// A failure with this reason: a message, or the error that a device or service gave.
    ///
    /// ```
    /// # use taper::key::SignError;
    /// let timed_out = std::io::Error::from(std::io::ErrorKind::TimedOut);
    /// let error = SignError::new(timed_out);
    /// ```
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;

    /// What a caller that takes any signer does.
    fn signed<S: Signer>(signer: S) -> bool {
        let signature = signer.sign(b"message").unwrap();
        signer.public_key().verify(b"message", &signature)
    }

    #[test]
    fn owners_and_borrowers_sign() {
        let key = || SigningKey::from_seed(&[1; 32]);
        assert!(signed(key()));
        assert!(signed::<&SigningKey>(&key()));
        assert!(signed(&key() as &dyn Signer));
        assert!(signed(Box::new(key())));
        assert!(signed(Box::new(key()) as Box<dyn Signer>));
        assert!(signed(Arc::new(key())));
        assert!(signed(Arc::new(key()) as Arc<dyn Signer + Send + Sync>));
    }
}
