//! JSONTestSuite (Seriot, "Parsing JSON is a Minefield"): texts that are JSON, texts that are not,
//! and texts of which RFC 8259 leaves readers free to think either.
//!
//! Texts of our own stand below, by the suite's groups; the suite itself is run where it is at hand.
//! Beyond the grammar (J-1, J-2) arguments hold no member twice (J-3), nothing deeper than 128 (J-5)
//! and admissible numbers only (M-2).

use std::{collections::BTreeMap, fs};
use taper::{
    Value,
    json::{JsonError, JsonErrorKind},
};

/// What `Value::from_json` says: `yes`, or the rule that the text breaks.
fn verdict(text: &[u8]) -> &'static str {
    match Value::from_json(text).as_ref().map_err(JsonError::kind) {
        Ok(_) => "yes",
        Err(JsonErrorKind::Duplicate { .. }) => "J-3",
        Err(JsonErrorKind::TooDeep { .. }) => "J-5",
        Err(JsonErrorKind::Inadmissible(_)) => "M-2",
        Err(_) => "J-1",
    }
}

#[test]
fn what_is_json() {
    let whole = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "\"\"",
        "[]",
        "{}",
        " [ ] ",
        "\t{\r\n}\n",
        "\"a\"",
        "[null]",
        "[[]]",
        "[[],[[]]]",
        "[{},{}]",
        "{\"a\":{\"b\":{}}}",
        "{\"\":\"\"}",
        "{\"a\":[],\"b\":[1,2]}",
        "{ \"a\" : 1 , \"b\" : [ true , false ] }",
    ];
    let numbers = [
        "10",
        "-1",
        "123456789",
        "0.5",
        "-0.5",
        "1.25",
        "0e1",
        "0E+5",
        "1e2",
        "1E2",
        "1e-2",
        "1E+2",
        "2.5e3",
        "-2.5E-3",
        "0.00001",
        "9007199254740992",
        "1e300",
    ];
    let strings = [
        r#"\u0041"#,
        r#"\u0000"#,
        r#"\u00e9\u4e2d"#,
        r#"\ud83c\udf00"#,
        r#"\uD834\uDD1E"#,
        r#"\"\\\/\b\f\n\r\t"#,
        r#"\\u0041"#,
        r#"\\"#,
        "\u{e9}",
        "\u{2028}\u{2029}",
        "\u{7f}",
        "\u{feff}",
        "\u{ffff}",
        "\u{10ffff}",
        "\u{1f300}",
        r#"\uffff"#,
        r#"\uDBFF\uDFFF"#,
        "/* */",
        "[,]",
        "a\u{300}",
    ];
    let strings: Vec<String> = strings.iter().map(|text| format!("\"{text}\"")).collect();
    let texts = whole.into_iter().chain(numbers).chain(strings.iter().map(String::as_str));
    let mut run = 0;
    for text in texts {
        // By itself, as an element and as a member.
        for text in [text.to_owned(), format!("[{text}]"), format!("{{\"a\":{text}}}")] {
            assert_eq!(verdict(text.as_bytes()), "yes", "{text}");
            run += 1;
        }
    }
    println!("{run} texts are JSON");
}

