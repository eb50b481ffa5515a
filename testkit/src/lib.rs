//! Fixed keys and a forger of tokens, for Taper's own tests.
//!
//! The forger signs whatever it is told, so that tests can make the tokens that the builders
//! refuse. It knows nothing of the rules it breaks, and uses none of the code that checks them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::string_slice,
    reason = "a wrong case must stop the generator"
)]

pub mod attacks;
pub mod compact;
mod forge;
pub mod random;
pub mod slow;
pub mod vectors;

pub use compact::CompactForgery;
pub use forge::{Forgery, Jws, base64url, digest, present};

use taper::SigningKey;

/// The time at which the good presentation is shown: 2024-01-01T00:05:00Z.
pub const NOW: i64 = 1_704_067_500;

/// The issuer of the good presentation's root.
pub const ISSUER: &str = "https://auth.example.com";

/// The name of the enforcement point that it is shown to.
pub const AUDIENCE: &str = "https://tools.example.com";

/// The key whose seed is 32 times `n`. The issuer's is 1, the holders' 2, 3 and 4.
pub fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// The `x` of a key's JWK.
pub fn x(n: u8) -> String {
    base64url(key(n).public_key().as_bytes())
}

/// The thumbprint URI of a key.
pub fn thumbprint_uri(n: u8) -> String {
    key(n).public_key().thumbprint_uri()
}
