//! How many signatures of one chain to stake on one equation.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// How many chains have to pass before a failure is forgotten.
const PROBATION: usize = 64;

/// How the signatures of a chain and its proof are put into equations.
///
/// One equation for all of them is the cheapest while they hold; when it fails, its members have to
/// be checked once more, singly, to tell which step failed. So a verifier that has just seen one
/// fail stakes less on the next: after a bad proof the chain and the proof are checked apart, after
/// a bad token every signature by itself, until 64 chains have passed. So a run of bad signatures
/// costs what they cost when each is checked singly, and of 65 presentations at most one costs
/// more. No verdict depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    Together,
    ProofApart,
    Singly,
}

/// What a verifier has seen fail of late.
#[derive(Debug, Default)]
pub(super) struct Caution {
    /// Chains that have to pass until proofs are checked together with chains again.
    after_proof: AtomicUsize,
    /// And until tokens are checked together.
    after_token: AtomicUsize,
}

impl Caution {
    pub(super) fn grouping(&self) -> Grouping {
        if self.after_token.load(Relaxed) > 0 {
            Grouping::Singly
        } else if self.after_proof.load(Relaxed) > 0 {
            Grouping::ProofApart
        } else {
            Grouping::Together
        }
    }

    /// An equation failed because of a token's signature.
    pub(super) fn token_failed(&self) {
        self.after_token.store(PROBATION, Relaxed);
    }

    /// An equation failed because of the proof's signature.
    pub(super) fn proof_failed(&self) {
        self.after_proof.store(PROBATION, Relaxed);
    }

    /// All signatures of a chain and its proof held.
    pub(super) fn passed(&self) {
        for count in [&self.after_proof, &self.after_token] {
            // Nearly always zero, which no thread has to write.
            if count.load(Relaxed) > 0 {
                let less = |left: usize| left.checked_sub(1);
                let _ = count.fetch_update(Relaxed, Relaxed, less);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_remembered_for_a_while() {
        let caution = Caution::default();
        assert_eq!(caution.grouping(), Grouping::Together);
        caution.proof_failed();
        assert_eq!(caution.grouping(), Grouping::ProofApart);
        caution.token_failed();
        for _ in 1..PROBATION {
            caution.passed();
            assert_eq!(caution.grouping(), Grouping::Singly);
        }
        caution.proof_failed();
        caution.passed();
        assert_eq!(caution.grouping(), Grouping::ProofApart);
        for _ in 1..PROBATION {
            caution.passed();
        }
        assert_eq!(caution.grouping(), Grouping::Together);
        caution.passed();
        assert_eq!(caution.grouping(), Grouping::Together);
    }
}
