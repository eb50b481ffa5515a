//! Values, sets and their order: in a tool that only the root has.

use super::{
    Row,
    bodies::{cat, place},
    deny, permit,
};
use crate::compact::{
    integer, string, uint,
    value::{count, value},
};
use taper::Value;

/// Values in the order of a set, as JSON.
const ORDERED: [&str; 38] = [
    "null",
    "false",
    "true",
    "-1e300",
    "-9007199254740992",
    "-9007199254740991",
    "-1",
    "-0.5",
    "0",
    "5e-324",
    "0.5",
    "1",
    "1.5",
    "2",
    "10",
    "9007199254740991",
    "9007199254740992",
    "1e300",
    r#""""#,
    r#""10""#,
    r#""9""#,
    r#""A""#,
    r#""a""#,
    r#""a\u0000""#,
    r#""aa""#,
    "\"\u{e9}\"",
    "\"\u{ffff}\"",
    "\"\u{10000}\"",
    "[]",
    "[null]",
    "[null,null]",
    "[0]",
    r#"["a"]"#,
    "[[]]",
    "{}",
    r#"{"a":null}"#,
    r#"{"a":null,"b":null}"#,
    r#"{"a":0}"#,
];

/// Pairs of objects in the order of a set, whose names differ.
const OBJECTS: [(&str, &str); 4] = [
    (r#"{"a":9}"#, r#"{"b":0}"#),
    (r#"{"a":9,"b":9}"#, r#"{"b":0}"#),
    ("{\"\u{ffff}\":9}", "{\"\u{10000}\":0}"),
    (r#"{"":1}"#, r#"{"a":0}"#),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = order();
    rows.extend(numbers());
    rows.extend(shapes());
    rows
}

/// Gives the root a third tool, `unused`, with one argument.
fn unused(whole: &[u8]) -> impl Fn(&mut super::CompactCase) + 'static {
    let tool = cat(&[&[0x16], &string("unused"), &[2], &string("a"), whole, &[0]]);
    move |case| {
        let tools = |number: u8| cat(&[&[0, number], &string("read_file")]);
        case.forgery.edit(0, &tools(2), &tools(3));
        case.forgery.edit(0, &[0x16, 0], &tool);
    }
}

fn good(name: impl Into<String>, shows: &'static str, whole: Vec<u8>) -> Row {
    permit(name, shows, unused(&whole))
}

fn bad(name: impl Into<String>, shows: &'static str, whole: Vec<u8>) -> Row {
    deny(name, shows, place(0), unused(&whole))
}

fn written(json: &str) -> Vec<u8> {
    value(&Value::from_json(json.as_bytes()).unwrap())
}

/// `not_one_of` these, in the order given.
fn listed(values: &[&str]) -> Vec<u8> {
    let values: Vec<Vec<u8>> = values.iter().map(|value| written(value)).collect();
    cat(&[&[0x13], &count(values.len()), &values.concat()])
}

fn order() -> Vec<Row> {
    let mut rows = vec![
        good("values of all sorts, in their order", "C-33", listed(&ORDERED)),
        good("a set of nothing", "C-33", listed(&[])),
    ];
    for pair in ORDERED.windows(2) {
        rows.push(bad(
            format!("{} before {}", spelled(pair[1]), spelled(pair[0])),
            "C-33 C-46",
            listed(&[pair[1], pair[0]]),
        ));
    }
    for (first, second) in OBJECTS {
        let names = (spelled(first), spelled(second));
        rows.push(good(
            format!("{} and then {}", names.0, names.1),
            "C-33",
            listed(&[first, second]),
        ));
        rows.push(bad(
            format!("{} before {}", names.1, names.0),
            "C-33 C-46",
            listed(&[second, first]),
        ));
    }
    for twice in ["null", "true", "0.5", r#""""#, "[]", "[[1]]", "{}", r#"{"a":[]}"#] {
        rows.push(bad(format!("{twice} twice"), "C-33 C-46", listed(&[twice, twice])));
    }
    rows
}

/// What stands in a title for a value: an id is made of its letters and digits.
fn spelled(json: &str) -> String {
    let signs = [
        ("{", "object "),
        ("}", " end"),
        ("[", "array "),
        ("]", " end"),
        ("\"", " quote "),
        ("\\", " "),
        ("-", " minus "),
        (".", " point "),
        (":", " is "),
        (",", " and "),
    ];
    let escaped: String = json
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() })
        .collect();
    if escaped.chars().all(|c| c.is_ascii_alphanumeric()) {
        return escaped;
    }
    let text = signs.iter().fold(escaped, |text, (sign, word)| text.replace(sign, word));
    let text = text.replace('A', "capital A");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn numbers() -> Vec<Row> {
    let exact = |value: &[u8]| cat(&[&[0x10], value]);
    let double = |bits: u64| cat(&[&[0x10, 4], &bits.to_le_bytes()]);
    let of = |number: f64| double(number.to_bits());
    let limit = 9_007_199_254_740_991_i64;
    vec![
        good("the greatest integer", "C-31", exact(&integer(limit))),
        good("the least integer", "C-31", exact(&integer(-limit))),
        good("2^53 as a double", "C-31", of(9_007_199_254_740_992.0)),
        good("minus 2^53 as a double", "C-31", of(-9_007_199_254_740_992.0)),
        good("the least double above 0", "C-31", double(1)),
        good("the greatest double", "C-31", of(f64::MAX)),
        bad("minus 2^53 as an integer", "C-31 C-42", exact(&integer(-limit - 1))),
        bad("2^53 plus 1 as an integer", "C-31", exact(&integer(limit + 2))),
        bad("the greatest integer as a double", "C-31 C-42", of(9_007_199_254_740_991.0)),
        bad("0 as a double", "C-31 C-42", of(0.0)),
        bad("minus 1 as a double", "C-31 C-42", of(-1.0)),
        bad("not a number, negative", "C-32", of(-f64::NAN)),
        bad("not a number, signalling", "C-32", double(0x7ff0_0000_0000_0001)),
        bad("an integer in a longer form", "C-1", exact(&[3, 0x82, 0])),
        bad("an integer of 65 bits", "C-1", exact(&cat(&[&[3], &[0xff; 9], &[2]]))),
    ]
}

fn shapes() -> Vec<Row> {
    let set = |value: &[u8]| cat(&[&[0x13, 1], value]);
    let nest = |depth: usize| cat(&[&[6, 1].repeat(depth), &[0]]);
    let objects = |depth: usize| cat(&[&cat(&[&[7, 1], &string("a")]).repeat(depth), &[0]]);
    let more = |tag: u8, number: u64| set(&cat(&[&[tag], &uint(number)]));
    vec![
        good("null within 128 arrays", "C-32", set(&nest(128))),
        good("null within 128 objects", "C-32", set(&objects(128))),
        good(
            "an empty string, and an empty name",
            "C-31",
            set(&cat(&[&[7, 1], &string(""), &[5, 0]])),
        ),
        good("a name with a zero in it", "C-31", set(&cat(&[&[7, 1], &string("\0"), &[5, 0]]))),
        bad("null within 129 arrays", "C-32", set(&nest(129))),
        bad("null within 129 objects", "C-32", set(&objects(129))),
        bad("an array of more than there is", "C-3", more(6, 200)),
        bad("an array of 2^64 less 1", "C-3", more(6, u64::MAX)),
        bad("an object of more than there is", "C-3", more(7, 200)),
        bad("an array whose count is in a longer form", "C-1", set(&[6, 0x80, 0])),
        bad("an object whose count is in a longer form", "C-1", set(&[7, 0x80, 0])),
        bad("a string whose length is in a longer form", "C-1", set(&[5, 0x81, 0, b'a'])),
        bad("a string beyond the end", "C-2", set(&[5, 60, b'a'])),
        bad("a string that is not UTF-8", "C-2", set(&[5, 1, 0xff])),
        bad("a string with a surrogate", "C-2", set(&[5, 3, 0xed, 0xa0, 0x80])),
        bad("a string with an overlong zero", "C-2", set(&[5, 2, 0xc0, 0x80])),
        bad("a string beyond the last character", "C-2", set(&[5, 4, 0xf4, 0x90, 0x80, 0x80])),
        bad("a string that ends within a character", "C-2", set(&[5, 2, 0xe2, 0x82])),
        bad("a name that is not UTF-8", "C-2", set(&[7, 1, 1, 0xff, 0])),
        bad("an empty name twice", "C-32", set(&cat(&[&[7, 2], &[0, 0], &[0, 1]]))),
        bad("a value with tag 9", "C-4 C-31", set(&[9])),
        bad("a value with tag 127", "C-4 C-31", set(&[127])),
        bad("a value with tag 128", "C-4 C-31", set(&[128])),
        bad("a value with tag 255", "C-4 C-31", set(&[255])),
        bad("a value with tag 3, the high bit set", "C-4 C-31", set(&[0x83, 2])),
    ]
}
