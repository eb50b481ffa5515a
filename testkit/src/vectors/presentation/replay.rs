//! Proofs that arrive more than once at one enforcement point.

use super::{Case, Row};
use crate::{
    Forgery, NOW,
    vectors::{Expected, File, Vector},
    x,
};
use serde_json::{Map, Value};
use taper::Place;

const REPLAYED: (&str, &str) = ("7i", "proof_replayed");

/// The sequences, and those of `rows` that say "twice".
pub(super) fn file<'a>(rows: impl Iterator<Item = &'a Row>) -> File {
    let good = Case::good();
    let mut vectors = vec![];
    for row in rows {
        let mut case = Case::good();
        (row.change)(&mut case);
        if case.twice {
            let second = row.expected.map(|(step, code, _)| (step, code));
            let calls = [(case.clone(), None), (case, second)];
            vectors.push(sequence(&row.name, &good, &calls));
        }
    }
    vectors.extend(sequences(&good));
    let about = "Calls that arrive one after another at one enforcement point with one replay \
                 store: step 7i.";
    let point = Some((good.params.json(), good.anchors_json()));
    File { group: "presentation/replay", about, operation: "sequence", point, vectors }
}

type Call = (Case, Option<(&'static str, &'static str)>);

fn sequence(title: &str, good: &Case, calls: &[Call]) -> Vector {
    let last = calls.iter().find_map(|(_, expected)| *expected);
    let expected =
        last.map_or(Expected::permit(), |(step, code)| Expected::deny(step, code, Place::Proof));
    let listed: Vec<Value> = calls
        .iter()
        .map(|(case, expected)| {
            let mut call: Map<String, Value> =
                case.call().into_iter().map(|(name, value)| (name.into(), value)).collect();
            let expected = expected.map_or(Expected::permit(), |(step, code)| {
                Expected::deny(step, code, Place::Proof)
            });
            call.insert("expected".into(), expected.json());
            call.into()
        })
        .collect();
    let vector = Vector::new(title, expected).shows("V-7i V-7i.3").with("profile", "jws");
    calls[0].0.point(good, vector).with("calls", listed)
}

fn sequences(good: &Case) -> Vec<Vector> {
    let at = |now: i64| Case { now, ..Case::good() };
    let proof_id = |id: &str| {
        let mut case = Case::good();
        case.forgery.proof.edit(r#""jti":"proof-1""#, &format!(r#""jti":"{id}""#));
        case
    };
    // The same proof id by another holder, whose leaf has the same parent.
    let mut other = Case::good();
    other.forgery.tokens[2].edit(&x(4), &x(5));
    other.forgery.proof.signer = 5;
    // The same proof id by the same holder, for another call and at another time.
    let mut later = Case::good();
    later.forgery.proof.edit(&format!(r#""iat":{NOW}"#), &format!(r#""iat":{}"#, NOW + 20));
    later.now = NOW + 20;
    // The same holder and the same proof id under another leaf.
    let mut leaf = Case::good();
    leaf.forgery = Forgery::good();
    leaf.forgery.tokens[2].edit(r#""jti":"token-3""#, r#""jti":"token-3b""#);
    leaf.forgery.proof.edit("token-3", "token-3b");
    // Denied for another reason, and then as it should be: a denied proof is not used up.
    let mut early = Case::good();
    early.arguments = r#"{"path":"/data/q4.pdf"}"#.into();
    vec![
        sequence(
            "two proofs of one holder",
            good,
            &[(Case::good(), None), (proof_id("proof-2"), None)],
        ),
        sequence(
            "one id of two holders (reading 30)",
            good,
            &[
                (Case::good(), None),
                (other.clone(), None),
                (Case::good(), Some(REPLAYED)),
                (other, Some(REPLAYED)),
            ],
        )
        .shows("V-7i.5"),
        sequence("one id in two proofs", good, &[(Case::good(), None), (later, Some(REPLAYED))]),
        sequence(
            "one id under two leaves of one holder",
            good,
            &[(Case::good(), None), (leaf, Some(REPLAYED))],
        ),
        sequence(
            "again at the end of the window",
            good,
            &[(at(NOW - 30), None), (at(NOW + 30), Some(REPLAYED))],
        )
        .shows("V-7i.4"),
        sequence(
            "again after the window",
            good,
            &[(Case::good(), None), (at(NOW + 31), Some(("7g", "proof_outside_window")))],
        ),
        sequence(
            "what was denied is not used up",
            good,
            &[
                (early, Some(("6b", "argument_refused"))),
                (Case::good(), None),
                (Case::good(), Some(REPLAYED)),
            ],
        )
        .shows("V-8.4"),
        sequence(
            "an id that differs by a character",
            good,
            &[(Case::good(), None), (proof_id("proof-1 "), None)],
        ),
        sequence(
            "an id in other letters",
            good,
            &[(Case::good(), None), (proof_id("Proof-1"), None)],
        ),
        sequence(
            "three times",
            good,
            &[(Case::good(), None), (Case::good(), Some(REPLAYED)), (Case::good(), Some(REPLAYED))],
        ),
    ]
}
