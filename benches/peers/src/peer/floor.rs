//! What nobody who checks Ed25519 signatures one by one can undercut.

use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};
use std::hint::black_box;

/// One `ed25519-dalek` check of a signature over 200 bytes under a key that is read already.
pub fn floor() -> impl Fn() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let message = [7; 200];
    let signature = key.sign(&message);
    let public = key.verifying_key();
    move || public.verify(black_box(&message), black_box(&signature)).unwrap()
}
