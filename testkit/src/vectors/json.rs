//! Reading JSON strictly and writing it canonically (RFC 8785).

mod characters;
mod cut;
mod magnitudes;
mod names;

use super::{Expected, File, Vector};

pub(super) fn files() -> Vec<File> {
    vec![
        file(
            "json/numbers",
            "Numbers: canonical texts, and which texts are admissible (section 3.4).",
            numbers(),
        ),
        file("json/texts", "Strings, objects and arrays, and what is no strict JSON.", texts()),
        characters::file(),
        cut::file(),
        magnitudes::file(),
        names::file(),
    ]
}

fn file(group: &'static str, about: &'static str, vectors: Vec<Vector>) -> File {
    File { group, about, operation: "canonicalize", point: None, vectors }
}

fn made(title: impl Into<String>, input: &str, output: &str, shows: &str) -> Vector {
    Vector::new(title, Expected::output(output)).shows(shows).with("input", input)
}

fn refused(title: impl Into<String>, input: &str, shows: &str) -> Vector {
    let expected = Expected::refuse_with("6b", "arguments_malformed");
    Vector::new(title, expected).shows(shows).with("input", input)
}

/// The doubles of RFC 8785, appendix B, by their canonical texts: each is its own canonical form.
const RFC_8785: [&str; 23] = [
    "5e-324",
    "-5e-324",
    "1.7976931348623157e+308",
    "-1.7976931348623157e+308",
    "9007199254740992",
    "-9007199254740992",
    "295147905179352830000",
    "9.999999999999997e+22",
    "1e+23",
    "1.0000000000000001e+23",
    "999999999999999700000",
    "999999999999999900000",
    "1e+21",
    "9.999999999999997e-7",
    "0.000001",
    "333333333.3333332",
    "333333333.33333325",
    "333333333.3333333",
    "333333333.3333334",
    "333333333.33333343",
    "-0.0000033333333333333333",
    "1424953923781206.2",
    "0",
];

/// Other spellings of a number, and its canonical text.
const SPELLINGS: [(&str, &str); 33] = [
    ("-0", "0"),
    ("0.0", "0"),
    ("-0.0e-10", "0"),
    ("0e400", "0"),
    ("0E-999999999999999999999", "0"),
    ("1.0", "1"),
    ("1.50", "1.5"),
    ("1e0", "1"),
    ("1E0", "1"),
    ("1e+0", "1"),
    ("1e-0", "1"),
    ("10e-1", "1"),
    ("0.1e1", "1"),
    ("1e1", "10"),
    ("1e20", "100000000000000000000"),
    ("100000000000000000000", "100000000000000000000"),
    ("1e21", "1e+21"),
    ("1000000000000000000000", "1e+21"),
    ("123e18", "123000000000000000000"),
    ("12345000000000000000000", "1.2345e+22"),
    ("1e-6", "0.000001"),
    ("0.0000010", "0.000001"),
    ("1e-7", "1e-7"),
    ("0.0000001", "1e-7"),
    ("123e-9", "1.23e-7"),
    ("0.00012300", "0.000123"),
    ("9007199254740991", "9007199254740991"),
    ("-9007199254740991", "-9007199254740991"),
    ("9007199254740994", "9007199254740994"),
    ("2251799813685248.50", "2251799813685248.5"),
    ("17976931348623157e292", "1.7976931348623157e+308"),
    ("50e-325", "5e-324"),
    ("2.2250738585072014e-308", "2.2250738585072014e-308"),
];

/// Numbers that are other numbers in canonical form.
const INADMISSIBLE: [&str; 24] = [
    "9007199254740993",
    "-9007199254740993",
    "9007199254740995",
    "1.00000000000000001",
    "0.30000000000000004441",
    "0.1000000000000000055511151231257827",
    "295147905179352825856",
    "1e400",
    "-1e400",
    "1e309",
    "1.7976931348623158e308",
    "179769313486231570000000000000000000001",
    "1e-400",
    "-1e-400",
    "1e-324",
    "4.9e-324",
    "2.5e-324",
    "4503599627370496.25",
    "123456789012345678901234567890",
    "3.14159265358979323846",
    "1e99999999999999999999999",
    "1e-99999999999999999999999",
    "0.00000000000000000000000000000000000000000000000000000000000000001e-400",
    "18446744073709551615",
];

/// Texts that are no numbers.
const NO_NUMBERS: [&str; 18] = [
    "01",
    "-01",
    "+1",
    "1.",
    ".5",
    "-.5",
    "1e",
    "1e+",
    "1.e1",
    "0x10",
    "1_000",
    "1,5",
    "NaN",
    "Infinity",
    "-Infinity",
    "-",
    "--1",
    "1e1.5",
];

