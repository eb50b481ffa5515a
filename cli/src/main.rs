//! The `taper` command.

mod explain;
mod inspect;
mod sheet;

use clap::Parser;
use std::process::ExitCode;

/// Capability tokens that narrow at every hop.
#[derive(Debug, Parser)]
#[command(name = "taper", version)]
enum Command {
    /// Draw a chain as a tree: who holds each hop, and what it narrowed.
    Inspect(inspect::Args),
    /// Say why a chain does not authorize a call, and what it would authorize instead.
    Explain(explain::Args),
}

fn main() -> ExitCode {
    match Command::parse() {
        Command::Inspect(args) => inspect::run(args),
        Command::Explain(args) => explain::run(args),
    }
}
