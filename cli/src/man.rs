//! `taper man`: the manual page, one for all commands.

use crate::{
    Cli,
    failure::{Exit, Failure},
    output::Output,
};
use clap::CommandFactory as _;
use clap_mangen::Man;
use std::io;

/// Print the manual page, in roff.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command to print the page of, such as `verify`; without it, of `taper` itself.
    command: Vec<String>,
}

/// Prints the page.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    let mut found = &command;
    for name in &args.command {
        found = found
            .find_subcommand(name)
            .ok_or_else(|| Failure::new(format_args!("there is no command `{name}`")))?;
    }
    let page = render(found.clone()).map_err(Failure::new)?;
    out.write(String::from_utf8_lossy(&page))?;
    Ok(Exit::Permit)
}

fn render(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}
