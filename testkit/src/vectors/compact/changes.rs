//! What a derived token says against its parent, and proofs.

use super::{
    Row,
    bodies::{PROOF, RANDOM, bad, cat, fine, place},
    deny, permit,
};
use crate::{
    AUDIENCE,
    compact::{id, int, string, text, uint},
};
use taper::Place;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = derived();
    rows.extend(changes());
    rows.extend(proofs());
    rows
}

fn derived() -> Vec<Row> {
    // The leaf's capabilities: one tool, changed, and no fields.
    let own = [0, 0, 2, 1, 0, 1, 0, 0x40, 0, 0];
    let caps = |bytes: &[u8]| cat(&[&[0, 0], bytes, &[0]]);
    // The middle token's times and ceiling: 60 s after, 1800 s before, one less.
    let times = || cat(&[&uint(60), &uint(1800), &uint(1)]);
    let other = |iat: u64, exp: u64, ceiling: u64| cat(&[&uint(iat), &uint(exp), &uint(ceiling)]);
    let no_entry = |case: &mut super::CompactCase| {
        case.forgery.tokens[1].body =
            cat(&[&id("token-2"), &uint(60), &uint(1800), &uint(1), &[0, 0, 0]]);
    };
    vec![
        fine("all of the parent's", "C-17 C-44", 2, own, caps(&[1])),
        bad("a fourth kind of capabilities", "C-17", 2, own, caps(&[3])),
        bad("all of the parent's, listed", "C-44 C-42", 2, own, caps(&[2, 2, 0, 0, 0, 0])),
        bad("a map that is the parent's, listed", "C-44 C-42", 2, own, caps(&[2, 1, 0, 1, 0, 0])),
        fine("one tool unchanged", "C-17 C-30", 2, own, caps(&[2, 1, 0, 0])),
        bad("a tool beyond the parent's", "C-30", 2, own, caps(&[2, 1, 2, 0])),
        bad("a gap of 2^64 less 1", "C-30", 2, own, caps(&cat(&[&[2, 1], &uint(u64::MAX), &[0]]))),
        bad("arguments of a third kind", "C-17", 2, own, caps(&[2, 1, 0, 2])),
        deny(
            "no capability entry in the leaf",
            "C-17 M-29",
            ("6a", "leaf_without_capability", Place::Token(2)),
            move |case| {
                case.forgery.edit(2, &own, &caps(&[0]));
            },
        ),
        deny("all of a parent's that has none", "C-18", place(2), move |case| {
            no_entry(case);
            case.forgery.edit(2, &own, &caps(&[1]));
        }),
        deny("a tool of a parent that has none", "C-18 C-30", place(2), move |case| {
            no_entry(case);
            case.forgery.edit(2, &own, &caps(&[2, 1, 0, 0]));
        }),
        deny(
            "no tools below a parent that has none",
            "C-18",
            ("6b", "tool_not_authorized", Place::Call),
            move |case| {
                no_entry(case);
                case.forgery.edit(2, &own, &caps(&[2, 0]));
            },
        ),
        bad("an iat that leaves 64 bits", "C-21", 1, times(), other(u64::MAX, 1800, 1)),
        bad("an exp that leaves 64 bits", "C-21", 1, times(), other(60, u64::MAX, 1)),
        bad("a ceiling below 0", "C-21", 1, times(), other(60, 1800, 4)),
        bad("a ceiling's distance of 33 bits", "C-1", 1, times(), other(60, 1800, 1 << 32)),
    ]
}

