use super::*;
use crate::{
    key::SigningKey,
    model::{Audience, Constraint, TokenId, at_most, exact, one_of, wildcard},
};
use alloc::{string::ToString as _, vec};

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
        let judged = check_tools(&tools(&parent), &tools(&child));
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
    let widening = check_tools(&tools(exact("x").unwrap()), &wide).unwrap_err();
    let message = widening.to_string();
    for part in ["`read`", "`path`", r#"`one_of ["x", "y"]`"#, r#"`exact "x"`"#] {
        assert!(message.contains(part), "{message}");
    }
}
