//! The files that a policy is made of, and those of a holder: read with care, and noticed when they
//! change.

use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fs::{File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The most bytes of one file. A key set of a hundred keys has thirty thousand.
const MAX_FILE: usize = 1 << 20;

/// Who may know what a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Anybody.
    Public,
    /// Nobody but the process's user and group.
    Secret,
}

/// Files that were read, with digests of what they held, so that a change is noticed whichever way
/// it was made: in place, by a rename, or by a link that now leads elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Files(BTreeMap<PathBuf, Option<[u8; 32]>>);

impl Files {
    /// Reads a file, and remembers what it held, or that it could not be read.
    pub(crate) fn read(
        &mut self,
        path: &Path,
        content: Content,
    ) -> Result<Zeroizing<Vec<u8>>, String> {
        let read = read(path);
        self.0.insert(path.into(), read.as_ref().ok().map(|(bytes, mode)| digest(bytes, *mode)));
        let (bytes, mode) = read?;
        check_mode(path, mode, content)?;
        Ok(bytes)
    }

    /// The same files as they are now.
    pub(crate) fn again(&self) -> Self {
        let now = |path: &PathBuf| {
            let read = read(path).ok();
            (path.clone(), read.map(|(bytes, mode)| digest(&bytes, mode)))
        };
        Self(self.0.keys().map(now).collect())
    }
}

/// What every user may do, as the last bits of a mode say it.
const READ: u32 = 0o004;
const WRITE: u32 = 0o002;

/// A file that was refused for its mode is looked at again when that has changed.
fn digest(bytes: &[u8], mode: u32) -> [u8; 32] {
    Sha256::new().chain_update(mode.to_be_bytes()).chain_update(bytes).finalize().into()
}

fn read(path: &Path) -> Result<(Zeroizing<Vec<u8>>, u32), String> {
    let failed = |error: io::Error| format!("`{}` cannot be read: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(format!("`{}` is no file", path.display()));
    }
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    // Of one size from the start: growing would leave copies of a secret behind.
    let size = usize::try_from(metadata.len()).unwrap_or(MAX_FILE).min(MAX_FILE);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(32)));
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MAX_FILE {
        return Err(format!("`{}` has more than {MAX_FILE} bytes", path.display()));
    }
    Ok((bytes, everyones(&metadata)))
}

#[cfg(unix)]
fn everyones(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & (READ | WRITE)
}

#[cfg(not(unix))]
fn everyones(_: &Metadata) -> u32 {
    0
}

fn check_mode(path: &Path, mode: u32, content: Content) -> Result<(), String> {
    let path = path.display();
    if mode & WRITE != 0 {
        return Err(format!("every user may change `{path}`; `chmod o-w` it"));
    }
    if content == Content::Secret && mode & READ != 0 {
        return Err(format!(
            "every user may read `{path}`, which is secret; `chmod o-r` it, or give a mounted \
             secret the mode 0440"
        ));
    }
    Ok(())
}
