//! The chain and the proof of the compact forgery, made by builders.

use super::{jwk, seed};
use crate::{
    AUDIENCE, CompactForgery, ISSUER, NOW,
    vectors::{Expected, Vector},
};
use serde_json::json;

const ROOT: &str = r#"{"read_file":{"path":{"constraint_type":"one_of","values":["/data/q4.pdf","/data/q3.pdf"]},"head":{"constraint_type":"range","max":100,"optional":true}},"search":{"q":{"constraint_type":"wildcard"},"*":{"constraint_type":"wildcard"}}}"#;
const MIDDLE: &str = r#"{"read_file":{"path":{"constraint_type":"one_of","values":["/data/q3.pdf"]},"head":{"constraint_type":"range","max":50,"optional":true}},"search":{"q":{"constraint_type":"exact","value":"filings"}}}"#;
const LEAF: &str = r#"{"read_file":{"path":{"constraint_type":"exact","value":"/data/q3.pdf"},"head":{"constraint_type":"range","max":50,"optional":true}}}"#;

/// The text form of the first `tokens` of the good chain.
fn chain(tokens: usize) -> String {
    let mut good = CompactForgery::good();
    good.tokens.truncate(tokens);
    good.proof = None;
    good.text()
}

pub(super) fn issue() -> Vector {
    Vector::new("in the compact profile", Expected::output(chain(1)))
        .shows("C-14 C-42")
        .with("profile", "compact")
        .with("seed_hex", seed(1))
        .with("iss", ISSUER)
        .with("now", NOW - 300)
        .with("grant", json!({ "holder": jwk(2), "jti": "token-1", "exp": NOW + 3300, "max_depth": 3, "tools": ROOT }))
}

pub(super) fn derive() -> Vec<Vector> {
    let made = |title: &str, above: usize, now: i64, grant| {
        let signer = u8::try_from(above + 1).unwrap();
        Vector::new(title, Expected::output(chain(above + 1)))
            .shows("C-17 C-22 C-42")
            .with("profile", "compact")
            .with("chain", chain(above))
            .with("seed_hex", seed(signer))
            .with("now", now)
            .with("grant", grant)
    };
    vec![
        made(
            "in the compact profile, below the root",
            1,
            NOW - 240,
            json!({ "holder": jwk(3), "jti": "token-2", "exp": NOW + 1500, "max_depth": 2, "tools": MIDDLE }),
        ),
        made(
            "in the compact profile, below a derived token",
            2,
            NOW - 180,
            json!({ "holder": jwk(4), "jti": "token-3", "exp": NOW + 900, "tools": LEAF }),
        ),
    ]
}

pub(super) fn prove() -> Vector {
    Vector::new("in the compact profile", Expected::output(CompactForgery::good().text()))
        .shows("C-47 C-11")
        .with("profile", "compact")
        .with("chain", chain(3))
        .with("seed_hex", seed(4))
        .with("now", NOW)
        .with("jti", "proof-1")
        .with("tool", "read_file")
        .with("args_json", r#" { "path" : "\/data\/q3.pdf" } "#)
        .with("audience", AUDIENCE)
}
