//! The log of decisions: one JSON line each, chained by digests, so that a line that was changed,
//! removed or moved is found.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    borrow::Cow,
    io::{self, BufRead, Write},
};

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
    before: Cow<'a, str>,
    #[serde(flatten)]
    entry: Entry,
}

/// What stands for the digest before the first line.
pub const LOG_START: &str = "start";

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
        Self { to, before: LOG_START.into() }
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
        let line = Line { before: (&*self.before).into(), entry: entry.clone() };
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
    /// The first line does not follow what is said to be before it.
    #[error(
        "line 1 follows `{}`, not `{}`: lines before it were removed, or it belongs to another log",
        shortened(found),
        shortened(expected)
    )]
    Start {
        /// The digest that it names.
        found: String,
        /// The digest of what is before it.
        expected: String,
    },
    /// The last line has no end.
    #[error("line {line} is cut: its end is missing")]
    Cut {
        /// Counted from 1.
        line: usize,
    },
}

/// A digest has 43 characters; what stands in its place may have any number.
fn shortened(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

/// One line of a log.
#[derive(Debug)]
pub struct LogLine {
    /// Counted from 1.
    pub number: usize,
    /// The digest of this line, which the next one names.
    pub digest: String,
    /// What was decided, when that can be told.
    pub entry: Option<Entry>,
    /// What is wrong with the line, or with its place.
    pub broken: Option<Broken>,
}

/// The lines of a log, those after a broken one too: they are held against what is there.
#[derive(Debug)]
pub struct LogLines<R> {
    from: R,
    before: String,
    number: usize,
}

impl<R: BufRead> LogLines<R> {
    /// The lines of a log from its beginning.
    pub fn new(from: R) -> Self {
        Self::after(from, LOG_START.into())
    }

    /// The lines of a log that goes on with another, whose last line has the digest `before`.
    pub fn after(from: R, before: String) -> Self {
        Self { from, before, number: 0 }
    }

    fn judged(&mut self, mut bytes: Vec<u8>) -> LogLine {
        self.number = self.number.saturating_add(1);
        let number = self.number;
        let whole = bytes.pop_if(|last| *last == b'\n').is_some();
        let digest = digest_of(&bytes);
        let before = std::mem::replace(&mut self.before, digest.clone());
        let (entry, broken) = match serde_json::from_slice::<Line<'_>>(&bytes) {
            Err(_) if !whole => (None, Some(Broken::Cut { line: number })),
            Err(error) => (None, Some(Broken::Line { line: number, error })),
            Ok(line) if line.before != before => {
                let broken = match number {
                    1 => Broken::Start { found: line.before.into_owned(), expected: before },
                    _ => Broken::Chain { line: number },
                };
                (Some(line.entry), Some(broken))
            }
            Ok(line) => (Some(line.entry), (!whole).then_some(Broken::Cut { line: number })),
        };
        LogLine { number, digest, entry, broken }
    }
}

impl<R: BufRead> Iterator for LogLines<R> {
    type Item = io::Result<LogLine>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = vec![];
        // The digest is of every byte: `lines` would forgive a carriage return.
        match self.from.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(_) => Some(Ok(self.judged(bytes))),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Checks that each line of a log follows the one before it, and gives the digest of the last
/// line, to be kept elsewhere: that the last line was changed, or that lines are missing at the
/// end, only such a digest can tell.
///
/// # Errors
///
/// The first line that is wrong.
pub fn verify_log(from: impl BufRead) -> Result<(usize, String), Broken> {
    let mut last = (0, LOG_START.to_owned());
    for line in LogLines::new(from) {
        let line = line?;
        if let Some(broken) = line.broken {
            return Err(broken);
        }
        last = (line.number, line.digest);
    }
    Ok(last)
}

/// The SHA-256 of a text, in base64url.
pub(crate) fn digest(text: &str) -> String {
    digest_of(text.as_bytes())
}

/// The SHA-256 of bytes, in base64url.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
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
        assert_eq!(verify_log(&b""[..]).unwrap(), (0, LOG_START.into()));
    }

    #[test]
    fn every_change_is_found() {
        let text = written();
        let lines: Vec<&str> = text.lines().collect();
        let broken = |lines: &[&str]| verify_log(lines.join("\n").as_bytes()).unwrap_err();
        for at in 0..4 {
            let misplaced = |lines: &[&str]| match broken(lines) {
                Broken::Start { found, expected } => {
                    assert_eq!(
                        (&*found, &*expected),
                        (&*digest(text.lines().next().unwrap()), LOG_START)
                    );
                    1
                }
                Broken::Chain { line } => line,
                other => panic!("{other}"),
            };
            let mut removed = lines.clone();
            removed.remove(at);
            assert_eq!(misplaced(&removed), at + 1);
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            assert_eq!(misplaced(&swapped), at + 1);
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
            // A carriage return is a change too.
            let returned = format!("{}\r", lines[at]);
            let mut with = lines.clone();
            with[at] = &returned;
            assert!(matches!(broken(&with), Broken::Chain { line } if line == at + 2));
        }
        for cut in 1..=lines[4].len() {
            let rest = &text.as_bytes()[..text.len() - cut];
            assert!(matches!(verify_log(rest), Err(Broken::Cut { line: 5 })), "{cut}");
        }
    }

    #[test]
    fn lines_after_a_broken_one_are_read_too() {
        let text = written().replacen("\"time\":2", "\"time\":2.5", 1);
        let lines: Vec<LogLine> = LogLines::new(text.as_bytes()).map(Result::unwrap).collect();
        let broken = lines.iter().map(|line| line.broken.is_some());
        assert_eq!(broken.collect::<Vec<_>>(), [false, true, true, false, false]);
        let times = lines.iter().map(|line| line.entry.as_ref().map(|entry| entry.time));
        assert_eq!(times.collect::<Vec<_>>(), [Some(1), None, Some(3), Some(4), Some(5)]);
    }

    #[test]
    fn a_log_that_goes_on_in_another_file() {
        let text = written();
        let (first, second) = text.split_at(text.find("\n").unwrap() + 1);
        let (_, last) = verify_log(first.as_bytes()).unwrap();
        let good = |before: &str| {
            LogLines::after(second.as_bytes(), before.into())
                .all(|line| line.unwrap().broken.is_none())
        };
        assert!(good(&last));
        assert!(!good(LOG_START));
    }

    #[test]
    fn a_full_disk_is_told() {
        let mut room = [0; 100];
        let mut log = Log::new(&mut room[..]);
        assert!(log.append(&entry(1)).is_err());
    }
}
