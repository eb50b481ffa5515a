//! Every claim in every form that it may not have.

use super::{Case, Row, deny, permit};
use crate::{base64url, x};
use taper::Place;

/// What else a value can be.
const OTHERS: [(&str, &str); 6] = [
    ("null", "null"),
    ("true", "true"),
    ("a number", "7"),
    ("a string", "\"7\""),
    ("an array", "[]"),
    ("an object", "{}"),
];

/// A claim of the root and of the leaf: its name, what it shows, which of `OTHERS` it may be, and
/// the step at the root and below.
const CLAIMS: [(&str, &str, &str, [&str; 2]); 9] = [
    ("iat", "J-14", "a number", ["3b", "4b5"]),
    ("exp", "J-14", "a number", ["3b", "4b5"]),
    ("del_depth", "J-15", "a number", ["3c", "4b4"]),
    ("del_max_depth", "J-15", "a number", ["3i", "4b4"]),
    ("jti", "J-16", "a string", ["3j", "4b1"]),
    ("iss", "J-17", "a string", ["3k", "4b5"]),
    ("cnf", "J-18", "", ["3l", "4b2"]),
    ("authorization_details", "J-21", "an array", ["3m", "4b3"]),
    ("par_hash", "J-20", "a string", ["3d", "4b5"]),
];

/// A claim of the proof.
const OF_PROOF: [(&str, &str, &str); 6] = [
    ("jti", "J-22", "a string"),
    ("aat_id", "J-22", "a string"),
    ("aat_hash", "J-22", "a string"),
    ("aat_tool", "J-22", "a string"),
    ("iat", "J-23", "a number"),
    ("hta", "J-24", "an object"),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = of_tokens();
    rows.extend(of_proofs());
    rows.extend(integers());
    rows.extend(keys());
    rows
}

