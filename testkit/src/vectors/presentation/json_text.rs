//! Texts that are no strict JSON, in each of the places where JSON is read.

use super::{Case, Row, deny, permit};
use taper::Place;

const LEAF: Place = Place::Token(2);

/// Where a text stands, and what is reported when it cannot be read.
const PLACES: [(&str, &str, &str, Place); 5] = [
    ("presentation", "1", "presentation_malformed", Place::Presentation),
    ("header", "4a", "header_malformed", LEAF),
    ("payload", "2c", "envelope_malformed", LEAF),
    ("proof", "7b", "claims_malformed", Place::Proof),
    ("arguments", "6b", "arguments_malformed", Place::Call),
];

/// A title, what it shows, and what comes before, within and after the object; within it follows
/// the last member.
const BAD: [(&str, &str, &str, &str, &str); 21] = [
    ("a trailing comma", "J-1", "", ",", ""),
    ("a comment", "J-1", "", "/* */", ""),
    ("NaN", "J-1", "", r#","x":NaN"#, ""),
    ("Infinity", "J-1", "", r#","x":-Infinity"#, ""),
    ("a leading zero", "J-1", "", r#","x":01"#, ""),
    ("a plus sign", "J-1", "", r#","x":+1"#, ""),
    ("a point without digits after it", "J-1", "", r#","x":1."#, ""),
    ("a point without digits before it", "J-1", "", r#","x":.5"#, ""),
    ("an exponent without digits", "J-1", "", r#","x":1e"#, ""),
    ("a hexadecimal number", "J-1", "", r#","x":0x1"#, ""),
    ("a bare control character", "J-1", "", ",\"x\":\"\u{1}\"", ""),
    ("a bare line feed in a string", "J-1", "", ",\"x\":\"\n\"", ""),
    ("single quotes", "J-1", "", ",'x':1", ""),
    ("a name without quotes", "J-1", "", ",x:1", ""),
    ("an escape that is none", "J-1", "", r#","x":"\q""#, ""),
    ("True", "J-1", "", r#","x":True"#, ""),
    ("a second value", "J-1", "", "", "{}"),
    ("a form feed after it", "J-1", "", "", "\u{c}"),
    ("a byte order mark", "J-1", "\u{feff}", "", ""),
    ("a low surrogate first", "J-2", "", r#","x":"\udc00\ud800""#, ""),
    ("half a surrogate's escape", "J-2", "", r#","x":"\ud83d\u""#, ""),
];

const FINE: [(&str, &str, &str, &str, &str); 5] = [
    ("white space around it", "J-1", " \t\r\n", " \t\r\n", "\n\r\t "),
    ("a pair of surrogates", "J-2", "", r#","x":"\ud83d\ude00""#, ""),
    (
        "a number beyond all bounds, ignored",
        "J-4 J-6",
        "",
        r#","x":[1e400,-0.0e-999999999999999]"#,
        "",
    ),
    ("members that nobody knows", "J-6", "", r#","x":null,"":{},"\u0000":[[]]"#, ""),
    ("letters of every plane", "J-1", "", ",\"é\":\"\u{10ffff}\u{fffe}\u{7f}\"", ""),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![];
    for (place, step, code, at) in PLACES {
        for (title, shows, before, within, after) in BAD {
            let title = format!("{place}: {title}");
            let change = move |case: &mut Case| put(case, place, before, within, after);
            rows.push(deny(title, step, code, at, change).shows(shows));
        }
        for (title, shows, before, within, after) in FINE {
            // A call's arguments have no members that nobody knows.
            if place == "arguments" && !within.trim().is_empty() {
                continue;
            }
            let title = format!("{place}: {title}");
            let change = move |case: &mut Case| put(case, place, before, within, after);
            rows.push(permit(title, change).shows(shows));
        }
    }
    rows
}

fn put(case: &mut Case, place: &str, before: &str, within: &str, after: &str) {
    let edited = |text: &str| {
        let end = text.rfind('}').unwrap_or_default();
        format!("{before}{}{within}}}{after}", &text[..end])
    };
    match place {
        "presentation" => case.text = Some(edited(&case.forgery.present())),
        "header" => case.forgery.tokens[2].header = edited(&case.forgery.tokens[2].header),
        "payload" => case.forgery.tokens[2].payload = edited(&case.forgery.tokens[2].payload),
        "proof" => case.forgery.proof.payload = edited(&case.forgery.proof.payload),
        _ => case.arguments = edited(&case.arguments).into(),
    }
}
