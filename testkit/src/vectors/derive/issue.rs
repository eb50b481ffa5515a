//! Root tokens.

use super::{TOOLS, Token, chain, jwk, seed};
use crate::{
    ISSUER, NOW,
    vectors::{Expected, Vector},
};
use serde_json::json;

/// A title, what it shows, the tools as asked for, and as they have to be written.
const TOOL_TEXTS: [(&str, &str, &str, &str); 13] = [
    (
        "members out of order, white space",
        "J-40 M-5",
        r#" { "t" : { "b" : {"value":1,"constraint_type":"exact"}, "a":{"constraint_type":"wildcard"} } } "#,
        r#"{"t":{"a":{"constraint_type":"wildcard"},"b":{"constraint_type":"exact","value":1}}}"#,
    ),
    (
        "numbers by other spellings",
        "J-40 M-5",
        r#"{"t":{"a":{"constraint_type":"one_of","values":[1.50,1e2,-0,1E-7]}}}"#,
        r#"{"t":{"a":{"constraint_type":"one_of","values":[0,1e-7,1.5,100]}}}"#,
    ),
    (
        "escapes that are not needed",
        "J-40 M-5",
        r#"{"\u0074":{"a":{"constraint_type":"exact","value":"\u00e9\/\u0001\u20ac"}}}"#,
        "{\"t\":{\"a\":{\"constraint_type\":\"exact\",\"value\":\"é/\\u0001€\"}}}",
    ),
    (
        "argument names in UTF-16 order",
        "J-40 M-5",
        "{\"t\":{\"\u{e000}\":{\"constraint_type\":\"wildcard\"},\"\u{10000}\":{\"constraint_type\":\"wildcard\"}}}",
        "{\"t\":{\"\u{10000}\":{\"constraint_type\":\"wildcard\"},\"\u{e000}\":{\"constraint_type\":\"wildcard\"}}}",
    ),
    (
        "inclusive bounds said",
        "J-42",
        r#"{"t":{"a":{"constraint_type":"range","min":1,"min_inclusive":true,"max":2,"max_inclusive":true}}}"#,
        r#"{"t":{"a":{"constraint_type":"range","max":2,"min":1}}}"#,
    ),
    (
        "exclusive bounds",
        "J-42",
        r#"{"t":{"a":{"constraint_type":"range","min":1,"min_inclusive":false,"max":2,"max_inclusive":false}}}"#,
        r#"{"t":{"a":{"constraint_type":"range","max":2,"max_inclusive":false,"min":1,"min_inclusive":false}}}"#,
    ),
    (
        "optional said to be false",
        "J-42",
        r#"{"t":{"a":{"constraint_type":"wildcard","optional":false}}}"#,
        r#"{"t":{"a":{"constraint_type":"wildcard"}}}"#,
    ),
    (
        "optional",
        "J-42",
        r#"{"t":{"a":{"optional":true,"constraint_type":"wildcard"}}}"#,
        r#"{"t":{"a":{"constraint_type":"wildcard","optional":true}}}"#,
    ),
    (
        "a map of the star alone",
        "J-42 M-26",
        r#"{"t":{"*":{"constraint_type":"wildcard"}}}"#,
        r#"{"t":{}}"#,
    ),
    (
        "sets out of order and repeating",
        "J-42",
        r#"{"t":{"a":{"constraint_type":"one_of","values":["b",2,null,"a",true,[2],[1,1],false,{"b":1},{"a":2},"b",1,[1]]}}}"#,
        r#"{"t":{"a":{"constraint_type":"one_of","values":[null,false,true,1,2,"a","b",[1],[1,1],[2],{"a":2},{"b":1}]}}}"#,
    ),
    (
        "clauses keep their order",
        "J-42",
        r#"{"t":{"a":{"constraint_type":"all","constraints":[{"constraint_type":"not_one_of","excluded":["z","a"]},{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"b"},{"constraint_type":"exact","value":"a"}]}]}}}"#,
        r#"{"t":{"a":{"constraint_type":"all","constraints":[{"constraint_type":"not_one_of","excluded":["a","z"]},{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"b"},{"constraint_type":"exact","value":"a"}]}]}}}"#,
    ),
    (
        "contains and subset",
        "J-42",
        r#"{"t":{"a":{"constraint_type":"contains","required":["y","x"]},"b":{"constraint_type":"subset","allowed":[3,1,2]}}}"#,
        r#"{"t":{"a":{"constraint_type":"contains","required":["x","y"]},"b":{"allowed":[1,2,3],"constraint_type":"subset"}}}"#,
    ),
    ("no tools", "J-42 M-29", "{}", "{}"),
];

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors = vec![vector("in order", "J-40 J-41 J-43", TOOLS, &Token::root())];
    for (title, shows, given, written) in TOOL_TEXTS {
        let token = Token { tools: written.into(), ..Token::root() };
        vectors.push(vector(title, shows, given, &token));
    }
    let root = Token::root();
    let rows: [(&str, Token); 6] = [
        ("for one audience", Token { aud: Some(r#""https://a.example""#), ..root.clone() }),
        (
            "for two audiences",
            Token { aud: Some(r#"["https://a.example","https://b.example"]"#), ..root.clone() },
        ),
        ("no delegation", Token { max_depth: 0, ..root.clone() }),
        ("as deep as may be", Token { max_depth: 8, ..root.clone() }),
        ("for a second", Token { exp: NOW + 1, ..root.clone() }),
        ("as long as may be", Token { exp: NOW + 90 * 24 * 3600, ..root.clone() }),
    ];
    for (title, token) in rows {
        vectors.push(vector(title, "J-41 J-43", TOOLS, &token));
    }
    let refused: [(&str, &str, &str, Token); 4] = [
        ("one hop too many", "3i", "max_depth_above_limit", Token { max_depth: 9, ..root.clone() }),
        (
            "a second too long",
            "3h",
            "lifetime_too_long",
            Token { exp: NOW + 90 * 24 * 3600 + 1, ..root.clone() },
        ),
        ("no lifetime", "3g", "expires_before_issued", Token { exp: NOW, ..root.clone() }),
        (
            "expired before it began",
            "3g",
            "expires_before_issued",
            Token { exp: NOW - 1, ..root.clone() },
        ),
    ];
    for (title, step, code, token) in refused {
        let mut vector = bare(title, TOOLS, &token, Expected::refuse_with(step, code));
        vector = vector.edit_of("in order", title).shows("J-43");
        vectors.push(vector);
    }
    vectors
}

fn vector(title: &str, shows: &'static str, tools: &str, token: &Token) -> Vector {
    let output = json!(chain(std::slice::from_ref(token)));
    bare(title, tools, token, Expected::output(output)).shows(shows)
}

fn bare(title: &str, tools: &str, token: &Token, expected: Expected) -> Vector {
    let mut grant = json!({
        "holder": jwk(token.holder),
        "jti": token.jti,
        "exp": token.exp,
        "max_depth": token.max_depth,
        "tools": tools,
    });
    if let Some(aud) = token.aud {
        grant["aud"] = serde_json::from_str(aud).unwrap_or_default();
    }
    Vector::new(title, expected)
        .with("profile", "jws")
        .with("seed_hex", seed(token.signer))
        .with("iss", ISSUER)
        .with("now", token.iat)
        .with("grant", grant)
}
