//! The format of a suite of verification vectors.
//!
//! Members that are not known here are ignored: suites describe their cases at length, and what a
//! case is held to is its verdict.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::{borrow::Cow, time::Duration};
use taper::Limits;

/// One file of vectors.
#[derive(Deserialize)]
pub(super) struct Suite<'a> {
    #[serde(default)]
    pub(super) params: Params,
    #[serde(borrow, default)]
    pub(super) trust_anchors: Vec<Anchor<'a>>,
    /// Kept as text, so that a vector that cannot be read is told by its id.
    #[serde(borrow)]
    vectors: Vec<&'a RawValue>,
}

impl<'a> Suite<'a> {
    /// Each vector, or its id with the reason why it cannot be read.
    pub(super) fn vectors(
        &self,
    ) -> impl Iterator<Item = Result<Vector<'a>, (String, serde_json::Error)>> {
        (1_usize..).zip(&self.vectors).map(|(place, text)| {
            serde_json::from_str(text.get()).map_err(|error| {
                let named: Result<Named<'_>, _> = serde_json::from_str(text.get());
                (named.map_or_else(|_| format!("#{place}"), |n| n.id.into()), error)
            })
        })
    }
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

/// One case: a call with what is presented for it, and the verdict that its author states.
#[derive(Deserialize)]
pub(super) struct Vector<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    pub(super) now: Option<i64>,
    #[serde(borrow)]
    pub(super) tool: Cow<'a, str>,
    /// Text, because the spelling of its numbers decides (AAT-02 3.4).
    #[serde(borrow, default, deserialize_with = "also_null")]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    args_json: Option<Cow<'a, str>>,
    #[serde(borrow)]
    policy: Option<PolicyMembers<'a>>,
    params: Option<Params>,
    #[serde(borrow)]
    pub(super) trust_anchors: Option<Vec<Anchor<'a>>>,
    #[serde(borrow)]
    presentation: Option<&'a RawValue>,
    // Text, because neither is looked at beside a presentation.
    #[serde(borrow)]
    chain_compact: Option<&'a RawValue>,
    #[serde(borrow)]
    pop: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) expected: Expected<'a>,
}

impl<'a> Vector<'a> {
    /// What the enforcement point asks for, if anything.
    pub(super) fn policy(&self) -> Option<&PolicyMembers<'a>> {
        self.policy.as_ref()
    }

    /// The parameters that hold for this vector of `file`.
    pub(super) fn params(&self, file: &Params) -> Params {
        self.params.as_ref().map_or_else(|| file.clone(), |own| own.over(file))
    }

    /// The presentation as JSON text, put together from its parts where it is not there whole.
    pub(super) fn presentation(&self) -> Option<Cow<'a, str>> {
        if let Some(text) = self.presentation {
            // In the compact profile a presentation is a JSON string: its text form.
            let text = text.get();
            return Some(serde_json::from_str(text).map_or(text.into(), Cow::<str>::Owned));
        }
        let proof: Proof<'_> = serde_json::from_str(self.pop?.get()).ok()?;
        let (chain, proof) = (self.chain_compact?, proof.compact);
        Some(format!(r#"{{"aat_chain":{chain},"aat_pop":{proof}}}"#).into())
    }

    /// The arguments as JSON text.
    pub(super) fn arguments(&self) -> Option<&str> {
        self.args_json.as_deref().or_else(|| self.args.map(RawValue::get))
    }
}

/// `null` is no object of arguments, which is another thing than no arguments at all.
fn also_null<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
pub(super) struct Anchor<'a> {
    #[serde(borrow)]
    pub(super) iss: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) jwk: &'a RawValue,
}

#[derive(Deserialize)]
struct Proof<'a> {
    #[serde(borrow)]
    compact: &'a RawValue,
}

/// What the enforcement point of one vector asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PolicyMembers<'a> {
    pub(super) require_pop_aud: bool,
    pub(super) require_chain_aud: bool,
    #[serde(borrow)]
    pub(super) audiences: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow)]
    nonce: Option<Cow<'a, str>>,
    #[serde(borrow)]
    nonces: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow)]
    pub(super) seen_jti: Option<Vec<Cow<'a, str>>>,
}

impl PolicyMembers<'_> {
    /// The accepted nonces, when one is required; an empty list accepts none.
    pub(super) fn nonces(&self) -> Option<Vec<String>> {
        if self.nonce.is_none() && self.nonces.is_none() {
            return None;
        }
        let listed = self.nonces.iter().flatten();
        Some(listed.chain(&self.nonce).map(ToString::to_string).collect())
    }
}

/// Parameters of a file, or those that one vector replaces.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Params {
    pub(super) now: Option<i64>,
    pub(super) audience: Option<String>,
    max_iat_skew: Option<u64>,
    max_token_lifetime: Option<u64>,
    max_delegation_depth: Option<u32>,
    max_constraint_depth: Option<usize>,
    max_token_size: Option<usize>,
    max_chain_size: Option<usize>,
    pop_window: Option<u64>,
}

impl Params {
    /// These, and `file`'s where these say nothing.
    fn over(&self, file: &Self) -> Self {
        Self {
            now: self.now.or(file.now),
            audience: self.audience.clone().or_else(|| file.audience.clone()),
            max_iat_skew: self.max_iat_skew.or(file.max_iat_skew),
            max_token_lifetime: self.max_token_lifetime.or(file.max_token_lifetime),
            max_delegation_depth: self.max_delegation_depth.or(file.max_delegation_depth),
            max_constraint_depth: self.max_constraint_depth.or(file.max_constraint_depth),
            max_token_size: self.max_token_size.or(file.max_token_size),
            max_chain_size: self.max_chain_size.or(file.max_chain_size),
            pop_window: self.pop_window.or(file.pop_window),
        }
    }

    /// The limits that they describe; what they leave open is as the draft recommends.
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        let set_time = |limit: &mut Duration, seconds: Option<u64>| {
            *limit = seconds.map_or(*limit, Duration::from_secs);
        };
        set_time(&mut limits.max_iat_skew, self.max_iat_skew);
        set_time(&mut limits.max_token_lifetime, self.max_token_lifetime);
        set_time(&mut limits.pop_window, self.pop_window);
        let set_size = |limit: &mut usize, size: Option<usize>| *limit = size.unwrap_or(*limit);
        set_size(&mut limits.max_constraint_depth, self.max_constraint_depth);
        set_size(&mut limits.max_token_size, self.max_token_size);
        set_size(&mut limits.max_chain_size, self.max_chain_size);
        if let Some(depth) = self.max_delegation_depth {
            limits.max_delegation_depth = depth;
        }
        // The limits that are ours must not decide before the draft's (reading 19).
        let chain = limits.max_chain_size;
        limits.max_proof_size = limits.max_proof_size.max(chain);
        limits.max_arguments_size = limits.max_arguments_size.max(chain);
        limits.max_presentation_size = limits.max_presentation_size.max(chain.saturating_mul(4));
        limits
    }
}

/// What the author of a vector states.
#[derive(Deserialize)]
pub(super) struct Expected<'a> {
    pub(super) verdict: ExpectedVerdict,
    /// A label, or several between slashes; nothing when the step is open.
    #[serde(borrow)]
    pub(super) step: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum ExpectedVerdict {
    Permit,
    Deny,
    /// The verdict is reported and never wrong.
    Any,
}

impl ExpectedVerdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "PERMIT",
            Self::Deny => "DENY",
            Self::Any => "ANY",
        }
    }
}
