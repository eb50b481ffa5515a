//! For whom tokens and proofs are (steps 6c and 7d).

use super::{Case, Row, deny, forms::put, permit};
use crate::AUDIENCE;
use taper::Place;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![];
    let aud = |title: String, token: usize, value: String, code: Option<&'static str>| {
        let change =
            move |case: &mut Case| case.forgery.tokens[token].add(&format!(r#""aud":{value}"#));
        match code {
            None => permit(title, change).shows("J-19 V-6c"),
            Some(code) => deny(title, "6c", code, Place::Token(token), change).shows("J-19"),
        }
    };
    for token in 0..3 {
        let ours = format!("\"{AUDIENCE}\"");
        for (kind, value, code) in [
            ("our name", ours.clone(), None),
            ("our name in an array", format!("[{ours}]"), None),
            ("our name among others, twice", format!(r#"["a",{ours},{ours}]"#), None),
            ("another name", r#""https://other.example""#.into(), Some("audience_mismatch")),
            (
                "our name in other letters",
                r#""HTTPS://tools.example.com""#.into(),
                Some("audience_mismatch"),
            ),
            (
                "our name with a slash",
                r#""https://tools.example.com/""#.into(),
                Some("audience_mismatch"),
            ),
            (
                "our name with the default port",
                r#""https://tools.example.com:443""#.into(),
                Some("audience_mismatch"),
            ),
            ("part of our name", r#""https://tools.example""#.into(), Some("audience_mismatch")),
            ("an empty string", r#""""#.into(), Some("audience_mismatch")),
            ("nobody", "[]".into(), Some("audience_mismatch")),
            ("a star", r#""*""#.into(), Some("audience_mismatch")),
            ("null", "null".into(), Some("audience_malformed")),
            ("a number", "1".into(), Some("audience_malformed")),
            ("an object", format!(r#"{{"aud":{ours}}}"#), Some("audience_malformed")),
            ("our name and null", format!("[{ours},null]"), Some("audience_malformed")),
            ("our name in an array in an array", format!("[[{ours}]]"), Some("audience_malformed")),
        ] {
            rows.push(aud(format!("token {token} for {kind}"), token, value, code));
        }
    }
    for (others, name) in [(0, "root"), (1, "middle token")] {
        rows.push(
            deny(
                format!("a {name} for another, a leaf for us"),
                "6c",
                "audience_mismatch",
                Place::Token(others),
                move |case: &mut Case| {
                    case.forgery.tokens[others].add(r#""aud":"https://other.example""#);
                    case.forgery.tokens[2].add(&format!(r#""aud":"{AUDIENCE}""#));
                },
            )
            .shows("J-19"),
        );
    }
    rows.push(
        permit("tokens for two of our names", |case| {
            case.policy.audiences = Some(vec!["one", "two"]);
            case.forgery.proof.edit(AUDIENCE, "two");
            case.forgery.tokens[0].add(r#""aud":"one""#);
            case.forgery.tokens[2].add(r#""aud":"two""#);
        })
        .shows("V-6c V-7d"),
    );
    rows.push(deny(
        "an enforcement point without a name",
        "7d",
        "proof_audience_mismatch",
        Place::Proof,
        |case| {
            case.policy.audiences = Some(vec![]);
        },
    ));
    rows.push(
        permit("an enforcement point without a name, and nobody named", |case| {
            case.policy.audiences = Some(vec![]);
            put(&mut case.forgery.proof.payload, "aat_aud", None);
        })
        .shows("V-7d"),
    );
    rows.push(
        permit("a proof for us, where that is required", |case| case.policy.require_pop_aud = true)
            .shows("V-7d.2"),
    );
    rows
}
