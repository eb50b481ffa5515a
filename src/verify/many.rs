//! Several calls at once: the proofs' signatures in batches.

use super::{
    Checked, Verifier,
    authorize::{decide, leaf_of},
    proof::{self, Proof},
};
use crate::{
    chain::{Presentation, VerifiedChain},
    codec::wire::{ProofWire, Wire},
    denied::Denied,
    key::{Signed, each_holds},
    model::Invocation,
    time::Timestamp,
};
use alloc::vec::Vec;

/// Checks every call by itself, but for the proofs' signatures.
pub(super) fn check<'c>(
    verifier: &Verifier,
    calls: &[(Presentation<'_>, &'c Invocation)],
    now: Timestamp,
) -> Vec<Result<Checked<'c>, Denied>> {
    let chains: Vec<Result<VerifiedChain, Denied>> =
        calls.iter().map(|(presentation, _)| verify_chain(verifier, presentation, now)).collect();
    let proofs: Vec<Result<Proof<'_>, Denied>> = calls
        .iter()
        .zip(&chains)
        .map(|((presentation, call), chain)| {
            let chain = chain.as_ref().map_err(Clone::clone)?;
            proof::split(verifier, chain, leaf_of(chain)?, &presentation.proof.0, call)
        })
        .collect();
    let mut items = Vec::with_capacity(calls.len());
    for (chain, proof) in chains.iter().zip(&proofs) {
        if let (Ok(leaf), Ok(proof)) = (chain.as_ref().map(VerifiedChain::leaf), proof) {
            items.extend(leaf.map(|leaf| Signed {
                key: leaf.claims().holder(),
                message: &proof.input,
                signature: &proof.signature,
            }));
        }
    }
    let mut holds = each_holds(&items).into_iter();
    calls
        .iter()
        .zip(&chains)
        .zip(&proofs)
        .map(|(((_, call), chain), proof)| {
            let proof = proof.as_ref().map_err(Clone::clone)?;
            let chain = chain.as_ref().map_err(Clone::clone)?;
            // INVARIANT: one item was made for each proof that could be split.
            if holds.next() != Some(true) {
                return Err(proof::not_the_holders());
            }
            decide(verifier, chain, proof.read(chain)?, call, now)
        })
        .collect()
}

/// Steps 1 to 5, after the size of the proof where that is told before the chain is looked at.
fn verify_chain(
    verifier: &Verifier,
    presentation: &Presentation<'_>,
    now: Timestamp,
) -> Result<VerifiedChain, Denied> {
    if let (Wire::Compact(_), ProofWire::Compact(proof)) =
        (&presentation.chain.0, &presentation.proof.0)
    {
        presentation.chain.check_sizes(&verifier.limits)?;
        proof::check_size(verifier, proof.body.len())?;
    }
    verifier.verify_chain(&presentation.chain, now)
}
