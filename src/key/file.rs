//! Key files that only their owner can read.

use super::SigningKey;
use alloc::{format, string::String};
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

impl SigningKey {
    /// Writes the key to a new file as a private JWK with a final newline, as [`write_new`] does.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] rather than overwrite anything, and other failures to
    /// write.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// # let path = std::env::temp_dir().join(format!("taper-doc-{}.jwk", std::process::id()));
    /// let key = SigningKey::generate()?;
    /// key.write_new(&path)?;
    /// assert!(key.write_new(&path).is_err());
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_new(&self, path: &Path) -> io::Result<()> {
        let mut text = self.to_jwk();
        text.push('\n');
        write_new(path, &text)
    }
}

/// Writes `text` to a new file, with mode 0600 from the start where there are modes.
///
/// The text is on the disk when this returns. If the machine stops before that, a file with part
/// of it may remain.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] when there is anything at `path`, a dangling link included;
/// otherwise whatever kept the file from being written, and no file remains.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("taper-new-{}.jwk", std::process::id()));
/// use std::io::ErrorKind;
/// use taper::key::file;
///
/// file::write_new(&path, "{}")?;
/// assert_eq!(file::write_new(&path, "{}").unwrap_err().kind(), ErrorKind::AlreadyExists);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    create(path, text)?;
    sync_folder(path);
    Ok(())
}

/// Writes `text` to a file in place of what may be there, with mode 0600 where there are modes.
///
/// The old file is whole until the new one is: the text goes to a file beside it, which is then
/// renamed. A link is replaced, not followed.
///
/// # Errors
///
/// Whatever kept the file from being written; the old file is then as it was.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("taper-replace-{}.jwk", std::process::id()));
/// use taper::key::file;
///
/// file::replace(&path, "{}")?;
/// file::replace(&path, "[]")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "[]");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(suffix()?);
    // In the same folder, since a rename does not cross file systems.
    let beside = path.with_file_name(beside);

    create(&beside, text)?;
    if let Err(error) = fs::rename(&beside, path) {
        // The first failure is the one to report.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    sync_folder(path);
    Ok(())
}

/// Creates a file that was not there, and writes it to the disk or leaves nothing behind.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;

    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(file);
        let _ = fs::remove_file(path);
    }
    written
}

/// An end for file names that nobody else comes upon.
fn suffix() -> io::Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    Ok(format!(".{:016x}.tmp", u64::from_le_bytes(bytes)))
}

/// Puts the name of the file on the disk too.
///
/// As far as possible: some systems do not open folders and some file systems do not sync them,
/// and by now the file is there.
fn sync_folder(path: &Path) {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder of its own for a test, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("taper-test{}", suffix().unwrap()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        /// How many files it holds.
        fn count(&self) -> usize {
            fs::read_dir(&self.0).unwrap().count()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[cfg(unix)]
    fn assert_private(path: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::symlink_metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }

    #[cfg(not(unix))]
    fn assert_private(_: &Path) {}

    #[test]
    fn new_files_are_private_and_nothing_is_overwritten() {
        let folder = Folder::new();
        let path = folder.0.join("key.jwk");
        let key = SigningKey::generate().unwrap();
        key.write_new(&path).unwrap();
        assert_private(&path);
        let text = fs::read(&path).unwrap();
        assert_eq!(text.last(), Some(&b'\n'));
        assert_eq!(SigningKey::from_jwk(&text).unwrap().public_key(), key.public_key());

        let other = SigningKey::generate().unwrap();
        let refused = other.write_new(&path).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), text);
        assert_eq!(folder.count(), 1);
    }

    #[test]
    fn replacing_leaves_one_private_file() {
        let folder = Folder::new();
        let path = folder.0.join("key.jwk");
        replace(&path, "one").unwrap();
        assert_private(&path);
        // Even when the old one was open to all.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "old").unwrap();
        replace(&path, "two").unwrap();
        assert_private(&path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(folder.count(), 1);
    }

    #[test]
    fn failures_leave_nothing() {
        let folder = Folder::new();
        let inner = folder.0.join("folder");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("file"), "").unwrap();
        assert!(write_new(&inner, "text").is_err());
        assert!(replace(&inner, "text").is_err());
        assert!(write_new(&folder.0.join("missing/key"), "text").is_err());
        assert!(replace(Path::new(".."), "text").is_err());
        assert_eq!(folder.count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = Folder::new();
        let (link, target) = (folder.0.join("link"), folder.0.join("target"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(write_new(&link, "text").is_err());
        replace(&link, "text").unwrap();
        assert_private(&link);
        assert!(!target.exists());
    }
}
