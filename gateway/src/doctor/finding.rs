//! What a doctor has found.

use std::fmt;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// As it should be.
    Good,
    /// Worth knowing; calls work.
    Note,
    /// Calls fail, or may be other calls than those that were made.
    Fault,
}

/// One thing that is so on the way to a guard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How grave it is.
    pub grade: Grade,
    /// What is so.
    pub what: String,
    /// What follows from it; empty when all is good.
    pub means: &'static str,
    /// What can be done; empty when nothing has to be.
    pub remedy: &'static str,
}

impl Finding {
    pub(super) fn good(what: impl Into<String>) -> Self {
        Self { grade: Grade::Good, what: what.into(), means: "", remedy: "" }
    }

    pub(super) fn note(what: impl Into<String>, means: &'static str, remedy: &'static str) -> Self {
        Self { grade: Grade::Note, what: what.into(), means, remedy }
    }

    pub(super) fn fault(
        what: impl Into<String>,
        means: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { grade: Grade::Fault, what: what.into(), means, remedy }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Good => "ok",
            Grade::Note => "note",
            Grade::Fault => "FAULT",
        };
        write!(f, "{grade:<5}  {}", self.what)?;
        for (label, text) in [("means:", self.means), ("to do:", self.remedy)] {
            if !text.is_empty() {
                write!(f, "\n         {label} {text}")?;
            }
        }
        Ok(())
    }
}

/// Somebody else's text, for a finding: short, and harmless to a terminal.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 100;
    let plain: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    match text.chars().nth(MOST) {
        Some(_) => format!("`{plain}…`"),
        None => format!("`{plain}`"),
    }
}
