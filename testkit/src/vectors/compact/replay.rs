//! Compact proofs that arrive more than once at one enforcement point.

use super::CompactCase;
use crate::{
    Forgery, NOW,
    compact::{id, int, string},
    key,
    vectors::{Expected, File, Vector},
};
use serde_json::{Map, Value};
use taper::Place;

type Fault = Option<(&'static str, &'static str)>;

const REPLAYED: Fault = Some(("7i", "proof_replayed"));

pub(super) fn file() -> File {
    let good = CompactCase::good();
    let about = "Calls in the compact profile that arrive one after another at one enforcement \
                 point with one replay store: step 7i.";
    let point = Some((good.point.params.json(), good.point.anchors_json()));
    let vectors = sequences();
    File { group: "presentation/replay-compact", about, operation: "sequence", point, vectors }
}

fn sequence(title: &str, calls: Vec<(CompactCase, Fault)>) -> Vector {
    let expected = |fault: Fault| {
        fault.map_or(Expected::permit(), |(step, code)| Expected::deny(step, code, Place::Proof))
    };
    let whole = expected(calls.iter().find_map(|(_, fault)| *fault));
    let listed: Vec<Value> = calls
        .iter()
        .map(|(case, fault)| {
            let mut call: Map<String, Value> =
                case.call().into_iter().map(|(name, value)| (name.into(), value)).collect();
            call.insert("expected".into(), expected(*fault).json());
            call.into()
        })
        .collect();
    let vector = Vector::new(title, whole).shows("V-7i V-7i.3 C-47").with("profile", "compact");
    calls[0].0.point.point(&CompactCase::good().point, vector).with("calls", listed)
}

/// The good case, changed.
fn with(change: impl Fn(&mut CompactCase)) -> CompactCase {
    let mut case = CompactCase::good();
    change(&mut case);
    case
}

fn sequences() -> Vec<Vector> {
    let good = || (CompactCase::good(), None);
    let again = || (CompactCase::good(), REPLAYED);
    let at = |now: i64| with(move |case| case.point.now = now);
    let proof_id = |other: &'static str| {
        with(move |case| case.forgery.edit(3, &string("proof-1"), &string(other)))
    };
    let in_bytes = || with(|case| case.binary = true);
    // The same proof id by another holder, whose leaf has the same parent.
    let other_holder = || {
        with(|case| {
            case.forgery.tokens[2].holder = key(5).public_key().as_bytes().to_vec();
            case.forgery.proof.as_mut().unwrap().signer = 5;
        })
    };
    // The same proof id by the same holder, at another time.
    let later = with(|case| {
        case.forgery.edit(
            3,
            &[string("proof-1"), int(180)].concat(),
            &[string("proof-1"), int(200)].concat(),
        );
        case.point.now = NOW + 20;
    });
    let other_leaf = with(|case| case.forgery.edit(2, &id("token-3"), &id("token-3b")));
    let other_arguments = with(|case| {
        case.point.arguments = r#"{"head":1,"path":"/data/q3.pdf"}"#.into();
        case.forgery.proof.as_mut().unwrap().arguments = case.point.arguments.to_string();
    });
    // A fault of its own, and then as it should be: what was denied is not used up.
    let outside = with(|case| {
        case.point.arguments = r#"{"path":"/data/q4.pdf"}"#.into();
        case.forgery.proof.as_mut().unwrap().arguments = case.point.arguments.to_string();
    });
    let broken = with(|case| case.forgery.proof.as_mut().unwrap().break_signature = true);
    let form_1 = |last: u8| {
        with(move |case| {
            let mut uuid = hex::decode("0123456789ab4cde8f0123456789abcd").unwrap();
            uuid[15] = last;
            case.forgery.edit(
                3,
                &[vec![2 | 4], string("proof-1")].concat(),
                &[vec![1 | 4], uuid].concat(),
            );
        })
    };
    let jws = || with(|case| case.text = Some(Forgery::good().present()));
    let idempotent =
        |tool: &'static str| with(move |case| case.point.policy.idempotent = vec![tool]);
    vec![
        sequence("a second time", vec![good(), again()]),
        sequence("three times", vec![good(), again(), again()]),
        sequence("as text, then as bytes", vec![good(), (in_bytes(), REPLAYED)]).shows("C-8"),
        sequence("as bytes, then as text", vec![(in_bytes(), None), again()]).shows("C-8"),
        sequence(
            "a second time, where that does no harm",
            vec![(idempotent("read_file"), None), (idempotent("read_file"), None)],
        ),
        sequence(
            "a second time, where another tool is harmless",
            vec![(idempotent("search"), None), (idempotent("search"), REPLAYED)],
        ),
        sequence("two proofs of one holder", vec![good(), (proof_id("proof-2"), None)]),
        sequence(
            "one id of two holders (reading 30)",
            vec![good(), (other_holder(), None), again(), (other_holder(), REPLAYED)],
        )
        .shows("V-7i.5"),
        sequence("one id in two proofs", vec![good(), (later, REPLAYED)]),
        sequence("one id for two calls", vec![good(), (other_arguments, REPLAYED)]),
        sequence("one id under two leaves of one holder", vec![good(), (other_leaf, REPLAYED)]),
        sequence("one id in both profiles", vec![good(), (jws(), REPLAYED)]).shows("V-7i.5"),
        sequence(
            "again at the end of the window",
            vec![(at(NOW - 30), None), (at(NOW + 30), REPLAYED)],
        )
        .shows("V-7i.4"),
        sequence(
            "again after the window",
            vec![good(), (at(NOW + 31), Some(("7g", "proof_outside_window")))],
        ),
        sequence(
            "what was refused by the leaf is not used up",
            vec![(outside, Some(("6b", "argument_refused"))), good(), again()],
        )
        .shows("V-8.4"),
        sequence(
            "what was not signed is not used up",
            vec![(broken, Some(("7b", "signature_invalid"))), good(), again()],
        )
        .shows("V-8.4"),
        sequence(
            "an id that differs by a character",
            vec![good(), (proof_id("proof-1 "), None), (proof_id("Proof-1"), None)],
        ),
        sequence(
            "UUIDs that differ in the last bit",
            vec![(form_1(0xcd), None), (form_1(0xcc), None), (form_1(0xcd), REPLAYED)],
        )
        .shows("C-23"),
    ]
}
