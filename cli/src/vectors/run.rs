//! `taper vectors run`: this library's answers to vectors that anybody has written.

use super::{
    files,
    judge::judge,
    report::{Line, Summary},
    suite::Suite,
};
use crate::{
    failure::{Failure, Printable},
    output::{Output, style},
};
use std::{
    fmt::Display,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file of vectors, `-` for standard input, or a folder (every `*.json` below it);
    /// `test-vectors` if not given.
    path: Option<PathBuf>,
}

/// 0 when every answer is right, 1 when one is not, 2 when a file or a vector cannot be read.
pub(super) fn run(args: &Args, out: &mut Output) -> Result<ExitCode, Failure> {
    let path = files::or_default(args.path.as_deref())?;
    let mut run = Run { out, summary: Summary::default(), unreadable: false };
    for file in files::below(path)? {
        run.file(&file)?;
    }
    if run.out.is_json() {
        run.out.line(crate::output::json_line(&run.summary))?;
    } else {
        run.out.line(&run.summary)?;
    }
    Ok(match (run.unreadable, run.summary.is_right()) {
        (true, _) => ExitCode::from(Failure::CODE),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
    })
}

struct Run<'o> {
    out: &'o mut Output,
    summary: Summary,
    /// Something was, and the rest was run all the same: one bad case hides no other.
    unreadable: bool,
}

impl Run<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let text = match files::read(path) {
            Ok(text) => text,
            Err(error) => {
                self.unreadable(path, &error);
                return Ok(());
            }
        };
        let suite = match Suite::from_json(&text) {
            Ok(suite) => suite,
            Err(error) => {
                self.unreadable(path, &error);
                return Ok(());
            }
        };
        for case in suite.cases() {
            let case = match case {
                Ok(case) => case,
                Err((id, error)) => {
                    self.unreadable(path, &format_args!("vector {id:?}: {error}"));
                    continue;
                }
            };
            match judge(&case.request) {
                Ok(found) => self.line(&Line::answered(case.id, &case.expected, found))?,
                Err(lacks) => {
                    self.unreadable(path, &format_args!("vector {:?}: {lacks}", case.id));
                }
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &Line) -> Result<(), Failure> {
        self.summary.count(line.comparison);
        if self.out.is_json() {
            self.out.line(crate::output::json_line(line))
        } else if line.is_quiet() {
            Ok(())
        } else {
            self.out.line(line)
        }
    }

    fn unreadable(&mut self, path: &Path, reason: &dyn Display) {
        self.unreadable = true;
        complain(&path.display(), reason);
    }
}

/// Tells what cannot be used, and goes on.
pub(crate) fn complain(what: &dyn Display, reason: &dyn Display) {
    let text = format!("{what}: {reason}");
    let bad = style::BAD;
    // When standard error is gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{bad}error:{bad:#} {}", Printable(&text));
}
