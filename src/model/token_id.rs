//! Identifiers of tokens and proofs.

use alloc::boxed::Box;
use core::fmt;

/// The identifier of a token or a proof (`jti`): any non-empty string (AAT-02 3.2).
///
/// Taper makes UUIDv7 ids, lower-case and hyphenated, and accepts every other non-empty string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(Box<str>);

impl TokenId {
    /// `id`, unless it is empty.
    pub fn new(id: impl Into<Box<str>>) -> Option<Self> {
        let id = id.into();
        (!id.is_empty()).then_some(Self(id))
    }

    /// A UUIDv7 (RFC 9562 5.7) for `now`, with `random` as its random part.
    ///
    /// ```
    /// use taper::{Timestamp, TokenId};
    ///
    /// let id = TokenId::uuid_v7(Timestamp::from_unix(1_704_067_200), [0xab; 10]);
    /// assert_eq!(id.as_str(), "018cc251-f400-7bab-abab-abababababab");
    /// ```
    pub fn uuid_v7(now: crate::Timestamp, random: [u8; 10]) -> Self {
        Self::from_uuid(uuid_v7(now, random))
    }

    /// The id with these bytes, as a lower-case hyphenated UUID (RFC 9562).
    pub(crate) fn from_uuid(bytes: [u8; 16]) -> Self {
        Self((&*uuid::Uuid::from_bytes(bytes).hyphenated().encode_lower(&mut buffer())).into())
    }

    /// The bytes of a lower-case hyphenated UUID; other texts, other spellings of UUIDs included,
    /// have none.
    pub(crate) fn as_uuid(&self) -> Option<[u8; 16]> {
        let uuid = uuid::Uuid::try_parse(&self.0).ok()?;
        (*uuid.hyphenated().encode_lower(&mut buffer()) == *self.0).then(|| uuid.into_bytes())
    }

    /// The id as the wire carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The bytes of a UUIDv7 (RFC 9562 5.7).
pub(crate) fn uuid_v7(now: crate::Timestamp, random: [u8; 10]) -> [u8; 16] {
    let seconds = u64::try_from(now.as_unix()).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(seconds.saturating_mul(1000), &random);
    id.into_uuid().into_bytes()
}

/// Room for the text of a UUID.
fn buffer() -> [u8; uuid::fmt::Hyphenated::LENGTH] {
    [0; uuid::fmt::Hyphenated::LENGTH]
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
