//! The log of decisions in a file.

use crate::{Broken, Entry, Log, verify_log};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// A file that a guard writes its decisions to, and goes on with when it starts again.
#[derive(Debug)]
pub struct DecisionLog(Mutex<Log<Whole>>);

/// Why a log cannot be written to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionLogError {
    /// The file cannot be opened or read.
    #[error("`{}`: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What is there is not as it was written. It should be looked at, and put elsewhere.
    #[error("`{}`: {error}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where.
        error: Broken,
    },
}

impl DecisionLog {
    /// Opens the log at `path`, or begins it. Half a line at the end, which a crash can leave, is
    /// taken away: its call was not forwarded.
    ///
    /// # Errors
    ///
    /// When it cannot be read or written, is another guard's, or is not as it was written.
    pub fn open(path: &Path) -> Result<Self, DecisionLogError> {
        let failed = |error| DecisionLogError::File { path: path.into(), error };
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        // What another guard writes would be taken for what a failure has left.
        file.try_lock().map_err(|error| failed(error.into()))?;
        let size = without_half_a_line(&mut file).map_err(failed)?;
        let (_, last) = verify_log(BufReader::new(&file))
            .map_err(|error| DecisionLogError::Broken { path: path.into(), error })?;
        Ok(Self(Mutex::new(Log::after(Whole { file, size }, last))))
    }

    /// Writes one entry. It has reached the operating system then.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Nothing of it is there then.
    pub fn append(&self, entry: &Entry) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).append(entry)
    }
}

/// Takes half a line away from the end, and goes to the start.
fn without_half_a_line(file: &mut File) -> io::Result<u64> {
    let mut size = file.seek(SeekFrom::End(0))?;
    let whole = size;
    while size > 0 {
        let before = size.saturating_sub(1);
        file.seek(SeekFrom::Start(before))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last == *b"\n" {
            break;
        }
        size = before;
    }
    if size < whole {
        tracing::warn!(bytes = whole.saturating_sub(size), "half a line of the log is taken away");
        file.set_len(size)?;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(size)
}

/// A file that is written to as a whole or not at all, so that a disk that was full does not
/// break the log.
#[derive(Debug)]
struct Whole {
    file: File,
    /// Bytes that are there.
    size: u64,
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What a failure has left before, when it could not be taken away at once. That lines are
        // missing is for whoever checks the log to find.
        let there = self.file.metadata()?.len();
        if there > self.size {
            self.file.set_len(self.size)?;
        }
        // Somebody has cut the file: what a failure leaves is not to be filled up to its old size.
        self.size = self.size.min(there);
        if let Err(error) = self.file.write_all(bytes) {
            let _ = self.file.set_len(self.size);
            return Err(error);
        }
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_cut_is_not_filled_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let mut whole = Whole { file, size: 8 };
        OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
        whole.write_all(b"three\n").unwrap();
        assert_eq!((whole.size, std::fs::read(&path).unwrap()), (6, b"three\n".to_vec()));
        // And what another has put there is taken away.
        std::fs::write(&path, "three\nha").unwrap();
        whole.write_all(b"four\n").unwrap();
        assert_eq!((whole.size, std::fs::read(&path).unwrap()), (11, b"three\nfour\n".to_vec()));
    }
}
