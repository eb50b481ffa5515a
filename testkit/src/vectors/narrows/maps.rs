//! Maps of constraints and of tools.

use super::{Expected, File, Vector};

const A: &str = r#"{"constraint_type":"exact","value":"a"}"#;
const ANY: &str = r#"{"constraint_type":"wildcard"}"#;
const A_OPTIONAL: &str = r#"{"constraint_type":"exact","value":"a","optional":true}"#;
const ANY_OPTIONAL: &str = r#"{"constraint_type":"wildcard","optional":true}"#;

/// A title, the child's map, the parent's, and the step and code of a refusal.
type Maps = (&'static str, String, String, Option<(&'static str, &'static str, &'static str)>);

pub(super) fn arguments() -> File {
    let map = |entries: &[(&str, &str)]| {
        let entries: Vec<String> =
            entries.iter().map(|(name, text)| format!("\"{name}\":{text}")).collect();
        format!("{{{}}}", entries.join(","))
    };
    let added = Some(("4p2", "argument_added", "M-47"));
    let dropped = Some(("4p2", "required_argument_dropped", "M-48"));
    let readmitted = Some(("4p2", "argument_readmitted", "M-49"));
    let unnamed = Some(("4p2", "unnamed_added", "M-50"));
    let optional = Some(("4p3", "made_optional", "M-51"));
    let widened = Some(("4p4", "constraint_widened", "M-52"));
    let rows: Vec<Maps> = vec![
        ("the same", map(&[("x", A)]), map(&[("x", A)]), None),
        ("members in another order", map(&[("y", A), ("x", A)]), map(&[("x", A), ("y", A)]), None),
        ("a narrower constraint", map(&[("x", A)]), map(&[("x", ANY)]), None),
        ("a wider constraint", map(&[("x", ANY)]), map(&[("x", A)]), widened),
        ("an argument more", map(&[("x", A), ("y", A)]), map(&[("x", A)]), added),
        (
            "an argument more, optional",
            map(&[("x", A), ("y", A_OPTIONAL)]),
            map(&[("x", A)]),
            added,
        ),
        ("an argument in other letters", map(&[("X", A)]), map(&[("x", A)]), added),
        ("an argument composed otherwise", map(&[("\u{e9}", A)]), map(&[("e\u{301}", A)]), added),
        ("an argument by an escape", map(&[(r"\u0078", A)]), map(&[("x", A)]), None),
        ("a required argument dropped", map(&[("x", A)]), map(&[("x", A), ("y", A)]), dropped),
        (
            "a required argument dropped beside the star",
            map(&[("x", A), ("*", ANY)]),
            map(&[("x", A), ("y", A), ("*", ANY)]),
            dropped,
        ),
        (
            "an optional argument dropped",
            map(&[("x", A)]),
            map(&[("x", A), ("y", A_OPTIONAL)]),
            None,
        ),
        (
            "an optional argument dropped beside the star",
            map(&[("x", A), ("*", ANY)]),
            map(&[("x", A), ("y", A_OPTIONAL), ("*", ANY)]),
            readmitted,
        ),
        (
            "an optional argument dropped with the star",
            map(&[("x", A)]),
            map(&[("x", A), ("y", A_OPTIONAL), ("*", ANY)]),
            None,
        ),
        ("the star added", map(&[("x", A), ("*", ANY)]), map(&[("x", A)]), unnamed),
        ("the star kept", map(&[("x", A), ("*", ANY)]), map(&[("x", A), ("*", ANY)]), None),
        ("the star dropped", map(&[("x", A)]), map(&[("x", A), ("*", ANY)]), None),
        (
            "an argument that the star admitted",
            map(&[("x", A), ("y", A)]),
            map(&[("x", A), ("*", ANY)]),
            None,
        ),
        (
            "an optional argument that the star admitted",
            map(&[("x", A), ("y", ANY_OPTIONAL), ("*", ANY)]),
            map(&[("x", A), ("*", ANY)]),
            None,
        ),
        ("optional becomes required", map(&[("x", A)]), map(&[("x", A_OPTIONAL)]), None),
        ("required becomes optional", map(&[("x", A_OPTIONAL)]), map(&[("x", A)]), optional),
        (
            "required becomes optional and narrower",
            map(&[("x", A_OPTIONAL)]),
            map(&[("x", ANY)]),
            optional,
        ),
        ("optional stays optional", map(&[("x", A_OPTIONAL)]), map(&[("x", ANY_OPTIONAL)]), None),
        (
            "optional said to be false",
            map(&[("x", r#"{"constraint_type":"exact","value":"a","optional":false}"#)]),
            map(&[("x", A)]),
            None,
        ),
        ("everything below everything", "{}".into(), "{}".into(), None),
        ("everything below the star", "{}".into(), map(&[("*", ANY)]), None),
        ("the star below everything", map(&[("*", ANY)]), "{}".into(), None),
        ("a name below everything", map(&[("x", A)]), "{}".into(), None),
        ("everything below a name", "{}".into(), map(&[("x", A)]), dropped),
        ("everything below an optional name", "{}".into(), map(&[("x", A_OPTIONAL)]), readmitted),
        ("the star below the star", map(&[("*", ANY)]), map(&[("*", ANY)]), None),
        ("a name below the star", map(&[("x", A)]), map(&[("*", ANY)]), None),
        ("an optional name below the star", map(&[("x", A_OPTIONAL)]), map(&[("*", ANY)]), None),
        (
            "everything where a star stands beside a name",
            "{}".into(),
            map(&[("x", A), ("*", ANY)]),
            dropped,
        ),
        (
            "everything where a star stands beside an optional name",
            "{}".into(),
            map(&[("x", A_OPTIONAL), ("*", ANY)]),
            readmitted,
        ),
        (
            "a name that begins with a star, where the star stands",
            map(&[("x", A), ("*y", A)]),
            map(&[("x", A), ("*", ANY)]),
            None,
        ),
        (
            "a name that begins with a star, where none stands",
            map(&[("x", A), ("*y", A)]),
            map(&[("x", A)]),
            added,
        ),
        (
            "both names narrower",
            map(&[("x", A), ("y", A_OPTIONAL)]),
            map(&[("x", ANY), ("y", ANY_OPTIONAL)]),
            None,
        ),
        (
            "one name narrower, the other wider",
            map(&[("x", A), ("y", ANY_OPTIONAL)]),
            map(&[("x", ANY), ("y", A_OPTIONAL)]),
            widened,
        ),
        ("a wider optional name", map(&[("x", ANY_OPTIONAL)]), map(&[("x", A_OPTIONAL)]), widened),
        (
            "two names exchanged",
            map(&[("x", ANY), ("y", A)]),
            map(&[("x", A), ("y", ANY)]),
            widened,
        ),
        (
            "an optional name required, beside the star",
            map(&[("x", A), ("*", ANY)]),
            map(&[("x", ANY_OPTIONAL), ("*", ANY)]),
            None,
        ),
        (
            "all optional names dropped",
            map(&[("x", A)]),
            map(&[("x", A), ("y", A_OPTIONAL), ("z", ANY_OPTIONAL)]),
            None,
        ),
        ("the empty name", map(&[("", A)]), map(&[("", ANY)]), None),
        ("the empty name more", map(&[("", A), ("x", A)]), map(&[("x", A)]), added),
    ];
    let vectors = rows.into_iter().map(|(title, child, parent, refused)| {
        let (expected, shows) = match refused {
            None => (Expected::permit(), "M-26 M-47 M-49"),
            Some((step, code, shows)) => (Expected::refuse_with(step, code), shows),
        };
        Vector::new(title, expected)
            .shows(shows)
            .with("level", "arguments")
            .with("child", child)
            .with("parent", parent)
    });
    super::file("narrows/arguments", "Maps of constraints: steps 4p2 to 4p4.", vectors.collect())
}

pub(super) fn tools() -> File {
    let row = |title: &'static str,
               child: &str,
               parent: &str,
               refused: Option<(&'static str, &'static str)>| {
        let expected =
            refused.map_or(Expected::permit(), |(step, code)| Expected::refuse_with(step, code));
        Vector::new(title, expected)
            .shows("M-53 M-28")
            .with("level", "tools")
            .with("child", child)
            .with("parent", parent)
    };
    let added = Some(("4p1", "tool_added"));
    let two = r#"{"a":{"x":{"constraint_type":"wildcard"}},"b":{}}"#;
    let vectors = vec![
        row("the same tools", two, two, None),
        row("a tool dropped", r#"{"b":{}}"#, two, None),
        row("all tools dropped", "{}", two, None),
        row("nothing below nothing", "{}", "{}", None),
        row("a tool below nothing", r#"{"b":{}}"#, "{}", added),
        row("a tool more", r#"{"a":{"x":{"constraint_type":"wildcard"}},"c":{}}"#, two, added),
        row("a tool in other letters", r#"{"B":{}}"#, two, added),
        row("a tool with a space", r#"{"b ":{}}"#, two, added),
        row("a tool that is a beginning", r#"{"":{}}"#, two, added),
        row("a tool by an escape", r#"{"\u0062":{}}"#, two, None),
        row(
            "one tool's map for another's",
            r#"{"b":{"x":{"constraint_type":"wildcard"}},"a":{}}"#,
            two,
            Some(("4p2", "required_argument_dropped")),
        ),
        row(
            "the second tool wider",
            r#"{"a":{"x":{"constraint_type":"exact","value":1}},"b":{"y":{"constraint_type":"exact","value":1}}}"#,
            r#"{"a":{"x":{"constraint_type":"exact","value":1}},"b":{"y":{"constraint_type":"exact","value":2}}}"#,
            Some(("4p4", "constraint_widened")),
        ),
        row(
            "keys of all tools before constraints of any",
            r#"{"a":{"x":{"constraint_type":"wildcard"}},"b":{"y":{"constraint_type":"wildcard"}}}"#,
            r#"{"a":{"x":{"constraint_type":"exact","value":1}},"b":{"z":{"constraint_type":"wildcard","optional":true}}}"#,
            Some(("4p2", "argument_added")),
        ),
    ];
    super::file("narrows/tools", "Tools: step 4p1, and the order of 4p1 to 4p4.", vectors)
}
