//! `taper-gateway log` on what a guard has written, and on what was made of that.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod support;

use std::{fs, path::Path, process::Command};
use support::{Guard, Record, call, chain, request};
use taper_gateway::{Entry, Log, Verdict};

/// Runs `taper-gateway log` in a folder: the exit code, and what it says.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper-gateway"));
    let ran = command.arg("log").args(arguments).current_dir(folder).output().unwrap();
    let text = [ran.stdout, ran.stderr].concat();
    (ran.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// What `verify` gives as the last hash.
fn last_hash(told: &str) -> String {
    let (_, rest) = told.split_once("last hash ").unwrap();
    rest.chars().take_while(|one| !",\n".contains(*one)).collect()
}

/// The log of a guard that was asked five things, and started again after three of them.
fn written(folder: &Path) -> String {
    let record = Record::new(folder);
    let (_server, url) = record.http_server("json");
    let path = folder.join("decisions.log");
    let start = || Guard::start(folder, &["--upstream", &url, "--log", path.to_str().unwrap()]);
    let chain = chain();
    let guard = start();
    let (first, _) = call(&chain, 1, "search", r#"{"q":1}"#);
    assert_eq!(guard.post(&first).status, 200);
    assert_eq!(guard.post(&first).denied(), "proof_replayed");
    let (other, _) = call(&chain, 2, "read_file", r#"{"path":"/data/c"}"#);
    assert_eq!(guard.post(&other).denied(), "argument_refused");
    drop(guard);
    let guard = start();
    let (other, _) = call(&chain, 3, "delete\\u001b[2J", "{}");
    assert_eq!(guard.post(&other).denied(), "tool_not_authorized");
    assert_eq!(guard.post(&request(4, "resources/list", "{}")).denied(), "method_not_allowed");
    drop(guard);
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_log_is_as_it_was_written_or_the_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = written(folder.path());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    let verify = |text: &str, more: &[&str]| {
        fs::write(folder.path().join("copy.log"), text).unwrap();
        run(folder.path(), &[&["verify", "copy.log"], more].concat())
    };
    let (code, told) = verify(&text, &[]);
    assert_eq!(code, 0, "{told}");
    let last = last_hash(&told);
    assert_eq!(told, format!("copy.log: 5 entries, last hash {last}\n"));
    assert_eq!(verify(&text, &["--expect", &last]).0, 0);

    let with = |edit: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        edit(&mut lines);
        lines.iter().map(|line| format!("{line}\n")).collect::<String>()
    };
    // What was done, and the first line that shows it.
    let rows = [
        ("the first is removed", with(&|all| drop(all.remove(0))), 1),
        ("one is removed", with(&|all| drop(all.remove(2))), 3),
        ("one is changed", with(&|all| all[1] = all[1].replacen("deny", "permit", 1)), 3),
        ("a space is added", with(&|all| all[1].push(' ')), 3),
        ("one is inserted", with(&|all| all.insert(2, all[1].clone())), 3),
        ("two are swapped", with(&|all| all.swap(2, 3)), 3),
        ("one is cut", with(&|all| all[3].truncate(30)), 4),
        ("one is emptied", with(&|all| all[3].clear()), 4),
        ("the last is cut", text[..text.len() - 7].into(), 5),
        ("its end is cut", text[..text.len() - 1].into(), 5),
    ];
    for (what, text, line) in rows {
        let (code, told) = verify(&text, &[]);
        assert_eq!(code, 1, "{what}: {told}");
        assert!(told.starts_with(&format!("copy.log: BROKEN: line {line} ")), "{what}: {told}");
    }

    // These the chain alone cannot tell.
    let shorter = with(&|all| drop(all.pop()));
    let changed = with(&|all| all[4] = all[4].replacen("method_not_allowed", "proof_replayed", 1));
    for text in ["", &shorter, &changed] {
        assert_eq!(verify(text, &[]).0, 0);
        for flag in ["--expect", "--includes"] {
            let (code, told) = verify(text, &[flag, &last]);
            assert_eq!(code, 1, "{told}");
            assert!(told.contains("no line has the kept hash"), "{told}");
        }
    }
    // A log that has grown.
    let kept = last_hash(&verify(&shorter, &[]).1);
    let (code, told) = verify(&text, &["--expect", &kept]);
    assert_eq!(code, 1);
    assert!(told.contains("line 4 of copy.log, and lines were added"), "{told}");
    let (code, told) = verify(&text, &["--includes", &kept]);
    assert_eq!(code, 0);
    assert!(told.contains("the kept hash is that of line 4 of copy.log"), "{told}");

    // What is no hash, and no file, says nothing of the log.
    assert_eq!(verify(&text, &["--expect", &last[1..]]).0, 2);
    assert_eq!(run(folder.path(), &["verify", "missing.log"]).0, 2);
}

#[test]
fn a_log_in_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let text = written(folder.path());
    let at = text.match_indices('\n').nth(2).unwrap().0 + 1;
    let files = [
        ("a.log", &text[..at]),
        ("b.log", &text[at..]),
        ("other.log", &text[..]),
        ("none.log", ""),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let verify = |arguments: &[&str]| run(folder.path(), &[&["verify"], arguments].concat());
    let kept = last_hash(&verify(&["a.log"]).1);
    let last = last_hash(&verify(&["other.log"]).1);

    let (code, told) = verify(&["a.log", "b.log", "--expect", &last]);
    assert_eq!(code, 0);
    let expected = format!(
        "a.log: 3 entries, last hash {kept}\nb.log: 2 entries, last hash {last}, goes on with a.log\n"
    );
    assert_eq!(told, expected);
    let (code, told) = verify(&["a.log", "none.log", "b.log", "other.log"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("none.log: 0 entries"), "{told}");
    assert!(told.contains(&format!("other.log: 5 entries, last hash {last}, begins anew")));

    assert_eq!(verify(&["b.log", "--follows", &kept]).0, 0);
    for arguments in [
        &["b.log"][..],
        &["b.log", "--follows", &last],
        // It is not to begin anew either.
        &["a.log", "--follows", &last],
        &["other.log", "b.log", "a.log", "b.log", "b.log"],
        &["b.log", "a.log"],
    ] {
        let (code, told) = verify(arguments);
        assert_eq!(code, 1, "{arguments:?}: {told}");
        assert!(told.contains("BROKEN: line 1 follows"), "{told}");
    }
}

#[test]
fn decisions_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let text = written(folder.path());
    let show = |more: &[&str]| run(folder.path(), &[&["show", "decisions.log"], more].concat());
    let (code, told) = show(&[]);
    assert_eq!(code, 0, "{told}");
    let time = |line: &str| {
        let time = humantime::parse_rfc3339(line.split_once("  ").unwrap().0).unwrap();
        time.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
    };
    let expected = [
        "permit      search  -  -",
        "deny        search  7i  proof_replayed",
        "deny        read_file  6b  argument_refused",
        // What a client may call a tool does nothing to a terminal.
        "deny        delete\\u{1b}[2J  6b  tool_not_authorized",
        "deny        -  -  method_not_allowed",
    ];
    for ((shown, entry), expected) in told.lines().zip(text.lines()).zip(expected) {
        let entry: serde_json::Value = serde_json::from_str(entry).unwrap();
        assert_eq!(time(shown), entry["time"].as_u64().unwrap());
        assert_eq!(shown.split_once("  ").unwrap().1, expected);
    }
    assert_eq!(told.lines().count(), expected.len());
    let count = |more: &[&str]| show(more).1.lines().count();
    assert_eq!(count(&["--denied"]), 4);
    assert_eq!(count(&["--tool", "search"]), 2);
    assert_eq!(count(&["--denied", "--tool", "search"]), 1);
    assert_eq!(count(&["--since", "86400"]), 5);

    // Broken lines are shown whatever is asked for.
    let broken = text.replacen("\"verdict\":\"deny\"", "\"verdict\":\"maybe\"", 1);
    fs::write(folder.path().join("decisions.log"), broken).unwrap();
    let (code, told) = show(&["--tool", "search"]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!((code, lines.len()), (1, 3), "{told}");
    assert!(lines[0].ends_with(expected[0]));
    assert!(lines[1].starts_with("BROKEN: line 2 is no entry: "), "{told}");
    assert!(lines[2].starts_with("BROKEN: line 3 does not follow"), "{told}");
}

#[test]
fn times_of_all_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::new(fs::File::create(folder.path().join("old.log")).unwrap());
    for (time, verdict) in [
        (0, Verdict::Permit),
        (1_700_000_000, Verdict::WouldDeny),
        (i64::MAX, Verdict::Deny),
        (-1, Verdict::Deny),
    ] {
        let entry = Entry {
            time,
            verdict,
            step: None,
            code: None,
            tool: None,
            chain: vec![],
            holder: None,
            arguments: None,
            shown: None,
        };
        log.append(&entry).unwrap();
    }
    let times = |more: &[&str]| {
        let (code, told) = run(folder.path(), &[&["show", "old.log"], more].concat());
        assert_eq!(code, 0, "{told}");
        told.lines().map(|line| line.split_once(' ').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    let later = "@9223372036854775807";
    assert_eq!(times(&[]), ["1970-01-01T00:00:00Z", "2023-11-14T22:13:20Z", later, "@-1"]);
    assert_eq!(times(&["--denied"]), ["2023-11-14T22:13:20Z", later, "@-1"]);
    assert_eq!(times(&["--since", "60"]), [later]);
}
