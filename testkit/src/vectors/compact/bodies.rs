//! Bodies: primitives, ids, audiences, tools and fields that a decoder must refuse.

use super::{Row, deny, permit};
use crate::{
    AUDIENCE, ISSUER, NOW,
    compact::{id, int, string, uint},
};
use taper::Place;

const MALFORMED: &str = "compact_malformed";
pub(super) const PROOF: usize = 3;

/// Where a faulty body of `part` is reported.
pub(super) fn place(part: usize) -> (&'static str, &'static str, Place) {
    match part {
        0 => ("3b", MALFORMED, Place::Token(0)),
        PROOF => ("7b", MALFORMED, Place::Proof),
        _ => ("4b", MALFORMED, Place::Token(part)),
    }
}

pub(super) fn bad(
    name: impl Into<String>,
    shows: &'static str,
    part: usize,
    from: impl AsRef<[u8]> + 'static,
    to: impl AsRef<[u8]> + 'static,
) -> Row {
    deny(name, shows, place(part), move |case| case.forgery.edit(part, from.as_ref(), to.as_ref()))
}

pub(super) fn fine(
    name: impl Into<String>,
    shows: &'static str,
    part: usize,
    from: impl AsRef<[u8]> + 'static,
    to: impl AsRef<[u8]> + 'static,
) -> Row {
    permit(name, shows, move |case| case.forgery.edit(part, from.as_ref(), to.as_ref()))
}

pub(super) fn cat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = primitives();
    rows.extend(ids());
    rows.extend(audiences());
    rows.extend(tools());
    rows.extend(fields());
    rows
}

fn primitives() -> Vec<Row> {
    let iat = || int(NOW - 300);
    let longer = |mut bytes: Vec<u8>| {
        *bytes.last_mut().unwrap() |= 0x80;
        bytes.push(0);
        bytes
    };
    let lifetime = || cat(&[&uint(3600), &[3, 0x18]]);
    vec![
        bad("an iat in a longer form", "C-1", 0, iat(), longer(iat())),
        bad("an iat of eleven bytes", "C-1", 0, iat(), [vec![0xff; 10], vec![0]].concat()),
        bad(
            "a lifetime in a longer form",
            "C-1",
            0,
            lifetime(),
            cat(&[&longer(uint(3600)), &[3, 0x18]]),
        ),
        bad(
            "a lifetime that leaves 64 bits",
            "C-21",
            0,
            lifetime(),
            cat(&[&uint(u64::MAX), &[3, 0x18]]),
        ),
        bad(
            "a ceiling of 33 bits",
            "C-1",
            0,
            lifetime(),
            cat(&[&uint(3600), &uint(1 << 32), &[0x18]]),
        ),
        bad("an issuer that is not UTF-8", "C-2 C-3", 0, &b"https"[..], &b"\xfftttp"[..]),
        bad(
            "an issuer that is longer than the body",
            "C-2",
            0,
            [0x18, b'h', b't', b't'],
            [&uint(60_000)[..], b"htt"].concat(),
        ),
        bad("a byte after the last record", "C-2", 0, [0x16, 0], [0x16, 0, 0]),
        bad("a byte after the last record of the leaf", "C-2", 2, [0x40, 0, 0], [0x40, 0, 0, 0]),
        bad("the last record left out", "C-2", 0, [0x16, 0], [0x16]),
        bad(
            "a count beyond the bytes left",
            "C-3",
            0,
            [0x16, 0],
            [&[0x16][..], &uint(1_000_000)].concat(),
        ),
        bad("a count of 2^64 less 1", "C-3", 0, [0x16, 0], [&[0x16][..], &uint(u64::MAX)].concat()),
    ]
}

/// The UUIDv7 of a time, after the six bytes of the milliseconds.
pub(super) const RANDOM: [u8; 10] = [0x71, 0xa1, 0x81, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1];

