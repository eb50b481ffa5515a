//! One call against a verified chain: steps 6 and 7 of AAT-02 section 8.

use super::{Policy, Verifier};
use crate::{
    authority::check_authority,
    chain::{UnverifiedProof, VerifiedChain, VerifiedToken},
    codec::jws::{Envelope, Kind, check_header},
    denied::{Denied, Place, Reason, RequiredKey},
    key::PublicKey,
    model::{Audience, Claims, Invocation, TokenId},
    pop::{ProofAudience, ProofClaims},
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
            Ok(Recorded::Before) => Err(denied(Reason::Replayed {
                id: self.permit.proof_id,
            })),
            Err(error) => Err(denied(error.into())),
        }
    }
}

pub(super) fn check<'c>(
    verifier: &Verifier,
    chain: &VerifiedChain,
    proof: &UnverifiedProof<'_>,
    call: &'c Invocation,
    now: Timestamp,
) -> Result<Checked<'c>, Denied> {
    // INVARIANT: a verified chain has a leaf.
    let Some(leaf) = chain.leaf() else {
        return Err(Denied::new(
            Step::ChainEmpty,
            Place::Presentation,
            Reason::ChainEmpty,
        ));
    };
    let proof = authenticate(verifier, leaf, proof)?;
    check_authority(leaf.claims(), call)?;
    check_depth(&verifier.policy, leaf.claims(), call)?;
    check_chain_audience(&verifier.policy, chain)?;
    let id = check_proof(verifier, leaf, proof, call, now)?;
    let replay = ReplayKey::new(leaf.claims().holder(), &id.0);
    let permit = Authorized {
        call,
        chain: chain.clone(),
        proof_id: id.0,
    };
    Ok(Checked {
        permit,
        replay,
        remember_until: id.1.saturating_add(verifier.limits.pop_window),
    })
}

/// Steps 7a and 7b.
fn authenticate(
    verifier: &Verifier,
    leaf: &VerifiedToken,
    proof: &UnverifiedProof<'_>,
) -> Result<ProofClaims, Denied> {
    let denied = |step, reason: Reason| Denied::new(step, Place::Proof, reason);
    let (size, limit) = (proof.jws.len(), verifier.limits.max_proof_size);
    if size > limit {
        return Err(denied(
            Step::ProofHeader,
            Reason::ProofTooLarge { size, limit },
        ));
    }
    let envelope =
        Envelope::split(&proof.jws).map_err(|fault| denied(Step::ProofHeader, fault.into()))?;
    check_header(Kind::Proof, envelope.header())
        .map_err(|fault| denied(Step::ProofHeader, fault.into()))?;
    let signature = envelope
        .signature()
        .map_err(|fault| denied(Step::ProofSignature, fault.into()))?;
    let holder = leaf.claims().holder();
    if !holder.verify(envelope.signing_input.as_bytes(), &signature) {
        let key = RequiredKey::LeafHolder;
        return Err(denied(Step::ProofSignature, Reason::Signature { key }));
    }
    let payload = envelope
        .payload()
        .map_err(|fault| denied(Step::ProofSignature, fault.into()))?;
    ProofClaims::read(&payload).map_err(|fault| fault.at(Place::Proof))
}

/// The policy's least depth for the tool, told as a fault of step 6b.
fn check_depth(policy: &Policy, leaf: &Claims, call: &Invocation) -> Result<(), Denied> {
    let (depth, minimum) = (leaf.depth(), policy.min_depth_of(call.tool()));
    if depth >= minimum {
        return Ok(());
    }
    let reason = Reason::LeafTooShallow {
        tool: call.tool().into(),
        depth,
        minimum,
    };
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

/// Steps 7c to 7h; gives the proof's id and time.
fn check_proof(
    verifier: &Verifier,
    leaf: &VerifiedToken,
    proof: ProofClaims,
    call: &Invocation,
    now: Timestamp,
) -> Result<(TokenId, Timestamp), Denied> {
    let denied = |step, reason: Reason| Err(Denied::new(step, Place::Proof, reason));
    if *proof.token_id != *leaf.claims().id().as_str() {
        return denied(
            Step::ProofClaims,
            Reason::ProofOfOtherToken { claim: "aat_id" },
        );
    }
    if *proof.token_digest != *crate::base64url::encode(&leaf.digest.0) {
        return denied(
            Step::ProofClaims,
            Reason::ProofOfOtherToken { claim: "aat_hash" },
        );
    }
    let policy = &verifier.policy;
    match &proof.audience {
        ProofAudience::Absent if policy.proof_audience_required => {
            return denied(Step::ProofAudience, Reason::ProofAudienceRequired);
        }
        ProofAudience::Absent => {}
        ProofAudience::Name(name) if policy.is_me(name) => {}
        ProofAudience::Name(_) | ProofAudience::Malformed => {
            return denied(Step::ProofAudience, Reason::ProofAudienceMismatch);
        }
    }
    if *proof.tool != *call.tool() {
        let (proof, call) = (proof.tool, call.tool().into());
        return denied(Step::ProofTool, Reason::ProofOfOtherTool { proof, call });
    }
    if proof.arguments.as_ref() != Some(call.arguments()) {
        return denied(Step::ProofArguments, Reason::ProofOfOtherArguments);
    }
    let (issued_at, window) = (proof.issued_at, verifier.limits.pop_window);
    if issued_at < now.saturating_sub(window) || issued_at > now.saturating_add(window) {
        let window = window.as_secs();
        return denied(
            Step::ProofTime,
            Reason::ProofOutsideWindow {
                issued_at,
                now,
                window,
            },
        );
    }
    if let Some(nonces) = &policy.nonces {
        match &proof.nonce {
            None => return denied(Step::Nonce, Reason::NonceRequired),
            Some(nonce) if nonces.accepts(nonce, now) => {}
            Some(_) => return denied(Step::Nonce, Reason::NonceRefused),
        }
    }
    Ok((proof.id, issued_at))
}
