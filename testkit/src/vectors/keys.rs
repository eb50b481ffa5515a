//! Public keys as JWK, their thumbprints, and the points that are refused.

use super::{Expected, File, Vector};
use crate::{base64url, digest, key, x};
use curve25519_dalek::{EdwardsPoint, Scalar, constants::EIGHT_TORSION};

pub(super) fn files() -> Vec<File> {
    let mut vectors = forms();
    vectors.extend(points());
    let about = "Public keys as a token names them in `cnf.jwk`: the form, the encoding, the point, \
                 and the thumbprint of what is accepted.";
    vec![File { group: "keys/keys", about, operation: "key", point: None, vectors }]
}

/// The thumbprint of the key with this `x` (RFC 7638).
fn thumbprint(x: &str) -> String {
    digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes())
}

fn accepted(title: impl Into<String>, jwk: String, x: &str, shows: &str) -> Vector {
    Vector::new(title, Expected::output(thumbprint(x))).shows(shows).with("input", jwk)
}

fn refused(title: impl Into<String>, jwk: String, shows: &str) -> Vector {
    Vector::new(title, Expected::refuse_with("3l", "holder_key")).shows(shows).with("input", jwk)
}

fn of(x: &str) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
}

/// The key of RFC 8037, appendix A, and its thumbprint as A.3 gives it.
const RFC_8037: (&str, &str) =
    ("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");

