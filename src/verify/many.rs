//! Many calls at once, with all their signatures in common equations.

use super::{
    Authorized, Verifier, authorize, proof,
    walk::{Claimed, Walk, Walked},
};
use crate::{
    chain::Presentation,
    codec::wire::ProofWire,
    denied::Denied,
    key::{PublicKey, Signed, holding},
    model::Invocation,
    pop::ProofClaims,
    time::Timestamp,
};
use alloc::vec::Vec;

/// See [`Verifier::authorize_many`].
pub(super) fn authorize<'c>(
    verifier: &Verifier,
    calls: &[(&Presentation<'_>, &'c Invocation)],
    now: Timestamp,
) -> Vec<Result<Authorized<'c>, Denied>> {
    let mut cases: Vec<Case<'_>> =
        calls.iter().map(|(sent, call)| Case::start(verifier, sent, call, now)).collect();
    loop {
        let held = check_claimed(verifier, &cases);
        if held.iter().all(Option::is_none) {
            break;
        }
        cases = cases
            .into_iter()
            .zip(held)
            .map(|(case, held)| match held {
                Some(key) => case.go_on(verifier, key.as_ref(), now),
                None => case,
            })
            .collect();
    }
    // In the order of the calls, because replay and nonces may depend on it.
    let decide = |(case, (_, call)): (Case<'_>, &(_, &'c Invocation))| match case.state {
        State::Denied(denied) => Err(denied),
        State::Authentic(walked, proof) => {
            let checked = authorize::decide(verifier, &walked.chain, proof, call, now)?;
            let permit = verifier.commit(checked, now)?;
            if let Some(fresh) = &walked.fresh {
                fresh.remember(permit.chain());
            }
            Ok(permit)
        }
        // Neither is left when no signature is claimed any more.
        State::Walking(walk) => Err(walk.refused()),
        State::Proving(..) => Err(proof::not_the_holders()),
    };
    cases.into_iter().zip(calls).map(decide).collect()
}

/// One call on its way.
struct Case<'p> {
    proof: &'p ProofWire<'p>,
    call: &'p Invocation,
    state: State<'p>,
}

enum State<'p> {
    Walking(Walk<'p>),
    Proving(Walked, proof::Claimed<'p>),
    Authentic(Walked, ProofClaims),
    Denied(Denied),
}

/// Whether a case claims a signature, and the key under which it holds, if it does.
type Held = Option<Option<PublicKey>>;

/// Checks what every case claims, in one equation.
fn check_claimed(verifier: &Verifier, cases: &[Case<'_>]) -> Vec<Held> {
    let claims: Vec<Option<Claimed<'_>>> = cases.iter().map(Case::claimed).collect();
    let likeliest = |claimed: &'_ Option<Claimed<'_>>| {
        claimed.as_ref().and_then(|claimed| claimed.keys(verifier).next().cloned())
    };
    let keys: Vec<Option<PublicKey>> = claims.iter().map(likeliest).collect();
    let signed: Vec<Signed<'_>> = claims
        .iter()
        .zip(&keys)
        .filter_map(|(claimed, key)| {
            let Claimed { message, signature, .. } = claimed.as_ref()?;
            Some(Signed { key: key.as_ref()?, message, signature })
        })
        .collect();
    let mut held = holding(&signed).into_iter();
    let judge = |(claimed, key): (&Option<Claimed<'_>>, &Option<PublicKey>)| {
        let claimed = claimed.as_ref()?;
        let key = match key {
            Some(key) if held.next() == Some(true) => Some(key.clone()),
            // A root may have been made with another anchor's key.
            _ => claimed.keys(verifier).skip(1).find(|key| claimed.holds(key)).cloned(),
        };
        Some(key)
    };
    claims.iter().zip(&keys).map(judge).collect()
}

impl<'p> Case<'p> {
    fn start(
        verifier: &Verifier,
        sent: &'p Presentation<'_>,
        call: &'p Invocation,
        now: Timestamp,
    ) -> Self {
        let state = match Walk::start(verifier, &sent.chain, now) {
            Ok(walk) => State::Walking(walk),
            Err(denied) => State::Denied(denied),
        };
        let case = Self { proof: &sent.proof.0, call, state };
        case.settled(verifier)
    }

    /// The signature to check next.
    fn claimed(&self) -> Option<Claimed<'_>> {
        match &self.state {
            State::Walking(walk) => walk.claimed().ok().flatten(),
            State::Proving(walked, proof) => {
                let holder = walked.chain.leaf()?.claims().holder();
                Some(Claimed::of_holder(&proof.message, proof.signature, holder))
            }
            State::Authentic(..) | State::Denied(_) => None,
        }
    }

    /// Goes on after the signature that was claimed was found to hold under `key`, or under none.
    fn go_on(self, verifier: &Verifier, key: Option<&PublicKey>, now: Timestamp) -> Self {
        let Self { proof, call, state } = self;
        let state = match (state, key) {
            (State::Walking(mut walk), Some(key)) => match walk.accept(verifier, key, now) {
                Ok(()) => State::Walking(walk),
                Err(denied) => State::Denied(denied),
            },
            (State::Walking(walk), None) => State::Denied(walk.refused()),
            (State::Proving(walked, _), Some(_)) => match proof::read(&walked.chain, proof) {
                Ok(claims) => State::Authentic(walked, claims),
                Err(denied) => State::Denied(denied),
            },
            (State::Proving(..), None) => State::Denied(proof::not_the_holders()),
            (settled, _) => settled,
        };
        Self { proof, call, state }.settled(verifier)
    }

    /// From the chain's last token on to the proof.
    fn settled(self, verifier: &Verifier) -> Self {
        let Self { proof, call, state } = self;
        let state = match state {
            State::Walking(walk) => match walk.claimed() {
                Ok(Some(_)) => State::Walking(walk),
                Ok(None) => proving(verifier, walk, proof, call).unwrap_or_else(State::Denied),
                Err(denied) => State::Denied(denied),
            },
            settled => settled,
        };
        Self { proof, call, state }
    }
}

fn proving<'p>(
    verifier: &Verifier,
    walk: Walk<'p>,
    proof: &'p ProofWire<'p>,
    call: &Invocation,
) -> Result<State<'p>, Denied> {
    let walked = walk.finish(verifier)?;
    let leaf = authorize::leaf_of(&walked.chain)?;
    let claimed = proof::claimed(verifier, &walked.chain, leaf, proof, call)?;
    Ok(State::Proving(walked, claimed))
}
