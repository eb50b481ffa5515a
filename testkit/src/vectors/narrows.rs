//! Which constraint may stand below which: all ordered pairs of the nine types, and of maps.

mod composites;
mod values;

use super::{Expected, File, Vector};

/// A constraint's name in titles, and its text.
type Named = (&'static str, &'static str);

/// Several of each type, with the boundaries between them.
const CONSTRAINTS: [Named; 34] = [
    ("wildcard", r#"{"constraint_type":"wildcard"}"#),
    ("exact a", r#"{"constraint_type":"exact","value":"a"}"#),
    ("exact A", r#"{"constraint_type":"exact","value":"A"}"#),
    ("exact 1", r#"{"constraint_type":"exact","value":1}"#),
    ("exact 1.0e0", r#"{"constraint_type":"exact","value":1.0e0}"#),
    ("exact 2", r#"{"constraint_type":"exact","value":2}"#),
    ("exact null", r#"{"constraint_type":"exact","value":null}"#),
    ("range 1 to 2", r#"{"constraint_type":"range","min":1,"max":2}"#),
    (
        "range above 1, below 2",
        r#"{"constraint_type":"range","min":1,"min_inclusive":false,"max":2,"max_inclusive":false}"#,
    ),
    ("range from 1", r#"{"constraint_type":"range","min":1}"#),
    ("range to 2", r#"{"constraint_type":"range","max":2.0}"#),
    ("range of everything", r#"{"constraint_type":"range"}"#),
    ("one_of a", r#"{"constraint_type":"one_of","values":["a"]}"#),
    ("one_of a, b", r#"{"constraint_type":"one_of","values":["b","a"]}"#),
    ("one_of 1, 2", r#"{"constraint_type":"one_of","values":[2,1.0]}"#),
    ("one_of an array of a", r#"{"constraint_type":"one_of","values":[["a"]]}"#),
    ("not_one_of nothing", r#"{"constraint_type":"not_one_of","excluded":[]}"#),
    ("not_one_of a", r#"{"constraint_type":"not_one_of","excluded":["a"]}"#),
    ("not_one_of a, b", r#"{"constraint_type":"not_one_of","excluded":["a","b"]}"#),
    ("contains nothing", r#"{"constraint_type":"contains","required":[]}"#),
    ("contains a", r#"{"constraint_type":"contains","required":["a"]}"#),
    ("contains a, b", r#"{"constraint_type":"contains","required":["a","b","a"]}"#),
    ("subset of nothing", r#"{"constraint_type":"subset","allowed":[]}"#),
    ("subset of a", r#"{"constraint_type":"subset","allowed":["a"]}"#),
    ("subset of a, b", r#"{"constraint_type":"subset","allowed":["b","a"]}"#),
    (
        "all of range 1 to 2",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"range","min":1,"max":2}]}"#,
    ),
    (
        "all of range 1 to 2 and not a",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"not_one_of","excluded":["a"]},{"constraint_type":"range","min":1,"max":2}]}"#,
    ),
    (
        "all of exact 1",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"exact","value":1}]}"#,
    ),
    (
        "all of wildcard",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"wildcard"}]}"#,
    ),
    (
        "any of a",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"a"}]}"#,
    ),
    (
        "any of a or b",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"one_of","values":["a","b"]},{"constraint_type":"exact","value":"b"}]}"#,
    ),
    (
        "any of all of exact 1",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"all","constraints":[{"constraint_type":"exact","value":1}]}]}"#,
    ),
    (
        "any of all of range 1 to 2",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"all","constraints":[{"constraint_type":"range","min":1,"max":2}]}]}"#,
    ),
    (
        "any of wildcard",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"wildcard"}]}"#,
    ),
];

