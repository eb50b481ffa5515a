//! The `taper` command.

#![forbid(unsafe_code)]

mod demo;
mod derive;
mod explain;
mod grant;
mod inspect;
mod issue;
mod key;
mod pages;
mod prove;
mod sheet;
mod vectors;
mod verify;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Capability tokens that narrow at every hop: issue, derive, prove, verify and inspect chains
#[derive(Debug, Parser)]
#[command(name = "taper", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole story: a grant narrowed twice, a call permitted, ten attacks denied
    Demo(demo::Args),
    /// Make, show and convert keys
    #[command(subcommand)]
    Key(key::Command),
    /// Issue a root token
    Issue(issue::Args),
    /// Derive a narrower token
    Derive(derive::Args),
    /// Prove possession for one call
    Prove(prove::Args),
    /// Verify a presentation: exit 0 on permit, 1 on deny, 2 on unusable input
    Verify(verify::Args),
    /// Draw a chain as a tree: who holds each hop, and what it narrowed
    Inspect(inspect::Args),
    /// Say why a chain does not authorize a call, and what it would authorize instead
    Explain(explain::Args),
    /// Run test vectors
    #[command(subcommand)]
    Vectors(vectors::Command),
    /// Write completions for a shell
    Completions(pages::Completions),
    /// Write the man page
    Man,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Key(command) => key::run(&command),
        Command::Issue(args) => issue::run(&args),
        Command::Derive(args) => derive::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Inspect(args) => inspect::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Vectors(command) => vectors::run(&command),
        Command::Completions(args) => pages::completions(&args),
        Command::Man => pages::man(),
    }
}
