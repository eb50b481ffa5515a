//! Steps 1 to 3: the chain as a whole, and the root.

use super::{Anchor, Case, Row, deny, permit};
use crate::{ISSUER, NOW, base64url, present, x};
use taper::Place;

const CHAIN: Place = Place::Presentation;
const ROOT: Place = Place::Token(0);

fn root(
    name: &'static str,
    step: &'static str,
    code: &'static str,
    from: &'static str,
    to: &'static str,
) -> Row {
    deny(name, step, code, ROOT, move |case: &mut Case| {
        case.forgery.tokens[0].edit(from, to);
    })
}

/// Puts another payload in a token after signing; only what is read before the signature matters.
fn unsigned(case: &mut Case, token: usize, payload: &[u8]) {
    let (mut tokens, proof) = case.forgery.sign();
    let parts: Vec<&str> = tokens[token].split('.').collect();
    tokens[token] = format!("{}.{}.{}", parts[0], base64url(payload), parts[2]);
    case.text = Some(present(&tokens, &proof));
}

/// A key that was rotated away, and the one in use.
fn two_keys() -> Vec<Anchor> {
    vec![Anchor::new(ISSUER, 9).kid("old"), Anchor::new(ISSUER, 1).kid("new")]
}

fn header(case: &mut Case, header: &str) {
    case.forgery.tokens[0].header = header.into();
}

