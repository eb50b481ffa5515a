//! Presentations made to cost a verifier as much as the limits allow.

use crate::{AUDIENCE, Forgery};
use taper::Limits;

/// Bytes that a text of `open`, many `item` and `close` takes at most in a token's payload.
const PAYLOAD: usize = 48_000;

/// Bytes that a constraint takes at most, beside what else is in a payload.
const CONSTRAINT: usize = 46_000;

/// Bytes of what a proof says at most.
const PROOF: usize = 190_000;

/// One of them.
#[derive(Clone, Debug)]
pub struct Attack {
    /// What there is too much of.
    pub name: &'static str,
    /// The presentation.
    pub text: String,
    /// Whether it is permitted, so that every step is taken.
    pub permitted: bool,
    /// Whether signatures hold, so that only the holder of a chain can send it.
    pub signed: bool,
}

/// An honest presentation of about `bytes` bytes in a hundred or more: its tokens list values that
/// an argument may have.
pub fn honest(bytes: usize) -> String {
    // Base64url of three payloads, each with the list.
    let room = (bytes / 4).saturating_sub(1000);
    let values: String = (0..room / 16).map(|n| format!(",\"/data/{n:07}\"")).collect();
    in_constraints(&format!(r#"{{"constraint_type":"one_of","values":["/"{values}]}}"#))
}

/// All of them.
pub fn attacks() -> Vec<Attack> {
    let attack = |permitted, signed| move |(name, text)| Attack { name, text, permitted, signed };
    let signed = by_members().into_iter().chain(by_constraints()).chain(by_pairs());
    let signed = signed.chain(by_proofs()).map(attack(true, true));
    signed
        .chain(by_arguments().into_iter().map(attack(false, true)))
        .chain(by_strangers().into_iter().map(attack(false, false)))
        .collect()
}

type Rows = Vec<(&'static str, String)>;

fn fill(room: usize, open: &str, item: &str, close: &str) -> String {
    format!("{open}{}{close}", item.repeat(room / item.len()))
}

/// A good presentation with `member` added to the payload of every token.
fn in_tokens(member: &str) -> String {
    let mut forgery = Forgery::good();
    for token in &mut forgery.tokens {
        token.add(member);
    }
    checked(&forgery)
}

/// A good presentation with `constraint` on an argument of a tool that every token has.
fn in_constraints(constraint: &str) -> String {
    in_pairs(constraint, constraint)
}

/// The same, with another one in the leaf than above it.
fn in_pairs(above: &str, leaf: &str) -> String {
    let mut forgery = Forgery::good();
    let last = forgery.tokens.len().saturating_sub(1);
    for (at, token) in forgery.tokens.iter_mut().enumerate() {
        let constraint = if at == last { leaf } else { above };
        token.edit(r#""tools":{"#, &format!(r#""tools":{{"many":{{"a":{constraint}}},"#));
    }
    checked(&forgery)
}

fn in_proof(member: &str) -> String {
    let mut forgery = Forgery::good();
    forgery.proof.add(member);
    checked(&forgery)
}

fn checked(forgery: &Forgery) -> String {
    let limits = Limits::default();
    let (tokens, proof) = forgery.sign();
    assert!(tokens.iter().all(|token| token.len() <= limits.max_token_size));
    assert!(proof.len() <= limits.max_proof_size);
    forgery.present()
}

fn by_members() -> Rows {
    let names: String = (0..4000).map(|n| format!(",\"k{n}\":0")).collect();
    // The same for as long as possible, and last the other way round.
    let alike: String =
        (0..600).rev().map(|n| format!(",\"{}{n:04}\":0", "k".repeat(66))).collect();
    vec![
        ("elements", in_tokens(&fill(PAYLOAD, r#""x":[0"#, ",0", "]"))),
        ("small arrays", in_tokens(&fill(PAYLOAD, r#""x":[0"#, ",[0]", "]"))),
        ("small objects", in_tokens(&fill(PAYLOAD, r#""x":[0"#, r#",{"":0}"#, "]"))),
        ("members", in_tokens(&format!(r#""x":{{"k":0{names}}}"#))),
        ("names that are alike", in_tokens(&format!(r#""x":{{"k":0{alike}}}"#))),
        ("a number", in_tokens(&fill(PAYLOAD, r#""x":1"#, "0", ""))),
        ("a number of small digits", in_tokens(&fill(PAYLOAD, r#""x":1."#, "0", "1"))),
        ("numbers", in_tokens(&fill(PAYLOAD, r#""x":[0"#, ",1.7976931348623157e308", "]"))),
        ("escapes", in_tokens(&fill(PAYLOAD, r#""x":["""#, r#","\n""#, "]"))),
        ("an escaped text", in_tokens(&fill(PAYLOAD, r#""x":""#, r"\ud83d\ude00", r#"""#))),
        ("nesting", in_tokens(&format!(r#""x":{}{}"#, "[".repeat(127), "]".repeat(127)))),
        (
            "audiences",
            in_tokens(&fill(CONSTRAINT, r#""aud":["a""#, r#","a""#, &format!(r#","{AUDIENCE}"]"#))),
        ),
    ]
}

fn by_constraints() -> Rows {
    let wildcard = r#"{"constraint_type":"wildcard"}"#;
    let values: String = (1..8000).map(|n| format!(",{n}")).collect();
    let tools = |of: &str| {
        let mut forgery = Forgery::good();
        for token in &mut forgery.tokens {
            token.edit(r#""tools":{"#, &format!(r#""tools":{{{of}"#));
        }
        checked(&forgery)
    };
    vec![
        (
            "clauses",
            in_constraints(&fill(
                CONSTRAINT,
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
                CONSTRAINT,
                r#"{"constraint_type":"not_one_of","excluded":[0"#,
                ",[0]",
                "]}",
            )),
        ),
        ("tools", tools(&(0..4000).map(|n| format!("\"t{n}\":{{}},")).collect::<String>())),
        (
            "arguments",
            tools(&format!(
                "\"many\":{{\"a\":{wildcard}{}}},",
                (0..1000).map(|n| format!(",\"a{n}\":{wildcard}")).collect::<String>()
            )),
        ),
    ]
}

/// What has to be compared between a token and the one above it, in the worst order.
fn by_pairs() -> Rows {
    let list = |kind: &str, member: &str, values: &mut dyn Iterator<Item = String>| {
        let values: Vec<String> = values.collect();
        format!(r#"{{"constraint_type":"{kind}","{member}":[{}]}}"#, values.join(","))
    };
    let words = |n: u32| format!("\"w{n:06}\"");
    let same = |kind: &str, member: &str| {
        let (up, down) = (
            list(kind, member, &mut (0..4400).map(words)),
            list(kind, member, &mut (0..4400).rev().map(words)),
        );
        in_pairs(&up, &down)
    };
    let clauses = |kind: &str, clause: fn(u32) -> String| {
        let (up, down) = (
            list(kind, "constraints", &mut (0..250).map(clause)),
            list(kind, "constraints", &mut (0..250).rev().map(clause)),
        );
        in_pairs(&up, &down)
    };
    let exact = |n: u32| format!(r#"{{"constraint_type":"exact","value":{n}}}"#);
    let excluded = |n: u32| format!(r#"{{"constraint_type":"not_one_of","excluded":[{n}]}}"#);
    let nested = |kind: &str| {
        let inner = r#"{"constraint_type":"range","max":9}"#;
        let other = r#"{"constraint_type":"not_one_of","excluded":[1]}"#;
        let wrap = |inner: String, _| {
            format!(r#"{{"constraint_type":"{kind}","constraints":[{other},{inner}]}}"#)
        };
        in_constraints(&(1..16).fold(inner.to_owned(), wrap))
    };
    vec![
        ("`one_of` the other way round", same("one_of", "values")),
        ("`not_one_of` the other way round", same("not_one_of", "excluded")),
        ("`contains` the other way round", same("contains", "required")),
        ("`subset` the other way round", same("subset", "allowed")),
        ("clauses of `any` the other way round", clauses("any", exact)),
        ("clauses of `all` the other way round", clauses("all", excluded)),
        ("nested `any`", nested("any")),
        ("nested `all`", nested("all")),
    ]
}

fn by_proofs() -> Rows {
    vec![
        ("elements of a proof", in_proof(&fill(PROOF, r#""x":[0"#, ",0", "]"))),
        ("small arrays of a proof", in_proof(&fill(PROOF, r#""x":[0"#, ",[0]", "]"))),
    ]
}

fn by_arguments() -> Rows {
    let mut forgery = Forgery::good();
    let hta = fill(PROOF, r#""hta":{"x":[0"#, ",[0]", "],");
    forgery.proof.edit(r#""hta":{"#, &hta);
    vec![("small arrays among arguments", forgery.present())]
}

/// What anybody can send: nothing of it is authentic.
fn by_strangers() -> Rows {
    let whole = Limits::default().max_presentation_size.saturating_sub(100);
    let half = fill((whole / 2).saturating_sub(50), "[0", ",[0]", "]");
    let names: String = (0..100_000).map(|n| format!("\"{n}\":0,")).collect();
    let chain = |open: &str, item: &str| fill(whole, open, item, r#"],"aat_pop":""}"#);
    vec![
        ("tokens that are numbers", chain(r#"{"aat_chain":[0"#, ",0")),
        ("tokens that are arrays", chain(r#"{"aat_chain":[0"#, ",[0]")),
        ("empty tokens", chain(r#"{"aat_chain":["""#, r#","""#)),
        ("escaped tokens", chain(r#"{"aat_chain":["""#, r#","\n""#)),
        ("tokens of no parts", chain(r#"{"aat_chain":["..""#, r#","..""#)),
        ("tokens of an array", fill(whole, "[0", ",[0]", "]")),
        ("a proof that is an array", fill(whole, r#"{"aat_chain":[],"aat_pop":[0"#, ",[0]", "]}")),
        ("many other members", format!(r#"{{{names}"aat_chain":[],"aat_pop":""}}"#)),
        ("both are arrays", format!(r#"{{"aat_chain":{half},"aat_pop":{half}}}"#)),
        ("other members", chain(r#"{"x":[0"#, ",[0]")),
    ]
}
