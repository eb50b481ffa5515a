//! The enforcement point that a case describes.

use super::Case;
use crate::{AUDIENCE, key};
use std::time::Duration;
use taper::{Limits, Policy, Timestamp, TrustAnchor, TrustAnchors, Verifier};

impl Case {
    /// A verifier with the anchors, the policy and the parameters of the case, and an empty replay
    /// store.
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.trust_anchors()).with_policy(self.asked_for()).with_limits(self.limits())
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_iat_skew = Duration::from_secs(self.params.max_iat_skew);
        limits.max_token_lifetime = Duration::from_secs(self.params.max_token_lifetime);
        limits.pop_window = Duration::from_secs(self.params.pop_window);
        limits.max_token_size = self.params.max_token_size;
        limits.max_chain_size = self.params.max_chain_size;
        limits.max_presentation_size = self.params.max_presentation_size;
        limits.max_proof_size = self.params.max_proof_size;
        limits.max_delegation_depth = self.params.max_delegation_depth;
        limits.max_constraint_depth = self.params.max_constraint_depth;
        limits
    }

    fn asked_for(&self) -> Policy {
        let asked = &self.policy;
        let names = asked.audiences.clone().unwrap_or(vec![AUDIENCE]);
        let mut policy = names.into_iter().fold(Policy::default(), Policy::also_for_audience);
        if asked.require_pop_aud {
            policy = policy.require_proof_audience();
        }
        if asked.require_chain_aud {
            policy = policy.require_chain_audience();
        }
        if let Some(nonces) = asked.nonces.clone() {
            policy = policy.require_nonce(move |nonce: &str, _: Timestamp| nonces.contains(&nonce));
        }
        for (tool, depth) in &asked.min_depth {
            policy = policy.min_depth(*tool, *depth);
        }
        for tool in &asked.idempotent {
            policy = policy.idempotent(*tool);
        }
        policy
    }

    fn trust_anchors(&self) -> TrustAnchors {
        // What is no anchor cannot be configured, and trusts nothing.
        let anchors = self.anchors.iter().filter_map(|anchor| {
            let trusted =
                TrustAnchor::new(anchor.iss, key(anchor.key).public_key().clone()).ok()?;
            Some(match anchor.kid {
                Some(kid) => trusted.with_key_id(kid),
                None => trusted,
            })
        });
        anchors.collect()
    }
}
