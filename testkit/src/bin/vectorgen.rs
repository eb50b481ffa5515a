//! Writes `test-vectors/`, or with `--check` tells whether it is as it would be written.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};
use taper_testkit::vectors;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors");
    let wanted = wanted();
    let done = match env::args().nth(1).as_deref() {
        None => write(&root, &wanted).map(|()| true),
        Some("--check") => check(&root, &wanted),
        Some(_) => {
            eprintln!("usage: vectorgen [--check]");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => {
            println!("{} vectors in {} files", vectors::count(), wanted.len() / 2);
            ExitCode::SUCCESS
        }
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Every generated file, by its path below `test-vectors/`.
fn wanted() -> BTreeMap<PathBuf, String> {
    let texts = vectors::files().into_iter().flat_map(|file| {
        let path = |ending: &str| PathBuf::from(format!("{}.{ending}", file.group));
        [(path("json"), file.json()), (path("md"), file.markdown())]
    });
    texts.collect()
}

fn write(root: &Path, wanted: &BTreeMap<PathBuf, String>) -> io::Result<()> {
    for stale in generated(root)?.into_iter().filter(|path| !wanted.contains_key(path)) {
        fs::remove_file(root.join(stale))?;
    }
    for (path, text) in wanted {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, text)?;
    }
    Ok(())
}

fn check(root: &Path, wanted: &BTreeMap<PathBuf, String>) -> io::Result<bool> {
    let mut right = true;
    for stale in generated(root)?.into_iter().filter(|path| !wanted.contains_key(path)) {
        eprintln!("nothing generates test-vectors/{}", stale.display());
        right = false;
    }
    for (path, text) in wanted {
        let found = fs::read_to_string(root.join(path)).unwrap_or_default();
        if &found != text {
            let line = found.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1;
            eprintln!("test-vectors/{} differs from line {line} on", path.display());
            right = false;
        }
    }
    if !right {
        eprintln!("write them again: cargo run -p taper-testkit --bin vectorgen");
    }
    Ok(right)
}

/// The files in the folders below `root`; those at its top are written by hand.
fn generated(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![];
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if !folder.as_os_str().is_empty() {
                found.push(path);
            }
        }
    }
    Ok(found)
}
