//! What tokens mean, whatever their encoding: values, constraints, capabilities, claims.
//!
//! Nothing here knows bytes. Both encodings are read into these types and written from them.

mod audience;
mod capabilities;
mod claims;
mod constraint;
mod constraint_map;
mod invocation;
mod narrows;
mod range;
mod token_id;
mod value_set;

pub use audience::Audience;
pub use capabilities::Capabilities;
pub use claims::{Claims, Digest};
pub(crate) use constraint::is_core_type;
pub use constraint::{
    Clauses, Constraint, ConstraintError, Scalar, all, any, at_least, at_most, contains, exact,
    not_one_of, one_of, range, subset, wildcard,
};
pub use constraint_map::{ArgumentRefused, ConstraintMap, Entry};
pub use invocation::{Invocation, InvocationError};
pub use range::{Bound, Range};
pub use token_id::TokenId;
pub(crate) use token_id::uuid_v7;
pub use value_set::ValueSet;
