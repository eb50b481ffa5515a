//! Reading files and standard input, never more than a cap.

use crate::failure::Failure;
use std::{
    ffi::OsString,
    fmt,
    fs::File,
    io::{self, Read},
    path::PathBuf,
};
use taper::json::JsonError;
use zeroize::Zeroizing;

/// Where an input is: a file, or standard input for `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl From<OsString> for Source {
    fn from(text: OsString) -> Self {
        if text == "-" { Self::Stdin } else { Self::File(text.into()) }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// The inputs of one command, of which one may be standard input.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    stdin: Option<&'static str>,
}

impl Inputs {
    /// Nothing read yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Reads what `flag` names; a file of more than `cap` bytes is refused and not kept.
    pub(crate) fn read(
        &mut self,
        flag: &'static str,
        source: &Source,
        cap: usize,
    ) -> Result<Document, Failure> {
        if *source == Source::Stdin
            && let Some(other) = self.stdin.replace(flag)
        {
            let problem = format_args!("`-` is standard input, which `{other}` reads already");
            return Err(Failure::at(flag, problem));
        }
        let name = source.to_string();
        let text = match source {
            Source::Stdin => read_capped(io::stdin().lock(), cap),
            Source::File(path) => File::open(path).and_then(|file| read_capped(file, cap)),
        };
        let text = text.map_err(|error| Failure::at(&name, Plain(&error)))?;
        if text.len() > cap {
            let problem = format_args!("has more than {cap} bytes, the most that `{flag}` takes");
            return Err(Failure::at(&name, problem));
        }
        let document = Document { name, text };
        if document.text.trim_ascii().is_empty() {
            return Err(document.fail("the input is empty"));
        }
        Ok(document)
    }
}

/// Reads at most one byte more than `cap`, into a buffer that leaves no copies of a key behind.
fn read_capped(source: impl Read, cap: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let most = cap.saturating_add(1);
    let mut text = Zeroizing::new(Vec::new());
    let mut chunk = Zeroizing::new([0_u8; 8192]);
    let mut source = source.take(u64::try_from(most).unwrap_or(u64::MAX));
    loop {
        let count = match source.read(chunk.as_mut_slice()) {
            Ok(0) => return Ok(text),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = chunk.get(..count).unwrap_or_default();
        if text.capacity().saturating_sub(text.len()) < read.len() {
            // Growing in place would free the old buffer unwiped.
            let mut larger =
                Zeroizing::new(Vec::with_capacity(text.capacity().saturating_mul(2).max(8192)));
            larger.extend_from_slice(&text);
            text = larger;
        }
        text.extend_from_slice(read);
    }
}

/// The system's message without the number of the error and what may follow it, such as the name
/// of a temporary file.
pub(crate) struct Plain<'a>(pub(crate) &'a io::Error);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        let mut chars = text.chars();
        let first = chars.next().map(|c| c.to_ascii_lowercase());
        write!(f, "{}{}", first.unwrap_or(' '), chars.as_str())
    }
}

/// An input that was read, with the name that messages call it by.
pub(crate) struct Document {
    name: String,
    text: Zeroizing<Vec<u8>>,
}

impl Document {
    /// A document that stands on the command line.
    pub(crate) fn inline(flag: &str, text: &str) -> Self {
        Self { name: flag.into(), text: Zeroizing::new(text.into()) }
    }

    /// What was read.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// How many bytes of white space it begins with.
    pub(crate) fn leading(&self) -> usize {
        let rest = self.text.trim_ascii_start().len();
        self.text.len().saturating_sub(rest)
    }

    /// What was read, as text.
    pub(crate) fn text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.text).map_err(|error| {
            let (line, column) = position(&self.text, error.valid_up_to());
            self.fail_at(line, column, "found invalid UTF-8, expected text")
        })
    }

    /// A failure of the document as a whole.
    pub(crate) fn fail(&self, problem: impl fmt::Display) -> Failure {
        Failure::at(&self.name, problem)
    }

    /// A failure at a line and column, both from 1.
    pub(crate) fn fail_at(
        &self,
        line: usize,
        column: usize,
        problem: impl fmt::Display,
    ) -> Failure {
        Failure::at(format_args!("{}:{line}:{column}", self.name), problem)
    }

    /// A failure at an offset in bytes.
    pub(crate) fn fail_offset(&self, offset: usize, problem: impl fmt::Display) -> Failure {
        let (line, column) = position(&self.text, offset);
        self.fail_at(line, column, problem)
    }

    /// A failure to read JSON that begins `start` bytes into the document.
    pub(crate) fn fail_json(&self, start: usize, error: &JsonError) -> Failure {
        self.fail_offset(start.saturating_add(error.offset()), error.kind())
    }
}

/// Line and column of an offset, both from 1, the column in bytes.
pub(crate) fn position(text: &[u8], offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.split(|byte| *byte == b'\n').count();
    let last = before.rsplit(|byte| *byte == b'\n').next();
    (line, last.map_or(0, <[u8]>::len).saturating_add(1))
}
