//! Heads, tags and places without meaning; forms that are not the first that applies.

use super::{
    Row,
    bodies::{bad, cat, fine, place},
    deny, permit,
};
use crate::compact::{integer, string, text, uint};
use taper::Place;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = heads();
    rows.extend(ranges());
    rows.extend(extensions());
    rows.extend(places());
    rows.extend(added());
    rows.extend(ill_formed());
    rows
}

/// The leaf's map change, before and after: `head` inherited, `path` the first member, no fields.
const OWN: [u8; 4] = [0, 0x40, 0, 0];

fn heads() -> Vec<Row> {
    let mut rows = vec![];
    for head in [
        0x05, 0x0f, 0x19, 0x1e, 0x20, 0x21, 0x22, 0x23, 0x2f, 0x39, 0x3e, 0x43, 0x4f, 0x50, 0x5f,
        0x63, 0x6f, 0x70, 0x80, 0x90, 0xc0, 0xff,
    ] {
        rows.push(bad(
            format!("head {head:02x} below a parent"),
            "C-4 C-38",
            2,
            OWN,
            [head, 0x40, 0, 0],
        ));
    }
    // By itself, in the root: `q` of `search`.
    for head in [0x0f, 0x20, 0x23, 0x2f, 0x39, 0x3e, 0x43, 0x50, 0x61, 0x62, 0x70, 0x96, 0xff] {
        rows.push(bad(format!("head {head:02x} by itself"), "C-4 C-34", 0, q(&[0x16]), q(&[head])));
    }
    for head in [0x00, 0x03, 0x19, 0x30, 0x37, 0x3f, 0x40, 0x56, 0xff] {
        rows.push(bad(
            format!("head {head:02x} as a clause"),
            "C-4 C-34",
            0,
            q(&[0x16]),
            q(&[0x17, 2, 0x16, head]),
        ));
    }
    for tag in [2, 3, 0x10, 0x80, 0xff] {
        rows.push(bad(
            format!("tag {tag:02x} of a tool's arguments"),
            "C-4 C-17",
            2,
            cat(&[&[2, 1, 0, 1], &OWN]),
            cat(&[&[2, 1, 0, tag], &OWN]),
        ));
        if tag > 2 {
            rows.push(bad(
                format!("tag {tag:02x} of capabilities"),
                "C-4 C-17",
                2,
                cat(&[&[2, 1, 0, 1], &OWN]),
                cat(&[&[tag, 1, 0, 1], &OWN]),
            ));
            rows.push(bad(
                format!("tag {tag:02x} of an id"),
                "C-4 C-23",
                2,
                cat(&[&[2], &string("token-3")]),
                cat(&[&[tag], &string("token-3")]),
            ));
        }
    }
    rows
}

/// The end of the root's body: the argument `q`, and no fields.
fn q(whole: &[u8]) -> Vec<u8> {
    cat(&[&string("q"), whole, &[0]])
}

fn integers(numbers: &[i64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| integer(*number)).collect()
}

fn ranges() -> Vec<Row> {
    let range = |flags: u8, numbers: &[i64]| q(&cat(&[&[0x11, flags], &integers(numbers)]));
    // The middle token keeps `q` below a range: a number, or the range itself.
    let below = |name: &'static str, flags: u8, numbers: &'static [i64]| {
        permit(name, "C-35 M-16", move |case| {
            case.forgery.edit(0, &q(&[0x16]), &range(flags, numbers));
            case.forgery.edit(1, &cat(&[&[0x10], &text("filings")]), &[0]);
        })
    };
    let refused = |name: &'static str, flags: u8, numbers: &'static [i64]| {
        bad(name, "C-35", 0, q(&[0x16]), range(flags, numbers))
    };
    let judged = |name: &'static str, flags: u8, numbers: &'static [i64]| {
        deny(name, "C-35 M-16", ("3n", "constraint_malformed", Place::Token(0)), move |case| {
            case.forgery.edit(0, &q(&[0x16]), &range(flags, numbers));
        })
    };
    vec![
        below("a range without bounds", 0, &[]),
        below("a range with a minimum", 1, &[1]),
        below("a range with a maximum", 2, &[1]),
        below("a range with both", 3, &[1, 2]),
        below("a range with an exclusive minimum", 5, &[1]),
        below("a range with an exclusive maximum", 10, &[1]),
        below("a range with both, exclusive", 15, &[1, 2]),
        below("a range of one number", 3, &[1, 1]),
        below("a range of no number, its bounds equal and one exclusive", 7, &[1, 1]),
        judged("a range whose maximum stands first", 3, &[2, 1]),
        judged("a range reversed, both exclusive", 15, &[2, 1]),
        refused("a range with an exclusive minimum alone", 4, &[]),
        refused("a range with an exclusive maximum alone", 8, &[]),
        refused("a range with the fifth flag", 16, &[]),
        refused("a range with the fifth flag and a minimum", 17, &[1]),
        refused("a range with the highest flag", 0x81, &[1]),
        refused("a range with a bound that no flag tells", 0, &[1]),
        refused("a range with a bound more than its flags tell", 1, &[1, 2]),
        bad("a range that ends before its maximum", "C-2", 0, q(&[0x16]), {
            let mut short = range(3, &[1]);
            short.pop();
            short
        }),
        bad("a bound that is null", "C-34", 0, q(&[0x16]), q(&[0x11, 1, 0])),
        bad("a bound that is true", "C-34", 0, q(&[0x16]), q(&[0x11, 1, 2])),
        bad("a bound that is an array", "C-34", 0, q(&[0x16]), q(&[0x11, 1, 6, 0])),
    ]
}

