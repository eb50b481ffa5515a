//! Constraints and values told by themselves.

use super::*;
use crate::{
    codec::compact::write_body,
    model::{Audience, Claims},
};

const MALFORMED: &str = "3b compact_malformed: malformed";
const NOT_CANONICAL: &str = "3b compact_malformed: not the canonical form";

/// `exact` of a value, and `one_of` with that one value.
fn with(value: &[u8]) -> [Vec<Vec<u8>>; 2] {
    [vec![root_with(&cat(&[&[0x10], value]))], vec![root_with(&cat(&[&[0x12, 1], value]))]]
}

fn double(value: f64) -> Vec<u8> {
    cat(&[&[4], &value.to_le_bytes()])
}

fn integer(value: i64) -> Vec<u8> {
    cat(&[&[3], &z(value)])
}

#[test]
fn numbers_have_one_form() {
    const MOST: i64 = (1 << 53) - 1;
    for value in [
        integer(0),
        integer(-MOST),
        integer(MOST),
        double(9_007_199_254_740_992.0),
        double(-9_007_199_254_740_992.0),
        double(0.5),
        double(1e300),
        double(5e-324),
    ] {
        for bodies in with(&value) {
            assert_eq!(refusal(&bodies), "permitted", "{value:?}");
        }
    }
    for (name, value, expected) in [
        ("an integer as a double", double(1.0), NOT_CANONICAL),
        ("zero as a double", double(0.0), NOT_CANONICAL),
        ("2^53 - 1 as a double", double(MOST as f64), NOT_CANONICAL),
        ("negative zero", double(-0.0), NOT_CANONICAL),
        ("NaN", double(f64::NAN), MALFORMED),
        ("another NaN", double(f64::from_bits(0xfff8_0000_0000_0001)), MALFORMED),
        ("infinity", double(f64::INFINITY), MALFORMED),
        ("minus infinity", double(f64::NEG_INFINITY), MALFORMED),
        ("2^53 as an integer", integer(MOST + 1), NOT_CANONICAL),
        ("-2^53 as an integer", integer(-MOST - 1), NOT_CANONICAL),
        ("2^53 + 1", integer(MOST + 2), MALFORMED),
        ("the greatest", integer(i64::MAX), MALFORMED),
        ("the least", integer(i64::MIN), "3b"),
        ("over-long", vec![3, 0x82, 0], MALFORMED),
        ("beyond 64 bits", [&[3][..], &[0xff; 9], &[2]].concat(), MALFORMED),
        ("half a double", vec![4, 0, 0, 0], "the bytes end within"),
    ] {
        for bodies in with(&value) {
            refused(vec![(name, bodies, expected)]);
        }
    }
}

#[test]
fn values_have_one_form() {
    let member = |name: &str| cat(&[&s(name), &[0]]);
    let one_of = |value: &[u8]| vec![root_with(&cat(&[&[0x12, 1], value]))];
    let deep = |levels: usize| cat(&[&[6, 1].repeat(levels), &[0]]);
    assert_eq!(refusal(&one_of(&cat(&[&[7, 2], &member("a"), &member("b")]))), "permitted");
    // By UTF-16 code units, as JCS: the other way round than by UTF-8.
    let (low, high) = (member("\u{10000}"), member("\u{ffff}"));
    assert_eq!(refusal(&one_of(&cat(&[&[7, 2], &low, &high]))), "permitted");
    assert_eq!(refusal(&one_of(&deep(128))), "permitted");
    refused(vec![
        ("members unsorted", one_of(&cat(&[&[7, 2], &member("b"), &member("a")])), NOT_CANONICAL),
        ("members by UTF-8", one_of(&cat(&[&[7, 2], &high, &low])), NOT_CANONICAL),
        ("a member twice", one_of(&cat(&[&[7, 2], &member("a"), &member("a")])), MALFORMED),
        ("an unknown tag", one_of(&[8]), "3b compact_malformed: unknown value tag 0x08"),
        ("not UTF-8", one_of(&[5, 1, 0xff]), MALFORMED),
        ("a surrogate", one_of(&[5, 3, 0xed, 0xa0, 0x80]), MALFORMED),
        ("an array beyond the rest", one_of(&[6, 100]), "the bytes end within array"),
        ("an object beyond the rest", one_of(&[7, 100]), "the bytes end within object"),
        ("a string beyond the rest", one_of(&[5, 100]), "the bytes end within string"),
        ("too deep", one_of(&deep(129)), "values nested too deep"),
        ("much too deep", one_of(&deep(30_000)), "values nested too deep"),
    ]);
}

