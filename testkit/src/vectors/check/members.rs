//! Every type with each member missing, of each wrong type, and beside each member of others.

use super::{Expected, File, Vector};

/// A member that a type defines.
struct Member {
    name: &'static str,
    /// A text that fits it.
    good: &'static str,
    /// The JSON types that it may have.
    types: &'static [&'static str],
    required: bool,
}

const fn array(name: &'static str, good: &'static str) -> Member {
    Member { name, good, types: &["an array"], required: true }
}

const fn bound(name: &'static str, good: &'static str) -> Member {
    Member { name, good, types: &["a number"], required: false }
}

const fn inclusive(name: &'static str) -> Member {
    Member { name, good: "false", types: &["true"], required: false }
}

const WILDCARDS: &str = r#"[{"constraint_type":"wildcard"}]"#;

/// The nine types by the table of `spec/model.md`.
const TYPES: [(&str, &str, &[Member]); 9] = [
    (
        "exact",
        "M-15",
        &[Member {
            name: "value",
            good: "1",
            types: &["null", "true", "a number", "a string"],
            required: true,
        }],
    ),
    (
        "range",
        "M-16",
        &[
            bound("min", "1"),
            bound("max", "2"),
            inclusive("min_inclusive"),
            inclusive("max_inclusive"),
        ],
    ),
    ("one_of", "M-17", &[array("values", "[1]")]),
    ("not_one_of", "M-18", &[array("excluded", "[1]")]),
    ("contains", "M-19", &[array("required", "[1]")]),
    ("subset", "M-20", &[array("allowed", "[1]")]),
    ("wildcard", "M-21", &[]),
    ("all", "M-22", &[array("constraints", WILDCARDS)]),
    ("any", "M-23", &[array("constraints", WILDCARDS)]),
];

