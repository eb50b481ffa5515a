//! The verdict of this verifier on one vector.

use super::suite::{Anchor, PolicyMembers, Suite, Vector};
use std::sync::Arc;
use taper::{
    Denied, Invocation, Policy, Presentation, Step, Timestamp, TokenId, TrustAnchor, TrustAnchors,
    UnverifiedChain, VerifiedChain, Verifier,
    key::PublicKey,
    replay::{MemoryReplayStore, ReplayKey, ReplayStore as _},
};

/// Judges `vector` as an enforcement point set up as `suite` and the vector say.
///
/// # Errors
///
/// When the vector lacks what a verdict needs.
pub(super) fn judge(
    suite: &Suite<'_>,
    vector: &Vector<'_>,
) -> Result<Result<(), Denied>, &'static str> {
    let params = vector.params(&suite.params);
    let now = vector.now.or(params.now).ok_or("no `now`, here or in the file's `params`")?;
    let arguments = vector.arguments().ok_or("neither `args` nor `args_json`")?;
    let presentation = vector
        .presentation()
        .ok_or("neither `presentation` nor `chain_compact` with `pop.compact`")?;
    let store = Arc::new(MemoryReplayStore::default());
    let anchors = vector.trust_anchors.as_ref().unwrap_or(&suite.trust_anchors);
    let point = EnforcementPoint {
        verifier: Verifier::new(trusted(anchors))
            .with_policy(policy(vector, params.audience.as_deref()))
            .with_limits(params.limits())
            .with_replay_store(Arc::clone(&store)),
        store,
        now: Timestamp::from_unix(now),
        vector,
        arguments,
    };
    Ok(point.decide(presentation.as_bytes()))
}

struct EnforcementPoint<'a> {
    verifier: Verifier,
    store: Arc<MemoryReplayStore>,
    now: Timestamp,
    vector: &'a Vector<'a>,
    arguments: &'a str,
}

impl EnforcementPoint<'_> {
    fn decide(&self, presentation: &[u8]) -> Result<(), Denied> {
        let presentation = Presentation::parse(presentation, self.verifier.limits())
            .map_err(|denied| self.first_fault(denied, presentation))?;
        let chain = self.verifier.verify_chain(presentation.chain(), self.now)?;
        self.remember_seen(&chain);
        let call = Invocation::from_json(&*self.vector.tool, self.arguments.as_bytes())?;
        let checked = self.verifier.check(&chain, presentation.proof(), &call, self.now)?;
        self.verifier.commit(checked, self.now).map(drop)
    }

    /// Accepts the proofs of `seen_jti` beforehand. Ids are kept per holder (reading 30), and the
    /// holder is known once the chain is.
    fn remember_seen(&self, chain: &VerifiedChain) {
        let Some(leaf) = chain.leaf() else { return };
        // A proof from the far end of the window is accepted for as long as two windows.
        let window = self.verifier.limits().pop_window;
        let until = self.now.saturating_add(window).saturating_add(window);
        // No proof has the empty id.
        let seen = self.vector.policy().and_then(|p| p.seen_jti.as_ref());
        for id in seen.into_iter().flatten().filter_map(|id| TokenId::new(&**id)) {
            let key = ReplayKey::new(leaf.claims().holder(), &id);
            // A full store denies every tracked call, so a failure here cannot permit one.
            let _recorded = self.store.record(key, until, self.now);
        }
    }

    /// A presentation without a proof may have a fault in its chain, which comes first.
    fn first_fault(&self, denied: Denied, presentation: &[u8]) -> Denied {
        if denied.step() != Step::ProofHeader {
            return denied;
        }
        UnverifiedChain::parse(presentation, self.verifier.limits())
            .and_then(|chain| self.verifier.verify_chain(&chain, self.now))
            .map_or_else(|first| first, |_| denied)
    }
}

fn policy(vector: &Vector<'_>, audience: Option<&str>) -> Policy {
    let absent = PolicyMembers::default();
    let members = vector.policy().unwrap_or(&absent);
    let names: Vec<&str> = match &members.audiences {
        Some(names) => names.iter().map(|name| &**name).collect(),
        None => audience.into_iter().collect(),
    };
    let mut policy = names.into_iter().fold(Policy::default(), Policy::also_for_audience);
    if members.require_pop_aud {
        policy = policy.require_proof_audience();
    }
    if members.require_chain_aud {
        policy = policy.require_chain_audience();
    }
    if let Some(accepted) = members.nonces() {
        let is_accepted = move |nonce: &str, _: Timestamp| accepted.iter().any(|one| one == nonce);
        policy = policy.require_nonce(is_accepted);
    }
    if members.seen_jti.is_none() {
        policy = policy.all_tools_idempotent();
    }
    policy
}

/// The anchors, without those that no enforcement point can be configured with (reading 27):
/// nothing is trusted under them.
fn trusted(anchors: &[Anchor<'_>]) -> TrustAnchors {
    let anchor = |anchor: &Anchor<'_>| {
        let key = PublicKey::from_jwk(anchor.jwk.get().as_bytes()).ok()?;
        TrustAnchor::new(&*anchor.iss, key).ok()
    };
    anchors.iter().filter_map(anchor).collect()
}
