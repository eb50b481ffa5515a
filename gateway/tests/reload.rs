//! Policies that change while a guard runs.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

use std::{fs, os::unix::fs::symlink, path::Path, sync::Arc};
use taper::{Timestamp, TokenId, replay::ReplayKey};
use taper_gateway::policy::{Current, Event, Mode};
use taper_testkit::{ISSUER, NOW, key};

fn text(mode: &str, more: &str) -> String {
    format!(
        "mode = \"{mode}\"\n[[anchors]]\nissuer = \"{ISSUER}\"\nkey_file = \"key.jwk\"\n\
         [upstreams.one]\ncommand = [\"a\"]\n{more}"
    )
}

fn write(folder: &Path, policy: &str, n: u8) {
    fs::write(folder.join("policy.toml"), policy).unwrap();
    fs::write(folder.join("key.jwk"), key(n).public_key().to_jwk()).unwrap();
}

fn mode(current: &Current) -> Mode {
    current.running().policy().mode
}

fn anchor(current: &Current) -> u8 {
    let anchors = current.running().verifier().anchors();
    let anchor = anchors.iter().next().unwrap();
    (1..9).find(|n| key(*n).public_key() == anchor.key()).unwrap()
}

/// Looks until something happens; twice has to do.
fn look(current: &mut Current) -> Option<Event> {
    match current.look() {
        None => current.look(),
        event => event,
    }
}

#[test]
fn files_that_change() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &text("enforce", ""), 1);
    let mut current = Current::load(folder.path().join("policy.toml")).unwrap();
    assert!(look(&mut current).is_none());
    // The policy itself, at the second look.
    write(folder.path(), &text("audit", ""), 1);
    assert!(current.look().is_none());
    assert_eq!(mode(&current), Mode::Enforce);
    assert!(
        matches!(current.look(), Some(Event::Changed(running)) if running.policy().mode == Mode::Audit)
    );
    assert!(look(&mut current).is_none());
    // A file that it names.
    write(folder.path(), &text("audit", ""), 2);
    assert!(matches!(look(&mut current), Some(Event::Changed(_))));
    assert_eq!(anchor(&current), 2);
    // The same content in a new file is no change.
    let beside = folder.path().join("beside");
    fs::write(&beside, text("audit", "")).unwrap();
    fs::rename(beside, folder.path().join("policy.toml")).unwrap();
    assert!(look(&mut current).is_none());
}

#[test]
fn what_is_still_being_written_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let whole = text("enforce", "[tools.a]\nmin_depth = 1\n[tools.b]\nmin_depth = 2\n");
    write(folder.path(), &whole, 1);
    let mut current = Current::load(folder.path().join("policy.toml")).unwrap();
    // Each beginning is a good policy, and lacks rules.
    let beginning = text("enforce", "[tools.a]\n");
    for half in [&*beginning, whole.split_once("[tools.b]").unwrap().0, &beginning] {
        write(folder.path(), half, 1);
        assert!(current.look().is_none());
    }
    write(folder.path(), &whole, 1);
    assert!(look(&mut current).is_none());
    let rules = format!("{:?}", current.running().verifier().policy());
    assert!(rules.contains("\"b\": 2"), "{rules}");
}

