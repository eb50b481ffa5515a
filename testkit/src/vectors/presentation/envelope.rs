//! Headers and segments that are not as they have to be, in each token and the proof.

use super::{Case, Row, deny, permit};
use taper::Place;

/// What is done to the text of a segment.
type Change = fn(&str) -> String;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = headers();
    rows.extend(segments());
    rows
}

fn headers() -> Vec<Row> {
    let mut rows = vec![];
    let places = [
        ("root", 0, "3a", Place::Token(0)),
        ("leaf", 2, "4a", Place::Token(2)),
        ("proof", 3, "7a", Place::Proof),
    ];
    for (name, which, step, place) in places {
        let typ = if which == 3 { "aat-pop+jwt" } else { "aat+jwt" };
        let with = move |case: &mut Case, header: String| match which {
            3 => case.forgery.proof.header = header,
            _ => case.forgery.tokens[which].header = header,
        };
        for (kind, alg) in [
            ("EdDSA", r#""EdDSA""#),
            ("none", r#""none""#),
            ("HS256", r#""HS256""#),
            ("ES256", r#""ES256""#),
            ("ed25519 in small letters", r#""ed25519""#),
            ("Ed25519 with a space", r#""Ed25519 ""#),
            ("an empty string", r#""""#),
            ("null", "null"),
            ("an array", r#"["Ed25519"]"#),
        ] {
            rows.push(
                deny(
                    format!("{name}: alg {kind}"),
                    step,
                    "algorithm_not_allowed",
                    place,
                    move |case: &mut Case| {
                        with(case, format!(r#"{{"alg":{alg},"typ":"{typ}"}}"#));
                    },
                )
                .shows("J-10"),
            );
        }
        rows.push(
            deny(
                format!("{name}: no alg"),
                step,
                "algorithm_not_allowed",
                place,
                move |case: &mut Case| {
                    with(case, format!(r#"{{"typ":"{typ}"}}"#));
                },
            )
            .shows("J-10"),
        );
        for (kind, other) in [
            ("JWT", r#""JWT""#),
            ("the other's", if which == 3 { r#""aat+jwt""# } else { r#""aat-pop+jwt""# }),
            ("an earlier revision's", r#""aat""#),
            ("in capitals", r#""AAT+JWT""#),
            ("a media type", r#""application/aat+jwt""#),
            ("null", "null"),
            ("an array", r#"["aat+jwt"]"#),
        ] {
            rows.push(
                deny(
                    format!("{name}: typ {kind}"),
                    step,
                    "type_wrong",
                    place,
                    move |case: &mut Case| {
                        with(case, format!(r#"{{"alg":"Ed25519","typ":{other}}}"#));
                    },
                )
                .shows("J-11"),
            );
        }
        rows.push(
            deny(format!("{name}: no typ"), step, "type_wrong", place, move |case: &mut Case| {
                with(case, r#"{"alg":"Ed25519"}"#.into());
            })
            .shows("J-11"),
        );
        for (kind, crit) in
            [("of nothing", "[]"), ("of b64", r#"["b64"]"#), ("null", "null"), ("false", "false")]
        {
            rows.push(
                deny(
                    format!("{name}: crit {kind}"),
                    step,
                    "critical_header",
                    place,
                    move |case: &mut Case| {
                        with(case, format!(r#"{{"alg":"Ed25519","typ":"{typ}","crit":{crit}}}"#));
                    },
                )
                .shows("J-12"),
            );
        }
        for (kind, more) in [
            ("b64", r#""b64":false"#),
            ("a key of its own", r#""jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}"#),
            (
                "places to fetch keys from",
                r#""jku":"https://evil.example/keys","x5u":"https://evil.example/cert""#,
            ),
            ("kid a number", r#""kid":7"#),
            ("cty and zip", r#""cty":"JWT","zip":"DEF""#),
        ] {
            rows.push(
                permit(format!("{name}: {kind}, ignored"), move |case: &mut Case| {
                    with(case, format!(r#"{{"alg":"Ed25519","typ":"{typ}",{more}}}"#));
                })
                .shows("J-13"),
            );
        }
        for (kind, header) in [("an array", "[]"), ("a string", "\"x\""), ("nothing", "")] {
            rows.push(
                deny(
                    format!("{name}: a header that is {kind}"),
                    step,
                    "header_malformed",
                    place,
                    move |case: &mut Case| {
                        with(case, header.into());
                    },
                )
                .shows("J-9"),
            );
        }
        rows.push(
            deny(
                format!("{name}: a parameter twice"),
                step,
                "header_malformed",
                place,
                move |case: &mut Case| {
                    with(case, format!(r#"{{"alg":"Ed25519","typ":"{typ}","alg":"Ed25519"}}"#));
                },
            )
            .shows("J-3 J-9"),
        );
        rows.push(
            deny(
                format!("{name}: a member twice deep inside"),
                step,
                "header_malformed",
                place,
                move |case: &mut Case| {
                    with(
                        case,
                        format!(r#"{{"alg":"Ed25519","typ":"{typ}","x":[{{"a":1,"\u0061":2}}]}}"#),
                    );
                },
            )
            .shows("J-3"),
        );
    }
    rows
}

/// Changes the bytes of one segment of the leaf or the proof, after signing.
fn segments() -> Vec<Row> {
    let mut rows = vec![];
    let changes: [(&str, Change); 6] = [
        ("padded", |text| format!("{text}=")),
        ("with a line feed", |text| format!("{text}\n")),
        ("in the standard alphabet", |text| format!("+/{}", &text[2..])),
        ("of a length that cannot be", |text| text[..text.len() / 4 * 4 - 3].to_owned()),
        ("with a percent escape", |text| format!("%41{}", &text[1..])),
        ("empty", |_| String::new()),
    ];
    for (which, name, codes) in [
        (
            2,
            "leaf",
            [
                ("4a", "header_malformed"),
                ("2c", "envelope_malformed"),
                ("4b", "envelope_malformed"),
            ],
        ),
        (
            3,
            "proof",
            [
                ("7a", "header_malformed"),
                ("7b", "envelope_malformed"),
                ("7b", "envelope_malformed"),
            ],
        ),
    ] {
        for (segment, (step, code)) in codes.into_iter().enumerate() {
            for (kind, change) in changes {
                // A proof's payload is read once its signature held: what changes it breaks that.
                let code = if (which, segment) == (3, 1) { "signature_invalid" } else { code };
                let part = ["header", "payload", "signature"][segment];
                let place = if which == 3 { Place::Proof } else { Place::Token(2) };
                rows.push(
                    deny(
                        format!("{name}: a {part} {kind}"),
                        step,
                        code,
                        place,
                        move |case: &mut Case| {
                            let (mut texts, proof) = case.forgery.sign();
                            texts.push(proof);
                            let mut parts: Vec<String> =
                                texts[which].split('.').map(str::to_owned).collect();
                            parts[segment] = change(&parts[segment]);
                            texts[which] = parts.join(".").replace('\n', "\\n");
                            let proof = texts.pop().unwrap();
                            case.text = Some(crate::present(&texts, &proof));
                        },
                    )
                    .shows("J-7 J-8"),
                );
            }
        }
    }
    rows
}
