//! All 81 ordered pairs of core types.

use crate::model::*;
use alloc::{collections::BTreeSet, vec, vec::Vec};

/// Well-formed constraints of every type, some for each way of being narrower or wider.
fn samples() -> Vec<Constraint> {
    let n = |n: i32| exact(n).unwrap();
    let s = |s: &str| exact(s).unwrap();
    let nothing: [i32; 0] = [];
    vec![
        n(1),
        n(5),
        s("a"),
        s("b"),
        range(1..=5).unwrap(),
        range(1..5).unwrap(),
        range(2..=3).unwrap(),
        at_least(1),
        one_of(["a", "b"]).unwrap(),
        one_of(["a"]).unwrap(),
        one_of([1, 5]).unwrap(),
        not_one_of(["a"]),
        not_one_of(["a", "b"]),
        not_one_of(nothing),
        contains(["a"]),
        contains(["a", "b"]),
        contains(nothing),
        subset(["a"]),
        subset(["a", "b"]),
        subset(nothing),
        wildcard(),
        all([n(1)]).unwrap(),
        all([range(1..=5).unwrap(), n(1)]).unwrap(),
        all([range(1..=5).unwrap(), not_one_of(["a"])]).unwrap(),
        all([wildcard(), wildcard()]).unwrap(),
        any([n(1)]).unwrap(),
        any([n(1), s("a")]).unwrap(),
        any([one_of(["a", "b"]).unwrap(), n(1)]).unwrap(),
    ]
}

/// The indices into [`samples`] of the children that each type of parent permits, written out from
/// AAT-02 4.5 by hand: parent, then every child of the listed types that narrows it.
fn expected() -> Vec<(usize, Vec<usize>)> {
    let everything = (0..28).collect();
    vec![
        // exact <- the same exact.
        (0, vec![0]),
        (1, vec![1]),
        (2, vec![2]),
        (3, vec![3]),
        // range <- tighter ranges, exact numbers inside.
        (4, vec![0, 1, 4, 5, 6]),
        (5, vec![0, 5, 6]),
        (6, vec![6]),
        (7, vec![0, 1, 4, 5, 6, 7]),
        // one_of <- subsets, exact members.
        (8, vec![2, 3, 8, 9]),
        (9, vec![2, 9]),
        (10, vec![0, 1, 10]),
        // not_one_of <- supersets.
        (11, vec![11, 12]),
        (12, vec![12]),
        (13, vec![11, 12, 13]),
        // contains <- supersets.
        (14, vec![14, 15]),
        (15, vec![15]),
        (16, vec![14, 15, 16]),
        // subset <- subsets.
        (17, vec![17, 19]),
        (18, vec![17, 18, 19]),
        (19, vec![19]),
        // wildcard <- anything.
        (20, everything),
        // all <- all in which every clause above is narrowed by one below.
        (21, vec![21, 22]),
        (22, vec![21, 22]),
        (23, vec![23]),
        (24, vec![21, 22, 23, 24]),
        // any <- any in which every clause below narrows one above.
        (25, vec![25]),
        (26, vec![25, 26]),
        (27, vec![25, 26, 27]),
    ]
}

#[test]
fn every_pair_of_types() {
    let samples = samples();
    let mut pairs = BTreeSet::new();
    for (parent, children) in expected() {
        for (child, below) in samples.iter().enumerate() {
            let above = &samples[parent];
            let expected = children.contains(&child);
            assert_eq!(below.narrows(above), expected, "{below} under {above}");
            pairs.insert((above.type_name(), below.type_name()));
        }
    }
    assert_eq!(pairs.len(), 81);
}

/// The pairs that 4.5 lists; no other pair of types has an instance that narrows.
#[test]
fn the_listed_pairs_are_the_only_ones() {
    let listed: BTreeSet<_> = [
        ("exact", "exact"),
        ("range", "range"),
        ("range", "exact"),
        ("one_of", "one_of"),
        ("one_of", "exact"),
        ("not_one_of", "not_one_of"),
        ("contains", "contains"),
        ("subset", "subset"),
        ("all", "all"),
        ("any", "any"),
    ]
    .into();
    let samples = samples();
    let mut found = BTreeSet::new();
    for above in samples.iter().filter(|above| above.type_name() != "wildcard") {
        for below in samples.iter().filter(|below| below.narrows(above)) {
            found.insert((above.type_name(), below.type_name()));
        }
    }
    assert_eq!(found, listed);
}

#[test]
fn what_narrows_accepts_no_more() {
    let values: Vec<_> = [
        "null",
        "false",
        "0",
        "1",
        "2",
        "3",
        "5",
        "6",
        r#""a""#,
        r#""b""#,
        "[]",
        r#"["a"]"#,
        r#"["b","a"]"#,
        r#"["c"]"#,
        "{}",
    ]
    .map(|text| crate::json::Value::from_json(text.as_bytes()).unwrap())
    .into();
    let samples = samples();
    for above in &samples {
        assert!(above.narrows(above), "{above} narrows itself");
        for below in samples.iter().filter(|below| below.narrows(above)) {
            for value in values.iter().filter(|value| below.accepts(value)) {
                assert!(above.accepts(value), "{below} under {above} accepts {value}");
            }
        }
    }
}

#[test]
fn one_clause_may_serve_several() {
    let five = exact(5).unwrap();
    let parent = all([wildcard(), at_least(1), at_most(9)]).unwrap();
    assert!(all([five.clone()]).unwrap().narrows(&parent));
    // A bare constraint below `all` or `any` is refused, however narrow (AAT-02 4.1).
    assert!(!five.narrows(&parent));
    assert!(!five.narrows(&any([five.clone()]).unwrap()));
    // Nested composites compare level by level.
    let nested = |values: [i32; 2]| all([any([one_of(values).unwrap()]).unwrap()]).unwrap();
    assert!(nested([1, 1]).narrows(&nested([1, 2])));
    assert!(!nested([1, 3]).narrows(&nested([1, 2])));
}
