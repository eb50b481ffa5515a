//! The `taper` command.
#![forbid(unsafe_code)]

mod anchors;
mod call;
mod chain_file;
mod clock;
mod completions;
mod conformance;
mod demo;
mod derive;
mod duration;
mod explain;
mod extensions;
mod failure;
mod gateway;
mod grant;
mod grant_toml;
mod input;
mod inspect;
mod issue;
mod issued;
mod key;
mod key_file;
mod limits;
mod machine;
mod man;
mod output;
mod prove;
mod sheet;
mod speed;
mod usage;
mod vectors;
mod verdict;
mod verify;
mod version;

use clap::{Parser, Subcommand, ValueEnum};
use failure::Failure;
use output::{Output, style};
use std::{io::Write as _, process::ExitCode};

/// Capability tokens that narrow at every hop: issue, derive, prove and verify AAT chains offline.
#[derive(Debug, Parser)]
#[command(name = "taper", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Write JSON for machines.
    #[arg(long, global = true)]
    json: bool,
    /// When to write in colour; `auto` also obeys NO_COLOR.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole story: a grant narrowed twice, a call permitted, ten attacks denied.
    Demo(demo::Args),
    Key(key::Args),
    Issue(Box<issue::Args>),
    Derive(Box<derive::Args>),
    Prove(Box<prove::Args>),
    Verify(Box<verify::Args>),
    /// Draw a chain as a tree: who holds each hop, and what it narrowed.
    Inspect(inspect::Args),
    /// Say why a chain does not authorize a call, and what it would authorize instead.
    Explain(explain::Args),
    Vectors(vectors::Args),
    Conformance(conformance::Args),
    /// Put a guard before an MCP server; runs `taper-gateway guard`, when that is installed.
    Guard(gateway::Args),
    /// Present a chain for a client that knows nothing of it; runs `taper-gateway hold`.
    Hold(gateway::Args),
    /// Check or show a guard's log of decisions; runs `taper-gateway log`.
    Log(gateway::Args),
    /// Find out what stands between a client and a guard; runs `taper-gateway doctor`.
    Doctor(gateway::Args),
    Completions(completions::Args),
    Man(man::Args),
    Version(version::Args),
}

impl Command {
    fn run(self, out: &mut Output) -> Result<ExitCode, Failure> {
        let exit = match self {
            Self::Key(args) => key::run(args, out),
            Self::Issue(args) => issue::run(&args, out),
            Self::Derive(args) => derive::run(&args, out),
            Self::Prove(args) => prove::run(&args, out),
            Self::Verify(args) => verify::run(&args, out),
            Self::Completions(args) => completions::run(&args, out),
            Self::Man(args) => man::run(&args, out),
            Self::Version(args) => version::run(&args, out),
            Self::Demo(args) => return Ok(demo::run(&args)),
            Self::Inspect(args) => return Ok(inspect::run(args)),
            Self::Explain(args) => return Ok(explain::run(args)),
            Self::Vectors(args) => return vectors::run(args, out),
            Self::Guard(args) => return gateway::run("guard", &args),
            Self::Hold(args) => return gateway::run("hold", &args),
            Self::Log(args) => return gateway::run("log", &args),
            Self::Doctor(args) => return gateway::run("doctor", &args),
            Self::Conformance(args) => return conformance::run(&args, out),
        };
        exit.map(ExitCode::from)
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error),
    };
    let mut out = Output::new(cli.json, cli.color.into());
    match cli.command.run(&mut out) {
        Ok(code) => code,
        Err(failure) => fail(&failure),
    }
}

/// Reports a failure in one line. When nobody reads that either, the exit code is left.
fn fail(failure: &Failure) -> ExitCode {
    let bad = style::BAD;
    let _ = writeln!(anstream::stderr().lock(), "{bad}error:{bad:#} {failure}");
    ExitCode::from(Failure::CODE)
}
