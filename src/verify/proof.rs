//! The proof of possession: step 7 of AAT-02 section 8, but for replay.

use super::{Policy, Verifier, walk::ProofInput};
use crate::{
    base64url::encode_array,
    chain::{VerifiedChain, VerifiedToken},
    codec::{
        Profile,
        compact::{CompactProof, ProofContext, proof_signing_input, read_proof_body},
        jws::{Envelope, Kind, check_header},
        wire::ProofWire,
    },
    denied::{Denied, Place, Reason, RequiredKey},
    key::Signature,
    model::{Digest, Invocation},
    pop::{Echo, ProofAudience, ProofClaims},
    step::Step,
    time::Timestamp,
};
use alloc::borrow::Cow;

fn denied(step: Step, reason: impl Into<Reason>) -> Denied {
    Denied::new(step, Place::Proof, reason)
}

pub(super) fn not_the_holders() -> Denied {
    denied(Step::ProofSignature, Reason::Signature { key: RequiredKey::LeafHolder })
}

/// A proof of which only the signature is still to be checked.
pub(super) struct Proof<'p> {
    pub(super) input: Cow<'p, [u8]>,
    pub(super) signature: Signature,
    content: Content<'p>,
}

enum Content<'p> {
    Jws(Envelope<'p>),
    Compact(&'p CompactProof),
}

/// Step 7a. `leaf` is the digest of the leaf, without which no compact proof can be checked.
pub(super) fn split<'p>(
    verifier: &Verifier,
    profile: Profile,
    leaf: Option<&Digest>,
    proof: &'p ProofWire<'_>,
    call: &Invocation,
) -> Result<Proof<'p>, Denied> {
    match (proof, profile, leaf) {
        (ProofWire::Jws(jws), Profile::Jws, _) => split_jws(verifier, jws),
        (ProofWire::Compact(proof), Profile::Compact, Some(leaf)) => {
            check_size(verifier, proof.body.len())?;
            Ok(Proof {
                input: proof_signing_input(leaf, call, &proof.body).into(),
                signature: proof.signature,
                content: Content::Compact(proof),
            })
        }
        _ => Err(denied(Step::ProofHeader, Reason::OtherProfile)),
    }
}

fn split_jws<'p>(verifier: &Verifier, jws: &'p str) -> Result<Proof<'p>, Denied> {
    check_size(verifier, jws.len())?;
    let envelope = Envelope::split(jws).map_err(|fault| denied(Step::ProofHeader, fault))?;
    check_header(Kind::Proof, envelope.header())
        .map_err(|fault| denied(Step::ProofHeader, fault))?;
    let signature = envelope.signature().map_err(|fault| denied(Step::ProofSignature, fault))?;
    let input = envelope.signing_input.as_bytes().into();
    Ok(Proof { input, signature, content: Content::Jws(envelope) })
}

impl Proof<'_> {
    /// What the leaf's holder should have signed.
    pub(super) fn signed(&self) -> ProofInput<'_> {
        ProofInput { input: &self.input, signature: &self.signature }
    }

    /// Step 7b: whether the leaf's holder signed, unless that was found out already.
    pub(super) fn check_signature(
        &self,
        leaf: &VerifiedToken,
        found: Option<bool>,
    ) -> Result<(), Denied> {
        if found.unwrap_or_else(|| leaf.holder().verify(&self.input, &self.signature)) {
            Ok(())
        } else {
            Err(not_the_holders())
        }
    }

    /// Reads a proof whose signature holds.
    pub(super) fn read(&self, chain: &VerifiedChain) -> Result<ProofClaims, Denied> {
        match &self.content {
            Content::Compact(proof) => read_compact(chain, proof),
            Content::Jws(envelope) => {
                let payload =
                    envelope.payload().map_err(|fault| denied(Step::ProofSignature, fault))?;
                ProofClaims::read(&payload).map_err(|fault| fault.at(Place::Proof))
            }
        }
    }
}

fn check_size(verifier: &Verifier, size: usize) -> Result<(), Denied> {
    let limit = verifier.limits.max_proof_size;
    if size > limit {
        return Err(denied(Step::ProofHeader, Reason::ProofTooLarge { size, limit }));
    }
    Ok(())
}

/// Reads an authentic compact proof. The token and the call that it is for are covered by its
/// signature, so steps 7c, 7e and 7f hold by construction.
fn read_compact(chain: &VerifiedChain, proof: &CompactProof) -> Result<ProofClaims, Denied> {
    let context = ProofContext::of(chain.tokens().iter().map(VerifiedToken::claims));
    let body = read_proof_body(&proof.body, proof.offset, context)
        .map_err(|fault| denied(Step::ProofSignature, fault))?;
    Ok(ProofClaims {
        id: body.id,
        issued_at: body.issued_at,
        audience: body.audience.map_or(ProofAudience::Absent, ProofAudience::Name),
        nonce: body.nonce,
        echo: None,
    })
}

/// Steps 7c to 7h.
pub(super) fn check(
    verifier: &Verifier,
    leaf: &VerifiedToken,
    proof: &ProofClaims,
    call: &Invocation,
    now: Timestamp,
) -> Result<(), Denied> {
    if let Some(echo) = &proof.echo {
        check_token(leaf, echo)?;
    }
    check_audience(&verifier.policy, &proof.audience)?;
    if let Some(echo) = &proof.echo {
        check_call(call, echo)?;
    }
    let (issued_at, window) = (proof.issued_at, verifier.limits.pop_window);
    if issued_at < now.saturating_sub(window) || issued_at > now.saturating_add(window) {
        let window = window.as_secs();
        let reason = Reason::ProofOutsideWindow { issued_at, now, window };
        return Err(denied(Step::ProofTime, reason));
    }
    match (&verifier.policy.nonces, &proof.nonce) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(denied(Step::Nonce, Reason::NonceRequired)),
        (Some(nonces), Some(nonce)) if nonces.accepts(nonce, now) => Ok(()),
        (Some(_), Some(_)) => Err(denied(Step::Nonce, Reason::NonceRefused)),
    }
}

/// Step 7c.
fn check_token(leaf: &VerifiedToken, echo: &Echo) -> Result<(), Denied> {
    let other = |claim| Err(denied(Step::ProofClaims, Reason::ProofOfOtherToken { claim }));
    if *echo.token_id != *leaf.claims().id().as_str() {
        return other("aat_id");
    }
    if *echo.token_digest.as_bytes() != encode_array::<32, 43>(leaf.digest().as_bytes()) {
        return other("aat_hash");
    }
    Ok(())
}

/// Step 7d.
fn check_audience(policy: &Policy, audience: &ProofAudience) -> Result<(), Denied> {
    let reason = match audience {
        ProofAudience::Absent if policy.proof_audience_required => Reason::ProofAudienceRequired,
        ProofAudience::Absent => return Ok(()),
        ProofAudience::Name(name) if policy.is_me(name) => return Ok(()),
        ProofAudience::Name(_) | ProofAudience::Malformed => Reason::ProofAudienceMismatch,
    };
    Err(denied(Step::ProofAudience, reason))
}

/// Steps 7e and 7f.
fn check_call(call: &Invocation, echo: &Echo) -> Result<(), Denied> {
    if *echo.tool != *call.tool() {
        let (proof, call) = (echo.tool.clone(), call.tool().into());
        return Err(denied(Step::ProofTool, Reason::ProofOfOtherTool { proof, call }));
    }
    if echo.arguments.as_ref() != Some(call.arguments()) {
        return Err(denied(Step::ProofArguments, Reason::ProofOfOtherArguments));
    }
    Ok(())
}
