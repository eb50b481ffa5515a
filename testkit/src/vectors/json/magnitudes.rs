//! Numbers by their size: where the canonical form changes its look, and where integers stop being
//! exact.

use super::{File, made, refused};

/// A number by its spelling, and its canonical text, or nothing when it is inadmissible.
const INTEGERS: [(&str, Option<&str>); 26] = [
    ("9007199254740991", Some("9007199254740991")),
    ("9007199254740992", Some("9007199254740992")),
    ("9007199254740993", None),
    ("9007199254740994", Some("9007199254740994")),
    ("9007199254740995", None),
    ("9007199254740996", Some("9007199254740996")),
    ("-9007199254740992", Some("-9007199254740992")),
    ("-9007199254740993", None),
    ("-9007199254740994", Some("-9007199254740994")),
    // 2^54 and its neighbours, four apart from there on.
    ("18014398509481984", Some("18014398509481984")),
    ("18014398509481985", None),
    ("18014398509481986", None),
    ("18014398509481988", Some("18014398509481988")),
    // 2^60 is a double, and written shorter.
    ("1152921504606846976", None),
    ("1152921504606847000", Some("1152921504606847000")),
    // The largest of 63 and of 64 bits, and one more.
    ("9223372036854775807", None),
    ("9223372036854775808", None),
    ("9223372036854776000", Some("9223372036854776000")),
    ("-9223372036854775808", None),
    ("18446744073709551615", None),
    ("18446744073709551616", None),
    ("18446744073709552000", Some("18446744073709552000")),
    ("4294967295", Some("4294967295")),
    ("4294967296", Some("4294967296")),
    ("2147483648", Some("2147483648")),
    ("-2147483649", Some("-2147483649")),
];

const FRACTIONS: [(&str, Option<&str>); 24] = [
    ("0.1", Some("0.1")),
    ("0.10", Some("0.1")),
    ("0.2", Some("0.2")),
    ("0.30000000000000004", Some("0.30000000000000004")),
    ("0.3000000000000000444", None),
    ("1.1", Some("1.1")),
    ("1.1000000000000001", None),
    ("3.141592653589793", Some("3.141592653589793")),
    ("3.1415926535897931", None),
    ("3.141592653589793238", None),
    ("2.718281828459045", Some("2.718281828459045")),
    ("123456.789", Some("123456.789")),
    ("-123456.789e-3", Some("-123.456789")),
    ("4503599627370495.5", Some("4503599627370495.5")),
    ("4503599627370495.25", None),
    ("4503599627370496.5", None),
    ("9007199254740991.5", None),
    ("2.2250738585072014e-308", Some("2.2250738585072014e-308")),
    ("2.225073858507201e-308", Some("2.225073858507201e-308")),
    ("1.7976931348623157e308", Some("1.7976931348623157e+308")),
    ("1.7976931348623159e308", None),
    ("1e-323", Some("1e-323")),
    ("3e-324", None),
    ("-5e-324", Some("-5e-324")),
];

pub(super) fn file() -> File {
    let mut vectors = vec![];
    for (group, rows) in [("integer", INTEGERS.as_slice()), ("fraction", FRACTIONS.as_slice())] {
        for (place, (text, canonical)) in rows.iter().enumerate() {
            let id = format!("{group}-{place:02}");
            vectors.push(match canonical {
                Some(canonical) => {
                    made(format!("{text} is {canonical}"), text, canonical, "M-2 M-5").id(id)
                }
                None => refused(format!("{text} is inadmissible"), text, "M-2").id(id),
            });
        }
    }
    // Powers of ten: digits up to 10^20, an exponent from 10^21 on; a fraction down to 10^-6.
    for exponent in 0..=23_usize {
        let digits = format!("1{}", "0".repeat(exponent));
        let canonical = if exponent <= 20 { digits.clone() } else { format!("1e+{exponent}") };
        vectors.push(made(format!("10 to the {exponent}, in digits"), &digits, &canonical, "M-5"));
        let text = format!("1e{exponent}");
        vectors.push(made(format!("10 to the {exponent}"), &text, &canonical, "M-5"));
    }
    for exponent in 1..=9_usize {
        let digits = format!("0.{}1", "0".repeat(exponent - 1));
        let canonical = if exponent <= 6 { digits.clone() } else { format!("1e-{exponent}") };
        let title = format!("10 to the minus {exponent}");
        vectors.push(made(format!("{title}, in digits"), &digits, &canonical, "M-5"));
        vectors.push(made(title, &format!("1e-{exponent}"), &canonical, "M-5"));
    }
    super::file(
        "json/magnitudes",
        "Numbers by their size: where the canonical text changes its look, and where integers and \
         fractions stop being exact.",
        vectors,
    )
}
