//! How a command ends.

use std::{fmt, process::ExitCode};

/// The verdict of a command that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; for a call that was judged, it is permitted.
    Permit,
    /// The call, the chain, or this build of the command was judged, and denied.
    Deny,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Permit => Self::SUCCESS,
            Exit::Deny => Self::from(1),
        }
    }
}

/// Why a command could not do its work: one line that names the file or flag, the place in it,
/// what was found and what was expected. The exit code is 2.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// The exit code of unusable input.
    pub(crate) const CODE: u8 = 2;

    /// A failure that no file or flag is to blame for.
    pub(crate) fn new(problem: impl fmt::Display) -> Self {
        Self(problem.to_string())
    }

    /// A failure at `place`: a file, a flag, or a place in one of them.
    pub(crate) fn at(place: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self(format!("{place}: {problem}"))
    }
}

/// On one line, whatever the names of files and members hold.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Printable(&self.0))
    }
}

/// Foreign text that cannot break a line or send commands to a terminal.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}