#[test]
fn what_is_not_json() {
    // No value, wherever it stands.
    let values: &[&[u8]] = &[
        // Numbers.
        b"+1",
        b"++1",
        b"-",
        b"--1",
        b"- 1",
        b"01",
        b"-01",
        b"-012",
        b"00",
        b"1.",
        b"-2.",
        b".5",
        b"-.5",
        b".-1",
        b"1.e1",
        b"2.e-3",
        b"1e",
        b"1E",
        b"1e+",
        b"1.0e-",
        b"1eE2",
        b"0e+-1",
        b"1e1.5",
        b"1.2.3",
        b"1_000",
        b"1 000",
        b"0x10",
        b"0b1",
        b"0o7",
        b"1f",
        b"1L",
        b"12a",
        b"-x",
        b"1+2",
        b"Inf",
        b"+Inf",
        b"Infinity",
        b"-Infinity",
        b"NaN",
        b"-NaN",
        b"nan",
        b"1e\xe5",
        b"1\xe5",
        b"\xef\xbc\x91",
        b"1.0.",
        b"0.1a-3",
        b"9.e+",
        b"1\x00",
        // Literals.
        b"nul",
        b"tru",
        b"fals",
        b"True",
        b"NULL",
        b"nulll",
        b"truth",
        b"undefined",
        b"abc",
        b"*",
        b"<null>",
        b"#",
        b"\\n",
        b"a\xc3\xa5",
        b"\xe5",
        b"\xc3\xa9",
        // Strings.
        b"'a'",
        b"\"",
        b"\"\\\"",
        b"\"\\a\"",
        b"\"\\x00\"",
        b"\"\\U0041\"",
        b"\"\\u\"",
        b"\"\\u1\"",
        b"\"\\u12\"",
        b"\"\\u12g4\"",
        b"\"\\uqqqq\"",
        b"\"\\u 041\"",
        b"\"\\0\"",
        b"\"\\'\"",
        b"\"a\x00b\"",
        b"\"\n\"",
        b"\"\t\"",
        b"\"\x1f\"",
        b"\"\\\t\"",
        b"\"\\\xc3\xa9\"",
        b"\"\\\xe5\"",
        b"\"\\u\xe5\"",
        b"\\u0020\"a\"",
        b"\"a\"b",
        b"\"\"x",
        // Arrays.
        b"[1 true]",
        b"[3[4]]",
        b"[1:2]",
        b"[1;2]",
        b"[\"\":1]",
        b"[,]",
        b"[,1]",
        b"[1,]",
        b"[1,,2]",
        b"[1,,]",
        b"[  , 1]",
        b"[\"\x0b\"]",
        b"[\x0c]",
        b"[\x00]",
        b"[\xe2\x81\xa0]",
        b"[\xc2\xa0]",
        b"[\x1e]",
        b"[*]",
        b"[a",
        b"[1",
        b"[1,",
        b"[{}",
        b"[\"a",
        b"[\"a\"",
        b"[",
        b"[{",
        b"[}",
        b"[\xff]",
        b"[\"a\",\n1\n,",
        b"[1/**/]",
        b"[1//\n]",
        b"[false, nul",
        b"[-]",
        // Objects.
        b"{1:1}",
        b"{a:1}",
        b"{'a':1}",
        b"{null:1}",
        b"{\"a\"}",
        b"{\"a\":}",
        b"{\"a\"",
        b"{\"a\":",
        b"{\"a\" 1}",
        b"{\"a\",1}",
        b"{\"a\"::1}",
        b"{:1}",
        b"{\"a\":1,}",
        b"{\"a\":1,,\"b\":2}",
        b"{,}",
        b"{,\"a\":1}",
        b"{\"a\":1 2}",
        b"{\"a\":1 \"b\":2}",
        b"{\"a\":1,\"b\"}",
        b"{[:1}",
        b"{]",
        b"{[",
        b"{\"",
        b"{\"a",
        b"{",
        b"{\"\xb9\":1}",
        b"{\"a\":\"a",
        b"{[1]:1}",
        b"{\"a\":/**/1}",
        b"{\"a\":1/*",
        b"{\xf0\x9f\x87\xa8:1}",
        b"{\"a\";1}",
        b"{\"a\"=1}",
    ];
    // No text, though a value stands in it.
    let texts: &[&[u8]] = &[
        b"",
        b" ",
        b"\n",
        b"1 2",
        b"[]]",
        b"[][]",
        b"{}}",
        b"{}{}",
        b"[1],",
        b"[1]x",
        b"[1]#",
        b"1]",
        b"]",
        b"}",
        b",",
        b":",
        b"{\"a\":1}/",
        b"{\"a\":1}//",
        b"{\"a\":1}/**/",
        b"// a\n1",
        b"/**/1",
        b"\"a\"\"b\"",
        b"[1]\x00",
        b"[1]\x0c",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf1",
        b"\xef\xbb{}",
        b"[1]\xef\xbb\xbf",
        b"123\x00",
        b"2@",
        b"<.>",
        b"\xe2\x81\xa01",
        b"1\xc2\xa0",
    ];
    let mut run = 0;
    let mut refused = |text: &[u8]| {
        assert_eq!(verdict(text), "J-1", "{}", String::from_utf8_lossy(text));
        run += 1;
    };
    for value in values {
        refused(value);
        refused(&[b"[", *value, b"]"].concat());
        refused(&[b"{\"a\":", *value, b"}"].concat());
    }
    for text in texts {
        refused(text);
    }
    // A hundred thousand open ones are refused for their depth before their end is seen.
    for open in ["[", "{\"\":", "[{\"\":"] {
        assert_eq!(verdict(open.repeat(100_000).as_bytes()), "J-5");
        run += 1;
    }
    println!("{run} texts are not JSON");
}

