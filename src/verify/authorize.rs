//! One call against a verified chain: steps 6 and 7 of AAT-02 section 8.

use super::{
    Policy, Verifier,
    proof::{self, Proof},
    walk::{Lookup, Prepared, check_again},
};
use crate::{
    authority::{self, check_authority},
    chain::{Presentation, UnverifiedProof, VerifiedChain, VerifiedToken},
    denied::{Denied, Place, Reason},
    key::PublicKey,
    model::{Audience, Capabilities, Claims, Invocation, TokenId},
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
    replay: ReplayKey,
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
        match store.record(self.replay, self.remember_until, now) {
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
    let leaf = leaf_of(chain)?;
    let proof = proof::split(verifier, chain.profile(), Some(leaf.digest()), &proof.0, call)?;
    finish(verifier, chain, &proof, None, call, now)
}

/// Verifies a chain and checks one call: the chain's signatures and the proof's together.
pub(super) fn verify_and_check<'c>(
    verifier: &Verifier,
    presentation: &Presentation<'_>,
    call: &'c Invocation,
    now: Timestamp,
) -> Result<Checked<'c>, Denied> {
    let Presentation { chain, proof } = presentation;
    chain.check_sizes(&verifier.limits)?;
    let lookup = Lookup::of(verifier, chain);
    if let Some(known) = lookup.whole(chain.len()) {
        check_again(verifier, known, now)?;
        return check(verifier, known, proof, call, now);
    }
    let prepared = Prepared::of(verifier, chain, lookup.known())?;
    // Split before the chain is verified, and told of after.
    let proof = proof::split(verifier, chain.profile(), prepared.leaf_digest(), &proof.0, call);
    let anchor = prepared.anchor(verifier);
    let found = prepared.found(anchor, proof.as_ref().ok().map(Proof::signed));
    let (chain, proven) = prepared.verify(verifier, anchor.ok(), found, now)?;
    lookup.remember(verifier, &chain, now);
    finish(verifier, &chain, &proof?, proven, call, now)
}

/// What follows the chain's verification. `proven` is what was found of the proof's signature.
pub(super) fn finish<'c>(
    verifier: &Verifier,
    chain: &VerifiedChain,
    proof: &Proof<'_>,
    proven: Option<bool>,
    call: &'c Invocation,
    now: Timestamp,
) -> Result<Checked<'c>, Denied> {
    proof.check_signature(leaf_of(chain)?, proven)?;
    decide(verifier, chain, proof.read(chain)?, call, now)
}

/// INVARIANT: a verified chain has a leaf.
pub(super) fn leaf_of(chain: &VerifiedChain) -> Result<&VerifiedToken, Denied> {
    let none = || Denied::new(Step::ChainEmpty, Place::Presentation, Reason::ChainEmpty);
    chain.leaf().ok_or_else(none)
}

/// What a chain grants here: steps 6a and 6c, and the policy's least depths.
pub(super) fn capabilities(
    verifier: &Verifier,
    chain: &VerifiedChain,
) -> Result<Capabilities, Denied> {
    let leaf = leaf_of(chain)?.claims();
    let mut capabilities = authority::capabilities(leaf)?.clone();
    check_chain_audience(&verifier.policy, chain)?;
    capabilities.retain(|tool| leaf.depth() >= verifier.policy.min_depth_of(tool));
    Ok(capabilities)
}

/// Steps 6 and 7 for an authentic proof.
fn decide<'c>(
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
    let replay = ReplayKey::new(leaf.claims().holder(), &proof.id);
    let remember_until = proof.issued_at.saturating_add(verifier.limits.pop_window);
    let permit = Authorized { call, chain: chain.clone(), proof_id: proof.id };
    Ok(Checked { permit, replay, remember_until })
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
