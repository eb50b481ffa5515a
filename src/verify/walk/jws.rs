//! The walk through a chain in the JWS profile.

use super::{begin, check_ids, finish, judge_root};
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
    key::PublicKey,
    step::Step,
    time::Timestamp,
    verify::Verifier,
};
use alloc::{borrow::Cow, vec::Vec};

pub(super) fn verify(
    verifier: &Verifier,
    tokens: &[Cow<'_, str>],
    known: Option<&VerifiedChain>,
    now: Timestamp,
) -> Result<VerifiedChain, Denied> {
    let split = split_all(tokens, known)?;
    let (mut anchor, mut verified) = begin(verifier, known, now)?;
    for (envelope, payload) in split {
        let at = |fault: Fault| fault.at(Place::Token(verified.len()));
        let token = match verified.last() {
            None => {
                let (key, root) = verify_root(verifier, &envelope, payload, now).map_err(at)?;
                anchor = Some(key);
                root
            }
            Some(parent) => verify_child(verifier, parent, &envelope, payload, now).map_err(at)?,
        };
        verified.push(token);
    }
    finish(Profile::Jws, anchor, verified)
}

/// Step 2c: splits every token and compares their ids. The ids are all that is read before a
/// signature is checked, and are used for nothing else.
///
/// What is known is not split again.
fn split_all<'c>(
    tokens: &'c [Cow<'_, str>],
    known: Option<&VerifiedChain>,
) -> Result<Vec<(Envelope<'c>, Vec<u8>)>, Denied> {
    let known = known.map_or(&[][..], VerifiedChain::tokens);
    let mut ids: Vec<Cow<'_, str>> =
        known.iter().map(|token| token.claims().id().as_str().into()).collect();
    // Not reserved: nothing bounds how many empty tokens there are.
    let mut split = Vec::new();
    for (index, token) in tokens.iter().enumerate().skip(known.len()) {
        let at = |reason: Reason| Denied::new(Step::TokenIds, Place::Token(index), reason);
        let malformed = |fault: EnvelopeFault| at(fault.into());
        let envelope = Envelope::split(token).map_err(malformed)?;
        let payload = envelope.payload().map_err(malformed)?;
        let id = json::top_level_string(&payload, "jti", json::MAX_DEPTH)
            .map_err(|error| malformed(error.into()))?
            .ok_or_else(|| at(Reason::IdMissing))?;
        ids.push(id.into_owned().into());
        split.push((envelope, payload));
    }
    check_ids(ids.iter().map(AsRef::as_ref), ids.len())?;
    Ok(split)
}

/// Step 3. Gives the anchor's key too.
fn verify_root<'v>(
    verifier: &'v Verifier,
    envelope: &Envelope<'_>,
    payload: Vec<u8>,
    now: Timestamp,
) -> Result<(&'v PublicKey, VerifiedToken), Fault> {
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
    let digest = digest(envelope.signing_input.as_bytes());
    Ok((key, VerifiedToken::from_verified(claims, digest, Others::Payload(payload))))
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
    let key = parent.claims().holder();
    if !key.verify(envelope.signing_input.as_bytes(), &signature) {
        let key = RequiredKey::ParentHolder;
        return Err(Fault::new(Step::Signature, Reason::Signature { key }));
    }
    let claims = read_claims(&payload, Position::Derived, verifier.terms())?;
    let widens = |widening: Widening| Fault::new(widening.step(), widening);
    attenuate::check_issuer(parent.claims(), &claims).map_err(widens)?;
    attenuate::judge(parent.claims(), &claims, &verifier.limits, now).map_err(widens)?;
    if claims.parent.as_ref() != Some(parent.digest()) {
        return Err(Fault::new(Step::ParentHash, Reason::ParentHash));
    }
    let digest = digest(envelope.signing_input.as_bytes());
    Ok(VerifiedToken::from_verified(claims, digest, Others::Payload(payload)))
}
