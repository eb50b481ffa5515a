//! `taper vectors`: questions with their right answers.

mod compare;
mod draw;
mod expected;
pub(crate) mod files;
mod judge;
mod profile;
mod random;
mod report;
mod run;
mod serve;
mod suite;

pub(crate) use compare::Outcome;
pub(crate) use expected::Judgement;
pub(crate) use profile::Profile;
pub(crate) use random::Generator;
pub(crate) use report::{Line, Summary, cut};
pub(crate) use run::complain;
pub(crate) use suite::{Case, Suite};

use crate::{failure::Failure, output::Output};
use std::process::ExitCode;

/// Run test vectors, or answer them for another program.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Answer each vector, and compare the answer with the right one.
    Run(run::Args),
    /// Make random cases, most of what can be right and wrong, with what must come of them.
    Random(draw::Args),
    /// Answer requests on standard input, one JSON line each (`test-vectors/README.md`).
    Serve,
}

pub(crate) fn run(args: Args, out: &mut Output) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Run(args) => run::run(&args, out),
        Command::Random(args) => draw::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Serve => serve::run().map(|()| ExitCode::SUCCESS),
    }
}
