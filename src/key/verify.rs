//! The signature rule, alone and in batches: nothing else in the crate checks a signature.
//!
//! RFC 8032 section 5.1.7 step 3 allows two equations. This is the first, with the cofactor, as in
//! ZIP 215; the second, without, would be cheaper by three doublings, but a batch cannot reproduce
//! its verdict on signatures that carry a point of small order.

use super::{PublicKey, Signature, encoding::is_canonical};
use alloc::{collections::BTreeMap, vec::Vec};
use core::iter::once;
use curve25519_dalek::{
    Scalar,
    constants::ED25519_BASEPOINT_POINT,
    edwards::{CompressedEdwardsY, EdwardsPoint},
    traits::IsIdentity as _,
};
use sha2::{Digest as _, Sha256, Sha512};

/// Below this many signatures a batch costs more than checking each by itself.
const BATCH: usize = 3;

/// A message, its signature, and the key that should have made it: one item of a
/// [batch](verify_batch).
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
struct Terms {
    k: Scalar,
    minus_r: EdwardsPoint,
    s: Scalar,
}

impl Terms {
    /// RFC 8032 section 5.1.7 steps 1 and 2; `None` when the signature is malformed.
    #[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
    fn of(key: &PublicKey, message: &[u8], signature: &Signature) -> Option<Self> {
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

    /// What the single equation is off by: [8]([S]B - [k]A - R).
    ///
    /// k was reduced modulo L, which changes [k]A only by a point of small order when A has such a
    /// part; [8] removes it.
    #[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
    fn off(&self, key: &PublicKey) -> EdwardsPoint {
        let Self { k, minus_r, s } = self;
        let difference = EdwardsPoint::vartime_double_scalar_mul_basepoint(k, key.minus_point(), s);
        (difference + minus_r).mul_by_cofactor()
    }
}

/// Whether `signature` is `key`'s for `message`.
pub(super) fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    // RFC 8032 section 5.1.7 step 3, and ZIP 215: [8]([S]B - [k]A - R) = 0.
    Terms::of(key, message, signature).is_some_and(|terms| terms.off(key).is_identity())
}

