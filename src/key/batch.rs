//! Many signatures in one equation.

use super::{
    PublicKey, Signed,
    verify::{Terms, verify},
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::ops::Range;
use curve25519_dalek::{
    Scalar,
    constants::ED25519_BASEPOINT_POINT,
    edwards::EdwardsPoint,
    traits::{IsIdentity as _, VartimeMultiscalarMul as _},
};
use sha2::{Digest as _, Sha512};

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
// The equation, with a coefficient z of 128 bits for every item:
//
//     [8]([sum z S]B - sum [z]R - sum [z k]A) = 0
//
// It is the sum of the single equations, each times its z. When all of those hold, it holds.
// When one does not, its [8](...) is a point other than 0 in the group of prime order L, and then
// at most one value of its z, given the others, makes the sum 0: one chance in 2^128 for a z that
// was not known when the items were made.
//
// Such a z need not come from a random source. Here every z is SHA-512 of all there is to the
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
        _ => Batch::of(items).is_some_and(|batch| is_neutral(batch.sum(0..items.len()))),
    }
}

/// How many of `items` hold before the first that does not; all of them, when all hold.
///
/// When the batch fails, its items are checked one by one, with what is already computed of each,
/// and the last need not be: when all others hold, it is the one that does not.
pub(crate) fn holding_prefix(items: &[Signed<'_>]) -> usize {
    let all = items.len();
    if let [item] = items {
        return usize::from(verify(item.key, item.message, item.signature));
    }
    let Some(batch) = Batch::of(items) else {
        // Malformed signatures cost next to nothing; what stands before them has to be checked.
        let holds = |item: &&Signed<'_>| verify(item.key, item.message, item.signature);
        return items.iter().take_while(holds).count();
    };
    if is_neutral(batch.sum(0..all)) {
        return all;
    }
    let last = all.saturating_sub(1);
    batch.terms.iter().take(last).take_while(|term| term.hold()).count()
}

/// Which of `items` hold, each for itself.
///
/// The batch is halved where it fails. A half's sum and the whole's give the other half's, so each
/// halving takes one equation of half the size, and the last item of a failing pair none. However
/// many fail, no more than `2 log2 n` equations are spent on halving: then the rest, which somebody
/// has filled with bad signatures, is checked one by one.
pub(crate) fn holding(items: &[Signed<'_>]) -> Vec<bool> {
    let well_formed: Vec<Option<Term<'_>>> = items.iter().map(Term::of).collect();
    let mut held: Vec<bool> = well_formed.iter().map(Option::is_some).collect();
    let places: Vec<usize> =
        (0..items.len()).filter(|at| held.get(*at).copied().unwrap_or(false)).collect();
    let kept = items.iter().zip(&held).filter(|(_, held)| **held).map(|(item, _)| *item);
    let kept: Vec<Signed<'_>> = kept.collect();
    let batch = Batch::new(&kept, well_formed.into_iter().flatten().collect());
    let mut failed = Vec::new();
    batch.find_failing(&mut failed);
    for at in failed {
        if let Some(held) = places.get(at).and_then(|place| held.get_mut(*place)) {
            *held = false;
        }
    }
    held
}

/// How many points are summed at once. Each takes a table of a kilobyte, and tables that do not fit
/// the nearest cache cost more than the doublings that a larger sum saves.
const POINTS: usize = 48;

/// One item whose form has held.
pub(super) struct Term<'i> {
    key: &'i PublicKey,
    terms: Terms,
}

impl<'i> Term<'i> {
    pub(super) fn of(item: &Signed<'i>) -> Option<Self> {
        let terms = Terms::of(item.key, item.message, item.signature)?;
        Some(Self { key: item.key, terms })
    }

    fn hold(&self) -> bool {
        self.terms.hold(self.key)
    }
}

/// Items whose form has held, with a coefficient for each.
struct Batch<'i> {
    terms: Vec<Term<'i>>,
    coefficients: Vec<Scalar>,
}

