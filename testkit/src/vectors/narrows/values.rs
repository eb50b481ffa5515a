//! Constraints whose values are equal though spelled otherwise, or are not though they look so.

use super::{File, vector};

/// A title, the child's members, the parent's, and whether the child narrows.
type Row = (&'static str, &'static str, &'static str, bool);

const EXACT: [Row; 24] = [
    ("1 and 1.0", "1.0", "1", true),
    ("1 and 1e0", "1e0", "1", true),
    ("1 and 10e-1", "1", "10e-1", true),
    ("1 and 0.1E+1", "0.1E+1", "1", true),
    ("0 and -0", "-0", "0", true),
    ("-0.0 and 0", "0", "-0.0", true),
    ("1e21 in digits", "1000000000000000000000", "1e21", true),
    ("a tenth and 1e-1", "1e-1", "0.1", true),
    ("1 and -1", "-1", "1", false),
    ("neighbours among the integers", "9007199254740991", "9007199254740992", false),
    ("neighbours near zero", "1e-323", "5e-324", false),
    ("1 and its string", r#""1""#, "1", false),
    ("1 and true", "true", "1", false),
    ("0 and false", "false", "0", false),
    ("null and its string", "null", r#""null""#, false),
    ("null and the empty string", r#""""#, "null", false),
    ("a letter and its escape", r#""\u0061""#, r#""a""#, true),
    ("a slash and its escape", r#""\/""#, r#""/""#, true),
    ("an emoji and its surrogates", r#""\ud83d\ude00""#, "\"\u{1f600}\"", true),
    ("e acute composed and decomposed", r#""e\u0301""#, r#""\u00e9""#, false),
    ("two cases of a letter", r#""A""#, r#""a""#, false),
    ("a ligature and its letters", r#""fi""#, r#""\ufb01""#, false),
    ("a letter and a space", r#""a ""#, r#""a""#, false),
    ("a letter and a null character", r#""a\u0000""#, r#""a""#, false),
];

const EXACT_IN_ONE_OF: [Row; 10] = [
    ("1.0 in 1", "1.0", "[1]", true),
    ("-0 in 0", "-0", "[0]", true),
    ("null in null", "null", "[1,null]", true),
    ("false in false", "false", "[true,false]", true),
    ("an escaped letter in the letter", r#""\u0061""#, r#"["b","a"]"#, true),
    ("a decomposed letter in the composed", r#""e\u0301""#, r#"["\u00e9"]"#, false),
    ("null in its string", "null", r#"["null"]"#, false),
    ("a string in an array of it", r#""a""#, r#"[["a"]]"#, false),
    ("a string that looks like an array", r#""[]""#, "[[]]", false),
    ("2 between 1 and 3", "2", "[1,3]", false),
];

/// Pairs of sets, the first of which is a subset of the second or not.
const SETS: [Row; 23] = [
    ("the same in another order", r#"["b","a"]"#, r#"["a","b"]"#, true),
    ("one value twice", "[1,1.0]", "[1]", true),
    ("one value twice above", "[1]", "[1,1e0]", true),
    ("a part", "[3,1]", "[1,2,3]", true),
    ("one more", "[1,2]", "[1]", false),
    ("another in the place of one", "[1,4]", "[1,2,3]", false),
    ("a number in a string", r#"["1"]"#, "[1]", false),
    ("null and nothing else", "[null]", "[false,0]", false),
    ("members in another order", r#"[{"b":1,"a":2}]"#, r#"[{"a":2,"b":1}]"#, true),
    ("members by escapes", r#"[{"\u0061":1}]"#, r#"[{"a":1}]"#, true),
    (
        "numbers deep inside, spelled otherwise",
        r#"[{"a":[1.0,{"b":1e1}]}]"#,
        r#"[{"a":[1,{"b":10}]}]"#,
        true,
    ),
    ("members composed otherwise", r#"[{"e\u0301":1}]"#, r#"[{"\u00e9":1}]"#, false),
    ("a member more", r#"[{"a":1,"b":null}]"#, r#"[{"a":1}]"#, false),
    ("a member fewer", r#"[{"a":1}]"#, r#"[{"a":1,"b":null}]"#, false),
    ("an empty object and null", "[{}]", "[null]", false),
    ("an empty object and an empty array", "[{}]", "[[]]", false),
    ("elements in another order", "[[1,2]]", "[[2,1]]", false),
    ("an element twice", "[[1,1]]", "[[1]]", false),
    ("an array of the value", "[[1]]", "[1]", false),
    ("arrays in arrays", "[[[1]]]", "[[[1.0]],2]", true),
    ("two cases of a letter", r#"["A"]"#, r#"["a"]"#, false),
    ("true and its string", "[true]", r#"["true"]"#, false),
    ("many of many", "[9,8,7,6,5,4,3,2,1,0]", "[0,1,2,3,4,5,6,7,8,9]", true),
];

/// The members of two ranges.
const RANGES: [Row; 33] = [
    ("maximum 5.0 below 5", r#""max":5.0"#, r#""max":5"#, true),
    ("maximum 5 below 50e-1", r#""max":5"#, r#""max":50e-1"#, true),
    ("maximum -0 below 0", r#""max":-0"#, r#""max":0"#, true),
    ("maximum 0 below -0", r#""max":0"#, r#""max":-0"#, true),
    ("minimum -0.0 below 0", r#""min":-0.0"#, r#""min":0"#, true),
    (
        "minimum 0 below -0, both exclusive",
        r#""min":0,"min_inclusive":false"#,
        r#""min":-0,"min_inclusive":false"#,
        true,
    ),
    ("maximum a hair above", r#""max":5.000000000000001"#, r#""max":5"#, false),
    (
        "maximum a hair below the exclusive",
        r#""max":4.999999999999999"#,
        r#""max":5,"max_inclusive":false"#,
        true,
    ),
    ("minimum a hair below", r#""min":4.999999999999999"#, r#""min":5"#, false),
    (
        "maximum an integer above 2 to the 53",
        r#""max":9007199254740994"#,
        r#""max":9007199254740992"#,
        false,
    ),
    ("inclusive said", r#""max":5,"max_inclusive":true"#, r#""max":5"#, true),
    ("inclusive said above", r#""max":5"#, r#""max":5,"max_inclusive":true"#, true),
    (
        "inclusive said below the exclusive",
        r#""max":5,"max_inclusive":true"#,
        r#""max":5,"max_inclusive":false"#,
        false,
    ),
    ("both bounds the same", r#""min":1,"max":5"#, r#""max":5,"min":1"#, true),
    ("both bounds tighter", r#""min":2,"max":4"#, r#""min":1,"max":5"#, true),
    ("minimum tighter, maximum wider", r#""min":2,"max":6"#, r#""min":1,"max":5"#, false),
    ("maximum tighter, minimum wider", r#""min":0,"max":4"#, r#""min":1,"max":5"#, false),
    ("minimum left out", r#""max":5"#, r#""min":1,"max":5"#, false),
    ("maximum left out", r#""min":1"#, r#""min":1,"max":5"#, false),
    (
        "the lowest minimum below the highest maximum",
        r#""min":-1.7976931348623157e308"#,
        r#""max":1.7976931348623157e308"#,
        false,
    ),
    ("a minimum below a maximum", r#""min":1"#, r#""max":5"#, false),
    ("a maximum below a minimum", r#""max":5"#, r#""min":1"#, false),
    ("a minimum added", r#""min":1,"max":5"#, r#""max":5"#, true),
    ("a maximum added", r#""min":1,"max":5"#, r#""min":1"#, true),
    ("one number", r#""min":3,"max":3"#, r#""min":1,"max":5"#, true),
    ("one number at the end", r#""min":5,"max":5"#, r#""min":1,"max":5"#, true),
    (
        "one number at the exclusive end",
        r#""min":5,"max":5"#,
        r#""min":1,"max":5,"max_inclusive":false"#,
        false,
    ),
    ("no number inside", r#""min":3,"max":3,"max_inclusive":false"#, r#""min":1,"max":5"#, true),
    ("no number outside", r#""min":6,"max":6,"max_inclusive":false"#, r#""min":1,"max":5"#, false),
    ("apart", r#""min":6,"max":7"#, r#""min":1,"max":5"#, false),
    (
        "both ends exclusive, the child's not",
        r#""min":1,"max":5"#,
        r#""min":1,"min_inclusive":false,"max":5,"max_inclusive":false"#,
        false,
    ),
    (
        "both ends exclusive, the child's further in",
        r#""min":2,"max":4"#,
        r#""min":1,"min_inclusive":false,"max":5,"max_inclusive":false"#,
        true,
    ),
    (
        "the highest maximum beside the lowest minimum",
        r#""min":-1.7976931348623157e308,"max":1.7976931348623157e308"#,
        r#""min":-1.7976931348623157e308"#,
        true,
    ),
];

pub(super) fn file() -> File {
    let mut vectors = vec![];
    let mut push = |kind: &str, row: (&str, String, String, bool), shows: &str| {
        let (title, child, parent, yes) = row;
        let title = format!("{kind}: {title}");
        vectors.push(vector(title, "constraint", &child, &parent, yes).shows(shows));
    };
    for (title, child, parent, yes) in EXACT {
        push(
            "exact",
            (title, of("exact", "value", child), of("exact", "value", parent), yes),
            "M-34 M-3 M-4",
        );
    }
    for (title, child, parent, yes) in EXACT_IN_ONE_OF {
        let row = (title, of("exact", "value", child), of("one_of", "values", parent), yes);
        push("exact in one_of", row, "M-38 M-3 M-4");
    }
    // The smaller set is the narrower one for `one_of` and `subset`, the larger for the others.
    for (kind, member, shows, smaller) in [
        ("one_of", "values", "M-37 M-7", true),
        ("subset", "allowed", "M-41 M-7", true),
        ("not_one_of", "excluded", "M-39 M-7", false),
        ("contains", "required", "M-40 M-7", false),
    ] {
        for (title, part, whole, yes) in SETS {
            let (child, parent) = if smaller { (part, whole) } else { (whole, part) };
            push(kind, (title, of(kind, member, child), of(kind, member, parent), yes), shows);
        }
    }
    for (title, child, parent, yes) in RANGES {
        let range = |members: &str| format!(r#"{{"constraint_type":"range",{members}}}"#);
        push("range", (title, range(child), range(parent), yes), "M-35 M-46");
    }
    super::file(
        "narrows/values",
        "Values that are equal though spelled otherwise, and values that are not though they look \
         so, in every type that holds values.",
        vectors,
    )
}

fn of(kind: &str, member: &str, value: &str) -> String {
    format!(r#"{{"constraint_type":"{kind}","{member}":{value}}}"#)
}
