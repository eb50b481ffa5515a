//! Several calls at once: all signatures in batches.

use super::{
    Checked, Verifier,
    authorize::{finish, leaf_of},
    proof::{self, Proof},
    walk::{Found, Lookup, Prepared, check_again},
};
use crate::{
    chain::{Presentation, VerifiedChain},
    denied::Denied,
    key::{PublicKey, Signed},
    model::Invocation,
    time::Timestamp,
};
use alloc::{vec, vec::Vec};

/// A presentation of which only the signatures are still to be checked before it is read.
enum Begun<'a> {
    /// Under a chain that is known.
    Known { chain: &'a VerifiedChain, proof: Proof<'a> },
    New {
        prepared: Prepared<'a>,
        anchor: Result<&'a PublicKey, Found>,
        proof: Result<Proof<'a>, Denied>,
    },
}

/// Checks every call by itself, but for the signatures.
pub(super) fn check<'c>(
    verifier: &Verifier,
    calls: &[(&Presentation<'_>, &'c Invocation)],
    now: Timestamp,
) -> Vec<Result<Checked<'c>, Denied>> {
    let looked_up: Vec<Result<Lookup<'_>, Denied>> = calls
        .iter()
        .map(|(sent, _)| {
            sent.chain.check_sizes(&verifier.limits)?;
            Ok(Lookup::of(verifier, &sent.chain))
        })
        .collect();
    let begun: Vec<Result<Begun<'_>, Denied>> = calls
        .iter()
        .zip(&looked_up)
        .map(|((sent, call), lookup)| {
            let lookup = lookup.as_ref().map_err(Clone::clone)?;
            Begun::of(verifier, sent, call, lookup, now)
        })
        .collect();
    let rows: Vec<Vec<Signed<'_>>> = begun
        .iter()
        .map(|begun| begun.as_ref().map_or_else(|_| Vec::new(), Begun::items))
        .collect();
    let found = Found::of_each(&rows);
    drop(rows);
    let decided = calls.iter().zip(&looked_up).zip(begun).zip(found);
    decided
        .map(|((((_, call), lookup), begun), found)| match begun? {
            Begun::Known { chain, proof } => {
                finish(verifier, chain, &proof, found.at(0), call, now)
            }
            Begun::New { prepared, anchor, proof } => {
                let found = anchor.map_or_else(|found| found, |_| found);
                let (chain, proven) = prepared.verify(verifier, anchor.ok(), found, now)?;
                if let Ok(lookup) = lookup {
                    lookup.remember(verifier, &chain, now);
                }
                finish(verifier, &chain, &proof?, proven, call, now)
            }
        })
        .collect()
}

impl<'a> Begun<'a> {
    fn of(
        verifier: &'a Verifier,
        sent: &'a Presentation<'_>,
        call: &Invocation,
        lookup: &'a Lookup<'_>,
        now: Timestamp,
    ) -> Result<Self, Denied> {
        let Presentation { chain, proof } = sent;
        let split = |leaf| proof::split(verifier, chain.profile(), leaf, &proof.0, call);
        if let Some(chain) = lookup.whole(chain.len()) {
            check_again(verifier, chain, now)?;
            return Ok(Self::Known { chain, proof: split(Some(leaf_of(chain)?.digest()))? });
        }
        let prepared = Prepared::of(verifier, chain, lookup.known())?;
        let proof = split(prepared.leaf_digest());
        Ok(Self::New { anchor: prepared.anchor(verifier), prepared, proof })
    }

    fn items(&self) -> Vec<Signed<'_>> {
        match self {
            Self::Known { chain, proof } => chain.leaf().map_or_else(Vec::new, |leaf| {
                let signed = proof.signed();
                let (message, signature) = (signed.input, signed.signature);
                vec![Signed { key: leaf.holder(), message, signature }]
            }),
            Self::New { prepared, anchor, proof } => anchor.map_or_else(
                |_| Vec::new(),
                |anchor| prepared.items(anchor, proof.as_ref().ok().map(Proof::signed)),
            ),
        }
    }
}
