//! Every control character, the escapes, and UTF-8.

use super::{Expected, File, Vector, made, refused};

/// Controls that have a short escape.
const SHORT: [(u8, &str); 5] = [(8, r"\b"), (9, r"\t"), (10, r"\n"), (12, r"\f"), (13, r"\r")];

/// Texts in UTF-8 and what they stand for: the first and last character of each length.
const LENGTHS: [(&str, &[u8], &str); 8] = [
    ("the first of one byte that is no control", b"\"\x20\"", "\u{20}"),
    ("the last of one byte", b"\"\x7f\"", "\u{7f}"),
    ("the first of two bytes", b"\"\xc2\x80\"", "\u{80}"),
    ("the last of two bytes", b"\"\xdf\xbf\"", "\u{7ff}"),
    ("the first of three bytes", b"\"\xe0\xa0\x80\"", "\u{800}"),
    ("the last of three bytes", b"\"\xef\xbf\xbf\"", "\u{ffff}"),
    ("the first of four bytes", b"\"\xf0\x90\x80\x80\"", "\u{10000}"),
    ("the last of four bytes", b"\"\xf4\x8f\xbf\xbf\"", "\u{10ffff}"),
];

const NO_UTF_8: [(&str, &[u8]); 18] = [
    ("a byte that only goes on", b"\"\x80\""),
    ("two bytes that only go on", b"\"\xbf\xbf\""),
    ("two bytes, the second missing", b"\"\xc2\""),
    ("three bytes, the last missing", b"\"\xe2\x82\""),
    ("four bytes, the last missing", b"\"\xf0\x9f\x98\""),
    ("two bytes, the second a letter", b"\"\xc3a\""),
    ("two bytes for one of one byte", b"\"\xc1\x81\""),
    ("three bytes for one of two", b"\"\xe0\x9f\xbf\""),
    ("four bytes for one of three", b"\"\xf0\x8f\xbf\xbf\""),
    ("the first surrogate", b"\"\xed\xa0\x80\""),
    ("the last surrogate", b"\"\xed\xbf\xbf\""),
    ("one beyond the last character", b"\"\xf4\x90\x80\x80\""),
    ("five bytes", b"\"\xf8\x88\x80\x80\x80\""),
    ("six bytes", b"\"\xfc\x84\x80\x80\x80\x80\""),
    ("a byte order mark in UTF-16", b"\xfe\xff\x001"),
    ("UTF-16 without a mark", b"1\x00"),
    ("a byte beyond ASCII outside of strings", b"[1\xa0]"),
    ("half a byte order mark", b"\xef\xbb1"),
];

const ESCAPES: [(&str, &str, Option<&str>); 22] = [
    ("all short ones", r#""\"\\\/\b\f\n\r\t""#, Some(r#""\"\\/\b\f\n\r\t""#)),
    ("of a quote by its number", r#""\u0022""#, Some(r#""\"""#)),
    ("of a backslash by its number", r#""\u005c""#, Some(r#""\\""#)),
    ("of a slash by its number", r#""\u002f""#, Some(r#""/""#)),
    ("of a backslash before a letter", r#""\\n""#, Some(r#""\\n""#)),
    ("of a backslash before a number", r#""\\u0061""#, Some(r#""\\u0061""#)),
    ("in mixed letters", r#""\u00aB""#, Some("\"\u{ab}\"")),
    ("of an angle bracket", r#""\u003c""#, Some(r#""<""#)),
    ("of the line separators", r#""\u2028\u2029""#, Some("\"\u{2028}\u{2029}\"")),
    ("followed by a digit", r#""\u00611""#, Some(r#""a1""#)),
    ("of a character beyond four digits", r#""\u1f600""#, Some("\"\u{1f60}0\"")),
    ("of a capital u", r#""\U0061""#, None),
    ("with braces", r#""\u{61}""#, None),
    ("with a space", r#""\u 061""#, None),
    ("of two digits", r#""\x61""#, None),
    ("of octal digits", r#""\101""#, None),
    ("of a null character", r#""\0""#, None),
    ("of a vertical tab", r#""\v""#, None),
    ("of a bell", r#""\a""#, None),
    ("of a line feed itself", "\"\\\n\"", None),
    ("of an apostrophe", r#""\'""#, None),
    ("with digits of other scripts", "\"\\u\u{ff10}\u{ff10}\u{ff16}\u{ff11}\"", None),
];

pub(super) fn file() -> File {
    let mut vectors = vec![];
    for code in 0_u8..0x20 {
        let control = char::from(code);
        let name = format!("U+{code:04X}");
        let short = SHORT.iter().find(|(own, _)| *own == code);
        let escaped = short.map_or(format!("\\u{code:04x}"), |(_, short)| (*short).into());
        vectors.push(refused(
            format!("{name} in a string as itself"),
            &format!("\"a{control}b\""),
            "J-1",
        ));
        let input = format!("\"a\\u{code:04X}b\"");
        let output = format!("\"a{escaped}b\"");
        vectors.push(made(format!("{name} in a string by its number"), &input, &output, "M-5"));
    }
    for (title, input, output) in ESCAPES {
        let title = format!("an escape {title}");
        vectors.push(match output {
            Some(output) => made(title, input, output, "M-5"),
            None => refused(title, input, "J-1"),
        });
    }
    for (title, input, character) in LENGTHS {
        let vector = Vector::new(title, Expected::output(format!("\"{character}\"")));
        vectors.push(vector.shows("J-1 M-5").with("input_hex", hex::encode(input)));
    }
    for (title, input) in NO_UTF_8 {
        let expected = Expected::refuse_with("6b", "arguments_malformed");
        let vector = Vector::new(format!("no UTF-8: {title}"), expected);
        vectors.push(vector.shows("J-1").with("input_hex", hex::encode(input)));
    }
    super::file(
        "json/characters",
        "Control characters, escapes, and bytes that are UTF-8 or not.",
        vectors,
    )
}
