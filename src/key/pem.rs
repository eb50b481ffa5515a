//! Keys as PEM (RFC 7468): SPKI for public ones, PKCS#8 for private ones (RFC 8410).

use super::{KeyError, PublicKey, SigningKey};
use alloc::{format, string::String};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::pkcs8::{
    ALGORITHM_OID, Document, PrivateKeyInfoRef, PublicKeyBytes, SecretDocument,
};
use zeroize::Zeroizing;

const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "PRIVATE KEY";

/// DER up to the 32 bytes of a public key (RFC 8410 section 4): a sequence of the algorithm
/// 1.3.101.112 and a bit string.
const SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// DER up to the 32 bytes of a seed (RFC 8410 section 7): a sequence of version 0, the algorithm,
/// and an octet string in an octet string.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

impl PublicKey {
    /// The key as PEM, labelled `PUBLIC KEY`, with a final newline (RFC 8410 section 4).
    ///
    /// ```
    /// # use taper::key::{PublicKey, SigningKey};
    /// let text = SigningKey::from_seed(&[1; 32]).public_key().to_pem();
    /// assert!(text.starts_with("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"));
    /// ```
    pub fn to_pem(&self) -> String {
        let mut der = [0; 44];
        fill(&mut der, &SPKI_PREFIX, self.as_bytes());
        // 44 bytes are 60 characters, within the 64 of a line.
        format!("-----BEGIN {PUBLIC}-----\n{}\n-----END {PUBLIC}-----\n", STANDARD.encode(der))
    }

    /// Reads a public key from PEM, labelled `PUBLIC KEY` (RFC 8410 section 4).
    ///
    /// # Errors
    ///
    /// [`KeyError::NotPem`], [`KeyError::WrongLabel`], [`KeyError::NotEd25519`], or as
    /// [`from_bytes`](Self::from_bytes).
    ///
    /// ```
    /// # use taper::key::{PublicKey, SigningKey};
    /// let key = SigningKey::from_seed(&[1; 32]).public_key().clone();
    /// assert_eq!(PublicKey::from_pem(&key.to_pem())?, key);
    /// # Ok::<(), taper::key::KeyError>(())
    /// ```
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = Document::from_pem(text).map_err(|_| KeyError::NotPem)?;
        expect_label(label, PUBLIC)?;
        let bytes = PublicKeyBytes::try_from(der.as_bytes()).map_err(|_| KeyError::NotEd25519)?;
        Self::from_bytes(bytes.as_ref())
    }
}

impl SigningKey {
    /// The key as PEM, labelled `PRIVATE KEY`, with a final newline (RFC 8410 section 7), in text
    /// that is wiped when dropped.
    ///
    /// It is PKCS#8 version 1, without the public half, since widespread readers know no other.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let text = SigningKey::from_seed(&[1; 32]).to_pem();
    /// assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw"));
    /// ```
    pub fn to_pem(&self) -> Zeroizing<String> {
        let mut der = Zeroizing::new([0; 48]);
        fill(&mut *der, &PKCS8_PREFIX, self.seed());
        // 48 bytes are 64 characters, exactly a line.
        let line = Zeroizing::new(STANDARD.encode(*der));
        let mut text = Zeroizing::new(String::with_capacity(256));
        for part in ["-----BEGIN ", PRIVATE, "-----\n", &line, "\n-----END ", PRIVATE, "-----\n"] {
            text.push_str(part);
        }
        text
    }

    /// Reads a private key from PEM, labelled `PRIVATE KEY` (RFC 8410 section 7), which the
    /// caller wipes. PKCS#8 version 1 and 2 (RFC 5958) are read; a public half must belong to the
    /// private one.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotPem`], [`KeyError::WrongLabel`] (as for an encrypted key),
    /// [`KeyError::NotEd25519`], or [`KeyError::OtherPublicHalf`].
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// assert_eq!(SigningKey::from_pem(&key.to_pem())?.public_key(), key.public_key());
    /// # Ok::<(), taper::key::KeyError>(())
    /// ```
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = SecretDocument::from_pem(text).map_err(|_| KeyError::NotPem)?;
        expect_label(label, PRIVATE)?;
        let info = PrivateKeyInfoRef::try_from(der.as_bytes()).map_err(|_| KeyError::NotEd25519)?;
        if info.algorithm.oid != ALGORITHM_OID || info.algorithm.parameters.is_some() {
            return Err(KeyError::NotEd25519);
        }
        // RFC 8410 section 7: an octet string (tag 4) of 32 bytes within the octet string.
        let [0x04, 0x20, seed @ ..] = info.private_key.as_bytes() else {
            return Err(KeyError::NotEd25519);
        };
        let key = Self::from_seed(seed.try_into().map_err(|_| KeyError::NotEd25519)?);
        match info.public_key {
            // `as_bytes` is `None` for a number of bits that is no multiple of 8.
            Some(public) if public.as_bytes() != Some(key.public_key().as_bytes()) => {
                Err(KeyError::OtherPublicHalf)
            }
            _ => Ok(key),
        }
    }
}

/// Refuses PEM that says it is something else.
fn expect_label(label: &str, expected: &'static str) -> Result<(), KeyError> {
    if label == expected { Ok(()) } else { Err(KeyError::WrongLabel { expected }) }
}

/// Writes `prefix`, then `key`, without a copy in between.
fn fill(der: &mut [u8], prefix: &[u8], key: &[u8; 32]) {
    for (to, from) in der.iter_mut().zip(prefix.iter().chain(key)) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests;
