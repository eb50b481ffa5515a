//! Strict JSON reading (RFC 8259) and canonical writing (RFC 8785, JCS).
//!
//! The reader keeps number texts as written, because AAT-02 3.4 judges numbers by their text, and
//! refuses what parsers disagree about: duplicate members, lone surrogates, invalid UTF-8, a byte
//! order mark, trailing data, nesting beyond a limit. Its time is linear in the input, but for
//! sorting the names of large objects.

mod error;
mod jcs;
mod node;
mod number;
mod object;
mod plain;
mod read;
mod value;

pub use error::{JsonError, JsonErrorKind};
pub(crate) use jcs::write_string;
pub(crate) use node::{Members, Node, duplicate};
pub(crate) use number::integer;
pub use number::{NotAdmissible, Number, NumberError};
pub use object::{DuplicateMember, Object};
pub(crate) use read::{
    MAX_DEPTH, Strings, parse, strings, strings_at, top_level_members, top_level_strings, utf8,
};
pub(crate) use value::Numbers;
pub use value::Value;
