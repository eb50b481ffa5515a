//! Load on the guard: many calls through a real guard to a real server, and what came of each.
//!
//! Starts a server and guards by itself, measures, counts, and ends with 1 when a permitted call
//! was lost or came twice, or a forbidden one came through.
#![forbid(unsafe_code)]

mod calls;
mod drive;
mod processes;
mod report;
mod upstream;
mod verdict;

use calls::Caller;
use clap::{Parser, Subcommand, ValueEnum};
use processes::Process;
use report::Run;
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use taper::Profile;

/// Why a run could not be made.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Put load on taper-gateway's guard, and count what it lets through.
#[derive(Debug, Parser)]
#[command(name = "taper-load", version)]
struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// The guard's program; else `taper-gateway` beside this one.
    #[arg(long, value_name = "FILE")]
    guard: Option<PathBuf>,
    /// How long calls are sent through the guard; to the server alone, a fifth of it before.
    #[arg(long, value_name = "N", default_value_t = 20)]
    seconds: u64,
    /// How many keep-alive connections, in pairs.
    #[arg(long, value_name = "C", default_value_t = 16)]
    connections: usize,
    /// How many hops are below the chain's root.
    #[arg(long, value_name = "HOPS", default_value_t = 3)]
    depth: u32,
    /// The encoding of chain and proofs.
    #[arg(long, value_enum, default_value_t = Encoding::Jws)]
    profile: Encoding,
    /// How many guards; more than one share a Redis.
    #[arg(long, value_name = "N", default_value_t = 1)]
    guards: usize,
    /// Keep used proofs in a `redis-server` that is started for the run.
    #[arg(long)]
    redis: bool,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Be the server; a run starts it by itself.
    #[command(hide = true)]
    Upstream,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Encoding {
    Jws,
    Compact,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Failure::from).and_then(|runtime| match args.part {
        Some(Part::Upstream) => runtime.block_on(upstream::run()).map(|()| true),
        None => runtime.block_on(run(&args)),
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all held that has to.
async fn run(args: &Args) -> Result<bool, Failure> {
    if args.guards == 0 || (args.guards > 1 && !args.redis) {
        return Err("it takes a guard, and several share a Redis: add `--redis`".into());
    }
    let program = match &args.guard {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("taper-gateway"),
    };
    let profile = match args.profile {
        Encoding::Jws => Profile::Jws,
        Encoding::Compact => Profile::Compact,
    };
    let time = Duration::from_secs(args.seconds);
    let lives = time.saturating_mul(2).saturating_add(Duration::from_secs(600));
    let caller = Arc::new(Caller::new(args.depth.saturating_add(1), profile, lives)?);
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("issuer.jwk"), caller.anchor())?;
    let (server, upstream) = Process::upstream()?;
    let redis = args.redis.then(Process::redis).transpose()?;
    let port = redis.as_ref().map(|(_, port)| *port);
    let mut guards = vec![];
    let mut addresses = vec![];
    for number in 1..=args.guards {
        let name = format!("guard{number}");
        let (guard, address) = Process::guard(&program, folder.path(), &name, upstream, port)?;
        guards.push(guard);
        addresses.push(address);
    }
    let alone = time.checked_div(5).unwrap_or_default().max(Duration::from_secs(1));
    let direct = drive::drive(&caller, &[upstream], args.connections, alone, true).await?;
    drive::counts(upstream).await?;
    let run = Run::begin(&guards, &server);
    let watched = run.watch(drive::drive(&caller, &addresses, args.connections, time, false));
    let (run, driven) = watched.await;
    let driven = driven?;
    let verdict = verdict::Verdict::of(&driven, drive::counts(upstream).await?);
    println!("{}", run.report(&direct, &driven, &verdict));
    Ok(verdict.holds())
}
