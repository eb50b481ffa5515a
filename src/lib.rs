//! Capability tokens that narrow at every hop.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::string_slice,
        reason = "tests may be blunt"
    )
)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod base64url;
pub mod json;
pub mod key;
