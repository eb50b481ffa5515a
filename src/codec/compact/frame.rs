//! The frame of a chain or a presentation: keys and signatures at fixed places, then the bodies.
//!
//! ```text
//! first byte | tokens n | flags | hint | n * (holder key 32, signature 64) | proof signature 64
//! n * (length, body) | proof body
//! ```

use super::cursor::{CompactFault, CompactRule, Cursor, Writer};
use crate::{base64url, key::Signature};
use alloc::{borrow::Cow, vec::Vec};
use core::ops::Range;

/// The first byte of every chain and presentation of version 1. In the text form it makes the
/// first character a `t`, which no JSON text with a chain begins with.
pub(crate) const FIRST_BYTE: u8 = 0xb5;
pub(crate) const FIRST_CHAR: u8 = b't';

const HAS_PROOF: u8 = 1;

/// Bytes before the first token's key, and bytes of each token at its fixed place.
const HEADER: usize = 4;
const FIXED: usize = 96;

/// A chain split into its parts, nothing of it checked but the frame.
#[derive(Clone, Debug)]
pub(crate) struct CompactChain<'a> {
    bytes: Cow<'a, [u8]>,
    bodies: Vec<Range<usize>>,
}

/// One token of a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompactToken<'c> {
    /// The holder's key and the signature.
    #[cfg(feature = "std")]
    pub(crate) fixed: &'c [u8; FIXED],
    pub(crate) holder: &'c [u8; 32],
    pub(crate) signature: Signature,
    pub(crate) body: &'c [u8],
    /// Where the body begins.
    pub(crate) offset: usize,
}

impl CompactToken<'_> {
    /// Bytes that the token takes in the frame.
    pub(crate) fn size(&self) -> usize {
        self.body.len().saturating_add(FIXED)
    }
}

/// A proof split into its parts.
#[derive(Clone, Debug)]
pub(crate) struct CompactProof {
    pub(crate) signature: Signature,
    pub(crate) body: Vec<u8>,
    pub(crate) offset: usize,
}

impl<'a> CompactChain<'a> {
    pub(crate) fn len(&self) -> usize {
        self.bodies.len()
    }

    /// The first byte of the key that signed the root: a hint for finding the anchor.
    pub(crate) fn hint(&self) -> u8 {
        self.bytes.get(HEADER.saturating_sub(1)).copied().unwrap_or(0)
    }

    pub(crate) fn tokens(&self) -> impl ExactSizeIterator<Item = CompactToken<'_>> {
        // INVARIANT: `read_frame` found every part in its place.
        let fixed = self.bytes.get(HEADER..).unwrap_or_default().as_chunks::<FIXED>().0;
        self.bodies.iter().zip(fixed).map(|(range, fixed)| {
            let (holder, signature) = fixed.split_first_chunk::<32>().unwrap_or((&[0; 32], &[]));
            CompactToken {
                #[cfg(feature = "std")]
                fixed,
                holder,
                signature: Signature::from_slice(signature)
                    .unwrap_or(Signature::from_bytes([0; 64])),
                body: self.bytes.get(range.clone()).unwrap_or_default(),
                offset: range.start,
            }
        })
    }

    /// A chain of one token.
    pub(crate) fn root(
        hint: u8,
        holder: &[u8; 32],
        signature: &Signature,
        body: &[u8],
    ) -> Option<CompactChain<'static>> {
        own(&write_frame(hint, &[(holder, *signature, body)], None)?)
    }

    /// The chain with one more token.
    pub(crate) fn with(
        &self,
        holder: &[u8; 32],
        signature: &Signature,
        body: &[u8],
    ) -> Option<CompactChain<'static>> {
        let mut parts = self.parts();
        parts.push((holder, *signature, body));
        own(&write_frame(self.hint(), &parts, None)?)
    }

    /// The chain, or the presentation with `proof`, as bytes.
    pub(crate) fn write(&self, proof: Option<(&Signature, &[u8])>) -> Option<Vec<u8>> {
        write_frame(self.hint(), &self.parts(), proof)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        self.tokens().map(|token| (token.holder, token.signature, token.body)).collect()
    }

    pub(crate) fn into_owned(self) -> CompactChain<'static> {
        CompactChain { bytes: Cow::Owned(self.bytes.into_owned()), bodies: self.bodies }
    }
}

/// Splits a chain or a presentation, raw or in its text form.
pub(crate) fn read_frame(
    bytes: &[u8],
) -> Result<(CompactChain<'_>, Option<CompactProof>), CompactFault> {
    let bytes = match bytes.first() {
        Some(&FIRST_CHAR) => {
            let text = core::str::from_utf8(bytes).ok();
            let decoded = text.and_then(|text| base64url::decode(text).ok());
            Cow::Owned(decoded.ok_or(CompactFault::new(0, CompactRule::Text))?)
        }
        _ => Cow::Borrowed(bytes),
    };
    let mut cursor = Cursor::new(&bytes, 0);
    let [first, count, flags, _hint] = cursor.array("header")?;
    if first != FIRST_BYTE {
        return Err(CompactFault::new(0, CompactRule::Version { found: first }));
    }
    if count == 0 {
        return Err(CompactFault::new(1, CompactRule::NoToken));
    }
    if flags & !HAS_PROOF != 0 {
        return Err(CompactFault::new(2, CompactRule::Flags { found: flags }));
    }
    for _ in 0..count {
        cursor.array::<FIXED>("keys and signatures")?;
    }
    let has_proof = flags & HAS_PROOF != 0;
    let signature = if has_proof { Some(cursor.array::<64>("proof signature")?) } else { None };
    let mut bodies = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let body = cursor.bytes("body")?;
        let end = cursor.offset();
        bodies.push(end.saturating_sub(body.len())..end);
    }
    let proof = signature.map(|signature| CompactProof {
        signature: Signature::from_bytes(signature),
        body: cursor.remaining().to_vec(),
        offset: cursor.offset(),
    });
    if proof.is_none() {
        cursor.end()?;
    }
    Ok((CompactChain { bytes, bodies }, proof))
}

/// A token's key, signature and body.
type Part<'t> = (&'t [u8; 32], Signature, &'t [u8]);

fn own(bytes: &[u8]) -> Option<CompactChain<'static>> {
    read_frame(bytes).ok().map(|(chain, _)| chain.into_owned())
}

/// Puts a chain or a presentation together. `None` when there would be more than 255 tokens.
fn write_frame(
    hint: u8,
    tokens: &[Part<'_>],
    proof: Option<(&Signature, &[u8])>,
) -> Option<Vec<u8>> {
    let mut out = Writer::default();
    let flags = if proof.is_some() { HAS_PROOF } else { 0 };
    out.raw(&[FIRST_BYTE, u8::try_from(tokens.len()).ok()?, flags, hint]);
    for (holder, signature, _) in tokens {
        out.raw(*holder);
        out.raw(signature.as_bytes());
    }
    if let Some((signature, _)) = proof {
        out.raw(signature.as_bytes());
    }
    for (_, _, body) in tokens {
        out.count(body.len());
        out.raw(body);
    }
    if let Some((_, body)) = proof {
        out.raw(body);
    }
    Some(out.finish())
}
