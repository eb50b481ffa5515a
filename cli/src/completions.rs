//! `taper completions`: completion scripts for shells.

use crate::{
    Cli,
    failure::{Exit, Failure},
    output::Output,
};
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print a shell's completion script.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "taper", &mut script);
    out.write(String::from_utf8_lossy(&script))?;
    Ok(Exit::Permit)
}
