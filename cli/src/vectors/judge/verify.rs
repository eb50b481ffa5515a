//! `verify`: a presentation is shown with a call.

use super::{
    Unanswerable, bytes,
    settings::{Anchor, Params, PolicyMembers, trusted},
};
use crate::vectors::expected::Judgement;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};
use taper::{
    Denied, Invocation, Policy, Presentation, Step, Timestamp, TokenId, UnverifiedChain,
    VerifiedChain, Verifier,
    replay::{MemoryReplayStore, ReplayKey, ReplayStore as _},
};

/// A call with what is presented for it, and the enforcement point that it reaches.
#[derive(Deserialize)]
pub(super) struct Call<'a> {
    now: Option<i64>,
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow)]
    args_json: Option<Cow<'a, str>>,
    #[serde(borrow)]
    presentation: Option<&'a RawValue>,
    #[serde(borrow)]
    presentation_text: Option<Cow<'a, str>>,
    #[serde(borrow)]
    presentation_hex: Option<Cow<'a, str>>,
    #[serde(default)]
    params: Params,
    #[serde(borrow, default)]
    trust_anchors: Vec<Anchor<'a>>,
    #[serde(default)]
    policy: PolicyMembers,
}

/// Judges one call at an enforcement point of its own.
pub(super) fn judge(request: &str) -> Result<Judgement, Unanswerable> {
    let call: Call<'_> = serde_json::from_str(request).map_err(|error| error.to_string())?;
    let mut policy = call.policy.policy(call.params.audience.as_deref());
    if call.policy.seen_jti.is_none() {
        policy = policy.all_tools_idempotent();
    }
    let store = Arc::new(MemoryReplayStore::default());
    let point = Point { params: &call.params, anchors: &call.trust_anchors, policy, store };
    point.judge(&call)
}

/// An enforcement point.
pub(super) struct Point<'p> {
    pub(super) params: &'p Params,
    pub(super) anchors: &'p [Anchor<'p>],
    pub(super) policy: Policy,
    pub(super) store: Arc<MemoryReplayStore>,
}

impl Point<'_> {
    /// Judges a call by this point's parameters, anchors and policy.
    pub(super) fn judge(&self, call: &Call<'_>) -> Result<Judgement, Unanswerable> {
        let now = call.now.ok_or("no `now`, here or in the file's `params`")?;
        let arguments = call.args_json.as_deref().ok_or("neither `args` nor `args_json`")?;
        let presentation = call.presentation()?;
        let arrival = Arrival {
            verifier: Verifier::new(trusted(self.anchors))
                .with_policy(self.policy.clone())
                .with_limits(self.params.limits())
                .with_replay_store(Arc::clone(&self.store)),
            store: &self.store,
            now: Timestamp::from_unix(now),
            call,
            arguments,
        };
        Ok(arrival.decide(&presentation).into())
    }
}

impl Call<'_> {
    fn presentation(&self) -> Result<Cow<'_, [u8]>, Unanswerable> {
        if let Some(shown) = self.presentation {
            // In the compact profile a presentation is a JSON string: its text form.
            let text = shown.get();
            return Ok(match serde_json::from_str::<String>(text) {
                Ok(text) => Cow::Owned(text.into_bytes()),
                Err(_) => Cow::Borrowed(text.as_bytes()),
            });
        }
        if let Some(text) = &self.presentation_text {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        match &self.presentation_hex {
            Some(hex) => bytes("presentation_hex", hex).map(Cow::Owned),
            None => Err("neither `presentation` nor another form of it".into()),
        }
    }
}

struct Arrival<'a> {
    verifier: Verifier,
    store: &'a MemoryReplayStore,
    now: Timestamp,
    call: &'a Call<'a>,
    arguments: &'a str,
}

impl Arrival<'_> {
    fn decide(&self, presentation: &[u8]) -> Result<(), Denied> {
        let presentation = Presentation::parse(presentation, self.verifier.limits())
            .map_err(|denied| self.first_fault(denied, presentation))?;
        let chain = self.verifier.verify_chain(presentation.chain(), self.now)?;
        self.remember_seen(&chain);
        let call = Invocation::from_json(&*self.call.tool, self.arguments.as_bytes())?;
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
        let seen = self.call.policy.seen_jti.iter().flatten();
        for id in seen.filter_map(|id| TokenId::new(&**id)) {
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
