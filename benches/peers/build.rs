//! Passes on what the results have to name: the compiler, its flags and the target.

use std::{env, process::Command};

fn main() {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().replace('\x1f', " ");
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .unwrap_or_default();
    println!("cargo::rustc-env=PEERS_RUSTFLAGS={flags}");
    println!("cargo::rustc-env=PEERS_RUSTC={}", version.trim());
    println!("cargo::rerun-if-changed=build.rs");
}
