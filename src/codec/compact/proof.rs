//! Proofs of possession: about a hundred bytes, because the call itself is not repeated.

use super::{
    cursor::{CompactFault, CompactRule, Cursor, Writer},
    token::IdForm,
};
use crate::{
    model::{Claims, Digest, Invocation, TokenId},
    time::Timestamp,
};
use alloc::{boxed::Box, vec::Vec};

const PROOF_TAG: &[u8; 16] = b"taper c1 proof  ";

/// The bytes that the leaf's holder signs: the leaf's digest, the tool and the canonical
/// arguments, which both sides have, each with its length, and the body.
pub(crate) fn proof_signing_input(leaf: &Digest, call: &Invocation, body: &[u8]) -> Vec<u8> {
    let arguments = call.arguments().to_jcs();
    // Each length takes at most 10 bytes.
    let parts = [PROOF_TAG.len(), leaf.0.len(), call.tool().len(), arguments.len(), body.len(), 20];
    let mut out = Writer::with_capacity(parts.into_iter().fold(0, usize::saturating_add));
    out.raw(PROOF_TAG);
    out.raw(&leaf.0);
    out.put(call.tool());
    out.put(&*arguments);
    out.raw(body);
    out.finish()
}

/// What a proof carries beyond its signature.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProofBody {
    pub(crate) id: TokenId,
    pub(crate) issued_at: Timestamp,
    pub(crate) audience: Option<Box<str>>,
    pub(crate) nonce: Option<Box<str>>,
}

/// `aat_aud` is told, or is the one name of the nearest `aud` up the chain.
const HAS_AUDIENCE: u8 = 4;
const SAME_AUDIENCE: u8 = 8;
const HAS_NONCE: u8 = 16;
const ID_FORM: u8 = 3;

/// What a proof's body is told against: the time of issue of the leaf, and the one name of the
/// nearest `aud` up the chain, where there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProofContext<'c> {
    leaf_issued_at: Timestamp,
    audience: Option<&'c str>,
}

impl<'c> ProofContext<'c> {
    /// The context of a chain, root first.
    pub(crate) fn of(chain: impl DoubleEndedIterator<Item = &'c Claims> + Clone) -> Self {
        let leaf_issued_at = chain.clone().next_back().map(Claims::issued_at);
        let nearest = chain.rev().map(|token| token.audience().names()).find(|n| !n.is_empty());
        let audience = match nearest {
            Some([name, more @ ..]) if more.iter().all(|other| other == name) => Some(&**name),
            _ => None,
        };
        Self { leaf_issued_at: leaf_issued_at.unwrap_or(Timestamp::from_unix(0)), audience }
    }
}

/// Reads the body of an authentic proof.
pub(crate) fn read_proof_body(
    bytes: &[u8],
    offset: usize,
    context: ProofContext<'_>,
) -> Result<ProofBody, CompactFault> {
    let mut cursor = Cursor::new(bytes, offset);
    let head = cursor.byte("proof")?;
    if head & !(HAS_AUDIENCE | SAME_AUDIENCE | HAS_NONCE | ID_FORM) != 0 {
        return Err(cursor.fault(CompactRule::Tag { what: "proof", found: head }));
    }
    let id = IdForm::read(head & ID_FORM, &mut cursor)?;
    let later: i64 = cursor.take("iat")?;
    let issued_at = context
        .leaf_issued_at
        .as_unix()
        .checked_add(later)
        .map(Timestamp::from_unix)
        .ok_or_else(|| cursor.fault(CompactRule::Range { what: "iat" }))?;
    let mut text = |present: u8, what| {
        if head & present == 0 {
            return Ok(None);
        }
        cursor.take::<&str>(what).map(|text| Some(text.into()))
    };
    let audience = match (text(HAS_AUDIENCE, "aat_aud")?, context.audience) {
        (None, Some(name)) if head & SAME_AUDIENCE != 0 => Some(name.into()),
        (told, _) => told,
    };
    let nonce = text(HAS_NONCE, "nonce")?;
    cursor.end()?;
    let body = ProofBody { id: id.at(issued_at, &cursor)?, issued_at, audience, nonce };
    if write_proof_body(&body, context).as_deref() == Some(bytes) {
        Ok(body)
    } else {
        Err(CompactFault::new(offset, CompactRule::NotCanonical))
    }
}

/// Bytes that most bodies of proofs fit in.
const PROOF_BODY: usize = 64;

/// Writes the body of a proof; `None` when its time is too far from the leaf's to be written.
pub(crate) fn write_proof_body(body: &ProofBody, context: ProofContext<'_>) -> Option<Vec<u8>> {
    let id = IdForm::of(&body.id, body.issued_at);
    let flag = |text: &Option<Box<str>>, flag| if text.is_some() { flag } else { 0 };
    let mut out = Writer::with_capacity(PROOF_BODY);
    let implied = body.audience.is_some() && body.audience.as_deref() == context.audience;
    let told = if implied { &None } else { &body.audience };
    let same = if implied { SAME_AUDIENCE } else { flag(told, HAS_AUDIENCE) };
    out.byte(id.form() | same | flag(&body.nonce, HAS_NONCE));
    id.write_bytes(&mut out);
    out.put(&body.issued_at.as_unix().checked_sub(context.leaf_issued_at.as_unix())?);
    for text in [told, &body.nonce].into_iter().flatten() {
        out.put(&**text);
    }
    Some(out.finish())
}