impl<'i> Batch<'i> {
    /// `None` when an item is malformed.
    fn of(items: &[Signed<'i>]) -> Option<Self> {
        let terms = items.iter().map(Term::of).collect::<Option<Vec<_>>>()?;
        Some(Self::new(items, terms))
    }

    fn new(items: &[Signed<'i>], terms: Vec<Term<'i>>) -> Self {
        let coefficients = coefficients(items, &terms);
        Self { terms, coefficients }
    }

    /// The sum of the single equations in `range`, each times its coefficient: neutral, but for a
    /// point of small order, when all of them hold.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "points of a group and numbers modulo L do not overflow"
    )]
    fn sum(&self, range: Range<usize>) -> EdwardsPoint {
        let terms = self.terms.get(range.clone()).unwrap_or_default();
        let coefficients = self.coefficients.get(range).unwrap_or_default();
        let mut base = Scalar::ZERO;
        // One term for each distinct key, since chains and callers repeat theirs.
        let mut keys = BTreeMap::<&[u8; 32], (Scalar, EdwardsPoint)>::new();
        let mut sum = Vec::with_capacity(terms.len().saturating_mul(2).saturating_add(1));
        for (Term { key, terms: Terms { k, minus_r, s } }, z) in terms.iter().zip(coefficients) {
            base += z * s;
            // R is negated rather than z: z is short and costs half of what -z would.
            sum.push((*z, *minus_r));
            keys.entry(key.as_bytes()).or_insert((Scalar::ZERO, *key.minus_point())).0 += z * k;
        }
        sum.push((base, ED25519_BASEPOINT_POINT));
        sum.extend(keys.into_values());
        let product = |part: &[(Scalar, EdwardsPoint)]| {
            EdwardsPoint::vartime_multiscalar_mul(
                part.iter().map(|(scalar, _)| scalar),
                part.iter().map(|(_, point)| point),
            )
        };
        sum.chunks(POINTS).map(product).sum()
    }

    /// Puts the places of the items that do not hold into `failed`.
    #[expect(clippy::arithmetic_side_effects, reason = "points of a group do not overflow")]
    fn find_failing(&self, failed: &mut Vec<usize>) {
        let all = self.terms.len();
        let mut equations_left = usize::try_from(all.max(1).ilog2()).unwrap_or(0).saturating_mul(2);
        let mut to_search = vec![(0..all, self.sum(0..all))];
        while let Some((range, sum)) = to_search.pop() {
            if is_neutral(sum) {
                continue;
            }
            if range.len() <= 2 || equations_left == 0 {
                failed.extend(self.failing_singly(range));
                continue;
            }
            equations_left = equations_left.saturating_sub(1);
            let middle = range.start.midpoint(range.end);
            let left = self.sum(range.start..middle);
            to_search.push((range.start..middle, left));
            to_search.push((middle..range.end, sum - left));
        }
    }

    /// The items of a range that fail, of which there is at least one.
    fn failing_singly(&self, range: Range<usize>) -> Vec<usize> {
        let Some(last) = range.end.checked_sub(1) else {
            return Vec::new();
        };
        let holds = |at: usize| self.terms.get(at).is_some_and(Term::hold);
        let mut failing: Vec<usize> = (range.start..last).filter(|at| !holds(*at)).collect();
        if failing.is_empty() || !holds(last) {
            failing.push(last);
        }
        failing
    }
}

fn is_neutral(sum: EdwardsPoint) -> bool {
    sum.mul_by_cofactor().is_identity()
}

/// The coefficients of a batch: see [`verify_batch`] for what they have to be.
pub(super) fn coefficients(items: &[Signed<'_>], terms: &[Term<'_>]) -> Vec<Scalar> {
    // Every item adds 128 bytes, so no two batches are hashed as the same bytes.
    let mut transcript = Sha512::new_with_prefix(b"taper ed25519 batch: items\0");
    for (item, term) in items.iter().zip(terms) {
        transcript.update(term.terms.k.as_bytes());
        transcript.update(item.signature.as_bytes());
        transcript.update(item.key.as_bytes());
    }
    let seed = Sha512::new_with_prefix(b"taper ed25519 batch: coefficients\0")
        .chain_update(transcript.finalize());
    let mut coefficients = Vec::with_capacity(terms.len());
    for block in 0_u64.. {
        let block: [u8; 64] = seed.clone().chain_update(block.to_le_bytes()).finalize().into();
        let left = terms.len().saturating_sub(coefficients.len());
        let (four, _) = block.as_chunks::<16>();
        let four = four.iter().map(|z| Scalar::from(u128::from_le_bytes(*z)));
        coefficients.extend(four.take(left));
        if coefficients.len() >= terms.len() {
            break;
        }
    }
    coefficients
}
