//! The `taper-gateway` command, which `taper guard` and its like run.
#![forbid(unsafe_code)]

mod command;

use clap::{Parser, Subcommand};
use std::{io::IsTerminal as _, process::ExitCode};

/// Taper at the boundary of MCP servers.
#[derive(Debug, Parser)]
#[command(name = "taper-gateway", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Guard(Box<command::guard::Args>),
    Hold(Box<command::hold::Args>),
    Log(command::log::Args),
    Doctor(command::doctor::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Guard(args) = &cli.command
        && let Some(path) = command::guard::checked(args)
    {
        return match command::guard::check(path) {
            Ok(told) => {
                print!("{told}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(1)
            }
        };
    }
    let filter = tracing_subscriber::EnvFilter::try_from_env("TAPER_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // Standard output may be a client's.
        .with_writer(std::io::stderr)
        .init();
    let done = |()| ExitCode::SUCCESS;
    let ended = match cli.command {
        Command::Guard(args) => command::run(command::guard::run(*args)).map(done),
        Command::Hold(args) => command::run(command::hold::run(*args)).map(done),
        Command::Log(args) => command::log::run(&args),
        Command::Doctor(args) => command::run(command::doctor::run(args)).map(|well| match well {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(1),
        }),
    };
    match ended {
        Ok(code) => code,
        Err(failure) => {
            tracing::error!("{failure}");
            ExitCode::from(2)
        }
    }
}
