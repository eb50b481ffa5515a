//! Standard output, and files that appear whole or not at all.

use crate::{failure::Failure, input::Plain};
use anstream::{AutoStream, ColorChoice};
use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Stdout, Write as _},
    path::{Path, PathBuf},
};

/// The few styles that the commands use.
pub(crate) mod style {
    use anstyle::{AnsiColor, Style};

    /// Permitted.
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
    /// Denied, failed.
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
    /// Labels.
    pub(crate) const QUIET: Style = Style::new().dimmed();
}

/// Where a command writes: standard output, in colour when somebody looks at it.
pub(crate) struct Output {
    stdout: AutoStream<Stdout>,
    json: bool,
    /// Whoever read has stopped; the command goes on to its exit code.
    closed: bool,
}

impl Output {
    /// Output for people, or for machines when `json`.
    pub(crate) fn new(json: bool, color: ColorChoice) -> Self {
        Self { stdout: AutoStream::new(io::stdout(), color), json, closed: false }
    }

    /// Whether a machine reads.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Writes text to standard output.
    pub(crate) fn write(&mut self, text: impl fmt::Display) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        let written = write!(self.stdout, "{text}").and_then(|()| self.stdout.flush());
        self.closed = written.is_err();
        written.or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(Failure::at("standard output", Plain(&error))),
        })
    }

    /// Writes a line to standard output.
    pub(crate) fn line(&mut self, text: impl fmt::Display) -> Result<(), Failure> {
        self.write(format_args!("{text}\n"))
    }

    /// Writes a labelled line, so that values stand below one another.
    pub(crate) fn field(&mut self, label: &str, value: impl fmt::Display) -> Result<(), Failure> {
        let quiet = style::QUIET;
        self.line(format_args!("  {quiet}{label:<10}{quiet:#}  {value}"))
    }

    /// Writes the command's product, a line, to the file that `-o` names or to standard output.
    pub(crate) fn save(&mut self, file: Option<&Path>, text: &str) -> Result<(), Failure> {
        match named(file) {
            None => self.line(text),
            Some(path) => write_file(path, |file| write!(file, "{text}"))
                .map_err(|error| Failure::at(path.display(), Plain(&error))),
        }
    }
}

/// The file that `-o` names; `-` is standard output.
pub(crate) fn named(file: Option<&Path>) -> Option<&Path> {
    file.filter(|path| *path != Path::new("-"))
}

/// Puts what `write` writes, and the end of a line, in a file, in place of what may be there. The
/// old file is whole until the new one is.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<()> {
    // A device or pipe (`/dev/null`, `>(...)`) is written to, not replaced.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        let mut file = OpenOptions::new().write(true).open(path)?;
        write(&mut file)?;
        return writeln!(file);
    }
    let folder: PathBuf = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.into(),
        _ => ".".into(),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".taper-");
    // What the user's umask leaves, as for any other file: it is not a key.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    write(&mut file)?;
    writeln!(file)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A line of JSON.
pub(crate) fn json_line(value: &impl serde::Serialize) -> String {
    // INVARIANT: what is written here has only string keys.
    serde_json::to_string(value).unwrap_or_default()
}
