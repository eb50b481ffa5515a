//! Which files a path stands for.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// `path` itself, or every `*.json` below it in the order of their paths.
///
/// # Errors
///
/// The path that cannot be read, with the reason.
pub(super) fn suites(path: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    // Standard input, and what does not exist, are told by reading them.
    if path.is_dir() {
        collect(path, &mut files)?;
        files.sort_unstable();
    } else {
        files.push(path.into());
    }
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let at = |error| (folder.to_path_buf(), error);
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let path = entry.path();
        // The entry's own type: a link to a folder is not followed, for it may lead back here.
        if entry.file_type().map_err(at)?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// The text of one file; `-` is standard input.
pub(super) fn read(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        io::read_to_string(io::stdin().lock())
    } else {
        fs::read_to_string(path)
    }
}
