//! What one would write by hand over `jsonwebtoken`: a token per hop that names its parent's digest
//! and repeats what it grants, and a proof over the call.

use super::{PATH, paths};
use crate::contender::{Call, Contender, highest_head};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, get_current_timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The tool of the scenario.
const TOOL: &str = "read_file";

#[derive(Deserialize, Serialize)]
struct Sent {
    chain: Vec<String>,
    proof: String,
}

#[derive(Deserialize, Serialize)]
struct Token {
    iss: String,
    iat: u64,
    exp: u64,
    /// The holder's public key.
    cnf: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    tools: BTreeMap<String, BTreeMap<String, Rule>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Rule {
    OneOf(Vec<String>),
    AtMost(u32),
    NotOneOf(Vec<String>),
}

#[derive(Deserialize, Serialize)]
struct Proof {
    iat: u64,
    exp: u64,
    leaf: String,
    tool: String,
    arguments: BTreeMap<String, Value>,
}

impl Rule {
    fn permits(&self, value: &Value) -> bool {
        match self {
            Self::OneOf(values) => value.as_str().is_some_and(|it| values.iter().any(|v| v == it)),
            Self::AtMost(highest) => value.as_u64().is_some_and(|it| it <= u64::from(*highest)),
            Self::NotOneOf(values) => {
                value.as_str().is_some_and(|it| values.iter().all(|v| v != it))
            }
        }
    }

    fn narrows(&self, parent: &Self) -> bool {
        match (self, parent) {
            (Self::OneOf(child), Self::OneOf(parent)) => child.iter().all(|it| parent.contains(it)),
            (Self::AtMost(child), Self::AtMost(parent)) => child <= parent,
            (Self::NotOneOf(child), Self::NotOneOf(parent)) => {
                parent.iter().all(|it| child.contains(it))
            }
            _ => false,
        }
    }
}

impl Token {
    fn narrows(&self, parent: &Self) -> bool {
        self.exp <= parent.exp
            && self.iat >= parent.iat
            && self.tools.iter().all(|(tool, rules)| {
                parent.tools.get(tool).is_some_and(|parent| {
                    parent.len() == rules.len()
                        && rules.iter().all(|(argument, rule)| {
                            parent.get(argument).is_some_and(|parent| rule.narrows(parent))
                        })
                })
            })
    }
}

/// From the JSON of a chain and a proof to a permit.
pub fn contender(depth: u8) -> Contender {
    let keys: Vec<Key> = (1..=depth + 1).map(Key::new).collect();
    let anchor = DecodingKey::from_ed_components(&keys[0].public).unwrap();
    let calls = [Call::Granted, Call::Violating].map(arguments);
    let chain = chain(&keys, highest_head);
    let wide = self::chain(&keys, |hop| highest_head(0) + u32::from(hop));
    let holder = &keys[usize::from(depth)];
    let mut forged = vec![("a proof by another key", sent(&chain, &Key::new(200), Call::Granted))];
    if depth > 1 {
        forged.push(("a chain that widens", sent(&wide, holder, Call::Granted)));
    }
    Contender {
        name: "JWS by hand",
        granted: sent(&chain, holder, Call::Granted),
        violating: sent(&chain, holder, Call::Violating),
        forged,
        proves: true,
        decide: Box::new(move |bytes, call| {
            permits(&anchor, bytes, &calls[usize::from(call == Call::Violating)]).is_some()
        }),
    }
}

fn permits(anchor: &DecodingKey, bytes: &[u8], arguments: &BTreeMap<String, Value>) -> Option<()> {
    let sent: Sent = serde_json::from_slice(bytes).ok()?;
    let mut leaf: Option<(Token, String, DecodingKey)> = None;
    for text in &sent.chain {
        let key = leaf.as_ref().map_or(anchor, |(_, _, key)| key);
        let token: Token = read(text, key)?;
        if let Some((parent, digest, _)) = &leaf {
            if token.parent.as_ref() != Some(digest) || !token.narrows(parent) {
                return None;
            }
        }
        let holder = DecodingKey::from_ed_components(&token.cnf).ok()?;
        leaf = Some((token, digest(text), holder));
    }
    let (leaf, digest, holder) = leaf?;
    let proof: Proof = read(&sent.proof, &holder)?;
    let rules = leaf.tools.get(TOOL)?;
    let permitted = proof.leaf == digest
        && proof.tool == TOOL
        && proof.arguments == *arguments
        && rules.len() == arguments.len()
        && rules.iter().all(|(name, rule)| arguments.get(name).is_some_and(|it| rule.permits(it)));
    permitted.then_some(())
}

fn read<T: DeserializeOwned>(text: &str, key: &DecodingKey) -> Option<T> {
    Some(decode(text, key, &Validation::new(Algorithm::EdDSA)).ok()?.claims)
}

fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

struct Key {
    signs: EncodingKey,
    public: String,
}

impl Key {
    fn new(n: u8) -> Self {
        let public = ed25519_dalek::SigningKey::from_bytes(&[n; 32]).verifying_key();
        // The fixed head of an Ed25519 private key in PKCS#8 (RFC 8410).
        let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let der = [head.as_slice(), &[n; 32]].concat();
        Self {
            signs: EncodingKey::from_ed_der(&der),
            public: URL_SAFE_NO_PAD.encode(public.as_bytes()),
        }
    }
}

fn chain(keys: &[Key], highest_head: impl Fn(u8) -> u32) -> Vec<String> {
    let now = get_current_timestamp();
    let mut chain: Vec<String> = Vec::new();
    for (hop, pair) in (0..).zip(keys.windows(2)) {
        let rules = BTreeMap::from([
            ("path".to_owned(), Rule::OneOf(paths())),
            ("head".to_owned(), Rule::AtMost(highest_head(hop))),
            ("format".to_owned(), Rule::NotOneOf(vec!["binary".to_owned()])),
        ]);
        let token = Token {
            iss: "https://auth.example.com".to_owned(),
            iat: now,
            exp: now + 3600,
            cnf: pair[1].public.clone(),
            parent: chain.last().map(|parent| digest(parent)),
            tools: BTreeMap::from([(TOOL.to_owned(), rules)]),
        };
        chain.push(encode(&Header::new(Algorithm::EdDSA), &token, &pair[0].signs).unwrap());
    }
    chain
}

fn sent(chain: &[String], holder: &Key, call: Call) -> Vec<u8> {
    let now = get_current_timestamp();
    let proof = Proof {
        iat: now,
        exp: now + 3600,
        leaf: digest(chain.last().unwrap()),
        tool: TOOL.to_owned(),
        arguments: arguments(call),
    };
    let proof = encode(&Header::new(Algorithm::EdDSA), &proof, &holder.signs).unwrap();
    serde_json::to_vec(&Sent { chain: chain.to_vec(), proof }).unwrap()
}

fn arguments(call: Call) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("path".to_owned(), json!(PATH)),
        ("head".to_owned(), json!(call.head())),
        ("format".to_owned(), json!("text")),
    ])
}