#[test]
fn sets_are_sorted() {
    let (a, b) = (text("a"), text("b"));
    for head in [0x12, 0x13, 0x14, 0x15] {
        let set = |values: &[&[u8]]| {
            vec![root_with(&cat(&[&[head], &n(values.len() as u64), &values.concat()]))]
        };
        assert_eq!(refusal(&set(&[&a, &b])), "permitted");
        refused(vec![
            ("unsorted", set(&[&b, &a]), NOT_CANONICAL),
            ("twice", set(&[&a, &a]), NOT_CANONICAL),
            ("null last", set(&[&a, &[0]]), NOT_CANONICAL),
            ("beyond the rest", vec![root_with(&[head, 100])], "the bytes end within set"),
            ("over-long", vec![root_with(&cat(&[&[head, 0x81, 0], &a]))], MALFORMED),
        ]);
        let empty = refusal(&set(&[]));
        let expected = if head == 0x12 { "3n constraint_malformed" } else { "permitted" };
        assert!(empty.starts_with(expected), "{empty}");
    }
}

#[test]
fn constraints_have_one_form_and_a_known_type() {
    let root = |constraint: &[u8]| vec![root_with(constraint)];
    let range = |flags: u8, bounds: &[i64]| {
        let bounds: Vec<u8> = bounds.iter().flat_map(|bound| integer(*bound)).collect();
        root(&cat(&[&[0x11, flags], &bounds]))
    };
    let nested = |levels: usize, kind: u8| root(&cat(&[&[kind, 1].repeat(levels), &[0x16]]));
    for bodies in [
        range(0, &[]),
        range(15, &[1, 1]),
        range(3, &[1, 2]),
        nested(31, 0x17),
        nested(31, 0x18),
        root(&[0x36]),
        root(&[0x37, 2, 0x16, 0x16]),
    ] {
        assert_eq!(refusal(&bodies), "permitted");
    }
    refused(vec![
        ("a range, unused flags", range(16, &[]), NOT_CANONICAL),
        ("a range, all flags", range(0xff, &[1, 2]), NOT_CANONICAL),
        ("exclusive without a bound", range(4, &[]), NOT_CANONICAL),
        ("exclusive with the other bound", range(1 | 8, &[1]), NOT_CANONICAL),
        ("a range reversed", range(3, &[2, 1]), "3n constraint_malformed"),
        ("a bound that is no number", root(&[0x11, 1, 0]), MALFORMED),
        ("an exact array", root(&[0x10, 6, 0]), "3n constraint_malformed"),
        ("an exact object", root(&[0x10, 7, 0]), "3n constraint_malformed"),
        ("all without clauses", root(&[0x17, 0]), "3n constraint_malformed"),
        ("any without clauses", root(&[0x18, 0]), "3n constraint_malformed"),
        ("an optional clause", root(&[0x17, 1, 0x36]), "unknown constraint tag 0x36"),
        ("a clause that inherits", root(&[0x17, 1, 0]), "unknown constraint tag 0x00"),
        ("clauses beyond the rest", root(&[0x17, 100]), "the bytes end within clauses"),
        ("too deep", nested(32, 0x17), "3n constraint_too_deep"),
        ("much too deep", nested(30_000, 0x18), "3n constraint_too_deep"),
        ("too many ways down", nested(32, 0x18), "3n constraint_too_deep"),
        (
            "an extension",
            root(&cat(&[&[0x1f], &s("cidr"), &s("{}")])),
            "3n constraint_type_unknown",
        ),
        ("an optional one", root(&cat(&[&[0x3f], &s("cidr")])), "3n constraint_type_unknown"),
        ("inherit in a root", root(&[0]), "unknown constraint tag 0x00"),
        ("drop in a root", root(&[1]), "unknown constraint tag 0x01"),
        ("a member in a root", root(&[0x40, 0]), "unknown constraint tag 0x40"),
        ("type 9", root(&[0x19]), "unknown constraint tag 0x19"),
        ("type 14, optional", root(&[0x3e]), "unknown constraint tag 0x1e"),
        ("a high bit", root(&[0x96]), "unknown constraint tag 0x96"),
        ("the middle bit", root(&[0x56]), "unknown constraint tag 0x56"),
        ("nothing", root(&[]), "3b compact_malformed"),
    ]);
}

