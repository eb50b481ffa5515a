//! Two seconds of load: the counts hold. Nothing is timed.
#![allow(clippy::unwrap_used, reason = "tests may be blunt")]

use std::{path::Path, process::Command};

fn run(options: &[&str]) {
    let load = Path::new(env!("CARGO_BIN_EXE_taper-load"));
    let guard = load.with_file_name(format!("taper-gateway{}", std::env::consts::EXE_SUFFIX));
    // Another package's program, which tests of the whole workspace build.
    assert!(guard.exists(), "run `cargo build -p taper-gateway` first");
    let mut run = Command::new(load);
    run.args(["--seconds", "2", "--connections", "8"]).args(options);
    let run = run.arg("--guard").arg(guard).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    println!("{said}");
    let failed = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success(), "{options:?}\n{said}{failed}");
    assert!(said.contains("lost 0, twice 0, forbidden but through 0"), "{said}");
    assert!(said.contains("argument_refused"), "{said}");
    assert!(said.contains("proof_replayed"), "{said}");
}

#[test]
fn one_guard() {
    run(&[]);
    run(&["--profile", "compact", "--depth", "1"]);
}

#[test]
fn two_guards_share_a_redis() {
    run(&["--guards", "2", "--redis"]);
}
