//! Presentations written by hand.

use crate::{AUDIENCE, ISSUER, NOW, key, thumbprint_uri, x};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use taper::Signer as _;

/// Unpadded base64url.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The text of the SHA-256 of `bytes`.
pub fn digest(bytes: &[u8]) -> String {
    base64url(&Sha256::digest(bytes))
}

/// A token or a proof before it is signed: raw JSON texts, and who signs.
#[derive(Clone, Debug)]
pub struct Jws {
    /// The protected header.
    pub header: String,
    /// The payload, in which `$PARENT` stands for the digest of the token before, and `$LEAF` for
    /// that of the last.
    pub payload: String,
    /// The seed of the key that signs.
    pub signer: u8,
    /// Bytes of the signature to turn around, after signing.
    pub break_signature: bool,
}

impl Jws {
    fn new(typ: &str, signer: u8, payload: String) -> Self {
        let header = format!(r#"{{"alg":"Ed25519","typ":"{typ}"}}"#);
        Self { header, payload, signer, break_signature: false }
    }

    /// A token's header, and nothing in it.
    pub(crate) fn empty() -> Self {
        Self::new("aat+jwt", 0, String::new())
    }

    /// Puts `to` in the place of `from` in the payload.
    ///
    /// # Panics
    ///
    /// When the payload does not have `from` exactly once: the test would not test what it says.
    pub fn edit(&mut self, from: &str, to: &str) {
        assert_eq!(self.payload.matches(from).count(), 1, "{from} in {}", self.payload);
        self.payload = self.payload.replace(from, to);
    }

    /// Adds members at the end of the payload's object.
    pub fn add(&mut self, members: &str) {
        let end = self.payload.rfind('}').unwrap_or_default();
        self.payload.insert_str(end, &format!(",{members}"));
    }

    /// The signed text, and the digest of its signing input; `before`, the digest of the token before, takes the place of
    /// `placeholder` in the payload.
    pub fn sign(&self, placeholder: &str, before: &str) -> (String, String) {
        let payload = self.payload.replace(placeholder, before);
        let input =
            format!("{}.{}", base64url(self.header.as_bytes()), base64url(payload.as_bytes()));
        let mut signature = match key(self.signer).sign(input.as_bytes()) {
            Ok(signature) => *signature.as_bytes(),
            Err(_) => [0; 64],
        };
        if self.break_signature {
            signature[10] ^= 1;
        }
        let digest = digest(input.as_bytes());
        (format!("{input}.{}", base64url(&signature)), digest)
    }
}

/// A presentation before it is signed.
#[derive(Clone, Debug)]
pub struct Forgery {
    /// Root first.
    pub tokens: Vec<Jws>,
    /// The proof.
    pub proof: Jws,
}

impl Forgery {
    /// A presentation that is in order: the issuer (key 1) grants key 2, which derives for key 3,
    /// which derives for key 4, which calls `read_file` with `{"path": "/data/q3.pdf"}`.
    pub fn good() -> Self {
        let token = |signer: u8, iss: &str, times: &str, more: &str, tools: &str| {
            let holder = signer + 1;
            Jws::new(
                "aat+jwt",
                signer,
                format!(
                    r#"{{"jti":"token-{signer}","iss":"{iss}",{times},"cnf":{{"jwk":{{"kty":"OKP","crv":"Ed25519","x":"{}"}}}},{more}"authorization_details":[{{"type":"attenuating_agent_token","tools":{{{tools}}}}}]}}"#,
                    x(holder)
                ),
            )
        };
        let parent = r#""par_hash":"$PARENT","#;
        let root_tools = r#""read_file":{"path":{"constraint_type":"one_of","values":["/data/q3.pdf","/data/q4.pdf"]},"head":{"constraint_type":"range","max":100,"optional":true}},"search":{"q":{"constraint_type":"wildcard"},"*":{"constraint_type":"wildcard"}}"#;
        let middle_tools = r#""read_file":{"path":{"constraint_type":"one_of","values":["/data/q3.pdf"]},"head":{"constraint_type":"range","max":50,"optional":true}},"search":{"q":{"constraint_type":"exact","value":"filings"}}"#;
        let leaf_tools = r#""read_file":{"path":{"constraint_type":"exact","value":"/data/q3.pdf"},"head":{"constraint_type":"range","max":50,"optional":true}}"#;
        let times = |iat: i64, exp: i64, depth: u32, max: u32| {
            format!(
                r#""iat":{},"exp":{},"del_depth":{depth},"del_max_depth":{max}"#,
                NOW + iat,
                NOW + exp
            )
        };
        Self {
            tokens: vec![
                token(1, ISSUER, &times(-300, 3300, 0, 3), "", root_tools),
                token(2, &thumbprint_uri(2), &times(-240, 1500, 1, 2), parent, middle_tools),
                token(3, &thumbprint_uri(3), &times(-180, 900, 2, 2), parent, leaf_tools),
            ],
            proof: Jws::new(
                "aat-pop+jwt",
                4,
                format!(
                    r#"{{"jti":"proof-1","iat":{NOW},"aat_id":"token-3","aat_hash":"$LEAF","aat_tool":"read_file","aat_aud":"{AUDIENCE}","hta":{{"path":"/data/q3.pdf"}}}}"#
                ),
            ),
        }
    }

    /// The tokens, signed, root first, and the proof, signed.
    pub fn sign(&self) -> (Vec<String>, String) {
        let mut digest = String::new();
        let mut tokens = Vec::new();
        for token in &self.tokens {
            let (jws, next) = token.sign("$PARENT", &digest);
            tokens.push(jws);
            digest = next;
        }
        let (proof, _) = self.proof.sign("$LEAF", &digest);
        (tokens, proof)
    }

    /// The presentation as JSON (AAT-02 7.4).
    pub fn present(&self) -> String {
        let (tokens, proof) = self.sign();
        present(&tokens, &proof)
    }
}

/// The JSON object around tokens and proof.
pub fn present(tokens: &[String], proof: &str) -> String {
    let tokens: Vec<String> = tokens.iter().map(|token| format!("\"{token}\"")).collect();
    format!(r#"{{"aat_chain":[{}],"aat_pop":"{proof}"}}"#, tokens.join(","))
}
