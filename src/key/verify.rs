//! The signature rule for one signature; `batch` applies it to many. Nothing else in the crate
//! checks a signature.
//!
//! RFC 8032 section 5.1.7 step 3 allows two equations. This is the first, with the cofactor, as in
//! ZIP 215; the second, without, would be cheaper by three doublings, but a batch cannot reproduce
//! its verdict on signatures that carry a point of small order.

use super::{PublicKey, Signature, encoding::is_canonical};
use curve25519_dalek::{
    Scalar,
    edwards::{CompressedEdwardsY, EdwardsPoint},
    traits::IsIdentity as _,
};
use sha2::{Digest as _, Sha512};

/// A message, its signature, and the key that should have made it: one item of a
/// [batch](super::verify_batch).
///
/// ```
/// use taper::key::{Signed, Signer as _, SigningKey};
///
/// let key = SigningKey::from_seed(&[1; 32]);
/// let signature = key.sign(b"a message")?;
/// let item = Signed { key: key.public_key(), message: b"a message", signature: &signature };
/// # Ok::<(), taper::key::SignError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The key that should have signed.
    pub key: &'a PublicKey,
    /// What should have been signed.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a Signature,
}

/// What the equation needs of one item, once all that concerns its form has held.
pub(super) struct Terms {
    pub(super) k: Scalar,
    pub(super) minus_r: EdwardsPoint,
    pub(super) s: Scalar,
}

impl Terms {
    /// RFC 8032 section 5.1.7 steps 1 and 2; `None` when the signature is malformed.
    #[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
    pub(super) fn of(key: &PublicKey, message: &[u8], signature: &Signature) -> Option<Self> {
        let ([r, s], []) = signature.as_bytes().as_chunks::<32>() else {
            return None;
        };
        // S below L, without which anyone could add L to S and have a second signature.
        let s = Option::from(Scalar::from_canonical_bytes(*s))?;
        // ZIP 215 takes any encoding of R; RFC 8032 section 5.1.3 does not. R may be of small
        // order: then the signature reveals the private key, which is the signer's affair.
        if !is_canonical(r) {
            return None;
        }
        let minus_r = -CompressedEdwardsY(*r).decompress()?;
        let k = Sha512::new().chain_update(r).chain_update(key.as_bytes()).chain_update(message);
        Some(Self { k: Scalar::from_hash(k), minus_r, s })
    }
}

/// Whether `signature` is `key`'s for `message`.
pub(super) fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    Terms::of(key, message, signature).is_some_and(|terms| terms.hold(key))
}

impl Terms {
    /// RFC 8032 section 5.1.7 step 3, and ZIP 215: [8]([S]B - [k]A - R) = 0.
    ///
    /// k was reduced modulo L, which changes [k]A only by a point of small order when A has such a
    /// part; [8] removes it.
    #[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
    pub(super) fn hold(&self, key: &PublicKey) -> bool {
        let Self { k, minus_r, s } = self;
        let difference = EdwardsPoint::vartime_double_scalar_mul_basepoint(k, key.minus_point(), s);
        (difference + minus_r).mul_by_cofactor().is_identity()
    }
}

#[cfg(test)]
mod tests;
