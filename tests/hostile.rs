//! Whatever arrives, nothing is permitted that was not signed so, and nothing panics.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "tests may be blunt"
)]

use proptest::prelude::*;
use taper::{
    Invocation, Limits, Policy, Presentation, Timestamp, TrustAnchor, TrustAnchors,
    UnverifiedChain, Verifier,
};
use taper_testkit::{AUDIENCE, Forgery, ISSUER, NOW, key, present};

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent())
}

fn permits(verifier: &Verifier, text: &[u8]) -> bool {
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    Presentation::parse(text, verifier.limits())
        .and_then(|sent| verifier.authorize(&sent, &call, Timestamp::from_unix(NOW)).map(|_| ()))
        .is_ok()
}

/// A presentation without its JSON: the tokens and the proof. JSON can be spelled in many ways that
/// mean the same, so mutations are made here.
fn parts() -> (Vec<String>, String) {
    Forgery::good().sign()
}

#[test]
fn every_truncation_and_every_flipped_bit_is_denied() {
    let verifier = verifier();
    let (tokens, proof) = parts();
    assert!(permits(&verifier, present(&tokens, &proof).as_bytes()));
    // The leaf and the proof; the tokens above fail the same way, and cost as much to check.
    for which in [2, 3] {
        let whole = if which == 3 { proof.clone() } else { tokens[2].clone() };
        let with = |part: &str| {
            let (mut tokens, mut proof) = (tokens.clone(), proof.clone());
            if which == 3 {
                proof = part.into()
            } else {
                tokens[2] = part.into()
            }
            present(&tokens, &proof)
        };
        for end in 0..whole.len() {
            assert!(!permits(&verifier, with(&whole[..end]).as_bytes()), "{which} {end}");
        }
        for at in 0..whole.len() {
            for bit in 0..7 {
                let mut bytes = whole.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                // What is no longer one JSON string is another matter.
                if !bytes[at].is_ascii_control() && !b"\"\\".contains(&bytes[at]) {
                    let changed = String::from_utf8(bytes).unwrap();
                    assert!(!permits(&verifier, with(&changed).as_bytes()), "{which} {at} {bit}");
                }
            }
        }
    }
}

/// The same tokens and proof, in the same places: what the JSON around them means, by a second
/// reader.
fn means_the_same(text: &[u8], tokens: &[String], proof: &str) -> bool {
    let read = serde_json::from_slice::<serde_json::Value>(text).unwrap_or_default();
    read["aat_chain"] == serde_json::json!(tokens) && read["aat_pop"] == proof
}

