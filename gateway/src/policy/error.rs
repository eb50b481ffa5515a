//! Why a policy cannot be used, and where that stands in its file.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// Why a policy cannot be used: one sentence, after the file and, where there is one, the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{place}: {problem}", path.display())]
pub struct PolicyError {
    path: PathBuf,
    place: Place,
    problem: String,
}

/// Line and column, from 1, the column in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(Option<(usize, usize)>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

impl PolicyError {
    /// A problem with the file as a whole.
    pub(super) fn whole(path: &Path, problem: impl fmt::Display) -> Self {
        Self { path: path.into(), place: Place(None), problem: problem.to_string() }
    }

    /// The policy's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The line, from 1; `None` when the file cannot be read at all.
    pub fn line(&self) -> Option<usize> {
        self.place.0.map(|(line, _)| line)
    }

    /// What is wrong, and what is expected.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// A policy's text, for saying where in it something is wrong.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    /// A problem with what stands at `span`.
    pub(super) fn fail(&self, span: Range<usize>, problem: impl fmt::Display) -> PolicyError {
        let before = self.text.as_bytes().get(..span.start).unwrap_or(self.text.as_bytes());
        let line = before.split(|byte| *byte == b'\n').count();
        let last = before.rsplit(|byte| *byte == b'\n').next();
        let column = last.map_or(0, <[u8]>::len).saturating_add(1);
        let place = Place(Some((line, column)));
        PolicyError { path: self.path.clone(), place, problem: problem.to_string() }
    }
}
