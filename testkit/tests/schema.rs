//! `test-vectors/schema.json` describes every file of vectors, and refuses what is no such file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use jsonschema::Validator;
use serde_json::{Value, json};
use std::{fs, path::Path};
use taper_testkit::vectors;

/// What is done to a file.
type Break = fn(&mut Value);

fn schema() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/schema.json");
    let text = fs::read_to_string(path).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn files() -> impl Iterator<Item = (&'static str, Value)> {
    vectors::files()
        .into_iter()
        .map(|file| (file.group, serde_json::from_str(&file.json()).unwrap()))
}

#[test]
fn every_file_is_as_described() {
    let schema = schema();
    let mut wrong = vec![];
    for (group, file) in files() {
        for error in schema.iter_errors(&file).take(3) {
            wrong.push(format!("{group} at {}: {error:.300}", error.instance_path()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_such_file_is_refused() {
    let schema = schema();
    let breaks: [(&str, Break); 12] = [
        ("no format", |file| drop(file.as_object_mut().unwrap().remove("format"))),
        ("another format", |file| file["format"] = json!(2)),
        ("an unknown operation", |file| file["operation"] = json!("guess")),
        ("a member more", |file| file["note"] = json!("x")),
        ("no vectors", |file| file["vectors"] = json!([])),
        ("no expectation", |file| {
            drop(file["vectors"][0].as_object_mut().unwrap().remove("expected"))
        }),
        ("no requirement", |file| file["vectors"][0]["requirements"] = json!([])),
        ("a verdict in small letters", |file| {
            file["vectors"][0]["expected"]["verdict"] = json!("permit")
        }),
        ("a step that is none", |file| file["vectors"][0]["expected"]["step"] = json!("9z")),
        ("an input more", |file| file["vectors"][0]["hint"] = json!(1)),
        ("a number as the title", |file| file["vectors"][0]["title"] = json!(1)),
        ("no id", |file| drop(file["vectors"][0].as_object_mut().unwrap().remove("id"))),
    ];
    for (group, file) in files() {
        for (title, change) in breaks {
            let mut broken = file.clone();
            change(&mut broken);
            assert!(!schema.is_valid(&broken), "{group} with {title} is valid");
        }
    }
}
