//! Which values a constraint accepts, and which constraints a token may carry.

mod forms;
mod members;
mod nested;

use super::{Expected, File, Vector};

pub(super) fn files() -> Vec<File> {
    vec![types(), text(), nested::file(), arguments(), forms::file(), members::file()]
}

/// Values of every JSON type, with the names that `ACCEPTS` uses.
const VALUES: [(&str, &str); 26] = [
    ("null", "null"),
    ("true", "true"),
    ("false", "false"),
    ("0", "0"),
    ("minus 0", "-0"),
    ("1", "1"),
    ("1.0", "1.0"),
    ("10e-1", "10e-1"),
    ("1.5", "1.5"),
    ("2", "2"),
    ("minus 1", "-1"),
    ("1e21", "1e21"),
    ("empty string", r#""""#),
    ("a", r#""a""#),
    ("A", r#""A""#),
    ("escaped a", r#""\u0061""#),
    ("string 1", r#""1""#),
    ("b", r#""b""#),
    ("[]", "[]"),
    ("[a]", r#"["a"]"#),
    ("[a,a]", r#"["a","a"]"#),
    ("[b,a]", r#"["b","a"]"#),
    ("[a,c]", r#"["a","c"]"#),
    ("[[a]]", r#"[["a"]]"#),
    ("{}", "{}"),
    ("{y:2,x:1}", r#"{"y":2,"x":1}"#),
];

/// A constraint, what it shows, and the values of `VALUES` that it accepts.
const ACCEPTS: [(&str, &str, &[&str]); 18] = [
    (r#"{"constraint_type":"exact","value":"a"}"#, "M-15 M-4", &["a", "escaped a"]),
    (r#"{"constraint_type":"exact","value":1}"#, "M-15 M-3 M-1", &["1", "1.0", "10e-1"]),
    (r#"{"constraint_type":"exact","value":0}"#, "M-15 M-3", &["0", "minus 0"]),
    (r#"{"constraint_type":"exact","value":null}"#, "M-15 M-1", &["null"]),
    (r#"{"constraint_type":"exact","value":true}"#, "M-15 M-1", &["true"]),
    (
        r#"{"constraint_type":"range","min":0,"max":1}"#,
        "M-16",
        &["0", "minus 0", "1", "1.0", "10e-1"],
    ),
    (
        r#"{"constraint_type":"range","min":0,"min_inclusive":false,"max":2,"max_inclusive":false}"#,
        "M-16",
        &["1", "1.0", "10e-1", "1.5"],
    ),
    (
        r#"{"constraint_type":"range"}"#,
        "M-16 M-6",
        &["0", "minus 0", "1", "1.0", "10e-1", "1.5", "2", "minus 1", "1e21"],
    ),
    (r#"{"constraint_type":"range","min":1,"max":1,"max_inclusive":false}"#, "M-16", &[]),
    (
        r#"{"constraint_type":"one_of","values":["a",1,null,[],{"x":1,"y":2}]}"#,
        "M-17 M-7",
        &["null", "1", "1.0", "10e-1", "a", "escaped a", "[]", "{y:2,x:1}"],
    ),
    (
        r#"{"constraint_type":"not_one_of","excluded":["a",1,[["a"]]]}"#,
        "M-18",
        &[
            "null",
            "true",
            "false",
            "0",
            "minus 0",
            "1.5",
            "2",
            "minus 1",
            "1e21",
            "empty string",
            "A",
            "string 1",
            "b",
            "[]",
            "[a]",
            "[a,a]",
            "[b,a]",
            "[a,c]",
            "{}",
            "{y:2,x:1}",
        ],
    ),
    (
        r#"{"constraint_type":"contains","required":["a"]}"#,
        "M-19",
        &["[a]", "[a,a]", "[b,a]", "[a,c]"],
    ),
    (r#"{"constraint_type":"contains","required":["a","b","a"]}"#, "M-19 M-7", &["[b,a]"]),
    (
        r#"{"constraint_type":"contains","required":[]}"#,
        "M-19",
        &["[]", "[a]", "[a,a]", "[b,a]", "[a,c]", "[[a]]"],
    ),
    (
        r#"{"constraint_type":"subset","allowed":["a","b"]}"#,
        "M-20",
        &["[]", "[a]", "[a,a]", "[b,a]"],
    ),
    (r#"{"constraint_type":"subset","allowed":[]}"#, "M-20", &["[]"]),
    (
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"contains","required":["a"]},{"constraint_type":"subset","allowed":["a","b"]}]}"#,
        "M-22",
        &["[a]", "[a,a]", "[b,a]"],
    ),
    (
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"b"},{"constraint_type":"all","constraints":[{"constraint_type":"range","min":1},{"constraint_type":"range","max":1}]}]}"#,
        "M-23",
        &["b", "1", "1.0", "10e-1"],
    ),
];

fn file(
    group: &'static str,
    operation: &'static str,
    about: &'static str,
    vectors: Vec<Vector>,
) -> File {
    File { group, about, operation, point: None, vectors }
}

fn verdict(accepted: bool) -> Expected {
    if accepted { Expected::permit() } else { Expected::refuse_with("6b", "argument_refused") }
}

fn types() -> File {
    let mut vectors = vec![];
    for (place, (constraint, shows, accepts)) in ACCEPTS.iter().enumerate() {
        for name in *accepts {
            assert!(VALUES.iter().any(|(value, _)| value == name), "no value {name}");
        }
        for (other, (name, value)) in VALUES.iter().enumerate() {
            let title = format!("{name} for {constraint}");
            let vector = Vector::new(title, verdict(accepts.contains(name)))
                .id(format!("{place:02}-{other:02}"))
                .shows(shows)
                .with("constraint", *constraint)
                .with("value", *value);
            vectors.push(vector);
        }
    }
    for (other, (name, value)) in VALUES.iter().enumerate() {
        let vector = Vector::new(format!("{name} for wildcard"), Expected::permit())
            .id(format!("wildcard-{other:02}"))
            .shows("M-21")
            .with("constraint", r#"{"constraint_type":"wildcard"}"#)
            .with("value", *value);
        vectors.push(vector);
    }
    file(
        "check/types",
        "check",
        "Every type against values of every JSON type. Nothing is converted, and equality is equality of canonical forms.",
        vectors,
    )
}

/// Strings that people take for equal, and numbers by many spellings.
fn text() -> File {
    // The value of `exact`, the argument, and whether they are equal.
    let rows: [(&str, &str, &str, bool); 32] = [
        ("e acute composed and decomposed", r#""\u00e9""#, r#""e\u0301""#, false),
        ("e acute and its escape", "\"\u{e9}\"", r#""\u00e9""#, true),
        ("the ohm sign and omega", r#""\u2126""#, r#""\u03a9""#, false),
        ("the ligature fi", r#""\ufb01""#, r#""fi""#, false),
        ("sharp s and two s", r#""\u00df""#, r#""ss""#, false),
        ("dotless i", r#""\u0131""#, r#""i""#, false),
        ("full-width a", r#""\uff41""#, r#""a""#, false),
        ("a and Cyrillic a", r#""a""#, r#""\u0430""#, false),
        ("a with a soft hyphen", r#""a\u00ad""#, r#""a""#, false),
        ("a with a zero width space", r#""a\u200b""#, r#""a""#, false),
        ("a with a byte order mark", r#""\ufeffa""#, r#""a""#, false),
        ("a with a null character", r#""a\u0000""#, r#""a""#, false),
        ("a with a space", r#""a ""#, r#""a""#, false),
        ("a tab and its escape", r#""\t""#, r#""\u0009""#, true),
        ("a slash and its escape", r#""/""#, r#""\/""#, true),
        ("a percent escape", r#""%61""#, r#""a""#, false),
        ("an emoji and its surrogates", "\"\u{1f600}\"", r#""\ud83d\ude00""#, true),
        ("escapes in other letters", r#""\u00E9""#, r#""\u00e9""#, true),
        ("a word in other letters", r#""Data""#, r#""data""#, false),
        ("right to left marks", r#""\u200fa""#, r#""a""#, false),
        ("100 as 1e2", "100", "1e2", true),
        ("100 as 100.00", "100", "100.00", true),
        ("100 as 1000e-1", "100", "1000e-1", true),
        ("100 as 1E+2", "100", "1E+2", true),
        ("0 as 0e400", "0", "0e400", true),
        ("0 as -0.0", "0", "-0.0", true),
        ("a tenth as 1e-1", "0.1", "1e-1", true),
        ("neighbours", "9007199254740991", "9007199254740992", false),
        ("the smallest number", "5e-324", "5e-324", true),
        ("the largest number", "1.7976931348623157e308", "17976931348623157e292", true),
        ("a number and its string", "7", r#""7""#, false),
        ("1 and true", "1", "true", false),
    ];
    let vectors = rows.into_iter().map(|(title, exact, value, equal)| {
        Vector::new(title, verdict(equal))
            .shows("M-3 M-4")
            .with("constraint", format!(r#"{{"constraint_type":"exact","value":{exact}}}"#))
            .with("value", value)
    });
    let mut vectors: Vec<Vector> = vectors.collect();
    for (title, exact, ..) in rows.iter().filter(|(.., equal)| !equal) {
        vectors.push(
            Vector::new(format!("{title}: the first itself"), verdict(true))
                .shows("M-3")
                .with("constraint", format!(r#"{{"constraint_type":"exact","value":{exact}}}"#))
                .with("value", *exact),
        );
    }
    vectors.push(
        Vector::new("an admissible number", verdict(true))
            .shows("M-2")
            .with("constraint", r#"{"constraint_type":"wildcard"}"#)
            .with("value", "9007199254740992"),
    );
    // Numbers that are not what they say: the call cannot be judged at all.
    for number in [
        "9007199254740993",
        "1.00000000000000001",
        "1e400",
        "-1e400",
        "1e-400",
        "295147905179352825856",
        "4.9e-324",
        "0.1000000000000000055511151231257827",
    ] {
        vectors.push(
            Vector::new(
                format!("the inadmissible {number}"),
                Expected::refuse_with("6b", "arguments_malformed"),
            )
            .shows("M-2")
            .with("constraint", r#"{"constraint_type":"wildcard"}"#)
            .with("value", number),
        );
        vectors.push(
            Vector::new(
                format!("the inadmissible {number}, deep inside"),
                Expected::refuse_with("6b", "arguments_malformed"),
            )
            .shows("M-2")
            .with("constraint", r#"{"constraint_type":"wildcard"}"#)
            .with("value", format!(r#"[{{"a":[{number}]}}]"#)),
        );
    }
    file(
        "check/text",
        "check",
        "Strings that are not equal though they look so, numbers that are equal though spelled otherwise, and inadmissible ones.",
        vectors,
    )
}

fn arguments() -> File {
    const MAP: &str = r#"{"x":{"constraint_type":"exact","value":"a"},"y":{"constraint_type":"range","max":5,"optional":true}}"#;
    const OPEN: &str =
        r#"{"x":{"constraint_type":"exact","value":"a"},"*":{"constraint_type":"wildcard"}}"#;
    let rows: [(&str, &str, &str, &str, Option<&str>); 24] = [
        ("what is required", MAP, r#"{"x":"a"}"#, "M-30 M-32", None),
        ("with what is optional", MAP, r#"{"y":5,"x":"a"}"#, "M-30 M-32", None),
        ("nothing", MAP, "{}", "M-31 M-27", Some("argument_missing")),
        ("only what is optional", MAP, r#"{"y":1}"#, "M-31", Some("argument_missing")),
        ("required, of another value", MAP, r#"{"x":"b"}"#, "M-30", Some("argument_refused")),
        ("required, null", MAP, r#"{"x":null}"#, "M-31 M-30", Some("argument_refused")),
        ("optional, of another value", MAP, r#"{"x":"a","y":6}"#, "M-32", Some("argument_refused")),
        ("optional, null", MAP, r#"{"x":"a","y":null}"#, "M-32", Some("argument_refused")),
        ("one more", MAP, r#"{"x":"a","z":1}"#, "M-24 M-30", Some("argument_not_named")),
        ("one more, null", MAP, r#"{"x":"a","z":null}"#, "M-24", Some("argument_not_named")),
        ("one named by a star", MAP, r#"{"x":"a","*":1}"#, "M-24 M-25", Some("argument_not_named")),
        ("one in other letters", MAP, r#"{"x":"a","Y":1}"#, "M-24 M-4", Some("argument_not_named")),
        ("one by an escape", MAP, r#"{"\u0078":"a"}"#, "M-30 M-4", None),
        ("a star: one more", OPEN, r#"{"x":"a","z":[1]}"#, "M-24 M-30", None),
        ("a star: one named by a star", OPEN, r#"{"x":"a","*":1}"#, "M-25", None),
        ("a star: nothing", OPEN, "{}", "M-31", Some("argument_missing")),
        ("a star: another value", OPEN, r#"{"x":"b","z":1}"#, "M-30", Some("argument_refused")),
        ("a star: the empty name", OPEN, r#"{"x":"a","":1}"#, "M-30", None),
        ("an empty map: nothing", "{}", "{}", "M-26", None),
        ("an empty map: anything", "{}", r#"{"a":[{}],"*":null}"#, "M-26", None),
        ("no object", MAP, "[]", "M-30", Some("arguments_malformed")),
        ("a member twice", MAP, r#"{"x":"a","x":"a"}"#, "M-1", Some("arguments_malformed")),
        (
            "a member twice, deep inside",
            "{}",
            r#"{"x":[{"a":1,"a":1}]}"#,
            "M-1",
            Some("arguments_malformed"),
        ),
        (
            "an inadmissible number where all is admitted",
            "{}",
            r#"{"x":9007199254740993}"#,
            "M-2",
            Some("arguments_malformed"),
        ),
    ];
    let vectors = rows.into_iter().map(|(title, map, value, shows, refused)| {
        let expected = refused.map_or(Expected::permit(), |code| Expected::refuse_with("6b", code));
        Vector::new(title, expected)
            .shows(shows)
            .with("level", "arguments")
            .with("constraint", map)
            .with("value", value)
    });
    file(
        "check/arguments",
        "check",
        "A tool's map against the arguments of a call.",
        vectors.collect(),
    )
}
