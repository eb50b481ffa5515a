//! Tokens in the compact profile.

use super::{Claimed, Under};
use crate::{
    attenuate,
    chain::Others,
    codec::{
        ClaimFault,
        compact::{self, CompactChain, read_body},
    },
    denied::Fault,
    key::{KeyError, PublicKey, Signature},
    limits::Limits,
    model::{Claims, Digest},
    step::Step,
    time::Timestamp,
};
use alloc::vec::Vec;

/// A token with all that its signature needs, nothing of it checked.
pub(super) struct Link<'c> {
    input: Vec<u8>,
    digest: Digest,
    holder: Result<PublicKey, KeyError>,
    signature: Signature,
    body: &'c [u8],
    offset: usize,
    hint: u8,
}

/// How many tokens of a chain are looked at. Of one that is longer than the depth limit allows,
/// only as many as are needed to find that out: the one beyond the limit fails step 4e or 4f, if
/// no other failed before.
pub(super) fn most(limits: &Limits) -> usize {
    usize::try_from(limits.max_delegation_depth).unwrap_or(usize::MAX).saturating_add(2)
}

/// The digest and signature of each token that is looked at.
pub(super) fn names(chain: &CompactChain<'_>, limits: &Limits) -> Vec<(Digest, Signature)> {
    let hint = [chain.hint()];
    let mut names: Vec<(Digest, Signature)> = Vec::with_capacity(chain.len().min(most(limits)));
    for token in chain.tokens().take(most(limits)) {
        let link = link(names.last().map(|(parent, _)| parent), &hint);
        names.push((link.digest(token.holder, token.body), token.signature));
    }
    names
}

/// The tokens from `first` on, whose digests are in `names`.
pub(super) fn links<'c>(
    chain: &'c CompactChain<'_>,
    names: &[(Digest, Signature)],
    first: usize,
) -> Vec<Link<'c>> {
    let hint = [chain.hint()];
    let parents = core::iter::once(None).chain(names.iter().map(|(digest, _)| Some(digest)));
    let tokens = chain.tokens().zip(parents).zip(names).skip(first);
    tokens
        .map(|((token, parent), (digest, signature))| Link {
            input: link(parent, &hint).signing_input(token.holder, token.body),
            digest: *digest,
            holder: PublicKey::from_bytes(token.holder),
            signature: *signature,
            body: token.body,
            offset: token.offset,
            hint: chain.hint(),
        })
        .collect()
}

fn link<'p>(parent: Option<&'p Digest>, hint: &'p [u8; 1]) -> compact::Link<'p> {
    parent.map_or(compact::Link::Root { hint }, compact::Link::Below)
}

impl Link<'_> {
    pub(super) fn input(&self) -> &[u8] {
        &self.input
    }

    pub(super) fn digest(&self) -> &Digest {
        &self.digest
    }

    pub(super) fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The key that this token hands on to, if it is one. Its place is fixed, so it is known before
    /// the token is read.
    pub(super) fn holder(&self) -> Option<&PublicKey> {
        self.holder.as_ref().ok()
    }

    pub(super) fn claimed<'k>(&'k self, parent: Option<&'k Claims>) -> Claimed<'k> {
        let anchor = Under::Anchor { key_id: None, hint: Some(self.hint) };
        let under = parent.map_or(anchor, |parent| Under::Holder(parent.holder()));
        Claimed { message: &self.input, signature: self.signature, under }
    }

    /// What the token says, once its signature holds; below a root also the rest of step 4. Steps
    /// 4c, 4d and 4q hold by construction: the issuer, the depth and the link are not on the wire,
    /// but in what the signature covers.
    pub(super) fn read(
        self,
        parent: Option<(&Claims, &Digest)>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Claims, Digest, Others), Fault> {
        let step = if parent.is_none() { Step::RootHolder } else { Step::Holder };
        let holder = self.holder.map_err(|error| Fault::new(step, ClaimFault::from(error)))?;
        let body = read_body(self.body, self.offset, holder, parent, limits)?;
        if let Some((parent, _)) = parent {
            attenuate::judge(parent, &body.claims, limits, now)
                .map_err(|widening| Fault::new(widening.step(), widening))?;
        }
        Ok((body.claims, self.digest, Others::Fields(body.fields)))
    }
}
