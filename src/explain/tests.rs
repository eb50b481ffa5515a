use super::*;
use crate::{
    Audience, Capabilities, Constraint, ConstraintMap, Object, SigningKey, Timestamp, TokenId,
    Value, all, any, at_least, at_most, contains, exact, not_one_of, one_of, range, subset,
    wildcard,
};
use alloc::{format, string::String, string::ToString, vec};
use proptest::prelude::*;

fn claims(capabilities: Option<Capabilities>, depth: u32) -> Claims {
    let key = |n: u32| SigningKey::from_seed(&[n as u8; 32]).public_key().clone();
    Claims {
        id: TokenId::new(format!("t{depth}")).unwrap(),
        issuer: "https://a.example".into(),
        issued_at: Timestamp::from_unix(1000),
        expires_at: Timestamp::from_unix(2000),
        holder: key(depth),
        audience: Audience::Unrestricted,
        depth,
        max_depth: 3,
        parent: None,
        capabilities,
    }
}

fn one(map: ConstraintMap) -> Vec<Claims> {
    vec![claims(Some(Capabilities::new().with_tool("t", map)), 0)]
}

fn call(arguments: &str) -> Invocation {
    Invocation::from_json("t", arguments.as_bytes()).unwrap()
}

fn values(text: &str) -> Vec<Value> {
    let value = Value::from_json(text.as_bytes()).unwrap();
    value.as_array().unwrap().to_vec()
}

/// The adjustment of argument `a`, which is required, and the arguments that come of it.
fn suggested(constraint: Constraint, arguments: &str) -> (String, Option<String>) {
    let why =
        explain_unverified(&one(ConstraintMap::new().require("a", constraint)), &call(arguments));
    let nearest = why.nearest().unwrap();
    let [adjustment] = nearest.adjustments() else {
        panic!("one adjustment: {why}");
    };
    let call = nearest.call().map(|call| call.arguments().to_jcs());
    (adjustment.to_string(), call)
}

