//! Objects in canonical order.

use super::{JsonError, Members, Numbers, Value, jcs, node::duplicate, number::NumberError};
use crate::error::Quoted;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cmp::Ordering;

/// The members of a JSON object, each name once, in the order of JCS: by UTF-16 code units of the
/// names (RFC 8785 3.2.3).
///
/// ```
/// use taper::Object;
///
/// let object = Object::from_json(br#"{"b": 1.0, "a": "x"}"#)?;
/// assert_eq!(object.to_jcs(), r#"{"a":"x","b":1}"#);
/// # Ok::<_, taper::json::JsonError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object(Box<[(Box<str>, Value)]>);

/// Bytes that the canonical text of most calls' arguments fits in.
const JCS: usize = 128;

impl Object {
    /// An object of the given members.
    ///
    /// # Errors
    ///
    /// When a name stands twice.
    pub fn new<N: Into<Box<str>>>(
        members: impl IntoIterator<Item = (N, Value)>,
    ) -> Result<Self, DuplicateMember> {
        let members: Vec<(Box<str>, Value)> =
            members.into_iter().map(|(name, value)| (name.into(), value)).collect();
        match duplicate(members.iter().map(|(name, _)| &**name), members.len()) {
            Some(name) => Err(DuplicateMember { name: name.into() }),
            None => Ok(Self::from_distinct(members)),
        }
    }

    /// INVARIANT: no two names are equal.
    pub(crate) fn from_distinct(members: impl IntoIterator<Item = (Box<str>, Value)>) -> Self {
        let mut members: Vec<(Box<str>, Value)> = members.into_iter().collect();
        members.sort_unstable_by(|(a, _), (b, _)| canonical_order(a, b));
        Self(members.into_boxed_slice())
    }

    /// Reads a JSON object whose numbers are all admissible.
    ///
    /// # Errors
    ///
    /// As [`Value::from_json`], and when the text is not an object.
    pub fn from_json(text: &[u8]) -> Result<Self, JsonError> {
        match Value::from_json(text)? {
            Value::Object(object) => Ok(object),
            _ => Err(JsonError::new(0, super::JsonErrorKind::NotAnObject)),
        }
    }

    pub(crate) fn from_members(
        members: Members<'_>,
        numbers: Numbers,
    ) -> Result<Self, NumberError> {
        let value = |(name, node): (alloc::borrow::Cow<'_, str>, _)| {
            Ok((name.into(), Value::from_node(node, numbers)?))
        };
        Ok(Self::from_distinct(members.into_iter().map(value).collect::<Result<Vec<_>, _>>()?))
    }

    /// The value under `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let place = self.0.binary_search_by(|(member, _)| canonical_order(member, name)).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Whether there is a member `name`.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The members in canonical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The canonical text (RFC 8785).
    pub fn to_jcs(&self) -> String {
        let mut text = String::with_capacity(JCS);
        jcs::write_object(self, &mut text);
        text
    }
}

/// By UTF-16 code units. Bytes of UTF-8 sort alike, but for surrogate pairs, which come before
/// U+E000 to U+FFFF.
fn canonical_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// A member stands twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("duplicate member {}", Quoted(.name))]
pub struct DuplicateMember {
    name: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_utf16() {
        // The example of RFC 8785 3.2.3, by its names.
        let names = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"];
        let object = Object::new(names.map(|name| (name, Value::Null))).unwrap();
        let sorted: Vec<&str> = object.iter().map(|(name, _)| name).collect();
        let expected = ["\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"];
        assert_eq!(sorted, expected);
        assert!(names.iter().all(|name| object.contains_key(name)));
        assert!(Object::new([("a", Value::Null), ("a", Value::Null)]).is_err());
    }
    #[test]
    fn members_are_counted() {
        let empty = Object::new([] as [(&str, Value); 0]).unwrap();
        let one = Object::new([("a", Value::Null)]).unwrap();
        assert_eq!([empty.len(), one.len()], [0, 1]);
        assert_eq!([empty.is_empty(), one.is_empty()], [true, false]);
        assert_eq!(Value::Object(one.clone()).as_object(), Some(&one));
        assert_eq!(Value::from(1).as_object(), None);
    }
}
