//! One call against a verified chain: steps 6 and 7 of AAT-02 section 8.

use super::{
    Policy, Verifier,
    cache::Fresh,
    proof,
    walk::{ProofInput, Walk, Walked},
};
use crate::{
    authority::check_authority,
    chain::{Presentation, UnverifiedProof, VerifiedChain, VerifiedToken},
    codec::{compact::proof_signing_input, wire::ProofWire},
    denied::{Denied, Place, Reason},
    key::PublicKey,
    model::{Audience, Claims, Invocation, TokenId},
    pop::ProofClaims,
    replay::{Recorded, ReplayKey, ReplayStore},
    step::Step,
    time::Timestamp,
};

/// A call that passed every check but replay. It must still be
/// [committed](crate::Verifier::commit); it lets no tool run.
#[derive(Debug)]
#[must_use = "a checked call is not authorized until it is committed"]
pub struct Checked<'c> {
    permit: Authorized<'c>,
    /// When the proof can no longer be accepted.
    remember_until: Timestamp,
}

/// A call that is permitted, once. Only a [`Verifier`] makes one, so a function that takes it
/// cannot be reached by a call that was not checked.
#[derive(Debug)]
pub struct Authorized<'c> {
    call: &'c Invocation,
    chain: VerifiedChain,
    proof_id: TokenId,
}

impl<'c> Authorized<'c> {
    /// The call as it was checked: run this, not the text it came from.
    pub fn call(&self) -> &'c Invocation {
        self.call
    }

    /// The tool's identifier.
    pub fn tool(&self) -> &'c str {
        self.call.tool()
    }

    /// The chain that authorizes the call.
    pub fn chain(&self) -> &VerifiedChain {
        &self.chain
    }

    /// The key that made the call: the leaf's holder. `None` never happens: a verified chain has a
    /// leaf.
    pub fn holder(&self) -> Option<&PublicKey> {
        self.chain.leaf().map(|leaf| leaf.claims().holder())
    }

    /// The proof's identifier.
    pub fn proof_id(&self) -> &TokenId {
        &self.proof_id
    }
}

impl<'c> Checked<'c> {
    /// The tool's identifier.
    pub fn tool(&self) -> &'c str {
        self.permit.tool()
    }

    pub(super) fn without_record(self) -> Authorized<'c> {
        self.permit
    }

    /// Step 7i.
    pub(super) fn record(
        self,
        store: &dyn ReplayStore,
        now: Timestamp,
    ) -> Result<Authorized<'c>, Denied> {
        let denied = |reason: Reason| Denied::new(Step::Replay, Place::Proof, reason);
        let holder = leaf_of(&self.permit.chain)?.claims().holder();
        let key = ReplayKey::new(holder, &self.permit.proof_id);
        match store.record(key, self.remember_until, now) {
            Ok(Recorded::New) => Ok(self.permit),
            Ok(Recorded::Before) => Err(denied(Reason::Replayed { id: self.permit.proof_id })),
            Err(error) => Err(denied(error.into())),
        }
    }
}

/// Checks one call whose proof is still to be authenticated.
pub(super) fn check<'c>(
    verifier: &Verifier,
    chain: &VerifiedChain,
    proof: &UnverifiedProof<'_>,
    call: &'c Invocation,
    now: Timestamp,
) -> Result<Checked<'c>, Denied> {
    let proof = proof::authenticate(verifier, chain, leaf_of(chain)?, &proof.0, call)?;
    decide(verifier, chain, proof, call, now)
}

/// Verifies a chain and checks one call. In the compact profile the proof's signature may be checked
/// together with the chain's last ones. Gives also what a cache may remember, once the call is
/// permitted.
pub(super) fn verify_and_check<'c>(
    verifier: &Verifier,
    presentation: &Presentation<'_>,
    call: &'c Invocation,
    now: Timestamp,
) -> Result<(Checked<'c>, Option<Fresh>), Denied> {
    let proof = &presentation.proof.0;
    let walk = Walk::start(verifier, &presentation.chain, now)?;
    let input = match (proof, walk.batches_with_proof(verifier)) {
        (ProofWire::Compact(proof), Some(leaf))
            if proof.body.len() <= verifier.limits.max_proof_size =>
        {
            Some((proof_signing_input(leaf, call, &proof.body), &proof.signature))
        }
        _ => None,
    };
    let input = input.as_ref().map(|(input, signature)| ProofInput { input, signature });
    let (Walked { chain, fresh }, proven) = walk.run(verifier, input.as_ref(), now)?;
    let proof = match proven {
        Some(true) => proof::read(&chain, proof)?,
        Some(false) => return Err(proof::not_the_holders()),
        None => proof::authenticate(verifier, &chain, leaf_of(&chain)?, proof, call)?,
    };
    verifier.caution.passed();
    Ok((decide(verifier, &chain, proof, call, now)?, fresh))
}

/// INVARIANT: a verified chain has a leaf.
pub(super) fn leaf_of(chain: &VerifiedChain) -> Result<&VerifiedToken, Denied> {
    let none = || Denied::new(Step::ChainEmpty, Place::Presentation, Reason::ChainEmpty);
    chain.leaf().ok_or_else(none)
}

/// Steps 6 and 7 for an authentic proof.
pub(super) fn decide<'c>(
    verifier: &Verifier,
    chain: &VerifiedChain,
    proof: ProofClaims,
    call: &'c Invocation,
    now: Timestamp,
) -> Result<Checked<'c>, Denied> {
    let leaf = leaf_of(chain)?;
    check_authority(leaf.claims(), call)?;
    check_depth(&verifier.policy, leaf.claims(), call)?;
    check_chain_audience(&verifier.policy, chain)?;
    proof::check(verifier, leaf, &proof, call, now)?;
    let remember_until = proof.issued_at.saturating_add(verifier.limits.pop_window);
    let permit = Authorized { call, chain: chain.clone(), proof_id: proof.id };
    Ok(Checked { permit, remember_until })
}

/// The policy's least depth for the tool, told as a fault of step 6b.
fn check_depth(policy: &Policy, leaf: &Claims, call: &Invocation) -> Result<(), Denied> {
    let (depth, minimum) = (leaf.depth(), policy.min_depth_of(call.tool()));
    if depth >= minimum {
        return Ok(());
    }
    let reason = Reason::LeafTooShallow { tool: call.tool().into(), depth, minimum };
    Err(Denied::new(Step::Arguments, Place::Call, reason))
}

/// Step 6c.
fn check_chain_audience(policy: &Policy, chain: &VerifiedChain) -> Result<(), Denied> {
    let mut restricted = false;
    for (index, token) in chain.tokens().iter().enumerate() {
        let denied = |reason| Err(Denied::new(Step::Audience, Place::Token(index), reason));
        match token.claims().audience() {
            Audience::Unrestricted => {}
            Audience::Malformed => return denied(Reason::AudienceMalformed),
            Audience::Only(names) => {
                if !names.iter().any(|name| policy.is_me(name)) {
                    return denied(Reason::AudienceMismatch);
                }
                restricted = true;
            }
        }
    }
    if policy.chain_audience_required && !restricted {
        let reason = Reason::AudienceRequired;
        return Err(Denied::new(Step::Audience, Place::Presentation, reason));
    }
    Ok(())
}
