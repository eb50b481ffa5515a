//! How an enforcement point is set up: anchors, policy and parameters.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, time::Duration};
use taper::{Limits, Policy, Timestamp, TrustAnchor, TrustAnchors, key::PublicKey};

#[derive(Deserialize)]
pub(super) struct Anchor<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    #[serde(borrow)]
    jwk: &'a RawValue,
}

/// The anchors, without those that no enforcement point can be configured with (reading 27):
/// nothing is trusted under them.
pub(super) fn trusted(anchors: &[Anchor<'_>]) -> TrustAnchors {
    let anchor = |anchor: &Anchor<'_>| {
        let key = PublicKey::from_jwk(anchor.jwk.get().as_bytes()).ok()?;
        TrustAnchor::new(&*anchor.iss, key).ok()
    };
    anchors.iter().filter_map(anchor).collect()
}

/// What the enforcement point asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PolicyMembers {
    require_pop_aud: bool,
    require_chain_aud: bool,
    audiences: Option<Vec<String>>,
    nonces: Option<Vec<String>>,
    pub(super) seen_jti: Option<Vec<String>>,
    min_depth: BTreeMap<String, u32>,
    pub(super) idempotent: Vec<String>,
}

impl PolicyMembers {
    /// The policy of the enforcement point that `params` call `audience`. Replay is tracked.
    pub(super) fn policy(&self, audience: Option<&str>) -> Policy {
        let names: Vec<&str> = match &self.audiences {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => audience.into_iter().collect(),
        };
        let mut policy = names.into_iter().fold(Policy::default(), Policy::also_for_audience);
        if self.require_pop_aud {
            policy = policy.require_proof_audience();
        }
        if self.require_chain_aud {
            policy = policy.require_chain_audience();
        }
        // When there are nonces, one is required; an empty list accepts none.
        if let Some(accepted) = self.nonces.clone() {
            let is_accepted =
                move |nonce: &str, _: Timestamp| accepted.iter().any(|one| one == nonce);
            policy = policy.require_nonce(is_accepted);
        }
        let depths = self.min_depth.iter();
        depths.fold(policy, |policy, (tool, depth)| policy.min_depth(tool.as_str(), *depth))
    }
}

/// The parameters of an enforcement point.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Params {
    pub(super) audience: Option<String>,
    max_iat_skew: Option<u64>,
    max_token_lifetime: Option<u64>,
    max_delegation_depth: Option<u32>,
    max_constraint_depth: Option<usize>,
    max_token_size: Option<usize>,
    max_chain_size: Option<usize>,
    max_proof_size: Option<usize>,
    max_presentation_size: Option<usize>,
    pop_window: Option<u64>,
}

impl Params {
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
        limits.max_proof_size = self.max_proof_size.unwrap_or(limits.max_proof_size.max(chain));
        limits.max_arguments_size = limits.max_arguments_size.max(chain);
        let room = limits.max_presentation_size.max(chain.saturating_mul(4));
        limits.max_presentation_size = self.max_presentation_size.unwrap_or(room);
        limits
    }
}
