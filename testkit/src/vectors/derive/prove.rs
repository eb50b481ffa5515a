//! Proofs of possession.

use super::{Token, chain, seed};
use crate::{
    AUDIENCE, Jws, NOW,
    vectors::{Expected, Vector},
};
use serde_json::json;

/// A title, what it shows, the tool, the arguments as given, and in canonical form.
type Call = (&'static str, &'static str, &'static str, &'static str, &'static str);

const CALLS: [Call; 7] = [
    (
        "in order",
        "J-45 J-46",
        "read_file",
        r#"{"path":"/data/q3.pdf"}"#,
        r#"{"path":"/data/q3.pdf"}"#,
    ),
    (
        "arguments out of order, numbers spelled otherwise",
        "J-45 M-5",
        "read_file",
        r#" {"path":"\/data\/q4.pdf" , "head":1e1} "#,
        r#"{"head":10,"path":"/data/q4.pdf"}"#,
    ),
    (
        "no number but zero",
        "J-45 M-5",
        "read_file",
        r#"{"path":"/data/q3.pdf","head":-0.0}"#,
        r#"{"head":0,"path":"/data/q3.pdf"}"#,
    ),
    (
        "arguments of every type",
        "J-45 M-5",
        "search",
        r#"{"q":[1.0,"\u00e9\n",null,{"b":false,"a":true}],"z":1e21,"a":0.000001}"#,
        "{\"a\":0.000001,\"q\":[1,\"é\\n\",null,{\"a\":true,\"b\":false}],\"z\":1e+21}",
    ),
    (
        "an argument that is the star",
        "J-45 M-25",
        "search",
        r#"{"q":"x","*":"y"}"#,
        r#"{"*":"y","q":"x"}"#,
    ),
    ("an argument without a name", "J-45", "search", r#"{"q":"x","":1}"#, r#"{"":1,"q":"x"}"#),
    (
        "deep arguments",
        "J-45",
        "search",
        r#"{"q":[[[[[[[[[[[[{"a":[1]}]]]]]]]]]]]]}"#,
        r#"{"q":[[[[[[[[[[[[{"a":[1]}]]]]]]]]]]]]}"#,
    ),
];

/// A title, the step, the code, the tool and the arguments.
const REFUSED: [(&str, &str, &str, &str, &str); 8] = [
    (
        "a tool that is not granted",
        "6b",
        "tool_not_authorized",
        "delete",
        r#"{"path":"/data/q3.pdf"}"#,
    ),
    (
        "a tool in other letters",
        "6b",
        "tool_not_authorized",
        "Read_file",
        r#"{"path":"/data/q3.pdf"}"#,
    ),
    (
        "a value that is not granted",
        "6b",
        "argument_refused",
        "read_file",
        r#"{"path":"/data/q5.pdf"}"#,
    ),
    (
        "an argument that is not named",
        "6b",
        "argument_not_named",
        "read_file",
        r#"{"path":"/data/q3.pdf","mode":"w"}"#,
    ),
    ("a required argument absent", "6b", "argument_missing", "read_file", r#"{"head":1}"#),
    (
        "an inadmissible number",
        "6b",
        "arguments_malformed",
        "read_file",
        r#"{"path":"/data/q3.pdf","head":9007199254740993}"#,
    ),
    (
        "a member twice",
        "6b",
        "arguments_malformed",
        "read_file",
        r#"{"path":"/data/q3.pdf","path":"/data/q3.pdf"}"#,
    ),
    (
        "arguments that are no object",
        "6b",
        "arguments_malformed",
        "read_file",
        r#"["/data/q3.pdf"]"#,
    ),
];

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors: Vec<Vector> = CALLS
        .iter()
        .map(|&(title, shows, tool, given, hta)| {
            made(title, tool, given, hta, None, None).shows(shows)
        })
        .collect();
    let (tool, args) = ("read_file", r#"{"path":"/data/q3.pdf"}"#);
    vectors.push(made("for an audience", tool, args, args, Some(AUDIENCE), None).shows("J-45"));
    vectors.push(made("with a nonce", tool, args, args, None, Some("n-1")).shows("J-45"));
    vectors.push(made("with both", tool, args, args, Some(AUDIENCE), Some("n-1")).shows("J-45"));
    for (title, step, code, tool, args) in REFUSED {
        let vector = asked(title, tool, args, None, None, 4, Expected::refuse_with(step, code));
        vectors.push(vector.edit_of("in order", title).shows("J-45"));
    }
    let title = "signed by another";
    let vector =
        asked(title, tool, args, None, None, 3, Expected::refuse_with("7b", "signature_invalid"));
    vectors.push(vector.edit_of("in order", title).shows("J-45"));
    vectors
}

fn tokens() -> Vec<Token> {
    let root = Token::root();
    let middle = root.child("middle-1");
    let leaf = middle.child("leaf-1");
    vec![root, middle, leaf]
}

fn asked(
    title: &str,
    tool: &str,
    args: &str,
    audience: Option<&str>,
    nonce: Option<&str>,
    signer: u8,
    expected: Expected,
) -> Vector {
    let mut vector = Vector::new(title, expected)
        .with("profile", "jws")
        .with("chain", chain(&tokens()))
        .with("seed_hex", seed(signer))
        .with("now", NOW + 60)
        .with("jti", "proof-1")
        .with("tool", tool)
        .with("args_json", args);
    if let Some(audience) = audience {
        vector = vector.with("audience", audience);
    }
    if let Some(nonce) = nonce {
        vector = vector.with("nonce", nonce);
    }
    vector
}

fn made(
    title: &str,
    tool: &str,
    args: &str,
    hta: &str,
    audience: Option<&str>,
    nonce: Option<&str>,
) -> Vector {
    let mut digest = String::new();
    let mut signed = vec![];
    for token in tokens() {
        let (text, next) = token.jws().sign("$PARENT", &digest);
        signed.push(text);
        digest = next;
    }
    let aud = audience.map(|aud| format!(r#""aat_aud":"{aud}","#)).unwrap_or_default();
    let end = nonce.map(|nonce| format!(r#","nonce":"{nonce}""#)).unwrap_or_default();
    let iat = NOW + 60;
    let proof = Jws {
        header: r#"{"alg":"Ed25519","typ":"aat-pop+jwt"}"#.into(),
        payload: format!(
            r#"{{{aud}"aat_hash":"$LEAF","aat_id":"leaf-1","aat_tool":"{tool}","hta":{hta},"iat":{iat},"jti":"proof-1"{end}}}"#
        ),
        signer: 4,
        break_signature: false,
    };
    let (proof, _) = proof.sign("$LEAF", &digest);
    let output = json!({ "aat_chain": signed, "aat_pop": proof });
    asked(title, tool, args, audience, nonce, 4, Expected::output(output))
}
