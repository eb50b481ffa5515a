use super::*;
use crate::{
    SigningKey,
    model::{Capabilities, ConstraintMap, Entry, TokenId, at_most, exact, one_of, wildcard},
};
use alloc::{format, string::String, string::ToString, vec};
use proptest::prelude::*;

fn claims(capabilities: Capabilities, depth: u32) -> Claims {
    let key = |n: u32| SigningKey::from_seed(&[n as u8; 32]).public_key().clone();
    Claims {
        id: TokenId::new(format!("t{depth}")).unwrap(),
        issuer: match depth.checked_sub(1) {
            None => "https://a.example".into(),
            Some(above) => key(above).thumbprint_uri().into(),
        },
        issued_at: Timestamp::from_unix(1000),
        expires_at: Timestamp::from_unix(2000),
        holder: key(depth),
        audience: Audience::Unrestricted,
        depth,
        max_depth: 3,
        parent: None,
        capabilities: Some(capabilities),
    }
}

fn with(map: ConstraintMap) -> Capabilities {
    Capabilities::new().with_tool("t", map)
}

fn shown(parent: &Claims, child: &Claims) -> Vec<String> {
    let narrowing = Narrowing::between(parent, child);
    narrowing.changes().iter().map(|c| c.to_string()).collect()
}

#[test]
fn each_change_of_capabilities() {
    let new = ConstraintMap::new;
    let ten = || at_most(10);
    let one = || exact(1).unwrap();
    let cases: Vec<(ConstraintMap, ConstraintMap, Vec<&str>)> = vec![
        (new().require("a", ten()), new().require("a", ten()), vec![]),
        (
            new().require("a", ten()),
            new().require("a", one()),
            vec!["tool `t`, argument `a`: `range ..=10` -> `exact 1`"],
        ),
        (
            new().optional("a", ten()),
            new().require("a", one()),
            vec![
                "tool `t`, argument `a`: `range ..=10` -> `exact 1`",
                "tool `t`, argument `a`: optional -> required",
            ],
        ),
        (
            new().optional("a", ten()).require("b", one()),
            new().require("b", one()),
            vec!["tool `t`, argument `a`: optional -> forbidden"],
        ),
        (
            ConstraintMap::unrestricted(),
            new().require("a", one()),
            vec![
                "tool `t`, argument `a`: admitted by `*` -> `exact 1`",
                "tool `t`, argument `a`: optional -> required",
                "tool `t`: unnamed arguments (`*`) dropped",
            ],
        ),
        (
            new().require("a", one()),
            new().require("a", ten()),
            vec![
                "WIDENED: tool `t`: argument `a`: `range ..=10` does not narrow the parent's \
                 `exact 1`",
            ],
        ),
        (
            new().require("a", one()),
            new().optional("a", one()),
            vec![
                "WIDENED: tool `t`: the argument `a`, which the parent requires, becomes optional",
            ],
        ),
        (
            new().require("a", one()),
            ConstraintMap::unrestricted(),
            vec![
                "WIDENED: tool `t`: the argument `a`, which the parent requires, is left out",
                "WIDENED: tool `t`: the parent does not admit unnamed arguments (`*`)",
            ],
        ),
        (
            new().optional("a", one()).allow_unnamed(),
            new().allow_unnamed(),
            vec![
                "WIDENED: tool `t`: the argument `a` is left out while unnamed arguments stay \
                 admitted",
            ],
        ),
        (
            new().require("a", one()),
            new().require("a", one()).optional("b", one()),
            vec!["WIDENED: tool `t`: the parent does not admit the argument `b`"],
        ),
    ];
    for (parent, child, expected) in cases {
        let found = shown(&claims(with(parent), 0), &claims(with(child), 1));
        assert_eq!(found, expected);
    }
}

#[test]
fn tools_stand_in_order_of_their_names() {
    let tools = |names: &[&str]| {
        let each = names.iter();
        each.fold(Capabilities::new(), |tools, &name| {
            tools.with_tool(name, ConstraintMap::unrestricted())
        })
    };
    let parent = claims(tools(&["a", "c", "d"]), 0);
    let child = claims(tools(&["b", "c"]), 1);
    let expected = [
        "tool `a` dropped",
        "WIDENED: the parent does not authorize the tool `b`",
        "tool `d` dropped",
    ];
    assert_eq!(shown(&parent, &child), expected);
    let mut nothing = child;
    nothing.capabilities = None;
    assert_eq!(shown(&parent, &nothing).len(), 3);
}

