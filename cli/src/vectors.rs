//! `taper vectors`: verdicts on vectors that anybody has written.

mod files;
mod judge;
mod report;
mod suite;

use report::{Line, Summary};
use std::{
    fmt::Display,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use suite::Suite;

/// Arguments of `taper vectors`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Verifies each vector and compares the verdict with the expected one
    Run(RunArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// A suite, `-` for standard input, or a folder with suites (every `*.json` below it)
    path: PathBuf,
    /// Writes one JSON object a line, the counts last
    #[arg(long)]
    json: bool,
}

/// Runs the command: 0 when every verdict is as expected, 1 when one is not, 2 when a file or a
/// vector cannot be read.
pub(crate) fn run(args: Args) -> ExitCode {
    let Command::Run(args) = args.command;
    let mut run = Run {
        json: args.json,
        out: anstream::stdout().lock(),
        summary: Summary::default(),
        unreadable: false,
    };
    match run.all(&args.path) {
        Ok(()) if run.unreadable => ExitCode::from(2),
        Ok(()) if run.summary.is_right() => ExitCode::SUCCESS,
        // Nobody reads on: what was decided so far still decides the exit.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe && run.summary.is_right() => {
            ExitCode::SUCCESS
        }
        Ok(()) => ExitCode::FAILURE,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(error) => {
            complain("standard output", &error);
            ExitCode::from(2)
        }
    }
}

struct Run<W> {
    json: bool,
    out: W,
    summary: Summary,
    /// Something was, and the rest was run all the same: one bad case hides no other.
    unreadable: bool,
}

impl<W: Write> Run<W> {
    fn all(&mut self, path: &Path) -> io::Result<()> {
        match files::suites(path) {
            Ok(files) if files.is_empty() => {
                self.unreadable(path, &"no `*.json` in this folder");
            }
            Ok(files) => {
                for file in files {
                    self.file(&file)?;
                }
            }
            Err((path, error)) => self.unreadable(&path, &error),
        }
        if self.json {
            self.summary.write_json(&mut self.out)?;
        } else {
            self.summary.write_text(&mut self.out)?;
        }
        self.out.flush()
    }

    fn file(&mut self, path: &Path) -> io::Result<()> {
        let text = match files::read(path) {
            Ok(text) => text,
            Err(error) => {
                self.unreadable(path, &error);
                return Ok(());
            }
        };
        let suite: Suite<'_> = match serde_json::from_str(&text) {
            Ok(suite) => suite,
            Err(error) => {
                self.unreadable(path, &format_args!("not a suite of vectors: {error}"));
                return Ok(());
            }
        };
        for vector in suite.vectors() {
            let vector = match vector {
                Ok(vector) => vector,
                Err((id, error)) => {
                    self.unreadable(path, &format_args!("vector {id:?}: {error}"));
                    continue;
                }
            };
            match judge::judge(&suite, &vector) {
                Ok(found) => self.line(&Line::new(&vector.id, found, &vector.expected))?,
                Err(lacks) => {
                    self.unreadable(path, &format_args!("vector {:?}: {lacks}", vector.id));
                }
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        self.summary.count(line);
        if self.json { line.write_json(&mut self.out) } else { line.write_text(&mut self.out) }
    }

    fn unreadable(&mut self, path: &Path, reason: &dyn Display) {
        self.unreadable = true;
        complain(&path.display(), reason);
    }
}

fn complain(what: &(impl Display + ?Sized), reason: &dyn Display) {
    // When standard error is gone there is nobody left to tell.
    let _written = writeln!(anstream::stderr(), "error: {what}: {reason}");
}
