//! All that one decision depends on, as data.

use crate::{
    AUDIENCE, Forgery, ISSUER, NOW,
    vectors::{Vector, change},
    x,
};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A presentation, a call, and the enforcement point that both reach.
#[derive(Clone, Debug)]
pub struct Case {
    /// The tokens and the proof before they are signed.
    pub forgery: Forgery,
    /// Takes the place of the presentation's text.
    pub text: Option<String>,
    /// The trust anchors.
    pub anchors: Vec<Anchor>,
    /// What the enforcement point asks for.
    pub policy: Policy,
    /// Its parameters.
    pub params: Params,
    /// The tool called.
    pub tool: Cow<'static, str>,
    /// The call's arguments, as JSON text.
    pub arguments: Cow<'static, str>,
    /// The time of the check, in seconds since 1970.
    pub now: i64,
    /// Present it once before, at the same time.
    pub twice: bool,
}

/// A root issuer that is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The issuer's URI.
    pub iss: &'static str,
    /// The seed byte of its key.
    pub key: u8,
    /// The key's id.
    pub kid: Option<&'static str>,
}

impl Anchor {
    /// The issuer `iss` with the key `key`.
    pub fn new(iss: &'static str, key: u8) -> Self {
        Self { iss, key, kid: None }
    }

    /// With the key's id.
    #[must_use]
    pub fn kid(self, kid: &'static str) -> Self {
        Self { kid: Some(kid), ..self }
    }
}

/// What an enforcement point asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The names in the place of `params.audience`.
    pub audiences: Option<Vec<&'static str>>,
    /// Proofs without `aat_aud` are denied.
    pub require_pop_aud: bool,
    /// Chains without any `aud` are denied.
    pub require_chain_aud: bool,
    /// One of these is required.
    pub nonces: Option<Vec<&'static str>>,
    /// Proof ids that the leaf's holder has used.
    pub seen_jti: Option<Vec<&'static str>>,
    /// The least depth of a leaf, by tool.
    pub min_depth: Vec<(&'static str, u32)>,
    /// Tools for which replay is not tracked.
    pub idempotent: Vec<&'static str>,
}

impl Policy {
    fn json(&self) -> Value {
        let mut map = Map::new();
        let mut set = |name: &str, value: Value| map.insert(name.into(), value);
        if let Some(names) = &self.audiences {
            set("audiences", json!(names));
        }
        if self.require_pop_aud {
            set("require_pop_aud", json!(true));
        }
        if self.require_chain_aud {
            set("require_chain_aud", json!(true));
        }
        if let Some(nonces) = &self.nonces {
            set("nonces", json!(nonces));
        }
        if let Some(seen) = &self.seen_jti {
            set("seen_jti", json!(seen));
        }
        if !self.min_depth.is_empty() {
            let depths: Map<_, _> =
                self.min_depth.iter().map(|(tool, depth)| ((*tool).into(), json!(depth))).collect();
            set("min_depth", depths.into());
        }
        if !self.idempotent.is_empty() {
            set("idempotent", json!(self.idempotent));
        }
        map.into()
    }
}

/// The parameters of an enforcement point. Times are in seconds, sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "as the members of `taper::Limits`")]
pub struct Params {
    pub max_iat_skew: u64,
    pub max_token_lifetime: u64,
    pub pop_window: u64,
    pub max_token_size: usize,
    pub max_chain_size: usize,
    pub max_presentation_size: usize,
    pub max_proof_size: usize,
    pub max_delegation_depth: u32,
    pub max_constraint_depth: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            max_iat_skew: 30,
            max_token_lifetime: 90 * 24 * 3600,
            pop_window: 30,
            max_token_size: 65_536,
            max_chain_size: 262_144,
            max_presentation_size: 1_048_576,
            max_proof_size: 262_144,
            max_delegation_depth: 8,
            max_constraint_depth: 32,
        }
    }
}

