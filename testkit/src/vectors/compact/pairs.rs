//! A constraint below another of each type, in the form that is the first to apply (section 7).

use super::{CompactCase, Row, deny, permit};
use crate::{
    CompactForgery, Forgery,
    compact::constraint::{Entry, change},
};
use taper::{Place, Value};

const WIDENED: (&str, &str, Place) = ("4p4", "constraint_widened", Place::Token(1));
const OPTIONAL: (&str, &str, Place) = ("4p3", "made_optional", Place::Token(1));
const MALFORMED: (&str, &str, Place) = ("4b", "compact_malformed", Place::Token(1));

/// A name, the parent's constraint, the child's, whether that is narrower, and the requirement.
type Pair = (&'static str, &'static str, &'static str, bool, &'static str);

const EXACT: &str = r#""constraint_type":"exact","value""#;
const ONE_OF: &str = r#""constraint_type":"one_of","values""#;
const NOT: &str = r#""constraint_type":"not_one_of","excluded""#;
const CONTAINS: &str = r#""constraint_type":"contains","required""#;
const SUBSET: &str = r#""constraint_type":"subset","allowed""#;
const RANGE: &str = r#""constraint_type":"range""#;
const ALL: &str = r#""constraint_type":"all","constraints""#;
const ANY: &str = r#""constraint_type":"any","constraints""#;
const WILDCARD: &str = r#""constraint_type":"wildcard""#;

