//! Every step of AAT-02 section 8 that can be the first to fail, reached by one change to a
//! presentation that is in order.
//!
//! Steps 4f and 5 cannot be: 3i, 4e and 4g keep every depth within the limit, and 3c and 4d give
//! every chain the length of its leaf's depth. They are tested beside their code.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod call;
mod derived;
mod readings;
mod root;

use std::{collections::BTreeSet, sync::Arc};
use taper::{
    ChainCache, Denied, Invocation, Limits, Place, Policy, Presentation, Step, Timestamp,
    TrustAnchor, TrustAnchors, Verifier, replay::MemoryReplayStore,
};
use taper_testkit::{AUDIENCE, Forgery, ISSUER, NOW, key};

/// All that one decision depends on.
pub(crate) struct Case {
    pub(crate) forgery: Forgery,
    /// Takes the place of the presentation's text.
    pub(crate) text: Option<String>,
    pub(crate) anchors: TrustAnchors,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) tool: &'static str,
    pub(crate) arguments: &'static str,
    pub(crate) now: i64,
    /// Present it once before.
    pub(crate) twice: bool,
}

impl Case {
    fn good() -> Self {
        let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
        Self {
            forgery: Forgery::good(),
            text: None,
            anchors: TrustAnchors::new().with(anchor),
            policy: Policy::for_audience(AUDIENCE),
            limits: Limits::default(),
            tool: "read_file",
            arguments: r#"{"path":"/data/q3.pdf"}"#,
            now: NOW,
            twice: false,
        }
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(self.anchors.clone())
            .with_policy(self.policy.clone())
            .with_limits(self.limits.clone())
            .with_replay_store(Arc::new(MemoryReplayStore::default()))
    }

    fn text(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.forgery.present())
    }

    /// The verdict, after seeing that there is only one, whichever way it is asked for.
    fn decide(&self) -> Result<(), Denied> {
        let decided = self.decide_with(&self.verifier(), step_by_step);
        assert_eq!(self.decide_with(&self.verifier(), at_once), decided, "at once");
        assert_eq!(self.decide_with(&self.verifier(), among_many), decided, "among many");

        // A cache that holds the good chain, and after the first round whatever it took in.
        let cache = Arc::new(ChainCache::default());
        let cached = |case: &Self| case.verifier().with_chain_cache(cache.clone());
        let good = Self::good();
        good.decide_with(&cached(&good), at_once).unwrap();
        assert_eq!(cache.len(), 3);
        for way in [at_once, among_many, step_by_step, at_once, among_many] {
            assert_eq!(self.decide_with(&cached(self), way), decided, "with a cache");
        }
        decided
    }

    fn decide_with(&self, verifier: &Verifier, way: Way) -> Result<(), Denied> {
        let text = self.text();
        if self.twice {
            way(self, verifier, &text)?;
        }
        way(self, verifier, &text)
    }
}

type Way = fn(&Case, &Verifier, &str) -> Result<(), Denied>;

fn step_by_step(case: &Case, verifier: &Verifier, text: &str) -> Result<(), Denied> {
    let now = Timestamp::from_unix(case.now);
    let sent = Presentation::parse(text.as_bytes(), &case.limits)?;
    let chain = verifier.verify_chain(sent.chain(), now)?;
    let call = Invocation::from_json(case.tool, case.arguments.as_bytes())?;
    let checked = verifier.check(&chain, sent.proof(), &call, now)?;
    verifier.commit(checked, now).map(|_| ())
}

fn at_once(case: &Case, verifier: &Verifier, text: &str) -> Result<(), Denied> {
    let now = Timestamp::from_unix(case.now);
    let sent = Presentation::parse(text.as_bytes(), &case.limits)?;
    let Ok(call) = Invocation::from_json(case.tool, case.arguments.as_bytes()) else {
        return step_by_step(case, verifier, text);
    };
    verifier.authorize(&sent, &call, now).map(|_| ())
}

