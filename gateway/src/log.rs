//! The log of decisions: one JSON line each, chained by digests, so that a line that was changed,
//! removed or moved is found.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::{self, BufRead, Write};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The call was forwarded.
    Permit,
    /// The call was not forwarded.
    Deny,
    /// The call was forwarded by a guard that only watches, and would have been denied.
    WouldDeny,
}

impl Verdict {
    /// Its name in a log, and in counters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Deny => "deny",
            Self::WouldDeny => "would_deny",
        }
    }
}

/// One decision. It has no token, no proof and no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Seconds since 1970.
    pub time: i64,
    /// What was decided.
    pub verdict: Verdict,
    /// The step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The code of the denial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The tool's identifier, when one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The tokens' ids, root first, when the chain held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// The thumbprint URI of the key that made the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The SHA-256 of the arguments' text, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// The arguments, when the policy shows them, without those that it redacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<serde_json::Value>,
}

/// A line: an entry after the digest of the line before it.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    before: &'a str,
    #[serde(flatten)]
    entry: Entry,
}

/// What stands before the first line.
const START: &str = "start";

/// Writes a log to whatever keeps it.
///
/// An entry is handed over in one piece and flushed before [`append`](Self::append) returns: a
/// guard forwards a call only then, and denies it when its decision cannot be written.
#[derive(Debug)]
pub struct Log<W> {
    to: W,
    before: String,
}

impl<W: Write> Log<W> {
    /// A new log.
    pub fn new(to: W) -> Self {
        Self { to, before: START.into() }
    }

    /// Goes on with a log that was read with [`verify_log`], which gives `last`.
    pub fn after(to: W, last: String) -> Self {
        Self { to, before: last }
    }

    /// Writes one entry.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Part of a line may be there then, which [`verify_log`] finds.
    pub fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let line = Line { before: &self.before, entry: entry.clone() };
        let mut text = serde_json::to_string(&line)?;
        let digest = digest(&text);
        text.push('\n');
        self.to.write_all(text.as_bytes())?;
        self.to.flush()?;
        self.before = digest;
        Ok(())
    }
}

/// Where a log is broken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// It cannot be read.
    #[error("the log cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A line is no entry.
    #[error("line {line} is no entry: {error}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
    /// A line does not follow the one before it.
    #[error("line {line} does not follow the line before it: one was changed, removed or moved")]
    Chain {
        /// Counted from 1.
        line: usize,
    },
}

/// Checks that each line of a log follows the one before it, and gives the digest of the last
/// line, to be kept elsewhere: that lines are missing at the end only such a digest can tell.
///
/// # Errors
///
/// The first line that is wrong.
pub fn verify_log(from: impl BufRead) -> Result<(usize, String), Broken> {
    let mut before = START.to_owned();
    let mut lines = 0_usize;
    for text in from.lines() {
        let text = text?;
        lines = lines.saturating_add(1);
        let line: Line<'_> =
            serde_json::from_str(&text).map_err(|error| Broken::Line { line: lines, error })?;
        if line.before != before {
            return Err(Broken::Chain { line: lines });
        }
        before = digest(&text);
    }
    Ok((lines, before))
}

/// The SHA-256 of a text, in base64url.
pub(crate) fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(time: i64) -> Entry {
        Entry {
            time,
            verdict: Verdict::Deny,
            step: Some("6b".into()),
            code: Some("argument_refused".into()),
            tool: Some("read_file".into()),
            chain: vec!["token-1".into()],
            holder: None,
            arguments: None,
            shown: Some(serde_json::json!({"path": "/a", "n": [1.5]})),
        }
    }

    fn written() -> String {
        let mut bytes = vec![];
        let mut log = Log::new(&mut bytes);
        for time in 1..=5 {
            log.append(&entry(time)).unwrap();
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_log_can_be_read_and_gone_on_with() {
        let text = written();
        let (lines, last) = verify_log(text.as_bytes()).unwrap();
        assert_eq!(lines, 5);
        let mut more = text.into_bytes();
        Log::after(&mut more, last).append(&entry(6)).unwrap();
        assert_eq!(verify_log(&*more).unwrap().0, 6);
        assert_eq!(verify_log(&b""[..]).unwrap(), (0, START.into()));
    }

    #[test]
    fn every_change_is_found() {
        let text = written();
        let lines: Vec<&str> = text.lines().collect();
        let broken = |lines: &[&str]| verify_log(lines.join("\n").as_bytes()).unwrap_err();
        for at in 0..4 {
            let mut removed = lines.clone();
            removed.remove(at);
            assert!(matches!(broken(&removed), Broken::Chain { line } if line == at + 1));
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            assert!(matches!(broken(&swapped), Broken::Chain { line } if line == at + 1));
            let changed = lines[at].replace("6b", "6a");
            let mut with = lines.clone();
            with[at] = &changed;
            assert!(matches!(broken(&with), Broken::Chain { line } if line == at + 2));
            let mut twice = lines.clone();
            twice.insert(at, lines[at]);
            assert!(matches!(broken(&twice), Broken::Chain { line } if line == at + 2));
            let (half, _) = lines[at].split_at(20);
            let mut torn = lines.clone();
            torn[at] = half;
            assert!(matches!(broken(&torn), Broken::Line { line, .. } if line == at + 1));
        }
    }

    #[test]
    fn a_full_disk_is_told() {
        let mut room = [0; 100];
        let mut log = Log::new(&mut room[..]);
        assert!(log.append(&entry(1)).is_err());
    }
}
