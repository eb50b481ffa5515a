//! Values and constraints in a root's body.

use super::{
    Row,
    bodies::{bad, cat, fine},
    deny, permit,
};
use crate::compact::{integer, string, text};
use taper::Place;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = values();
    rows.extend(constraints());
    rows
}

/// A well-formed body that says what no token may: 3n at the root, 4o below.
fn constraint(
    name: &'static str,
    shows: &'static str,
    code: &'static str,
    from: Vec<u8>,
    to: Vec<u8>,
) -> Row {
    deny(name, shows, ("3n", code, Place::Token(0)), move |case| case.forgery.edit(0, &from, &to))
}

fn values() -> Vec<Row> {
    let max = || cat(&[&[0x31, 2], &integer(100)]);
    let double = |number: f64| cat(&[&[0x31, 2, 4], &number.to_le_bytes()]);
    let set = || cat(&[&[0x12, 2], &text("/data/q3.pdf"), &text("/data/q4.pdf")]);
    // One more value in the set, before the strings or after.
    let before =
        |value: &[u8]| cat(&[&[0x12, 3], value, &text("/data/q3.pdf"), &text("/data/q4.pdf")]);
    let after =
        |value: &[u8]| cat(&[&[0x12, 3], &text("/data/q3.pdf"), &text("/data/q4.pdf"), value]);
    let member = |name: &str, value: &[u8]| cat(&[&string(name), value]);
    let nest = |depth: usize| [[6_u8, 1].repeat(depth - 1), vec![6, 0]].concat();
    // A value before the strings moves the places of the parent's members.
    let moved = |name: &'static str, shows: &'static str, value: Vec<u8>| {
        permit(name, shows, move |case| {
            case.forgery.edit(0, &set(), &before(&value));
            case.forgery.edit(1, &[0x41, 1, 0], &[0x41, 1, 1]);
        })
    };
    vec![
        fine("a number with a fraction", "C-31", 0, max(), double(100.5)),
        fine("a number beyond 2^53", "C-31", 0, max(), double(1e300)),
        bad("an integer as a double", "C-31", 0, max(), double(100.0)),
        bad(
            "an integer beyond 2^53 less 1",
            "C-31",
            0,
            max(),
            cat(&[&[0x31, 2], &integer(1 << 53)]),
        ),
        bad("minus zero", "C-32", 0, max(), double(-0.0)),
        bad("not a number", "C-32", 0, max(), double(f64::NAN)),
        bad("infinite", "C-32", 0, max(), double(f64::INFINITY)),
        bad("minus infinite", "C-32", 0, max(), double(f64::NEG_INFINITY)),
        bad(
            "a tag without meaning",
            "C-31 C-4",
            0,
            cat(&[&[5], &string("/data/q4.pdf")]),
            cat(&[&[8], &string("/data/q4.pdf")]),
        ),
        moved("null in a set", "C-31 C-33", vec![0]),
        moved("false in a set", "C-31", vec![1]),
        moved("true in a set", "C-31", vec![2]),
        moved("a negative integer in a set", "C-31", integer(-5)),
        fine(
            "an array in a set",
            "C-31 C-33",
            0,
            set(),
            after(&cat(&[&[6, 2], &integer(1), &text("a")])),
        ),
        fine(
            "an object in a set",
            "C-31 C-32",
            0,
            set(),
            after(&cat(&[&[7, 2], &member("a", &[0]), &member("b", &[1])])),
        ),
        fine(
            "members in UTF-16 order",
            "C-32",
            0,
            set(),
            after(&cat(&[&[7, 2], &member("\u{10000}", &[0]), &member("\u{e000}", &[0])])),
        ),
        bad(
            "members in UTF-8 order",
            "C-32",
            0,
            set(),
            after(&cat(&[&[7, 2], &member("\u{e000}", &[0]), &member("\u{10000}", &[0])])),
        ),
        bad(
            "members out of order",
            "C-32",
            0,
            set(),
            after(&cat(&[&[7, 2], &member("b", &[0]), &member("a", &[0])])),
        ),
        bad(
            "a member twice",
            "C-32",
            0,
            set(),
            after(&cat(&[&[7, 2], &member("a", &[0]), &member("a", &[0])])),
        ),
        fine("a value within 128 arrays", "C-32", 0, set(), after(&nest(129))),
        bad("a value within 129 arrays", "C-32", 0, set(), after(&nest(130))),
        bad(
            "a set out of order",
            "C-33 C-46",
            0,
            set(),
            cat(&[&[0x12, 2], &text("/data/q4.pdf"), &text("/data/q3.pdf")]),
        ),
        bad(
            "a set with a member twice",
            "C-33",
            0,
            set(),
            cat(&[&[0x12, 2], &text("/data/q3.pdf"), &text("/data/q3.pdf")]),
        ),
        bad("a set with a number after strings", "C-33", 0, set(), after(&integer(1))),
        bad(
            "a set with a longer array first",
            "C-33",
            0,
            set(),
            cat(&[&[0x12, 4], &text("/data/q3.pdf"), &text("/data/q4.pdf"), &[6, 1, 0], &[6, 0]]),
        ),
    ]
}

