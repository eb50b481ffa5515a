//! `taper vectors run`, the real binary, on suites made here with the library.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

mod made;
mod optional;

use made::*;
use serde_json::{Value, json};
use std::path::Path;
use taper::{Audience, ProofOptions};

#[test]
fn each_line_and_the_summary() {
    let folder = Folder::new("lines");
    let too_many = json!({"args": {"limit": 50}});
    let vectors = [
        vector("good", permit(), json!({})),
        vector("bad", deny("6b"), too_many.clone()),
        vector("other step", deny("7f"), too_many.clone()),
        vector("either step", deny("4o/6b"), too_many.clone()),
        vector("open step", json!({"verdict": "DENY"}), too_many.clone()),
        vector("wrong permit", deny("6b"), json!({})),
        vector("wrong deny", permit(), too_many.clone()),
        vector("any", json!({"verdict": "ANY"}), too_many),
    ];
    let path = folder.write("suite.json", &suite(&vectors).to_string());
    let (mut lines, exit) = run_json(&path);
    assert_eq!(exit, 1);
    let (counts, lines) = lines.split_last_mut().unwrap();
    for line in &mut *lines {
        // For people.
        assert!(line.as_object_mut().unwrap().remove("found").unwrap().is_string());
    }
    let denied = |id: &str, expected: &str, outcome: &str| {
        json!({"id": id, "verdict": "DENY", "step": "6b", "code": "argument_refused",
            "expected": expected, "outcome": outcome})
    };
    let permitted = |id: &str, expected: &str, outcome: &str| {
        json!({"id": id, "verdict": "PERMIT", "step": null, "code": null,
            "expected": expected, "outcome": outcome})
    };
    let expected = [
        permitted("good", "PERMIT", "right"),
        denied("bad", "DENY", "right"),
        denied("other step", "DENY", "right"),
        denied("either step", "DENY", "right"),
        denied("open step", "DENY", "right"),
        permitted("wrong permit", "DENY", "wrong_permit"),
        denied("wrong deny", "PERMIT", "wrong_deny"),
        denied("any", "ANY", "any"),
    ];
    assert_eq!(lines, expected);
    let counted = json!({"passed": 5, "wrong_permit": 1, "wrong_deny": 1, "wrong_output": 0,
        "no_answer": 0, "step_differences": 1, "code_differences": 0, "token_differences": 0,
        "any": 1});
    assert_eq!(counts, &counted);

    let text = String::from_utf8(run(&path, &[]).stdout).unwrap();
    let starts = [
        "other step: other step: expected a denial at 7f, denied at step 6b",
        "wrongly permitted: wrong permit: expected a denial at 6b, permitted",
        "wrongly denied: wrong deny: expected a permit, denied at step 6b",
        "any: any: expected anything, denied at step 6b",
        "5 passed, 1 wrongly permitted, 1 wrongly denied, 1 denied at another step, 1 without",
    ];
    assert_eq!(text.lines().count(), starts.len(), "{text}");
    for (line, start) in text.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}

/// A parsed tree would have made 10 of both.
#[test]
fn spelling_of_numbers_in_args() {
    let folder = Folder::new("spelling");
    let sent = present(&chain(Audience::Unrestricted), r#"{"limit":10}"#, &ProofOptions::default());
    let same =
        vector("same number", permit(), json!({"presentation": sent, "args": {"limit": "X"}}));
    let other =
        vector("other number", deny("6b"), json!({"presentation": sent, "args": {"limit": "Y"}}));
    let text = suite(&[same, other])
        .to_string()
        .replace(r#""X""#, "1.00e1")
        .replace(r#""Y""#, "10.00000000000000000001");
    let (lines, exit) = run_json(&folder.write("suite.json", &text));
    assert_eq!((lines.len(), exit), (3, 0), "{lines:?}");
    assert_eq!(lines[2]["step_differences"], 0);
}

#[test]
fn a_folder_is_read_in_order() {
    let folder = Folder::new("folder");
    folder.write("b.json", &suite(&[vector("3", permit(), json!({}))]).to_string());
    folder.write("a/z.json", &suite(&[vector("2", permit(), json!({}))]).to_string());
    folder.write("a/b.json", &suite(&[vector("1", permit(), json!({}))]).to_string());
    folder.write("a/ignored.txt", "");
    let (lines, exit) = run_json(&folder.0);
    let ids: Vec<&Value> = lines.iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, [&json!("1"), &json!("2"), &json!("3"), &Value::Null]);
    assert_eq!((lines[3]["passed"].as_u64(), exit), (Some(3), 0));
}

#[test]
fn unreadable_input_is_no_verdict() {
    let folder = Folder::new("unreadable");
    let good = vector("good", permit(), json!({}));
    let without = |member: &str| {
        let mut vector = vector("bad", permit(), json!({}));
        vector.as_object_mut().unwrap().remove(member);
        suite(&[vector, good.clone()]).to_string()
    };
    let mut no_now = suite(&[vector("bad", permit(), json!({}))]);
    no_now["params"] = json!({});
    for (name, text, says) in [
        ("text", "vectors".into(), "not a suite of vectors: "),
        ("list", "[]".into(), "not a suite of vectors: "),
        ("tool", without("tool"), "vector \"bad\": missing field `tool`"),
        ("args", without("args"), "vector \"bad\": neither `args` nor `args_json`"),
        ("presentation", without("presentation"), "vector \"bad\": neither `presentation`"),
        ("expected", without("expected"), "vector \"bad\": missing field `expected`"),
        ("id", without("id"), "vector \"#1\": missing field `id`"),
        ("now", no_now.to_string(), "vector \"bad\": no `now`"),
    ] {
        let path = folder.write(&format!("{name}.json"), &text);
        let output = run(&path, &["--json"]);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        let start = format!("error: {}: {says}", path.display());
        assert!(complaint.starts_with(&start), "{complaint}");
    }
    assert_eq!(run(&folder.0.join("absent.json"), &[]).status.code(), Some(2));
}

/// The draft author's published suite, where it is at hand.
#[test]
fn published_suite() {
    let Some(path) = std::env::var_os("TAPER_AAT02_VECTORS") else {
        return;
    };
    let (lines, exit) = run_json(Path::new(&path));
    let summary = json!({"passed": 115, "wrong_permit": 0, "wrong_deny": 0, "wrong_output": 0,
        "no_answer": 0, "step_differences": 0, "code_differences": 0, "token_differences": 0,
        "any": 0});
    assert_eq!((lines.last(), exit), (Some(&summary), 0));
}

/// This project's vectors, by their default place: every particular is as they say.
#[test]
fn our_vectors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_taper"));
    let output = command.args(["vectors", "run"]).current_dir(root).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with(" passed, 0 wrongly permitted, 0 wrongly denied\n"), "{text}");
    assert_eq!((text.lines().count(), output.status.code()), (1, Some(0)), "{text}");
    let output = command.current_dir(root.join("src")).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "no vectors here");
}