/// One value of each JSON type.
const VALUES: [(&str, &str); 6] = [
    ("null", "null"),
    ("true", "true"),
    ("a number", "1"),
    ("a string", r#""a""#),
    ("an array", r#"["a"]"#),
    ("an object", "{}"),
];

const INADMISSIBLE: &str = "9007199254740993";

fn vector(title: String, constraint: &str, refused: Option<&'static str>) -> Vector {
    let expected = refused.map_or(Expected::permit(), |code| Expected::refuse_with("3n", code));
    Vector::new(title, expected).with("constraint", constraint)
}

const MALFORMED: Option<&str> = Some("constraint_malformed");

fn constraint(kind: &str, members: &[(&str, &str)]) -> String {
    let members = members.iter().map(|(name, text)| format!(r#","{name}":{text}"#));
    format!(r#"{{"constraint_type":"{kind}"{}}}"#, members.collect::<String>())
}

pub(super) fn file() -> File {
    let mut vectors = vec![];
    for (kind, shows, defined) in TYPES {
        let good: Vec<(&str, &str)> =
            defined.iter().map(|member| (member.name, member.good)).collect();
        let with = |name: &str, text: &'static str| {
            let replaced =
                good.iter().map(|(own, good)| (*own, if *own == name { text } else { *good }));
            constraint(kind, &replaced.collect::<Vec<_>>())
        };
        vectors
            .push(vector(format!("{kind}: in order"), &constraint(kind, &good), None).shows(shows));
        let last_first: Vec<_> = good.iter().rev().copied().collect();
        let text = constraint(kind, &last_first);
        if good.len() > 1 {
            vectors.push(
                vector(format!("{kind}: members in another order"), &text, None).shows(shows),
            );
        }
        for member in defined {
            let name = member.name;
            for (json_type, text) in VALUES {
                let fits = member.types.contains(&json_type);
                // Of an array it decides what is in it.
                if json_type == "an array" && fits {
                    continue;
                }
                vectors.push(
                    vector(
                        format!("{kind}: {name} is {json_type}"),
                        &with(name, text),
                        if fits { None } else { MALFORMED },
                    )
                    .shows(shows)
                    .shows("M-11"),
                );
            }
            let without: Vec<_> = good.iter().copied().filter(|(own, _)| *own != name).collect();
            // A bound that is left out leaves its `_inclusive` alone: another vector.
            if member.required || name.ends_with("inclusive") {
                let refused = if member.required { MALFORMED } else { None };
                vectors.push(
                    vector(format!("{kind}: no {name}"), &constraint(kind, &without), refused)
                        .shows(shows)
                        .shows("M-11"),
                );
            }
            let capital: Vec<(String, &str)> = good
                .iter()
                .map(|(own, text)| {
                    let changed = if *own == name { own.to_uppercase() } else { (*own).into() };
                    (changed, *text)
                })
                .collect();
            let capital: Vec<_> = capital.iter().map(|(own, text)| (own.as_str(), *text)).collect();
            vectors.push(
                vector(
                    format!("{kind}: {name} in capitals"),
                    &constraint(kind, &capital),
                    MALFORMED,
                )
                .shows("M-10 M-11"),
            );
        }
        // Members that other types define.
        for (_, _, others) in TYPES {
            for other in others {
                let known = good.iter().any(|(own, _)| *own == other.name);
                // `all` and `any` have one in common.
                let title = format!("{kind}: beside {}", other.name);
                if known || vectors.iter().any(|vector: &Vector| vector.title() == title) {
                    continue;
                }
                let mut more = good.clone();
                more.push((other.name, other.good));
                vectors.push(vector(title, &constraint(kind, &more), MALFORMED).shows("M-10"));
            }
        }
    }
    vectors.extend(ranges());
    vectors.extend(optional());
    vectors.extend(numbers());
    vectors.extend(depths());
    super::file(
        "check/members",
        "well_formed",
        "Every type with each member missing, of each wrong type, and beside each member of other \
         types; where numbers and `optional` may stand.",
        vectors,
    )
}

/// A title, the members, and whether the range is well-formed.
type Range<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);

/// Which members of a range may stand without each other.
fn ranges() -> Vec<Vector> {
    let (min, max) = (("min", "1"), ("max", "2"));
    let (low, high) = (("min_inclusive", "true"), ("max_inclusive", "false"));
    let rows: [Range<'_>; 16] = [
        ("nothing", &[], true),
        ("min", &[min], true),
        ("max", &[max], true),
        ("min and max", &[min, max], true),
        ("min with its inclusive", &[min, low], true),
        ("max with its inclusive", &[max, high], true),
        ("min_inclusive alone", &[low], false),
        ("max_inclusive alone", &[high], false),
        ("both inclusive alone", &[low, high], false),
        ("min with max_inclusive", &[min, high], false),
        ("max with min_inclusive", &[max, low], false),
        ("min above max", &[("min", "2"), ("max", "1")], false),
        ("min above max by a hair", &[("min", "1.0000000000000002"), ("max", "1")], false),
        ("min is max, spelled otherwise", &[("min", "1e1"), ("max", "10.0")], true),
        ("min -0 and max 0", &[("min", "-0"), ("max", "0")], true),
        ("min 0 and max -0", &[("min", "0"), ("max", "-0")], true),
    ];
    let rows = rows.into_iter().map(|(title, members, fits)| {
        let refused = if fits { None } else { MALFORMED };
        vector(format!("range with {title}"), &constraint("range", members), refused).shows("M-16")
    });
    rows.collect()
}

/// Where `optional` may stand: at the top of a named argument's entry.
fn optional() -> Vec<Vector> {
    let mut vectors = vec![];
    for (kind, _, defined) in TYPES {
        let mut members: Vec<_> = defined.iter().map(|member| (member.name, member.good)).collect();
        members.push(("optional", "true"));
        let entry = constraint(kind, &members);
        let named = format!(r#"{{"x":{entry}}}"#);
        vectors.push(
            vector(format!("{kind}: optional"), &named, None)
                .with("level", "arguments")
                .shows("M-13 M-27"),
        );
        for (place, nested) in [
            ("in all", constraint("all", &[("constraints", &format!("[{entry}]"))])),
            ("in any of any", {
                let inner = constraint("any", &[("constraints", &format!("[{entry}]"))]);
                constraint("any", &[("constraints", &format!("[{inner}]"))])
            }),
        ] {
            vectors.push(
                vector(
                    format!("{kind}: optional {place}"),
                    &format!(r#"{{"x":{nested}}}"#),
                    MALFORMED,
                )
                .with("level", "arguments")
                .shows("M-13"),
            );
        }
    }
    vectors
}

/// Where a number stands, and the constraint around it.
type Place<'a> = (&'a str, &'a dyn Fn(&str) -> String);

/// A number in every place where one may stand, admissible and not.
fn numbers() -> Vec<Vector> {
    let clause = |number: &str| {
        let inner = constraint("exact", &[("value", number)]);
        constraint("all", &[("constraints", &format!("[{WILDCARD},{inner}]"))])
    };
    const WILDCARD: &str = r#"{"constraint_type":"wildcard"}"#;
    let places: [Place<'_>; 11] = [
        ("exact", &|number| constraint("exact", &[("value", number)])),
        ("min", &|number| constraint("range", &[("min", number)])),
        ("max", &|number| constraint("range", &[("max", number)])),
        ("one_of", &|number| constraint("one_of", &[("values", &format!("[1,{number}]"))])),
        ("not_one_of", &|number| constraint("not_one_of", &[("excluded", &format!("[{number}]"))])),
        ("contains", &|number| constraint("contains", &[("required", &format!("[{number}]"))])),
        ("subset", &|number| constraint("subset", &[("allowed", &format!("[{number}]"))])),
        ("an object in subset", &|number| {
            constraint("subset", &[("allowed", &format!(r#"[{{"a":[{number}]}}]"#))])
        }),
        ("an array in not_one_of", &|number| {
            constraint("not_one_of", &[("excluded", &format!("[[[{number}]]]"))])
        }),
        ("a clause", &clause),
        ("a clause of a clause", &|number| {
            constraint("any", &[("constraints", &format!("[{}]", clause(number)))])
        }),
    ];
    let mut vectors = vec![];
    for (place, made) in places {
        for (spelled, number, refused) in [
            ("2 to the 53 and 1", INADMISSIBLE, Some("number_inadmissible")),
            ("1e400", "1e400", Some("number_inadmissible")),
            ("1.0E+2", "1.0E+2", None),
        ] {
            vectors.push(
                vector(format!("{spelled} in {place}"), &made(number), refused).shows("M-12 M-2"),
            );
        }
    }
    vectors
}

/// The deepest clause counts, wherever it stands.
fn depths() -> Vec<Vector> {
    const WILDCARD: &str = r#"{"constraint_type":"wildcard"}"#;
    // `all` and `any` in turn, each with a shallow clause before and behind the deep one.
    let mixed = |depth: usize| {
        let mut text = WILDCARD.to_owned();
        for level in 1..depth {
            let kind = if level % 2 == 0 { "all" } else { "any" };
            text = constraint(kind, &[("constraints", &format!("[{WILDCARD},{text},{WILDCARD}]"))]);
        }
        text
    };
    // Values do not count.
    let value = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    let wide = vec![WILDCARD; 100].join(",");
    vec![
        vector("all and any in turn, 32 deep".into(), &mixed(32), None).shows("M-14"),
        vector("all and any in turn, 33 deep".into(), &mixed(33), Some("constraint_too_deep"))
            .shows("M-14"),
        vector(
            "a value of 60 arrays in each other".into(),
            &constraint("one_of", &[("values", &format!("[{value}]"))]),
            None,
        )
        .shows("M-14"),
        vector(
            "100 clauses beside each other".into(),
            &constraint("all", &[("constraints", &format!("[{wide}]"))]),
            None,
        )
        .shows("M-14"),
    ]
}