fn changes() -> Vec<Row> {
    // The leaf's map change: `head` inherited, `path` the first member.
    let own = [0, 0x40, 0, 0];
    let leaf = |name: &'static str, shows: &'static str, change: Vec<u8>| {
        bad(name, shows, 2, own, cat(&[&change, &[0]]))
    };
    let judged = |name: &'static str, step: &'static str, code: &'static str, change: Vec<u8>| {
        let to = cat(&[&change, &[0]]);
        let place = if step == "6b" { Place::Call } else { Place::Token(2) };
        deny(name, "C-38 C-41", (step, code, place), move |case| case.forgery.edit(2, &own, &to))
    };
    let path = |whole: &[u8]| cat(&[&[0], whole]);
    // The middle token's `search`: q exact, nothing added.
    let search = || cat(&[&[0x10], &text("filings"), &[0, 0]]);
    let added = |bytes: &[u8]| cat(&[&[0x10], &text("filings"), bytes, &[0]]);
    let lang = |name: &str| cat(&[&string(name), &[0x10], &text("en")]);
    let excluded = |case: &mut super::CompactCase, change: &[u8]| {
        case.forgery.edit(0, &[1, b'q', 0x16], &cat(&[&string("q"), &[0x13, 1], &text("x")]));
        case.forgery.edit(1, &cat(&[&[0x10], &text("filings")]), change);
    };
    vec![
        judged("no member of the parent's one_of", "4o", "constraint_malformed", path(&[0x41, 0]))
            .also_shows("C-40"),
        leaf("a head without meaning", "C-38 C-4", path(&[0x04])),
        leaf("a member beyond the parent's", "C-30", path(&[0x40, 1])),
        leaf("one member of a parent that is a range", "C-39", vec![0x40, 0, 0x40, 0]),
        leaf("some members of a parent that is a range", "C-39", vec![0x41, 0, 0x40, 0]),
        leaf(
            "more members of a parent that is one_of",
            "C-39",
            path(&cat(&[&[0x42, 1], &text("z")])),
        ),
        leaf(
            "exactly a member, told by itself",
            "C-45 C-42",
            path(&cat(&[&[0x10], &text("/data/q3.pdf")])),
        ),
        leaf(
            "the same constraint, told by itself",
            "C-45 C-42",
            path(&cat(&[&[0x12, 1], &text("/data/q3.pdf")])),
        ),
        leaf("the same constraint, as some members", "C-45 C-42", path(&[0x41, 1, 0])),
        judged(
            "another value, told by itself",
            "4p4",
            "constraint_widened",
            path(&cat(&[&[0x10], &text("/data/q9.pdf")])),
        ),
        judged("a required argument left out", "4p2", "required_argument_dropped", path(&[0x01])),
        judged("a required argument made optional", "4p3", "made_optional", path(&[0x03])),
        judged(
            "a required argument made optional, one member",
            "4p3",
            "made_optional",
            path(&[0x60, 0]),
        ),
        judged(
            "an optional argument made required, and absent",
            "6b",
            "argument_missing",
            vec![0x02, 0x40, 0],
        ),
        permit("an optional argument made required, and there", "C-38", move |case| {
            case.forgery.edit(2, &own, &[0x02, 0x40, 0, 0]);
            case.point.arguments = r#"{"head":1,"path":"/data/q3.pdf"}"#.into();
            case.forgery.proof.as_mut().unwrap().arguments = case.point.arguments.to_string();
        }),
        fine("an optional argument left out", "C-38", 2, own, [0x01, 0x40, 0, 0]),
        leaf("an inherited argument that is required, as required", "C-45 C-42", vec![0, 0x02]),
        leaf("an optional argument made optional", "C-45 C-42", vec![0x03, 0x40, 0]),
        fine(
            "an argument added where unnamed ones are admitted",
            "C-19",
            1,
            search(),
            added(&cat(&[&[2], &lang("lang")])),
        ),
        fine("unnamed arguments kept", "C-17", 1, search(), added(&[1])),
        bad(
            "added arguments out of order",
            "C-19",
            1,
            search(),
            added(&cat(&[&[4], &lang("z"), &lang("a")])),
        ),
        bad(
            "an argument added twice",
            "C-19",
            1,
            search(),
            added(&cat(&[&[4], &lang("a"), &lang("a")])),
        ),
        bad(
            "an argument added that the parent names",
            "C-19",
            1,
            search(),
            added(&cat(&[&[2], &lang("q")])),
        ),
        bad(
            "an argument added by a star",
            "C-20 C-53",
            1,
            search(),
            added(&cat(&[&[2], &lang("*")])),
        ),
        bad("a map that is left without arguments", "C-20 C-53", 1, search(), [0x01, 0, 0]),
        bad(
            "an argument added where none are admitted",
            "C-19",
            2,
            own,
            cat(&[&[0, 0x40, 0, 2], &lang("lang"), &[0]]),
        ),
        permit("more members excluded", "C-38", move |case| {
            excluded(case, &cat(&[&[0x42, 1], &text("y")]));
        }),
        deny("more members excluded, told by itself", "C-45 C-42", place(1), move |case| {
            excluded(case, &cat(&[&[0x13, 2], &text("x"), &text("y")]));
        }),
        deny("a member excluded that was", "C-45 C-42", place(1), move |case| {
            excluded(case, &cat(&[&[0x42, 1], &text("x")]));
        }),
        deny("no more members excluded", "C-45 C-42", place(1), move |case| {
            excluded(case, &[0x42, 0])
        }),
    ]
}

fn proofs() -> Vec<Row> {
    let head = [2 | 4, 7];
    let own = || cat(&[&string("proof-1"), &int(180), &string(AUDIENCE)]);
    let whole = move |head: u8, rest: Vec<u8>| (cat(&[&[2 | 4], &own()]), cat(&[&[head], &rest]));
    let with = |name: &'static str,
                shows: &'static str,
                (from, to): (Vec<u8>, Vec<u8>),
                holds: bool| match holds {
        true => fine(name, shows, PROOF, from, to),
        false => bad(name, shows, PROOF, from, to),
    };
    let told = string(AUDIENCE);
    vec![
        bad("an id of form 3 in a proof", "C-47", PROOF, head, [3 | 4, 7]),
        bad("the sixth bit", "C-48", PROOF, head, [2 | 4 | 32, 7]),
        bad("the seventh bit", "C-48", PROOF, head, [2 | 4 | 64, 7]),
        bad("the eighth bit", "C-48", PROOF, head, [2 | 4 | 128, 7]),
        bad("an audience told and implied", "C-48", PROOF, head, [2 | 4 | 8, 7]),
        with("no audience", "C-47", whole(2, cat(&[&string("proof-1"), &int(180)])), true),
        with("a nonce", "C-47", whole(2 | 4 | 16, cat(&[&own(), &string("n")])), true),
        with("a nonce that is missing", "C-47", whole(2 | 4 | 16, own()), false),
        with(
            "an id of form 0 in a proof",
            "C-47 C-23",
            whole(4, cat(&[&RANDOM, &int(180), &told])),
            true,
        ),
        with(
            "an empty id in a proof",
            "C-47 C-23",
            whole(2 | 4, cat(&[&string(""), &int(180), &told])),
            false,
        ),
        with(
            "a byte after a proof's last record",
            "C-2",
            whole(2 | 4, cat(&[&own(), &[0]])),
            false,
        ),
        with(
            "a proof that ends within its audience",
            "C-2",
            whole(2 | 4, own()[..20].to_vec()),
            false,
        ),
        with(
            "a proof's time that leaves 64 bits",
            "C-21",
            whole(2 | 4, cat(&[&string("proof-1"), &int(i64::MAX), &told])),
            false,
        ),
        with(
            "a UUID as text in a proof",
            "C-43 C-42",
            whole(2 | 4, cat(&[&string("01234567-89ab-4cde-8f01-23456789abcd"), &int(180), &told])),
            false,
        ),
    ]
}