fn keys() -> Vec<Row> {
    let mut rows = vec![];
    rows.push(
        permit("a key whose JWK has more members", |case| {
            let jwk = format!(r#""x":"{}""#, x(4));
            case.forgery.tokens[2].edit(&jwk, &format!(r#"{jwk},"kid":"k","x5c":["AA"]"#));
        })
        .shows("J-31"),
    );
    rows.push(
        deny("a key of zeros", "4b2", "holder_key", Place::Token(2), |case| {
            case.forgery.tokens[2].edit(&x(4), &base64url(&[0; 32]));
        })
        .shows("J-34"),
    );
    rows
}

/// Renames the member, so that it is absent, or gives it another value.
pub(super) fn put(payload: &mut String, name: &str, value: Option<&str>) {
    let member = format!("\"{name}\":");
    let start = payload.find(&member).unwrap();
    match value {
        None => payload.replace_range(start..=start, "\"no_"),
        Some(value) => payload.replace_range(
            start..start + member.len(),
            &format!("{member}{value},\"old_{name}\":"),
        ),
    }
}

fn of_tokens() -> Vec<Row> {
    let mut rows = vec![];
    for (name, shows, own, steps) in CLAIMS {
        for (token, step) in [(0, steps[0]), (2, steps[1])] {
            // A root has no `par_hash`, and may not have one of any value.
            if (name, token) == ("par_hash", 0) {
                continue;
            }
            let place = Place::Token(token);
            let shows = match (name, token) {
                ("del_max_depth", 2) => "J-15 V-4b4.2",
                ("par_hash", 2) => "J-20 V-4b5.2",
                ("iss", 2) => "J-17 V-4b5.3",
                _ => shows,
            };
            let absent = format!("token {token} without {name}");
            rows.push(
                deny(absent, step, "claim_type", place, move |case: &mut Case| {
                    put(&mut case.forgery.tokens[token].payload, name, None);
                })
                .shows(shows),
            );
            // Ids are looked at before signatures are.
            let early = name == "jti";
            let rest = OTHERS.iter().filter(|(kind, _)| *kind != own);
            for (kind, value) in rest {
                let (step, code) = if early { ("2c", "id_missing") } else { (step, "claim_type") };
                let title = format!("token {token} with {name} {kind}");
                rows.push(
                    deny(title, step, code, place, move |case: &mut Case| {
                        put(&mut case.forgery.tokens[token].payload, name, Some(value));
                    })
                    .shows(shows),
                );
            }
        }
    }
    let missing = |row: &Row| row.name.ends_with("without jti");
    for row in rows.iter_mut().filter(|row| missing(row)) {
        if let Some((step, code, _)) = &mut row.expected {
            (*step, *code) = ("2c", "id_missing");
        }
    }
    rows
}

fn of_proofs() -> Vec<Row> {
    let mut rows = vec![];
    for (name, shows, own) in OF_PROOF {
        let absent = format!("a proof without {name}");
        rows.push(
            deny(absent, "7c", "claim_type", Place::Proof, move |case: &mut Case| {
                put(&mut case.forgery.proof.payload, name, None);
            })
            .shows(shows),
        );
        for (kind, value) in OTHERS.iter().filter(|(kind, _)| *kind != own) {
            let title = format!("a proof with {name} {kind}");
            rows.push(
                deny(title, "7c", "claim_type", Place::Proof, move |case: &mut Case| {
                    put(&mut case.forgery.proof.payload, name, Some(value));
                })
                .shows(shows),
            );
        }
    }
    for (kind, value) in OTHERS {
        rows.push(
            deny(
                format!("a proof for the audience {kind}"),
                "7d",
                "proof_audience_mismatch",
                Place::Proof,
                move |case: &mut Case| {
                    put(&mut case.forgery.proof.payload, "aat_aud", Some(value));
                },
            )
            .shows("J-25"),
        );
        rows.push(
            permit(format!("a nonce that is {kind}, not asked for"), move |case: &mut Case| {
                case.forgery.proof.add(&format!(r#""nonce":{value}"#));
            })
            .shows("J-26 V-7h.2"),
        );
        let code = if kind == "a string" { "nonce_refused" } else { "nonce_required" };
        rows.push(
            deny(
                format!("a nonce that is {kind}, where one is required"),
                "7h",
                code,
                Place::Proof,
                move |case: &mut Case| {
                    case.policy.nonces = Some(vec!["n1"]);
                    case.forgery.proof.add(&format!(r#""nonce":{value}"#));
                },
            )
            .shows("J-26"),
        );
    }
    rows
}

/// Numbers that are integers for a reader of doubles, and are none here.
fn integers() -> Vec<Row> {
    let mut rows = vec![];
    let claims = [
        ("iat", 0, "3b", "J-14"),
        ("exp", 0, "3b", "J-14"),
        ("del_depth", 0, "3c", "J-15"),
        ("del_max_depth", 0, "3i", "J-15"),
        ("iat", 2, "4b5", "J-14"),
        ("exp", 2, "4b5", "J-14"),
        ("del_depth", 2, "4b4", "J-15"),
        ("del_max_depth", 2, "4b4", "J-15"),
    ];
    for (name, token, step, shows) in claims {
        for (kind, digits) in [
            ("with a fraction", ".0"),
            ("with an exponent", "e0"),
            ("with a capital exponent", "E+0"),
        ] {
            let title = format!("token {token}, {name} {kind}");
            rows.push(
                deny(title, step, "claim_type", Place::Token(token), move |case: &mut Case| {
                    let payload = &mut case.forgery.tokens[token].payload;
                    let start = payload.find(&format!("\"{name}\":")).unwrap() + name.len() + 3;
                    let end = start + payload[start..].find(',').unwrap();
                    payload.insert_str(end, digits);
                })
                .shows(shows),
            );
        }
    }
    for (kind, digits) in [("with a fraction", ".0"), ("with an exponent", "e0")] {
        rows.push(
            deny(
                format!("a proof's iat {kind}"),
                "7c",
                "claim_type",
                Place::Proof,
                move |case: &mut Case| {
                    case.forgery.proof.edit("1704067500", &format!("1704067500{digits}"));
                },
            )
            .shows("J-23"),
        );
    }
    rows
}
