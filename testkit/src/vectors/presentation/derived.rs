//! Step 4: a child and its parent.

use super::{Case, Row, deny, permit};
use crate::{base64url, digest, present, thumbprint_uri, x};
use taper::Place;

const LEAF: Place = Place::Token(2);
const PATH: &str = r#""path":{"constraint_type":"exact","value":"/data/q3.pdf"}"#;
const HEAD: &str = r#""head":{"constraint_type":"range","max":50,"optional":true}"#;

fn leaf(
    name: &'static str,
    step: &'static str,
    code: &'static str,
    from: &'static str,
    to: &'static str,
) -> Row {
    deny(name, step, code, LEAF, move |case: &mut Case| {
        case.forgery.tokens[2].edit(from, to);
    })
}

fn still(name: &'static str, from: &'static str, to: &'static str) -> Row {
    permit(name, move |case| case.forgery.tokens[2].edit(from, to))
}

pub(super) fn claims() -> Vec<Row> {
    vec![
        deny("no type", "4a", "type_wrong", LEAF, |case| {
            case.forgery.tokens[2].header = r#"{"alg":"Ed25519"}"#.into();
        }),
        deny("EdDSA below", "4a", "algorithm_not_allowed", Place::Token(1), |case| {
            case.forgery.tokens[1].header = r#"{"alg":"EdDSA","typ":"aat+jwt"}"#.into();
        }),
        deny("crit below", "4a", "critical_header", LEAF, |case| {
            case.forgery.tokens[2].header =
                r#"{"alg":"Ed25519","typ":"aat+jwt","crit":["exp"]}"#.into();
        }),
        deny("signed by somebody else", "4b", "signature_invalid", LEAF, |case| {
            case.forgery.tokens[2].signer = 9;
        }),
        deny("signed by the grandparent", "4b", "signature_invalid", LEAF, |case| {
            case.forgery.tokens[2].signer = 2;
        }),
        deny("a token left out", "4b", "signature_invalid", Place::Token(1), |case| {
            let (mut tokens, proof) = case.forgery.sign();
            tokens.remove(1);
            case.text = Some(present(&tokens, &proof));
        }),
        deny("tokens swapped", "4b", "signature_invalid", Place::Token(1), |case| {
            let (mut tokens, proof) = case.forgery.sign();
            tokens.swap(1, 2);
            case.text = Some(present(&tokens, &proof));
        }),
        deny("a member twice", "4b", "claims_malformed", LEAF, |case| {
            case.forgery.tokens[2].add(r#""aud":"a","aud":"b""#);
        }),
        leaf("an empty id", "4b1", "claim_type", r#""jti":"token-3""#, r#""jti":"""#),
        leaf("no cnf", "4b2", "claim_type", r#""cnf""#, r#""cn""#),
        leaf("a private key", "4b2", "holder_key", r#""kty":"OKP""#, r#""p":"AA","kty":"OKP""#),
        deny("a key that is not canonical", "4b2", "holder_key", LEAF, |case| {
            case.forgery.tokens[2].edit(&x(4), &base64url(&[0xff; 32]));
        }),
        leaf("no details", "4b3", "claim_type", r#""authorization_details""#, r#""details""#),
        leaf(
            "a depth with an exponent",
            "4b4",
            "claim_type",
            r#""del_depth":2"#,
            r#""del_depth":2e0"#,
        ),
        leaf(
            "a negative ceiling",
            "4b4",
            "claim_type",
            r#""del_max_depth":2"#,
            r#""del_max_depth":-2"#,
        ),
        leaf("no exp", "4b5", "claim_type", r#""exp""#, r#""ex""#),
        leaf("no par_hash", "4b5", "claim_type", r#""par_hash""#, r#""parhash""#),
        leaf(
            "a null par_hash",
            "4b5",
            "claim_type",
            r#""par_hash":"$PARENT""#,
            r#""par_hash":null"#,
        ),
        deny("an issuer of another key", "4c", "issuer_not_parent_holder", LEAF, |case| {
            case.forgery.tokens[2].edit(&thumbprint_uri(3), &thumbprint_uri(2));
        })
        .shows("J-28 J-17"),
        deny("an issuer without its prefix", "4c", "issuer_not_parent_holder", LEAF, |case| {
            case.forgery.tokens[2].edit("urn:ietf:params:oauth:jwk-thumbprint:sha-256:", "");
        })
        .shows("J-28"),
        deny(
            "an issuer with its prefix in capitals",
            "4c",
            "issuer_not_parent_holder",
            LEAF,
            |case| {
                case.forgery.tokens[2].edit("urn:ietf", "URN:IETF");
            },
        )
        .shows("J-28"),
        deny("the root's issuer again", "4c", "issuer_not_parent_holder", LEAF, |case| {
            case.forgery.tokens[2].edit(&thumbprint_uri(3), crate::ISSUER);
        })
        .shows("J-17"),
        permit("a parent's JWK with more members has the same thumbprint", |case| {
            case.forgery.tokens[1].edit(r#""kty":"OKP""#, r#""kid":"k","use":"sig","kty":"OKP""#);
        })
        .shows("J-28"),
        leaf("a depth that skips", "4d", "depth_not_next", r#""del_depth":2"#, r#""del_depth":3"#),
        leaf("a depth that stays", "4d", "depth_not_next", r#""del_depth":2"#, r#""del_depth":1"#),
        deny("below a terminal token", "4e", "depth_above_parent_max", LEAF, |case| {
            case.forgery.tokens[1].edit(r#""del_max_depth":2"#, r#""del_max_depth":1"#);
        }),
        leaf(
            "a higher ceiling",
            "4g",
            "max_depth_raised",
            r#""del_max_depth":2"#,
            r#""del_max_depth":3"#,
        ),
        leaf(
            "a longer life",
            "4h",
            "outlives_parent",
            r#""exp":1704068400"#,
            r#""exp":1704069001"#,
        ),
        still("as long a life as the parent", r#""exp":1704068400"#, r#""exp":1704069000"#),
        leaf("expired now", "4i", "expired", r#""exp":1704068400"#, r#""exp":1704067500"#),
        still("expiring in a second", r#""exp":1704068400"#, r#""exp":1704067501"#),
        leaf(
            "older than the parent",
            "4j",
            "issued_before_parent",
            r#""iat":1704067320"#,
            r#""iat":1704067259"#,
        ),
        still("as old as the parent", r#""iat":1704067320"#, r#""iat":1704067260"#),
        leaf(
            "from the future",
            "4k",
            "issued_in_future",
            r#""iat":1704067320"#,
            r#""iat":1704067531"#,
        ),
        still("within the skew", r#""iat":1704067320"#, r#""iat":1704067530"#),
        deny("exp not after iat", "4l", "expires_before_issued", LEAF, |case| {
            case.forgery.tokens[2].edit(r#""iat":1704067320"#, r#""iat":1704067530"#);
            case.forgery.tokens[2].edit(r#""exp":1704068400"#, r#""exp":1704067530"#);
        }),
        leaf(
            "below its own ceiling",
            "4m",
            "depth_above_own_max",
            r#""del_max_depth":2"#,
            r#""del_max_depth":1"#,
        ),
        deny("two capability entries", "4n", "capability_count", LEAF, |case| {
            let entry = r#"details":[{"type":"attenuating_agent_token","tools":{}},"#;
            case.forgery.tokens[2].edit(r#"details":["#, entry);
        }),
        leaf("an entry without tools", "4n", "claim_type", r#""tools""#, r#""tool""#),
        leaf(
            "a map that is no object",
            "4n",
            "tool_malformed",
            r#""tools":{"#,
            r#""tools":{"a":1,"#,
        ),
        leaf("an unknown constraint", "4o", "constraint_type_unknown", "\"exact\"", "\"equal\""),
        leaf(
            "an ill-formed constraint",
            "4o",
            "constraint_malformed",
            r#""max":50"#,
            r#""max":50,"min":51"#,
        ),
    ]
}

pub(super) fn authority() -> Vec<Row> {
    vec![
        leaf("a tool more", "4p1", "tool_added", r#""tools":{"#, r#""tools":{"delete":{},"#),
        leaf(
            "a tool by another spelling",
            "4p1",
            "tool_added",
            r#""tools":{"#,
            r#""tools":{"Search":{"q":{"constraint_type":"exact","value":"filings"}},"#,
        ),
        leaf(
            "an argument more",
            "4p2",
            "argument_added",
            PATH,
            r#""mode":{"constraint_type":"wildcard"},"path":{"constraint_type":"exact","value":"/data/q3.pdf"}"#,
        ),
        deny("a required argument left out", "4p2", "required_argument_dropped", LEAF, |case| {
            case.forgery.tokens[2].edit(&format!("{PATH},"), "");
        }),
        leaf(
            "`*` added",
            "4p2",
            "unnamed_added",
            HEAD,
            r#""head":{"constraint_type":"range","max":50,"optional":true},"*":{"constraint_type":"wildcard"}"#,
        ),
        leaf(
            "everything admitted",
            "4p2",
            "argument_readmitted",
            r#"{"path":{"constraint_type":"exact","value":"/data/q3.pdf"},"head":{"constraint_type":"range","max":50,"optional":true}}"#,
            "{}",
        ),
        deny(
            "an optional argument left out beside `*`",
            "4p2",
            "argument_readmitted",
            LEAF,
            |case| {
                let open = r#""*":{"constraint_type":"wildcard"},"head""#;
                for token in &mut case.forgery.tokens {
                    token.edit("\"head\"", open);
                }
                case.forgery.tokens[2].edit(
                    &format!(",{open}:{}", HEAD.trim_start_matches("\"head\":")),
                    r#","*":{"constraint_type":"wildcard"}"#,
                );
            },
        ),
        leaf(
            "required becomes optional",
            "4p3",
            "made_optional",
            r#""value":"/data/q3.pdf""#,
            r#""value":"/data/q3.pdf","optional":true"#,
        ),
        leaf("a wider range", "4p4", "constraint_widened", r#""max":50"#, r#""max":51"#),
        leaf("a range without its bound", "4p4", "constraint_widened", r#""max":50,"#, ""),
        leaf(
            "another value",
            "4p4",
            "constraint_widened",
            r#""value":"/data/q3.pdf""#,
            r#""value":"/data/q4.pdf""#,
        ),
        deny("wider in the middle", "4p4", "constraint_widened", Place::Token(1), |case| {
            case.forgery.tokens[1]
                .edit(r#"["/data/q3.pdf"]"#, r#"["/data/q3.pdf","/data/q5.pdf"]"#);
        }),
        permit("an optional argument forbidden", |case| {
            case.forgery.tokens[2].edit(&format!(",{HEAD}"), "");
        }),
        permit("the same scope", |case| {
            let tools = |payload: &str| payload.split_once("\"tools\":").unwrap().1.to_owned();
            let above = tools(&case.forgery.tokens[1].payload);
            let below = tools(&case.forgery.tokens[2].payload);
            case.forgery.tokens[2].edit(&below, &above);
        }),
        leaf("no digest", "4q", "claim_type", "$PARENT", "AAAA"),
        leaf(
            "a digest of something else",
            "4q",
            "parent_hash_mismatch",
            "$PARENT",
            "qz05CjO1S-iTk93CGKmiB8y7bRUdUAe67kXzUwyMzUU",
        ),
        leaf("a padded digest", "4q", "claim_type", "$PARENT", "$PARENT=").shows("J-27"),
        leaf(
            "a digest of 31 bytes",
            "4q",
            "claim_type",
            "$PARENT",
            "qz05CjO1S-iTk93CGKmiB8y7bRUdUAe67kXzUwyMzU",
        )
        .shows("J-27"),
        leaf(
            "a digest in the standard alphabet",
            "4q",
            "claim_type",
            "$PARENT",
            "qz05CjO1S+iTk93CGKmiB8y7bRUdUAe67kXzUwyMzUU",
        )
        .shows("J-27"),
        deny("the digest of the grandparent", "4q", "parent_hash_mismatch", LEAF, |case| {
            let (_, root) = case.forgery.tokens[0].sign("$PARENT", "");
            case.forgery.tokens[2].edit("$PARENT", &root);
        })
        .shows("J-27"),
        deny("the digest of the payload alone", "4q", "parent_hash_mismatch", LEAF, |case| {
            let (tokens, _) = case.forgery.sign();
            let payload = tokens[1].split('.').nth(1).unwrap().to_owned();
            case.forgery.tokens[2].edit("$PARENT", &digest(payload.as_bytes()));
        })
        .shows("J-27"),
        deny("the digest of the whole token", "4q", "parent_hash_mismatch", LEAF, |case| {
            let (tokens, _) = case.forgery.sign();
            case.forgery.tokens[2].edit("$PARENT", &digest(tokens[1].as_bytes()));
        })
        .shows("J-27"),
        deny("a middle token without authority", "4p1", "tool_added", LEAF, |case| {
            case.forgery.tokens[1].edit("attenuating_agent_token", "other");
        }),
    ]
}