fn forms() -> Vec<Vector> {
    let x = x(2);
    let with = |more: &str| format!(r#"{{"kty":"OKP",{more},"crv":"Ed25519","x":"{x}"}}"#);
    let mut vectors = vec![
        accepted("in order", of(&x), &x, "J-30 J-28"),
        Vector::new("the key of RFC 8037", Expected::output(RFC_8037.1))
            .shows("J-28")
            .with("input", of(RFC_8037.0)),
        accepted(
            "members in another order",
            format!(r#"{{"x":"{x}","crv":"Ed25519","kty":"OKP"}}"#),
            &x,
            "J-28",
        ),
        accepted(
            "white space",
            format!(" {{ \"kty\" : \"OKP\",\n\"crv\":\"Ed25519\", \"x\":\"{x}\" }} "),
            &x,
            "J-28",
        ),
        accepted(
            "a name by an escape",
            format!(r#"{{"k\u0074y":"OKP","crv":"Ed25519","x":"{x}"}}"#),
            &x,
            "J-30",
        ),
        accepted(
            "a public key that happens to be base64url of the issuer's",
            of(&crate::x(1)),
            &crate::x(1),
            "J-30",
        ),
    ];
    for (title, more) in [
        ("use, of another purpose", r#""use":"enc""#),
        ("use, null", r#""use":null"#),
        ("key_ops, none", r#""key_ops":[]"#),
        ("alg, another", r#""alg":"HS256""#),
        ("alg, a number", r#""alg":1"#),
        ("kid", r#""kid":"k-1""#),
        ("a certificate", r#""x5c":["AA=="],"x5t":"AA""#),
        ("y, of other curves", r#""y":"AA""#),
        ("e and n, of RSA", r#""n":"AA","e":"AQAB""#),
        ("what nobody knows", r#""x-note":{"d":"AA"}"#),
        ("a number beyond all bounds", r#""exp":1e400"#),
    ] {
        vectors.push(accepted(format!("ignored: {title}"), with(more), &x, "J-31"));
    }
    for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        for (kind, value) in [("a string", r#""AA""#), ("null", "null"), ("an object", "{}")] {
            vectors.push(refused(
                format!("a private member: {private}, {kind}"),
                with(&format!(r#""{private}":{value}"#)),
                "J-29",
            ));
        }
    }
    vectors.push(refused("a private member by an escape", with(r#""\u0064":"AA""#), "J-29"));
    vectors.push(refused(
        "a private member in a key of another type",
        r#"{"kty":"oct","k":"AA"}"#.into(),
        "J-29",
    ));
    for (title, jwk) in [
        ("an array", format!("[{}]", of(&x))),
        ("a string", format!("\"{x}\"")),
        ("null", "null".into()),
        ("an empty object", "{}".into()),
        ("no kty", format!(r#"{{"crv":"Ed25519","x":"{x}"}}"#)),
        ("no crv", format!(r#"{{"kty":"OKP","x":"{x}"}}"#)),
        ("no x", r#"{"kty":"OKP","crv":"Ed25519"}"#.into()),
        ("kty in small letters", of(&x).replace("OKP", "okp")),
        ("kty EC", of(&x).replace("OKP", "EC")),
        ("kty null", of(&x).replace("\"OKP\"", "null")),
        ("crv X25519", of(&x).replace("Ed25519", "X25519")),
        ("crv Ed448", of(&x).replace("Ed25519", "Ed448")),
        ("crv in small letters", of(&x).replace("Ed25519", "ed25519")),
        ("crv with a space", of(&x).replace("Ed25519", "Ed25519 ")),
        ("x null", of(&x).replace(&format!("\"{x}\""), "null")),
        ("x an array", of(&x).replace(&format!("\"{x}\""), "[]")),
        ("x empty", of("")),
        ("x padded", of(&format!("{x}="))),
        ("x in hexadecimal", of(&hex::encode(key(2).public_key().as_bytes()))),
        ("x in the standard alphabet", of(&crate::x(4).replace('-', "+").replace('_', "/"))),
        ("x with a space", of(&format!("{x} "))),
        ("x with a line feed", of(&format!("{x}\\n"))),
        ("x of 31 bytes", of(&base64url(&key(2).public_key().as_bytes()[..31]))),
        ("x of 33 bytes", of(&base64url(&[&key(2).public_key().as_bytes()[..], &[0]].concat()))),
        ("x of 64 bytes", of(&base64url(&[7; 64]))),
        ("x with bits that stand for no byte", of(&trailing(&x, 1))),
        ("x that is not UTF-8 friendly", of(&format!("\\ud83d{x}"))),
    ] {
        vectors.push(refused(title, jwk, "J-30"));
    }
    vectors.push(refused(
        "kty twice",
        format!(r#"{{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":"{x}"}}"#),
        "J-3",
    ));
    vectors.push(refused("an unknown member twice", with(r#""a":1,"a":1"#), "J-3"));
    for (title, jwk) in [
        ("text behind", format!("{}x", of(&x))),
        ("two keys", format!("{}{}", of(&x), of(&x))),
        ("an end too early", of(&x).trim_end_matches('}').into()),
        ("a byte order mark", format!("\u{feff}{}", of(&x))),
        ("a comma behind the last member", of(&x).replace('}', ",}")),
        ("a lone surrogate in a member that is ignored", with(r#""a":"\ud800""#)),
    ] {
        vectors.push(refused(format!("no JSON: {title}"), jwk, "J-1 J-2"));
    }
    // The object is level 1.
    for (depth, fits) in [(15, true), (16, true), (100, true), (127, true), (128, false)] {
        let jwk = with(&format!(r#""a":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
        let title = format!("{depth} arrays in a member that is ignored");
        vectors.push(match fits {
            true => accepted(title, jwk, &x, "J-5 J-31"),
            false => refused(title, jwk, "J-5"),
        });
    }
    for n in [3, 4, 5, 9] {
        let x = crate::x(n);
        vectors.push(accepted(format!("key {n}"), of(&x), &x, "J-28 J-30"));
    }
    for bits in [2, 3] {
        let jwk = of(&trailing(&x, bits));
        vectors.push(refused(format!("x with bits {bits} that stand for no byte"), jwk, "J-30"));
    }
    vectors
}

/// The same bytes for a lenient decoder: with some of the last character's two spare bits set.
fn trailing(text: &str, bits: u8) -> String {
    let (head, last) = text.split_at(text.len() - 1);
    format!("{head}{}", char::from(last.as_bytes()[0] + bits))
}

/// The points of small order, by their encodings (RFC 8032 5.1.2), and others.
fn points() -> Vec<Vector> {
    let bytes = |hex: &str| <[u8; 32]>::try_from(hex::decode(hex).unwrap()).unwrap();
    let filled = |first: u8, last: u8| {
        let mut point = [0xff; 32];
        (point[0], point[31]) = (first, last);
        point
    };
    let low = |first: u8, last: u8| {
        let mut point = [0; 32];
        (point[0], point[31]) = (first, last);
        point
    };
    const EIGHT_A: &str = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    const EIGHT_B: &str = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let sign = |mut point: [u8; 32]| {
        point[31] |= 0x80;
        point
    };
    let small = [
        ("the neutral element", low(1, 0)),
        ("order 2", filled(0xec, 0x7f)),
        ("order 4", low(0, 0)),
        ("order 4, the other sign", low(0, 0x80)),
        ("order 8, first", bytes(EIGHT_A)),
        ("order 8, first, the other sign", sign(bytes(EIGHT_A))),
        ("order 8, second", bytes(EIGHT_B)),
        ("order 8, second, the other sign", sign(bytes(EIGHT_B))),
    ];
    let other = [
        ("the neutral element with a sign", low(1, 0x80)),
        ("order 2 with a sign", filled(0xec, 0xff)),
        ("y is p", filled(0xed, 0x7f)),
        ("y is p, with a sign", filled(0xed, 0xff)),
        ("y is p plus 1", filled(0xee, 0x7f)),
        ("y is p plus 1, with a sign", filled(0xee, 0xff)),
        ("y is p plus 18", filled(0xff, 0x7f)),
        ("all bits set", [0xff; 32]),
    ];
    let mut vectors = vec![];
    for (title, point) in small {
        vectors.push(refused(
            format!("a point of small order: {title}"),
            of(&base64url(&point)),
            "J-34",
        ));
    }
    for (title, point) in other {
        vectors.push(refused(
            format!("no canonical encoding: {title}"),
            of(&base64url(&point)),
            "J-32",
        ));
    }
    // All other y from p on: 2^255 - 1 is p plus 18.
    for more in 2..18 {
        for (sign, last) in [("", 0x7f), (", with a sign", 0xff)] {
            vectors.push(refused(
                format!("no canonical encoding: y is p plus {more}{sign}"),
                of(&base64url(&filled(0xed + more, last))),
                "J-32",
            ));
        }
    }
    // One of order L, and a component of small order beside it.
    for (place, torsion) in EIGHT_TORSION.iter().enumerate() {
        let point = EdwardsPoint::mul_base(&Scalar::from(7_u8)) + torsion;
        let x = base64url(&point.compress().to_bytes());
        let title = format!("seven times the base point and point {place} of small order");
        vectors.push(accepted(title, of(&x), &x, "J-34"));
    }
    for y in [2_u8, 7, 8] {
        vectors.push(refused(
            format!("no point has the y {y}"),
            of(&base64url(&low(y, 0))),
            "J-33",
        ));
    }
    for y in [3_u8, 4, 5, 6] {
        let x = base64url(&low(y, 0));
        vectors.push(accepted(format!("a point with the y {y}"), of(&x), &x, "J-32 J-33"));
        let x = base64url(&low(y, 0x80));
        vectors.push(accepted(
            format!("a point with the y {y}, the other sign"),
            of(&x),
            &x,
            "J-32 J-33",
        ));
    }
    vectors
}
