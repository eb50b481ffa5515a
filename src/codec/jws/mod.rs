//! The `aat+jwt` profile: JWS compact serialization (RFC 7515, AAT-02 3.5).

mod envelope;
mod header;
mod presentation;

pub use envelope::EnvelopeFault;
pub(crate) use envelope::{Envelope, seal};
pub use header::HeaderFault;
pub(crate) use header::{Kind, check_header};
pub use presentation::PresentationFault;
pub(crate) use presentation::{RawPresentation, read_chain, read_presentation, write_presentation};
