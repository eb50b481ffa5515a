//! The contenders, each in the scenario of `benches/scenario`: one tool with three constraints,
//! narrowed at every hop, and one call. What the call's arguments are is known in each one's own
//! types beforehand; chain and proof are read from bytes.

#[cfg(feature = "peers")]
pub mod biscuit;
pub mod floor;
#[cfg(feature = "peers")]
pub mod jws;
#[cfg(feature = "peers")]
pub mod macaroon;
pub mod taper;
#[cfg(feature = "peers")]
pub mod tenuo;

#[cfg(feature = "peers")]
use crate::contender::Contender;

/// Everybody, at one depth.
#[cfg(feature = "peers")]
pub fn all(depth: u8) -> Vec<Contender> {
    let mut all = taper::contenders(depth);
    all.extend([
        tenuo::contender(depth),
        tenuo::decoded(depth),
        biscuit::contender(depth),
        jws::contender(depth),
        macaroon::contender(depth),
    ]);
    all
}

/// The paths of the scenario.
#[cfg(feature = "peers")]
fn paths() -> Vec<String> {
    (1..=9).map(|n| format!("/data/q{n}-report.pdf")).collect()
}

/// The path of both calls.
const PATH: &str = "/data/q3-report.pdf";
