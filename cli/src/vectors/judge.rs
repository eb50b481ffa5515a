//! One vector's verdict, and how it compares with its author's.

use super::suite::{Anchor, Params, PolicyMembers, Suite, Vector};
use serde::Deserialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use taper::{
    Denied, Invocation, Limits, Policy, Presentation, PublicKey, Timestamp, TokenId, TrustAnchor,
    TrustAnchors, UnverifiedChain, UnverifiedProof, Verifier,
    replay::{MemoryReplayStore, ReplayKey, ReplayStore as _},
};

/// What an author expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Permit,
    Deny,
    /// Run it and say what came out; neither is wrong.
    Any,
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Permit => "PERMIT",
            Self::Deny => "DENY",
            Self::Any => "ANY",
        }
    }
}

/// What came out.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) expected: Verdict,
    pub(super) expected_step: Option<String>,
    pub(super) denied: Option<Denied>,
}

impl Outcome {
    pub(super) fn is_right(&self) -> bool {
        match self.expected {
            Verdict::Permit => self.denied.is_none(),
            Verdict::Deny => self.denied.is_some(),
            Verdict::Any => true,
        }
    }

    /// Whether both deny, at different steps. `3n/4o` means either; `4b` covers `4b1` to `4b5`.
    pub(super) fn step_differs(&self) -> bool {
        let (Verdict::Deny, Some(expected), Some(denied)) =
            (self.expected, &self.expected_step, &self.denied)
        else {
            return false;
        };
        let found = denied.step().label();
        let fits = |step: &str| step == found || (step == "4b" && found.starts_with("4b"));
        !expected.split('/').any(fits)
    }

    pub(super) fn to_json(&self, id: &str) -> serde_json::Value {
        let denied = self.denied.as_ref();
        json!({
            "id": id,
            "verdict": if denied.is_some() { "DENY" } else { "PERMIT" },
            "step": denied.map(|denied| denied.step().label()),
            "code": denied.map(Denied::code),
            "expected": self.expected.name(),
            "ok": self.is_right(),
        })
    }
}

/// Runs one vector. A vector that cannot be read is an error, not a verdict.
pub(super) fn judge(suite: &Suite<'_>, vector: &Vector<'_>) -> Result<Outcome, String> {
    let expected = match vector.expected.verdict.as_str() {
        "PERMIT" => Verdict::Permit,
        "DENY" => Verdict::Deny,
        "ANY" => Verdict::Any,
        other => return Err(format!("`expected.verdict` is `{other}`")),
    };
    let now = vector.now.or(vector.params.now).or(suite.params.now);
    let now = Timestamp::from_unix(now.ok_or("`now` is missing")?);
    let limits = limits(&[&suite.params, &vector.params]);
    let store = Arc::new(MemoryReplayStore::default());
    let verifier =
        Verifier::new(anchors(vector.trust_anchors.as_ref().unwrap_or(&suite.trust_anchors))?)
            .with_policy(policy(suite, vector))
            .with_limits(limits)
            .with_replay_store(Arc::clone(&store));
    let decided = decide(&verifier, &store, vector, now)?;
    let expected_step = vector.expected.step.clone();
    Ok(Outcome { expected, expected_step, denied: decided.err() })
}

fn decide(
    verifier: &Verifier,
    store: &MemoryReplayStore,
    vector: &Vector<'_>,
    now: Timestamp,
) -> Result<Result<(), Denied>, String> {
    let pop = pop(vector)?;
    let raw = vector.presentation.map(|raw| presented(raw.get()));
    let presentation = match (&raw, &vector.chain_compact, &pop) {
        (Some(raw), ..) => Presentation::parse(raw.as_bytes(), verifier.limits()),
        (None, Some(chain), Some(proof)) => Ok(Presentation::new(
            UnverifiedChain::from_tokens(chain.iter().map(String::as_str)),
            UnverifiedProof::from_jws(proof.as_str()),
        )),
        _ => return Err("neither `presentation` nor `chain_compact` and `pop`".into()),
    };
    let arguments = match (&vector.args_json, vector.args) {
        (Some(text), _) => text.as_str(),
        (None, Some(raw)) => raw.get(),
        (None, None) => return Err("neither `args` nor `args_json`".into()),
    };
    let run = |presentation: Presentation<'_>| {
        let chain = verifier.verify_chain(presentation.chain(), now)?;
        let leaf = chain.leaf().map(|leaf| leaf.claims().holder());
        for (holder, id) in seen(vector).filter_map(|id| Some((leaf?, TokenId::new(id)?))) {
            // A fresh store of ample size takes what one vector names.
            let until = Timestamp::from_unix(i64::MAX);
            let _ = store.record(ReplayKey::new(holder, &id), until, now);
        }
        let call = Invocation::from_json(vector.tool.as_str(), arguments.as_bytes())?;
        let checked = verifier.check(&chain, presentation.proof(), &call, now)?;
        verifier.commit(checked, now).map(|_| ())
    };
    Ok(presentation.and_then(run))
}

