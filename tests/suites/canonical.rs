//! RFC 8785: its numbers, its examples, and two other implementations.

use serde_json_canonicalizer::to_string as canonical_by_another;
use std::fs;
use taper::{Value, json::Number};

/// Appendix B of RFC 8785, whole: the bits of a double and its text.
const APPENDIX_B: [(u64, Option<&str>); 27] = [
    (0x0000000000000000, Some("0")),
    (0x8000000000000000, Some("0")),
    (0x0000000000000001, Some("5e-324")),
    (0x8000000000000001, Some("-5e-324")),
    (0x7fefffffffffffff, Some("1.7976931348623157e+308")),
    (0xffefffffffffffff, Some("-1.7976931348623157e+308")),
    (0x4340000000000000, Some("9007199254740992")),
    (0xc340000000000000, Some("-9007199254740992")),
    (0x4430000000000000, Some("295147905179352830000")),
    (0x7fffffffffffffff, None),
    (0x7ff0000000000000, None),
    (0x44b52d02c7e14af5, Some("9.999999999999997e+22")),
    (0x44b52d02c7e14af6, Some("1e+23")),
    (0x44b52d02c7e14af7, Some("1.0000000000000001e+23")),
    (0x444b1ae4d6e2ef4e, Some("999999999999999700000")),
    (0x444b1ae4d6e2ef4f, Some("999999999999999900000")),
    (0x444b1ae4d6e2ef50, Some("1e+21")),
    (0x3eb0c6f7a0b5ed8c, Some("9.999999999999997e-7")),
    (0x3eb0c6f7a0b5ed8d, Some("0.000001")),
    (0x41b3de4355555553, Some("333333333.3333332")),
    (0x41b3de4355555554, Some("333333333.33333325")),
    (0x41b3de4355555555, Some("333333333.3333333")),
    (0x41b3de4355555556, Some("333333333.3333334")),
    (0x41b3de4355555557, Some("333333333.33333343")),
    (0xbecbf647612f3696, Some("-0.0000033333333333333333")),
    (0x43143ff3c1cb0959, Some("1424953923781206.2")),
    (0xfff0000000000000, None),
];

/// The text of a double by the table under M-5, from the digits of the standard library: nothing of
/// what the library itself uses.
fn by_the_table(double: f64) -> String {
    let text = format!("{:e}", double.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap();
    let mut digits = mantissa.replace('.', "");
    let k = digits.len();
    // Between two as near the standard library rounds up; ECMAScript takes the even one, where that
    // reads back.
    let exact = format!("{:.45e}", double.abs()).split_once('e').unwrap().0.replace('.', "");
    if let Some(down) = exact.trim_end_matches('0').strip_suffix('5')
        && down.len() == k
        && down.ends_with(['0', '2', '4', '6', '8'])
        && format!("0.{down}e{}", exponent.parse::<i32>().unwrap() + 1).parse() == Ok(double.abs())
    {
        digits = down.into();
    }
    let sign = if double < 0.0 { "-" } else { "" };
    if digits == "0" {
        return digits;
    }
    let k = i32::try_from(k).unwrap();
    let n = exponent.parse::<i32>().unwrap() + 1;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap());
    let text = if k <= n && n <= 21 {
        format!("{digits}{}", zeros(n - k))
    } else if 0 < n && n <= 21 {
        let (whole, rest) = digits.split_at(usize::try_from(n).unwrap());
        format!("{whole}.{rest}")
    } else if -6 < n && n <= 0 {
        format!("0.{}{digits}", zeros(-n))
    } else {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{first}{point}{rest}e{:+}", n - 1)
    };
    format!("{sign}{text}")
}

/// Ours, after seeing that it reads back as the same double and that the others agree.
fn text(double: f64) -> String {
    let value = Value::from(Number::try_from(double).unwrap());
    let text = value.to_jcs();
    assert_eq!(text, by_the_table(double), "{:x}", double.to_bits());
    assert_eq!(text, canonical_by_another(&double).unwrap(), "{:x}", double.to_bits());
    assert_eq!(text.parse::<f64>().unwrap(), double);
    assert_eq!(Value::from_json(text.as_bytes()).unwrap(), value, "{text} is admissible");
    text
}

