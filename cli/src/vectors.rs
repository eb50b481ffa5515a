//! placeholder
use std::process::ExitCode;
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Run,
}
pub(crate) fn run(_: &Command) -> ExitCode {
    ExitCode::SUCCESS
}
