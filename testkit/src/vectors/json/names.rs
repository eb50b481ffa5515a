//! Members of objects: their order, and names that are the same.

use super::{File, made, refused};

/// A title, an object, and its canonical form.
const ORDERS: [(&str, &str, &str); 16] = [
    ("already in order", r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2}"#),
    ("the empty name first", r#"{"a":1,"":2}"#, r#"{"":2,"a":1}"#),
    ("digits before letters", r#"{"a":1,"1":2}"#, r#"{"1":2,"a":1}"#),
    ("digits as text", r#"{"2":1,"10":2,"1":3}"#, r#"{"1":3,"10":2,"2":1}"#),
    ("a space before letters", r#"{"ab":1,"a b":2}"#, r#"{"a b":2,"ab":1}"#),
    ("an underscore between cases", r#"{"a":1,"_":2,"A":3}"#, r#"{"A":3,"_":2,"a":1}"#),
    ("a beginning before what goes on", r#"{"ab":1,"abc":2,"a":3}"#, r#"{"a":3,"ab":1,"abc":2}"#),
    ("controls before all", r#"{" ":1,"\u001f":2,"\n":3}"#, r#"{"\n":3,"\u001f":2," ":1}"#),
    ("a quote before a backslash", r#"{"\\":1,"\"":2}"#, r#"{"\"":2,"\\":1}"#),
    ("a letter beyond ASCII after all of ASCII", r#"{"\u00e9":1,"z":2}"#, "{\"z\":2,\"\u{e9}\":1}"),
    ("composed after decomposed", r#"{"\u00e9":1,"e\u0301":2}"#, "{\"e\u{301}\":2,\"\u{e9}\":1}"),
    (
        "an astral letter before a private one",
        r#"{"\ue000":1,"\ud83d\ude00":2}"#,
        "{\"\u{1f600}\":2,\"\u{e000}\":1}",
    ),
    (
        "an astral letter after the last before the surrogates",
        r#"{"\ud83d\ude00":1,"\ud7ff":2}"#,
        "{\"\u{d7ff}\":2,\"\u{1f600}\":1}",
    ),
    (
        "two astral letters by their second halves",
        r#"{"\ud83d\ude01":1,"\ud83d\ude00":2}"#,
        "{\"\u{1f600}\":2,\"\u{1f601}\":1}",
    ),
    (
        "an astral letter behind a beginning",
        r#"{"a\uffff":1,"a\ud800\udc00":2,"a":3}"#,
        "{\"a\":3,\"a\u{10000}\":2,\"a\u{ffff}\":1}",
    ),
    (
        "at every depth",
        r#"[{"b":{"d":[{"f":1,"e":2}],"c":3},"a":4}]"#,
        r#"[{"a":4,"b":{"c":3,"d":[{"e":2,"f":1}]}}]"#,
    ),
];

/// Names that are not the same, though people may take them for it.
const DISTINCT: [(&str, &str, &str); 8] = [
    ("two cases of a letter", r#"{"a":1,"A":1}"#, r#"{"A":1,"a":1}"#),
    ("composed and decomposed", r#"{"\u00e9":1,"e\u0301":1}"#, "{\"e\u{301}\":1,\"\u{e9}\":1}"),
    ("with a space behind", r#"{"a":1,"a ":1}"#, r#"{"a":1,"a ":1}"#),
    ("with a null character behind", r#"{"a":1,"a\u0000":1}"#, r#"{"a":1,"a\u0000":1}"#),
    ("the empty one and a space", r#"{"":1," ":1}"#, r#"{"":1," ":1}"#),
    ("1 and 1.0", r#"{"1":1,"1.0":1}"#, r#"{"1":1,"1.0":1}"#),
    (
        "in two objects beside each other",
        r#"{"a":{"b":1},"c":{"b":1}}"#,
        r#"{"a":{"b":1},"c":{"b":1}}"#,
    ),
    ("in an object and the one around it", r#"{"a":{"a":{"a":1}}}"#, r#"{"a":{"a":{"a":1}}}"#),
];

const TWICE: [(&str, &str); 20] = [
    ("the same value", r#"{"a":1,"a":1}"#),
    ("another value", r#"{"a":1,"a":2}"#),
    ("null and a value", r#"{"a":null,"a":1}"#),
    ("the empty name", r#"{"":1,"":1}"#),
    ("three times", r#"{"a":1,"a":1,"a":1}"#),
    ("the first and the last of many", r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"a":1}"#),
    ("the last two of many", r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"e":1}"#),
    ("out of order", r#"{"b":1,"a":1,"b":1}"#),
    ("one by an escape", r#"{"a":1,"\u0061":1}"#),
    ("both by escapes of other letters", r#"{"\u00e9":1,"\u00E9":1}"#),
    ("one letter beyond ASCII by an escape", "{\"\u{e9}\":1,\"\\u00e9\":1}"),
    ("an emoji and its surrogates", "{\"\u{1f600}\":1,\"\\ud83d\\ude00\":1}"),
    ("a slash and its escape", r#"{"/":1,"\/":1}"#),
    ("a tab by two escapes", r#"{"\t":1,"\u0009":1}"#),
    ("a null character", r#"{"\u0000":1,"\u0000":1}"#),
    ("in an array", r#"[1,{"a":1,"a":1}]"#),
    ("in a member", r#"{"b":{"a":1,"a":1}}"#),
    ("six levels deep", r#"[[[[[{"a":1,"a":1}]]]]]"#),
    ("around an object", r#"{"a":{"a":1},"a":{"a":1}}"#),
    ("a name of a prototype", r#"{"__proto__":1,"__proto__":1}"#),
];

pub(super) fn file() -> File {
    let mut vectors = vec![];
    for (title, input, output) in ORDERS {
        vectors.push(made(format!("in order: {title}"), input, output, "M-5"));
    }
    for (title, input, output) in DISTINCT {
        vectors.push(made(format!("two names: {title}"), input, output, "J-3 M-4"));
    }
    for (title, input) in TWICE {
        vectors.push(refused(format!("one name twice: {title}"), input, "J-3"));
    }
    super::file(
        "json/names",
        "Members of objects: their order by UTF-16 code units, and names that are the same once \
         escapes are resolved.",
        vectors,
    )
}
