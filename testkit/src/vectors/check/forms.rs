//! Constraints that a token may carry, and those that it may not.

use super::{Expected, File, Vector};

/// A title, what it shows, the constraint, and the code of a refusal.
type Form = (&'static str, &'static str, &'static str, Option<&'static str>);

const MALFORMED: Option<&str> = Some("constraint_malformed");

const FORMS: [Form; 63] = [
    ("wildcard", "M-21", r#"{"constraint_type":"wildcard"}"#, None),
    ("members in another order", "M-8", r#"{"value":1,"constraint_type":"exact"}"#, None),
    ("a name by an escape", "M-8", r#"{"constraint\u005ftype":"wildcard"}"#, None),
    ("no object", "M-8", "7", MALFORMED),
    ("an array", "M-8", "[]", MALFORMED),
    ("null", "M-8", "null", MALFORMED),
    ("no type", "M-8", "{}", MALFORMED),
    ("a type that is no string", "M-8", r#"{"constraint_type":7}"#, MALFORMED),
    ("a type in an array", "M-8", r#"{"constraint_type":["exact"],"value":1}"#, MALFORMED),
    ("a type that is null", "M-8", r#"{"constraint_type":null}"#, MALFORMED),
    ("the type by another name", "M-8", r#"{"type":"wildcard"}"#, MALFORMED),
    (
        "an unknown type",
        "M-9",
        r#"{"constraint_type":"regex","pattern":"a"}"#,
        Some("constraint_type_unknown"),
    ),
    (
        "a type in other letters",
        "M-9",
        r#"{"constraint_type":"Exact","value":1}"#,
        Some("constraint_type_unknown"),
    ),
    (
        "a type with a space",
        "M-9",
        r#"{"constraint_type":"wildcard "}"#,
        Some("constraint_type_unknown"),
    ),
    ("the empty type", "M-9", r#"{"constraint_type":""}"#, Some("constraint_type_unknown")),
    (
        "an unknown type within all",
        "M-9 M-22",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"regex"}]}"#,
        Some("constraint_type_unknown"),
    ),
    ("a member more", "M-10", r#"{"constraint_type":"wildcard","value":1}"#, MALFORMED),
    ("a member more, null", "M-10", r#"{"constraint_type":"wildcard","note":null}"#, MALFORMED),
    (
        "another type's member beside its own",
        "M-10",
        r#"{"constraint_type":"exact","value":1,"values":[1]}"#,
        MALFORMED,
    ),
    ("exact of a string", "M-15", r#"{"constraint_type":"exact","value":""}"#, None),
    ("exact of null", "M-15", r#"{"constraint_type":"exact","value":null}"#, None),
    ("exact of an array", "M-15 M-11", r#"{"constraint_type":"exact","value":[]}"#, MALFORMED),
    ("exact of an object", "M-15 M-11", r#"{"constraint_type":"exact","value":{}}"#, MALFORMED),
    ("exact of nothing", "M-11", r#"{"constraint_type":"exact"}"#, MALFORMED),
    (
        "exact of an inadmissible number",
        "M-12",
        r#"{"constraint_type":"exact","value":9007199254740993}"#,
        Some("number_inadmissible"),
    ),
    ("range without bounds", "M-16", r#"{"constraint_type":"range"}"#, None),
    ("range of one value", "M-16", r#"{"constraint_type":"range","min":1,"max":1.0}"#, None),
    (
        "range of equal bounds, one exclusive",
        "M-16",
        r#"{"constraint_type":"range","min":1,"max":1,"min_inclusive":false}"#,
        None,
    ),
    ("range reversed", "M-16", r#"{"constraint_type":"range","min":2,"max":1}"#, MALFORMED),
    ("range of a string", "M-11", r#"{"constraint_type":"range","min":"1"}"#, MALFORMED),
    ("range of null", "M-11", r#"{"constraint_type":"range","max":null}"#, MALFORMED),
    (
        "range inclusive without its bound",
        "M-16",
        r#"{"constraint_type":"range","max_inclusive":true}"#,
        MALFORMED,
    ),
    (
        "range inclusive of the other bound",
        "M-16",
        r#"{"constraint_type":"range","min":1,"max_inclusive":false}"#,
        MALFORMED,
    ),
    (
        "range inclusive as a number",
        "M-11",
        r#"{"constraint_type":"range","min":1,"min_inclusive":1}"#,
        MALFORMED,
    ),
    (
        "range inclusive as null",
        "M-11",
        r#"{"constraint_type":"range","min":1,"min_inclusive":null}"#,
        MALFORMED,
    ),
    (
        "range of an inadmissible number",
        "M-12",
        r#"{"constraint_type":"range","max":1e400}"#,
        Some("number_inadmissible"),
    ),
    ("one_of of one", "M-17", r#"{"constraint_type":"one_of","values":[{}]}"#, None),
    ("one_of repeating", "M-17 M-7", r#"{"constraint_type":"one_of","values":[1,1.0]}"#, None),
    ("one_of of nothing", "M-17", r#"{"constraint_type":"one_of","values":[]}"#, MALFORMED),
    ("one_of of no array", "M-11", r#"{"constraint_type":"one_of","values":"a"}"#, MALFORMED),
    ("one_of of null", "M-11", r#"{"constraint_type":"one_of","values":null}"#, MALFORMED),
    (
        "one_of with an inadmissible number deep inside",
        "M-12",
        r#"{"constraint_type":"one_of","values":[{"a":[1e-400]}]}"#,
        Some("number_inadmissible"),
    ),
    ("not_one_of of nothing", "M-18", r#"{"constraint_type":"not_one_of","excluded":[]}"#, None),
    (
        "not_one_of by one_of's member",
        "M-11",
        r#"{"constraint_type":"not_one_of","values":[1]}"#,
        MALFORMED,
    ),
    ("contains nothing", "M-19", r#"{"constraint_type":"contains","required":[]}"#, None),
    ("contains of an object", "M-11", r#"{"constraint_type":"contains","required":{}}"#, MALFORMED),
    ("subset of nothing", "M-20", r#"{"constraint_type":"subset","allowed":[]}"#, None),
    ("subset of a string", "M-11", r#"{"constraint_type":"subset","allowed":"a"}"#, MALFORMED),
    (
        "all of one",
        "M-22",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"wildcard"}]}"#,
        None,
    ),
    ("all of nothing", "M-22", r#"{"constraint_type":"all","constraints":[]}"#, MALFORMED),
    (
        "all of no array",
        "M-11",
        r#"{"constraint_type":"all","constraints":{"constraint_type":"wildcard"}}"#,
        MALFORMED,
    ),
    (
        "all of a value",
        "M-22",
        r#"{"constraint_type":"all","constraints":["wildcard"]}"#,
        MALFORMED,
    ),
    ("any of nothing", "M-23", r#"{"constraint_type":"any","constraints":[]}"#, MALFORMED),
    (
        "any of one that is malformed, after one that is not",
        "M-23",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"wildcard"},{"constraint_type":"exact"}]}"#,
        MALFORMED,
    ),
    ("optional", "M-13", r#"{"constraint_type":"wildcard","optional":true}"#, None),
    ("optional false", "M-13", r#"{"constraint_type":"wildcard","optional":false}"#, None),
    ("optional null", "M-13", r#"{"constraint_type":"wildcard","optional":null}"#, MALFORMED),
    (
        "optional as a string",
        "M-13",
        r#"{"constraint_type":"wildcard","optional":"true"}"#,
        MALFORMED,
    ),
    (
        "optional within all",
        "M-13",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"wildcard","optional":true}]}"#,
        MALFORMED,
    ),
    (
        "optional false within any",
        "M-13",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"wildcard","optional":false}]}"#,
        MALFORMED,
    ),
    (
        "optional beside clauses",
        "M-13",
        r#"{"constraint_type":"all","optional":true,"constraints":[{"constraint_type":"wildcard"}]}"#,
        None,
    ),
    (
        "optional in other letters",
        "M-10",
        r#"{"constraint_type":"wildcard","Optional":true}"#,
        MALFORMED,
    ),
    ("a comment", "M-10", r#"{"constraint_type":"wildcard","$comment":"x"}"#, MALFORMED),
];

pub(super) fn file() -> File {
    let mut vectors: Vec<Vector> = FORMS
        .iter()
        .map(|(title, shows, constraint, refused)| {
            let expected =
                refused.map_or(Expected::permit(), |code| Expected::refuse_with("3n", code));
            Vector::new(*title, expected)
                .shows(shows)
                .with("level", "arguments")
                .with("constraint", format!(r#"{{"x":{constraint}}}"#))
        })
        .collect();
    let stars = [
        ("a star that is a wildcard", r#"{"constraint_type":"wildcard"}"#, true),
        ("a star that is exact", r#"{"constraint_type":"exact","value":1}"#, false),
        ("a star that is optional", r#"{"constraint_type":"wildcard","optional":true}"#, false),
        (
            "a star that is not optional",
            r#"{"constraint_type":"wildcard","optional":false}"#,
            false,
        ),
        (
            "a star that is all of wildcard",
            r#"{"constraint_type":"all","constraints":[{"constraint_type":"wildcard"}]}"#,
            false,
        ),
    ];
    for (title, star, fits) in stars {
        let expected = if fits {
            Expected::permit()
        } else {
            Expected::refuse_with("3n", "constraint_malformed")
        };
        vectors.push(
            Vector::new(title, expected)
                .shows("M-25 M-13")
                .with("level", "arguments")
                .with("constraint", format!(r#"{{"*":{star}}}"#)),
        );
    }
    for (kind, depth, fits) in [
        ("all", 31, true),
        ("all", 32, true),
        ("all", 33, false),
        ("any", 32, true),
        ("any", 33, false),
    ] {
        let open = format!(r#"{{"constraint_type":"{kind}","constraints":["#).repeat(depth - 1);
        let constraint =
            format!(r#"{open}{{"constraint_type":"wildcard"}}{}"#, "]}".repeat(depth - 1));
        let expected = if fits {
            Expected::permit()
        } else {
            Expected::refuse_with("3n", "constraint_too_deep")
        };
        vectors.push(
            Vector::new(format!("{kind} nested {depth} deep"), expected)
                .shows("M-14")
                .with("constraint", constraint),
        );
    }
    super::file(
        "check/well_formed",
        "well_formed",
        "Constraints that a token may carry, and those that it may not: step 3n.",
        vectors,
    )
}
