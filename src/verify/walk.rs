//! The walk from root to leaf: steps 1 to 5 of AAT-02 section 8.

use super::Verifier;
use crate::{
    attenuate::{self, LifetimeFault},
    chain::{UnverifiedChain, VerifiedChain, VerifiedToken, digest},
    codec::{
        EnvelopeFault,
        json::{Position, read_claims},
        jws::{Envelope, Kind, check_header},
    },
    denied::{Denied, Fault, Place, Reason, RequiredKey},
    json,
    key::PublicKey,
    model::Claims,
    step::Step,
    time::Timestamp,
};
use alloc::{string::String, vec::Vec};

pub(super) fn verify_chain(
    verifier: &Verifier,
    chain: &UnverifiedChain<'_>,
    now: Timestamp,
) -> Result<VerifiedChain, Denied> {
    chain.check_sizes(&verifier.limits)?;
    let split = split_all(chain)?;
    let mut verified: Vec<VerifiedToken> = Vec::with_capacity(split.len());
    for (index, (envelope, payload)) in split.into_iter().enumerate() {
        let token = match verified.last() {
            None => verify_root(verifier, &envelope, payload, now),
            Some(parent) => verify_child(verifier, parent, &envelope, payload, now),
        };
        verified.push(token.map_err(|fault| fault.at(Place::Token(index)))?);
    }
    check_length(&verified)?;
    Ok(VerifiedChain::from_verified(verified))
}

/// Step 2c: splits every token and compares their ids. The ids are all that is read before a
/// signature is checked, and are used for nothing else.
fn split_all<'c>(chain: &'c UnverifiedChain<'_>) -> Result<Vec<(Envelope<'c>, Vec<u8>)>, Denied> {
    let mut ids: Vec<String> = Vec::with_capacity(chain.len());
    let mut split = Vec::with_capacity(chain.len());
    for (index, token) in chain.tokens().enumerate() {
        let at = |reason: Reason| Denied::new(Step::TokenIds, Place::Token(index), reason);
        let malformed = |fault: EnvelopeFault| at(fault.into());
        let envelope = Envelope::split(token).map_err(malformed)?;
        let payload = envelope.payload().map_err(malformed)?;
        let id = json::top_level_string(&payload, "jti", json::MAX_DEPTH)
            .map_err(|error| malformed(error.into()))?
            .ok_or_else(|| at(Reason::IdMissing))?;
        ids.push(id.into_owned());
        split.push((envelope, payload));
    }
    // Sorted, so that a chain of very many small tokens costs no more than its size.
    ids.sort_unstable();
    match ids.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(a),
        _ => None,
    }) {
        Some(id) => {
            let reason = Reason::IdRepeated {
                id: id.as_str().into(),
            };
            Err(Denied::new(Step::TokenIds, Place::Presentation, reason))
        }
        None => Ok(split),
    }
}

/// Step 3.
fn verify_root(
    verifier: &Verifier,
    envelope: &Envelope<'_>,
    payload: Vec<u8>,
    now: Timestamp,
) -> Result<VerifiedToken, Fault> {
    let key_id = check_header(Kind::Token, envelope.header())
        .map_err(|fault| Fault::new(Step::RootHeader, fault))?;
    let signature = envelope
        .signature()
        .map_err(|fault| Fault::new(Step::RootSignature, fault))?;
    let input = envelope.signing_input.as_bytes();
    let key = verifier
        .anchors
        .candidate_keys(key_id.as_deref())
        .find(|key| key.verify(input, &signature))
        .ok_or_else(|| {
            Fault::new(
                Step::RootSignature,
                Reason::Signature {
                    key: RequiredKey::TrustAnchor,
                },
            )
        })?;
    let claims = read_claims(&payload, Position::Root, &verifier.limits)?;
    judge_root(verifier, key, &claims, now)?;
    Ok(VerifiedToken {
        claims,
        digest: digest(envelope.signing_input),
        payload,
    })
}

/// Steps 3c to 3k, as far as typed claims leave something to judge.
fn judge_root(
    verifier: &Verifier,
    key: &PublicKey,
    claims: &Claims,
    now: Timestamp,
) -> Result<(), Fault> {
    let limits = &verifier.limits;
    if claims.depth != 0 {
        let depth = claims.depth;
        return Err(Fault::new(Step::RootDepth, Reason::RootDepth { depth }));
    }
    let lifetime = |step| move |fault: LifetimeFault| Fault::new(step, fault);
    attenuate::check_not_expired(claims, now).map_err(lifetime(Step::RootExpiry))?;
    attenuate::check_issued(claims, limits, now).map_err(lifetime(Step::RootIssuedAt))?;
    attenuate::check_order(claims).map_err(lifetime(Step::RootOrder))?;
    attenuate::check_lifetime(claims, limits).map_err(lifetime(Step::RootLifetime))?;
    if claims.max_depth > limits.max_delegation_depth {
        let (max_depth, limit) = (claims.max_depth, limits.max_delegation_depth);
        let reason = Reason::MaxDepthAboveLimit { max_depth, limit };
        return Err(Fault::new(Step::RootMaxDepth, reason));
    }
    // An anchor's issuer is a URI, so a root whose `iss` equals it has one.
    if !verifier.anchors.binds(key, &claims.issuer) {
        let reason = Reason::IssuerMismatch {
            issuer: claims.issuer.clone(),
        };
        return Err(Fault::new(Step::RootIssuer, reason));
    }
    Ok(())
}

/// Step 4 for one pair.
fn verify_child(
    verifier: &Verifier,
    parent: &VerifiedToken,
    envelope: &Envelope<'_>,
    payload: Vec<u8>,
    now: Timestamp,
) -> Result<VerifiedToken, Fault> {
    check_header(Kind::Token, envelope.header())
        .map_err(|fault| Fault::new(Step::Header, fault))?;
    let signature = envelope
        .signature()
        .map_err(|fault| Fault::new(Step::Signature, fault))?;
    let key = &parent.claims.holder;
    if !key.verify(envelope.signing_input.as_bytes(), &signature) {
        let key = RequiredKey::ParentHolder;
        return Err(Fault::new(Step::Signature, Reason::Signature { key }));
    }
    let claims = read_claims(&payload, Position::Derived, &verifier.limits)?;
    attenuate::judge(&parent.claims, &claims, &verifier.limits, now)
        .map_err(|widening| Fault::new(widening.step(), widening))?;
    if claims.parent != Some(parent.digest) {
        return Err(Fault::new(Step::ParentHash, Reason::ParentHash));
    }
    Ok(VerifiedToken {
        claims,
        digest: digest(envelope.signing_input),
        payload,
    })
}

/// Step 5: never the first to fail, since the root's depth is 0 and each child's is one more.
pub(super) fn check_length(verified: &[VerifiedToken]) -> Result<(), Denied> {
    let depth = verified.last().map_or(0, |leaf| leaf.claims.depth);
    let tokens = verified.len();
    if usize::try_from(depth)
        .ok()
        .and_then(|depth| depth.checked_add(1))
        == Some(tokens)
    {
        return Ok(());
    }
    let reason = Reason::ChainLength { tokens, depth };
    Err(Denied::new(Step::ChainLength, Place::Presentation, reason))
}
