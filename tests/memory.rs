//! The most memory that a verifier takes for the largest presentations that the limits let in, as
//! a multiple of the presentation's size. One test, because the heap is the whole process's.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use peak_alloc::PeakAlloc;
use taper::{
    Invocation, Limits, Policy, Presentation, Timestamp, TrustAnchor, TrustAnchors, Verifier,
};
use taper_testkit::{AUDIENCE, Forgery, ISSUER, NOW, key};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Bytes of heap for each byte of a presentation whose signatures hold; 32 was measured.
const SIGNED: usize = 48;

/// Bytes of heap for each byte of a presentation that nobody signed; 18 was measured.
const STRANGER: usize = 24;

/// Bytes that a text of `open`, many `item` and `close` takes at most in a token's payload.
const PAYLOAD: usize = 48_000;

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent())
}

fn fill(room: usize, open: &str, item: &str, close: &str) -> String {
    format!("{open}{}{close}", item.repeat(room / item.len()))
}

/// A good presentation with `member` added to the payload of every token.
fn in_tokens(member: &str) -> String {
    let mut forgery = Forgery::good();
    for token in &mut forgery.tokens {
        token.add(member);
    }
    let limit = Limits::default().max_token_size;
    assert!(forgery.sign().0.iter().all(|token| token.len() <= limit));
    forgery.present()
}

/// A good presentation with `constraint` on an argument of a tool that every token has.
fn in_constraints(constraint: &str) -> String {
    let mut forgery = Forgery::good();
    for token in &mut forgery.tokens {
        token.edit(r#""tools":{"#, &format!(r#""tools":{{"many":{{"a":{constraint}}},"#));
    }
    let limit = Limits::default().max_token_size;
    assert!(forgery.sign().0.iter().all(|token| token.len() <= limit));
    forgery.present()
}

fn in_proof(member: &str) -> String {
    let mut forgery = Forgery::good();
    forgery.proof.add(member);
    assert!(forgery.sign().1.len() <= Limits::default().max_proof_size);
    forgery.present()
}

/// The peak of the heap above what it was, and whether the call was permitted.
fn judge(verifier: &Verifier, text: &str) -> (usize, bool) {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let now = Timestamp::from_unix(NOW);
    let permitted = Presentation::parse(text.as_bytes(), verifier.limits())
        .and_then(|sent| verifier.authorize(&sent, &call, now).map(|_| ()))
        .is_ok();
    (HEAP.peak_usage() - before, permitted)
}

#[test]
fn memory_is_a_small_multiple_of_the_input() {
    let wildcard = r#"{"constraint_type":"wildcard"}"#;
    let names: String = (0..4000).map(|n| format!(",\"k{n}\":0")).collect();
    let values: String = (1..8000).map(|n| format!(",{n}")).collect();
    let whole = Limits::default().max_presentation_size - 100;
    let proof = 190_000;
    // What only the holder of a chain can send; permitted, so that every step is taken.
    let signed = [
        ("elements", in_tokens(&fill(PAYLOAD, r#""x":[0"#, ",0", "]"))),
        ("small arrays", in_tokens(&fill(PAYLOAD, r#""x":[0"#, ",[0]", "]"))),
        ("small objects", in_tokens(&fill(PAYLOAD, r#""x":[0"#, r#",{"":0}"#, "]"))),
        ("members", in_tokens(&format!(r#""x":{{"k":0{names}}}"#))),
        ("a number", in_tokens(&fill(PAYLOAD, r#""x":1"#, "0", ""))),
        ("escapes", in_tokens(&fill(PAYLOAD, r#""x":["""#, r#","\n""#, "]"))),
        ("nesting", in_tokens(&format!(r#""x":{}{}"#, "[".repeat(127), "]".repeat(127)))),
        (
            "audiences",
            in_tokens(&fill(46_000, r#""aud":["a""#, r#","a""#, &format!(r#","{AUDIENCE}"]"#))),
        ),
        (
            "clauses",
            in_constraints(&fill(
                46_000,
                r#"{"constraint_type":"any","constraints":["#,
                &format!("{wildcard},"),
                &format!("{wildcard}]}}"),
            )),
        ),
        (
            "values",
            in_constraints(&format!(r#"{{"constraint_type":"one_of","values":[0{values}]}}"#)),
        ),
        (
            "values of small arrays",
            in_constraints(&fill(
                46_000,
                r#"{"constraint_type":"not_one_of","excluded":[0"#,
                ",[0]",
                "]}",
            )),
        ),
        ("elements of a proof", in_proof(&fill(proof, r#""x":[0"#, ",0", "]"))),
        ("small arrays of a proof", in_proof(&fill(proof, r#""x":[0"#, ",[0]", "]"))),
    ];
    let made = [("small arrays among arguments", {
        let mut forgery = Forgery::good();
        let hta = fill(proof, r#""hta":{"x":[0"#, ",[0]", "],");
        forgery.proof.edit(r#""hta":{"#, &hta);
        forgery.present()
    })];
    // What anybody can send: nothing of it is authentic.
    let stranger = [
        ("tokens that are numbers", fill(whole, r#"{"aat_chain":[0"#, ",0", r#"],"aat_pop":""}"#)),
        ("tokens that are arrays", fill(whole, r#"{"aat_chain":[0"#, ",[0]", r#"],"aat_pop":""}"#)),
        ("empty tokens", fill(whole, r#"{"aat_chain":["""#, r#","""#, r#"],"aat_pop":""}"#)),
        ("escaped tokens", fill(whole, r#"{"aat_chain":["""#, r#","\n""#, r#"],"aat_pop":""}"#)),
        (
            "tokens of no parts",
            fill(whole, r#"{"aat_chain":["..""#, r#","..""#, r#"],"aat_pop":""}"#),
        ),
        ("tokens of an array", fill(whole, "[0", ",[0]", "]")),
        ("a proof that is an array", fill(whole, r#"{"aat_chain":[],"aat_pop":[0"#, ",[0]", "]}")),
        ("many other members", {
            let names: String = (0..100_000).map(|n| format!("\"{n}\":0,")).collect();
            format!(r#"{{{names}"aat_chain":[],"aat_pop":""}}"#)
        }),
        ("both are arrays", {
            let half = fill(whole / 2 - 50, "[0", ",[0]", "]");
            format!(r#"{{"aat_chain":{half},"aat_pop":{half}}}"#)
        }),
        ("other members", fill(whole, r#"{"x":[0"#, ",[0]", r#"],"aat_pop":""}"#)),
    ];
    let verifier = verifier();
    judge(&verifier, &Forgery::good().present());
    // The multiples were measured, and have a third to a half of them as margin.
    for (cases, most, expected) in
        [(&signed[..], SIGNED, true), (&made, SIGNED, false), (&stranger, STRANGER, false)]
    {
        for (name, text) in cases {
            let (peak, permitted) = judge(&verifier, text);
            println!("{name}: {} bytes, peak {peak}", text.len());
            assert_eq!(permitted, expected, "{name}");
            assert!(peak <= most * text.len(), "{name}: {peak} for {}", text.len());
        }
    }
}
