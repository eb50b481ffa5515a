//! `taper completions` and `taper man`: made from the definition of the command line.

use crate::{
    Cli,
    sheet::{unusable, write_out},
};
use clap::CommandFactory as _;
use std::process::ExitCode;

/// What `taper completions` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn completions(args: &Completions) -> ExitCode {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "taper", &mut text);
    write_out(&String::from_utf8_lossy(&text), ExitCode::SUCCESS)
}

pub(crate) fn man() -> ExitCode {
    let mut text = Vec::new();
    match clap_mangen::Man::new(Cli::command()).render(&mut text) {
        Ok(()) => write_out(&String::from_utf8_lossy(&text), ExitCode::SUCCESS),
        Err(error) => unusable(&format!("the man page: {error}")),
    }
}
