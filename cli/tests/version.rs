//! What `taper version` tells of a build. Which code is the fastest is for benches; here nothing is
//! timed but by the command itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may be blunt"
)]

mod command;

use command::Folder;
use serde_json::{Value, json};

#[test]
fn the_version_alone() {
    let folder = Folder::empty();
    let line = folder.run(&["--version"]).succeeds();
    assert_eq!(folder.run(&["version"]).succeeds(), line);
    let object: Value =
        serde_json::from_str(&folder.run(&["version", "--json"]).succeeds()).unwrap();
    assert_eq!(object, json!({ "version": env!("CARGO_PKG_VERSION") }));
}

#[test]
fn which_code_runs() {
    let folder = Folder::empty();
    let text = folder.run(&["version", "--verbose"]).succeeds();
    let object = folder.run(&["version", "--verbose", "--json"]).succeeds();
    let object: Value = serde_json::from_str(&object).unwrap();
    for (label, member) in
        [("signatures", "signatures"), ("SHA-256", "sha256"), ("SHA-512", "sha512")]
    {
        let value = object[member].as_str().unwrap();
        assert!(text.contains(&format!("  {label:<10}  {value}\n")), "{text}");
    }
    for (label, member) in [("built for", "built_for"), ("runs on", "runs_on")] {
        let level = object[member]["level"].as_str().unwrap();
        assert!(text.contains(&format!("  {label:<10}  {level}")), "{text}");
    }
    assert!(text.contains(&format!("MSRV        {}\n", env!("CARGO_PKG_RUST_VERSION"))), "{text}");
    assert_eq!(object["msrv"], env!("CARGO_PKG_RUST_VERSION"));
    assert_eq!(object["measured"], Value::Null);
}

/// The build cannot be asked which features the library has; the manifest can.
#[test]
fn the_features_are_those_of_the_manifest() {
    let manifest = include_str!("../Cargo.toml");
    let taper = manifest.lines().find(|line| line.starts_with("taper = ")).unwrap();
    // `default-features = false` would leave `std` out.
    let listed = r#"features = ["cidr", "path_containment", "pem", "url_scope"] }"#;
    assert!(taper.ends_with(listed) && !taper.contains("default"), "{taper}");
    let text = Folder::empty().run(&["version", "-v"]).succeeds();
    assert!(text.contains("features    cidr, path_containment, pem, std, url_scope\n"), "{text}");
}

/// A build for tests may well be too slow: the exit code has to say what the numbers do.
#[test]
fn measuring_judges_its_own_numbers() {
    let ran = Folder::empty().run(&["version", "--measure", "--json"]);
    let object: Value = serde_json::from_str(&ran.stdout()).unwrap();
    let number = |name: &str| object["measured"][name].as_f64().unwrap();
    let (signature, sha256, sha512) =
        (number("signature_us"), number("sha256_kib_us"), number("sha512_kib_us"));
    assert!(signature > 0.0 && sha256 > 0.0 && sha512 > 0.0);
    let too_slow = sha256.max(sha512) > signature / 2.0;
    assert_eq!(object["measured"]["too_slow"], too_slow);
    assert_eq!(ran.code(), i32::from(too_slow));
}
