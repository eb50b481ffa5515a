//! `sequence`: calls arrive one after another at one enforcement point.

use super::{
    Unanswerable,
    settings::{Anchor, Params, PolicyMembers},
    verify::{Call, Point},
};
use crate::vectors::expected::{Judgement, Verdict};
use serde::Deserialize;
use std::sync::Arc;
use taper::{Policy, replay::MemoryReplayStore};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(default)]
    params: Params,
    #[serde(borrow, default)]
    trust_anchors: Vec<Anchor<'a>>,
    #[serde(default)]
    policy: PolicyMembers,
    #[serde(borrow)]
    calls: Vec<Call<'a>>,
}

/// Judges each call; the sequence is permitted when every call is.
pub(super) fn judge(request: &str) -> Result<Judgement, Unanswerable> {
    let request: Request<'_> = serde_json::from_str(request).map_err(|error| error.to_string())?;
    let policy = request.policy.policy(request.params.audience.as_deref());
    let idempotent = request.policy.idempotent.iter();
    let point = Point {
        params: &request.params,
        anchors: &request.trust_anchors,
        policy: idempotent.fold(policy, |policy, tool| Policy::idempotent(policy, tool.as_str())),
        store: Arc::new(MemoryReplayStore::default()),
    };
    let results = request.calls.iter().map(|call| point.judge(call));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    let denied = results.iter().find(|result| result.verdict == Verdict::Deny).cloned();
    Ok(Judgement { results: Some(results), ..denied.unwrap_or_else(Judgement::permit) })
}