#[test]
fn a_broken_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &text("enforce", ""), 1);
    let path = folder.path().join("policy.toml");
    let mut current = Current::load(&path).unwrap();
    let before = Arc::clone(current.running());
    let refused = |current: &mut Current| match look(current) {
        Some(Event::Refused(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    fs::write(&path, text("audit", "[tools.a]\nmin_depth = \"x\"\n")).unwrap();
    let told = refused(&mut current);
    assert!(told.contains("policy.toml:8:13: "), "{told}");
    // It is told once.
    assert!(look(&mut current).is_none());
    fs::remove_file(&path).unwrap();
    assert!(refused(&mut current).contains("cannot be read"));
    assert!(look(&mut current).is_none());
    fs::write(&path, text("audit", "")).unwrap();
    fs::remove_file(folder.path().join("key.jwk")).unwrap();
    assert!(refused(&mut current).contains("policy.toml:4:12: "));
    assert!(Arc::ptr_eq(current.running(), &before));
    assert!(current.reload().is_err());
    assert!(Arc::ptr_eq(current.running(), &before));
    // The file that was missing is enough to go on.
    write(folder.path(), &text("audit", ""), 3);
    assert!(matches!(look(&mut current), Some(Event::Changed(_))));
    assert_eq!((mode(&current), anchor(&current)), (Mode::Audit, 3));
}

/// As Kubernetes mounts configuration: files lead through `..data` to a folder with a date, and a
/// change is one rename of that link.
#[test]
fn a_mounted_folder_that_is_swapped() {
    let folder = tempfile::tempdir().unwrap();
    let swap = |version: &str, mode: &str, n: u8| {
        let content = folder.path().join(version);
        fs::create_dir(&content).unwrap();
        write(&content, &text(mode, ""), n);
        let link = folder.path().join("..data_tmp");
        symlink(version, &link).unwrap();
        fs::rename(link, folder.path().join("..data")).unwrap();
    };
    swap("..2026_01_01", "audit", 1);
    for name in ["policy.toml", "key.jwk"] {
        symlink(Path::new("..data").join(name), folder.path().join(name)).unwrap();
    }
    let mut current = Current::load(folder.path().join("policy.toml")).unwrap();
    assert_eq!((mode(&current), anchor(&current)), (Mode::Audit, 1));
    for (version, new, n) in [("..2026_01_02", "enforce", 2), ("..2026_01_03", "audit", 3)] {
        let old = fs::read_link(folder.path().join("..data")).unwrap();
        swap(version, new, n);
        fs::remove_dir_all(folder.path().join(old)).unwrap();
        let changed = look(&mut current);
        assert!(matches!(changed, Some(Event::Changed(_))), "{changed:?}");
        assert_eq!(
            (format!("{:?}", mode(&current)).to_lowercase(), anchor(&current)),
            (new.into(), n)
        );
    }
}

#[test]
fn what_needs_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &text("enforce", "[listen]\nhttp = \"127.0.0.1:1\"\n"), 1);
    let mut current = Current::load(folder.path().join("policy.toml")).unwrap();
    for (more, line) in [
        ("[listen]\nhttp = \"127.0.0.1:2\"\n", 7),
        ("[listen]\nhttp = \"127.0.0.1:1\"\nadmin = \"127.0.0.1:3\"\n", 7),
        ("[listen]\nhttp = \"127.0.0.1:1\"\norigins = [\"https://a.example\"]\n", 7),
        ("[listen]\nhttp = \"127.0.0.1:1\"\n[log]\npath = \"log\"\n", 9),
        ("[listen]\nhttp = \"127.0.0.1:1\"\n[limits]\nmax_message = 7\n", 9),
        ("[listen]\nhttp = \"127.0.0.1:1\"\n[replay]\ncapacity = 7\n", 9),
        ("[listen]\nhttp = \"127.0.0.1:1\"\n[replay.redis]\nurl = \"redis://a\"\n", 9),
    ] {
        write(folder.path(), &text("audit", more), 1);
        let error = current.reload().unwrap_err();
        assert_eq!(error.line(), Some(line), "{error}");
        assert!(error.problem().contains("restart"), "{error}");
        assert_eq!(mode(&current), Mode::Enforce);
    }
}

/// Proofs that were used stay used, and nonces that were told stay good.
#[test]
fn what_outlives_a_change() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &text("enforce", "[nonces]\n"), 1);
    let mut current = Current::load(folder.path().join("policy.toml")).unwrap();
    let now = Timestamp::from_unix(NOW);
    let nonce = current.running().nonces().unwrap().current(now);
    let used = ReplayKey::new(key(2).public_key(), &TokenId::new("a").unwrap());
    let record = |current: &Current| {
        let store = current.running().replay_store();
        store.record(used, Timestamp::from_unix(NOW + 60), now).unwrap()
    };
    assert_eq!(record(&current), taper::replay::Recorded::New);
    write(folder.path(), &text("audit", "[nonces]\n"), 2);
    current.reload().unwrap();
    assert_eq!(record(&current), taper::replay::Recorded::Before);
    assert_eq!(current.running().nonces().unwrap().current(now), nonce);
    // Two guards do not have the same random key.
    let other = Current::load(folder.path().join("policy.toml")).unwrap();
    assert_ne!(other.running().nonces().unwrap().current(now), nonce);
}

/// The signal, and the look at the files, of a guard that runs.
#[test]
fn a_guard_that_runs_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &text("enforce", ""), 1);
    let current = Current::load(folder.path().join("policy.toml")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (told, mut events) = tokio::sync::mpsc::unbounded_channel();
        let following = tokio::spawn(current.follow(move |event| told.send(event).unwrap()));
        tokio::task::yield_now().await;
        write(folder.path(), &text("audit", ""), 1);
        let status = tokio::process::Command::new("kill")
            .args(["-HUP", &std::process::id().to_string()])
            .status()
            .await
            .unwrap();
        assert!(status.success());
        let Some(Event::Changed(running)) = events.recv().await else { panic!() };
        assert_eq!(running.policy().mode, Mode::Audit);
        // And without the signal.
        write(folder.path(), "", 1);
        let Some(Event::Refused(error)) = events.recv().await else { panic!() };
        assert_eq!(error.line(), Some(1));
        following.abort();
    });
}
