//! Several calls at once: the proofs' signatures in batches.

use super::{
    Checked, Verifier,
    authorize::{decide, leaf_of},
    proof::{self, Proof},
};
use crate::{
    chain::{Presentation, VerifiedChain},
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
        calls.iter().map(|(sent, _)| verifier.verify_chain(&sent.chain, now)).collect();
    let proofs: Vec<Result<Proof<'_>, Denied>> = calls
        .iter()
        .zip(&chains)
        .map(|((presentation, call), chain)| {
            let chain = chain.as_ref().map_err(Clone::clone)?;
            let leaf = leaf_of(chain)?.digest();
            proof::split(verifier, chain.profile(), Some(leaf), &presentation.proof.0, call)
        })
        .collect();
    let mut items = Vec::with_capacity(calls.len());
    for (chain, proof) in chains.iter().zip(&proofs) {
        if let (Ok(leaf), Ok(proof)) = (chain.as_ref().map(VerifiedChain::leaf), proof) {
            items.extend(leaf.map(|leaf| Signed {
                key: leaf.holder(),
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