/// `$E` and so on stand for the constants above.
const PAIRS: [Pair; 62] = [
    ("exact, the same", "$E:1", "$E:1", true, "M-34 C-45"),
    ("exact, another", "$E:1", "$E:2", false, "M-34"),
    ("exact, another type of value", "$E:1", r#"$E:"1""#, false, "M-34"),
    ("exact, one_of of it", "$E:1", "$O:[1]", false, "M-45"),
    ("range, the same", "$R,\"min\":1,\"max\":9", "$R,\"min\":1,\"max\":9", true, "M-35 C-45"),
    ("range, tighter", "$R,\"min\":1,\"max\":9", "$R,\"min\":2,\"max\":8", true, "M-35"),
    ("range, wider", "$R,\"min\":1,\"max\":9", "$R,\"min\":1,\"max\":9.5", false, "M-35"),
    ("range, without the minimum", "$R,\"min\":1,\"max\":9", "$R,\"max\":9", false, "M-35"),
    ("range, a bound more", "$R,\"max\":9", "$R,\"min\":1,\"max\":9", true, "M-35"),
    ("range, made exclusive", "$R,\"max\":9", "$R,\"max\":9,\"max_inclusive\":false", true, "M-46"),
    (
        "range, made inclusive",
        "$R,\"max\":9,\"max_inclusive\":false",
        "$R,\"max\":9",
        false,
        "M-46",
    ),
    ("range, a number within", "$R,\"max\":9", "$E:9", true, "M-36"),
    ("range, a number outside", "$R,\"max\":9", "$E:9.5", false, "M-36"),
    ("range, a text", "$R,\"max\":9", r#"$E:"9""#, false, "M-36"),
    ("range without bounds, the same", "$R", "$R", true, "M-35 C-45"),
    ("range without bounds, wildcard", "$R", "$W", false, "M-45"),
    ("one_of, the same", "$O:[1,2]", "$O:[2,1]", true, "M-37 C-45"),
    ("one_of, the first", "$O:[1,2,3]", "$O:[1]", true, "M-37 C-38"),
    ("one_of, the first and the last", "$O:[1,2,3]", "$O:[3,1]", true, "M-37 C-30"),
    ("one_of, the last two", "$O:[1,2,3]", "$O:[2,3]", true, "M-37 C-30"),
    ("one_of, one more", "$O:[1,2]", "$O:[1,2,3]", false, "M-37"),
    ("one_of, another", "$O:[1,2]", "$O:[1,3]", false, "M-37"),
    ("one_of, exactly the first", "$O:[1,2]", "$E:1", true, "M-38 C-38"),
    ("one_of, exactly the last", "$O:[1,2]", "$E:2", true, "M-38 C-38"),
    ("one_of, exactly the only one", "$O:[1]", "$E:1", true, "M-38 C-38"),
    ("one_of, exactly another", "$O:[1,2]", "$E:3", false, "M-38"),
    ("one_of of arrays, some", "$O:[[1],[2],{}]", "$O:[[2]]", true, "M-37"),
    ("one_of, subset of the same", "$O:[1,2]", "$S:[1,2]", false, "M-45"),
    ("one_of, wildcard", "$O:[1,2]", "$W", false, "M-45"),
    ("not_one_of, the same", "$N:[1]", "$N:[1]", true, "M-39 C-45"),
    ("not_one_of, more", "$N:[2]", "$N:[1,2,3]", true, "M-39 C-38"),
    ("not_one_of, fewer", "$N:[1,2]", "$N:[1]", false, "M-39"),
    ("not_one_of, others", "$N:[1,2]", "$N:[1,3]", false, "M-39"),
    ("not_one_of of nothing, more", "$N:[]", "$N:[null]", true, "M-39"),
    ("not_one_of, one_of of others", "$N:[1]", "$O:[2]", false, "M-45"),
    ("contains, the same", "$C:[1]", "$C:[1]", true, "M-40 C-45"),
    ("contains, more", "$C:[1]", "$C:[1,\"a\"]", true, "M-40 C-38"),
    ("contains, fewer", "$C:[1,2]", "$C:[2]", false, "M-40"),
    ("contains of nothing, more", "$C:[]", "$C:[[]]", true, "M-40"),
    ("contains, subset", "$C:[1]", "$S:[1]", false, "M-45"),
    ("subset, the same", "$S:[1,2]", "$S:[1,2]", true, "M-41 C-45"),
    ("subset, some", "$S:[1,2,3]", "$S:[1,3]", true, "M-41 C-30"),
    ("subset, nothing", "$S:[1,2]", "$S:[]", true, "M-41 C-40"),
    ("subset, more", "$S:[1,2]", "$S:[1,2,3]", false, "M-41"),
    ("subset, exactly a member", "$S:[1,2]", "$E:1", false, "M-45"),
    ("wildcard, the same", "$W", "$W", true, "M-44 C-45"),
    ("wildcard, exact", "$W", "$E:null", true, "M-44"),
    ("wildcard, range", "$W", "$R,\"min\":0", true, "M-44"),
    ("wildcard, one_of", "$W", "$O:[null,{}]", true, "M-44"),
    ("wildcard, any", "$W", "$Y:[{$W},{$W}]", true, "M-44"),
    ("all, the same", "$A:[{$W},{$R}]", "$A:[{$W},{$R}]", true, "M-42 C-45"),
    ("all, in another order", "$A:[{$W},{$R}]", "$A:[{$R},{$W}]", true, "M-42 C-45"),
    ("all, one clause more", "$A:[{$W}]", "$A:[{$W},{$E:1}]", true, "M-42"),
    ("all, one clause for two", "$A:[{$W},{$O:[1,2]}]", "$A:[{$E:1}]", true, "M-42"),
    ("all, a clause missing", "$A:[{$R},{$O:[\"a\"]}]", "$A:[{$R}]", false, "M-42"),
    ("all, one of its clauses", "$A:[{$W}]", "$W", false, "M-45"),
    ("any, the same", "$Y:[{$E:1},{$E:2}]", "$Y:[{$E:1},{$E:2}]", true, "M-43 C-45"),
    ("any, in another order", "$Y:[{$E:1},{$E:2}]", "$Y:[{$E:2},{$E:1}]", true, "M-43 C-45"),
    ("any, one clause", "$Y:[{$E:1},{$O:[2,3]}]", "$Y:[{$E:3}]", true, "M-43"),
    ("any, a clause more", "$Y:[{$E:1}]", "$Y:[{$E:1},{$E:2}]", false, "M-43"),
    ("any, exactly one", "$Y:[{$E:1}]", "$E:1", false, "M-45"),
    ("any, all of the same", "$Y:[{$E:1}]", "$A:[{$E:1}]", false, "M-45"),
];

fn json(short: &str, optional: bool) -> String {
    let names = [
        ("$E", EXACT),
        ("$O", ONE_OF),
        ("$N", NOT),
        ("$C", CONTAINS),
        ("$S", SUBSET),
        ("$R", RANGE),
        ("$A", ALL),
        ("$Y", ANY),
        ("$W", WILDCARD),
    ];
    let long = names.iter().fold(short.to_owned(), |text, (name, of)| text.replace(name, of));
    format!("{{{long}{}}}", if optional { r#","optional":true"# } else { "" })
}

/// Puts one constraint below the other: the argument `q` of `search`, in the root and in the
/// middle token.
fn put(case: &mut CompactCase, above: &str, below: &str) {
    let mut jws = Forgery::good();
    jws.tokens[0].edit(&format!("\"q\":{{{WILDCARD}}}"), &format!("\"q\":{above}"));
    jws.tokens[1].edit(&format!("{{{EXACT}:\"filings\"}}"), below);
    case.forgery = CompactForgery::of_jws(&jws.present()).unwrap();
}

fn entry(json: &str) -> Entry {
    Entry::new(&Value::from_json(json.as_bytes()).unwrap()).unwrap()
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![];
    for (name, above, below, narrower, shows) in PAIRS {
        let (above, below) = (json(above, false), json(below, false));
        rows.extend(pair(name, shows, &above, &below, if narrower { None } else { Some(WIDENED) }));
    }
    rows.extend(optional());
    rows
}

/// The pair as it is to be written; and where the child's is told against the parent's, told by
/// itself, which must be refused.
fn pair(
    name: &str,
    shows: &'static str,
    above: &str,
    below: &str,
    expected: Option<(&'static str, &'static str, Place)>,
) -> Vec<Row> {
    let (own, whole) = (change(&entry(above), Some(&entry(below))), entry(below).by_itself());
    let (above, below) = (above.to_owned(), below.to_owned());
    let (first, second) = ((above.clone(), below.clone()), (above, below));
    let write = move |case: &mut CompactCase| put(case, &first.0, &first.1);
    let mut rows = vec![match expected {
        None => permit(name, shows, write),
        Some(expected) => deny(name, shows, expected, write),
    }];
    if own != whole {
        let name = format!("{name}, told by itself");
        rows.push(deny(name, "C-45 C-42", MALFORMED, move |case| {
            put(case, &second.0, &second.1);
            let body = &mut case.forgery.tokens[1].body;
            // After the change come: no arguments added, and no fields.
            let at = body.len() - own.len() - 2;
            assert_eq!(body[at..], [&own[..], &[0, 0]].concat());
            body.splice(at.., [&whole[..], &[0, 0]].concat());
        }));
    }
    rows
}

fn optional() -> Vec<Row> {
    let mut rows = vec![];
    for (name, above, below) in [
        ("the same", "$O:[1,2]", "$O:[1,2]"),
        ("a member", "$O:[1,2]", "$E:2"),
        ("fewer members", "$O:[1,2]", "$O:[2]"),
        ("more members", "$N:[1]", "$N:[1,2]"),
        ("told by itself", "$R", "$E:1"),
    ] {
        for (of, from, to, expected) in [
            ("optional, still optional", true, true, None),
            ("optional, now required", true, false, None),
            ("required, now optional", false, true, Some(OPTIONAL)),
        ] {
            let name = format!("{name}: {of}");
            rows.extend(pair(&name, "C-38 M-51", &json(above, from), &json(below, to), expected));
        }
    }
    rows
}
