//! The signatures of a chain and its proof, checked together before any token is read.

use crate::{
    key::{PublicKey, Signature, Signed, first_bad},
    limits::Limits,
};

/// A proof that is checked together with the chain.
#[derive(Clone, Copy)]
pub(in crate::verify) struct ProofInput<'p> {
    pub(in crate::verify) input: &'p [u8],
    pub(in crate::verify) signature: &'p Signature,
}

/// What was found of signatures that stand in a row, each under the key that it should hold under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    checked: usize,
    first_bad: Option<usize>,
}

impl Found {
    pub(super) const NOTHING: Self = Self { checked: 0, first_bad: None };
    pub(super) const BAD_ROOT: Self = Self { checked: 1, first_bad: Some(0) };

    pub(super) fn of(items: &[Signed<'_>]) -> Self {
        Self { checked: items.len(), first_bad: first_bad(items) }
    }

    /// Whether the signature at `place` holds. Unknown after the first that does not.
    pub(super) fn at(&self, place: usize) -> Option<bool> {
        match self.first_bad {
            Some(bad) if place >= bad => (place == bad).then_some(false),
            _ => (place < self.checked).then_some(true),
        }
    }
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
