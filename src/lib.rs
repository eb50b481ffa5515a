//! Capability tokens that narrow at every hop.
#![no_std]
#![forbid(unsafe_code)]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod json;
pub mod key;