fn numbers() -> Vec<Vector> {
    let mut vectors = vec![];
    for (place, text) in RFC_8785.iter().enumerate() {
        let title = format!("{text} of RFC 8785, appendix B");
        vectors.push(made(title, text, text, "M-5 M-2").id(format!("rfc-8785-{place:02}")));
    }
    for (place, (text, canonical)) in SPELLINGS.iter().enumerate() {
        let title = format!("{text} is {canonical}");
        vectors
            .push(made(title, text, canonical, "M-2 M-3 M-5").id(format!("spelling-{place:02}")));
    }
    for (place, text) in INADMISSIBLE.iter().enumerate() {
        vectors.push(
            refused(format!("{text} is inadmissible"), text, "M-2")
                .id(format!("inadmissible-{place:02}")),
        );
    }
    for (place, text) in NO_NUMBERS.iter().enumerate() {
        vectors.push(
            refused(format!("{text} is no number"), text, "J-1")
                .id(format!("no-number-{place:02}")),
        );
    }
    let long = format!("1{}", "0".repeat(400));
    vectors.push(refused("a one with 400 zeros", &long, "M-2"));
    let long = format!("1{}e-400", "0".repeat(400));
    vectors.push(made("a one with 400 zeros, divided again", &long, "1", "M-2"));
    let long = format!("0.{}1e401", "0".repeat(400));
    vectors.push(made("400 zeros behind the point, multiplied again", &long, "1", "M-2"));
    let long = format!("1.{}1", "0".repeat(400));
    vectors.push(refused("400 zeros behind the point, and a one", &long, "M-2"));
    vectors
}