#[test]
fn link_lifetime_depth_and_audience() {
    let parent = claims(Capabilities::new(), 0);
    let changed = |change: &dyn Fn(&mut Claims)| {
        let mut child = claims(Capabilities::new(), 1);
        change(&mut child);
        shown(&parent, &child)
    };
    assert!(Narrowing::between(&parent, &claims(Capabilities::new(), 1)).is_same_scope());
    type Case<'a> = (&'a dyn Fn(&mut Claims), &'static str);
    let cases: [Case<'_>; 9] = [
        (&|c| c.expires_at = Timestamp::from_unix(1900), "expires 100 s earlier, 2000 -> 1900"),
        (
            &|c| c.expires_at = Timestamp::from_unix(2001),
            "WIDENED: it expires at 2001, after its parent at 2000",
        ),
        (&|c| c.max_depth = 1, "depth ceiling 3 -> 1"),
        (&|c| c.max_depth = 4, "WIDENED: the depth ceiling 4 is above the parent's 3"),
        (&|c| c.audience = Audience::only(["x", "y"]), "audience -> `x, y`"),
        (&|c| c.audience = Audience::Malformed, "audience -> malformed, names nobody"),
        (&|c| c.depth = 2, "WIDENED: the depth is 2 below a parent of depth 0"),
        (&|c| c.issuer = "urn:x".into(), "WIDENED: the issuer `urn:x` is not the parent's holder"),
        (
            &|c| c.issued_at = Timestamp::from_unix(999),
            "WIDENED: it was issued at 999, before its parent at 1000",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(changed(change), [expected]);
    }

    let mut named = parent.clone();
    named.audience = Audience::only(["x", "y"]);
    for (child, restricted) in [
        (Audience::Unrestricted, false),
        (Audience::only(["y", "x", "z"]), false),
        (Audience::only(["y", "z"]), true),
    ] {
        let mut below = claims(Capabilities::new(), 1);
        below.audience = child;
        assert_eq!(shown(&named, &below).len(), usize::from(restricted));
    }
}

#[test]
fn foreign_names_stay_on_one_line() {
    let tool: String = core::iter::repeat_n("\n\u{1b}[31m", 100).collect();
    let parent = claims(Capabilities::new().with_tool(tool, ConstraintMap::unrestricted()), 0);
    let [text] = &shown(&parent, &claims(Capabilities::new(), 1))[..] else {
        panic!("one change");
    };
    assert!(!text.contains(['\n', '\u{1b}']) && text.len() < 1000);
}

fn any_map() -> impl Strategy<Value = ConstraintMap> {
    let constraint = prop_oneof![
        Just(wildcard()),
        (0..3).prop_map(|n| exact(n).unwrap()),
        (0..3).prop_map(at_most),
        proptest::collection::vec(0..3, 1..3).prop_map(|v| one_of(v).unwrap()),
    ];
    let entry = (0..3_u8, constraint, any::<bool>());
    (proptest::collection::vec(entry, 0..3), any::<bool>()).prop_map(|(entries, unnamed)| {
        let mut map = ConstraintMap::new();
        for (name, constraint, optional) in entries {
            let name = format!("a{name}");
            map.insert(name.into(), Entry { constraint: constraint.into(), optional });
        }
        map.set_unnamed(unnamed);
        map
    })
}

fn any_tools() -> impl Strategy<Value = Capabilities> {
    proptest::collection::btree_map("[tu]", any_map(), 0..3).prop_map(|tools| {
        let each = tools.into_iter();
        each.fold(Capabilities::new(), |all, (tool, map)| all.with_tool(tool, map))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    /// The comparison hides no widening that the judge of verdicts finds, and invents none.
    #[test]
    fn widening_is_shown_exactly_when_it_is_one(parent in any_tools(), child in any_tools()) {
        let verdict = child.narrows(&parent);
        let narrowing = Narrowing::between(&claims(parent.clone(), 0), &claims(child.clone(), 1));
        prop_assert_eq!(narrowing.is_widening(), verdict.is_err());
        if let Err(first) = verdict {
            let first = Change::Widened(Box::new(first));
            prop_assert!(narrowing.changes().contains(&first));
        }
        prop_assert_eq!(narrowing.is_same_scope(), parent == child);
    }
}
