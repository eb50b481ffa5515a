//! `taper demo`, the real binary.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use serde_json::Value;
use std::process::{Command, Output, Stdio};

/// The steps at which the ten attacks fail, in the order told.
const STEPS: [&str; 10] = ["7i", "7b", "7f", "6b", "7d", "4p4", "4p1", "4h", "4b", "3b"];

fn demo(more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_taper")).arg("demo").args(more).output().unwrap()
}

fn json(more: &[&str]) -> Value {
    let output = demo(&[more, &["--json"]].concat());
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_permit_and_ten_denials() {
    let output = demo(&[]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("gateway permits it, offline"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colour when nobody looks: {text}");
    let denials = text.lines().filter_map(|line| line.strip_prefix("denied "));
    let steps: Vec<&str> = denials.filter_map(|rest| rest.split(' ').next()).collect();
    assert_eq!(steps, STEPS, "{text}");

    let told = json(&[]);
    assert_eq!(told["call"], "permit");
    let attacks = told["attacks"].as_array().unwrap();
    let steps: Vec<&str> = attacks.iter().filter_map(|attack| attack["step"].as_str()).collect();
    assert_eq!(steps, STEPS);
    for attack in attacks {
        assert_eq!(attack["verdict"], "deny", "{attack}");
        assert!(attack["code"].is_string() && attack["message"].is_string(), "{attack}");
    }
}

/// The sizes that the README states, as bounds: a quarter at three hops, less at eight.
#[test]
fn the_compact_profile_is_small() {
    let sizes = json(&["--sizes"]);
    let of = |hops: &str, member: &str| sizes[hops][member].as_f64().unwrap();
    let ratio = |hops| of(hops, "compact_chars") / of(hops, "jws_chars");
    assert!(ratio("three_hops") <= 0.26, "{sizes}");
    assert!(ratio("eight_hops") < ratio("three_hops"), "{sizes}");
    assert!(of("eight_hops", "compact_chars") < 2048.0, "{sizes}");
    assert!(of("three_hops", "compact_bytes") * 1.35 > of("three_hops", "compact_chars"));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_taper"))
        .arg("demo")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
