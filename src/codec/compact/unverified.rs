//! What a chain says, before anything of it is checked.

use super::{CompactChain, Field, derived_signing_input, read_body, root_signing_input};
use crate::{
    attenuate::Widening,
    codec::{ClaimFault, wire::digest},
    denied::{Denied, Fault, Place},
    key::PublicKey,
    limits::Limits,
    model::{Claims, Digest},
    step::Step,
    terms::Terms,
};
use alloc::vec::Vec;

/// One token, read.
pub(crate) struct Unverified {
    pub(crate) claims: Claims,
    pub(crate) digest: Digest,
    pub(crate) fields: Vec<Field>,
}

/// A token can repeat all that its parent says in a few bytes, so what may be read is bounded by
/// the depth that may be verified, not by the bytes alone.
fn check_depth(index: usize, limits: &Limits) -> Result<(), Denied> {
    let (depth, limit) = (u32::try_from(index).unwrap_or(u32::MAX), limits.max_delegation_depth);
    if depth <= limit {
        return Ok(());
    }
    let widening = Widening::DepthAboveLimit { depth, limit };
    Err(Denied::new(widening.step(), Place::Token(index), widening))
}

impl CompactChain<'_> {
    /// Reads every token against the one before it. No signature is checked.
    pub(crate) fn read_unverified(&self, terms: Terms<'_>) -> Result<Vec<Unverified>, Denied> {
        let mut read: Vec<Unverified> = Vec::with_capacity(self.len());
        for (index, token) in self.tokens().enumerate() {
            check_depth(index, terms.limits)?;
            let parent = read.last().map(|token| (&token.claims, &token.digest));
            let (input, step) = match parent {
                None => {
                    let input = root_signing_input(self.hint(), token.holder, token.body);
                    (input, Step::RootHolder)
                }
                Some((_, digest)) => {
                    (derived_signing_input(digest, token.holder, token.body), Step::Holder)
                }
            };
            let at = |fault: Fault| fault.at(Place::Token(index));
            let holder = PublicKey::from_bytes(token.holder)
                .map_err(|error| at(Fault::new(step, ClaimFault::from(error))))?;
            let body = read_body(token.body, token.offset, holder, parent, terms).map_err(at)?;
            let (claims, fields) = (body.claims, body.fields);
            read.push(Unverified { claims, digest: digest(&input), fields });
        }
        Ok(read)
    }
}