/// A parent, and all children that narrow it beside itself; every other pair does not.
const NARROW: [(&str, &[&str]); 17] = [
    ("exact 1", &["exact 1.0e0"]),
    ("exact 1.0e0", &["exact 1"]),
    ("range 1 to 2", &["range above 1, below 2", "exact 1", "exact 1.0e0", "exact 2"]),
    (
        "range from 1",
        &["range 1 to 2", "range above 1, below 2", "exact 1", "exact 1.0e0", "exact 2"],
    ),
    (
        "range to 2",
        &["range 1 to 2", "range above 1, below 2", "exact 1", "exact 1.0e0", "exact 2"],
    ),
    (
        "range of everything",
        &[
            "range 1 to 2",
            "range above 1, below 2",
            "range from 1",
            "range to 2",
            "exact 1",
            "exact 1.0e0",
            "exact 2",
        ],
    ),
    ("one_of a", &["exact a"]),
    ("one_of a, b", &["one_of a", "exact a"]),
    ("one_of 1, 2", &["exact 1", "exact 1.0e0", "exact 2"]),
    ("not_one_of nothing", &["not_one_of a", "not_one_of a, b"]),
    ("not_one_of a", &["not_one_of a, b"]),
    ("contains nothing", &["contains a", "contains a, b"]),
    ("contains a", &["contains a, b"]),
    ("subset of a", &["subset of nothing"]),
    ("subset of a, b", &["subset of a", "subset of nothing"]),
    ("all of range 1 to 2", &["all of range 1 to 2 and not a", "all of exact 1"]),
    (
        "all of wildcard",
        &["all of range 1 to 2", "all of range 1 to 2 and not a", "all of exact 1"],
    ),
];

/// The same for `any`, whose clauses are compared the other way round.
const NARROW_ANY: [(&str, &[&str]); 3] = [
    ("any of a or b", &["any of a"]),
    ("any of all of range 1 to 2", &["any of all of exact 1"]),
    (
        "any of wildcard",
        &["any of a", "any of a or b", "any of all of exact 1", "any of all of range 1 to 2"],
    ),
];

/// The requirement that a pair of a parent and a child is about.
fn shows(parent: &str, child: &str) -> &'static str {
    let kind = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
    match (&*kind(parent), &*kind(child)) {
        ("wildcard", _) => "M-44",
        ("exact", "exact") => "M-34",
        ("range", "range") => "M-35 M-46",
        ("range", "exact") => "M-36",
        ("one_of", "one_of") => "M-37",
        ("one_of", "exact") => "M-38",
        ("not_one_of", "not_one_of") => "M-39",
        ("contains", "contains") => "M-40",
        ("subset", "subset") => "M-41",
        ("all", "all") => "M-42",
        ("any", "any") => "M-43",
        _ => "M-45",
    }
}

pub(super) fn files() -> Vec<File> {
    vec![pairs(), bounds(), values::file(), composites::file(), maps(), tools()]
}

fn file(group: &'static str, about: &'static str, vectors: Vec<Vector>) -> File {
    File { group, about, operation: "narrows", point: None, vectors }
}

fn vector(title: impl Into<String>, level: &str, child: &str, parent: &str, yes: bool) -> Vector {
    let expected =
        if yes { Expected::permit() } else { Expected::refuse_with("4p4", "constraint_widened") };
    Vector::new(title, expected).with("level", level).with("child", child).with("parent", parent)
}

fn pairs() -> File {
    let listed = |parent: &str, child: &str| {
        let tables = NARROW.iter().chain(&NARROW_ANY);
        tables.filter(|(name, _)| *name == parent).any(|(_, below)| below.contains(&child))
    };
    let mut vectors = vec![];
    for (place, (parent, above)) in CONSTRAINTS.iter().enumerate() {
        for (other, (child, below)) in CONSTRAINTS.iter().enumerate() {
            let yes = place == other || *parent == "wildcard" || listed(parent, child);
            let title = format!("{child} below {parent}");
            let id = format!("{other:02}-below-{place:02}");
            let mut vector =
                vector(title, "constraint", below, above, yes).id(id).shows(shows(parent, child));
            if place == other {
                vector = vector.shows("M-54");
            }
            vectors.push(vector);
        }
    }
    file(
        "narrows/pairs",
        "Every ordered pair of the nine constraint types, several of each: what the table of \
         section 4.5 does not list does not narrow, however evident the inclusion.",
        vectors,
    )
}

