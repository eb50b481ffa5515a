//! What denials cost, each beside the permit of the same size and one bare signature check:
//! `cargo bench --bench deny`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "benches may be blunt"
)]

mod floor;
mod scenario;

use criterion::{Criterion, criterion_group, criterion_main};
use floor::floor;
use scenario::{NOW, PROFILES, call, chain, sent, verifier};
use std::{hint::black_box, time::Duration};
use taper::{Invocation, Limits, Presentation, Profile, Timestamp, Verifier};
use taper_testkit::Forgery;

/// A presentation, what it is presented for, and the step that must fail.
struct Case {
    kind: String,
    sent: Vec<u8>,
    call: Invocation,
    now: Timestamp,
    verifier: Verifier,
    step: Option<&'static str>,
}

impl Case {
    fn new(kind: impl Into<String>, sent: Vec<u8>, step: Option<&'static str>) -> Self {
        let (call, verifier) = (call(), verifier());
        Self { kind: kind.into(), sent, call, now: NOW, verifier, step }
    }

    fn decide(&self) -> Option<&'static str> {
        let decide = || {
            let sent = Presentation::parse(black_box(&self.sent), self.verifier.limits())?;
            self.verifier.authorize(&sent, &self.call, self.now).map(|_| ())
        };
        decide().err().map(|denied| denied.step().label())
    }

    fn bench(&self, c: &mut Criterion, name: &str) {
        assert_eq!(self.decide(), self.step, "{}", self.kind);
        c.bench_function(&format!("deny/{name}/{}", self.kind), |b| b.iter(|| self.decide()));
    }
}

fn deny(c: &mut Criterion) {
    for (profile, name) in PROFILES {
        let (chain, holder) = chain(profile, 3);
        let good = sent(&chain, &holder);
        Case::new("permit", good.clone(), None).bench(c, name);
        for at in 0..=3 {
            let kind = ["root_signature", "middle_signature", "leaf_signature", "proof_signature"];
            let step = ["3b", "4b", "4b", "7b"][at];
            Case::new(kind[at], broken(profile, &good, at), Some(step)).bench(c, name);
        }
        let mut wrong_tool = Case::new("wrong_tool", good.clone(), None);
        wrong_tool.call = Invocation::from_json("delete_file", b"{}").unwrap();
        // In the compact profile the signature covers the call.
        wrong_tool.step = Some(if profile == Profile::Jws { "6b" } else { "7b" });
        wrong_tool.bench(c, name);
        let mut expired = Case::new("expired", good.clone(), Some("3e"));
        expired.now = NOW.saturating_add(Duration::from_secs(3600));
        expired.bench(c, name);
        let mut late = Case::new("late_proof", good.clone(), Some("7g"));
        late.now = NOW.saturating_add(Duration::from_secs(31));
        late.bench(c, name);
        let mut oversize = Case::new("oversize", good, Some("2b"));
        let mut limits = Limits::default();
        limits.max_chain_size = 100;
        oversize.verifier = oversize.verifier.with_limits(limits);
        oversize.bench(c, name);
    }
}

/// Chains that only a forger signs, beside the good one of the same size.
fn forged(c: &mut Criterion) {
    let anchor =
        taper::TrustAnchor::new(taper_testkit::ISSUER, taper_testkit::key(1).public_key().clone());
    let case = |kind: &str, forgery: Forgery, step| {
        let mut case = Case::new(kind, forgery.present().into_bytes(), step);
        let policy = taper::Policy::for_audience(taper_testkit::AUDIENCE).all_tools_idempotent();
        let anchors = taper::TrustAnchors::new().with(anchor.clone().unwrap());
        case.verifier = Verifier::new(anchors).with_policy(policy);
        case.call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
        case
    };
    case("permit", Forgery::good(), None).bench(c, "forged");
    let mut widened = Forgery::good();
    widened.tokens[2].edit(r#""max":50"#, r#""max":51"#);
    case("widened", widened, Some("4p4")).bench(c, "forged");
    let mut skipped = Forgery::good();
    skipped.tokens.remove(1);
    case("hop_left_out", skipped, Some("4b")).bench(c, "forged");
}

/// A presentation with one signature changed: of the token at `at`, or of the proof.
fn broken(profile: Profile, sent: &[u8], at: usize) -> Vec<u8> {
    let mut sent = sent.to_vec();
    let place = match profile {
        // Frame: 4 bytes, then key and signature of each of three tokens, then the proof's.
        Profile::Compact => 4 + 96 * at + if at < 3 { 32 + 40 } else { 40 },
        // The second dot of each token, and of the proof.
        _ => {
            let dots = sent.iter().enumerate().filter(|(_, byte)| **byte == b'.');
            dots.map(|(place, _)| place).nth(2 * at + 1).unwrap() + 60
        }
    };
    sent[place] = if sent[place] == b'A' { b'B' } else { b'A' };
    sent
}

criterion_group!(benches, floor, deny, forged);
criterion_main!(benches);
