//! Bytes to envelopes to claims, and back.

pub(crate) mod compact;
mod extension;
pub(crate) mod json;
pub(crate) mod jws;
pub(crate) mod wire;

pub use compact::{CompactFault, CompactRule};
pub use json::{ClaimFault, ConstraintFault};
pub use jws::{EnvelopeFault, HeaderFault, PresentationFault};
pub use wire::Profile;