fn constraints() -> Vec<Row> {
    let q = || cat(&[&string("q"), &[0x16, 0]]);
    let with = |whole: &[u8]| cat(&[&string("q"), whole, &[0]]);
    let clause = |kind: u8, depth: usize| [[kind, 1].repeat(depth - 1), vec![0x16]].concat();
    let mut rows = vec![
        constraint("one_of of nothing", "C-34 M-17", "constraint_malformed", q(), with(&[0x12, 0])),
        constraint("all of nothing", "C-34 M-22", "constraint_malformed", q(), with(&[0x17, 0])),
        constraint("any of nothing", "C-34 M-23", "constraint_malformed", q(), with(&[0x18, 0])),
        constraint(
            "exact of an array",
            "C-34 M-15",
            "constraint_malformed",
            q(),
            with(&[0x10, 6, 0]),
        ),
        constraint(
            "exact of an object",
            "C-34 M-15",
            "constraint_malformed",
            q(),
            with(&[0x10, 7, 0]),
        ),
        constraint(
            "a range reversed",
            "C-34 M-16",
            "constraint_malformed",
            q(),
            with(&cat(&[&[0x11, 3], &integer(2), &integer(1)])),
        ),
        constraint(
            "all nested 33 deep",
            "C-34 M-14",
            "constraint_too_deep",
            q(),
            with(&clause(0x17, 33)),
        ),
        constraint(
            "any nested 33 deep",
            "C-34 M-14",
            "constraint_too_deep",
            q(),
            with(&clause(0x18, 33)),
        ),
        constraint(
            "an extension",
            "C-37 M-9",
            "constraint_type_unknown",
            q(),
            with(&cat(&[&[0x1f], &string("path"), &string("{}")])),
        ),
        constraint(
            "an extension, optional",
            "C-37",
            "constraint_type_unknown",
            q(),
            with(&cat(&[&[0x3f], &string("path"), &string("{}")])),
        ),
        bad("an optional clause", "C-34", 0, q(), with(&[0x17, 1, 0x36])),
        bad("a range flag without meaning", "C-35", 0, q(), with(&[0x11, 16])),
        bad(
            "an exclusive minimum without a minimum",
            "C-35",
            0,
            q(),
            with(&cat(&[&[0x11, 6], &integer(1)])),
        ),
        bad(
            "an exclusive maximum without a maximum",
            "C-35",
            0,
            q(),
            with(&cat(&[&[0x11, 9], &integer(1)])),
        ),
        bad("a bound that is a string", "C-34", 0, q(), with(&cat(&[&[0x11, 2], &text("1")]))),
        bad("a head of no type", "C-36", 0, q(), with(&[0x56])),
    ];
    for kind in 9..=14_u8 {
        rows.push(bad(format!("type {kind}"), "C-36", 0, q(), with(&[0x10 + kind])));
    }
    for head in [0x00, 0x01, 0x02, 0x03, 0x40, 0x41, 0x42, 0x60] {
        rows.push(bad(
            format!("head {head:02x} where there is no parent"),
            "C-39 C-4",
            0,
            q(),
            with(&[head, 0]),
        ));
    }
    rows
}
