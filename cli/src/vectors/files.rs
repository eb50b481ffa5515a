//! Which files a path stands for.

use crate::{failure::Failure, input::Plain};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Not a file of vectors, and always among them.
const SCHEMA: &str = "schema.json";

/// Where the vectors of this project are, seen from its folder.
const DEFAULT: &str = "test-vectors";

/// The path given, or `test-vectors` where that is at hand.
pub(crate) fn or_default(path: Option<&Path>) -> Result<&Path, Failure> {
    match path {
        Some(path) => Ok(path),
        None if Path::new(DEFAULT).is_dir() => Ok(Path::new(DEFAULT)),
        None => Err(Failure::new(format_args!(
            "no folder `{DEFAULT}` here: give the path of a file or folder with vectors, or `-`"
        ))),
    }
}

/// `path` itself, or every `*.json` below it that holds vectors, in the order of their paths.
pub(crate) fn below(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    // Standard input, and what does not exist, are told by reading them.
    if path.is_dir() {
        collect(path, &mut files)
            .map_err(|(path, error)| Failure::at(path.display(), Plain(&error)))?;
        files.sort_unstable();
    } else {
        files.push(path.into());
    }
    if files.is_empty() {
        return Err(Failure::at(path.display(), "no `*.json` in this folder"));
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
        } else if path.file_name().is_some_and(|name| name == SCHEMA) {
            // It describes the files beside it.
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// The text of one file; `-` is standard input.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        io::read_to_string(io::stdin().lock())
    } else {
        fs::read_to_string(path)
    }
}
