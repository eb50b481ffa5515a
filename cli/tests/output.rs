//! How the command writes: colour, closed pipes, help, the manual.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may be blunt"
)]

mod command;

use command::{CALL, Folder, verify};
use std::process::Stdio;

#[test]
fn colour_is_for_terminals() {
    let folder = Folder::new();
    folder.prove();
    let args = verify(&["--args", CALL, "--presentation", "sent.json"]);
    let run = |more: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(&[&args[..], more].concat());
        let output = command.envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!run(&[], &[]));
    assert!(run(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(run(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!run(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&["--json"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_closed_pipe_is_quiet_and_keeps_the_verdict() {
    let folder = Folder::new();
    folder.prove();
    let denied = verify(&["--args", "{}", "--presentation", "sent.json"]);
    for (args, code) in [(&["man"][..], 0), (&["completions", "bash"], 0), (&denied, 1)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = folder.command(args).stdout(Stdio::from(writer)).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }
}

#[test]
fn the_manual_and_the_completions_render() {
    let folder = Folder::empty();
    assert!(folder.run(&["man"]).succeeds().contains(".TH taper 1"));
    let page = folder.run(&["man", "verify"]).succeeds();
    assert!(page.contains("anchor") && page.contains("replay"));
    folder.run(&["man", "key", "new"]).succeeds();
    assert_eq!(folder.run(&["man", "nothing"]).fails(), "there is no command `nothing`");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(folder.run(&["completions", shell]).succeeds().contains("taper"), "{shell}");
    }
}

#[test]
fn help_and_version() {
    let folder = Folder::empty();
    assert_eq!(
        folder.run(&["--version"]).succeeds(),
        concat!("taper ", env!("CARGO_PKG_VERSION"), "\n")
    );
    for command in ["key", "issue", "derive", "prove", "verify"] {
        assert!(folder.run(&[command, "--help"]).succeeds().contains("Usage: taper"));
    }
    let bare = folder.run(&[]);
    assert_eq!((bare.code(), bare.stdout().as_str()), (2, ""));
}
