//! Randomness for identifiers, from the operating system alone.

use crate::{model::TokenId, time::Timestamp};

/// The operating system gave no randomness, or the library was built without feature `std`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no randomness from the operating system")]
pub struct NoRandomness;

/// A fresh UUIDv7.
pub(crate) fn fresh_id(now: Timestamp) -> Result<TokenId, NoRandomness> {
    let mut random = [0_u8; 10];
    fill(&mut random)?;
    Ok(TokenId::uuid_v7(now, random))
}

#[cfg(feature = "std")]
fn fill(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(bytes).map_err(|_| NoRandomness)
}

#[cfg(not(feature = "std"))]
fn fill(_: &mut [u8]) -> Result<(), NoRandomness> {
    Err(NoRandomness)
}