pub(super) fn whole() -> Vec<Row> {
    vec![
        deny("no tokens", "1", "chain_empty", CHAIN, |case| case.forgery.tokens.clear()),
        deny("no chain", "1", "presentation_malformed", CHAIN, |case| {
            case.text = Some(r#"{"aat_pop":"a.b.c"}"#.into());
        }),
        deny("a number", "1", "presentation_malformed", CHAIN, |case| case.text = Some("7".into())),
        deny("null", "1", "presentation_malformed", CHAIN, |case| case.text = Some("null".into())),
        deny("a string", "1", "presentation_malformed", CHAIN, |case| {
            case.text = Some(r#""aat_chain""#.into());
        }),
        deny("not JSON", "1", "presentation_malformed", CHAIN, |case| case.text = Some("[".into())),
        deny("a token that is no string", "2c", "presentation_malformed", ROOT, |case| {
            case.text = Some(r#"{"aat_chain":[1],"aat_pop":"a.b.c"}"#.into());
        }),
        deny("a token over the limit", "2a", "token_too_large", ROOT, |case| {
            case.params.max_token_size = case.forgery.sign().0[0].len() - 1;
        }),
        deny("a chain over the limit", "2b", "chain_too_large", CHAIN, |case| {
            let total: usize = case.forgery.sign().0.iter().map(String::len).sum();
            case.params.max_chain_size = total - 1;
        }),
        permit("both exactly at their limits", |case| {
            let sizes: Vec<usize> = case.forgery.sign().0.iter().map(String::len).collect();
            case.params.max_token_size = *sizes.iter().max().unwrap();
            case.params.max_chain_size = sizes.iter().sum();
        }),
        deny("an id twice", "2c", "id_repeated", CHAIN, |case| {
            case.forgery.tokens[1].edit(r#""jti":"token-2""#, r#""jti":"token-1""#);
        }),
        deny("an id twice, one escaped", "2c", "id_repeated", CHAIN, |case| {
            case.forgery.tokens[1].edit(r#""jti":"token-2""#, r#""jti":"\u0074oken-1""#);
        }),
        deny("an id that is no string", "2c", "id_missing", ROOT, |case| {
            case.forgery.tokens[0].edit(r#""jti":"token-1""#, r#""jti":1"#);
        }),
        deny("two segments (reading 16)", "2c", "envelope_malformed", ROOT, |case| {
            case.text = Some(r#"{"aat_chain":["a.b"],"aat_pop":"a.b.c"}"#.into());
        }),
        deny("a payload that is not JSON (reading 15)", "2c", "envelope_malformed", ROOT, |case| {
            unsigned(case, 0, b"{");
        }),
        deny("a payload that is no object", "2c", "envelope_malformed", Place::Token(2), |case| {
            unsigned(case, 2, b"[1]");
        }),
        deny("a payload with a byte order mark", "2c", "envelope_malformed", ROOT, |case| {
            unsigned(case, 0, b"\xef\xbb\xbf{\"jti\":\"token-1\"}");
        }),
        deny("a padded payload (reading 14)", "2c", "envelope_malformed", ROOT, |case| {
            let (mut tokens, proof) = case.forgery.sign();
            tokens[0] = tokens[0].replacen('.', "=.", 2).replacen("=.", ".", 1);
            case.text = Some(present(&tokens, &proof));
        }),
        permit("members that are not known (7.4)", |case| {
            let text = case.forgery.present();
            case.text = Some(text.replacen('{', r#"{"other":[1e400,{"a":null}], "#, 1));
        }),
        deny("a presentation with a member twice", "1", "presentation_malformed", CHAIN, |case| {
            let text = case.forgery.present();
            case.text = Some(text.replacen('{', r#"{"aat_chain":[],"#, 1));
        }),
        permit("the members in the other order", |case| {
            let (tokens, proof) = case.forgery.sign();
            let tokens = tokens.join("\",\"");
            case.text = Some(format!(r#"{{"aat_pop":"{proof}","aat_chain":["{tokens}"]}}"#));
        })
        .shows("B-json-1 J-39"),
        permit("a known member twice within one that is not known", |case| {
            let text = case.forgery.present();
            case.text = Some(text.replacen('{', r#"{"other":{"aat_chain":[],"aat_chain":[]},"#, 1));
        })
        .shows("B-json-2 J-3"),
        deny("an unknown member twice", "1", "presentation_malformed", CHAIN, |case| {
            let text = case.forgery.present();
            case.text = Some(text.replacen('{', r#"{"other":1,"\u006fther":1,"#, 1));
        })
        .shows("B-json-3"),
        permit("escapes in names and tokens", |case| {
            let text = case.forgery.present();
            case.text = Some(text.replacen("aat_chain", r"\u0061at_chain", 1).replacen(
                "eyJ",
                r"\u0065yJ",
                1,
            ));
        })
        .shows("B-json-5"),
        permit("sizes count without escapes", |case| {
            let (tokens, _) = case.forgery.sign();
            case.params.max_token_size = tokens.iter().map(String::len).max().unwrap();
            case.params.max_chain_size = tokens.iter().map(String::len).sum();
            case.text = Some(case.forgery.present().replace("eyJ", r"\u0065\u0079\u004a"));
        })
        .shows("B-json-5 V-2a V-2b.2"),
        deny("tokens leaf first", "3b", "root_not_trusted", ROOT, |case| {
            let (mut tokens, proof) = case.forgery.sign();
            tokens.reverse();
            case.text = Some(present(&tokens, &proof));
        })
        .shows("J-39"),
        deny("the tokens in one string", "1", "presentation_malformed", CHAIN, |case| {
            let (tokens, proof) = case.forgery.sign();
            case.text =
                Some(format!(r#"{{"aat_chain":"{}","aat_pop":"{proof}"}}"#, tokens.join(" ")));
        })
        .shows("B-json-1"),
        deny("a proof that is no string", "7a", "presentation_malformed", Place::Proof, |case| {
            let (tokens, _) = case.forgery.sign();
            case.text = Some(present(&tokens, "x").replace(r#""x""#, "null"));
        })
        .shows("B-json-1"),
        deny("a chain as it is handed on", "7a", "presentation_malformed", Place::Proof, |case| {
            let (tokens, _) = case.forgery.sign();
            case.text = Some(present(&tokens, "x").replace(r#","aat_pop":"x""#, ""));
        })
        .shows("B-json-6"),
        deny(
            "a chain as an array by itself",
            "7a",
            "presentation_malformed",
            Place::Proof,
            |case| {
                let (tokens, _) = case.forgery.sign();
                case.text = Some(format!(r#"["{}"]"#, tokens.join("\",\"")));
            },
        )
        .shows("B-json-6"),
        permit("the presentation at its limit", |case| {
            let text = case.forgery.present();
            case.params.max_presentation_size = text.len();
            case.text = Some(text);
        })
        .shows("V-2b"),
        deny(
            "the presentation a byte over its limit",
            "2b",
            "presentation_malformed",
            CHAIN,
            |case| {
                let text = case.forgery.present();
                case.params.max_presentation_size = text.len() - 1;
                case.text = Some(text);
            },
        ),
        permit("128 levels around it", |case| {
            let text = case.forgery.present();
            let nest = "[".repeat(127) + &"]".repeat(127);
            case.text = Some(text.replacen('{', &format!(r#"{{"x":{nest},"#), 1));
        })
        .shows("J-5"),
        deny("129 levels around it", "1", "presentation_malformed", CHAIN, |case| {
            let text = case.forgery.present();
            let nest = "[".repeat(128) + &"]".repeat(128);
            case.text = Some(text.replacen('{', &format!(r#"{{"x":{nest},"#), 1));
        })
        .shows("J-5"),
    ]
}

pub(super) fn claims() -> Vec<Row> {
    vec![
        deny("EdDSA", "3a", "algorithm_not_allowed", ROOT, |case| {
            header(case, r#"{"alg":"EdDSA","typ":"aat+jwt"}"#);
        }),
        deny("none", "3a", "algorithm_not_allowed", ROOT, |case| {
            header(case, r#"{"alg":"none","typ":"aat+jwt"}"#);
        }),
        deny("a proof's type", "3a", "type_wrong", ROOT, |case| {
            header(case, r#"{"alg":"Ed25519","typ":"aat-pop+jwt"}"#);
        }),
        deny("crit", "3a", "critical_header", ROOT, |case| {
            header(case, r#"{"alg":"Ed25519","typ":"aat+jwt","crit":["x"],"x":1}"#);
        }),
        deny("an empty crit (reading 6)", "3a", "critical_header", ROOT, |case| {
            header(case, r#"{"alg":"Ed25519","typ":"aat+jwt","crit":[]}"#);
        }),
        deny("a header parameter twice (reading 5)", "3a", "header_malformed", ROOT, |case| {
            header(case, r#"{"alg":"Ed25519","typ":"aat+jwt","typ":"aat+jwt"}"#);
        }),
        permit("header parameters that are ignored", |case| {
            header(
                case,
                r#"{"typ":"aat+jwt","jwk":{},"x5u":"","b64":false,"kid":"no","alg":"Ed25519"}"#,
            );
        }),
        deny("another issuer's key", "3b", "root_not_trusted", ROOT, |case| {
            case.forgery.tokens[0].signer = 9;
        }),
        deny("a broken signature", "3b", "root_not_trusted", ROOT, |case| {
            case.forgery.tokens[0].break_signature = true;
        }),
        deny("no anchors", "3b", "root_not_trusted", ROOT, |case| {
            case.anchors.clear();
        }),
        deny("a signature that is no signature", "3b", "envelope_malformed", ROOT, |case| {
            let (mut tokens, proof) = case.forgery.sign();
            let end = tokens[0].len() - 4;
            tokens[0].truncate(end);
            case.text = Some(present(&tokens, &proof));
        }),
        deny("a member twice", "3b", "claims_malformed", ROOT, |case| {
            case.forgery.tokens[0].add(r#""other":{"a":1,"\u0061":2}"#);
        }),
        deny("a lone surrogate (reading 24)", "2c", "envelope_malformed", ROOT, |case| {
            case.forgery.tokens[0].add(r#""other":"\ud800""#);
        }),
        root(
            "iat with a fraction",
            "3b",
            "claim_type",
            r#""iat":1704067200"#,
            r#""iat":1704067200.0"#,
        ),
        root("exp as text", "3b", "claim_type", r#""exp":1704070800"#, r#""exp":"1704070800""#),
        root("depth 1", "3c", "root_depth", r#""del_depth":0"#, r#""del_depth":1"#),
        root("depth false", "3c", "claim_type", r#""del_depth":0"#, r#""del_depth":false"#),
        root("depth 0.0", "3c", "claim_type", r#""del_depth":0"#, r#""del_depth":0.0"#),
        permit("depth -0 (reading 12)", |case| {
            case.forgery.tokens[0].edit(r#""del_depth":0"#, r#""del_depth":-0"#);
        }),
        deny("par_hash", "3d", "claim_present", ROOT, |case| {
            case.forgery.tokens[0].add(r#""par_hash":"x""#);
        }),
        deny("a null par_hash (reading 20)", "3d", "claim_present", ROOT, |case| {
            case.forgery.tokens[0].add(r#""par_hash":null"#);
        }),
        root("expired now", "3e", "expired", r#""exp":1704070800"#, r#""exp":1704067500"#),
        root(
            "from the future",
            "3f",
            "issued_in_future",
            r#""iat":1704067200"#,
            r#""iat":1704067531"#,
        ),
        deny("exp not after iat", "3g", "expires_before_issued", ROOT, |case| {
            case.params.max_iat_skew = 10_000;
            case.forgery.tokens[0].edit(r#""iat":1704067200"#, r#""iat":1704070800"#);
        }),
        deny("a second too long", "3h", "lifetime_too_long", ROOT, |case| {
            let exp = format!(r#""exp":{}"#, 1_704_067_200 + 90 * 24 * 3600 + 1);
            case.forgery.tokens[0].edit(r#""exp":1704070800"#, &exp);
        }),
        permit("as long as may be", |case| {
            let exp = format!(r#""exp":{}"#, 1_704_067_200 + 90 * 24 * 3600);
            case.forgery.tokens[0].edit(r#""exp":1704070800"#, &exp);
        }),
        root(
            "9 hops",
            "3i",
            "max_depth_above_limit",
            r#""del_max_depth":3"#,
            r#""del_max_depth":9"#,
        ),
        root("-1 hops", "3i", "claim_type", r#""del_max_depth":3"#, r#""del_max_depth":-1"#),
        permit("8 hops", |case| {
            case.forgery.tokens[0].edit(r#""del_max_depth":3"#, r#""del_max_depth":8"#);
        }),
        root("an empty id", "3j", "claim_type", r#""jti":"token-1""#, r#""jti":"""#),
        root("another issuer", "3k", "issuer_mismatch", ISSUER, "https://auth.example.com/"),
        root("no issuer", "3k", "claim_type", r#""iss""#, r#""is""#),
        permit("a key under several issuers (reading 25)", |case| {
            case.anchors = vec![Anchor::new("urn:other", 1), Anchor::new(ISSUER, 1)];
        }),
        permit("an issuer with a fragment", |case| {
            case.anchors = vec![Anchor::new("https://auth.example.com/#a", 1)];
            case.forgery.tokens[0].edit(ISSUER, "https://auth.example.com/#a");
        })
        .shows("J-35"),
        permit("an issuer that is a URN", |case| {
            case.anchors = vec![Anchor::new("urn:example:issuer", 1)];
            case.forgery.tokens[0].edit(ISSUER, "urn:example:issuer");
        })
        .shows("J-35"),
        deny("an anchor without a scheme", "3b", "root_not_trusted", ROOT, |case| {
            case.anchors = vec![Anchor::new("auth.example.com", 1)];
            case.forgery.tokens[0].edit(ISSUER, "auth.example.com");
        })
        .shows("J-35"),
        deny("an anchor whose issuer is empty", "3b", "root_not_trusted", ROOT, |case| {
            case.anchors = vec![Anchor::new("", 1)];
            case.forgery.tokens[0].edit(ISSUER, "");
        })
        .shows("J-35"),
        deny("an anchor whose issuer has a space", "3b", "root_not_trusted", ROOT, |case| {
            case.anchors = vec![Anchor::new("https://auth example.com", 1)];
            case.forgery.tokens[0].edit(ISSUER, "https://auth example.com");
        })
        .shows("J-35"),
        permit("the right kid among several keys", |case| {
            case.anchors = two_keys();
            header(case, r#"{"alg":"Ed25519","typ":"aat+jwt","kid":"new"}"#);
        }),
        permit("the wrong kid is but a hint", |case| {
            case.anchors = two_keys();
            header(case, r#"{"alg":"Ed25519","typ":"aat+jwt","kid":"old"}"#);
        }),
        root(
            "a private key in cnf",
            "3l",
            "holder_key",
            r#""kty":"OKP""#,
            r#""d":"AA","kty":"OKP""#,
        ),
        root(
            "a null d (reading 20)",
            "3l",
            "holder_key",
            r#""kty":"OKP""#,
            r#""d":null,"kty":"OKP""#,
        ),
        root("another curve", "3l", "holder_key", "\"Ed25519\"", "\"X25519\""),
        deny("a holder key of small order", "3l", "holder_key", ROOT, |case| {
            let mut one = [0; 32];
            one[0] = 1;
            case.forgery.tokens[0].edit(&x(2), &base64url(&one));
        }),
        root("no cnf", "3l", "claim_type", r#""cnf""#, r#""cn""#),
        permit("JWK members that are ignored (reading 29)", |case| {
            case.forgery.tokens[0]
                .edit(r#""kty":"OKP""#, r#""use":"enc","alg":"none","key_ops":[],"kty":"OKP""#);
        }),
        deny("no capability entry", "3m", "capability_count", ROOT, |case| {
            case.forgery.tokens[0].edit("attenuating_agent_token", "other");
        }),
        deny("two capability entries", "3m", "capability_count", ROOT, |case| {
            let entry = r#"[{"type":"attenuating_agent_token","tools":{}},"#;
            case.forgery.tokens[0].edit(r#"details":["#, &format!(r#"details":{entry}"#));
        }),
        permit("entries of other types and shapes (readings 10, 11)", |case| {
            let others = r#"details":[{"type":"other","tools":1},7,null,{"type":5},{},"#;
            case.forgery.tokens[0].edit(r#"details":["#, others);
        }),
        root("tools an array", "3m", "claim_type", r#""tools":{"read"#, r#""tools":[],"x":{"read"#),
        root(
            "a map that is no object",
            "3m",
            "tool_malformed",
            r#""tools":{"#,
            r#""tools":{"a":[],"#,
        ),
    ]
}

/// Issuers compare as strings, not as URIs.
pub(super) fn issuers() -> Vec<Row> {
    let other =
        |title: &'static str, iss: &'static str| root(title, "3k", "issuer_mismatch", ISSUER, iss);
    vec![
        other("an issuer in capitals", "HTTPS://AUTH.EXAMPLE.COM"),
        other("an issuer with its default port", "https://auth.example.com:443"),
        other("an issuer with a percent escape", "https://auth.example.co%6D"),
        other("an issuer's host with a dot", "https://auth.example.com."),
        other("an issuer with a space after it", "https://auth.example.com "),
        other("an empty issuer", ""),
    ]
}

pub(super) fn constraints() -> Vec<Row> {
    // Each stands for a tool that nobody calls: constraints are judged wherever they stand.
    let bad = [
        ("an unknown type", r#"{"constraint_type":"regex"}"#, "constraint_type_unknown"),
        ("no type", r#"{}"#, "constraint_malformed"),
        ("not an object", "7", "constraint_malformed"),
        (
            "a member that is not defined",
            r#"{"constraint_type":"wildcard","value":1}"#,
            "constraint_malformed",
        ),
        (
            "exact without a value (reading 26)",
            r#"{"constraint_type":"exact"}"#,
            "constraint_malformed",
        ),
        ("exact of an array", r#"{"constraint_type":"exact","value":[]}"#, "constraint_malformed"),
        (
            "one_of of nothing",
            r#"{"constraint_type":"one_of","values":[]}"#,
            "constraint_malformed",
        ),
        (
            "contains of no array",
            r#"{"constraint_type":"contains","required":{}}"#,
            "constraint_malformed",
        ),
        (
            "a reversed range",
            r#"{"constraint_type":"range","min":2,"max":1}"#,
            "constraint_malformed",
        ),
        (
            "inclusive without its bound",
            r#"{"constraint_type":"range","min_inclusive":true}"#,
            "constraint_malformed",
        ),
        ("an empty all", r#"{"constraint_type":"all","constraints":[]}"#, "constraint_malformed"),
        ("an empty any", r#"{"constraint_type":"any","constraints":[]}"#, "constraint_malformed"),
        (
            "optional within all",
            r#"{"constraint_type":"all","constraints":[{"constraint_type":"wildcard","optional":true}]}"#,
            "constraint_malformed",
        ),
        (
            "optional not a boolean",
            r#"{"constraint_type":"wildcard","optional":1}"#,
            "constraint_malformed",
        ),
        (
            "an inadmissible number",
            r#"{"constraint_type":"exact","value":9007199254740993}"#,
            "number_inadmissible",
        ),
        (
            "2^68 in digits (reading 28)",
            r#"{"constraint_type":"exact","value":295147905179352825856}"#,
            "number_inadmissible",
        ),
        (
            "an inadmissible number deep inside",
            r#"{"constraint_type":"one_of","values":[{"a":[1e400]}]}"#,
            "number_inadmissible",
        ),
    ];
    let mut rows: Vec<Row> = bad
        .into_iter()
        .map(|(name, constraint, code)| {
            deny(name, "3n", code, ROOT, move |case| {
                let tool = format!(r#""tools":{{"unused":{{"a":{constraint}}},"#);
                case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
            })
        })
        .collect();
    let star = |name, entry: &'static str| {
        deny(name, "3n", "constraint_malformed", ROOT, move |case: &mut Case| {
            let tool = format!(r#""tools":{{"unused":{{"*":{entry}}},"#);
            case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
        })
    };
    rows.push(star("`*` not a wildcard", r#"{"constraint_type":"exact","value":1}"#));
    rows.push(star("`*` optional", r#"{"constraint_type":"wildcard","optional":true}"#));
    rows.push(star("`*` optional false", r#"{"constraint_type":"wildcard","optional":false}"#));
    for (depth, expected) in [(32, None), (33, Some(("3n", "constraint_too_deep", ROOT)))] {
        let change = move |case: &mut Case| {
            let nest = r#"{"constraint_type":"all","constraints":["#.repeat(depth - 1);
            let close = "]}".repeat(depth - 1);
            let tool = format!(
                r#""tools":{{"unused":{{"a":{nest}{{"constraint_type":"wildcard"}}{close}}},"#
            );
            case.forgery.tokens[0].edit(r#""tools":{"#, &tool);
        };
        rows.push(match expected {
            None => permit(format!("nesting of {depth}"), change),
            Some((step, code, place)) => {
                deny(format!("nesting of {depth}"), step, code, place, change)
            }
        });
    }
    rows.push(permit("optional false on top (reading 17)", |case| {
        case.forgery.tokens[0].edit(
            r#""q":{"constraint_type":"wildcard"}"#,
            r#""q":{"constraint_type":"wildcard","optional":false}"#,
        );
    }));
    rows.push(permit("claims that are not defined (reading 22)", |case| {
        case.forgery.tokens[0].add(&format!(r#""nbf":{},"sub":"x","n":1e400"#, NOW + 999));
    }));
    rows
}
