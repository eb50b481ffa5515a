//! The compact binary profile: the same claims in a quarter of the bytes.
//!
//! `spec/compact-profile.md` defines it. Integers, strings and doubles are written as postcard
//! writes them; records are sequences of those. What the parent determines is not on the wire:
//! the link, the issuer and the depth are in the signing input or implied by the place, times and
//! ceilings are distances down from the parent's, tools and arguments are places in the parent's
//! sorted names, and an unchanged constraint is one byte.
//!
//! One byte string per meaning: a reader writes what it read again, and refuses a body that
//! differs from the result.

mod capabilities;
mod constraint;
mod cursor;
mod frame;
mod proof;
mod token;
mod unverified;
mod value;

#[cfg(test)]
mod tests;

pub use cursor::{CompactFault, CompactRule};
pub(crate) use frame::{CompactChain, CompactProof, FIRST_BYTE, FIRST_CHAR, read_frame};
pub(crate) use proof::{
    ProofBody, ProofContext, proof_signing_input, read_proof_body, write_proof_body,
};
pub(crate) use token::{
    Field, Link, derived_signing_input, read_body, root_signing_input, write_body,
};
pub(crate) use unverified::Unverified;
