//! Proofs of possession: about a hundred bytes, because the call itself is not repeated.

use super::{
    cursor::{CompactFault, CompactRule, Cursor, Writer},
    token::IdForm,
};
use crate::{
    model::{Digest, Invocation, TokenId},
    time::Timestamp,
};
use alloc::{boxed::Box, vec::Vec};

const PROOF_TAG: &[u8; 16] = b"taper c1 proof  ";

/// The bytes that the leaf's holder signs: the leaf's digest, the tool and the canonical
/// arguments, which both sides have, each with its length, and the body.
pub(crate) fn proof_signing_input(leaf: &Digest, call: &Invocation, body: &[u8]) -> Vec<u8> {
    let mut out = Writer::default();
    out.raw(PROOF_TAG);
    out.raw(&leaf.0);
    out.put(call.tool());
    out.put(&*call.arguments().to_jcs());
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

const HAS_AUDIENCE: u8 = 4;
const HAS_NONCE: u8 = 8;
const ID_FORM: u8 = 3;

/// Reads the body of an authentic proof; its time is counted from the leaf's.
pub(crate) fn read_proof_body(
    bytes: &[u8],
    offset: usize,
    leaf_issued_at: Timestamp,
) -> Result<ProofBody, CompactFault> {
    let mut cursor = Cursor::new(bytes, offset);
    let head = cursor.byte("proof")?;
    if head & !(HAS_AUDIENCE | HAS_NONCE | ID_FORM) != 0 {
        return Err(cursor.fault(CompactRule::Tag { what: "proof", found: head }));
    }
    let id = IdForm::read(head & ID_FORM, &mut cursor)?;
    let later: i64 = cursor.take("iat")?;
    let issued_at = leaf_issued_at
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
    let audience = text(HAS_AUDIENCE, "aat_aud")?;
    let nonce = text(HAS_NONCE, "nonce")?;
    cursor.end()?;
    let body = ProofBody { id: id.at(issued_at, &cursor)?, issued_at, audience, nonce };
    if write_proof_body(&body, leaf_issued_at).as_deref() == Some(bytes) {
        Ok(body)
    } else {
        Err(CompactFault::new(offset, CompactRule::NotCanonical))
    }
}

/// Writes the body of a proof; `None` when its time is too far from the leaf's to be written.
pub(crate) fn write_proof_body(body: &ProofBody, leaf_issued_at: Timestamp) -> Option<Vec<u8>> {
    let id = IdForm::of(&body.id, body.issued_at);
    let flag = |text: &Option<Box<str>>, flag| if text.is_some() { flag } else { 0 };
    let mut out = Writer::default();
    let texts = flag(&body.audience, HAS_AUDIENCE) | flag(&body.nonce, HAS_NONCE);
    out.byte(id.form() | texts);
    id.write_bytes(&mut out);
    out.put(&body.issued_at.as_unix().checked_sub(leaf_issued_at.as_unix())?);
    for text in [&body.audience, &body.nonce].into_iter().flatten() {
        out.put(&**text);
    }
    Some(out.finish())
}
