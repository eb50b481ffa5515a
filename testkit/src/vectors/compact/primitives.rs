//! Primitives in every place where they stand, and ids.

use super::{
    CompactCase, Row,
    bodies::{PROOF, RANDOM, bad, cat, place},
    deny, permit,
};
use crate::{
    AUDIENCE, ISSUER, NOW,
    compact::{int, string, uint},
};
use taper::Place;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = longer();
    rows.extend(widths());
    rows.extend(texts());
    rows.extend(cut());
    rows.extend(counts());
    rows.extend(times());
    rows
}

const NAMES: [&str; 4] = ["the root", "the middle token", "the leaf", "the proof"];

/// A varint in a form of one byte more.
fn stretched(varint: &[u8]) -> Vec<u8> {
    let (last, first) = varint.split_last().unwrap();
    cat(&[first, &[last | 0x80, 0]])
}

/// Each varint of the good bodies, in a longer form: what stands before it, itself, what follows.
fn longer() -> Vec<Row> {
    let places: Vec<(usize, &'static str, Vec<u8>, Vec<u8>, Vec<u8>)> = vec![
        (0, "the id's length", vec![2], vec![7], b"token-1".to_vec()),
        (0, "the ceiling", uint(3600), vec![3], vec![0x18]),
        (0, "the issuer's length", vec![3], vec![0x18], b"https".to_vec()),
        (0, "the number of names", ISSUER.into(), vec![0], vec![2, 9]),
        (0, "the number of tools", vec![0], vec![2], cat(&[&[9], b"read_file"])),
        (0, "a tool's length", vec![2], vec![9], b"read_file".to_vec()),
        (0, "a tool's header", b"read_file".to_vec(), vec![4], vec![4]),
        (0, "an argument's length", vec![4], vec![4], b"head".to_vec()),
        (0, "a set's count", vec![4, b'p', b'a', b't', b'h', 0x12], vec![2], vec![5]),
        (0, "a bound", vec![0x31, 2, 3], int(100), vec![4]),
        (0, "the number of fields", vec![0x16], vec![0], vec![]),
        (1, "the issue's distance", b"token-2".to_vec(), uint(60), uint(1800)),
        (1, "the expiry's distance", uint(60), uint(1800), vec![1]),
        (1, "the ceiling's distance", uint(1800), vec![1], vec![0]),
        (1, "the number of names", cat(&[&uint(1800), &[1]]), vec![0], vec![2]),
        (1, "the number of tools", vec![1, 0, 2], vec![2], vec![0, 1]),
        (1, "a tool's gap", vec![0, 2, 2], vec![0], vec![1]),
        (1, "a number of members", vec![0x41], vec![1], vec![0]),
        (1, "a member's gap", vec![0x41, 1], vec![0], vec![0, 1]),
        (1, "the header of added arguments", b"filings".to_vec(), vec![0], vec![0]),
        (2, "a member's place", vec![0x40], vec![0], vec![0]),
        (PROOF, "the id's length", vec![2 | 4], vec![7], b"proof-1".to_vec()),
        (PROOF, "the time", b"proof-1".to_vec(), int(180), vec![25]),
        (PROOF, "the audience's length", int(180), vec![25], b"https".to_vec()),
    ];
    let row = |(part, what, before, varint, after): (usize, _, Vec<u8>, Vec<u8>, Vec<u8>)| {
        let long = cat(&[&before, &stretched(&varint), &after]);
        let name = format!("{what} in a longer form, {}", NAMES[part]);
        bad(name, "C-1", part, cat(&[&before, &varint, &after]), long)
    };
    places.into_iter().map(row).collect()
}

fn widths() -> Vec<Row> {
    let root = |name: &'static str, ceiling: Vec<u8>| {
        let own = cat(&[&uint(3600), &[3, 0x18]]);
        bad(name, "C-1", 0, own, cat(&[&uint(3600), &ceiling, &[0x18]]))
    };
    let iat = |name: &'static str, iat: Vec<u8>| bad(name, "C-1", 0, int(NOW - 300), iat);
    vec![
        root("a ceiling of five bytes and 35 bits", vec![0xff, 0xff, 0xff, 0xff, 0x7f]),
        root("a ceiling of six bytes", vec![0xff, 0xff, 0xff, 0xff, 0x8f, 0x01]),
        root("a ceiling of five bytes, of them one too many", vec![0x83, 0x80, 0x80, 0x80, 0]),
        iat("an iat of ten bytes and 65 bits", cat(&[&[0xff; 9], &[3]])),
        iat("an iat of ten bytes that go on", [0xff; 10].to_vec()),
        iat("an iat of ten bytes, of them one too many", cat(&[&[0x82], &[0x80; 8], &[0]])),
        deny(
            "the greatest ceiling",
            "C-14",
            ("3i", "max_depth_above_limit", Place::Token(0)),
            |case| {
                let own = cat(&[&uint(3600), &[3, 0x18]]);
                let most = cat(&[&uint(3600), &uint(u32::MAX.into()), &[0x18]]);
                case.forgery.edit(0, &own, &most);
            },
        ),
    ]
}

