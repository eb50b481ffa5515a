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

use std::{collections::BTreeSet, sync::Arc, time::Duration};
use taper::{
    Denied, Invocation, Limits, Policy, Presentation, Step, Timestamp, TokenId, TrustAnchor,
    TrustAnchors, Verifier,
    replay::{MemoryReplayStore, ReplayKey, ReplayStore as _},
};
use taper_testkit::{
    AUDIENCE, Forgery, ISSUER, NOW, key,
    vectors::presentation::{self, Case},
};

fn decide(case: &Case) -> Result<(), Denied> {
    let text = case.presentation();
    let store = Arc::new(MemoryReplayStore::default());
    for id in case.policy.seen_jti.iter().flatten() {
        // The good leaf's holder used them.
        let key = ReplayKey::new(key(4).public_key(), &TokenId::new(*id).unwrap());
        let (until, now) = (Timestamp::from_unix(case.now + 100), Timestamp::from_unix(case.now));
        assert!(store.record(key, until, now).is_ok());
    }
    let verifier = case.verifier().with_replay_store(Arc::clone(&store));
    let decide = || {
        let sent = Presentation::parse(text.as_bytes(), verifier.limits())?;
        let chain = verifier.verify_chain(sent.chain(), Timestamp::from_unix(case.now))?;
        let call = Invocation::from_json(&*case.tool, case.arguments.as_bytes())?;
        let now = Timestamp::from_unix(case.now);
        let checked = verifier.check(&chain, sent.proof(), &call, now)?;
        verifier.commit(checked, now).map(|_| ())
    };
    if case.twice {
        decide()?;
    }
    decide()
}

#[test]
fn every_step() {
    let (mut reached, mut wrong) = (BTreeSet::new(), vec![]);
    let rows = presentation::rows();
    assert!(decide(&Case::good()).is_ok(), "{:?}", decide(&Case::good()));
    for row in &rows {
        let mut case = Case::good();
        (row.change)(&mut case);
        let decided = decide(&case);
        let found = decided.as_ref().err().map(|d| (d.step().label(), d.code(), d.place()));
        if found != row.expected {
            wrong.push(format!("{}: expected {:?}, {decided:?}", row.name, row.expected));
        }
        reached.extend(row.expected.map(|(step, ..)| step));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
    let day = Duration::from_secs(24 * 3600);
    assert_eq!((limits.max_token_size, limits.max_chain_size), (65_536, 262_144));
    assert_eq!((limits.max_delegation_depth, limits.max_constraint_depth), (8, 32));
    assert_eq!(limits.max_token_lifetime, 90 * day);
    assert_eq!((limits.max_iat_skew.as_secs(), limits.pop_window.as_secs()), (30, 30));
    assert!(limits.max_proof_size >= limits.max_chain_size);
}
