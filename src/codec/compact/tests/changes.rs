//! Constraints and capabilities told against the parent's.

use super::*;

const NOT_CANONICAL: &str = "4b compact_malformed: not the canonical form";
const MALFORMED: &str = "4b compact_malformed: malformed";
const ABC: u8 = 3;

/// A set constraint of `a`, `b` and `c`.
fn set(head: u8) -> Vec<u8> {
    cat(&[&[head, ABC], &text("a"), &text("b"), &text("c")])
}

fn below(parent: &[u8], change: &[u8]) -> Vec<Vec<u8>> {
    vec![root_with(parent), child_with(change)]
}

#[test]
fn an_unchanged_constraint_is_inherited() {
    let wildcard = &[0x16];
    let optional = &[0x36];
    assert_eq!(refusal(&below(wildcard, &[0])), "permitted");
    assert_eq!(refusal(&below(optional, &[2])), "permitted");
    assert_eq!(refusal(&below(optional, &cat(&[&[0x30], &text("x")]))), "permitted");
    refused(vec![
        ("written whole", below(wildcard, wildcard), NOT_CANONICAL),
        ("written whole, now required", below(optional, wildcard), NOT_CANONICAL),
        ("written whole, optional", below(optional, optional), NOT_CANONICAL),
        ("required twice", below(wildcard, &[2]), NOT_CANONICAL),
        ("made optional twice", below(optional, &[3]), NOT_CANONICAL),
        ("made optional", below(wildcard, &[3]), "4p3 made_optional"),
        (
            "made optional, whole",
            below(wildcard, &cat(&[&[0x30], &text("x")])),
            "4p3 made_optional",
        ),
        ("dropped", below(wildcard, &[1]), "4"),
        ("inherit, optional bit", below(optional, &[0x20]), "unknown constraint tag 0x00"),
        ("drop, optional bit", below(optional, &[0x21]), "unknown constraint tag 0x01"),
        ("require, optional bit", below(optional, &[0x22]), "unknown constraint tag 0x02"),
        ("make optional, optional bit", below(optional, &[0x23]), "unknown constraint tag 0x03"),
        ("a high bit", below(optional, &[0x80]), "unknown constraint tag 0x80"),
        ("an unknown head", below(optional, &[4]), "unknown constraint tag 0x04"),
        (
            "an extension",
            below(wildcard, &cat(&[&[0x1f], &s("cidr"), &s("{}")])),
            "4o constraint_type_unknown",
        ),
        (
            "too deep",
            below(wildcard, &cat(&[&[0x17, 1].repeat(32), &[0x16]])),
            "4o constraint_too_deep",
        ),
        ("wider", below(&set(0x12), &[0x16]), "4p4 constraint_widened"),
        ("nothing", below(wildcard, &[]), "4b compact_malformed"),
        ("trailing", below(wildcard, &[0, 0]), "trailing bytes"),
    ]);
}

#[test]
fn members_are_told_by_their_places() {
    let one_of = &set(0x12);
    for change in [&[0x40, 2][..], &[0x41, 1, 2], &[0x41, 2, 0, 1], &[0x60, 0]] {
        let found = refusal(&below(one_of, change));
        let expected = if change[0] == 0x60 { "4p3 made_optional" } else { "permitted" };
        assert!(found.starts_with(expected), "{change:?}: {found}");
    }
    refused(vec![
        ("a member, whole", below(one_of, &cat(&[&[0x10], &text("b")])), NOT_CANONICAL),
        ("no member, whole", below(one_of, &cat(&[&[0x10], &text("d")])), "4p4 constraint_widened"),
        ("a place beyond", below(one_of, &[0x40, 3]), "the parent has no such value"),
        ("a place far beyond", below(one_of, &cat(&[&[0x40], &n(u64::MAX)])), "has no such value"),
        ("a place over-long", below(one_of, &[0x40, 0x81, 0]), MALFORMED),
        ("fewer, whole", below(one_of, &cat(&[&[0x12, 1], &text("b")])), NOT_CANONICAL),
        ("no fewer", below(one_of, &[0x41, 3, 0, 0, 0]), NOT_CANONICAL),
        ("fewer, none", below(one_of, &[0x41, 0]), "4o constraint_malformed"),
        ("fewer, beyond", below(one_of, &[0x41, 2, 0, 2]), "the parent has no such value"),
        ("fewer, far beyond", below(one_of, &cat(&[&[0x41, 2, 0], &n(u64::MAX)])), MALFORMED),
        ("fewer, count beyond", below(one_of, &[0x41, 9, 0, 0]), "the bytes end within places"),
        ("more of a one_of", below(one_of, &cat(&[&[0x42, 1], &text("d")])), "constraint tag 0x42"),
        (
            "another, whole",
            below(one_of, &cat(&[&[0x12, 1], &text("d")])),
            "4p4 constraint_widened",
        ),
        ("a member of a subset", below(&set(0x15), &[0x40, 0]), "constraint tag 0x40"),
        ("a member of no set", below(&[0x16], &[0x40, 0]), "constraint tag 0x40"),
        ("an array as a member", below(&[0x12, 1, 6, 0], &[0x40, 0]), "4o constraint_malformed"),
    ]);
    for head in [0x12, 0x15] {
        assert_eq!(refusal(&below(&set(head), &[0x41, 1, 0])), "permitted");
    }
    assert_eq!(refusal(&below(&set(0x15), &[0x41, 0])), "permitted");
    for head in [0x13, 0x14] {
        refused(vec![("fewer", below(&set(head), &[0x41, 1, 0]), "constraint tag 0x41")]);
    }
}

