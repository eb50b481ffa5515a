//! The test vectors: cases as data, from which `vectorgen` writes `test-vectors/`.
//!
//! What a case expects is written by hand beside it, never computed by the code under test.

mod change;
mod check;
mod compact;
pub mod derive;
mod extensions;
mod file;
mod json;
mod keys;
mod layer;
mod markdown;
mod narrows;
pub mod presentation;
mod requirement;
mod signatures;

pub use file::{Expected, File, Vector};

/// Every file, in the order of their groups.
pub fn files() -> Vec<File> {
    let mut files = presentation::files();
    files.extend(derive::files());
    files.extend(extensions::files());
    files.extend(narrows::files());
    files.extend(check::files());
    files.extend(compact::files());
    files.extend(json::files());
    files.extend(keys::files());
    files.extend(signatures::files());
    files.sort_by(|a, b| a.group.cmp(b.group));
    files.into_iter().map(File::with_bases).collect()
}

/// How many vectors there are.
pub fn count() -> usize {
    files().iter().map(|file| file.vectors.len()).sum()
}
