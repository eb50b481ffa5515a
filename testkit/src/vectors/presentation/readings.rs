//! What `spec/readings.md` decides, where no other row has it: each name ends with the number.

use super::{Anchor, Case, Row, deny, permit};
use crate::{ISSUER, base64url, present, x};
use taper::Place;

const ROOT: Place = Place::Token(0);
const LEAF: Place = Place::Token(2);
const PROOF: Place = Place::Proof;
const CHAIN: Place = Place::Presentation;

const JWK: &str = r#""kty":"OKP""#;

/// The order of the curve's large subgroup, little-endian (RFC 8032 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn edit(
    name: &'static str,
    expected: (&'static str, &'static str, Place),
    from: &'static str,
    to: &'static str,
) -> Row {
    let (step, code, place) = expected;
    deny(name, step, code, place, move |case: &mut Case| match place {
        Place::Token(index) => case.forgery.tokens[index].edit(from, to),
        _ => case.forgery.proof.edit(from, to),
    })
}

/// Changes the bytes of one part of a token, or of the proof, after signing.
fn part(case: &mut Case, which: usize, part: usize, change: impl Fn(&str) -> String) {
    let (mut tokens, proof) = case.forgery.sign();
    tokens.push(proof);
    let mut parts: Vec<String> = tokens[which].split('.').map(str::to_owned).collect();
    parts[part] = change(&parts[part]);
    tokens[which] = parts.join(".");
    let proof = tokens.pop().unwrap();
    case.text = Some(present(&tokens, &proof));
}

/// The same signature with the order added to `S`: another text that naive checkers accept.
fn malleated(signature: &str) -> String {
    let mut bytes = from_base64url(signature);
    let mut carry = 0_u16;
    for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    base64url(&bytes)
}

