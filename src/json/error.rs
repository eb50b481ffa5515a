//! Why a text is not the JSON that is read here.

use super::NumberError;
use crate::error::Quoted;
use alloc::boxed::Box;

/// Where and why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct JsonError {
    offset: usize,
    kind: JsonErrorKind,
}

impl JsonError {
    pub(super) fn new(offset: usize, kind: JsonErrorKind) -> Self {
        Self { offset, kind }
    }

    /// Bytes from the start of the text to where reading stopped.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What was wrong there.
    pub fn kind(&self) -> &JsonErrorKind {
        &self.kind
    }

    /// Line and column of the offset in `text`, both from 1, the column in bytes.
    ///
    /// ```
    /// let text = b"{\n  \"a\": x\n}";
    /// let error = taper::Value::from_json(text).unwrap_err();
    /// assert_eq!(error.position(text), (2, 8));
    /// ```
    pub fn position(&self, text: &[u8]) -> (usize, usize) {
        let before = text.get(..self.offset).unwrap_or(text);
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len);
        (line, column.saturating_add(1))
    }
}

/// What was wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Something else stands where the grammar wants this.
    #[error("expected {expected}")]
    Syntax {
        /// What the grammar wants.
        expected: &'static str,
    },
    /// The text is not UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// A string with an escape that is malformed or a surrogate alone, a bare control character,
    /// or no end.
    #[error("malformed string")]
    String,
    /// A number that breaks the grammar.
    #[error("malformed number")]
    Number,
    /// A member stands twice in one object.
    #[error("duplicate member {}", Quoted(.name))]
    Duplicate {
        /// The member's name.
        name: Box<str>,
    },
    /// Arrays and objects nested beyond the limit.
    #[error("nesting beyond {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// Something follows the value.
    #[error("trailing data")]
    Trailing,
    /// A number that has no exact canonical form (AAT-02 3.4).
    #[error("{0}")]
    Inadmissible(#[from] NumberError),
    /// A value of another type than an object.
    #[error("not an object")]
    NotAnObject,
}
