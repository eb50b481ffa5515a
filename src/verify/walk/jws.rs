//! The walk through a chain in the JWS profile.

use super::{check_ids, check_length, judge_root};
use crate::{
    attenuate::{self, Widening},
    chain::{Others, VerifiedChain, VerifiedToken},
    codec::{
        EnvelopeFault, Profile,
        json::{Position, read_claims},
        jws::{Envelope, Kind, check_header},
        wire::digest,
    },
    denied::{Denied, Fault, Place, Reason, RequiredKey},
    json,
    step::Step,
    time::Timestamp,
    verify::Verifier,
};
use alloc::{borrow::Cow, string::String, vec::Vec};

pub(super) fn verify(
    verifier: &Verifier,
    tokens: &[Cow<'_, str>],
    now: Timestamp,
) -> Result<VerifiedChain, Denied> {
    let split = split_all(tokens)?;
    let mut verified: Vec<VerifiedToken> = Vec::with_capacity(split.len());
    for (index, (envelope, payload)) in split.into_iter().enumerate() {
        let token = match verified.last() {
            None => verify_root(verifier, &envelope, payload, now),
            Some(parent) => verify_child(verifier, parent, &envelope, payload, now),
        };
        verified.push(token.map_err(|fault| fault.at(Place::Token(index)))?);
    }
    check_length(&verified)?;
    Ok(VerifiedChain::from_verified(Profile::Jws, verified))
}

/// Step 2c: splits every token and compares their ids. The ids are all that is read before a
/// signature is checked, and are used for nothing else.
fn split_all<'c>(tokens: &'c [Cow<'_, str>]) -> Result<Vec<(Envelope<'c>, Vec<u8>)>, Denied> {
    // Not reserved: nothing bounds how many empty tokens there are.
    let (mut ids, mut split): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    for (index, token) in tokens.iter().enumerate() {
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
    check_ids(ids.iter().map(String::as_str), ids.len())?;
    Ok(split)
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
    let signature = envelope.signature().map_err(|fault| Fault::new(Step::RootSignature, fault))?;
    let input = envelope.signing_input.as_bytes();
    let key = verifier
        .anchors
        .candidate_keys(key_id.as_deref())
        .find(|key| key.verify(input, &signature))
        .ok_or_else(|| {
            Fault::new(Step::RootSignature, Reason::Signature { key: RequiredKey::TrustAnchor })
        })?;
    let claims = read_claims(&payload, Position::Root, verifier.terms())?;
    judge_root(verifier, key, &claims, now)?;
    Ok(VerifiedToken {
        claims,
        digest: digest(envelope.signing_input.as_bytes()),
        others: Others::Payload(payload),
    })
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
    let signature = envelope.signature().map_err(|fault| Fault::new(Step::Signature, fault))?;
    let key = &parent.claims.holder;
    if !key.verify(envelope.signing_input.as_bytes(), &signature) {
        let key = RequiredKey::ParentHolder;
        return Err(Fault::new(Step::Signature, Reason::Signature { key }));
    }
    let claims = read_claims(&payload, Position::Derived, verifier.terms())?;
    let widens = |widening: Widening| Fault::new(widening.step(), widening);
    attenuate::check_issuer(&parent.claims, &claims).map_err(widens)?;
    attenuate::judge(&parent.claims, &claims, &verifier.limits, now).map_err(widens)?;
    if claims.parent != Some(parent.digest) {
        return Err(Fault::new(Step::ParentHash, Reason::ParentHash));
    }
    Ok(VerifiedToken {
        claims,
        digest: digest(envelope.signing_input.as_bytes()),
        others: Others::Payload(payload),
    })
}
