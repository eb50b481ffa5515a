//! The steps of section 8 in the compact profile.

use super::{CompactCase, Row, deny, permit};
use crate::{
    AUDIENCE, ISSUER, NOW,
    compact::{id, int, string, uint},
};
use taper::Place;

const ROOT: Place = Place::Token(0);
const MIDDLE: Place = Place::Token(1);
const LEAF: Place = Place::Token(2);
const PROOF: Place = Place::Proof;
const CALL: Place = Place::Call;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = root();
    rows.extend(derived());
    rows.extend(call());
    rows.extend(proof());
    rows
}

fn cat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Times of the root: when issued, from now, and for how long.
fn set_root(case: &mut CompactCase, iat: i64, lifetime: u64, ceiling: u64) {
    let from = cat(&[&int(NOW - 300), &uint(3600), &uint(3), &string(ISSUER)]);
    let to = cat(&[&int(NOW + iat), &uint(lifetime), &uint(ceiling), &string(ISSUER)]);
    case.forgery.edit(0, &from, &to);
}

fn root() -> Vec<Row> {
    let times = |name: &'static str,
                 step: &'static str,
                 code: &'static str,
                 iat: i64,
                 lifetime: u64,
                 ceiling: u64| {
        deny(name, "C-14", (step, code, ROOT), move |case| set_root(case, iat, lifetime, ceiling))
    };
    let fits = |name: &'static str, shows: &'static str, lifetime: u64, ceiling: u64| {
        permit(name, shows, move |case| set_root(case, -300, lifetime, ceiling))
    };
    vec![
        times("a root that expires now", "3e", "expired", -300, 300, 3),
        times("a root from the future", "3f", "issued_in_future", 31, 3600, 3),
        times("a root without a lifetime", "3g", "expires_before_issued", 10, 0, 3),
        times("a root that lives too long", "3h", "lifetime_too_long", -300, 90 * 24 * 3600 + 1, 3),
        times("a root that allows nine hops", "3i", "max_depth_above_limit", -300, 3600, 9),
        fits("a root that lives as long as may be", "V-3h", 90 * 24 * 3600, 3),
        fits("a root that allows eight hops", "V-3i.2", 3600, 8),
        deny("another issuer", "V-3k.2 C-52", ("3k", "issuer_mismatch", ROOT), |case| {
            case.forgery.edit(0, ISSUER.as_bytes(), b"https://auth.example.net");
        }),
        deny("no anchors", "C-52", ("3b", "root_not_trusted", ROOT), |case| {
            case.point.anchors.clear()
        }),
        deny("an id twice", "V-2c.4", ("2c", "id_repeated", Place::Presentation), |case| {
            case.forgery.edit(1, &id("token-2"), &id("token-1"));
        }),
        deny(
            "the leaf's id is the root's",
            "V-2c.4",
            ("2c", "id_repeated", Place::Presentation),
            |case| {
                case.forgery.edit(2, &id("token-3"), &id("token-1"));
            },
        ),
    ]
}

/// Times and ceiling of the middle token (60, 1800, 1) or the leaf (60, 600, 0), as distances.
fn set(case: &mut CompactCase, token: usize, distances: [u64; 3]) {
    let own = [[60, 1800, 1], [60, 600, 0]][token - 1];
    let bytes = |distances: [u64; 3]| distances.map(uint).concat();
    case.forgery.edit(token, &bytes(own), &bytes(distances));
}

fn derived() -> Vec<Row> {
    let times =
        |name: &'static str, step: &'static str, code: &'static str, distances: [u64; 3]| {
            deny(name, "C-17", (step, code, LEAF), move |case| set(case, 2, distances))
        };
    // A proof's time is a distance from the leaf's, which moves.
    let fits = |name: &'static str, shows: &'static str, distances: [u64; 3]| {
        permit(name, shows, move |case| {
            set(case, 2, distances);
            let proof = 240 - i64::try_from(distances[0]).unwrap();
            case.forgery.edit(
                3,
                &cat(&[&string("proof-1"), &int(180)]),
                &cat(&[&string("proof-1"), &int(proof)]),
            );
        })
    };
    vec![
        times("a leaf that expires now", "4i", "expired", [60, 1500, 0]),
        fits("a leaf that expires in a second", "V-4i", [60, 1499, 0]),
        fits("a leaf as long as its parent", "C-17 V-4h", [60, 0, 0]),
        fits("a leaf as old as its parent", "V-4j", [0, 600, 0]),
        times("a leaf from the future", "4k", "issued_in_future", [271, 600, 0]),
        fits("a leaf within the skew", "V-4k", [270, 600, 0]),
        times(
            "a leaf that expires when it is issued",
            "4l",
            "expires_before_issued",
            [260, 1480, 0],
        ),
        times("a leaf below its own ceiling", "4m", "depth_above_own_max", [60, 600, 1]),
        deny(
            "a leaf below a terminal token",
            "V-4e",
            ("4e", "depth_above_parent_max", LEAF),
            |case| {
                set(case, 1, [60, 1800, 2]);
            },
        ),
        deny("a middle token that has expired", "V-4i", ("4i", "expired", MIDDLE), |case| {
            set(case, 1, [60, 3300, 1])
        }),
    ]
}