/// Whether every signature in `items` is its key's for its message: what
/// [`PublicKey::verify`] says for each, in less time from a handful of items on.
///
/// A batch that does not hold does not tell which item failed; check them one by one for that.
/// An empty batch holds. The verdict depends on the items only, not on chance: see the source for
/// how the coefficients are derived, and why a bad batch holds with a chance of 2^-128.
///
/// ```
/// use taper::key::{Signed, Signer as _, SigningKey, verify_batch};
///
/// let [one, two] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]));
/// let signatures = [one.sign(b"to two")?, two.sign(b"to three")?];
/// let mut items = [
///     Signed { key: one.public_key(), message: b"to two", signature: &signatures[0] },
///     Signed { key: two.public_key(), message: b"to three", signature: &signatures[1] },
/// ];
/// assert!(verify_batch(&items));
///
/// items[1].message = b"to four";
/// assert!(!verify_batch(&items));
/// # Ok::<(), taper::key::SignError>(())
/// ```
// The equation, with a coefficient z for every item, of 128 bits but for the last, whose z is 1:
//
//     [8]([sum z S]B - sum [z]R - sum [z k]A) = 0
//
// It is the sum of the single equations, each times its z. When all of those hold, it holds.
// When only the last does not, the sum is what that is off by, and not 0. When another does not, its
// [8](...) is a point other than 0 in the group of prime order L, and then at most one value of its
// z, given the others, makes the sum 0, or any other point settled before: one chance in 2^128 for
// a z that was not known when the items were made.
//
// Such a z need not come from a random source. Here every z is SHA-256 of all there is to the
// equation: k, R, S and A of every item. Whoever wants a bad batch to hold has to settle the
// items first and sees the coefficients after, and changing anything draws all of them anew; so
// each attempt has that one chance, and costs hashing. In return the verdict is the same
// everywhere and no generator can fail or be predicted.
//
// Single and batch agree on signatures that carry a point of small order, and not merely with
// high probability, because [8] removes such points from every single equation before the
// coefficients count. Without the cofactor a z that is a multiple of 8 would accept what the
// single equation refuses.
#[must_use]
pub fn verify_batch(items: &[Signed<'_>]) -> bool {
    match items {
        [] => true,
        // The same verdict, sooner.
        [item] => verify(item.key, item.message, item.signature),
        _ => items
            .iter()
            .map(|item| Terms::of(item.key, item.message, item.signature))
            .collect::<Option<Vec<_>>>()
            .is_some_and(|terms| sum_is_neutral(items, &terms)),
    }
}

/// Which is the first of `items` that does not hold; `None` when all hold.
///
/// When all hold, this costs one batch. When the last alone does not, one signature more: what it
/// is off by is what the batch is off by, as its coefficient is 1. Otherwise halves are tried, each
/// as a batch, so that it costs about twice a batch at most.
pub(crate) fn first_bad(items: &[Signed<'_>]) -> Option<usize> {
    let alone = |item: &Signed<'_>| verify(item.key, item.message, item.signature);
    if items.len() < BATCH {
        return items.iter().position(|item| !alone(item));
    }
    let terms: Vec<_> =
        items.iter().map_while(|item| Terms::of(item.key, item.message, item.signature)).collect();
    // What is malformed is bad without a look at the curve; so may be something before it.
    let well_formed = terms.len();
    if well_formed < items.len() {
        let before = items.get(..well_formed).unwrap_or_default();
        return first_bad(before).or(Some(well_formed));
    }
    let off = sum(items, &terms);
    if off.is_identity() {
        return None;
    }
    let last = items.len().saturating_sub(1);
    let off_by_last = match (items.last(), terms.last()) {
        (Some(item), Some(terms)) => terms.off(item.key),
        _ => return Some(last),
    };
    if off == off_by_last {
        return Some(last);
    }
    let (mut low, mut high) = (0, last);
    // INVARIANT: the first that is bad is among `low..high`, or is the last when there is none.
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        let (Some(items), Some(terms)) = (items.get(low..middle), terms.get(low..middle)) else {
            return Some(low);
        };
        if sum(items, terms).is_identity() { low = middle } else { high = middle }
    }
    Some(low)
}

/// The batch equation, of items whose form has held.
fn sum_is_neutral(items: &[Signed<'_>], terms: &[Terms]) -> bool {
    sum(items, terms).is_identity()
}

/// What the batch equation is off by; the last item's coefficient is 1.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "points of a group and numbers modulo L do not overflow"
)]
fn sum(items: &[Signed<'_>], terms: &[Terms]) -> EdwardsPoint {
    if let ([item], [terms]) = (items, terms) {
        return terms.off(item.key);
    }
    let mut base = Scalar::ZERO;
    // One term for each distinct key, since chains and callers repeat theirs.
    let mut keys = BTreeMap::<&[u8; 32], (Scalar, EdwardsPoint)>::new();
    let mut sum = Vec::with_capacity(items.len().saturating_mul(2));

    for ((item, Terms { k, minus_r, s }), z) in
        items.iter().zip(terms).rev().zip(once(Scalar::ONE).chain(Coefficients::of(items, terms)))
    {
        base += z * s;
        // R is negated rather than z: z is short and costs half of what -z would.
        sum.push((z, *minus_r));
        keys.entry(item.key.as_bytes()).or_insert((Scalar::ZERO, *item.key.minus_point())).0 +=
            z * k;
    }
    sum.extend(keys.into_values());
    with_base(&base, &sum).mul_by_cofactor()
}

/// How many points are summed at once. Each takes a table of more than a kilobyte, and tables that
/// do not fit the nearest cache cost more than the doublings that a larger sum saves.
#[cfg(feature = "std")]
const POINTS: usize = 32;

/// `base` times the basepoint, and the sum of `terms`.
#[cfg(feature = "std")]
#[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
fn with_base(base: &Scalar, terms: &[(Scalar, EdwardsPoint)]) -> EdwardsPoint {
    use curve25519_dalek::{
        edwards::VartimeEdwardsPrecomputation,
        traits::{VartimeMultiscalarMul as _, VartimePrecomputedMultiscalarMul as _},
    };
    use std::sync::LazyLock;

    // The basepoint's multiples, once for all batches.
    static BASE: LazyLock<VartimeEdwardsPrecomputation> =
        LazyLock::new(|| VartimeEdwardsPrecomputation::new([ED25519_BASEPOINT_POINT]));
    let (first, rest) = terms.split_at_checked(POINTS).unwrap_or((terms, &[]));
    let scalar = |(scalar, _): &(Scalar, EdwardsPoint)| *scalar;
    let point = |(_, point): &(Scalar, EdwardsPoint)| *point;
    let first = BASE.vartime_mixed_multiscalar_mul(
        [base],
        first.iter().map(scalar),
        first.iter().map(point),
    );
    let product = |part: &[(Scalar, EdwardsPoint)]| {
        EdwardsPoint::vartime_multiscalar_mul(part.iter().map(scalar), part.iter().map(point))
    };
    rest.chunks(POINTS).map(product).fold(first, |sum, part| sum + part)
}

/// `base` times the basepoint, and the sum of `terms`.
#[cfg(not(feature = "std"))]
fn with_base(base: &Scalar, terms: &[(Scalar, EdwardsPoint)]) -> EdwardsPoint {
    use curve25519_dalek::traits::VartimeMultiscalarMul as _;

    let base = [(*base, ED25519_BASEPOINT_POINT)];
    let all = || base.iter().chain(terms);
    EdwardsPoint::vartime_multiscalar_mul(
        all().map(|(scalar, _)| scalar),
        all().map(|(_, point)| point),
    )
}

/// An endless row of coefficients, derived from a batch: see [`verify_batch`].
struct Coefficients {
    seed: Sha256,
    block: u64,
    ready: Option<Scalar>,
}

impl Coefficients {
    /// The row for these items.
    fn of(items: &[Signed<'_>], terms: &[Terms]) -> Self {
        // Every item adds 128 bytes, so no two batches are hashed as the same bytes. SHA-256,
        // because processors have instructions for it; 128 bits are all that is asked of it.
        let mut transcript = Sha256::new_with_prefix(b"taper ed25519 batch: items\0");
        for (item, terms) in items.iter().zip(terms) {
            transcript.update(terms.k.as_bytes());
            transcript.update(item.signature.as_bytes());
            transcript.update(item.key.as_bytes());
        }
        let seed = Sha256::new_with_prefix(b"taper ed25519 batch: coefficients\0")
            .chain_update(transcript.finalize());
        Self { seed, block: 0, ready: None }
    }
}

impl Iterator for Coefficients {
    type Item = Scalar;

    fn next(&mut self) -> Option<Scalar> {
        if let Some(ready) = self.ready.take() {
            return Some(ready);
        }
        let block: [u8; 32] =
            self.seed.clone().chain_update(self.block.to_le_bytes()).finalize().into();
        // A batch cannot have 2^64 items.
        self.block = self.block.checked_add(1)?;
        let (two, _) = block.as_chunks::<16>();
        let mut two = two.iter().map(|z| Scalar::from(u128::from_le_bytes(*z)));
        let first = two.next();
        self.ready = two.next();
        first
    }
}

#[cfg(test)]
mod tests;