#[test]
fn numbers() {
    for (bits, expected) in APPENDIX_B {
        let double = f64::from_bits(bits);
        match expected {
            Some(expected) => assert_eq!(text(double), expected),
            None => assert!(Number::try_from(double).is_err(), "{double}"),
        }
    }
    let mut doubles: Vec<f64> = vec![f64::MIN_POSITIVE, f64::MAX, f64::EPSILON];
    // Powers of ten and of two, thirds, and what is next to them.
    for power in -324..=308 {
        let ten: f64 = format!("1e{power}").parse().unwrap();
        let third: f64 = format!("3.3333333333333333333e{power}").parse().unwrap();
        doubles.extend([ten, third]);
    }
    doubles.extend((-1074..=1023).map(|power| 2_f64.powi(power)));
    doubles = doubles.iter().flat_map(|d| [d.next_down(), *d, d.next_up()]).collect();
    // The smallest with all their bits, and any bits at all.
    doubles.extend((0x0010_0000_0000_0000..0x0010_0000_0000_07d0).map(f64::from_bits));
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..20_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        doubles.push(f64::from_bits(state));
        // Those that are written without an exponent, too.
        let shift = i32::try_from(state % 90).unwrap() - 30;
        doubles.push(f64::from(u32::try_from(state >> 32).unwrap()) * 2_f64.powi(-shift));
    }
    doubles.retain(|double| double.is_finite());
    for double in &doubles {
        text(*double);
        text(-double);
    }
    println!("{} numbers of RFC 8785, {} others", APPENDIX_B.len(), 2 * doubles.len());
}

#[test]
fn texts() {
    let cases = [
        // The examples of RFC 8785, 3.2.2 (without its first number) and 3.2.3.
        (
            r#"{"numbers":[1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
            r#"{"literals":[null,true,false],"numbers":[1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#,
        ),
        (
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
        ),
        // Names are sorted in every object, by UTF-16 code units; arrays keep their order.
        (
            r#"[9,{"z":{"b":[],"a":{}},"10":0,"9":0,"":0}]"#,
            r#"[9,{"":0,"10":0,"9":0,"z":{"a":{},"b":[]}}]"#,
        ),
        (r#"{"aa":1,"a":2,"A":3,"a\u0000":4}"#, r#"{"A":3,"a":2,"a\u0000":4,"aa":1}"#),
        (r#"{"zoë":1,"zoe":2,"zof":3}"#, r#"{"zoe":2,"zof":3,"zoë":1}"#),
        ("{\"\u{ffff}\":1,\"\u{10000}\":2}", "{\"\u{10000}\":2,\"\u{ffff}\":1}"),
        // Strings are not normalized, and escaped no more than they have to be.
        ("\"o\u{308}\u{f6}\"", "\"o\u{308}\u{f6}\""),
        (r#""\u00f6\/\u007f\u2028\ud800\udc00""#, "\"\u{f6}/\u{7f}\u{2028}\u{10000}\""),
        (r#""\u0008\u0009\u000A\u000b\u000c\u000D\u001F""#, r#""\b\t\n\u000b\f\r\u001f""#),
    ];
    for (input, expected) in cases {
        let ours = Value::from_json(input.as_bytes()).unwrap().to_jcs();
        assert_eq!(ours, expected);
        let read: serde_json::Value = serde_json::from_str(input).unwrap();
        assert_eq!(canonical_by_another(&read).unwrap(), expected);
    }
    // The first number of the RFC's example has more digits than its double (M-2).
    assert!(Value::from_json(b"[333333333.33333329]").is_err());
    println!("{} texts of RFC 8785's kinds", cases.len());
}

#[test]
fn the_test_data_itself() {
    let Some(folder) = crate::at_hand("TAPER_JCS_TESTDATA") else { return };
    let (mut run, mut inadmissible) = (0, vec![]);
    for file in fs::read_dir(folder.join("input")).unwrap() {
        let path = file.unwrap().path();
        let output = folder.join("output").join(path.file_name().unwrap());
        let expected = fs::read_to_string(output).unwrap();
        match Value::from_json(&fs::read(&path).unwrap()) {
            Ok(value) => assert_eq!(value.to_jcs(), expected.trim_end(), "{path:?}"),
            Err(_) => inadmissible.push(path.file_stem().unwrap().to_owned()),
        }
        run += 1;
    }
    println!("{run} files, of which {inadmissible:?} hold an inadmissible number");
    assert!(run >= 6);
    assert_eq!(inadmissible, ["values"]);
}
