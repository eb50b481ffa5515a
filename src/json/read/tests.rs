use super::*;
use crate::json::{Object, Value};
use alloc::{format, string::String, string::ToString as _, vec};
use proptest::prelude::*;

fn reads(text: &[u8]) -> bool {
    parse(text, MAX_DEPTH).is_ok()
}

#[test]
fn strict_reading() {
    let accepted: &[&str] = &[
        "null",
        " true ",
        "\t\r\nfalse\n",
        "0",
        "-0",
        "1e5",
        "1E+05",
        "0.1e-9",
        "1.0",
        "\"\"",
        r#""\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\""#,
        "\"\u{7f}\u{2028}\u{10ffff}\"",
        "[]",
        "[ ]",
        "[1, [2, []], {}]",
        "{}",
        r#"{"":1," ":2}"#,
        r#"{"a":{"a":{"a":1}}}"#,
        "1e400",
    ];
    for text in accepted {
        assert!(reads(text.as_bytes()), "{text}");
    }
    let refused: &[&[u8]] = &[
        b"",
        b" ",
        b"\xef\xbb\xbf{}",
        b"nul",
        b"nulll",
        b"True",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"01",
        b"-01",
        b"00",
        b"1.",
        b".5",
        b"+1",
        b"-",
        b"--1",
        b"1e",
        b"1e+",
        b"1e1.5",
        b"0x1",
        b"1 2",
        b"[1] x",
        b"[1,]",
        b"[,1]",
        b"[1",
        b"[1}",
        b"1]",
        b"{\"a\"}",
        b"{\"a\":}",
        b"{\"a\":1,}",
        b"{a:1}",
        b"{'a':1}",
        b"{1:1}",
        b"{\"a\":1 \"b\":2}",
        b"{",
        b"}",
        b"\"",
        b"\"\\\"",
        b"\"\\x\"",
        b"\"\\u12\"",
        b"\"\\u12g4\"",
        b"\"\t\"",
        b"\"\n\"",
        b"\"\x00\"",
        b"\"\x1f\"",
        b"// x\n1",
        b"1 // x",
        b"/**/1",
        b"'a'",
        b"\xff",
        b"\"\xff\"",
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\"\xe2\x28\xa1\"",
        b"[\x0c]",
        b"\xa01",
        // Surrogates alone, and the wrong way round (reading 24).
        br#""\ud800""#,
        br#""\udc00""#,
        br#""\udc00\ud800""#,
        br#""\ud800a""#,
        br#""\ud800\n""#,
        br#""\ud800\ud800""#,
        br#"{"\udfff":1}"#,
    ];
    for text in refused {
        assert!(!reads(text), "{}", String::from_utf8_lossy(text));
        // What cannot be read cannot be scanned for an id either.
        let object = [b"{\"x\":", *text, b"}"].concat();
        let is_fragment = [&b""[..], b" ", b"1]", b"}", b"\"", b"{\"a\"}"].contains(text);
        assert!(is_fragment || strings_at(&object, [&["jti"]], MAX_DEPTH).is_err(), "{text:?}");
    }
}

#[test]
fn duplicate_members_at_every_level() {
    let many: String = (0..100).map(|n| format!("\"m{n}\":0,")).collect();
    let refused = [
        r#"{"a":1,"a":1}"#.into(),
        r#"{"a":1,"b":2,"\u0061":3}"#.into(),
        r#"[{"x":{"a":[{"b":1,"b":1}]}}]"#.into(),
        format!("{{{many}\"m57\":0}}"),
        format!("{{{many}\"\\u006d0\":0}}"),
    ];
    for text in &refused {
        let error = parse(text.as_bytes(), MAX_DEPTH).unwrap_err();
        assert!(matches!(error.kind(), JsonErrorKind::Duplicate { .. }), "{text}: {error}");
    }
    assert!(reads(format!("{{{many}\"m100\":0}}").as_bytes()));
    assert!(reads(br#"{"a":{"b":1},"b":{"a":1}}"#));
    // Names are not normalized: one composed, one decomposed.
    assert!(reads("{\"\u{e9}\":1,\"e\u{301}\":2}".as_bytes()));
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for (depth, expected) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false), (100_000, false)] {
            let text = format!("{}0{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(reads(text.as_bytes()), expected, "{open} {depth}");
        }
    }
}