/// First among others, so that none of them can use up its proof.
fn among_many(case: &Case, verifier: &Verifier, text: &str) -> Result<(), Denied> {
    let now = Timestamp::from_unix(case.now);
    let sent = Presentation::parse(text.as_bytes(), &case.limits)?;
    let Ok(call) = Invocation::from_json(case.tool, case.arguments.as_bytes()) else {
        return step_by_step(case, verifier, text);
    };
    let mut forged = Forgery::good();
    forged.proof.break_signature = true;
    let others = [Forgery::good().present(), forged.present()];
    let others =
        [0, 1].map(|i| Presentation::parse(others[i].as_bytes(), &Limits::default()).unwrap());
    let calls = [(&sent, &call), (&others[0], &call), (&others[1], &call), (&others[0], &call)];
    let mut decided = verifier.authorize_many(&calls, now);
    decided.swap_remove(0).map(|_| ())
}

/// One change, and what must come of it: a step, a code and a place, or a permit.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) change: Box<dyn Fn(&mut Case)>,
    pub(crate) expected: Option<(&'static str, &'static str, Place)>,
}

/// A change that must be denied.
pub(crate) fn deny(
    name: &'static str,
    step: &'static str,
    code: &'static str,
    place: Place,
    change: impl Fn(&mut Case) + 'static,
) -> Row {
    Row { name, change: Box::new(change), expected: Some((step, code, place)) }
}

/// A change that must make no difference.
pub(crate) fn permit(name: &'static str, change: impl Fn(&mut Case) + 'static) -> Row {
    Row { name, change: Box::new(change), expected: None }
}

#[test]
fn every_step() {
    let mut reached = BTreeSet::new();
    let mut rows = root::rows();
    rows.extend(derived::rows());
    rows.extend(call::rows());
    rows.extend(readings::rows());
    assert!(Case::good().decide().is_ok(), "{:?}", Case::good().decide());
    for row in &rows {
        let mut case = Case::good();
        (row.change)(&mut case);
        let decided = case.decide();
        let found = decided.as_ref().err().map(|d| (d.step().label(), d.code(), d.place()));
        assert_eq!(found, row.expected, "{}: {decided:?}", row.name);
        reached.extend(row.expected.map(|(step, ..)| step));
    }
    let all: BTreeSet<&str> = Step::all().map(Step::label).collect();
    let missing: Vec<&&str> = all.difference(&reached).collect();
    assert_eq!(missing, [&"4f", &"5"]);
    println!("{} cases", rows.len());
}

/// Reading 30: a proof's id is recorded per holder key, so one holder cannot use up another's.
#[test]
fn one_holder_cannot_burn_anothers_proof_id() {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE))
        .with_replay_store(Arc::new(MemoryReplayStore::default()));
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let now = Timestamp::from_unix(NOW);
    let decide = |text: &str| {
        let sent = Presentation::parse(text.as_bytes(), verifier.limits()).unwrap();
        verifier.authorize(&sent, &call, now).map(|_| ()).map_err(|denied| denied.step().label())
    };
    let mut other = Forgery::good();
    other.tokens[2].edit(&taper_testkit::x(4), &taper_testkit::x(5));
    other.proof.signer = 5;
    let (one, other) = (Forgery::good().present(), other.present());
    assert_eq!(decide(&one), Ok(()));
    assert_eq!(decide(&other), Ok(()));
    assert_eq!(decide(&one), Err("7i"));
    assert_eq!(decide(&other), Err("7i"));
}

/// Reading 32.
#[test]
fn default_limits_are_the_drafts() {
    let limits = Limits::default();
    let day = std::time::Duration::from_secs(24 * 3600);
    assert_eq!((limits.max_token_size, limits.max_chain_size), (65_536, 262_144));
    assert_eq!((limits.max_delegation_depth, limits.max_constraint_depth), (8, 32));
    assert_eq!(limits.max_token_lifetime, 90 * day);
    assert_eq!((limits.max_iat_skew.as_secs(), limits.pop_window.as_secs()), (30, 30));
    assert!(limits.max_proof_size >= limits.max_chain_size);
}