#[test]
fn each_type_suggests_the_nearest_value() {
    let cases = [
        (exact("x").unwrap(), r#"{"a":"y"}"#, r#"set argument `a` to `"x"`"#, r#"{"a":"x"}"#),
        (exact("x").unwrap(), "{}", r#"add argument `a`, such as `"x"`"#, r#"{"a":"x"}"#),
        (range(1..=9).unwrap(), r#"{"a":50}"#, "set argument `a` to `9`", r#"{"a":9}"#),
        (range(1..=9).unwrap(), r#"{"a":-5}"#, "set argument `a` to `1`", r#"{"a":1}"#),
        (range(1..9).unwrap(), r#"{"a":50}"#, "set argument `a` to `8`", r#"{"a":8}"#),
        (range(1..2).unwrap(), r#"{"a":50}"#, "set argument `a` to `1`", r#"{"a":1}"#),
        (at_most(9), r#"{"a":"many"}"#, "set argument `a` to `9`", r#"{"a":9}"#),
        (at_least(9), "{}", "add argument `a`, such as `9`", r#"{"a":9}"#),
        (
            one_of(["/data/q1.pdf", "/data/q3.pdf", "/etc"]).unwrap(),
            r#"{"a":"/data/q3.pfd"}"#,
            r#"set argument `a` to `"/data/q3.pdf"`"#,
            r#"{"a":"/data/q3.pdf"}"#,
        ),
        (one_of([10, 20, 30]).unwrap(), r#"{"a":24}"#, "set argument `a` to `20`", r#"{"a":20}"#),
        (
            one_of(values(r#"["x",7]"#)).unwrap(),
            r#"{"a":99}"#,
            "set argument `a` to `7`",
            r#"{"a":7}"#,
        ),
        (not_one_of([1, 2]), r#"{"a":2}"#, "set argument `a` to `3`", r#"{"a":3}"#),
        (
            subset(["x", "y"]),
            r#"{"a":["x","z","y","z"]}"#,
            r#"in argument `a` drop `"z"`"#,
            r#"{"a":["x","y"]}"#,
        ),
        (subset(["x"]), r#"{"a":"x"}"#, r#"set argument `a` to `["x"]`"#, r#"{"a":["x"]}"#),
        (
            contains(["x", "y"]),
            r#"{"a":["y","z"]}"#,
            r#"in argument `a` add `"x"`"#,
            r#"{"a":["y","z","x"]}"#,
        ),
        (
            all([contains(["x"]), subset(["x", "y"])]).unwrap(),
            r#"{"a":["y","z"]}"#,
            r#"in argument `a` drop `"z"` add `"x"`"#,
            r#"{"a":["y","x"]}"#,
        ),
        (
            all([at_least(3), not_one_of([3, 4])]).unwrap(),
            r#"{"a":1}"#,
            "set argument `a` to `5`",
            r#"{"a":5}"#,
        ),
        (
            any([at_most(3), range(10..=20).unwrap()]).unwrap(),
            r#"{"a":8}"#,
            "set argument `a` to `10`",
            r#"{"a":10}"#,
        ),
    ];
    for (constraint, arguments, adjustment, result) in cases {
        let (shown, call) = suggested(constraint.clone(), arguments);
        assert_eq!((&*shown, call.as_deref()), (adjustment, Some(result)), "{constraint}");
    }
}

#[test]
fn without_an_obvious_value_the_constraint_is_shown() {
    let (shown, call) = suggested(not_one_of(["x"]), r#"{"a":"x"}"#);
    assert_eq!(shown, r#"change argument `a`, which must satisfy `not_one_of ["x"]`"#);
    assert_eq!(call, None);
    let (shown, call) = suggested(wildcard(), "{}");
    assert_eq!(shown, "add argument `a`, which must satisfy `wildcard`");
    assert_eq!(call, None);
}

#[test]
fn arguments_come_and_go() {
    let map = ConstraintMap::new()
        .require("path", exact("/a").unwrap())
        .optional("mode", not_one_of(["w"]));
    let why = explain_unverified(&one(map), &call(r#"{"x":1,"mode":"w"}"#));
    let text = why.to_string();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let expected = [
        "the root never granted it",
        "nearest permitted call:",
        "  remove argument `mode`",
        "  add argument `path`, such as `\"/a\"`",
        "  remove argument `x`",
    ];
    assert_eq!(lines, expected);
    let permitted = why.nearest().and_then(Nearest::call).unwrap();
    assert_eq!(permitted.arguments().to_jcs(), r#"{"path":"/a"}"#);
}

#[test]
fn the_hop_that_took_the_authority_away() {
    let new = ConstraintMap::new;
    let tools = |map| Some(Capabilities::new().with_tool("t", map));
    let wide = || new().optional("a", at_most(10)).optional("b", wildcard());
    let open = || ConstraintMap::unrestricted();
    // Capabilities root first; the call; the first that refuses; what it changed.
    type Case = (Vec<Option<Capabilities>>, &'static str, usize, Vec<&'static str>);
    let cases: Vec<Case> = vec![
        (
            vec![tools(wide()), tools(wide()), tools(new().optional("a", at_most(5)))],
            r#"{"a":7}"#,
            2,
            vec!["argument_constrained"],
        ),
        (
            vec![
                tools(wide()),
                tools(new().optional("a", at_most(5))),
                tools(new().optional("a", at_most(5))),
            ],
            r#"{"a":1,"b":1}"#,
            1,
            vec!["argument_forbidden"],
        ),
        (
            vec![tools(wide()), tools(new().require("a", at_most(5)))],
            "{}",
            1,
            vec!["argument_made_required"],
        ),
        (
            vec![tools(open()), tools(new().optional("a", at_most(5)))],
            r#"{"c":1}"#,
            1,
            vec!["unnamed_dropped"],
        ),
        (vec![tools(open()), Some(Capabilities::new())], "{}", 1, vec!["tool_dropped"]),
        (vec![tools(open()), None, None], "{}", 1, vec!["tool_dropped"]),
        (vec![tools(wide()), tools(wide())], r#"{"a":11}"#, 0, vec![]),
    ];
    for (chain, arguments, lost_at, kinds) in cases {
        let chain: Vec<Claims> = (0..).zip(chain).map(|(d, c)| claims(c, d)).collect();
        let why = explain_unverified(&chain, &call(arguments));
        let found: Vec<&str> = why.lost_by().iter().map(Change::kind).collect();
        assert_eq!((why.lost_at(), found), (Some(lost_at), kinds), "{why}");
    }
}

#[test]
fn a_tool_that_is_not_granted() {
    let tools = (0..20).fold(Capabilities::new(), |tools, n| {
        tools.with_tool(format!("tool{n:02}"), ConstraintMap::unrestricted())
    });
    let why = explain_unverified(&[claims(Some(tools), 0)], &call("{}"));
    let text = why.to_string();
    assert!(text.contains("tools granted: `tool00`, `tool01`"), "{text}");
    assert!(text.ends_with("`tool15` and 4 more"), "{text}");
    let nothing = explain_unverified(&[claims(None, 0)], &call("{}"));
    assert!(nothing.to_string().ends_with("no tools granted"));
}

#[test]
fn huge_constraints_and_arguments_cost_little() {
    let long: String = core::iter::repeat_n('x', 100_000).collect();
    let many = one_of((0..20_000).map(|n| format!("{long:.8}{n}"))).unwrap();
    let mut deep = at_most(1);
    for _ in 0..32 {
        deep = all([deep.clone(), not_one_of([1])]).unwrap();
    }
    let wide =
        any((0..5000).map(|n| all([exact(n).unwrap(), exact(n).unwrap()]).unwrap())).unwrap();
    let array = format!("[{}]", vec!["1"; 100_000].join(","));
    for constraint in [many, deep, wide, contains([2]), subset([2])] {
        for value in [&*format!("\"{long}\""), "9", &*array, "[1]"] {
            let map = ConstraintMap::new().require("a", constraint.clone());
            let why = explain_unverified(&one(map), &call(&format!(r#"{{"a":{value}}}"#)));
            assert!(why.to_string().len() < 2000);
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        proptest::bool::ANY.prop_map(Value::from),
        (-3..4).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ];
    prop_oneof![
        3 => scalar.clone(),
        1 => proptest::collection::vec(scalar, 0..4).prop_map(Value::from),
    ]
}

fn any_constraint() -> impl Strategy<Value = Constraint> {
    let set = || proptest::collection::vec(any_value(), 1..4);
    let plain = prop_oneof![
        Just(wildcard()),
        (-3..4).prop_map(|n| exact(n).unwrap()),
        (-3..4, 0..4).prop_map(|(n, width)| range(n..n + width).unwrap()),
        (-3..4).prop_map(at_most),
        set().prop_map(|v| one_of(v).unwrap()),
        set().prop_map(not_one_of),
        set().prop_map(contains),
        set().prop_map(subset),
    ];
    plain.prop_recursive(3, 12, 3, |inner| {
        let clauses = proptest::collection::vec(inner, 1..4);
        prop_oneof![
            clauses.clone().prop_map(|c| all(c).unwrap()),
            clauses.prop_map(|c| any(c).unwrap()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn what_is_suggested_is_permitted(
        entries in proptest::collection::vec((any_constraint(), proptest::bool::ANY), 1..4),
        unnamed in proptest::bool::ANY,
        arguments in proptest::collection::btree_map("[a-d]", any_value(), 0..4),
    ) {
        let mut map = ConstraintMap::new();
        for (name, (constraint, optional)) in ["a", "b", "c"].into_iter().zip(entries) {
            map = if optional { map.optional(name, constraint) } else { map.require(name, constraint) };
        }
        map.set_unnamed(unnamed);
        let call = Invocation::new("t", Object::new(arguments).unwrap());
        let why = explain_unverified(&one(map.clone()), &call);
        prop_assert_eq!(why.is_authorized(), map.check(call.arguments()).is_ok());
        let Some(nearest) = why.nearest() else { return Ok(()) };
        prop_assert!(!nearest.adjustments().is_empty());
        // A value is only suggested when it is accepted, so all values known is all permitted.
        let complete = nearest.adjustments().iter().all(|adjustment| {
            matches!(adjustment, Adjustment::Remove { .. }) || adjustment.value().is_some()
        });
        prop_assert_eq!(nearest.call().is_some(), complete, "{}", why);
        if let Some(call) = nearest.call() {
            prop_assert!(map.check(call.arguments()).is_ok(), "{}", why);
        }
    }
}