#[test]
fn errors_say_where() {
    let cases: [(&[u8], usize); 7] = [
        (b"[1, x]", 4),
        (b"{\"a\" 1}", 5),
        (b"[1] 2", 4),
        (b"[\"\xff\"]", 2),
        (b"", 0),
        (b"{\"a\":1,}", 7),
        (b"[[[1]]", 6),
    ];
    for (text, offset) in cases {
        let error = parse(text, MAX_DEPTH).unwrap_err();
        assert_eq!(error.offset(), offset, "{}: {error}", String::from_utf8_lossy(text));
    }
}

#[test]
fn scanning_for_one_member() {
    let scan = |text: &str| {
        let found = strings_at(text.as_bytes(), [&["jti"]], MAX_DEPTH);
        found.map(|[found]| found.map(Cow::into_owned)).map_err(|error| error.to_string())
    };
    assert_eq!(scan(r#"{"a":{"jti":"no"},"jti":"\u0069d"}"#), Ok(Some("id".into())));
    assert_eq!(scan(r#"{"\u006ati":"x"}"#), Ok(Some("x".into())));
    assert_eq!(scan(r#"{"jti":1}"#), Ok(None));
    assert_eq!(scan(r#"{"jti":["x"],"jti":"late"}"#), Ok(None));
    assert_eq!(scan("{}"), Ok(None));
    for text in ["[]", "1", r#"{"jti":"x"} 1"#, r#"{"jti":"x""#, r#"{"jti":"x","y":[}"#] {
        assert!(scan(text).is_err(), "{text}");
    }
    let members = top_level_members(br#"{ "a" : [1, 2 ] , "b":"x" }"#, MAX_DEPTH).unwrap();
    assert_eq!(members, [("a".into(), "[1, 2 ]"), ("b".into(), "\"x\"")]);
    assert!(top_level_members(br#"{"a":1,"a":2}"#, MAX_DEPTH).is_err());
}

#[test]
fn strings_below_the_top() {
    let scan = |text: &str| {
        let paths: [&[&str]; 3] = [&["jti"], &["cnf", "jwk", "x"], &["cnf", "y"]];
        let found = strings_at(text.as_bytes(), paths, 4).ok()?;
        Some(found.map(|found| found.map_or("-".into(), Cow::into_owned)).join(" "))
    };
    let cases = [
        (r#"{"cnf":{"jwk":{"x":"1","y":"no"},"y":"2"},"jti":"3"}"#, Some("3 1 2")),
        (r#"{"cnf":{"jwk":{"x":["1"]},"y":{"y":"2"}},"jti":{"jti":"3"}}"#, Some("- - -")),
        (r#"{"cnf":"1","jwk":{"x":"2"},"x":"3","y":"4"}"#, Some("- - -")),
        // The first of two counts, whether it is a string or not.
        (r#"{"cnf":{"y":1},"cnf":{"y":"2"},"jti":"a","jti":"b"}"#, Some("a - -")),
        (r#"{"cnf":[{"jwk":{"x":"1"}}]}"#, Some("- - -")),
        (r#"{"cnf":{"jwk":{"x":"1"}}} 1"#, None),
        (r#"{"cnf":{"jwk":{"x":"1",}}}"#, None),
        (r#"{"cnf":{"jwk":{"a":{"b":{}}}}}"#, None),
        ("[]", None),
    ];
    for (text, expected) in cases {
        assert_eq!(scan(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn strings_and_nothing_else() {
    let read = |text: &str| format!("{:?}", strings(text.as_bytes(), 4).ok());
    assert_eq!(read(r#" "\u0061" "#), r#"Some(One("a"))"#);
    assert_eq!(read("[ ]"), "Some(Many([]))");
    assert_eq!(read(r#"["a", "\n"]"#), r#"Some(Many(["a", "\n"]))"#);
    assert_eq!(read(r#"["a", 1, "b", [2]]"#), "Some(Mixed(1))");
    for neither in ["null", "1", r#"{"a":["b"]}"#] {
        assert_eq!(read(neither), "Some(Neither)", "{neither}");
    }
    for refused in ["", "[", r#"["a",]"#, r#"["a"] 1"#, r#"[1, "\ud800"]"#, "[[[[[]]]]]", "[1,x]"] {
        assert_eq!(read(refused), "None", "{refused}");
    }
    let wanted = top_level_strings(br#"{"x":[1],"a":["b"],"c":"d"}"#, &["a", "c"], 4).unwrap();
    assert_eq!(format!("{wanted:?}"), r#"[("a", Many(["b"])), ("c", One("d"))]"#);
    for refused in [r#"{"a":"b","a":"b"}"#, r#"{"x":1,"x":2}"#, r#"{"a":[1,}"#, "[]"] {
        assert!(top_level_strings(refused.as_bytes(), &["a"], 4).is_err(), "{refused}");
    }
}

#[test]
fn canonical_strings() {
    let text = "\u{8}\t\n\u{c}\r\"\\/\u{1}\u{1f}\u{7f}\u{e9}\u{2028}\u{1f600}";
    let expected = "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f\u{7f}\u{e9}\u{2028}\u{1f600}\"";
    assert_eq!(Value::from(text).to_jcs(), expected);
}

/// Any value, with numbers and names that are easily confused.
fn value() -> impl Strategy<Value = Value> {
    let name = prop_oneof!["[ab]{0,2}", "[\u{e000}-\u{e003}\u{1f600}-\u{1f603}]{1,2}", ".{0,3}"];
    let number = prop_oneof![any::<f64>(), (-5..5_i32).prop_map(f64::from), Just(-0.0)];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_filter_map("finite", |n| Some(crate::json::Number::try_from(n).ok()?.into())),
        name.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..4)
                .prop_map(|members| Object::new(members).unwrap().into()),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_texts_read_back(value in value()) {
        let text = value.to_jcs();
        let back = Value::from_json(text.as_bytes()).unwrap();
        prop_assert_eq!(&back, &value);
        prop_assert_eq!(back.to_jcs(), text);
    }

    #[test]
    fn equal_values_are_equal_texts(a in value(), b in value()) {
        prop_assert_eq!(a == b, a.to_jcs() == b.to_jcs());
        prop_assert_eq!(a.cmp(&b).is_eq(), a == b);
    }

    #[test]
    fn any_bytes_are_judged_as_a_second_reader_judges_them(
        text in value().prop_map(|value| value.to_jcs().into_bytes()),
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut text = text;
        for (at, byte) in edits {
            let at = at.index(text.len());
            text[at] = byte;
        }
        let ours = parse(&text, MAX_DEPTH);
        let theirs = serde_json::from_slice::<serde_json::Value>(&text);
        let more = match &ours {
            // The other reader takes duplicates, and refuses numbers beyond doubles.
            Err(error) => matches!(error.kind(), JsonErrorKind::Duplicate { .. }),
            Ok(_) => theirs.as_ref().is_err_and(|e| e.to_string().contains("out of range")),
        };
        prop_assert!(ours.is_ok() == theirs.is_ok() || more, "{:?} {:?}", ours, theirs);
    }

    #[test]
    fn arbitrary_bytes_never_panic(text in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = (parse(&text, 4), top_level_members(&text, 4), strings_at(&text, [&["a"], &["a", "b"]], 4));
    }
}

#[test]
fn large_texts_are_read() {
    let cases = vec![
        format!("[{}0]", "0,".repeat(100_000)),
        format!("\"{}\"", "\\n".repeat(100_000)),
        format!("1{}", "0".repeat(60_000)),
        format!("{{{}\"z\":0}}", (0..20_000).map(|n| format!("\"k{n}\":0,")).collect::<String>()),
    ];
    for text in cases {
        assert!(reads(text.as_bytes()));
    }
}

#[test]
fn errors_have_a_line_and_a_column() {
    for (text, expected) in
        [("x", (1, 1)), ("  x", (1, 3)), ("\n x", (2, 2)), ("[1,\n2,\n\n  x]", (4, 3))]
    {
        assert_eq!(parse(text.as_bytes(), 4).unwrap_err().position(text.as_bytes()), expected);
    }
}
