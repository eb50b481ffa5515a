//! Verifying: the enforcement point's side (AAT-02 section 8).

mod anchors;
mod authorize;
#[cfg(feature = "std")]
mod cache;
mod many;
mod policy;
mod proof;
mod verifier;
mod walk;

pub(crate) use anchors::is_uri;
pub use anchors::{TrustAnchor, TrustAnchorError, TrustAnchors};
pub use authorize::{Authorized, Checked};
#[cfg(feature = "std")]
pub use cache::ChainCache;
pub use policy::{Nonces, Policy};
pub use verifier::Verifier;
