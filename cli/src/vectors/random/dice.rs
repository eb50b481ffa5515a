//! Chance that is the same everywhere.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// Draws for one case: a function of the seed and the case's number, and of nothing else.
///
/// Ranges are drawn here and not by a crate, whose way of drawing may change.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, case: u64) -> Self {
        let mut bytes = [0; 32];
        let parts = seed.to_le_bytes().into_iter().chain(case.to_le_bytes());
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// From 0 to less than `limit`; 0 when there is nothing less.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.0.next_u64()).saturating_mul(limit.try_into().unwrap_or(0));
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// From `low` to less than `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high.saturating_sub(low)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    pub(super) fn pick_mut<'a, T>(&mut self, of: &'a mut [T]) -> Option<&'a mut T> {
        let place = self.below(of.len());
        of.get_mut(place)
    }

    pub(super) fn word(&mut self, of: &[&'static str]) -> &'static str {
        self.pick(of).copied().unwrap_or_default()
    }

    /// Each with an even chance, in their order.
    pub(super) fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.chance(50)).cloned().collect()
    }

    pub(super) fn bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