#[test]
fn names_are_sorted_and_each_stands_once() {
    let tool = |name: &str| cat(&[&s(name), &[1]]);
    let root = |tools: &[&[u8]]| {
        vec![Parts::root(&cat(&[&n(tools.len() as u64), &tools.concat()])).body()]
    };
    let arguments = |header: u8, names: &[&str]| {
        let entries: Vec<u8> = names.iter().flat_map(|name| cat(&[&s(name), &[0x16]])).collect();
        root(&[&cat(&[&s("t"), &[header], &entries])])
    };
    assert_eq!(refusal(&root(&[&tool("a"), &tool("b")])), "permitted");
    assert_eq!(refusal(&arguments(5, &["a", "b"])), "permitted");
    refused(vec![
        ("tools unsorted", root(&[&tool("b"), &tool("a")]), NOT_CANONICAL),
        ("a tool twice", root(&[&tool("a"), &tool("a")]), NOT_CANONICAL),
        (
            "a tool twice, widening",
            root(&[&cat(&[&s("a"), &[2], &s("x"), &[0x16]]), &tool("a")]),
            NOT_CANONICAL,
        ),
        ("tools beyond the rest", vec![Parts::root(&n(100)).body()], "the bytes end within tools"),
        ("arguments unsorted", arguments(4, &["b", "a"]), NOT_CANONICAL),
        ("an argument twice", arguments(4, &["a", "a"]), NOT_CANONICAL),
        ("an argument twice, of three", arguments(6, &["a", "a", "b"]), NOT_CANONICAL),
        ("arguments beyond the rest", arguments(100, &["a"]), "3b compact_malformed"),
        ("over-long", root(&[&cat(&[&s("t"), &[0x82, 0], &s("a"), &[0x16]])]), MALFORMED),
        // What `{}` says in JSON is written as a map that admits unnamed arguments; a map that
        // admits nothing at all cannot be said there, and so not here.
        ("an empty map", arguments(0, &[]), "3b compact_malformed"),
        ("`*` as a name", arguments(2, &["*"]), "3b compact_malformed"),
        ("`*` as a name beside unnamed", arguments(3, &["*"]), "3b compact_malformed"),
    ]);
}

/// What is not canonical breaks at the first byte that would be written otherwise.
#[test]
fn where_a_body_is_not_canonical() {
    let body = root_with(&cat(&[&[0x10], &double(1.0)]));
    let found = body.windows(2).position(|bytes| *bytes == [0x10, 4]).unwrap() + 1;
    let bodies = [body];
    let start = chain(&bodies).len() - bodies[0].len();
    match verify(&bodies).unwrap_err().reason() {
        Reason::Compact(fault) => assert_eq!(fault.offset(), start + found),
        other => panic!("{other}"),
    }
}

/// An audience that names nobody is not one that admits everybody.
#[test]
fn audiences_that_nobody_meets_cannot_be_written() {
    let verified = verify(&[root_with(&[0x16])]).unwrap();
    let claims = verified.leaf().unwrap().claims();
    let written =
        |audience| write_body(&Claims { audience, ..claims.clone() }, &[], None).is_some();
    assert!(written(Audience::Unrestricted));
    assert!(written(Audience::only(["a"])));
    assert!(!written(Audience::only::<&str>([])));
    assert!(!written(Audience::Malformed));
}
