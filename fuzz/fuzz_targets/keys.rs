//! Any bytes as a JWK: what is read is written and read back, and is a key that may be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{PublicKey, Signer as _, SigningKey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = PublicKey::from_jwk(bytes) {
        assert_eq!(PublicKey::from_bytes(key.as_bytes()).as_ref(), Ok(&key));
        assert_eq!(PublicKey::from_jwk(key.to_jwk().as_bytes()), Ok(key));
    }
    if let Ok(key) = SigningKey::from_jwk(bytes) {
        let again = SigningKey::from_jwk(key.to_jwk().as_bytes()).expect("what was written");
        assert_eq!(again.public_key(), key.public_key());
        let signature = key.sign(b"message").expect("a signature");
        assert!(again.public_key().verify(b"message", &signature));
        // A private key is not taken for a public one.
        assert!(PublicKey::from_jwk(bytes).is_err());
    }
});