/// Bounds around each other: which side they lie on, and whether they belong to the range.
fn bounds() -> File {
    let mut vectors = vec![];
    // Bounds of a maximum: nothing, or a number and whether it is inclusive.
    let bounds = [
        None,
        Some((4, true)),
        Some((5, false)),
        Some((5, true)),
        Some((6, false)),
        Some((6, true)),
    ];
    let text = |side: &str, bound: Option<(i32, bool)>| match bound {
        None => r#"{"constraint_type":"range"}"#.to_owned(),
        Some((number, true)) => format!(r#"{{"constraint_type":"range","{side}":{number}}}"#),
        Some((number, false)) => {
            format!(r#"{{"constraint_type":"range","{side}":{number},"{side}_inclusive":false}}"#)
        }
    };
    let name = |bound: Option<(i32, bool)>| match bound {
        None => "none".to_owned(),
        Some((number, true)) => format!("{number}"),
        Some((number, false)) => format!("{number} exclusive"),
    };
    for parent in bounds {
        for child in bounds {
            let tight = match (parent, child) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some((above, inclusive)), Some((below, own))) => {
                    below < above || below == above && (inclusive || !own)
                }
            };
            let title = format!("maximum {} below {}", name(child), name(parent));
            vectors.push(
                vector(title, "constraint", &text("max", child), &text("max", parent), tight)
                    .shows("M-35 M-46"),
            );
            // Mirrored: minus the bound is a minimum.
            let minus =
                |bound: Option<(i32, bool)>| bound.map(|(number, inclusive)| (-number, inclusive));
            let title = format!("minimum {} below {}", name(minus(child)), name(minus(parent)))
                .replace('-', "minus ");
            let (child, parent) = (text("min", minus(child)), text("min", minus(parent)));
            vectors.push(vector(title, "constraint", &child, &parent, tight).shows("M-35 M-46"));
        }
    }
    let exact = |title: &'static str, value: &str, range: &str, yes| {
        let child = format!(r#"{{"constraint_type":"exact","value":{value}}}"#);
        let parent = format!(r#"{{"constraint_type":"range",{range}}}"#);
        vector(title, "constraint", &child, &parent, yes).shows("M-36 M-6")
    };
    vectors.extend([
        exact("a value at the maximum", "5", r#""max":5"#, true),
        exact("a value at the exclusive maximum", "5", r#""max":5,"max_inclusive":false"#, false),
        exact(
            "a value a hair below the exclusive maximum",
            "4.999999999999999",
            r#""max":5,"max_inclusive":false"#,
            true,
        ),
        exact("a value a hair above the maximum", "5.000000000000001", r#""max":5"#, false),
        exact("minus zero at zero", "-0", r#""min":0"#, true),
        exact("a number in a string", r#""5""#, r#""max":5"#, false),
        exact("true", "true", r#""max":5"#, false),
        exact("the largest double", "1.7976931348623157e308", r#""min":0"#, true),
        exact("the smallest double above zero", "5e-324", r#""min":0,"min_inclusive":false"#, true),
    ]);
    file("narrows/bounds", "Ranges whose bounds lie around each other.", vectors)
}

const A: &str = r#"{"constraint_type":"exact","value":"a"}"#;
const ANY: &str = r#"{"constraint_type":"wildcard"}"#;
const A_OPTIONAL: &str = r#"{"constraint_type":"exact","value":"a","optional":true}"#;
const ANY_OPTIONAL: &str = r#"{"constraint_type":"wildcard","optional":true}"#;

/// A title, the child's map, the parent's, and the step and code of a refusal.
type Maps = (&'static str, String, String, Option<(&'static str, &'static str, &'static str)>);

fn maps() -> File {
    let map = |entries: &[(&str, &str)]| {
        let entries: Vec<String> =
            entries.iter().map(|(name, text)| format!("\"{name}\":{text}")).collect();
        format!("{{{}}}", entries.join(","))
    };
    let added = Some(("4p2", "argument_added", "M-47"));
    let dropped = Some(("4p2", "required_argument_dropped", "M-48"));
    let readmitted = Some(("4p2", "argument_readmitted", "M-49"));
    let unnamed = Some(("4p2", "unnamed_added", "M-50"));
    let optional = Some(("4p3", "made_optional", "M-51"));
    let widened = Some(("4p4", "constraint_widened", "M-52"));
    let rows: Vec<Maps> = vec![
        ("the same", map(&[("x", A)]), map(&[("x", A)]), None),
        ("members in another order", map(&[("y", A), ("x", A)]), map(&[("x", A), ("y", A)]), None),
        ("a narrower constraint", map(&[("x", A)]), map(&[("x", ANY)]), None),
        ("a wider constraint", map(&[("x", ANY)]), map(&[("x", A)]), widened),
        ("an argument more", map(&[("x", A), ("y", A)]), map(&[("x", A)]), added),
        (
            "an argument more, optional",
            map(&[("x", A), ("y", A_OPTIONAL)]),
            map(&[("x", A)]),
            added,
        ),
        ("an argument in other letters", map(&[("X", A)]), map(&[("x", A)]), added),
        ("an argument composed otherwise", map(&[("\u{e9}", A)]), map(&[("e\u{301}", A)]), added),
        ("an argument by an escape", map(&[(r"\u0078", A)]), map(&[("x", A)]), None),
        ("a required argument dropped", map(&[("x", A)]), map(&[("x", A), ("y", A)]), dropped),
        (
            "a required argument dropped beside the star",
            map(&[("x", A), ("*", ANY)]),
            map(&[("x", A), ("y", A), ("*", ANY)]),
            dropped,
        ),
        (
            "an optional argument dropped",
            map(&[("x", A)]),
            map(&[("x", A), ("y", A_OPTIONAL)]),
            None,
        ),
        (
            "an optional argument dropped beside the star",
            map(&[("x", A), ("*", ANY)]),
            map(&[("x", A), ("y", A_OPTIONAL), ("*", ANY)]),
            readmitted,
        ),
        (
            "an optional argument dropped with the star",
            map(&[("x", A)]),
            map(&[("x", A), ("y", A_OPTIONAL), ("*", ANY)]),
            None,
        ),
        ("the star added", map(&[("x", A), ("*", ANY)]), map(&[("x", A)]), unnamed),
        ("the star kept", map(&[("x", A), ("*", ANY)]), map(&[("x", A), ("*", ANY)]), None),
        ("the star dropped", map(&[("x", A)]), map(&[("x", A), ("*", ANY)]), None),
        (
            "an argument that the star admitted",
            map(&[("x", A), ("y", A)]),
            map(&[("x", A), ("*", ANY)]),
            None,
        ),
        (
            "an optional argument that the star admitted",
            map(&[("x", A), ("y", ANY_OPTIONAL), ("*", ANY)]),
            map(&[("x", A), ("*", ANY)]),
            None,
        ),
        ("optional becomes required", map(&[("x", A)]), map(&[("x", A_OPTIONAL)]), None),
        ("required becomes optional", map(&[("x", A_OPTIONAL)]), map(&[("x", A)]), optional),
        (
            "required becomes optional and narrower",
            map(&[("x", A_OPTIONAL)]),
            map(&[("x", ANY)]),
            optional,
        ),
        ("optional stays optional", map(&[("x", A_OPTIONAL)]), map(&[("x", ANY_OPTIONAL)]), None),
        (
            "optional said to be false",
            map(&[("x", r#"{"constraint_type":"exact","value":"a","optional":false}"#)]),
            map(&[("x", A)]),
            None,
        ),
        ("everything below everything", "{}".into(), "{}".into(), None),
        ("everything below the star", "{}".into(), map(&[("*", ANY)]), None),
        ("the star below everything", map(&[("*", ANY)]), "{}".into(), None),
        ("a name below everything", map(&[("x", A)]), "{}".into(), None),
        ("everything below a name", "{}".into(), map(&[("x", A)]), dropped),
        ("everything below an optional name", "{}".into(), map(&[("x", A_OPTIONAL)]), readmitted),
        ("the star below the star", map(&[("*", ANY)]), map(&[("*", ANY)]), None),
        ("a name below the star", map(&[("x", A)]), map(&[("*", ANY)]), None),
        ("an optional name below the star", map(&[("x", A_OPTIONAL)]), map(&[("*", ANY)]), None),
        (
            "everything where a star stands beside a name",
            "{}".into(),
            map(&[("x", A), ("*", ANY)]),
            dropped,
        ),
        (
            "everything where a star stands beside an optional name",
            "{}".into(),
            map(&[("x", A_OPTIONAL), ("*", ANY)]),
            readmitted,
        ),
        (
            "a name that begins with a star, where the star stands",
            map(&[("x", A), ("*y", A)]),
            map(&[("x", A), ("*", ANY)]),
            None,
        ),
        (
            "a name that begins with a star, where none stands",
            map(&[("x", A), ("*y", A)]),
            map(&[("x", A)]),
            added,
        ),
        (
            "both names narrower",
            map(&[("x", A), ("y", A_OPTIONAL)]),
            map(&[("x", ANY), ("y", ANY_OPTIONAL)]),
            None,
        ),
        (
            "one name narrower, the other wider",
            map(&[("x", A), ("y", ANY_OPTIONAL)]),
            map(&[("x", ANY), ("y", A_OPTIONAL)]),
            widened,
        ),
        ("a wider optional name", map(&[("x", ANY_OPTIONAL)]), map(&[("x", A_OPTIONAL)]), widened),
        (
            "two names exchanged",
            map(&[("x", ANY), ("y", A)]),
            map(&[("x", A), ("y", ANY)]),
            widened,
        ),
        (
            "an optional name required, beside the star",
            map(&[("x", A), ("*", ANY)]),
            map(&[("x", ANY_OPTIONAL), ("*", ANY)]),
            None,
        ),
        (
            "all optional names dropped",
            map(&[("x", A)]),
            map(&[("x", A), ("y", A_OPTIONAL), ("z", ANY_OPTIONAL)]),
            None,
        ),
        ("the empty name", map(&[("", A)]), map(&[("", ANY)]), None),
        ("the empty name more", map(&[("", A), ("x", A)]), map(&[("x", A)]), added),
    ];
    let vectors = rows.into_iter().map(|(title, child, parent, refused)| {
        let (expected, shows) = match refused {
            None => (Expected::permit(), "M-26 M-47 M-49"),
            Some((step, code, shows)) => (Expected::refuse_with(step, code), shows),
        };
        Vector::new(title, expected)
            .shows(shows)
            .with("level", "arguments")
            .with("child", child)
            .with("parent", parent)
    });
    file("narrows/arguments", "Maps of constraints: steps 4p2 to 4p4.", vectors.collect())
}

fn tools() -> File {
    let row = |title: &'static str,
               child: &str,
               parent: &str,
               refused: Option<(&'static str, &'static str)>| {
        let expected =
            refused.map_or(Expected::permit(), |(step, code)| Expected::refuse_with(step, code));
        Vector::new(title, expected)
            .shows("M-53 M-28")
            .with("level", "tools")
            .with("child", child)
            .with("parent", parent)
    };
    let added = Some(("4p1", "tool_added"));
    let two = r#"{"a":{"x":{"constraint_type":"wildcard"}},"b":{}}"#;
    let vectors = vec![
        row("the same tools", two, two, None),
        row("a tool dropped", r#"{"b":{}}"#, two, None),
        row("all tools dropped", "{}", two, None),
        row("nothing below nothing", "{}", "{}", None),
        row("a tool below nothing", r#"{"b":{}}"#, "{}", added),
        row("a tool more", r#"{"a":{"x":{"constraint_type":"wildcard"}},"c":{}}"#, two, added),
        row("a tool in other letters", r#"{"B":{}}"#, two, added),
        row("a tool with a space", r#"{"b ":{}}"#, two, added),
        row("a tool that is a beginning", r#"{"":{}}"#, two, added),
        row("a tool by an escape", r#"{"\u0062":{}}"#, two, None),
        row(
            "one tool's map for another's",
            r#"{"b":{"x":{"constraint_type":"wildcard"}},"a":{}}"#,
            two,
            Some(("4p2", "required_argument_dropped")),
        ),
        row(
            "the second tool wider",
            r#"{"a":{"x":{"constraint_type":"exact","value":1}},"b":{"y":{"constraint_type":"exact","value":1}}}"#,
            r#"{"a":{"x":{"constraint_type":"exact","value":1}},"b":{"y":{"constraint_type":"exact","value":2}}}"#,
            Some(("4p4", "constraint_widened")),
        ),
        row(
            "keys of all tools before constraints of any",
            r#"{"a":{"x":{"constraint_type":"wildcard"}},"b":{"y":{"constraint_type":"wildcard"}}}"#,
            r#"{"a":{"x":{"constraint_type":"exact","value":1}},"b":{"z":{"constraint_type":"wildcard","optional":true}}}"#,
            Some(("4p2", "argument_added")),
        ),
    ];
    file("narrows/tools", "Tools: step 4p1, and the order of 4p1 to 4p4.", vectors)
}
