//! `taper vectors serve`: the program's side of the protocol, answered by this library.

use super::judge::judge;
use crate::{failure::Failure, input::Plain, vectors::expected::Judgement};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    io::{self, BufRead as _, Write as _},
};

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    #[serde(flatten)]
    judgement: Judgement,
}

#[derive(Serialize)]
struct NoAnswer<'a> {
    id: &'a str,
    error: String,
}

/// Answers each line of standard input with one on standard output, until there are no more.
pub(super) fn run() -> Result<(), Failure> {
    let fail = |error| Failure::at("standard input or output", Plain(&error));
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line.map_err(fail)?;
        let id = serde_json::from_str::<Named<'_>>(&line).map_or_else(|_| "".into(), |n| n.id);
        let answer = match judge(&line) {
            Ok(judgement) => serde_json::to_string(&Answer { id: &id, judgement }),
            // Without a verdict: an error counts as wrong, and never as a permit.
            Err(error) => serde_json::to_string(&NoAnswer { id: &id, error }),
        };
        let written = answer.map_err(io::Error::other).and_then(|answer| {
            writeln!(out, "{answer}")?;
            out.flush()
        });
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(fail)?,
        }
    }
    Ok(())
}
