//! Tokens in the JWS profile.

use super::{Claimed, Under};
use crate::{
    attenuate::{self, Widening},
    chain::Others,
    codec::{
        EnvelopeFault,
        json::{Position, read_claims},
        jws::{Envelope, Kind, check_header},
        wire::digest,
    },
    denied::{Denied, Fault, Place, Reason},
    json,
    limits::Limits,
    model::{Claims, Digest},
    step::Step,
    time::Timestamp,
};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// A token that passed step 2c and nothing else.
pub(super) struct Link<'c> {
    envelope: Envelope<'c>,
    payload: Vec<u8>,
    digest: Digest,
}

/// The digest of a token's signing input, and its signature's text.
pub(super) type Name<'c> = (Digest, &'c str);

/// The name of a token; nothing when it cannot be split.
pub(super) fn name_of(token: &str) -> Option<Name<'_>> {
    let envelope = Envelope::split(token).ok()?;
    Some((digest(envelope.signing_input.as_bytes()), envelope.signature_text()))
}

/// Step 2c for the tokens from `first` on: splits them and reads their ids. The ids are all that
/// is read before a signature is checked, and are used for nothing else.
pub(super) fn split<'c>(
    tokens: &'c [Cow<'_, str>],
    names: &[Name<'_>],
    first: usize,
) -> Result<(Vec<Link<'c>>, Vec<String>), Denied> {
    // Not reserved: nothing bounds how many empty tokens there are.
    let (mut ids, mut links): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    for (index, token) in tokens.iter().enumerate().skip(first) {
        let at = |reason: Reason| Denied::new(Step::TokenIds, Place::Token(index), reason);
        let malformed = |fault: EnvelopeFault| at(fault.into());
        let envelope = Envelope::split(token).map_err(malformed)?;
        let payload = envelope.payload().map_err(malformed)?;
        let id = json::top_level_string(&payload, "jti", json::MAX_DEPTH)
            .map_err(|error| malformed(error.into()))?
            .ok_or_else(|| at(Reason::IdMissing))?;
        ids.push(id.into_owned());
        let digested = || digest(envelope.signing_input.as_bytes());
        let digest = names.get(index).map_or_else(digested, |(digest, _)| *digest);
        links.push(Link { envelope, payload, digest });
    }
    Ok((links, ids))
}

impl Link<'_> {
    /// The signature that is claimed, under `parent`'s key: steps 3a and 4a.
    pub(super) fn claimed<'k>(&'k self, parent: Option<&'k Claims>) -> Result<Claimed<'k>, Fault> {
        let (header, form) = match parent {
            None => (Step::RootHeader, Step::RootSignature),
            Some(_) => (Step::Header, Step::Signature),
        };
        let key_id = check_header(Kind::Token, self.envelope.header())
            .map_err(|fault| Fault::new(header, fault))?;
        let signature = self.envelope.signature().map_err(|fault| Fault::new(form, fault))?;
        let message = self.envelope.signing_input.as_bytes();
        let under = match parent {
            None => Under::Anchor { key_id, hint: None },
            Some(parent) => Under::Holder(parent.holder()),
        };
        Ok(Claimed { message, signature, under })
    }

    /// What the token says, once its signature holds; below a root also the rest of step 4.
    pub(super) fn read(
        self,
        parent: Option<(&Claims, &Digest)>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Claims, Digest, Others), Fault> {
        let position = if parent.is_none() { Position::Root } else { Position::Derived };
        let claims = read_claims(&self.payload, position, limits)?;
        if let Some((parent, digest)) = parent {
            let widens = |widening: Widening| Fault::new(widening.step(), widening);
            attenuate::check_issuer(parent, &claims).map_err(widens)?;
            attenuate::judge(parent, &claims, limits, now).map_err(widens)?;
            if claims.parent != Some(*digest) {
                return Err(Fault::new(Step::ParentHash, Reason::ParentHash));
            }
        }
        Ok((claims, self.digest, Others::Payload(self.payload)))
    }
}
