//! The suite format: the published file's members, and optional ones for other people's suites.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A file of vectors.
#[derive(Debug, Deserialize)]
pub(super) struct Suite<'a> {
    #[serde(default)]
    pub(super) params: Params,
    #[serde(borrow, default)]
    pub(super) trust_anchors: Vec<Anchor<'a>>,
    #[serde(borrow)]
    pub(super) vectors: Vec<Vector<'a>>,
}

/// Parameters of the file, or of one vector.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Params {
    pub(super) now: Option<i64>,
    pub(super) max_iat_skew: Option<u64>,
    pub(super) max_token_lifetime: Option<u64>,
    pub(super) max_delegation_depth: Option<u32>,
    pub(super) max_constraint_depth: Option<usize>,
    pub(super) max_token_size: Option<usize>,
    pub(super) max_chain_size: Option<usize>,
    pub(super) pop_window: Option<u64>,
    pub(super) audience: Option<String>,
}

/// A trust anchor.
#[derive(Debug, Deserialize)]
pub(super) struct Anchor<'a> {
    pub(super) iss: String,
    #[serde(borrow)]
    pub(super) jwk: &'a RawValue,
}

/// One vector. What it carries beyond these members is for people.
#[derive(Debug, Deserialize)]
pub(super) struct Vector<'a> {
    pub(super) id: String,
    pub(super) now: Option<i64>,
    pub(super) tool: String,
    /// Kept as text: numbers are judged as written.
    #[serde(borrow)]
    pub(super) args: Option<&'a RawValue>,
    pub(super) args_json: Option<String>,
    #[serde(default)]
    pub(super) policy: PolicyMembers,
    #[serde(default)]
    pub(super) params: Params,
    #[serde(borrow)]
    pub(super) trust_anchors: Option<Vec<Anchor<'a>>>,
    pub(super) chain_compact: Option<Vec<String>>,
    #[serde(borrow)]
    pub(super) pop: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) presentation: Option<&'a RawValue>,
    pub(super) expected: Expected,
}

/// What the enforcement point asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PolicyMembers {
    #[serde(default)]
    pub(super) require_pop_aud: bool,
    #[serde(default)]
    pub(super) require_chain_aud: bool,
    pub(super) nonce: Option<String>,
    pub(super) nonces: Option<Vec<String>>,
    pub(super) audiences: Option<Vec<String>>,
    pub(super) seen_jti: Option<Vec<String>>,
}

/// The verdict that the author states.
#[derive(Debug, Deserialize)]
pub(super) struct Expected {
    pub(super) verdict: String,
    pub(super) step: Option<String>,
}

pub(super) fn parse(text: &str) -> Result<Suite<'_>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}
