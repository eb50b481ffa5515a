//! Exactly at a limit, and one beyond it.

use super::{Case, Row, deny, permit};
use crate::{Forgery, NOW, thumbprint_uri, x};
use taper::Place;

const ROOT: Place = Place::Token(0);
const LEAF: Place = Place::Token(2);
const CHAIN: Place = Place::Presentation;
const PROOF: Place = Place::Proof;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = times();
    rows.extend(sizes());
    rows.extend(alone());
    rows.extend(depths());
    rows
}

/// Sets `claim` of a token, whatever it was.
fn set(case: &mut Case, token: usize, claim: &str, value: i64) {
    let payload = &mut case.forgery.tokens[token].payload;
    let start = payload.find(&format!("\"{claim}\":")).unwrap() + claim.len() + 3;
    let end = start + payload[start..].find(',').unwrap();
    payload.replace_range(start..end, &value.to_string());
}

fn times() -> Vec<Row> {
    let token = |title: &'static str, index: usize, claim: &'static str, value: i64| {
        permit(title, move |case: &mut Case| set(case, index, claim, value)).shows("J-14")
    };
    let denied =
        |title: &'static str, step, code, index: usize, claim: &'static str, value: i64| {
            deny(title, step, code, Place::Token(index), move |case: &mut Case| {
                set(case, index, claim, value);
            })
        };
    let skew = |title: &'static str,
                skew: u64,
                ahead: i64,
                expected: Option<(&'static str, &'static str)>| {
        let change = move |case: &mut Case| {
            case.params.max_iat_skew = skew;
            for index in 0..3 {
                set(case, index, "iat", NOW + ahead);
            }
        };
        match expected {
            None => permit(title, change).shows("V-3f V-4k"),
            Some((step, code)) => deny(title, step, code, ROOT, change),
        }
    };
    let window = |title: &'static str, window: u64, offset: i64, within: bool| {
        let change = move |case: &mut Case| {
            case.params.pop_window = window;
            case.forgery
                .proof
                .edit(&format!(r#""iat":{NOW}"#), &format!(r#""iat":{}"#, NOW + offset));
        };
        match within {
            true => permit(title, change).shows("V-7g"),
            false => deny(title, "7g", "proof_outside_window", PROOF, change),
        }
    };
    let lifetime = |title: &'static str, limit: u64, fits: bool| {
        let change = move |case: &mut Case| case.params.max_token_lifetime = limit;
        match fits {
            true => permit(title, change).shows("V-3h"),
            false => deny(title, "3h", "lifetime_too_long", ROOT, change),
        }
    };
    let at =
        |title: &'static str, now: i64, expected: Option<(&'static str, &'static str, Place)>| {
            let change = move |case: &mut Case| {
                let proof = format!(r#""iat":{now}"#);
                case.forgery.proof.edit(&format!(r#""iat":{NOW}"#), &proof);
                case.now = now;
            };
            match expected {
                None => permit(title, change).shows("V-3e V-4i V-3f V-4k"),
                Some((step, code, place)) => deny(title, step, code, place, change),
            }
        };
    vec![
        at("in the leaf's last second", NOW + 899, None),
        at("in the leaf's first second after", NOW + 900, Some(("4i", "expired", LEAF))),
        at(
            "in the middle token's first second after",
            NOW + 1500,
            Some(("4i", "expired", Place::Token(1))),
        ),
        at("in the root's first second after", NOW + 3300, Some(("3e", "expired", ROOT))),
        at("as early as the leaf allows", NOW - 180 - 30, None),
        at(
            "a second before the leaf's skew",
            NOW - 180 - 31,
            Some(("4k", "issued_in_future", LEAF)),
        ),
        at(
            "a second before the root's skew",
            NOW - 300 - 31,
            Some(("3f", "issued_in_future", ROOT)),
        ),
        at("before 1970", -1, Some(("3f", "issued_in_future", ROOT))),
        token("a leaf that expires with its parent", 2, "exp", NOW + 1500),
        denied("a leaf a second after its parent", "4h", "outlives_parent", 2, "exp", NOW + 1501),
        token("a leaf as old as its parent", 2, "iat", NOW - 240),
        denied(
            "a leaf a second older than its parent",
            "4j",
            "issued_before_parent",
            2,
            "iat",
            NOW - 241,
        ),
        token("a middle token as old as the root", 1, "iat", NOW - 300),
        denied("a middle token a second older", "4j", "issued_before_parent", 1, "iat", NOW - 301),
        denied(
            "a root that expires when it is issued",
            "3g",
            "expires_before_issued",
            0,
            "iat",
            NOW + 30,
        )
        .also(|case| set(case, 0, "exp", NOW + 30)),
        token("a leaf that lives a second", 2, "exp", NOW + 1),
        skew("issued at the end of the skew", 30, 30, None),
        skew("issued a second after the skew", 30, 31, Some(("3f", "issued_in_future"))),
        skew("no skew, issued now", 0, 0, None),
        skew("no skew, issued in a second", 0, 1, Some(("3f", "issued_in_future"))),
        window("a proof at the start of a window of 0", 0, 0, true),
        window("a proof a second before a window of 0", 0, -1, false),
        window("a proof a second after a window of 0", 0, 1, false),
        window("a proof at the start of a window of 5", 5, -5, true),
        window("a proof before a window of 5", 5, -6, false),
        window("a proof at the end of a window of 5", 5, 5, true),
        window("a proof after a window of 5", 5, 6, false),
        lifetime("a lifetime that is the limit", 3600, true),
        lifetime("a lifetime a second over the limit", 3599, false),
    ]
}

fn sizes() -> Vec<Row> {
    let size = |title: &'static str,
                less: usize,
                expected: Option<(&'static str, &'static str, Place)>,
                of: fn(&mut Case, usize)| {
        let change = move |case: &mut Case| of(case, less);
        match expected {
            None => permit(title, change).shows("V-2a V-2b.2 V-7a.2"),
            Some((step, code, place)) => deny(title, step, code, place, change),
        }
    };
    let largest: fn(&mut Case, usize) = |case, less| {
        let sizes = case.forgery.sign().0.into_iter().map(|token| token.len());
        case.params.max_token_size = sizes.max().unwrap() - less;
    };
    let total: fn(&mut Case, usize) = |case, less| {
        let sizes = case.forgery.sign().0.into_iter().map(|token| token.len());
        case.params.max_chain_size = sizes.sum::<usize>() - less;
    };
    let proof: fn(&mut Case, usize) = |case, less| {
        case.params.max_proof_size = case.forgery.sign().1.len() - less;
    };
    vec![
        size("the largest token at the limit", 0, None, largest),
        size(
            "the largest token a byte over",
            1,
            Some(("2a", "token_too_large", Place::Token(1))),
            largest,
        ),
        size("the chain at the limit", 0, None, total),
        size("the chain a byte over", 1, Some(("2b", "chain_too_large", CHAIN)), total),
        size("the proof at the limit", 0, None, proof),
        size("the proof a byte over", 1, Some(("7a", "proof_too_large", PROOF)), proof),
    ]
}

/// Roots that are presented by themselves, so that nothing below them fails in their place.
fn alone() -> Vec<Row> {
    let root = |title: &'static str, step, code, iat: i64, exp: i64| {
        deny(title, step, code, ROOT, move |case: &mut Case| {
            long(case, 1, 0);
            set(case, 0, "iat", NOW + iat);
            set(case, 0, "exp", NOW + exp);
        })
    };
    vec![
        root("a root alone that expires now", "3e", "expired", -300, 0),
        root("a root alone that has expired", "3e", "expired", -300, -1),
        root("a root alone from the future", "3f", "issued_in_future", 31, 3600),
        root("a root alone that expires when it is issued", "3g", "expires_before_issued", 10, 10),
        root(
            "a root alone that expires before it is issued",
            "3g",
            "expires_before_issued",
            20,
            10,
        ),
        root("a root alone that lives too long", "3h", "lifetime_too_long", 0, 90 * 24 * 3600 + 1),
        deny("a root alone with a negative ceiling", "3i", "claim_type", ROOT, |case| {
            long(case, 1, 0);
            case.forgery.tokens[0].edit(r#""del_max_depth":0"#, r#""del_max_depth":-1"#);
        }),
        deny("a depth left out and made up for", "4d", "depth_not_next", Place::Token(1), |case| {
            case.forgery.tokens[1].edit(r#""del_depth":1"#, r#""del_depth":2"#);
        }),
    ]
}

/// A chain of `tokens`, each like the good leaf, under a root with `max_depth`.
fn long(case: &mut Case, tokens: u8, max_depth: u32) {
    let mut forgery = Forgery::good();
    let leaf = forgery.tokens[2].clone();
    set(case, 0, "del_max_depth", max_depth.into());
    forgery.tokens = vec![case.forgery.tokens[0].clone()];
    for index in 1..tokens {
        let mut token = leaf.clone();
        token.signer = index + 1;
        token.edit(&thumbprint_uri(3), &thumbprint_uri(index + 1));
        token.edit(&x(4), &x(index + 2));
        token.edit("\"token-3\"", &format!("\"token-{}\"", index + 1));
        token.edit(
            r#""del_depth":2,"del_max_depth":2"#,
            &format!(r#""del_depth":{index},"del_max_depth":{max_depth}"#),
        );
        forgery.tokens.push(token);
    }
    forgery.proof.edit("token-3", &format!("token-{tokens}"));
    forgery.proof.signer = tokens + 1;
    case.forgery = forgery;
}

fn depths() -> Vec<Row> {
    let mut rows = vec![];
    for tokens in 1..=9 {
        let title = format!("a chain of {tokens}");
        let change = move |case: &mut Case| long(case, tokens, 8);
        rows.push(permit(title, change).shows("V-3c V-4d V-4e V-4m"));
    }
    rows.push(
        deny("a chain of 10", "4e", "depth_above_parent_max", Place::Token(9), |case| {
            long(case, 10, 8);
        })
        .shows("V-4e"),
    );
    rows.push(deny(
        "a root that allows 9 below a limit of 8",
        "3i",
        "max_depth_above_limit",
        ROOT,
        |case| {
            long(case, 10, 9);
        },
    ));
    rows.push(
        permit("a chain of 10 where the limit is 9", |case| {
            case.params.max_delegation_depth = 9;
            long(case, 10, 9);
        })
        .shows("V-3i.2"),
    );
    rows.push(
        permit("a root that may not be delegated, by itself", |case| long(case, 1, 0))
            .shows("V-3i"),
    );
    rows.push(deny(
        "a token below a root that may not be delegated",
        "4e",
        "depth_above_parent_max",
        Place::Token(1),
        |case| {
            long(case, 2, 1);
            case.forgery.tokens[0].edit(r#""del_max_depth":1"#, r#""del_max_depth":0"#);
        },
    ));
    rows.push(
        permit("no delegation at all, a limit of 0", |case| {
            case.params.max_delegation_depth = 0;
            long(case, 1, 0);
        })
        .shows("V-3i.2"),
    );
    for (depth, limit, fits) in
        [(1, 1, true), (2, 1, false), (2, 2, true), (5, 4, false), (62, 62, true), (62, 61, false)]
    {
        let change = move |case: &mut Case| {
            case.params.max_constraint_depth = limit;
            let nest = r#"{"constraint_type":"any","constraints":["#.repeat(depth - 1);
            let close = "]}".repeat(depth - 1);
            let tool = format!(
                r#""tools":{{"unused":{{"a":{nest}{{"constraint_type":"wildcard"}}{close}}},"#
            );
            case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
        };
        rows.push(match fits {
            true => permit(format!("a constraint of depth {depth}, a limit of {limit}"), change)
                .shows("M-14"),
            false => deny(
                format!("a constraint of depth {depth}, a limit of {limit}"),
                "3n",
                "constraint_too_deep",
                ROOT,
                change,
            )
            .shows("M-14"),
        });
    }
    rows
}