fn call() -> Vec<Row> {
    let arguments = |name: &'static str, code: &'static str, text: &'static str| {
        deny(name, "V-6b", ("6b", code, CALL), move |case| {
            case.point.arguments = text.into();
            case.forgery.proof.as_mut().unwrap().arguments = text.into();
        })
    };
    // The leaf's distances, no `aud`, and its capabilities.
    let own = || cat(&[&uint(60), &uint(600), &[0, 0, 2, 1]]);
    let aud = move |name: &'static str, aud: &'static str| {
        let to = cat(&[&uint(60), &uint(600), &[0, 1], &string(aud), &[2, 1]]);
        deny(name, "C-26 V-6c", ("6c", "audience_mismatch", LEAF), move |case| {
            case.forgery.edit(2, &own(), &to)
        })
    };
    vec![
        arguments("a value outside", "argument_refused", r#"{"path":"/data/q4.pdf"}"#),
        arguments(
            "an argument that is not named",
            "argument_not_named",
            r#"{"mode":1,"path":"/data/q3.pdf"}"#,
        ),
        arguments(
            "an argument named by a star",
            "argument_not_named",
            r#"{"*":1,"path":"/data/q3.pdf"}"#,
        ),
        arguments("a required argument absent", "argument_missing", r#"{"head":1}"#),
        arguments(
            "an optional argument out of its range",
            "argument_refused",
            r#"{"head":51,"path":"/data/q3.pdf"}"#,
        ),
        deny("a tool that was dropped", "V-6b.2", ("6b", "tool_not_authorized", CALL), |case| {
            case.point.tool = "search".into();
            case.forgery.proof.as_mut().unwrap().tool = "search".into();
        }),
        deny("the empty tool", "M-33 C-53", ("6b", "tool_not_authorized", CALL), |case| {
            case.point.tool = "".into();
            case.forgery.proof.as_mut().unwrap().tool = String::new();
        }),
        deny("a leaf too near the root", "V-6b.5", ("6b", "leaf_too_shallow", CALL), |case| {
            case.point.policy.min_depth = vec![("read_file", 3)];
        }),
        permit("a leaf deep enough", "V-6b.5", |case| {
            case.point.policy.min_depth = vec![("read_file", 2)]
        }),
        aud("a leaf for another", "https://other.example"),
        aud("a leaf for our name in other letters", "https://TOOLS.example.com"),
        aud("a leaf for an empty name", ""),
        deny(
            "no token is for us, and one has to be",
            "V-6c.2",
            ("6c", "audience_required", Place::Presentation),
            |case| {
                case.point.policy.require_chain_aud = true;
            },
        ),
    ]
}

fn proof() -> Vec<Row> {
    let whole = || cat(&[&[2 | 4], &string("proof-1"), &int(180), &string(AUDIENCE)]);
    let put = move |case: &mut CompactCase, to: &[u8]| case.forgery.edit(3, &whole(), to);
    let at = move |name: &'static str, offset: i64, within: bool| {
        let to = cat(&[&[2 | 4], &string("proof-1"), &int(180 + offset), &string(AUDIENCE)]);
        let change = move |case: &mut CompactCase| put(case, &to);
        match within {
            true => permit(name, "V-7g C-47", change),
            false => deny(name, "C-47", ("7g", "proof_outside_window", PROOF), change),
        }
    };
    let nonce = move |nonce: &str| {
        cat(&[&[2 | 4 | 16], &string("proof-1"), &int(180), &string(AUDIENCE), &string(nonce)])
    };
    let asked = |case: &mut CompactCase| case.point.policy.nonces = Some(vec!["n1", "n2"]);
    vec![
        at("a proof at the start of the window", -30, true),
        at("a proof before the window", -31, false),
        at("a proof at the end of the window", 30, true),
        at("a proof after the window", 31, false),
        deny(
            "a proof for another gateway",
            "V-7d",
            ("7d", "proof_audience_mismatch", PROOF),
            move |case| {
                put(
                    case,
                    &cat(&[
                        &[2 | 4],
                        &string("proof-1"),
                        &int(180),
                        &string("https://other.example"),
                    ]),
                );
            },
        ),
        deny(
            "a proof for nobody, where that is required",
            "V-7d.2",
            ("7d", "proof_audience_required", PROOF),
            move |case| {
                case.point.policy.require_pop_aud = true;
                put(case, &cat(&[&[2], &string("proof-1"), &int(180)]));
            },
        ),
        deny("no nonce", "V-7h", ("7h", "nonce_required", PROOF), asked),
        deny("a nonce that is not accepted", "V-7h", ("7h", "nonce_refused", PROOF), move |case| {
            asked(case);
            put(case, &nonce("n3"));
        }),
        permit("a nonce that is accepted", "V-7h", move |case| {
            asked(case);
            put(case, &nonce("n2"));
        }),
        deny("an id that was used", "V-7i", ("7i", "proof_replayed", PROOF), |case| {
            case.point.policy.seen_jti = Some(vec!["proof-1"]);
        }),
        permit("an id that was not used", "V-7i", |case| {
            case.point.policy.seen_jti = Some(vec!["proof-2"])
        }),
        deny("a proof above its limit", "V-7a.2", ("7a", "proof_too_large", PROOF), |case| {
            let proof = case.forgery.proof.as_ref().unwrap();
            case.point.params.max_proof_size = proof.body.len() - 1;
        }),
    ]
}
