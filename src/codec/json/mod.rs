//! The JSON form of claims, capabilities and constraints (AAT-02 3.2 to 3.4).

mod capabilities;
mod claims;
mod constraint;
mod fault;
mod proof;

pub(crate) use claims::{Position, integer, is_defined, read_claims, write_claims};
pub use constraint::ConstraintFault;
pub use fault::ClaimFault;
pub(crate) use proof::ProofContent;
