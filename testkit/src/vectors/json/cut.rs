//! Texts that end too early or go on too long.

use super::{File, Vector, made, refused};

/// A document of every kind of value, ASCII throughout.
const WHOLE: &str = r#"{"a":[-1.5e-2,"\u00e9\n",true,null,{}],"b":false}"#;

/// Its canonical form.
const CANONICAL: &str = "{\"a\":[-0.015,\"\u{e9}\\n\",true,null,{}],\"b\":false}";

/// What may follow a value, and what may not.
const BEHIND: [(&str, &str, bool); 26] = [
    ("a space", " ", true),
    ("a tab", "\t", true),
    ("a line feed", "\n", true),
    ("a carriage return", "\r", true),
    ("all white space", " \t\r\n \n", true),
    ("a closing brace", "}", false),
    ("a closing bracket", "]", false),
    ("an opening brace", "{", false),
    ("a comma", ",", false),
    ("a colon", ":", false),
    ("a quote", "\"", false),
    ("a digit", "1", false),
    ("a minus", "-", false),
    ("a point", ".", false),
    ("a letter", "a", false),
    ("a word", " null", false),
    ("the same once more", r#"{"a":1}"#, false),
    ("the same on the next line", "\n{}", false),
    ("a comment", "// all", false),
    ("a hash", "# all", false),
    ("a semicolon", ";", false),
    ("a null character", "\0", false),
    ("a form feed", "\u{c}", false),
    ("a next line", "\u{85}", false),
    ("an ideographic space", "\u{3000}", false),
    ("a byte order mark", "\u{feff}", false),
];

/// Numbers, literals and strings that a reader might take before their end, or beyond it.
const SHORT: [(&str, &str); 16] = [
    ("a number that ends in a point", "[1.]"),
    ("a number that ends in its exponent's letter", "[1e]"),
    ("a number that ends in its exponent's sign", "[1e-]"),
    ("a minus alone", "[-]"),
    ("two points", "[1.2.3]"),
    ("a zero before digits", "[00]"),
    ("a literal in two", "[tr ue]"),
    ("a number in two", "[1 0]"),
    ("a string in two", r#"["a" "b"]"#),
    ("a name in two", r#"{"a" "b":1}"#),
    ("an escape cut short before the quote", r#"["\u00e"]"#),
    ("a backslash before the quote", r#"["\"]"#),
    ("half a pair of surrogates before the quote", r#"["\ud83d\u"]"#),
    ("a name alone", r#"{"a"}"#),
    ("two colons", r#"{"a"::1}"#),
    ("two commas", "[1,,2]"),
];

pub(super) fn file() -> File {
    let mut vectors: Vec<Vector> = vec![made("whole", WHOLE, CANONICAL, "J-1 M-5")];
    for end in 0..WHOLE.len() {
        let title = format!("cut before byte {end}");
        vectors.push(refused(title, &WHOLE[..end], "J-1").id(format!("cut-{end:02}")));
    }
    for start in 1..4 {
        let title = format!("without its first {start} bytes");
        vectors.push(refused(title, &WHOLE[start..], "J-1"));
    }
    for (title, behind, fits) in BEHIND {
        let title = format!("followed by {title}");
        let input = format!("{WHOLE}{behind}");
        vectors.push(match fits {
            true => made(title, &input, CANONICAL, "J-1"),
            false => refused(title, &input, "J-1"),
        });
    }
    for (title, input) in SHORT {
        vectors.push(refused(title, input, "J-1"));
    }
    super::file("json/cut", "Texts that end too early or go on too long.", vectors)
}
