//! The members that the published suite does without.

use crate::made::*;
use serde_json::{Value, json};
use taper::{Audience, ProofOptions, TokenId};

/// Each optional member once: the vector's verdict would be another without it.
#[test]
fn optional_members() {
    let plain = chain(Audience::Unrestricted);
    let options = ProofOptions::default;
    let proven = |options: ProofOptions| present(&plain, r#"{"limit":5}"#, &options);
    let named = TokenId::new("proof-1").unwrap();
    let split = proven(options());
    let elsewhere = chain(Audience::only(["https://elsewhere.example.com"]));
    let elsewhere = present(&elsewhere, r#"{"limit":5}"#, &options());
    let other_jwk: Value = serde_json::from_str(&agent_key().public_key().to_jwk()).unwrap();
    let mut refused_jwk = other_jwk.clone();
    refused_jwk["x"] = format!("AQ{}", "A".repeat(41)).into();
    let no_proof = json!({"aat_chain": split["aat_chain"]});
    let unread = json!({"aat_chain": ["a.b.c"]});

    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let vectors = [
        vector("nested", deny("6b"), json!({"args_json": format!(r#"{{"limit":{deep}}}"#)})),
        vector(
            "nulls",
            permit(),
            json!({"policy": null, "params": null, "trust_anchors": null,
            "chain_compact": null, "pop": null, "args_json": null, "now": null}),
        ),
        vector("unlooked at", permit(), json!({"chain_compact": 7, "pop": {"payload": {}}})),
        vector(
            "no strings",
            deny("2c"),
            json!({"presentation": null, "chain_compact": [7],
            "pop": {"compact": split["aat_pop"]}}),
        ),
        vector("empty chain", deny("1"), json!({"presentation": {"aat_chain": [], "aat_pop": ""}})),
        vector(
            "anchors",
            deny("3b"),
            json!({"trust_anchors": [{"iss": ISSUER, "jwk": other_jwk}]}),
        ),
        vector(
            "refused anchor",
            deny("3b"),
            json!({"trust_anchors": [{"iss": ISSUER, "jwk": refused_jwk}]}),
        ),
        vector("now", deny("3e"), json!({"now": NOW + 600})),
        vector("skew", deny("3f"), json!({"now": NOW - 5, "params": {"max_iat_skew": 4}})),
        vector("window", deny("7g"), json!({"now": NOW + 5, "params": {"pop_window": 4}})),
        vector("wide window", permit(), json!({"now": NOW + 60, "params": {"pop_window": 60}})),
        vector("lifetime", deny("3h"), json!({"params": {"max_token_lifetime": 599}})),
        vector("constraint depth", deny("3n"), json!({"params": {"max_constraint_depth": 0}})),
        vector("token size", deny("2a"), json!({"params": {"max_token_size": 100}})),
        vector("chain size", deny("2b"), json!({"params": {"max_chain_size": 100}})),
        vector("args_json", deny("6b"), json!({"args_json": r#"{"limit":5,"limit":5}"#})),
        vector("args_json wins", permit(), json!({"args": 7, "args_json": r#"{"limit":5.0}"#})),
        vector("not an object", deny("6b"), json!({"args_json": "[5]"})),
        vector("not JSON", deny("6b"), json!({"args_json": "{"})),
        vector("null", deny("6b"), json!({"args": null})),
        vector(
            "audiences",
            permit(),
            json!({"presentation": elsewhere,
            "policy": {"audiences": ["https://elsewhere.example.com", GATEWAY]}}),
        ),
        vector(
            "no audiences",
            deny("7d"),
            json!({"policy": {"audiences": []},
            "presentation": proven(options().audience(GATEWAY))}),
        ),
        vector(
            "file's audience",
            permit(),
            json!({"policy": {"require_pop_aud": true},
            "presentation": proven(options().audience(GATEWAY))}),
        ),
        vector("proof audience", deny("7d"), json!({"policy": {"require_pop_aud": true}})),
        vector("chain audience", deny("6c"), json!({"policy": {"require_chain_aud": true}})),
        vector(
            "nonces",
            permit(),
            json!({"policy": {"nonces": ["m", "n"]},
            "presentation": proven(options().nonce("n"))}),
        ),
        vector(
            "nonce",
            deny("7h"),
            json!({"policy": {"nonce": "m"},
            "presentation": proven(options().nonce("n"))}),
        ),
        vector(
            "seen",
            deny("7i"),
            json!({"policy": {"seen_jti": ["proof-1"]},
            "presentation": proven(options().id(named.clone()))}),
        ),
        vector(
            "other seen",
            permit(),
            json!({"policy": {"seen_jti": ["proof-2", ""]},
            "presentation": proven(options().id(named))}),
        ),
        vector(
            "split",
            permit(),
            json!({"presentation": null,
            "chain_compact": split["aat_chain"], "pop": {"compact": split["aat_pop"]}}),
        ),
        vector("no proof", deny("7a"), json!({"presentation": no_proof})),
        vector("no proof, bad chain", deny("2c"), json!({"presentation": unread})),
    ];
    let folder = Folder::new("optional");
    let path = folder.write("suite.json", &suite(&vectors).to_string());
    let output = run(&path, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    let summary = format!("{} passed, 0 wrongly permitted, 0 wrongly denied\n", vectors.len());
    assert_eq!(text, summary);
    assert_eq!(output.status.code(), Some(0));
}
