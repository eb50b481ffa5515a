//! `taper guard`, `hold`, `log` and `doctor` become the gateway's program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may be blunt")]

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

#[test]
fn they_run_the_program_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let taper = folder.path().join("taper");
    fs::copy(env!("CARGO_BIN_EXE_taper"), &taper).unwrap();
    let run = |name: &str| {
        let arguments = [name, "--listen", "x y", "--help", "--", "server", "--stdio"];
        Command::new(&taper).args(arguments).env("PATH", "/nowhere").output().unwrap()
    };
    let missing = run("guard");
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("not installed"));

    let gateway = folder.path().join("taper-gateway");
    fs::write(&gateway, "#!/bin/sh\nfor one; do echo \"<$one>\"; done\nexit 7\n").unwrap();
    fs::set_permissions(&gateway, fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["guard", "hold", "log", "doctor"] {
        let ran = run(name);
        assert_eq!(ran.status.code(), Some(7));
        let expected =
            format!("<{name}>\n<--listen>\n<x y>\n<--help>\n<-->\n<server>\n<--stdio>\n");
        assert_eq!(String::from_utf8(ran.stdout).unwrap(), expected);
    }
}