#[test]
fn more_members_are_told_alone() {
    let more = |values: &[Vec<u8>]| cat(&[&[0x42, values.len() as u8], &values.concat()]);
    for head in [0x13, 0x14] {
        let parent = &set(head);
        assert_eq!(refusal(&below(parent, &more(&[text("d")]))), "permitted");
        let all = cat(&[&[head, 4], &text("a"), &text("b"), &text("c"), &text("d")]);
        refused(vec![
            ("whole", below(parent, &all), NOT_CANONICAL),
            ("none more", below(parent, &more(&[])), NOT_CANONICAL),
            ("one that is there", below(parent, &more(&[text("a")])), NOT_CANONICAL),
            (
                "one that is there and one more",
                below(parent, &more(&[text("a"), text("d")])),
                NOT_CANONICAL,
            ),
            ("unsorted", below(parent, &more(&[text("e"), text("d")])), NOT_CANONICAL),
            ("twice", below(parent, &more(&[text("d"), text("d")])), NOT_CANONICAL),
            ("beyond the rest", below(parent, &[0x42, 100]), "the bytes end within set"),
            ("fewer, whole", below(parent, &cat(&[&[head, 1], &text("a")])), "4p4"),
        ]);
    }
}

/// A root of the tools `s` (any arguments) and `t` (one, optional, and unnamed ones).
fn two_tools() -> Vec<u8> {
    let tools = cat(&[&[2], &s("s"), &[1], &s("t"), &[3], &s("a"), &[0x36]]);
    Parts::root(&tools).body()
}

#[test]
fn capabilities_have_one_form() {
    let child = |capabilities: &[u8]| vec![two_tools(), Parts::derived(capabilities).body()];
    let listed = |tools: &[u8]| child(&cat(&[&[2], tools]));
    // The second tool's map: what becomes of `a`, then the unnamed bit and the names added.
    let changed = |map: &[u8]| listed(&cat(&[&[1, 1, 1], map]));
    for bodies in [
        child(&[0]),
        child(&[1]),
        listed(&[0]),
        listed(&[1, 0, 0]),
        listed(&[1, 1, 0]),
        listed(&[2, 0, 0, 0, 1, 2, 1]),
        changed(&[0, 0]),
        changed(&cat(&[&[1, 2], &s("b"), &[0x16]])),
    ] {
        assert_eq!(refusal(&bodies), "permitted");
    }
    refused(vec![
        ("the same, listed", listed(&[2, 0, 0, 0, 0]), NOT_CANONICAL),
        ("a map the same, changed", listed(&[1, 1, 1, 0, 1]), NOT_CANONICAL),
        ("an unknown form", child(&[3]), "unknown capabilities tag 0x03"),
        ("an unknown form of a map", listed(&[1, 0, 2]), "unknown arguments tag 0x02"),
        ("a tool beyond", listed(&[1, 2, 0]), "the parent has no such tool"),
        ("a tool beyond the second", listed(&[2, 1, 0, 0, 0]), "the parent has no such tool"),
        ("a tool far beyond", listed(&cat(&[&[1], &n(u64::MAX), &[0]])), "compact_malformed"),
        (
            "places that overflow",
            listed(&cat(&[&[2, 0, 0], &n(u64::MAX), &[0]])),
            "compact_malformed",
        ),
        ("tools beyond the rest", listed(&[100]), "the bytes end within tools"),
        ("count over-long", listed(&[0x80, 0]), MALFORMED),
        (
            "names unsorted",
            changed(&cat(&[&[0, 4], &s("c"), &[0x16], &s("b"), &[0x16]])),
            NOT_CANONICAL,
        ),
        (
            "a name twice",
            changed(&cat(&[&[0, 4], &s("b"), &[0x16], &s("b"), &[0x16]])),
            NOT_CANONICAL,
        ),
        ("the parent's name", changed(&cat(&[&[0, 2], &s("a"), &[0x36]])), NOT_CANONICAL),
        (
            "the parent's name, changed",
            changed(&cat(&[&[0, 2], &s("a"), &[0x10], &text("x")])),
            NOT_CANONICAL,
        ),
        ("the parent's name, dropped", changed(&cat(&[&[1, 2], &s("a"), &[0x16]])), NOT_CANONICAL),
        ("dropped while unnamed stay", changed(&[1, 1]), "4p2 argument_readmitted"),
        ("`*` as a name", changed(&cat(&[&[0, 2], &s("*"), &[0x16]])), "4b compact_malformed"),
        ("an empty map", changed(&[1, 0]), "4b compact_malformed"),
        ("an empty map of nothing named", listed(&[1, 0, 1, 0]), "4b compact_malformed"),
    ]);
    // Below a map that is closed no name can be added, and not all may be dropped.
    let closed = Parts::root(&cat(&[&[1], &s("t"), &[2], &s("a"), &[0x36]])).body();
    let child =
        |map: &[u8]| vec![closed.clone(), Parts::derived(&cat(&[&[2, 1, 0, 1], map])).body()];
    refused(vec![
        ("a name", child(&cat(&[&[2, 2], &s("b"), &[0x16]])), "4b compact_malformed"),
        ("all dropped", child(&[1]), "4b compact_malformed: malformed arguments"),
    ]);
}