fn texts() -> Vec<Vector> {
    let made_rows: [(&str, &str, &str, &str); 27] = [
        ("white space", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n", r#"{"a":[1,2]}"#, "J-1 M-5"),
        ("literals", "[null,true,false]", "[null,true,false]", "M-5"),
        ("an empty object", "{}", "{}", "M-5"),
        ("an empty array", "[]", "[]", "M-5"),
        ("an empty string", r#""""#, r#""""#, "M-5"),
        ("members in another order", r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#, "M-5"),
        (
            "members of members",
            r#"{"z":{"b":1,"a":2},"a":[{"d":1,"c":2}]}"#,
            r#"{"a":[{"c":2,"d":1}],"z":{"a":2,"b":1}}"#,
            "M-5",
        ),
        ("names that are beginnings", r#"{"aa":1,"a":2,"":3}"#, r#"{"":3,"a":2,"aa":1}"#, "M-5"),
        ("names of digits", r#"{"10":1,"9":2,"1":3}"#, r#"{"1":3,"10":1,"9":2}"#, "M-5"),
        ("capitals before small letters", r#"{"a":1,"B":2}"#, r#"{"B":2,"a":1}"#, "M-5"),
        (
            "names in UTF-16 order",
            r#"{"\ue000":1,"\ud800\udc00":2,"\u00e9":3}"#,
            "{\"\u{e9}\":3,\"\u{10000}\":2,\"\u{e000}\":1}",
            "M-5",
        ),
        (
            "the names of RFC 8785, 3.2.3",
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
            "M-5",
        ),
        ("short escapes", r#""\b\t\n\f\r\"\\\/""#, r#""\b\t\n\f\r\"\\/""#, "M-5"),
        (
            "controls by their numbers",
            r#""\u0008\u0009\u000a\u000c\u000d""#,
            r#""\b\t\n\f\r""#,
            "M-5",
        ),
        ("other controls", r#""\u0000\u0001\u000B\u001F""#, r#""\u0000\u0001\u000b\u001f""#, "M-5"),
        ("delete is no control here", r#""\u007f""#, "\"\u{7f}\"", "M-5"),
        ("escapes that are not needed", r#""\u0061\u00e9\u2028""#, "\"a\u{e9}\u{2028}\"", "M-5"),
        ("a pair of surrogates", r#""\ud83d\ude00""#, "\"\u{1f600}\"", "J-2 M-5"),
        ("surrogates in capitals", r#""\uD83D\uDE00""#, "\"\u{1f600}\"", "J-2"),
        (
            "the first and the last pair",
            r#""\ud800\udc00\udbff\udfff""#,
            "\"\u{10000}\u{10ffff}\"",
            "J-2",
        ),
        ("letters around the surrogates", r#""\ud7ff\ue000""#, "\"\u{d7ff}\u{e000}\"", "J-2"),
        ("noncharacters", r#""\uffff\ufdd0""#, "\"\u{ffff}\u{fdd0}\"", "J-1"),
        ("no normalization", r#""e\u0301\u00e9""#, "\"e\u{301}\u{e9}\"", "M-4 M-5"),
        ("a byte order mark within a string", r#""\ufeff""#, "\"\u{feff}\"", "J-1"),
        (
            "a name that is a prototype's",
            r#"{"__proto__":1,"constructor":2}"#,
            r#"{"__proto__":1,"constructor":2}"#,
            "M-5",
        ),
        ("an array's order", "[3,1,2]", "[3,1,2]", "M-3"),
        ("the same member in two objects", r#"[{"a":1},{"a":1}]"#, r#"[{"a":1},{"a":1}]"#, "J-3"),
    ];
    let refused_rows: [(&str, &str, &str); 47] = [
        ("nothing", "", "J-1"),
        ("white space alone", " ", "J-1"),
        ("two values", "1 2", "J-1"),
        ("two objects", "{}{}", "J-1"),
        ("a trailing comma in an array", "[1,]", "J-1"),
        ("a trailing comma in an object", r#"{"a":1,}"#, "J-1"),
        ("a leading comma", "[,1]", "J-1"),
        ("no comma", "[1 2]", "J-1"),
        ("no colon", r#"{"a" 1}"#, "J-1"),
        ("no value", r#"{"a":}"#, "J-1"),
        ("no name", "{:1}", "J-1"),
        ("a name without quotes", "{a:1}", "J-1"),
        ("single quotes", "['a']", "J-1"),
        ("a line comment", "// a\n1", "J-1"),
        ("a block comment", "/* a */1", "J-1"),
        ("an array that does not end", "[1", "J-1"),
        ("an object that does not end", r#"{"a":1"#, "J-1"),
        ("a string that does not end", r#""a"#, "J-1"),
        ("an end without a beginning", "]", "J-1"),
        ("the wrong end", "[1}", "J-1"),
        ("literals in capitals", "TRUE", "J-1"),
        ("a literal cut short", "tru", "J-1"),
        ("a literal that goes on", "nullx", "J-1"),
        ("undefined", "undefined", "J-1"),
        ("a line feed in a string", "\"a\nb\"", "J-1"),
        ("a tab in a string", "\"a\tb\"", "J-1"),
        ("a null character in a string", "\"a\0b\"", "J-1"),
        ("an escape that is none", r#""\x61""#, "J-1"),
        ("an escape of a quote that is none", r#""\'""#, "J-1"),
        ("an escape of three digits", r#""\u006""#, "J-1"),
        ("an escape with a letter beyond f", r#""\u00g0""#, "J-1"),
        ("an escape with a sign", r#""\u+061""#, "J-1"),
        ("a byte order mark", "\u{feff}1", "J-1"),
        ("a no-break space", "\u{a0}1", "J-1"),
        ("a vertical tab", "\u{b}1", "J-1"),
        ("a high surrogate alone", r#""\ud800""#, "J-2"),
        ("a low surrogate alone", r#""\udc00""#, "J-2"),
        ("surrogates in the wrong order", r#""\udc00\ud800""#, "J-2"),
        ("two high surrogates", r#""\ud800\ud800\udc00""#, "J-2"),
        ("a high surrogate and a letter", r#""\ud800a""#, "J-2"),
        ("a high surrogate and an escaped letter", r#""\ud800\u0041""#, "J-2"),
        ("a high surrogate and another escape", r#""\ud800\n""#, "J-2"),
        ("a surrogate in a name", r#"{"\ud800":1}"#, "J-2"),
        ("a member twice", r#"{"a":1,"a":1}"#, "J-3"),
        ("a member twice, one escaped", r#"{"a":1,"\u0061":2}"#, "J-3"),
        ("a member twice, far apart", r#"{"a":1,"b":{"c":[]},"d":null,"a":1}"#, "J-3"),
        ("a member twice, deep inside", r#"[[{"x":{"a":1,"a":2}}]]"#, "J-3"),
    ];
    let bytes: [(&str, &[u8]); 12] = [
        ("a byte that begins nothing", b"\"\x80\""),
        ("a byte that is never there", b"\"\xff\""),
        ("a letter cut short", b"\"\xc3\""),
        ("an overlong slash", b"\"\xc0\xaf\""),
        ("an overlong null", b"\"\xc0\x80\""),
        ("an overlong euro sign", b"\"\xf0\x82\x82\xac\""),
        ("a surrogate in UTF-8", b"\"\xed\xa0\x80\""),
        ("surrogates in CESU-8", b"\"\xed\xa0\xbd\xed\xb8\x80\""),
        ("beyond the last letter", b"\"\xf4\x90\x80\x80\""),
        ("Latin-1", b"\"caf\xe9\""),
        ("UTF-16", b"\xff\xfe1\x00"),
        ("a name that is no UTF-8", b"{\"\xff\":1}"),
    ];
    let mut vectors = vec![];
    for (title, input, output, shows) in made_rows {
        vectors.push(made(title, input, output, shows));
    }
    for (title, input, shows) in refused_rows {
        vectors.push(refused(title, input, shows));
    }
    vectors.push(
        Vector::new("UTF-8 as bytes", Expected::output("\"caf\u{e9}\""))
            .shows("J-1")
            .with("input_hex", hex::encode("\"caf\u{e9}\"")),
    );
    for (title, input) in bytes {
        let expected = Expected::refuse_with("6b", "arguments_malformed");
        vectors
            .push(Vector::new(title, expected).shows("J-1").with("input_hex", hex::encode(input)));
    }
    for (open, close, kind) in [("[", "]", "arrays"), (r#"{"a":"#, "}", "objects")] {
        for depth in [128, 129] {
            let core = if kind == "arrays" { "" } else { "1" };
            let input = format!("{}{core}{}", open.repeat(depth), close.repeat(depth));
            let title = format!("{depth} {kind} in each other");
            vectors.push(match depth {
                128 => made(title, &input, &input, "J-5"),
                _ => refused(title, &input, "J-5"),
            });
        }
    }
    vectors
}
