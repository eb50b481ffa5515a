//! What the cases of the JWS profile say, said in compact: those that can be said at all.

use super::{CompactCase, Row};
use crate::{
    CompactForgery,
    vectors::presentation::{self, Case, Params},
};
use std::collections::BTreeSet;
use taper::Value;

/// The files of the JWS profile that are said again, and what of them is.
const SAID: [(&str, &str, &str); 10] = [
    ("whole", "presentation/compact/whole", "The chain as a whole: step 2c."),
    ("root", "presentation/compact/root", "The root's signature and claims: step 3."),
    (
        "constraints",
        "presentation/compact/constraints",
        "Constraints that a token may not carry: step 3n.",
    ),
    (
        "derived",
        "presentation/compact/derived",
        "A derived token by itself and beside its parent: steps 4b to 4o.",
    ),
    (
        "narrowing",
        "presentation/compact/narrowing",
        "What a derived token grants, beside its parent: step 4p.",
    ),
    ("call", "presentation/compact/call", "The call against the leaf: steps 6a and 6b."),
    ("audience", "presentation/compact/audience", "For whom the tokens are: step 6c."),
    ("proof", "presentation/compact/proof", "The proof of possession: step 7."),
    (
        "boundaries",
        "presentation/compact/boundaries",
        "Exactly at a limit, and one beyond it: times and depths.",
    ),
    (
        "readings",
        "presentation/compact/readings",
        "Where the draft leaves room: a number in a title is the reading's in spec/readings.md.",
    ),
];

/// Steps and codes that are reported alike in both profiles (section 9).
const ALIKE: [(&str, &str); 38] = [
    ("2c", "id_repeated"),
    ("3b", "root_not_trusted"),
    ("3e", "expired"),
    ("3f", "issued_in_future"),
    ("3g", "expires_before_issued"),
    ("3h", "lifetime_too_long"),
    ("3i", "max_depth_above_limit"),
    ("3k", "issuer_mismatch"),
    ("3n", "constraint_malformed"),
    ("3n", "constraint_too_deep"),
    ("3n", "constraint_type_unknown"),
    ("4b", "signature_invalid"),
    ("4e", "depth_above_parent_max"),
    ("4i", "expired"),
    ("4k", "issued_in_future"),
    ("4l", "expires_before_issued"),
    ("4m", "depth_above_own_max"),
    ("4o", "constraint_malformed"),
    ("4o", "constraint_type_unknown"),
    ("4p2", "argument_readmitted"),
    ("4p2", "required_argument_dropped"),
    ("4p3", "made_optional"),
    ("4p4", "constraint_widened"),
    ("6a", "leaf_without_capability"),
    ("6b", "arguments_malformed"),
    ("6b", "argument_missing"),
    ("6b", "argument_not_named"),
    ("6b", "argument_refused"),
    ("6b", "leaf_too_shallow"),
    ("6b", "tool_not_authorized"),
    ("6c", "audience_mismatch"),
    ("6c", "audience_required"),
    ("7b", "signature_invalid"),
    ("7d", "proof_audience_mismatch"),
    ("7d", "proof_audience_required"),
    ("7g", "proof_outside_window"),
    ("7h", "nonce_refused"),
    ("7h", "nonce_required"),
];

/// Files, what they are about, and their rows.
pub(super) fn groups() -> Vec<(&'static str, &'static str, Vec<Row>)> {
    let mut found = vec![];
    for (group, _, rows) in presentation::groups() {
        let name = group.trim_start_matches("presentation/jws/");
        if let Some((_, group, about)) = SAID.iter().find(|(own, ..)| *own == name) {
            let rows: Vec<Row> = rows.into_iter().filter_map(again).collect();
            assert!(!rows.is_empty(), "nothing of {name} can be said");
            found.push((*group, *about, rows));
        }
    }
    assert_eq!(found.len(), SAID.len());
    found
}

/// The case in compact, unless it is about what the profile cannot say, or about JWS alone.
fn again(row: presentation::Row) -> Option<Row> {
    let alike = row.expected.is_none_or(|(step, code, _)| ALIKE.contains(&(step, code)));
    let mut case = Case::good();
    (row.change)(&mut case);
    if !alike || !says_more(&said(&case)?) {
        return None;
    }
    let ids = row.shows.split(' ').filter(|id| !id.starts_with("J-"));
    let own = match row.expected.map_or("", |(step, ..)| &step[..1]) {
        "3" => "C-14",
        "4" => "C-17",
        "7" => "C-47",
        _ => "C-42",
    };
    let shows = ids.chain([own]).collect::<Vec<_>>().join(" ");
    let change = move |case: &mut CompactCase| {
        let mut jws = Case::good();
        (row.change)(&mut jws);
        *case = said(&jws).unwrap();
    };
    let (name, expected) = (row.name, row.expected);
    Some(Row { name, shows: shows.into(), expected, change: Box::new(change) })
}

/// What a case says, in compact.
fn said(case: &Case) -> Option<CompactCase> {
    let good = Case::good();
    let sizes = |params: &Params| {
        let Params {
            max_token_size, max_chain_size, max_proof_size, max_presentation_size, ..
        } = *params;
        [max_token_size, max_chain_size, max_proof_size, max_presentation_size]
    };
    let headers = |case: &Case| {
        let tokens = case.forgery.tokens.iter().map(|token| token.header.clone());
        tokens.chain([case.forgery.proof.header.clone()]).collect::<BTreeSet<_>>()
    };
    if case.twice
        || case.text.is_some()
        || sizes(&case.params) != sizes(&good.params)
        || headers(case) != headers(&good)
    {
        return None;
    }
    let mut forgery = CompactForgery::of_jws(&case.forgery.present())?;
    for (token, jws) in forgery.tokens.iter_mut().zip(&case.forgery.tokens) {
        (token.signer, token.break_signature) = (jws.signer, jws.break_signature);
    }
    let proof = forgery.proof.as_mut()?;
    let jws = &case.forgery.proof;
    (proof.signer, proof.break_signature) = (jws.signer, jws.break_signature);
    // A proof of another call fails at 7b here, whatever step the call itself would fail.
    proof.tool = case.tool.to_string();
    if let Ok(arguments) = Value::from_json(case.arguments.as_bytes()) {
        proof.arguments = arguments.to_jcs();
    }
    Some(CompactCase { forgery, point: case.clone(), ..CompactCase::good() })
}

/// Whether there is any difference to the good case.
fn says_more(case: &CompactCase) -> bool {
    let good = CompactCase::good();
    let point = |case: &CompactCase| {
        let Case { policy, params, anchors, tool, arguments, now, .. } = case.point.clone();
        (policy, params, anchors, tool, arguments, now)
    };
    case.forgery.bytes() != good.forgery.bytes() || point(case) != point(&good)
}
