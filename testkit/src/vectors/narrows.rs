//! Which constraint may stand below which: all ordered pairs of the nine types, and of maps.

mod composites;
mod maps;
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
    vec![pairs(), bounds(), values::file(), composites::file(), maps::arguments(), maps::tools()]
}

fn file(group: &'static str, about: &'static str, mut vectors: Vec<Vector>) -> File {
    themselves(&mut vectors);
    File { group, about, operation: "narrows", point: None, vectors }
}

/// Puts each parent below itself under which nothing else would stand: what is refused there is to
/// have a good vector beside it.
fn themselves(vectors: &mut Vec<Vector>) {
    let mut above: Vec<String> = vec![];
    for vector in vectors.iter().filter(|vector| vector.expected().is_permit()) {
        above.push(vector.input("parent").into());
    }
    for vector in vectors.clone() {
        let parent = vector.input("parent").to_owned();
        if !above.contains(&parent) {
            let title = format!("{}: the parent below itself", vector.title());
            vectors.push(
                Vector::new(title, Expected::permit())
                    .shows("M-54")
                    .with("level", vector.input("level"))
                    .with("child", &*parent)
                    .with("parent", &*parent),
            );
            above.push(parent);
        }
    }
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