#[test]
fn what_readers_are_free_to_refuse() {
    let texts: &[(&str, &[u8])] = &[
        // Numbers: what is admissible is read, whatever its size.
        ("yes", b"[100000000000000000000]"),
        ("yes", b"[-1e20]"),
        ("M-2", b"[1e9999]"),
        ("M-2", b"[-1.5e9999]"),
        ("M-2", b"[0.4e9999999999999999999999999999]"),
        ("M-2", b"[1e-9999]"),
        ("M-2", b"[123123123123123123123123]"),
        ("M-2", b"[-9223372036854775809]"),
        ("M-2", b"[18446744073709551617]"),
        ("M-2", b"[123.456e-789]"),
        // Surrogates without their halves (reading 24).
        ("J-1", br#"["\ud800"]"#),
        ("J-1", br#"["\udc00"]"#),
        ("J-1", br#"["\ud800a"]"#),
        ("J-1", br#"["\ud800\n"]"#),
        ("J-1", br#"["\ud800\ud800"]"#),
        ("J-1", br#"["\ud800\u1234"]"#),
        ("J-1", br#"["\udc00\ud800"]"#),
        ("J-1", br#"["\uDd1ea"]"#),
        ("J-1", br#"{"\udfaa":0}"#),
        // What is not UTF-8.
        ("J-1", b"[\"\xff\"]"),
        ("J-1", b"[\"\x81\"]"),
        ("J-1", b"[\"\xe9\"]"),
        ("J-1", b"[\"\xc0\xaf\"]"),
        ("J-1", b"[\"\xe0\xff\"]"),
        ("J-1", b"[\"\xed\xa0\x80\"]"),
        ("J-1", b"[\"\xf4\xbf\xbf\xbf\"]"),
        ("J-1", b"[\"\xfc\x80\x80\x80\x80\x80\"]"),
        ("J-1", b"[\"a\xe6\x97\xfa\"]"),
        ("J-1", b"\xff\xfe[\x00]\x00"),
        ("J-1", b"[\x00\"\x00a\x00\"\x00]\x00"),
        ("J-1", b"\x00[\x00\"\x00a\x00\"\x00]"),
        ("J-1", b"\xef\xbb\xbf{}"),
        // Members twice: JSON by the grammar, and yet refused.
        ("J-3", br#"{"a":1,"a":1}"#),
        ("J-3", br#"{"a":1,"a":2}"#),
        ("J-3", br#"{"a":1,"\u0061":2}"#),
        ("J-3", br#"[{"b":{"":0,"a":1,"":0}}]"#),
    ];
    for (expected, text) in texts {
        assert_eq!(verdict(text), *expected, "{}", String::from_utf8_lossy(text));
    }
    for (depth, expected) in [(128, "yes"), (129, "J-5"), (500, "J-5")] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(verdict(text.as_bytes()), expected, "{depth}");
    }
    println!("{} texts of either sort", texts.len() + 3);
}

#[test]
fn the_suite_itself() {
    let Some(folder) = crate::at_hand("TAPER_JSON_TEST_SUITE") else { return };
    // By what the suite expects and what we say.
    let mut found: BTreeMap<(char, &str), Vec<String>> = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let verdict = verdict(&fs::read(&path).unwrap());
        found.entry((name.chars().next().unwrap(), verdict)).or_default().push(name);
    }
    for ((group, verdict), names) in &mut found {
        names.sort();
        println!("{group}: {verdict}: {}", names.len());
    }
    let mut take = |key| found.remove(&key).unwrap_or_default();
    assert_eq!(
        take(('y', "J-3")),
        ["y_object_duplicated_key", "y_object_duplicated_key_and_value"]
    );
    assert_eq!(take(('i', "yes")), ["i_number_too_big_pos_int"]);
    assert_eq!(take(('i', "J-5")), ["i_structure_500_nested_arrays"]);
    assert!(take(('i', "M-2")).iter().all(|name| name.starts_with("i_number_")));
    assert!(take(('i', "J-1")).iter().all(|name| !name.starts_with("i_number_")));
    let deep = take(('n', "J-5"));
    assert!(deep.iter().all(|name| name.starts_with("n_structure_")), "{deep:?}");
    assert!(take(('n', "J-1")).len() > 180 && take(('y', "yes")).len() > 90);
    assert!(found.is_empty(), "{found:?}");
}
