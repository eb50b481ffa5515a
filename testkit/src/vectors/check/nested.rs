//! Arrays and objects as values: equality at every depth, and arrays as sets.

use super::{File, Vector, verdict};

/// A title, the constraint's member, the value, and whether it is accepted.
type Row = (&'static str, &'static str, &'static str, bool);

const VALUE: &str = r#"[{"a":[1,{"b":null}],"\u00e9":"x"}]"#;

const ONE_OF: [Row; 18] = [
    ("the same", VALUE, r#"{"a":[1,{"b":null}],"\u00e9":"x"}"#, true),
    ("members in another order", VALUE, r#"{"\u00e9":"x","a":[1,{"b":null}]}"#, true),
    ("a name without its escape", VALUE, "{\"a\":[1,{\"b\":null}],\"\u{e9}\":\"x\"}", true),
    ("a number spelled otherwise", VALUE, r#"{"a":[1.0,{"b":null}],"\u00e9":"x"}"#, true),
    ("a string by an escape", VALUE, r#"{"a":[1,{"b":null}],"\u00e9":"\u0078"}"#, true),
    ("a name composed otherwise", VALUE, r#"{"a":[1,{"b":null}],"e\u0301":"x"}"#, false),
    ("elements in another order", VALUE, r#"{"a":[{"b":null},1],"\u00e9":"x"}"#, false),
    ("an element twice", VALUE, r#"{"a":[1,1,{"b":null}],"\u00e9":"x"}"#, false),
    ("a member more", VALUE, r#"{"a":[1,{"b":null}],"\u00e9":"x","c":1}"#, false),
    ("a member fewer", VALUE, r#"{"a":[1,{"b":null}]}"#, false),
    ("a member absent that was null", VALUE, r#"{"a":[1,{}],"\u00e9":"x"}"#, false),
    ("false for null", VALUE, r#"{"a":[1,{"b":false}],"\u00e9":"x"}"#, false),
    ("a number as a string", VALUE, r#"{"a":["1",{"b":null}],"\u00e9":"x"}"#, false),
    ("a name in other letters", VALUE, r#"{"A":[1,{"b":null}],"\u00e9":"x"}"#, false),
    ("the value in an array", VALUE, r#"[{"a":[1,{"b":null}],"\u00e9":"x"}]"#, false),
    ("the value as a string", VALUE, r#""{\"a\":[1,{\"b\":null}],\"\u00e9\":\"x\"}""#, false),
    ("an array for an array that is listed", r#"[[1,[2]],3]"#, "[1.0,[2e0]]", true),
    ("an element of an array that is listed", r#"[[1,[2]],3]"#, "[2]", false),
];

const CONTAINS: [Row; 26] = [
    ("all in another order", r#"["a",1]"#, r#"[1,"a"]"#, true),
    ("all and more", r#"["a",1]"#, r#"[null,1,{},"a",[]]"#, true),
    ("not all", r#"["a",1]"#, r#"["a",2]"#, false),
    ("required twice, there once", "[1,1]", "[1]", true),
    ("required twice in two spellings", "[1,1.0]", "[10e-1]", true),
    ("required once, there twice", "[1]", "[1,1]", true),
    ("an empty array", "[1]", "[]", false),
    ("an empty array where nothing is required", "[]", "[]", true),
    ("null where nothing is required", "[]", "null", false),
    ("a string where nothing is required", "[]", r#""""#, false),
    ("an object where nothing is required", "[]", "{}", false),
    ("the element alone", r#"["a"]"#, r#""a""#, false),
    ("a string that has it as a part", r#"["a"]"#, r#""ab""#, false),
    ("an object with it as a name", r#"["a"]"#, r#"{"a":true}"#, false),
    ("an object like an array", r#"["a"]"#, r#"{"0":"a","length":1}"#, false),
    ("in an array inside", r#"["a"]"#, r#"[["a"]]"#, false),
    ("an array as an element", "[[1,2]]", "[[1.0,2]]", true),
    ("an array as an element, in another order", "[[1,2]]", "[[2,1]]", false),
    ("its elements as elements", "[[1,2]]", "[1,2]", false),
    ("an empty array as an element", "[[]]", "[[]]", true),
    ("an empty array for one that has one", "[[]]", "[]", false),
    ("an object as an element", r#"[{"a":1,"b":2}]"#, r#"[{"b":2e0,"a":1}]"#, true),
    ("an object with a member more", r#"[{"a":1}]"#, r#"[{"a":1,"b":2}]"#, false),
    ("null as an element", "[null]", "[0,false,null]", true),
    ("nothing for null", "[null]", "[]", false),
    ("a letter composed otherwise", r#"["\u00e9"]"#, r#"["e\u0301"]"#, false),
];

const SUBSET: [Row; 22] = [
    ("all of them", r#"["a",1]"#, r#"[1,"a"]"#, true),
    ("some of them", r#"["a",1]"#, r#"["a"]"#, true),
    ("none of them", r#"["a",1]"#, "[]", true),
    ("one of them many times", r#"["a",1]"#, r#"["a","a","a"]"#, true),
    ("one more", r#"["a",1]"#, r#"["a",2]"#, false),
    ("null more", r#"["a",1]"#, r#"["a",null]"#, false),
    ("a number spelled otherwise", "[100]", "[1e2,100.0]", true),
    ("a number as a string", "[100]", r#"["100"]"#, false),
    ("the element alone", r#"["a"]"#, r#""a""#, false),
    ("null", r#"["a"]"#, "null", false),
    ("an object", r#"["a"]"#, "{}", false),
    ("an empty array where nothing is allowed", "[]", "[]", true),
    ("an empty object where nothing is allowed", "[]", "{}", false),
    ("null where nothing is allowed", "[]", "null", false),
    ("an array in it where nothing is allowed", "[]", "[[]]", false),
    ("an empty array as an element", "[[]]", "[[],[]]", true),
    ("an array too deep", "[[]]", "[[[]]]", false),
    ("arrays as elements", "[[1,2]]", "[[1,2],[1.0,2.0]]", true),
    ("arrays as elements, in another order", "[[1,2]]", "[[2,1]]", false),
    ("objects as elements", r#"[{"a":1,"b":2}]"#, r#"[{"b":2,"a":1}]"#, true),
    ("objects as elements, a member fewer", r#"[{"a":1,"b":2}]"#, r#"[{"a":1}]"#, false),
    ("letters in other cases", r#"["a"]"#, r#"["A"]"#, false),
];

/// The clauses, the value, and whether it is accepted.
const COMPOSITE: [(&str, &str, &str, &str, bool); 17] = [
    (
        "all of two, both",
        "all",
        r#"{"constraint_type":"range","min":1},{"constraint_type":"range","max":2}"#,
        "2",
        true,
    ),
    (
        "all of two, the second not",
        "all",
        r#"{"constraint_type":"range","min":1},{"constraint_type":"range","max":2}"#,
        "3",
        false,
    ),
    (
        "all of two, the first not",
        "all",
        r#"{"constraint_type":"range","min":1},{"constraint_type":"range","max":2}"#,
        "0",
        false,
    ),
    (
        "all of two that exclude each other",
        "all",
        r#"{"constraint_type":"exact","value":1},{"constraint_type":"exact","value":2}"#,
        "1",
        false,
    ),
    (
        "all of a range and an exception",
        "all",
        r#"{"constraint_type":"range","min":1,"max":9},{"constraint_type":"not_one_of","excluded":[5]}"#,
        "5.0",
        false,
    ),
    (
        "all of a range and an exception, beside it",
        "all",
        r#"{"constraint_type":"range","min":1,"max":9},{"constraint_type":"not_one_of","excluded":[5]}"#,
        "5.5",
        true,
    ),
    (
        "all of what is required and allowed",
        "all",
        r#"{"constraint_type":"contains","required":["a"]},{"constraint_type":"subset","allowed":["a","b"]}"#,
        r#"["b","a","b"]"#,
        true,
    ),
    (
        "all of what is required and allowed, one more",
        "all",
        r#"{"constraint_type":"contains","required":["a"]},{"constraint_type":"subset","allowed":["a","b"]}"#,
        r#"["a","c"]"#,
        false,
    ),
    (
        "all of one clause twice",
        "all",
        r#"{"constraint_type":"exact","value":1},{"constraint_type":"exact","value":1.0}"#,
        "1",
        true,
    ),
    (
        "any of two, the first",
        "any",
        r#"{"constraint_type":"exact","value":null},{"constraint_type":"contains","required":[]}"#,
        "null",
        true,
    ),
    (
        "any of two, the second",
        "any",
        r#"{"constraint_type":"exact","value":null},{"constraint_type":"contains","required":[]}"#,
        "[null]",
        true,
    ),
    (
        "any of two, neither",
        "any",
        r#"{"constraint_type":"exact","value":null},{"constraint_type":"contains","required":[]}"#,
        "{}",
        false,
    ),
    (
        "any of ranges, at the end of one",
        "any",
        r#"{"constraint_type":"range","max":1},{"constraint_type":"range","min":2}"#,
        "1.0",
        true,
    ),
    (
        "any of ranges, between them",
        "any",
        r#"{"constraint_type":"range","max":1},{"constraint_type":"range","min":2}"#,
        "1.5",
        false,
    ),
    (
        "any with a clause that nothing satisfies",
        "any",
        r#"{"constraint_type":"range","min":1,"max":1,"min_inclusive":false},{"constraint_type":"exact","value":1}"#,
        "1",
        true,
    ),
    (
        "any of all of any",
        "any",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"a"},{"constraint_type":"exact","value":"b"}]},{"constraint_type":"not_one_of","excluded":["b"]}]}"#,
        r#""a""#,
        true,
    ),
    (
        "any of all of any, what is excluded",
        "any",
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"a"},{"constraint_type":"exact","value":"b"}]},{"constraint_type":"not_one_of","excluded":["b"]}]}"#,
        r#""b""#,
        false,
    ),
];

pub(super) fn file() -> File {
    let mut vectors = vec![];
    let mut push = |title: String, shows: &str, constraint: String, value: &str, yes: bool| {
        let vector = Vector::new(title, verdict(yes));
        vectors.push(vector.shows(shows).with("constraint", constraint).with("value", value));
    };
    let of = |kind: &str, member: &str, values: &str| {
        format!(r#"{{"constraint_type":"{kind}","{member}":{values}}}"#)
    };
    for (title, values, value, yes) in ONE_OF {
        let constraint = of("one_of", "values", values);
        push(format!("one_of: {title}"), "M-17 M-3", constraint, value, yes);
        let constraint = of("not_one_of", "excluded", values);
        push(format!("not_one_of: {title}"), "M-18 M-3", constraint, value, !yes);
    }
    for (title, values, value, yes) in CONTAINS {
        let constraint = of("contains", "required", values);
        push(format!("contains: {title}"), "M-19 M-7", constraint, value, yes);
    }
    // The members of a set satisfy both, whatever else does not.
    for (kind, member, shows, rows) in [
        ("contains", "required", "M-19", CONTAINS.as_slice()),
        ("subset", "allowed", "M-20", SUBSET.as_slice()),
    ] {
        let mut known = vec![];
        for (title, values, ..) in rows {
            if !known.contains(values) {
                known.push(values);
                let title = format!("{kind}: {title}: the members themselves");
                push(title, shows, of(kind, member, values), values, true);
            }
        }
    }
    for (title, values, value, yes) in SUBSET {
        let constraint = of("subset", "allowed", values);
        push(format!("subset: {title}"), "M-20 M-7", constraint, value, yes);
    }
    for (title, kind, clauses, value, yes) in COMPOSITE {
        let shows = if kind == "all" { "M-22" } else { "M-23" };
        let constraint = of(kind, "constraints", &format!("[{clauses}]"));
        push(title.into(), shows, constraint, value, yes);
    }
    super::file(
        "check/nested",
        "check",
        "Arrays and objects as values: equality at every depth, arrays as sets, and clauses.",
        vectors,
    )
}
