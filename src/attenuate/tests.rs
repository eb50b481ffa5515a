use super::*;
use crate::{
    key::SigningKey,
    model::{Audience, Constraint, TokenId, any, at_most, exact, one_of, wildcard},
};
use alloc::{string::ToString as _, vec, vec::Vec};

fn claims(depth: u32, max_depth: u32, capabilities: Option<Capabilities>) -> Claims {
    Claims {
        id: TokenId::new(alloc::format!("token {depth}")).unwrap(),
        issuer: "urn:x".into(),
        issued_at: Timestamp::from_unix(0),
        expires_at: Timestamp::from_unix(100),
        holder: SigningKey::from_seed(&[7; 32]).public_key().clone(),
        audience: Audience::Unrestricted,
        depth,
        max_depth,
        parent: None,
        capabilities,
    }
}

/// Step 4f cannot be the first to fail in a chain, since 3i, 4e and 4g bound every depth; by itself
/// it can.
#[test]
fn depth_above_the_limit() {
    let limits = Limits::default();
    let judged = judge(&claims(8, 9, None), &claims(9, 9, None), &limits, Timestamp::from_unix(1));
    let widening = judged.unwrap_err();
    assert_eq!((widening.step().label(), widening.code()), ("4f", "depth_above_limit"));
}

#[test]
fn no_authority_narrows_anything_and_grants_nothing() {
    let (none, some) = (None, Some(Capabilities::new().with_tool("a", map(&[], false))));
    let limits = Limits::default();
    let now = Timestamp::from_unix(1);
    let steps =
        [(&none, &none), (&some, &none), (&some, &some), (&none, &some)].map(|(above, below)| {
            let judged =
                judge(&claims(0, 3, above.clone()), &claims(1, 3, below.clone()), &limits, now);
            judged.err().map(|widening| widening.step().label())
        });
    assert_eq!(steps, [None, None, None, Some("4p1")]);
}

/// Arguments with their constraint and whether they are optional.
fn map(entries: &[(&str, Constraint, bool)], unnamed: bool) -> ConstraintMap {
    let mut map = ConstraintMap::new();
    for (argument, constraint, optional) in entries {
        map.insert((*argument).into(), Entry::new(constraint.clone(), *optional));
    }
    map.set_unnamed(unnamed);
    map
}

#[test]
fn maps() {
    let req = |c: Constraint| ("a", c, false);
    let opt = |c: Constraint| ("a", c, true);
    let one = || exact(1).unwrap();
    let few = || one_of([1, 2]).unwrap();
    let cases = vec![
        // Parent, child, the step that fails.
        (map(&[req(few())], false), map(&[req(one())], false), None),
        (map(&[req(one())], false), map(&[req(few())], false), Some("4p4")),
        (map(&[opt(few())], false), map(&[req(few())], false), None),
        (map(&[req(few())], false), map(&[opt(few())], false), Some("4p3")),
        (map(&[opt(few())], false), map(&[opt(one())], false), None),
        (map(&[opt(few())], false), map(&[], false), None),
        (map(&[req(few())], false), map(&[], false), Some("4p2")),
        (map(&[opt(few())], true), map(&[], true), Some("4p2")),
        (map(&[opt(few())], true), map(&[], false), None),
        (map(&[], false), map(&[], true), Some("4p2")),
        (map(&[], true), map(&[], false), None),
        (map(&[], true), map(&[opt(wildcard())], true), None),
        (map(&[], true), map(&[req(few())], false), None),
        (map(&[], false), map(&[opt(one())], false), Some("4p2")),
        (map(&[req(wildcard())], false), map(&[req(at_most(3))], false), None),
        // `{}` is `{"*": wildcard}`.
        (ConstraintMap::unrestricted(), map(&[req(one())], true), None),
        (map(&[req(one())], true), ConstraintMap::unrestricted(), Some("4p2")),
    ];
    for (parent, child, expected) in cases {
        let tools = |map: &ConstraintMap| Capabilities::new().with_tool("t", map.clone());
        let judged = tools(&child).narrows(&tools(&parent));
        let step = judged.as_ref().err().map(|widening| widening.step().label());
        assert_eq!(step, expected, "{child:?} under {parent:?}: {judged:?}");
    }
}

#[test]
fn the_message_names_the_tool_the_argument_and_both_constraints() {
    let tools = |constraint| {
        Capabilities::new().with_tool("read", map(&[("path", constraint, false)], false))
    };
    let wide = tools(one_of(["x", "y"]).unwrap());
    let widening = wide.narrows(&tools(exact("x").unwrap())).unwrap_err();
    let message = widening.to_string();
    for part in ["`read`", "`path`", r#"`one_of ["x", "y"]`"#, r#"`exact "x"`"#] {
        assert!(message.contains(part), "{message}");
    }
}

