//! `taper guard`, `hold`, `log` and `doctor`: the gateway is a program of its own, so that this one
//! stays small.

use crate::failure::Failure;
use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    process::{Command, ExitCode},
};

/// The gateway's program.
const PROGRAM: &str = "taper-gateway";

/// Arguments that are the gateway's to read.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// What `taper-gateway COMMAND --help` lists.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

/// Becomes the gateway's command of this name.
pub(crate) fn run(name: &str, args: &Args) -> Result<ExitCode, Failure> {
    let mut command = Command::new(program());
    command.arg(name).args(&args.arguments);
    become_it(&mut command).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::at(PROGRAM, "it is not installed; `cargo install taper-gateway` does that")
        }
        _ => Failure::at(PROGRAM, error),
    })
}

/// The one that was installed along with this program, or any.
fn program() -> PathBuf {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().map(|own| own.with_file_name(&name));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| name.into())
}

/// Signals and pipes then reach it without anybody between.
#[cfg(unix)]
fn become_it(command: &mut Command) -> io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(Failure::CODE)))
}