impl Params {
    fn members(&self) -> [(&'static str, u64); 9] {
        let size = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        [
            ("max_iat_skew", self.max_iat_skew),
            ("max_token_lifetime", self.max_token_lifetime),
            ("pop_window", self.pop_window),
            ("max_token_size", size(self.max_token_size)),
            ("max_chain_size", size(self.max_chain_size)),
            ("max_presentation_size", size(self.max_presentation_size)),
            ("max_proof_size", size(self.max_proof_size)),
            ("max_delegation_depth", self.max_delegation_depth.into()),
            ("max_constraint_depth", size(self.max_constraint_depth)),
        ]
    }

    /// All of them, and the name of the enforcement point.
    pub fn json(&self) -> Value {
        let mut map: Map<String, Value> =
            self.members().into_iter().map(|(name, value)| (name.into(), json!(value))).collect();
        map.insert("audience".into(), json!(AUDIENCE));
        map.into()
    }

    /// Those that differ.
    fn unlike(&self, good: &Self) -> Map<String, Value> {
        let pairs = self.members().into_iter().zip(good.members());
        pairs
            .filter(|(own, good)| own != good)
            .map(|((name, value), _)| (name.into(), json!(value)))
            .collect()
    }
}

impl Case {
    /// The good presentation, called and checked as it should be.
    pub fn good() -> Self {
        Self {
            forgery: Forgery::good(),
            text: None,
            anchors: vec![Anchor::new(ISSUER, 1)],
            policy: Policy::default(),
            params: Params::default(),
            tool: "read_file".into(),
            arguments: r#"{"path":"/data/q3.pdf"}"#.into(),
            now: NOW,
            twice: false,
        }
    }

    /// What reaches the enforcement point.
    pub fn presentation(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.forgery.present())
    }

    /// The trust anchors as a file lists them.
    pub fn anchors_json(&self) -> Value {
        let anchor = |anchor: &Anchor| {
            let mut jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x(anchor.key) });
            if let Some(kid) = anchor.kid {
                jwk["kid"] = json!(kid);
            }
            json!({ "iss": anchor.iss, "jwk": jwk })
        };
        self.anchors.iter().map(anchor).collect()
    }

    /// The members of a call: time, tool, arguments and presentation.
    pub fn call(&self) -> Vec<(&'static str, Value)> {
        let presentation = match &self.text {
            Some(text) => ("presentation_text", json!(text)),
            None => {
                let (tokens, proof) = self.forgery.sign();
                ("presentation", json!({ "aat_chain": tokens, "aat_pop": proof }))
            }
        };
        vec![
            ("now", json!(self.now)),
            ("tool", json!(self.tool)),
            ("args_json", json!(self.arguments)),
            presentation,
        ]
    }

    /// Adds what the enforcement point has that `good`'s has not.
    pub fn point(&self, good: &Self, mut vector: Vector) -> Vector {
        if self.policy != good.policy {
            vector = vector.with("policy", self.policy.json());
        }
        if self.params != good.params {
            vector = vector.with("params", self.params.unlike(&good.params));
        }
        if self.anchors != good.anchors {
            vector = vector.with("trust_anchors", self.anchors_json());
        }
        vector
    }

    /// Adds all inputs.
    pub fn inputs(&self, good: &Self, vector: Vector) -> Vector {
        let vector = self.point(good, vector);
        self.call().into_iter().fold(vector, |vector, (name, value)| vector.with(name, value))
    }

    /// What was changed, in words.
    pub fn difference(&self, good: &Self) -> String {
        let mut found = vec![];
        let (own, of_good) = (&self.forgery, &good.forgery);
        if own.tokens.len() != of_good.tokens.len() {
            found.push(format!("{} tokens", own.tokens.len()));
        }
        let names = (0..own.tokens.len()).map(|index| format!("token {index}"));
        let own_parts = names.zip(&own.tokens).chain([("proof".to_owned(), &own.proof)]);
        let good_parts = of_good.tokens.iter().take(own.tokens.len()).chain([&of_good.proof]);
        for ((name, own), good) in own_parts.zip(good_parts) {
            for (part, own, good) in
                [("header", &own.header, &good.header), ("payload", &own.payload, &good.payload)]
            {
                if own != good {
                    found.push(format!("{name}, {part}: {}", change::between(good, own)));
                }
            }
            if own.signer != good.signer {
                found.push(format!("{name}: signed with key {}, not {}", own.signer, good.signer));
            }
            if own.break_signature {
                found.push(format!("{name}: one bit of the signature"));
            }
        }
        if self.text.is_some() {
            found.push("what is sent, as the title says".into());
        }
        if self.arguments != good.arguments {
            found.push(format!("arguments: {}", change::between(&good.arguments, &self.arguments)));
        }
        if self.tool != good.tool {
            found.push(format!("tool: `{}`", self.tool));
        }
        if self.now != good.now {
            found.push(format!("time: {}", self.now));
        }
        if self.policy != good.policy {
            found.push(format!("policy: `{}`", self.policy.json()));
        }
        if self.params != good.params {
            found.push(format!("params: `{}`", Value::from(self.params.unlike(&good.params))));
        }
        if self.anchors != good.anchors {
            found.push("trust anchors".into());
        }
        found.join("; ")
    }
}