/// Depths and times: one change to a child that is in order, in the order of the steps.
#[test]
fn depths_and_times() {
    // A change, the step and code that it fails, and what the message says.
    type Case<'a> = (fn(&mut Claims), Option<(&'a str, &'a str)>, &'a [&'a str]);
    let cases: [Case<'_>; 17] = [
        (|_| (), None, &[]),
        (|c| c.depth = 0, Some(("4d", "depth_not_next")), &["0", "parent of depth 0"]),
        (|c| c.depth = 2, Some(("4d", "depth_not_next")), &["2", "parent of depth 0"]),
        (|c| c.max_depth = 3, None, &[]),
        (|c| c.max_depth = 4, Some(("4g", "max_depth_raised")), &["4", "3"]),
        (|c| c.max_depth = 1, None, &[]),
        (|c| c.max_depth = 0, Some(("4m", "depth_above_own_max")), &["1", "ceiling 0"]),
        (|c| c.expires_at = Timestamp::from_unix(100), None, &[]),
        (
            |c| c.expires_at = Timestamp::from_unix(101),
            Some(("4h", "outlives_parent")),
            &["101", "100"],
        ),
        (|c| c.expires_at = Timestamp::from_unix(51), None, &[]),
        (|c| c.expires_at = Timestamp::from_unix(50), Some(("4i", "expired")), &["50", "0 s"]),
        (|c| c.issued_at = Timestamp::from_unix(10), None, &[]),
        (
            |c| c.issued_at = Timestamp::from_unix(9),
            Some(("4j", "issued_before_parent")),
            &["9", "10"],
        ),
        (|c| c.issued_at = Timestamp::from_unix(80), None, &[]),
        (
            |c| c.issued_at = Timestamp::from_unix(81),
            Some(("4k", "issued_in_future")),
            &["81", "31 s"],
        ),
        (
            |c| {
                c.issued_at = Timestamp::from_unix(60);
                c.expires_at = Timestamp::from_unix(60);
            },
            Some(("4l", "expires_before_issued")),
            &["60"],
        ),
        // What fails twice is told by the first step.
        (
            |c| {
                c.max_depth = 4;
                c.expires_at = Timestamp::from_unix(101);
            },
            Some(("4g", "max_depth_raised")),
            &[],
        ),
    ];
    let mut parent = claims(0, 3, None);
    parent.issued_at = Timestamp::from_unix(10);
    for (index, (change, expected, parts)) in cases.into_iter().enumerate() {
        let mut child = claims(1, 3, None);
        child.issued_at = Timestamp::from_unix(10);
        change(&mut child);
        let judged = judge(&parent, &child, &Limits::default(), Timestamp::from_unix(50));
        let found = judged.as_ref().err().map(|w| (w.step().label(), w.code()));
        assert_eq!(found, expected, "{index}");
        let message = judged.err().map(|widening| widening.to_string()).unwrap_or_default();
        assert!(parts.iter().all(|part| message.contains(part)), "{index}: {message}");
    }
    let mut terminal = claims(0, 0, None);
    terminal.issued_at = Timestamp::from_unix(10);
    let below = judge(&terminal, &claims(1, 0, None), &Limits::default(), Timestamp::from_unix(50));
    assert_eq!(below.unwrap_err().code(), "depth_above_parent_max");
}

#[test]
fn every_message_about_arguments_names_the_tool_and_the_argument() {
    let one = || exact(1).unwrap();
    let cases = [
        (map(&[], false), map(&[("path", one(), true)], false), "argument_added"),
        (map(&[("path", one(), false)], false), map(&[], false), "required_argument_dropped"),
        (map(&[("path", one(), true)], true), map(&[], true), "argument_readmitted"),
        (
            map(&[("path", one(), false)], false),
            map(&[("path", one(), true)], false),
            "made_optional",
        ),
        (
            map(&[("path", one(), false)], false),
            map(&[("path", wildcard(), false)], false),
            "constraint_widened",
        ),
    ];
    for (parent, child, code) in cases {
        let tools = |map| Capabilities::new().with_tool("read", map);
        let widening = tools(child).narrows(&tools(parent)).unwrap_err();
        let message = widening.to_string();
        assert_eq!(widening.code(), code);
        assert!(message.contains("`read`") && message.contains("`path`"), "{message}");
    }
    let tools = |name: &str| Capabilities::new().with_tool(name, ConstraintMap::unrestricted());
    let added = tools("delete").narrows(&tools("read")).unwrap_err();
    assert_eq!(added.code(), "tool_added");
    assert!(added.to_string().contains("`delete`"));
}

/// `any` under `any` with only the last pair alike, so that every pair is compared.
#[test]
fn comparisons_are_limited() {
    let tools = |clauses: Vec<Constraint>| {
        let clauses = any(clauses).unwrap();
        Capabilities::new().with_tool("t", map(&[("a", clauses, false)], false))
    };
    let narrows = |above: i32, below: usize| {
        let mut parent: Vec<Constraint> = (0..above).map(|n| exact(n).unwrap()).collect();
        parent.push(exact("last").unwrap());
        let child = vec![exact("last").unwrap(); below];
        tools(child).narrows(&tools(parent)).map_err(|widening| widening.code())
    };
    // One for the two `any`, and one for each pair.
    assert_eq!(narrows(1023, 127), Ok(()));
    assert_eq!(narrows(1023, 128), Err("too_many_comparisons"));
    // Members of sets count too.
    let mut left = 4;
    let set = |members: &[i32]| one_of(members.iter().copied()).unwrap();
    assert_eq!(set(&[1, 2]).narrows_within(&set(&[1, 2, 3]), &mut left), Some(true));
    assert_eq!(left, 1);
    assert_eq!(set(&[1]).narrows_within(&set(&[1]), &mut left), None);
}