fn ids() -> Vec<Row> {
    let own = || id("token-1");
    let milliseconds = ((NOW - 300) * 1000).to_be_bytes();
    let v7 =
        move |other: u8| cat(&[&[1], &milliseconds[2..7], &[milliseconds[7] ^ other], &RANDOM]);
    let form_0 = |random: [u8; 10]| cat(&[&[0], &random]);
    let with = |at: usize, byte: u8| {
        let mut random = RANDOM;
        random[at] = byte;
        random
    };
    let other = "01234567-89ab-4cde-8f01-23456789abcd";
    let bytes = cat(&[&[1], &hex::decode(other.replace('-', "")).unwrap()]);
    vec![
        fine("an id of form 0", "C-23 C-25", 0, own(), form_0(RANDOM)),
        fine("an id of form 1", "C-23", 0, own(), bytes),
        fine("a UUIDv7 of another time, form 1", "C-23 C-43", 0, own(), v7(1)),
        fine("a UUID in capitals, form 2", "C-23", 0, own(), id(&other.to_uppercase())),
        fine("a UUID without hyphens, form 2", "C-23", 0, own(), id(&other.replace('-', ""))),
        bad("an id of form 3", "C-23", 0, own(), cat(&[&[3], &string("token-1")])),
        bad("an empty id", "C-23", 0, own(), id("")),
        bad("a UUID as text", "C-43 C-42", 0, own(), id(other)),
        bad("a UUIDv7 of the token's time, form 1", "C-43 C-42", 0, own(), v7(0)),
        bad("a UUIDv7 of the token's time, as text", "C-43 C-42", 0, own(), {
            let hex = hex::encode(&v7(0)[1..]);
            id(&[&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
        }),
        bad("form 0 of another version", "C-24", 0, own(), form_0(with(0, 0x41))),
        bad("form 0 of another variant", "C-24", 0, own(), form_0(with(2, 0x01))),
    ]
}

fn audiences() -> Vec<Row> {
    let own = || cat(&[&string(ISSUER), &[0]]);
    let listed = |count: u8, parts: &[&str]| {
        let parts = parts.iter().map(|name| string(name)).collect::<Vec<_>>().concat();
        cat(&[&string(ISSUER), &[count], &parts])
    };
    let implied = |case: &mut super::CompactCase| {
        case.forgery.edit(PROOF, &[2 | 4, 7], &[2 | 8, 7]);
        case.forgery.edit(PROOF, &string(AUDIENCE), &[]);
    };
    vec![
        fine(
            "two names, and the proof tells one",
            "C-26 C-49",
            0,
            own(),
            listed(2, &["a", AUDIENCE]),
        ),
        bad("names out of order", "C-26 C-46", 0, own(), listed(2, &[AUDIENCE, "a"])),
        bad("a name twice", "C-26", 0, own(), listed(2, &[AUDIENCE, AUDIENCE])),
        bad("a name more than there are", "C-26", 0, own(), listed(200, &[AUDIENCE])),
        deny("one name, and the proof tells it", "C-49", place(PROOF), move |case| {
            case.forgery.edit(0, &own(), &listed(1, &[AUDIENCE]));
        }),
        permit("one name, and the proof implies it", "C-49", move |case| {
            case.forgery.edit(0, &own(), &listed(1, &[AUDIENCE]));
            implied(case);
        }),
        deny("two names, and the proof implies one", "C-50", place(PROOF), move |case| {
            case.forgery.edit(0, &own(), &listed(2, &["a", AUDIENCE]));
            implied(case);
        }),
        deny("no name, and the proof implies one", "C-50", place(PROOF), implied),
    ]
}

fn tools() -> Vec<Row> {
    vec![
        bad("tools out of order", "C-15 C-46", 0, string("read_file"), string("zead_file")),
        bad("a tool twice", "C-15", 0, string("search"), string("read_file")),
        bad("arguments out of order", "C-15", 0, string("head"), string("zead")),
        bad("an argument twice", "C-15", 0, string("head"), string("path")),
        bad("an argument named by a star", "C-16 C-53", 0, string("q"), string("*")),
        bad(
            "a map of nothing",
            "C-16 C-53",
            0,
            cat(&[&string("search"), &[3], &string("q"), &[0x16]]),
            cat(&[&string("search"), &[0]]),
        ),
        bad(
            "more arguments than there are",
            "C-14",
            0,
            cat(&[&string("search"), &[3]]),
            cat(&[&string("search"), &[13]]),
        ),
        bad(
            "more tools than there are",
            "C-14",
            0,
            cat(&[&[0, 2], &string("read_file")]),
            cat(&[&[0, 9], &string("read_file")]),
        ),
    ]
}

fn fields() -> Vec<Row> {
    let field =
        |name: &str, critical: u8, value: &str| cat(&[&string(name), &[critical], &string(value)]);
    let fields = move |count: u8, fields: &[Vec<u8>]| cat(&[&[0x16, count], &fields.concat()]);
    let own = [0x16, 0];
    let one =
        move |name: &str, critical: u8, value: &str| fields(1, &[field(name, critical, value)]);
    let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let mut rows = vec![
        fine("a field", "C-27 C-29", 0, own, one("trace", 0, r#"{"a":[1.5,null],"id":7}"#)),
        fine("two fields", "C-27", 0, own, fields(2, &[field("a", 0, "1"), field("b", 0, "2")])),
        fine("a field of 128 levels", "C-27", 0, own, one("a", 0, &nest(128))),
        bad("a field of 129 levels", "C-27", 0, own, one("a", 0, &nest(129))),
        bad("a critical field", "C-29", 0, own, one("trace", 1, "1")),
        bad("a field of a third kind", "C-29", 0, own, one("trace", 2, "1")),
        bad(
            "fields out of order",
            "C-27",
            0,
            own,
            fields(2, &[field("b", 0, "1"), field("a", 0, "2")]),
        ),
        bad("a field twice", "C-27", 0, own, fields(2, &[field("a", 0, "1"), field("a", 0, "1")])),
        bad("a value with white space", "C-27", 0, own, one("a", 0, "[1, 2]")),
        bad("a value with members out of order", "C-27", 0, own, one("a", 0, r#"{"b":1,"a":2}"#)),
        bad("a value with a member twice", "C-27", 0, own, one("a", 0, r#"{"a":1,"a":1}"#)),
        bad("a value with a number spelled otherwise", "C-27", 0, own, one("a", 0, "1.0")),
        bad("a value with an inadmissible number", "C-27", 0, own, one("a", 0, "9007199254740993")),
        bad("a value that is no JSON", "C-27", 0, own, one("a", 0, "x")),
        bad("a value that is nothing", "C-27", 0, own, one("a", 0, "")),
    ];
    for name in [
        "jti",
        "iss",
        "iat",
        "exp",
        "cnf",
        "aud",
        "del_depth",
        "del_max_depth",
        "par_hash",
        "authorization_details",
    ] {
        rows.push(bad(format!("a field named {name}"), "C-28", 0, own, one(name, 0, "1")));
    }
    rows
}
