//! Ed25519 keys (RFC 8032) and the one place that checks signatures.
//!
//! A [`PublicKey`] is vetted when it is read, from whatever form: bytes, a JWK, or PEM under
//! feature `pem`. A [`SigningKey`] holds a seed in memory; anything else that can sign, such as an
//! HSM, implements [`Signer`].
//!
//! # The signature rule
//!
//! One rule decides every signature, alone or in a batch, so that the same bytes get the same
//! verdict on every machine:
//!
//! - the public key is canonically encoded, on the curve and not of small order, else it is
//!   refused when read;
//! - `R` is canonically encoded and on the curve, and `S` is less than the group order `L`;
//! - `[8]([S]B - R - [k]A)` is the neutral element, where `k` is SHA-512 of `R`, `A` and the
//!   message, modulo `L` (RFC 8032 section 5.1.7).
//!
//! # Example
//!
//! ```
//! use taper::key::{Signer as _, SigningKey};
//!
//! # #[cfg(feature = "std")] {
//! let key = SigningKey::generate()?;
//! let signature = key.sign(b"a message")?;
//! assert!(key.public_key().verify(b"a message", &signature));
//! assert!(!key.public_key().verify(b"another message", &signature));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod encoding;
mod error;
#[cfg(feature = "std")]
pub mod file;
mod jwk;
#[cfg(feature = "pem")]
mod pem;
mod public;
mod signature;
mod signer;
mod signing;
mod verify;

pub use error::KeyError;
pub use public::PublicKey;
pub use signature::{NotASignature, Signature};
pub use signer::{SignError, Signer};
pub use signing::SigningKey;
pub(crate) use verify::first_bad;
pub use verify::{Signed, verify_batch};
