//! Taper beside other capability tokens in one run (`peers`), and how its costs grow (`growth`).
//! `benches/README.md` says how to run both and what each number means.
#![forbid(unsafe_code)]

pub mod contender;
pub mod growth;
pub mod machine;
pub mod measure;
pub mod peer;
pub mod plot;
#[allow(unreachable_pub, reason = "shared with the library's benches")]
#[path = "../../scenario/mod.rs"]
mod scenario;
