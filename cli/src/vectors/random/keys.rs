//! The fixed keys of random cases.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use taper::{SigningKey, key::Signer as _};

/// Key n has n + 1 in every byte of its seed: the issuer's is 0101…01, the holders' follow.
pub(super) struct Keys(Vec<SigningKey>);

impl Keys {
    pub(super) fn new() -> Self {
        Self((1..=16_u8).map(|n| SigningKey::from_seed(&[n; 32])).collect())
    }

    pub(super) fn public(&self, n: usize) -> Option<&taper::PublicKey> {
        self.0.get(n).map(SigningKey::public_key)
    }

    pub(super) fn get(&self, n: usize) -> Option<&SigningKey> {
        self.0.get(n)
    }

    /// The `x` of the key's JWK.
    pub(super) fn x(&self, n: usize) -> String {
        self.public(n).map(|key| base64url(key.as_bytes())).unwrap_or_default()
    }

    pub(super) fn uri(&self, n: usize) -> String {
        self.public(n).map(taper::PublicKey::thumbprint_uri).unwrap_or_default()
    }

    pub(super) fn sign(&self, n: usize, message: &[u8]) -> [u8; 64] {
        let signature = self.0.get(n).and_then(|key| key.sign(message).ok());
        signature.map_or([0; 64], |signature| *signature.as_bytes())
    }
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
