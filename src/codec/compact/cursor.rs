//! Reading and writing postcard primitives, strictly.

use crate::error::Quoted;
use alloc::{boxed::Box, vec::Vec};
use postcard::ser_flavors::Size;
use serde::{Deserialize, Serialize};

/// Where and why compact bytes are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule} at byte {offset}")]
pub struct CompactFault {
    offset: usize,
    rule: CompactRule,
}

impl CompactFault {
    pub(super) fn new(offset: usize, rule: CompactRule) -> Self {
        Self { offset, rule }
    }

    /// Bytes from the start of the presentation or chain.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The rule of `spec/compact-profile.md` that is broken.
    pub fn rule(&self) -> &CompactRule {
        &self.rule
    }
}

/// The rules that compact bytes can break.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompactRule {
    /// The text form is not unpadded base64url.
    #[error("the text is not unpadded base64url")]
    Text,
    /// The first byte is not that of a version known here.
    #[error("unknown profile or version {found:#04x}")]
    Version {
        /// The byte.
        found: u8,
    },
    /// The chain has no token.
    #[error("no token")]
    NoToken,
    /// A flag that has no meaning is set.
    #[error("unknown flags {found:#04x}")]
    Flags {
        /// The byte.
        found: u8,
    },
    /// The bytes end within a record.
    #[error("the bytes end within {what}")]
    Truncated {
        /// The record.
        what: &'static str,
    },
    /// Bytes follow the last record.
    #[error("trailing bytes")]
    Trailing,
    /// An integer that is not in its shortest form, out of range, or a string that is not UTF-8.
    #[error("malformed {what}")]
    Malformed {
        /// The record.
        what: &'static str,
    },
    /// A tag that has no meaning in its place.
    #[error("unknown {what} tag {found:#04x}")]
    Tag {
        /// The record.
        what: &'static str,
        /// The tag.
        found: u8,
    },
    /// A place beyond the parent's names or values.
    #[error("the parent has no such {what}")]
    Place {
        /// What was pointed at.
        what: &'static str,
    },
    /// A time or ceiling that falls out of range.
    #[error("{what} is out of range")]
    Range {
        /// The claim.
        what: &'static str,
    },
    /// Values nested too deep.
    #[error("values nested too deep")]
    TooDeep,
    /// The bytes say something that has another, canonical form.
    #[error("not the canonical form")]
    NotCanonical,
    /// A field marked critical that is not known here.
    #[error("the critical field {} is not known", Quoted(.name))]
    Critical {
        /// The field's name.
        name: Box<str>,
    },
}

/// Reads records one after the other. Offsets are counted from `base`.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    end: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], base: usize) -> Self {
        Self { rest: bytes, end: base.saturating_add(bytes.len()) }
    }

    pub(super) fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    pub(super) fn fault(&self, rule: CompactRule) -> CompactFault {
        CompactFault::new(self.offset(), rule)
    }

    pub(super) fn malformed(&self, what: &'static str) -> CompactFault {
        self.fault(CompactRule::Malformed { what })
    }

    /// A postcard primitive in its shortest form; postcard itself also reads longer ones.
    pub(super) fn take<T>(&mut self, what: &'static str) -> Result<T, CompactFault>
    where
        T: Deserialize<'a> + Serialize,
    {
        let (value, rest) = postcard::take_from_bytes::<T>(self.rest).map_err(|error| {
            self.fault(match error {
                postcard::Error::DeserializeUnexpectedEnd => CompactRule::Truncated { what },
                _ => CompactRule::Malformed { what },
            })
        })?;
        let used = self.rest.len().saturating_sub(rest.len());
        if postcard::serialize_with_flavor(&value, Size::default()) != Ok(used) {
            return Err(self.malformed(what));
        }
        self.rest = rest;
        Ok(value)
    }

    pub(super) fn byte(&mut self, what: &'static str) -> Result<u8, CompactFault> {
        self.array(what).map(|[byte]| byte)
    }

    pub(super) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], CompactFault> {
        match self.rest.split_first_chunk() {
            Some((array, rest)) => {
                self.rest = rest;
                Ok(*array)
            }
            None => Err(self.fault(CompactRule::Truncated { what })),
        }
    }

    /// A length and that many bytes.
    pub(super) fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], CompactFault> {
        let length: u64 = self.take(what)?;
        let split = usize::try_from(length).ok().and_then(|at| self.rest.split_at_checked(at));
        let (bytes, rest) = split.ok_or_else(|| self.fault(CompactRule::Truncated { what }))?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A count of records that take at least one byte each, so that it bounds what follows.
    pub(super) fn count(&mut self, what: &'static str) -> Result<usize, CompactFault> {
        let count: u64 = self.take(what)?;
        match usize::try_from(count) {
            Ok(count) if count <= self.rest.len() => Ok(count),
            _ => Err(self.fault(CompactRule::Truncated { what })),
        }
    }

    /// What is left.
    pub(super) fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn end(&self) -> Result<(), CompactFault> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(CompactRule::Trailing)) }
    }
}

/// Writes records one after the other.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// A postcard primitive.
    pub(super) fn put<T: Serialize + ?Sized>(&mut self, value: &T) {
        // Integers, doubles and strings always serialize into a vector; were it to fail, the
        // empty result would verify nowhere.
        self.0 = postcard::to_extend(value, core::mem::take(&mut self.0)).unwrap_or_default();
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.put(&u64::try_from(count).unwrap_or(u64::MAX));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}
