//! Any text as PEM: what is read is written and read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{PublicKey, SigningKey};

fuzz_target!(|text: &str| {
    let public = PublicKey::from_pem(text);
    let private = SigningKey::from_pem(text);
    assert!(public.is_err() || private.is_err());
    if let Ok(key) = public {
        assert_eq!(PublicKey::from_pem(&key.to_pem()), Ok(key));
    }
    if let Ok(key) = private {
        let again = SigningKey::from_pem(&key.to_pem()).expect("what was written");
        assert_eq!(again.public_key(), key.public_key());
    }
});
