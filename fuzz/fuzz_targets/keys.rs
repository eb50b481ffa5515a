//! Any bytes as a key: what is read is written and read back, and is a key that may be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{
    PublicKey, SigningKey,
    key::{Signature, Signed, verify_batch},
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = PublicKey::from_jwk(bytes) {
        assert_eq!(PublicKey::from_jwk(key.to_jwk().as_bytes()), Ok(key));
    }
    if let Ok(key) = SigningKey::from_jwk(bytes) {
        let again = SigningKey::from_jwk(key.to_jwk().as_bytes()).expect("what was written");
        assert_eq!(again.public_key(), key.public_key());
    }
    if let Ok(text) = core::str::from_utf8(bytes) {
        if let Ok(key) = PublicKey::from_pem(text) {
            assert_eq!(PublicKey::from_pem(&key.to_pem()), Ok(key));
        }
        let _ = SigningKey::from_pem(text);
    }
    if let Some((key, rest)) = bytes.split_first_chunk::<32>()
        && let Ok(key) = PublicKey::from_bytes(key)
        && let Some((signature, message)) = rest.split_first_chunk::<64>()
    {
        let signature = &Signature::from_bytes(*signature);
        let item = Signed { key: &key, message, signature };
        assert_eq!(key.verify(message, signature), verify_batch(&[item, item]));
    }
});