/// Mutations of the JSON object too. Few change nothing: white space between tokens, escapes, and
/// members with other names; whatever else is permitted would be a forgery.
#[test]
fn a_permit_needs_the_same_tokens_and_proof() {
    let verifier = verifier();
    let (tokens, proof) = parts();
    let text = present(&tokens, &proof).into_bytes();
    let judge = |text: &[u8]| {
        let permitted = permits(&verifier, text);
        assert!(!permitted || means_the_same(text, &tokens, &proof), "{text:?}");
        permitted
    };
    for end in 0..text.len() {
        assert!(!judge(&text[..end]), "{end}");
    }
    // Around the structure: each byte there replaced by, preceded by and deleted for each of these.
    let dots_and_more = |at: &usize| !text[*at].is_ascii_alphanumeric() || *at < 20;
    let mut unchanged = 0;
    for at in (0..text.len()).filter(dots_and_more) {
        let deleted = [&text[..at], &text[at + 1..]].concat();
        assert!(!judge(&deleted), "{at}");
        for byte in b" \t\"\\,:[]{}.a0=\0\xff" {
            let replaced = [&text[..at], &[*byte], &text[at + 1..]].concat();
            let inserted = [&text[..at], &[*byte], &text[at..]].concat();
            unchanged += usize::from(replaced != text && judge(&replaced));
            unchanged += usize::from(judge(&inserted));
        }
    }
    assert!(unchanged > 0);
    for same in [
        [b" ", &text[..], b"\r\n"].concat(),
        String::from_utf8(text.clone()).unwrap().replace("aat_pop", "\\u0061at_pop").into_bytes(),
        String::from_utf8(text.clone()).unwrap().replacen('.', "\\u002e", 1).into_bytes(),
        String::from_utf8(text.clone()).unwrap().replacen('{', r#"{"aat_pops":1,"#, 1).into_bytes(),
    ] {
        assert!(judge(&same), "{}", String::from_utf8_lossy(&same));
    }
}

#[test]
fn tokens_dropped_swapped_repeated_and_spliced_are_denied() {
    let verifier = verifier();
    let (tokens, proof) = parts();
    // Another chain of the same holders, for another task.
    let mut other = Forgery::good();
    for (n, token) in other.tokens.iter_mut().enumerate() {
        let n = n + 1;
        token.edit(&format!("token-{n}"), &format!("other-{n}"));
    }
    other.proof.edit("token-3", "other-3");
    let (others, other_proof) = other.sign();
    assert!(permits(&verifier, present(&others, &other_proof).as_bytes()));

    let pool: Vec<&String> = tokens.iter().chain(&others).collect();
    let mut chains: Vec<Vec<String>> = vec![vec![]];
    for _ in 0..4 {
        let longer: Vec<Vec<String>> = chains
            .iter()
            .flat_map(|chain| {
                pool.iter().map(|token| [chain.clone(), vec![(*token).clone()]].concat())
            })
            .collect();
        for chain in longer.iter().filter(|chain| **chain != tokens) {
            assert!(!permits(&verifier, present(chain, &proof).as_bytes()), "{chain:?}");
        }
        // Only prefixes that verify can go on; the rest fail alike.
        chains = longer
            .into_iter()
            .filter(|chain| {
                let chain = UnverifiedChain::from_tokens(chain.iter().map(String::as_str));
                verifier.verify_chain(&chain, Timestamp::from_unix(NOW)).is_ok()
            })
            .collect();
    }
}

#[test]
fn the_largest_inputs_are_judged() {
    let verifier = verifier();
    let limits = Limits::default();
    let fill = |open: &str, item: &str, close: &str| {
        let room = limits.max_token_size * 3 / 4 - 900;
        format!("{open}{}{close}", item.repeat(room / item.len()))
    };
    let wildcard = r#"{"constraint_type":"wildcard"}"#;
    let cases = [
        ("an array of many", fill(r#""x":[0"#, ",0", "]")),
        ("an object of many", {
            let names: String = (0..4000).map(|n| format!(",\"k{n}\":0")).collect();
            format!("\"x\":{{\"k\":0{names}}}")
        }),
        ("a long number", fill(r#""x":1"#, "0", "")),
        ("many names", fill(r#""aud":["a""#, r#","a""#, r#","https://tools.example.com"]"#)),
        ("a deep nesting", format!("\"x\":{}{}", "[".repeat(127), "]".repeat(127))),
    ];
    for (name, member) in cases {
        let mut forgery = Forgery::good();
        forgery.tokens[2].add(&member);
        let size = forgery.sign().0[2].len();
        assert!(size <= limits.max_token_size, "{name}: {size}");
        assert!(permits(&verifier, forgery.present().as_bytes()), "{name}");
    }
    // Clauses on both sides of `any`, as many as fit: each below is compared with those above.
    let clauses =
        fill(r#"{"constraint_type":"any","constraints":["#, &format!("{wildcard},"), wildcard);
    let mut forgery = Forgery::good();
    for token in &mut forgery.tokens {
        token.edit(r#""tools":{"#, &format!(r#""tools":{{"many":{{"a":{clauses}]}}}},"#));
    }
    assert!(permits(&verifier, forgery.present().as_bytes()));
}

proptest! {
    #[test]
    fn several_mutations(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let (tokens, proof) = parts();
        let mut text = present(&tokens, &proof).into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(text.len());
            match kind {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => { text.remove(at); }
            }
        }
        prop_assert!(!permits(&verifier(), &text) || means_the_same(&text, &tokens, &proof));
    }

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let verifier = verifier();
        prop_assert!(!permits(&verifier, &bytes));
        for first in [0xb5, b't', b'{', b'['] {
            prop_assert!(!permits(&verifier, &[&[first], &bytes[..]].concat()));
        }
        let _ = UnverifiedChain::parse(&bytes, verifier.limits())
            .map(|chain| chain.claims_unverified(verifier.limits()));
    }

    #[test]
    fn arbitrary_claims(
        token in 0..3_usize,
        claim in prop_oneof![
            Just("jti"), Just("iss"), Just("iat"), Just("exp"), Just("cnf"), Just("del_depth"),
            Just("del_max_depth"), Just("par_hash"), Just("authorization_details"),
        ],
        value in prop_oneof![
            Just("null"), Just("true"), Just("-1"), Just("1e3"), Just("\"\""), Just("[]"),
            Just("{}"), Just("99999999999999999999"), Just("[{\"type\":1}]"), Just("{\"jwk\":{}}"),
        ],
    ) {
        // A claim that the builders would never write, properly signed, is refused, at a step of
        // the token that has it.
        let mut forgery = Forgery::good();
        let name = format!("\"{claim}\":");
        prop_assume!(forgery.tokens[token].payload.contains(&name));
        let renamed = format!("\"was-{claim}\":");
        forgery.tokens[token].edit(&name, &renamed);
        forgery.tokens[token].add(&format!("{name}{value}"));
        prop_assert!(!permits(&verifier(), forgery.present().as_bytes()));
    }
}
