//! `taper conformance`: does another program answer the vectors as it should?

mod junit;
mod program;
mod report;

use crate::{
    duration,
    failure::Failure,
    output::Output,
    vectors::{Case, Generator, Line, Profile, Suite, complain, files},
};
use program::{Program, Silence};
use report::Report;
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// After so many requests in a row without an answer, the program is taken to be broken, and
/// waiting for the rest would tell nothing more.
const PATIENCE: usize = 20;

/// Ask another implementation the test vectors and tell where its answers are wrong.
///
/// The program is started once and gets one JSON line for each vector on its standard input; it
/// writes one JSON line to standard output. What lines say is in `test-vectors/README.md`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The program with its arguments, split at spaces as a shell does; no shell runs.
    #[arg(long, value_name = "COMMAND")]
    exec: String,
    /// A file of vectors, `-` for standard input, or a folder (every `*.json` below it);
    /// `test-vectors` if not given.
    #[arg(conflicts_with = "random")]
    path: Option<PathBuf>,
    /// Ask this many random cases instead (`taper vectors random`).
    #[arg(long, value_name = "COUNT")]
    random: Option<u64>,
    /// Which random cases.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "random")]
    seed: u64,
    /// Only vectors of this profile, and those that have none.
    #[arg(long)]
    profile: Option<Profile>,
    /// Only this operation; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = OPERATIONS)]
    operation: Vec<String>,
    /// An extension constraint type that the program has; may be repeated. Vectors that need one
    /// that it does not have are left out.
    #[arg(long, value_name = "NAME")]
    extension: Vec<String>,
    /// How long the program may take for one answer.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration::parse)]
    timeout: Duration,
    /// Write the results as JUnit XML as well.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

const OPERATIONS: [&str; 11] = [
    "verify",
    "sequence",
    "narrows",
    "check",
    "well_formed",
    "canonicalize",
    "key",
    "signature",
    "issue",
    "derive",
    "prove",
];

/// 0 when every answer is right, 1 when one is wrong or missing, 2 for what cannot be used.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<ExitCode, Failure> {
    let mut session = Session {
        args,
        program: Program::new(&args.exec, args.timeout)?,
        report: Report::default(),
        silent: 0,
        skipped: 0,
        unreadable: false,
    };
    match args.random {
        Some(count) => session.random(count)?,
        None => session.files()?,
    }
    session.program.finish();
    let Session { report, skipped, unreadable, .. } = session;
    if report.is_empty() && !unreadable {
        return Err(Failure::new("no vector is of this profile and operation"));
    }
    if let Some(file) = &args.junit {
        out.save(Some(file), &junit::write(&report))?;
    }
    report.write(out)?;
    if skipped > 0 {
        complain(
            &"--exec",
            &format_args!(
                "gave up after {PATIENCE} requests in a row without an answer; {skipped} were not \
                 asked"
            ),
        );
    }
    Ok(match (report.is_right(), unreadable) {
        (false, _) => ExitCode::FAILURE,
        (true, true) => ExitCode::from(Failure::CODE),
        (true, false) => ExitCode::SUCCESS,
    })
}

struct Session<'a> {
    args: &'a Args,
    program: Program,
    report: Report,
    /// How many requests in a row have had no answer.
    silent: usize,
    /// How many were not asked any more.
    skipped: usize,
    unreadable: bool,
}

impl Session<'_> {
    fn files(&mut self) -> Result<(), Failure> {
        let path = files::or_default(self.args.path.as_deref())?;
        for file in files::below(path)? {
            let name = file.display();
            let text = match files::read(&file) {
                Ok(text) => text,
                Err(error) => {
                    self.unreadable(&name, &error);
                    continue;
                }
            };
            match Suite::from_json(&text) {
                Ok(suite) => self.suite(&name, &suite)?,
                Err(error) => self.unreadable(&name, &error),
            }
        }
        Ok(())
    }

    fn random(&mut self, count: u64) -> Result<(), Failure> {
        let generator = Generator::new(self.args.seed, self.args.profile);
        generator.each(count, |vector| {
            let text = generator.file_of(&vector);
            let suite = Suite::from_json(&text).map_err(Failure::new)?;
            self.suite(&"random", &suite)
        })
    }

    fn suite(&mut self, name: &dyn std::fmt::Display, suite: &Suite<'_>) -> Result<(), Failure> {
        for case in suite.cases() {
            match case {
                Ok(case) if self.wants(&case) => self.ask(case, name)?,
                Ok(_) => {}
                Err((id, error)) => {
                    self.unreadable(name, &format_args!("vector {id:?}: {error}"));
                }
            }
        }
        Ok(())
    }

    fn wants(&self, case: &Case) -> bool {
        let profile = match (self.args.profile, &case.profile) {
            (Some(wanted), Some(profile)) => wanted.as_str() == profile,
            _ => true,
        };
        let known = case.extensions.iter().all(|name| self.args.extension.contains(name));
        profile
            && known
            && (self.args.operation.is_empty() || self.args.operation.contains(&case.operation))
    }

    fn ask(&mut self, case: Case, file: &dyn std::fmt::Display) -> Result<(), Failure> {
        if self.silent >= PATIENCE {
            self.skipped = self.skipped.saturating_add(1);
            return Ok(());
        }
        let line = match self.program.ask(&case.id, &case.request) {
            Ok(found) => {
                self.silent = 0;
                Line::answered(case.id, &case.expected, found)
            }
            Err(Silence::NotStarted(failure)) => return Err(failure),
            Err(Silence::NoAnswer(reason)) => {
                self.silent = self.silent.saturating_add(1);
                Line::unanswered(case.id, &case.expected, reason)
            }
        };
        self.report.add(case.group.unwrap_or_else(|| file.to_string()), line);
        Ok(())
    }

    fn unreadable(&mut self, what: &dyn std::fmt::Display, reason: &dyn std::fmt::Display) {
        self.unreadable = true;
        complain(what, reason);
    }
}
