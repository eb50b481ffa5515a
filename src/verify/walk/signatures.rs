//! The signatures of a chain and its proof, checked together before any token is read.

use crate::{
    key::{PublicKey, Signature, Signed, first_bad, verify_batch},
    limits::Limits,
};
use alloc::vec::Vec;

/// A proof that is checked together with the chain.
#[derive(Clone, Copy)]
pub(in crate::verify) struct ProofInput<'p> {
    pub(in crate::verify) input: &'p [u8],
    pub(in crate::verify) signature: &'p Signature,
}

/// What was found of signatures that stand in a row, each under the key that it should hold under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verify) struct Found {
    checked: usize,
    first_bad: Option<usize>,
}

impl Found {
    pub(in crate::verify) const NOTHING: Self = Self { checked: 0, first_bad: None };
    pub(in crate::verify) const BAD_ROOT: Self = Self { checked: 1, first_bad: Some(0) };

    pub(in crate::verify) fn of(items: &[Signed<'_>]) -> Self {
        Self { checked: items.len(), first_bad: first_bad(items) }
    }

    /// What is found of each of `rows`, in batches of 64 signatures. A batch that does not hold is
    /// tried in parts of eight, and of a part that does not hold each row by itself, so that a bad
    /// signature costs the others of its batch one batch more, and its part a check of each row.
    pub(in crate::verify) fn of_each(rows: &[Vec<Signed<'_>>]) -> Vec<Self> {
        let mut found = Vec::with_capacity(rows.len());
        for batch in split(rows, 64) {
            let all = batch.len() > 1 && hold(batch);
            for part in split(batch, 8) {
                let all = all || (part.len() > 1 && hold(part));
                found.extend(part.iter().map(|row| match all {
                    true => Self { checked: row.len(), first_bad: None },
                    false => Self::of(row),
                }));
            }
        }
        found
    }

    /// Whether the signature at `place` holds. Unknown after the first that does not.
    pub(in crate::verify) fn at(&self, place: usize) -> Option<bool> {
        match self.first_bad {
            Some(bad) if place >= bad => (place == bad).then_some(false),
            _ => (place < self.checked).then_some(true),
        }
    }
}

fn hold(rows: &[Vec<Signed<'_>>]) -> bool {
    let all: Vec<Signed<'_>> = rows.iter().flatten().copied().collect();
    verify_batch(&all)
}

/// `rows` in pieces of at most `most` signatures, or of one row that has more.
fn split<'r, 'i>(
    mut rows: &'r [Vec<Signed<'i>>],
    most: usize,
) -> impl Iterator<Item = &'r [Vec<Signed<'i>>]> {
    core::iter::from_fn(move || {
        let mut sum = 0_usize;
        let fit = |row: &&Vec<Signed<'_>>| {
            sum = sum.saturating_add(row.len());
            sum <= most
        };
        let len = rows.iter().take_while(fit).count().max(1);
        let (piece, rest) = rows.split_at_checked(len)?;
        rows = rest;
        Some(piece)
    })
}

/// How many tokens are worth a look before any is read. Of a chain that is longer than the depth
/// limit allows, only as many as are needed to find that out: the one beyond the limit fails step
/// 4e or 4f, if no other failed before.
pub(super) fn most(limits: &Limits) -> usize {
    usize::try_from(limits.max_delegation_depth).unwrap_or(usize::MAX).saturating_add(2)
}

/// The only one of `keys`, or of several the one that signed.
pub(super) fn only_or_signer<'k>(
    mut keys: impl Iterator<Item = &'k PublicKey>,
    message: &[u8],
    signature: &Signature,
) -> Option<&'k PublicKey> {
    match (keys.next(), keys.next()) {
        (Some(first), Some(second)) => {
            [first, second].into_iter().chain(keys).find(|key| key.verify(message, signature))
        }
        (only, _) => only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Signer as _, SigningKey};

    #[test]
    fn rows_together_as_one_by_one() {
        let key = SigningKey::from_seed(&[1; 32]);
        let signature = key.sign(b"a message").unwrap();
        let item = |good: bool| {
            let message: &[u8] = if good { b"a message" } else { b"another" };
            Signed { key: key.public_key(), message, signature: &signature }
        };
        for (rows, bad) in
            [(0, 5), (1, 5), (1, 1), (2, 2), (9, 10), (70, 7), (70, 69), (70, 1), (200, 1000)]
        {
            let row = |n: usize| -> Vec<_> {
                (0..n % 5).map(|m| item(!(n + m).is_multiple_of(bad))).collect()
            };
            let rows: Vec<Vec<Signed<'_>>> = (1..=rows).map(row).collect();
            let singly: Vec<Found> = rows.iter().map(|row| Found::of(row)).collect();
            assert_eq!(Found::of_each(&rows), singly, "{} {bad}", rows.len());
        }
        let long: Vec<Signed<'_>> = (0..100).map(|_| item(true)).collect();
        let rows = [long.clone(), [long.clone(), [item(false)].into()].concat(), long];
        let found = Found::of_each(&rows).into_iter().map(|found| found.first_bad);
        assert_eq!(found.collect::<Vec<_>>(), [None, Some(100), None]);
    }

    #[test]
    fn nothing_is_known_after_the_first_that_is_bad() {
        let found = |checked, first_bad| {
            let found = Found { checked, first_bad };
            [0, 1, 2, 3].map(|place| found.at(place))
        };
        assert_eq!(found(0, None), [None; 4]);
        assert_eq!(found(3, None), [Some(true), Some(true), Some(true), None]);
        assert_eq!(found(3, Some(1)), [Some(true), Some(false), None, None]);
        assert_eq!(found(1, Some(0)), [Some(false), None, None, None]);
    }
}