fn from_base64url(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut count) = (vec![], 0_u32, 0);
    for byte in text.bytes() {
        let digit = digits.iter().position(|digit| *digit == byte).unwrap();
        bits = bits << 6 | u32::try_from(digit).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// Sets the lowest bit of the last digit, which stands for no byte.
fn trailing_bit(text: &str) -> String {
    let (head, last) = text.split_at(text.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    format!("{head}{next}")
}

/// Tokens are counted from the root; the proof comes after the three.
fn part_name(which: usize) -> String {
    if which == 3 { "proof".into() } else { format!("token {which}") }
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = headers_and_bytes();
    rows.extend(claims());
    rows.extend(json());
    rows.extend(limits());
    rows
}

fn headers_and_bytes() -> Vec<Row> {
    let mut rows = vec![];
    for (name, crit) in [
        ("crit null (6)", "null"),
        ("crit a string (6)", r#""exp""#),
        ("crit of a registered parameter (6)", r#"["alg"]"#),
        ("crit of numbers (6)", "[1]"),
    ] {
        for (index, step) in [(0, "3a"), (2, "4a")] {
            rows.push(deny(
                format!("{name}, token {index}"),
                step,
                "critical_header",
                Place::Token(index),
                move |case| {
                    case.forgery.tokens[index].header =
                        format!(r#"{{"alg":"Ed25519","typ":"aat+jwt","crit":{crit}}}"#);
                },
            ));
        }
    }
    rows.push(deny("a parameter of a proof twice (5)", "7a", "header_malformed", PROOF, |case| {
        case.forgery.proof.header =
            r#"{"alg":"Ed25519","typ":"aat-pop+jwt","alg":"Ed25519"}"#.into();
    }));
    rows.push(deny("a parameter twice below (5)", "4a", "header_malformed", LEAF, |case| {
        case.forgery.tokens[2].header = r#"{"alg":"none","alg":"Ed25519","typ":"aat+jwt"}"#.into();
    }));
    for (name, typ) in [
        ("typ in capitals (18)", "AAT+JWT"),
        ("typ as a media type (18)", "application/aat+jwt"),
        ("typ with a space (18)", "aat+jwt "),
    ] {
        for (index, step) in [(0, "3a"), (2, "4a")] {
            rows.push(deny(
                format!("{name}, token {index}"),
                step,
                "type_wrong",
                Place::Token(index),
                move |case| {
                    case.forgery.tokens[index].header =
                        format!(r#"{{"alg":"Ed25519","typ":"{typ}"}}"#);
                },
            ));
        }
        rows.push(deny(format!("{name}, proof"), "7a", "type_wrong", PROOF, move |case| {
            let typ = typ.replace("aat", "aat-pop").replace("AAT", "AAT-POP");
            case.forgery.proof.header = format!(r#"{{"alg":"Ed25519","typ":"{typ}"}}"#);
        }));
    }
    for (which, step, code, place) in [
        (0, "3b", "root_not_trusted", ROOT),
        (2, "4b", "signature_invalid", LEAF),
        (3, "7b", "signature_invalid", PROOF),
    ] {
        rows.push(deny(
            format!("S with the order added (33), step {step}"),
            step,
            code,
            place,
            move |case| {
                part(case, which, 2, malleated);
            },
        ));
        rows.push(deny(
            format!("trailing bits (14), step {step}"),
            step,
            "envelope_malformed",
            place,
            move |case| {
                part(case, which, 2, trailing_bit);
            },
        ));
        rows.push(deny(
            format!("padding (14), step {step}"),
            step,
            "envelope_malformed",
            place,
            move |case| {
                part(case, which, 2, |text| format!("{text}=="));
            },
        ));
    }
    rows.push(deny("white space in a payload (14)", "2c", "envelope_malformed", LEAF, |case| {
        part(case, 2, 1, |text| format!("{text} "));
    }));
    rows.push(deny("white space in a header (14)", "3a", "header_malformed", ROOT, |case| {
        part(case, 0, 0, |text| format!("{text} "));
    }));
    rows.push(deny("four segments (16)", "2c", "envelope_malformed", LEAF, |case| {
        part(case, 2, 2, |text| format!("{text}."));
    }));
    rows.push(deny("four segments of a proof (16)", "7a", "envelope_malformed", PROOF, |case| {
        part(case, 3, 2, |text| format!("{text}."));
    }));
    rows
}

fn claims() -> Vec<Row> {
    let mut rows = vec![];
    for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        for (index, step) in [(0, "3l"), (2, "4b2")] {
            for value in ["null", r#""AA""#] {
                let place = Place::Token(index);
                rows.push(deny(
                    format!(
                        "the private member {private}, {} (9, 20), token {index}",
                        if value == "null" { "null" } else { "a string" }
                    ),
                    step,
                    "holder_key",
                    place,
                    move |case| {
                        let with = format!(r#"{JWK},"{private}":{value}"#);
                        case.forgery.tokens[index].edit(JWK, &with);
                    },
                ));
            }
        }
    }
    for (index, step) in [(0, "3l"), (2, "4b2")] {
        let place = Place::Token(index);
        for (name, other) in [
            ("a key of 31 bytes (27)", base64url(&[7; 31])),
            ("a padded key (14, 27)", x(4) + "="),
            ("a key in hexadecimal (27)", "0".repeat(64)),
        ] {
            let holder = if index == 0 { 2 } else { 4 };
            rows.push(deny(
                format!("{name}, token {index}"),
                step,
                "holder_key",
                place,
                move |case| {
                    case.forgery.tokens[index].edit(&x(holder), &other);
                },
            ));
        }
    }
    let entry = r#""type":"attenuating_agent_token""#;
    rows.extend([
        permit("members of our entry that are not known (11)", move |case| {
            for token in &mut case.forgery.tokens {
                token.edit(entry, &format!(r#"{entry},"locations":[1e400],"actions":null"#));
            }
        }),
        permit("members beside jwk (21)", |case| {
            for token in &mut case.forgery.tokens {
                token.edit(r#""cnf":{"#, r#""cnf":{"kid":1,"jku":"x","#);
            }
        }),
        permit("a negative iat (12)", |case| {
            case.params.max_token_lifetime = 10_000_000_000;
            case.forgery.tokens[0].edit(r#""iat":1704067200"#, r#""iat":-5"#);
        }),
        edit("a negative exp (12)", ("3e", "expired", ROOT), r#""exp":1704070800"#, r#""exp":-5"#),
        edit(
            "a proof with iat -0 (12)",
            ("7g", "proof_outside_window", PROOF),
            "1704067500",
            "-0",
        ),
        edit(
            "an issuer without a scheme (13)",
            ("3k", "issuer_mismatch", ROOT),
            "https://auth.example.com",
            "//auth.example.com",
        ),
        deny("an issuer with another of our keys (25)", "3k", "issuer_mismatch", ROOT, |case| {
            case.anchors = vec![Anchor::new(ISSUER, 9), Anchor::new("urn:other", 1)];
        }),
        deny("optional false within any (17)", "3n", "constraint_malformed", ROOT, |case| {
            let any = r#"{"constraint_type":"any","constraints":[{"constraint_type":"wildcard","optional":false}]}"#;
            let tool = format!(r#""tools":{{"unused":{{"a":{any}}},"#);
            case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
        }),
        edit(
            "a null aud is no absence (20)",
            ("6c", "audience_malformed", ROOT),
            r#""cnf""#,
            r#""aud":null,"cnf""#,
        ),
        permit("nbf, exp and nbf of a proof (22)", |case| {
            for token in &mut case.forgery.tokens {
                token.add(r#""nbf":9999999999"#);
            }
            case.forgery.proof.add(r#""exp":0,"nbf":9999999999"#);
        }),
        deny("jti twice (35)", "3b", "claims_malformed", ROOT, |case| {
            case.forgery.tokens[0].add(r#""jti":"token-9""#);
        }),
        edit(
            "an exp beyond 64 bits (37)",
            ("3h", "lifetime_too_long", ROOT),
            "1704070800",
            "99999999999999999999",
        ),
        edit(
            "an exp beyond 64 bits below (37)",
            ("4h", "outlives_parent", LEAF),
            "1704068400",
            "99999999999999999999",
        ),
        edit(
            "a depth beyond 32 bits (37)",
            ("4d", "depth_not_next", LEAF),
            r#""del_depth":2"#,
            r#""del_depth":4294967298"#,
        ),
    ]);
    for (name, member) in [
        ("one_of", "value"),
        ("not_one_of", "values"),
        ("contains", "value"),
        ("subset", "required"),
        ("all", "clauses"),
        ("any", "clauses"),
    ] {
        rows.push(deny(
            format!("{name} without its member (26)"),
            "3n",
            "constraint_malformed",
            ROOT,
            {
                move |case| {
                    let constraint = format!(r#"{{"constraint_type":"{name}"}}"#);
                    let tool = format!(r#""tools":{{"unused":{{"a":{constraint}}},"#);
                    case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
                }
            },
        ));
        rows.push(deny(
            format!("{name} with another type's member (26)"),
            "3n",
            "constraint_malformed",
            ROOT,
            {
                move |case| {
                    let constraint = format!(r#"{{"constraint_type":"{name}","{member}":[1]}}"#);
                    let tool = format!(r#""tools":{{"unused":{{"a":{constraint}}},"#);
                    case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
                }
            },
        ));
    }
    // Below an exclusive bound of the middle token (1).
    for (child, step) in [
        (r#""max":49"#, None),
        (r#""max":50,"max_inclusive":false"#, None),
        (r#""max":50"#, Some("4p4")),
    ] {
        let change = move |case: &mut Case| {
            case.forgery.tokens[1].edit(r#""max":50"#, r#""max":50,"max_inclusive":false"#);
            if child != r#""max":50"# {
                case.forgery.tokens[2].edit(r#""max":50"#, child);
            }
        };
        rows.push(match step {
            None => permit(format!("below an exclusive bound (1): {child}"), change),
            Some(step) => {
                deny("at an exclusive bound (1)", step, "constraint_widened", LEAF, change)
            }
        });
    }
    rows
}

fn json() -> Vec<Row> {
    let mut rows = vec![];
    // The payload is an object itself, so 127 more levels are the last that fit (23).
    for (which, step) in [(0, "2c"), (2, "2c"), (3, "7b")] {
        for (depth, fits) in [(127, true), (128, false)] {
            let change = move |case: &mut Case| {
                let member = format!(r#""x":{}{}"#, "[".repeat(depth), "]".repeat(depth));
                match which {
                    3 => case.forgery.proof.add(&member),
                    _ => case.forgery.tokens[which].add(&member),
                }
            };
            let (code, place) = match which {
                3 => ("claims_malformed", PROOF),
                _ => ("envelope_malformed", Place::Token(which)),
            };
            rows.push(match fits {
                true => permit(format!("nesting of 128 (23), {}", part_name(which)), change),
                false => deny(
                    format!("nesting of 129 (23), {}", part_name(which)),
                    step,
                    code,
                    place,
                    change,
                ),
            });
        }
    }
    rows.extend([
        permit("1e400 where it is ignored (23)", |case| {
            case.forgery.tokens[2].add(r#""x":1e400"#);
            case.forgery.proof.add(r#""x":-1e400"#);
        }),
        deny("a lone surrogate in a proof (24)", "7b", "claims_malformed", PROOF, |case| {
            case.forgery.proof.add(r#""x":"\udc00""#);
        }),
        deny("a lone surrogate as a name (24)", "2c", "envelope_malformed", LEAF, |case| {
            case.forgery.tokens[2].add(r#""\ud800":0"#);
        }),
        deny("a lone surrogate around it (24)", "1", "presentation_malformed", CHAIN, |case| {
            let text = case.forgery.present();
            case.text = Some(text.replacen('{', r#"{"x":"\ud800","#, 1));
        }),
        deny("a byte order mark around it (23)", "1", "presentation_malformed", CHAIN, |case| {
            case.text = Some(format!("\u{feff}{}", case.forgery.present()));
        }),
        deny(
            "2^68 in digits as an argument (28)",
            "6b",
            "arguments_malformed",
            Place::Call,
            |case| {
                case.arguments = r#"{"path":"/data/q3.pdf","head":295147905179352825856}"#.into();
            },
        ),
        deny(
            "the JCS text of 2^68 is admissible (28)",
            "6b",
            "argument_refused",
            Place::Call,
            |case| {
                case.arguments = r#"{"path":"/data/q3.pdf","head":295147905179352830000}"#.into();
            },
        ),
    ]);
    rows
}

fn limits() -> Vec<Row> {
    vec![
        permit("white space around the tokens is no part of their size (19)", |case| {
            let (tokens, proof) = case.forgery.sign();
            case.params.max_token_size = tokens.iter().map(String::len).max().unwrap();
            case.params.max_chain_size = tokens.iter().map(String::len).sum();
            let text = present(&tokens, &proof).replace(',', &format!(",{}", " ".repeat(2000)));
            case.text = Some(text);
        }),
        permit("a proof exactly at its limit (19)", |case| {
            case.params.max_proof_size = case.forgery.sign().1.len();
        }),
        permit("a depth limit that is the root's", |case| case.params.max_delegation_depth = 3),
        deny("a depth limit one less", "3i", "max_depth_above_limit", ROOT, |case| {
            case.params.max_delegation_depth = 2;
        }),
        permit("a root within the skew", |case| {
            for token in &mut case.forgery.tokens {
                for old in ["1704067200", "1704067260", "1704067320"] {
                    token.payload = token.payload.replace(old, "1704067530");
                }
            }
        }),
        permit("a root that expires in a second", |case| case.now = 1_704_067_499),
        deny("the leaf expired, the rest not", "4i", "expired", LEAF, |case| {
            case.now = 1_704_068_400;
        }),
        deny("optional made required, and absent", "6b", "argument_missing", Place::Call, |case| {
            case.forgery.tokens[2].edit(",\"optional\":true", "");
        }),
        permit("optional made required, and there", |case| {
            case.forgery.tokens[2].edit(",\"optional\":true", "");
            case.arguments = r#"{"path":"/data/q3.pdf","head":1}"#.into();
            case.forgery.proof.edit(r#""hta":{"#, r#""hta":{"head":1,"#);
        }),
    ]
}