fn extensions() -> Vec<Row> {
    let extension = |name: &'static str, whole: Vec<u8>| {
        let unknown = ("3n", "constraint_type_unknown", Place::Token(0));
        deny(name, "C-37 M-9", unknown, move |case| {
            case.forgery.edit(0, &q(&[0x16]), &q(&whole));
        })
    };
    let of = |name: &str, members: &str| cat(&[&[0x1f], &string(name), &string(members)]);
    vec![
        extension("an extension with members", of("regex", r#"{"pattern":"^a"}"#)),
        extension("an extension whose members are no JSON", of("regex", "no")),
        extension("an extension without a name", of("", "{}")),
        extension("an extension with the name of a type of ours", of("wildcard", "{}")),
        extension("an extension as a clause", cat(&[&[0x17, 1], &of("regex", "{}")])),
        extension(
            "an extension as the second clause",
            cat(&[&[0x18, 2, 0x16], &of("regex", "{}")]),
        ),
        bad(
            "an extension whose name is not UTF-8",
            "C-2",
            0,
            q(&[0x16]),
            q(&[0x1f, 1, 0xff, 2, b'{', b'}']),
        ),
        deny(
            "an extension below a wildcard",
            "C-37 M-9",
            ("4o", "constraint_type_unknown", Place::Token(1)),
            move |case| {
                case.forgery.edit(1, &cat(&[&[0x10], &text("filings")]), &of("regex", "{}"));
            },
        ),
    ]
}

fn places() -> Vec<Row> {
    // Three values in the root's set, of which the middle token keeps some.
    let three = |case: &mut super::CompactCase, change: &[u8]| {
        let values = [text("/data/q3.pdf"), text("/data/q4.pdf")].concat();
        let more = [values.clone(), text("/data/q5.pdf")].concat();
        case.forgery.edit(0, &cat(&[&[0x12, 2], &values]), &cat(&[&[0x12, 3], &more]));
        case.forgery.edit(1, &[0x41, 1, 0], change);
    };
    let kept = |name: &'static str, change: &'static [u8], holds: bool| match holds {
        true => permit(name, "C-30 C-38", move |case| three(case, change)),
        false => deny(name, "C-30", place(1), move |case| three(case, change)),
    };
    let listed =
        |name: &'static str, list: Vec<u8>| bad(name, "C-30", 2, cat(&[&[2, 1, 0, 1], &OWN]), list);
    let far = |count: u8, gap: u64| cat(&[&[0x41, count, 0], &uint(gap)]);
    vec![
        kept("the first two of three", &[0x41, 2, 0, 0], true),
        kept("the first and the third", &[0x41, 2, 0, 1], true),
        kept("three of three, as some", &[0x41, 3, 0, 0, 0], false),
        kept("the fourth of three", &[0x41, 1, 3], false),
        kept("a second place beyond the third", &[0x41, 2, 0, 2], false),
        kept("four of three", &[0x41, 4, 0, 0, 0, 0], false),
        deny("a second place that leaves 64 bits", "C-30", place(1), move |case| {
            three(case, &far(2, u64::MAX));
        }),
        deny("a second place of 2^63", "C-30", place(1), move |case| three(case, &far(2, 1 << 63))),
        deny("a place of a member of 2^64 less 1", "C-30", place(2), |case| {
            case.forgery.edit(2, &OWN, &cat(&[&[0, 0x40], &uint(u64::MAX), &[0]]));
        }),
        listed("a second tool beyond the last", vec![2, 2, 0, 0, 1, 0, 0]),
        listed(
            "a second tool that leaves 64 bits",
            cat(&[&[2, 2, 0, 0], &uint(u64::MAX), &[0, 0]]),
        ),
        listed("three tools of two", vec![2, 3, 0, 0, 0, 0, 0, 0, 0]),
        fine(
            "the second tool alone beside the first",
            "C-30",
            2,
            cat(&[&[2, 1, 0, 1], &OWN]),
            cat(&[&[2, 2, 0, 1, 0, 0x40, 0], &[0, 0], &[0]]),
        ),
    ]
}

fn added() -> Vec<Row> {
    // The middle token's `search`: q exact, nothing added, no fields.
    let own = || cat(&[&[0x10], &text("filings"), &[0, 0]]);
    let with = |rest: &[u8]| cat(&[&[0x10], &text("filings"), rest]);
    let wildcard = |name: &str| cat(&[&string(name), &[0x16]]);
    let good = |name: &'static str, rest: Vec<u8>| fine(name, "C-19", 1, own(), with(&rest));
    let refused = |name: &'static str, shows: &'static str, rest: Vec<u8>| {
        bad(name, shows, 1, own(), with(&rest))
    };
    vec![
        good("two arguments added", cat(&[&[4], &wildcard("a"), &wildcard("b"), &[0]])),
        good(
            "an argument added before the parent's, others admitted",
            cat(&[&[3], &wildcard("a"), &[0]]),
        ),
        good("an optional argument added", cat(&[&[2], &string("z"), &[0x36, 0]])),
        good("an argument without a name added", cat(&[&[2], &wildcard(""), &[0]])),
        refused("arguments added in the order of UTF-16", "C-19", {
            cat(&[&[4], &wildcard("\u{10000}"), &wildcard("\u{ffff}"), &[0]])
        }),
        good("arguments added in the order of bytes", {
            cat(&[&[4], &wildcard("\u{ffff}"), &wildcard("\u{10000}"), &[0]])
        }),
        refused("no header where others are admitted", "C-17 C-2", vec![0]),
        refused("a header of more than there are", "C-19 C-2", cat(&[&[6], &wildcard("a"), &[0]])),
        refused(
            "an added argument that is inherited",
            "C-19 C-39",
            cat(&[&[2], &string("z"), &[0, 0]]),
        ),
        refused(
            "an added argument as a member",
            "C-19 C-39",
            cat(&[&[2], &string("z"), &[0x40, 0, 0]]),
        ),
        bad("a header where no others are admitted", "C-19", 2, OWN, [0, 0x40, 0, 0, 0]),
        bad("others admitted where the parent does not", "C-19", 2, OWN, [0, 0x40, 0, 1, 0]),
        bad("both arguments left out", "C-20 C-53", 2, OWN, [1, 1, 0]),
    ]
}

/// Well-formed bytes that say what no constraint may.
fn ill_formed() -> Vec<Row> {
    let root = |name: &'static str, shows: &'static str, code: &'static str, whole: Vec<u8>| {
        deny(name, shows, ("3n", code, Place::Token(0)), move |case| {
            case.forgery.edit(0, &q(&[0x16]), &q(&whole));
        })
    };
    let below = |name: &'static str, shows: &'static str, code: &'static str, whole: Vec<u8>| {
        deny(name, shows, ("4o", code, Place::Token(1)), move |case| {
            case.forgery.edit(1, &cat(&[&[0x10], &text("filings")]), &whole);
        })
    };
    let fits = |name: &'static str, whole: Vec<u8>| {
        fine(name, "C-34 M-14", 1, cat(&[&[0x10], &text("filings")]), whole)
    };
    let nested = |kind: u8, depth: usize| cat(&[&[kind, 1].repeat(depth - 1), &[0x16]]);
    let malformed = "constraint_malformed";
    vec![
        fits("all nested 32 deep", nested(0x17, 32)),
        fits("any nested 32 deep", nested(0x18, 32)),
        fits("two clauses alike", vec![0x17, 2, 0x16, 0x16]),
        below("all nested 33 deep, below", "C-34 M-14", "constraint_too_deep", nested(0x17, 33)),
        below("any nested 33 deep, below", "C-34 M-14", "constraint_too_deep", nested(0x18, 33)),
        below("one_of of nothing, below", "C-34 M-17", malformed, vec![0x12, 0]),
        below("all of nothing, below", "C-34 M-22", malformed, vec![0x17, 0]),
        below("any of nothing, below", "C-34 M-23", malformed, vec![0x18, 0]),
        below("exact of an array, below", "C-34 M-15", malformed, vec![0x10, 6, 0]),
        below("a range reversed, below", "C-34 M-16", malformed, {
            cat(&[&[0x11, 3], &integer(1), &integer(0)])
        }),
        root("one_of of nothing in all", "C-34 M-17", malformed, vec![0x17, 1, 0x12, 0]),
        root("any of nothing in all", "C-34 M-23", malformed, vec![0x17, 1, 0x18, 0]),
        root("exact of an object in any", "C-34 M-15", malformed, vec![0x18, 1, 0x10, 7, 0]),
        root("one_of of nothing, optional", "C-34 M-17", malformed, vec![0x32, 0]),
        deny(
            "exactly a member that is an array",
            "C-34 C-38 M-15",
            ("4o", malformed, Place::Token(1)),
            |case| {
                case.forgery.edit(0, &q(&[0x16]), &q(&[0x12, 1, 6, 0]));
                case.forgery.edit(1, &cat(&[&[0x10], &text("filings")]), &[0x40, 0]);
            },
        ),
        permit("a limit of one level, and no clauses", "M-14", |case| {
            case.point.params.max_constraint_depth = 1;
        }),
        deny(
            "a limit of one level, and clauses",
            "M-14",
            ("3n", "constraint_too_deep", Place::Token(0)),
            |case| {
                case.point.params.max_constraint_depth = 1;
                case.forgery.edit(0, &q(&[0x16]), &q(&[0x17, 1, 0x16]));
            },
        ),
    ]
}
