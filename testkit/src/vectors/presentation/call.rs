//! Steps 6 and 7: the call, the audience and the proof.

use super::{Case, Row, deny, permit};
use crate::{AUDIENCE, NOW, base64url, key, present};
use taper::{Place, Signer as _};

const LEAF: Place = Place::Token(2);
const CALL: Place = Place::Call;
const PROOF: Place = Place::Proof;

fn proof(
    name: &'static str,
    step: &'static str,
    code: &'static str,
    from: &'static str,
    to: &'static str,
) -> Row {
    deny(name, step, code, PROOF, move |case: &mut Case| case.forgery.proof.edit(from, to))
}

fn arguments(name: &'static str, code: &'static str, text: &'static str) -> Row {
    deny(name, "6b", code, CALL, move |case: &mut Case| case.arguments = text.into())
}

pub(super) fn authority() -> Vec<Row> {
    vec![
        deny("a leaf without an entry", "6a", "leaf_without_capability", LEAF, |case| {
            case.forgery.tokens[2].edit("attenuating_agent_token", "other");
        }),
        deny("a tool that was dropped", "6b", "tool_not_authorized", CALL, |case| {
            case.tool = "search".into();
        }),
        deny("a tool by another spelling", "6b", "tool_not_authorized", CALL, |case| {
            case.tool = "read_file ".into();
        }),
        arguments("a value outside", "argument_refused", r#"{"path":"/data/q4.pdf"}"#),
        arguments(
            "an argument that is not named",
            "argument_not_named",
            r#"{"path":"/data/q3.pdf","mode":1}"#,
        ),
        arguments(
            "an argument named `*`",
            "argument_not_named",
            r#"{"path":"/data/q3.pdf","*":1}"#,
        ),
        arguments("a required argument absent", "argument_missing", r#"{"head":1}"#),
        arguments(
            "an inadmissible number",
            "arguments_malformed",
            r#"{"path":"/data/q3.pdf","head":9007199254740993}"#,
        ),
        arguments(
            "a member twice (reading 4)",
            "arguments_malformed",
            r#"{"path":"/data/q3.pdf","path":"/data/q3.pdf"}"#,
        ),
        arguments("no object", "arguments_malformed", r#"["/data/q3.pdf"]"#),
        arguments("a lone surrogate", "arguments_malformed", r#"{"path":"\udc00"}"#),
        permit("the same value in another spelling", |case| {
            case.arguments = r#" { "\u0070ath" : "\/data/q3.pdf" } "#.into();
        }),
        deny("a leaf too near the root", "6b", "leaf_too_shallow", CALL, |case| {
            case.policy.min_depth = vec![("read_file", 3)];
        }),
        permit("a leaf deep enough", |case| {
            case.policy.min_depth = vec![("read_file", 2), ("x", 9)];
        }),
        arguments("arguments that are null", "arguments_malformed", "null").shows("B-json-11"),
        arguments(
            "arguments that are a string of JSON",
            "arguments_malformed",
            r#""{\"path\":\"/data/q3.pdf\"}""#,
        ),
        arguments("no arguments for a tool that requires one", "argument_missing", "{}")
            .shows("B-json-11"),
        arguments("nothing at all", "arguments_malformed", ""),
        arguments(
            "a number that is no double",
            "arguments_malformed",
            r#"{"path":"/data/q3.pdf","head":1e400}"#,
        ),
        arguments(
            "a number that vanishes",
            "arguments_malformed",
            r#"{"path":"/data/q3.pdf","head":1e-400}"#,
        ),
        arguments(
            "an inadmissible number deep inside",
            "arguments_malformed",
            r#"{"path":[{"a":9007199254740993}]}"#,
        ),
        arguments(
            "a member twice deep inside",
            "arguments_malformed",
            r#"{"path":[{"a":1,"\u0061":1}]}"#,
        ),
        arguments("null in the place of a value", "argument_refused", r#"{"path":null}"#),
        arguments("the value in an array", "argument_refused", r#"{"path":["/data/q3.pdf"]}"#),
        arguments("a number in the place of a string", "argument_refused", r#"{"path":7}"#),
        arguments(
            "a string in the place of a number",
            "argument_refused",
            r#"{"path":"/data/q3.pdf","head":"1"}"#,
        ),
        arguments(
            "an optional argument out of its range",
            "argument_refused",
            r#"{"path":"/data/q3.pdf","head":51}"#,
        ),
        arguments(
            "an optional argument that is null",
            "argument_refused",
            r#"{"path":"/data/q3.pdf","head":null}"#,
        ),
        arguments(
            "a name in other letters",
            "argument_not_named",
            r#"{"path":"/data/q3.pdf","Head":1}"#,
        ),
        arguments(
            "a name with a space",
            "argument_not_named",
            r#"{"path":"/data/q3.pdf","head ":1}"#,
        ),
        arguments("a name that is empty", "argument_not_named", r#"{"path":"/data/q3.pdf","":1}"#),
        arguments("a path with a dot segment", "argument_refused", r#"{"path":"/data/./q3.pdf"}"#),
        arguments(
            "a path with a percent escape",
            "argument_refused",
            r#"{"path":"/data/q3%2Epdf"}"#,
        ),
        arguments(
            "a path with a null character",
            "argument_refused",
            r#"{"path":"/data/q3.pdf\u0000"}"#,
        ),
        deny("a tool with a null character", "6b", "tool_not_authorized", CALL, |case| {
            case.tool = "read_file\0".into();
        }),
        deny("a tool in capitals", "6b", "tool_not_authorized", CALL, |case| {
            case.tool = "READ_FILE".into();
        }),
        deny(
            "an inadmissible number where all is admitted, and proved",
            "6b",
            "arguments_malformed",
            CALL,
            |case| {
                for token in &mut case.forgery.tokens {
                    token.edit(r#""tools":{"#, r#""tools":{"note":{},"#);
                }
                let arguments = r#"{"n":9007199254740993}"#;
                case.forgery.proof.edit(r#"{"path":"/data/q3.pdf"}"#, arguments);
                case.forgery.proof.edit(r#""aat_tool":"read_file""#, r#""aat_tool":"note""#);
                case.tool = "note".into();
                case.arguments = arguments.into();
            },
        )
        .shows("M-2"),
        deny("the empty tool, granted", "6b", "tool_not_authorized", CALL, |case| {
            for token in &mut case.forgery.tokens {
                token.edit(r#""tools":{"#, r#""tools":{"":{},"#);
            }
            case.tool = "".into();
            case.arguments = "{}".into();
        })
        .shows("M-33 V-6b.2"),
    ]
}

pub(super) fn audience() -> Vec<Row> {
    let aud = |name, code, token: usize, aud: &'static str| {
        deny(name, "6c", code, Place::Token(token), move |case: &mut Case| {
            case.forgery.tokens[token].add(aud);
        })
    };
    vec![
        aud("for another", "audience_mismatch", 0, r#""aud":"https://other.example""#),
        aud("for others", "audience_mismatch", 1, r#""aud":["a","b"]"#),
        aud("for nobody", "audience_mismatch", 2, r#""aud":[]"#),
        aud("almost", "audience_mismatch", 2, r#""aud":"https://tools.example.com/""#),
        aud("null (reading 20)", "audience_malformed", 2, r#""aud":null"#),
        aud(
            "a number among names (reading 7)",
            "audience_malformed",
            2,
            r#""aud":["https://tools.example.com",1]"#,
        ),
        deny("required and absent", "6c", "audience_required", Place::Presentation, |case| {
            case.policy.require_chain_aud = true;
        }),
        permit("required and there, once, among others", |case| {
            case.policy.require_chain_aud = true;
            case.forgery.tokens[1].add(r#""aud":["a","https://tools.example.com"]"#);
        }),
        permit("under another of our names", |case| {
            case.policy.audiences = Some(vec![AUDIENCE, "alias"]);
            case.forgery.tokens[0].add(r#""aud":"alias""#);
        }),
    ]
}

pub(super) fn proofs() -> Vec<Row> {
    let at = |name, step: Option<&'static str>, offset: i64| {
        let change = move |case: &mut Case| {
            let iat = format!(r#""iat":{}"#, NOW + offset);
            case.forgery.proof.edit(&format!(r#""iat":{NOW}"#), &iat);
        };
        match step {
            Some(step) => deny(name, step, "proof_outside_window", PROOF, change),
            None => permit(name, change),
        }
    };
    let nonce = |case: &mut Case| {
        case.policy.nonces = Some(vec!["n1", "n2"]);
    };
    vec![
        deny("no proof", "7a", "presentation_malformed", PROOF, |case| {
            let (tokens, _) = case.forgery.sign();
            case.text = Some(present(&tokens, "x").replace(r#","aat_pop":"x""#, ""));
        }),
        deny("a proof of two segments (reading 16)", "7a", "envelope_malformed", PROOF, |case| {
            case.text = Some(present(&case.forgery.sign().0, "a.b"));
        }),
        deny("a proof over the limit", "7a", "proof_too_large", PROOF, |case| {
            case.params.max_proof_size = case.forgery.sign().1.len() - 1;
        }),
        deny("a token in the proof's place", "7a", "type_wrong", PROOF, |case| {
            case.forgery.proof.header = r#"{"alg":"Ed25519","typ":"aat+jwt"}"#.into();
        }),
        deny("another algorithm", "7a", "algorithm_not_allowed", PROOF, |case| {
            case.forgery.proof.header = r#"{"alg":"HS256","typ":"aat-pop+jwt"}"#.into();
        }),
        deny("crit", "7a", "critical_header", PROOF, |case| {
            case.forgery.proof.header =
                r#"{"alg":"Ed25519","typ":"aat-pop+jwt","crit":[7]}"#.into();
        }),
        deny("signed by the parent's holder", "7b", "signature_invalid", PROOF, |case| {
            case.forgery.proof.signer = 3;
        }),
        deny("a broken signature", "7b", "signature_invalid", PROOF, |case| {
            case.forgery.proof.break_signature = true;
        }),
        deny("a member twice", "7b", "claims_malformed", PROOF, |case| {
            case.forgery.proof.add(r#""x":[{"a":1,"a":1}]"#);
        }),
        deny("a payload that is not JSON (reading 15)", "7b", "claims_malformed", PROOF, |case| {
            case.forgery.proof.payload = "{".into();
        }),
        deny("a payload that is no object", "7b", "claim_type", PROOF, |case| {
            case.forgery.proof.payload = "[]".into();
        }),
        proof("no id", "7c", "claim_type", r#""jti":"proof-1""#, r#""jt":"proof-1""#),
        proof("an empty id", "7c", "claim_type", r#""jti":"proof-1""#, r#""jti":"""#),
        proof("no hta", "7c", "claim_type", r#""hta""#, r#""ht""#),
        proof(
            "hta an array",
            "7c",
            "claim_type",
            r#""hta":{"path":"/data/q3.pdf"}"#,
            r#""hta":[]"#,
        ),
        proof(
            "iat with a fraction",
            "7c",
            "claim_type",
            r#""iat":1704067500"#,
            r#""iat":1704067500.0"#,
        ),
        proof("for another token", "7c", "proof_of_other_token", "token-3", "token-2"),
        proof(
            "for another token's bytes",
            "7c",
            "proof_of_other_token",
            "$LEAF",
            "qz05CjO1S-iTk93CGKmiB8y7bRUdUAe67kXzUwyMzUU",
        ),
        proof(
            "for another gateway",
            "7d",
            "proof_audience_mismatch",
            AUDIENCE,
            "https://other.example",
        ),
        proof(
            "for several gateways (reading 7)",
            "7d",
            "proof_audience_mismatch",
            r#""https://tools.example.com""#,
            r#"["https://tools.example.com"]"#,
        ),
        proof(
            "for null (reading 20)",
            "7d",
            "proof_audience_mismatch",
            r#""https://tools.example.com""#,
            "null",
        ),
        deny(
            "for nobody, where that is required",
            "7d",
            "proof_audience_required",
            PROOF,
            |case| {
                case.policy.require_pop_aud = true;
                case.forgery.proof.edit(r#""aat_aud""#, r#""aud""#);
            },
        ),
        permit("for nobody, where that is not required", |case| {
            case.forgery.proof.edit(r#""aat_aud""#, r#""aud""#);
        }),
        proof(
            "for another tool",
            "7e",
            "proof_of_other_tool",
            r#""aat_tool":"read_file""#,
            r#""aat_tool":"search""#,
        ),
        proof(
            "for other arguments",
            "7f",
            "proof_of_other_arguments",
            "/data/q3.pdf",
            "/data/q4.pdf",
        ),
        proof(
            "for more arguments",
            "7f",
            "proof_of_other_arguments",
            r#""hta":{"#,
            r#""hta":{"head":1,"#,
        ),
        deny("for a number that is no double", "7f", "proof_of_other_arguments", PROOF, |case| {
            case.arguments = r#"{"path":"/data/q3.pdf","head":1}"#.into();
            case.forgery.proof.edit(r#""hta":{"#, r#""hta":{"head":1e400,"#);
        }),
        permit("for a number that rounds to the call's (reading 3)", |case| {
            case.arguments = r#"{"path":"/data/q3.pdf","head":1}"#.into();
            case.forgery.proof.edit(r#""hta":{"#, r#""hta":{"head":1.00000000000000000001,"#);
        }),
        at("31 s old", Some("7g"), -31),
        at("30 s old (reading 2)", None, -30),
        at("30 s early", None, 30),
        at("31 s early", Some("7g"), 31),
        deny("a narrower window", "7g", "proof_outside_window", PROOF, |case| {
            case.params.pop_window = 5;
            case.now = NOW + 6;
        }),
        deny("a nonce is required", "7h", "nonce_required", PROOF, nonce),
        deny("a nonce of no type", "7h", "nonce_required", PROOF, move |case| {
            nonce(case);
            case.forgery.proof.add(r#""nonce":1"#);
        }),
        deny("a nonce not accepted", "7h", "nonce_refused", PROOF, move |case| {
            nonce(case);
            case.forgery.proof.add(r#""nonce":"n3""#);
        }),
        permit("a nonce accepted", move |case| {
            nonce(case);
            case.forgery.proof.add(r#""nonce":"n2""#);
        }),
        permit("a nonce nobody asked for (reading 8)", |case| {
            case.forgery.proof.add(r#""nonce":{},"exp":1,"nbf":9999999999"#);
        }),
        deny(
            "a payload that is not base64url, signed",
            "7b",
            "envelope_malformed",
            PROOF,
            |case| {
                let (tokens, proof) = case.forgery.sign();
                let header = proof.split('.').next().unwrap();
                let input = format!("{header}.%%%%");
                let signature = key(4).sign(input.as_bytes()).unwrap();
                let proof = format!("{input}.{}", base64url(signature.as_bytes()));
                case.text = Some(present(&tokens, &proof));
            },
        )
        .shows("J-7"),
        deny("header and payload alone", "7a", "envelope_malformed", PROOF, |case| {
            let (tokens, proof) = case.forgery.sign();
            let (input, _) = proof.rsplit_once('.').unwrap();
            case.text = Some(present(&tokens, input));
        })
        .shows("J-8"),
        deny("an id that was used before", "7i", "proof_replayed", PROOF, |case| {
            case.policy.seen_jti = Some(vec!["proof-0", "proof-1"]);
        }),
        permit("other ids that were used before", |case| {
            case.policy.seen_jti = Some(vec!["proof-0", "proof-2", "Proof-1"]);
        })
        .shows("V-7i"),
        permit("ids are remembered, and none was used", |case| {
            case.policy.seen_jti = Some(vec![]);
        })
        .shows("V-7i"),
        deny("a second time", "7i", "proof_replayed", PROOF, |case| case.twice = true),
        permit("a second time, where that does no harm", |case| {
            case.policy.idempotent = vec!["read_file"];
            case.twice = true;
        }),
        deny(
            "a second time, where another tool is harmless",
            "7i",
            "proof_replayed",
            PROOF,
            |case| {
                case.policy.idempotent = vec!["search"];
                case.twice = true;
            },
        ),
    ]
}
