//! Extension constraint types through the public API, in both profiles.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod chains;
mod slow;
mod soundness;

use std::time::Duration;
use taper::{
    SigningKey, Timestamp, TrustAnchor, TrustAnchors, Verifier,
    extension::{Cidr, Extensions, PathContainment, UrlScope},
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);
const HOUR: Duration = Duration::from_secs(3600);
const ISSUER: &str = "urn:issuer";

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// The three shipped types.
fn shipped() -> Extensions {
    let known = Extensions::new().with::<PathContainment>().unwrap();
    known.with::<UrlScope>().unwrap().with::<Cidr>().unwrap()
}

fn verifier(known: Extensions) -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(taper::Policy::for_audience("urn:here").all_tools_idempotent())
        .with_extensions(known)
}
