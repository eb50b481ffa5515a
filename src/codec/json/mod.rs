//! The JSON form of claims, capabilities and constraints (AAT-02 3.2 to 3.4).

mod capabilities;
mod claims;
mod constraint;

pub use claims::ClaimFault;
pub(crate) use claims::{Position, integer, is_defined, read_claims, write_claims, write_time};
pub use constraint::ConstraintFault;
pub(crate) use constraint::object;
