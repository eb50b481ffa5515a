//! What builders make: inputs and the exact bytes, written here without the library's builders.

mod compact;
mod issue;
mod prove;
mod token;

use super::{File, Vector};
use crate::{Jws, NOW, thumbprint_uri, x};
use serde_json::{Value, json};

pub(super) fn files() -> Vec<File> {
    let file =
        |group, operation, about, vectors| File { group, about, operation, point: None, vectors };
    vec![
        file(
            "derive/issue",
            "issue",
            "Root tokens: what an issuer is given, and the chain that it makes.",
            with(issue::vectors(), [compact::issue()]),
        ),
        file(
            "derive/derive",
            "derive",
            "Derived tokens: a chain, its holder's key and what is asked for, and the longer \
             chain, or the step and code at which a verifier would deny it.",
            with(token::vectors(), compact::derive()),
        ),
        file(
            "derive/prove",
            "prove",
            "Proofs: a chain, its leaf's holder's key and a call, and the presentation.",
            with(prove::vectors(), [compact::prove()]),
        ),
    ]
}

/// The vectors of one profile, and those of the other.
fn with(mut vectors: Vec<Vector>, others: impl IntoIterator<Item = Vector>) -> Vec<Vector> {
    vectors.extend(others);
    vectors
}

/// The seed of a key, in hexadecimal.
fn seed(n: u8) -> Value {
    json!(hex::encode([n; 32]))
}

fn jwk(n: u8) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": x(n) })
}

/// A token as it has to be written: texts are in canonical form.
#[derive(Clone)]
struct Token {
    signer: u8,
    holder: u8,
    jti: &'static str,
    iss: String,
    iat: i64,
    exp: i64,
    depth: u32,
    max_depth: u32,
    tools: String,
    aud: Option<&'static str>,
}

const TOOLS: &str = r#"{"read_file":{"head":{"constraint_type":"range","max":100,"optional":true},"path":{"constraint_type":"one_of","values":["/data/q3.pdf","/data/q4.pdf"]}},"search":{"*":{"constraint_type":"wildcard"},"q":{"constraint_type":"wildcard"}}}"#;

impl Token {
    /// The issuer's, for key 2.
    fn root() -> Self {
        Self {
            signer: 1,
            holder: 2,
            jti: "root-1",
            iss: crate::ISSUER.into(),
            iat: NOW,
            exp: NOW + 3600,
            depth: 0,
            max_depth: 3,
            tools: TOOLS.into(),
            aud: None,
        }
    }

    /// The same authority, one key further.
    fn child(&self, jti: &'static str) -> Self {
        Self {
            signer: self.holder,
            holder: self.holder + 1,
            jti,
            iss: thumbprint_uri(self.holder),
            depth: self.depth + 1,
            aud: None,
            ..self.clone()
        }
    }

    fn jws(&self) -> Jws {
        let Self { holder, jti, iss, iat, exp, depth, max_depth, tools, .. } = self;
        let aud = self.aud.map(|aud| format!(r#""aud":{aud},"#)).unwrap_or_default();
        let parent = if *depth == 0 { "" } else { r#","par_hash":"$PARENT""# };
        let x = x(*holder);
        Jws {
            header: r#"{"alg":"Ed25519","typ":"aat+jwt"}"#.into(),
            payload: format!(
                r#"{{{aud}"authorization_details":[{{"tools":{tools},"type":"attenuating_agent_token"}}],"cnf":{{"jwk":{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}}},"del_depth":{depth},"del_max_depth":{max_depth},"exp":{exp},"iat":{iat},"iss":"{iss}","jti":"{jti}"{parent}}}"#
            ),
            signer: self.signer,
            break_signature: false,
        }
    }
}

/// Tokens, root first, signed, each under the one before.
fn chain(tokens: &[Token]) -> Vec<String> {
    let mut digest = String::new();
    let sign = |token: &Token| {
        let (text, next) = token.jws().sign("$PARENT", &digest);
        digest = next;
        text
    };
    tokens.iter().map(sign).collect()
}
