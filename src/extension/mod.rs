//! Constraint types beyond the nine of AAT-02 3.4 (section 5): bring your own.
//!
//! A type is a Rust type that implements [`ExtensionConstraint`]: how its members are read, what it
//! accepts, what narrows it, and what that costs. [`Extensions`] holds the types that one
//! [`Verifier`](crate::Verifier), [`Issuer`](crate::Issuer) or holder knows; nothing is registered
//! globally, and whoever does not know a type denies every chain that carries it, at step 3n or 4o.
//!
//! Three types come with the library, each behind a feature of its own name that is off by default:
//! `path_containment`, `url_scope` and `cidr`. `spec/extensions.md` says what they mean to the last
//! edge.
//!
//! A rule of narrowing that is wrong lets a holder widen what it was given. [`soundness`] looks for
//! such a fault; run it in the tests of every type of your own.

#[cfg(feature = "cidr")]
mod cidr;
mod constraint;
mod cost;
mod erased;
mod extensions;
#[cfg(feature = "path_containment")]
mod path_containment;
pub mod soundness;
#[cfg(feature = "proptest")]
pub mod strategy;
#[cfg(feature = "url_scope")]
mod url_scope;

#[cfg(feature = "cidr")]
pub use cidr::Cidr;
pub use constraint::{ExtensionConstraint, MemberFault, listed};
pub use cost::{Cost, StepBound, Work};
pub use erased::Extension;
pub(crate) use erased::narrows;
pub(crate) use extensions::Definition;
pub use extensions::{Extensions, ExtensionsError};
#[cfg(feature = "path_containment")]
pub use path_containment::PathContainment;
#[cfg(feature = "url_scope")]
pub use url_scope::UrlScope;