/// Texts that are not UTF-8, in every place of a text.
fn texts() -> Vec<Row> {
    let kinds: [(&str, &[u8]); 4] = [
        ("a byte of no text", &[0xff]),
        ("a continuation alone", &[0x80]),
        ("a surrogate", &[0xed, 0xa0, 0x80]),
        ("an overlong slash", &[0xc0, 0xaf]),
    ];
    let places: [(usize, &'static str, &'static str); 9] = [
        (0, "the id", "token-1"),
        (0, "the issuer", ISSUER),
        (0, "a tool", "read_file"),
        (0, "an argument", "head"),
        (0, "a member of a set", "/data/q4.pdf"),
        (1, "the id", "token-2"),
        (1, "a value", "filings"),
        (PROOF, "the id", "proof-1"),
        (PROOF, "the audience", AUDIENCE),
    ];
    let mut rows = vec![];
    for (part, what, own) in places {
        for (kind, bytes) in kinds {
            // As long as it was: only the text is wrong.
            let mut other = own.as_bytes().to_vec();
            let at = other.len() - bytes.len();
            other.splice(at.., bytes.iter().copied());
            let length = uint(own.len().try_into().unwrap());
            let name = format!("{kind} in {what} of {}", NAMES[part].trim_start_matches("the "));
            rows.push(bad(name, "C-2", part, string(own), cat(&[&length, &other])));
        }
    }
    rows
}

/// Bodies that end too early, at each of their bytes or some of them.
fn cut() -> Vec<Row> {
    let good = CompactCase::good().forgery;
    let mut rows = vec![];
    for (part, name) in NAMES.into_iter().enumerate() {
        let (length, every) = match good.tokens.get(part) {
            Some(token) => (token.body.len(), if part == 2 { 1 } else { 9 }),
            None => (good.proof.as_ref().unwrap().body.len(), 4),
        };
        for left in (0..length).step_by(every) {
            rows.push(deny(
                format!("{name} cut to {left} of {length} bytes"),
                "C-2",
                place(part),
                move |case| match case.forgery.tokens.get_mut(part) {
                    Some(token) => token.body.truncate(left),
                    None => case.forgery.proof.as_mut().unwrap().body.truncate(left),
                },
            ));
        }
    }
    rows
}

/// Counts of one record more than there are bytes.
fn counts() -> Vec<Row> {
    let good = CompactCase::good().forgery;
    let mut rows = vec![];
    for (part, what, before, after) in [
        (0, "names", ISSUER.as_bytes().to_vec(), vec![2, 9]),
        (0, "tools", cat(&[ISSUER.as_bytes(), &[0]]), vec![9]),
        (0, "members", b"path\x12".to_vec(), vec![5]),
        (1, "tools", vec![1, 0, 2], vec![0, 1]),
        (1, "members", vec![0x41], vec![0, 0, 1]),
        (2, "tools", cat(&[&uint(600), &[0, 0, 2]]), vec![0, 1]),
        (2, "fields", vec![0x40, 0], vec![]),
    ] {
        let body = &good.tokens[part].body;
        let own = (0..body.len()).find(|at| body[*at..].starts_with(&before)).unwrap();
        // What stands after the count, however long that is.
        let left = body.len() - own - before.len() - 1;
        let count = body[own + before.len()];
        for (name, number) in
            [("one more than there are bytes", left as u64 + 1), ("2^63", 1 << 63)]
        {
            rows.push(bad(
                format!("{what} of {}, {name}", NAMES[part]),
                "C-3",
                part,
                cat(&[&before, &[count], &after]),
                cat(&[&before, &uint(number), &after]),
            ));
        }
    }
    rows
}

/// Ids of form 0 whose time is not a plain one.
fn times() -> Vec<Row> {
    let set = |case: &mut CompactCase, iat: i64, id: &[u8]| {
        let own = cat(&[&crate::compact::id("token-1"), &int(NOW - 300), &uint(3600)]);
        let lifetime = uint(u64::try_from(NOW + 3300 - iat.min(NOW)).unwrap());
        case.forgery.edit(0, &own, &cat(&[id, &int(iat), &lifetime]));
        // The middle token is as old as it was, and expires when it did.
        let distances = |iat: i64, exp: u64| {
            cat(&[&uint(u64::try_from(NOW - 240 - iat.min(NOW - 240)).unwrap()), &uint(exp), &[1]])
        };
        case.forgery.edit(1, &distances(NOW - 300, 1800), &distances(iat, 1800));
        case.point.params.max_token_lifetime = 10_000_000_000;
    };
    let form_0 = || cat(&[&[0], &RANDOM]);
    let form_1 = |milliseconds: [u8; 6]| cat(&[&[1], &milliseconds, &RANDOM]);
    let at = |name: &'static str, iat: i64, id: Vec<u8>, expected| {
        let change = move |case: &mut CompactCase| set(case, iat, &id);
        match expected {
            None => permit(name, "C-25", change),
            Some(expected) => deny(name, "C-25", expected, change),
        }
    };
    let future = Some(("3f", "issued_in_future", Place::Token(0)));
    let refused = Some(place(0));
    vec![
        at("form 0 before 1970", -5, form_0(), None),
        at("form 1 of time 0 before 1970", -5, form_1([0; 6]), refused),
        at("form 0 in 1970", 0, form_0(), None),
        at("form 1 of time 0 in 1970", 0, form_1([0; 6]), refused),
        at("form 1 of time 1 in 1970", 0, form_1([0, 0, 0, 0, 0, 1]), None),
        at("form 1 of the second after 1970", 1, form_1([0, 0, 0, 0, 3, 0xe8]), refused),
        at("form 0 beyond 48 bits of milliseconds", 281_474_976_711, form_0(), future),
        at(
            "form 1 of the low 48 bits of the milliseconds",
            281_474_976_711,
            form_1([0, 0, 0, 0, 1, 0x58]),
            refused,
        ),
        at("form 1 of other 48 bits", 281_474_976_711, form_1([0, 0, 0, 0, 1, 0x59]), future),
        at("form 0 where the milliseconds saturate", 1 << 60, form_0(), future),
        at("form 1 of all ones where they saturate", 1 << 60, form_1([0xff; 6]), refused),
        at("form 1 of zeros where they saturate", 1 << 60, form_1([0; 6]), future),
    ]
}