fn seen<'v>(vector: &'v Vector<'_>) -> impl Iterator<Item = &'v str> {
    vector.policy.seen_jti.iter().flatten().map(String::as_str)
}

/// A presentation in the compact profile is told as a JSON string.
fn presented(raw: &str) -> String {
    serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.into())
}

/// The proof: an object with `compact`, as published, or the string itself.
fn pop(vector: &Vector<'_>) -> Result<Option<String>, String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Pop {
        Object { compact: String },
        Text(String),
    }
    let Some(raw) = vector.pop else {
        return Ok(None);
    };
    match serde_json::from_str(raw.get()) {
        Ok(Pop::Object { compact } | Pop::Text(compact)) => Ok(Some(compact)),
        Err(_) if vector.presentation.is_some() => Ok(None),
        Err(error) => Err(format!("`pop`: {error}")),
    }
}

fn anchors(anchors: &[Anchor<'_>]) -> Result<TrustAnchors, String> {
    let one = |anchor: &Anchor<'_>| {
        let key = PublicKey::from_jwk(anchor.jwk.get().as_bytes())
            .map_err(|error| format!("a trust anchor's `jwk`: {error}"))?;
        TrustAnchor::new(anchor.iss.as_str(), key).map_err(|error| error.to_string())
    };
    anchors.iter().map(one).collect()
}

/// The defaults, then what the file says, then what the vector says.
fn limits(params: &[&Params]) -> Limits {
    let mut limits = Limits::default();
    let set = |limit: &mut Duration, seconds: Option<u64>| {
        if let Some(seconds) = seconds {
            *limit = Duration::from_secs(seconds);
        }
    };
    for params in params {
        set(&mut limits.max_iat_skew, params.max_iat_skew);
        set(&mut limits.max_token_lifetime, params.max_token_lifetime);
        set(&mut limits.pop_window, params.pop_window);
        let depth = params.max_delegation_depth;
        limits.max_delegation_depth = depth.unwrap_or(limits.max_delegation_depth);
        let depth = params.max_constraint_depth;
        limits.max_constraint_depth = depth.unwrap_or(limits.max_constraint_depth);
        limits.max_token_size = params.max_token_size.unwrap_or(limits.max_token_size);
        limits.max_chain_size = params.max_chain_size.unwrap_or(limits.max_chain_size);
    }
    // Never the reason that a chain within the suite's limits is denied.
    limits.max_presentation_size =
        limits.max_presentation_size.max(limits.max_chain_size.saturating_mul(4));
    limits
}

fn policy(suite: &Suite<'_>, vector: &Vector<'_>) -> Policy {
    let members: &PolicyMembers = &vector.policy;
    let audience = vector.params.audience.as_ref().or(suite.params.audience.as_ref());
    let mut policy = Policy::default();
    for name in members.audiences.iter().flatten() {
        policy = policy.also_for_audience(name.as_str());
    }
    if let (None, Some(name)) = (&members.audiences, audience) {
        policy = policy.also_for_audience(name.as_str());
    }
    if members.require_pop_aud {
        policy = policy.require_proof_audience();
    }
    if members.require_chain_aud {
        policy = policy.require_chain_audience();
    }
    if members.nonce.is_some() || members.nonces.is_some() {
        let one = members.nonce.iter();
        let nonces: Vec<String> = one.chain(members.nonces.iter().flatten()).cloned().collect();
        policy = policy.require_nonce(move |nonce: &str, _: Timestamp| {
            nonces.iter().any(|accepted| accepted == nonce)
        });
    }
    if members.seen_jti.is_none() {
        policy = policy.all_tools_idempotent();
    }
    policy
}
