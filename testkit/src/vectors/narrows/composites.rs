//! `all` and `any`, to the third level and beyond.

use super::{File, vector};

fn exact(value: &str) -> String {
    format!(r#"{{"constraint_type":"exact","value":{value}}}"#)
}

fn one_of(values: &str) -> String {
    format!(r#"{{"constraint_type":"one_of","values":{values}}}"#)
}

fn not(excluded: &str) -> String {
    format!(r#"{{"constraint_type":"not_one_of","excluded":{excluded}}}"#)
}

fn contains(required: &str) -> String {
    format!(r#"{{"constraint_type":"contains","required":{required}}}"#)
}

fn subset(allowed: &str) -> String {
    format!(r#"{{"constraint_type":"subset","allowed":{allowed}}}"#)
}

fn range(min: i32, max: i32) -> String {
    format!(r#"{{"constraint_type":"range","min":{min},"max":{max}}}"#)
}

fn wildcard() -> String {
    r#"{"constraint_type":"wildcard"}"#.into()
}

fn all<const N: usize>(clauses: [String; N]) -> String {
    format!(r#"{{"constraint_type":"all","constraints":[{}]}}"#, clauses.join(","))
}

fn any<const N: usize>(clauses: [String; N]) -> String {
    format!(r#"{{"constraint_type":"any","constraints":[{}]}}"#, clauses.join(","))
}

/// A title, the child, the parent, and whether the child narrows.
type Row = (&'static str, String, String, bool);

/// Every clause above has to be narrowed by some clause below.
fn of_all() -> Vec<Row> {
    let one = || exact("1");
    let few = || range(1, 2);
    let not_a = || not(r#"["a"]"#);
    let (a, ab) = (r#"["a"]"#, r#"["a","b"]"#);
    vec![
        ("the same", all([few()]), all([few()]), true),
        ("a clause narrower", all([one()]), all([few()]), true),
        ("a clause wider", all([few()]), all([one()]), false),
        ("a clause that is a wildcard", all([wildcard()]), all([few()]), false),
        ("any clause below a wildcard", all([few()]), all([wildcard()]), true),
        ("one clause below two wildcards", all([few()]), all([wildcard(), wildcard()]), true),
        ("two wildcards below a clause", all([wildcard(), wildcard()]), all([few()]), false),
        ("a clause more", all([few(), not_a()]), all([few()]), true),
        ("a clause more that is wider", all([one(), wildcard()]), all([few()]), true),
        ("a clause fewer", all([few()]), all([few(), not_a()]), false),
        ("in another order", all([not_a(), few()]), all([few(), not_a()]), true),
        (
            "each clause narrower, in another order",
            all([not(ab), one()]),
            all([few(), not_a()]),
            true,
        ),
        ("each but one narrower", all([not("[]"), one()]), all([few(), not_a()]), false),
        ("one clause for two above", all([one()]), all([few(), range(0, 9)]), true),
        ("one clause for one of two above", all([exact("5")]), all([few(), range(0, 9)]), false),
        ("a clause twice", all([few(), few()]), all([few()]), true),
        ("a clause twice above", all([few()]), all([few(), few()]), true),
        ("arrays", all([subset(a), contains(a)]), all([contains(a), subset(ab)]), true),
        ("arrays, one kind left out", all([contains(ab)]), all([contains(a), subset(ab)]), false),
        (
            "values by other spellings",
            all([exact("1.0"), not(r#"["\u0061"]"#)]),
            all([not_a(), exact("1")]),
            true,
        ),
        (
            "no value satisfies the child, and a clause narrows",
            all([one(), exact("2")]),
            all([few()]),
            true,
        ),
        (
            "no value satisfies the child, and no clause narrows",
            all([one(), exact("2")]),
            all([exact("3")]),
            false,
        ),
        ("together they are as narrow", all([range(1, 9), range(0, 2)]), all([few()]), false),
        ("below its only clause", all([few()]), few(), false),
        ("its only clause below it", few(), all([few()]), false),
        ("below one of its clauses", all([few(), not_a()]), few(), false),
        ("exact below all of itself", one(), all([one()]), false),
        ("below any of the same", all([few()]), any([few()]), false),
        ("below a wildcard", all([few()]), wildcard(), true),
        ("a wildcard below all of wildcard", wildcard(), all([wildcard()]), false),
    ]
}

/// Every clause below has to narrow some clause above.
fn of_any() -> Vec<Row> {
    let one = || exact("1");
    let few = || range(1, 2);
    let (a, b, c) = (exact(r#""a""#), exact(r#""b""#), exact(r#""c""#));
    let (a, b, c) = (|| a.clone(), || b.clone(), || c.clone());
    let ab = || one_of(r#"["a","b"]"#);
    vec![
        ("the same", any([few()]), any([few()]), true),
        ("a clause narrower", any([one()]), any([few()]), true),
        ("a clause wider", any([few()]), any([one()]), false),
        ("a clause fewer", any([a()]), any([a(), b()]), true),
        ("a clause more", any([a(), b()]), any([a()]), false),
        ("in another order", any([b(), a()]), any([a(), b()]), true),
        ("a clause twice", any([a(), a()]), any([a()]), true),
        ("a clause twice above", any([a()]), any([a(), a()]), true),
        ("two clauses inside one above", any([a(), b()]), any([ab()]), true),
        ("two clauses inside one above, one outside", any([a(), c()]), any([ab()]), false),
        ("each clause inside another", any([a(), one()]), any([few(), ab()]), true),
        ("each clause but one inside another", any([c(), one()]), any([few(), ab()]), false),
        ("one clause that two above share", any([ab()]), any([a(), b()]), false),
        ("a range that two above share", any([range(1, 4)]), any([few(), range(2, 4)]), false),
        ("a wildcard", any([wildcard()]), any([few()]), false),
        ("a wildcard below one of two", any([wildcard()]), any([few(), wildcard()]), true),
        ("anything below a wildcard clause", any([a(), few()]), any([wildcard()]), true),
        ("values by other spellings", any([exact("1.0")]), any([exact("10e-1")]), true),
        ("below its only clause", any([few()]), few(), false),
        ("its only clause below it", few(), any([few()]), false),
        ("exact below any of itself", a(), any([a()]), false),
        ("exact below any of it and another", a(), any([a(), b()]), false),
        ("one_of below any of its values", ab(), any([a(), b()]), false),
        ("any of values below one_of", any([a(), b()]), ab(), false),
        ("below all of the same", any([few()]), all([few()]), false),
        ("below a wildcard", any([few()]), wildcard(), true),
    ]
}

fn nested() -> Vec<Row> {
    let one = || exact("1");
    let few = || range(1, 2);
    let not_a = || not(r#"["a"]"#);
    let (a, b, c) = (exact(r#""a""#), exact(r#""b""#), exact(r#""c""#));
    let (a, b, c) = (|| a.clone(), || b.clone(), || c.clone());
    let ab = || one_of(r#"["a","b"]"#);
    vec![
        ("all of any, narrower", all([any([one()])]), all([any([few()])]), true),
        ("all of any, wider", all([any([few()])]), all([any([one()])]), false),
        ("all of any, an alternative fewer", all([any([a()])]), all([any([a(), b()])]), true),
        ("all of any, an alternative more", all([any([a(), b()])]), all([any([a()])]), false),
        ("all of any, another alternative", all([any([a(), c()])]), all([any([a(), b()])]), false),
        ("all of two any below one", all([any([a()]), any([c()])]), all([any([a(), b()])]), true),
        (
            "all of one any below two",
            all([any([a()])]),
            all([any([a(), b()]), any([a(), c()])]),
            true,
        ),
        (
            "all of one any below one of two",
            all([any([b()])]),
            all([any([a(), b()]), any([a(), c()])]),
            false,
        ),
        ("all of any of wildcard", all([any([wildcard()])]), all([any([few()])]), false),
        ("any of all, narrower", any([all([one(), not_a()])]), any([all([few()])]), true),
        ("any of all, a clause fewer", any([all([few()])]), any([all([few(), not_a()])]), false),
        (
            "any of all, each inside another",
            any([all([one()]), all([a()])]),
            any([all([ab()]), all([few()])]),
            true,
        ),
        (
            "any of all, one outside",
            any([all([one()]), all([c()])]),
            any([all([ab()]), all([few()])]),
            false,
        ),
        (
            "any of all, an alternative more",
            any([all([few(), not_a()]), all([ab()])]),
            any([all([few()])]),
            false,
        ),
        (
            "any of all and a plain one",
            any([all([one()]), a()]),
            any([ab(), all([range(0, 9)])]),
            true,
        ),
        ("all of all, narrower", all([all([one()])]), all([all([few()])]), true),
        ("all of all, wider", all([all([few()])]), all([all([one()])]), false),
        ("all of all below all", all([all([one()])]), all([few()]), false),
        ("all below all of all", all([few()]), all([all([few()])]), false),
        ("all of all below a wildcard clause", all([all([few()])]), all([wildcard()]), true),
        ("any of any, narrower", any([any([a()])]), any([any([a(), b()])]), true),
        ("any of any, wider", any([any([a(), b()])]), any([any([a()])]), false),
        ("any of any below any", any([any([a()])]), any([a()]), false),
        ("any below any of any", any([a()]), any([any([a()])]), false),
        ("all of any below any of all", all([any([a()])]), any([all([a()])]), false),
        ("any of all below all of any", any([all([a()])]), all([any([a()])]), false),
        ("four levels, narrower", all([any([all([one()])])]), all([any([all([few()])])]), true),
        ("four levels, wider", all([any([all([few()])])]), all([any([all([one()])])]), false),
        (
            "four levels, a clause more at the bottom",
            any([all([any([few()]), not_a()])]),
            any([all([any([few(), ab()])])]),
            true,
        ),
        (
            "four levels, an alternative more at the bottom",
            any([all([any([few(), c()])])]),
            any([all([any([few(), ab()])])]),
            false,
        ),
        (
            "in another order at every level",
            any([all([b(), a()]), all([any([few(), one()])])]),
            any([all([any([one(), few()])]), all([a(), b()])]),
            true,
        ),
        (
            "values deep inside by other spellings",
            all([any([one_of(r#"[{"y":1.0,"x":["\u0061"]}]"#)])]),
            all([any([one_of(r#"[{"x":["a"],"y":1e0},2]"#)])]),
            true,
        ),
    ]
}

pub(super) fn file() -> File {
    let mut vectors = vec![];
    for (group, rows, shows) in
        [("all", of_all(), "M-42"), ("any", of_any(), "M-43"), ("nested", nested(), "M-42 M-43")]
    {
        for (title, child, parent, yes) in rows {
            let kind = |text: &str| text.split('"').nth(3).map(str::to_owned);
            let shows = match (kind(&parent).as_deref(), kind(&child)) {
                (Some("wildcard"), _) => "M-44",
                (above, below) if above != below.as_deref() => "M-45",
                _ => shows,
            };
            let title = format!("{group}: {title}");
            vectors.push(vector(title, "constraint", &child, &parent, yes).shows(shows));
        }
    }
    super::file(
        "narrows/composites",
        "Clauses in `all` and `any`, and in each other: clauses are only compared with clauses at \
         the same nesting.",
        vectors,
    )
}
