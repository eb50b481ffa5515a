//! The extension types decided a second time, slowly and plainly, from `spec/extensions.md` alone:
//! what fuzzing and tests hold the library against. Shares no code with it.

pub mod address;
pub mod path;
pub mod url;
