//! `taper-gateway hold`.

use super::{Failure, ended, listen};
use std::{ffi::OsString, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use taper::ProofOptions;
use taper_gateway::{
    Holder,
    hold::{Approvals, ChainFile, Gate, read_key},
    proxy::{HttpServer, Limits, Origins, Processes, Proxy, Remote, Routes, StdioServer, Upstream},
};
use tokio::sync::watch;

/// Prove possession of a chain's key for every tool call, beside a client that knows of no tokens.
///
/// The client talks to this process as to any MCP server, on standard input and output or over
/// HTTP on this machine. Key and chain stay out of its sight.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The guard's URL, when it is not a command.
    #[arg(long, value_name = "URL", required_unless_present = "command")]
    guard: Option<String>,
    /// The chain; when the file is replaced, the one that stands there then.
    #[arg(long, value_name = "FILE")]
    chain: PathBuf,
    /// The private key that the chain's leaf names, a JWK or PEM.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The guard's name, as the proofs' `aat_aud`.
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// Serve clients over streamable HTTP at this loopback address, with the path `/mcp`, and not
    /// one client on standard input and output.
    #[arg(long, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// Ask the person at the client before a call of a tool that matches PATTERN, in which `*` is
    /// any text; may be repeated.
    #[arg(long, value_name = "PATTERN")]
    confirm: Vec<String>,
    /// How many seconds a person who is asked has.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    confirm_timeout: u64,
    /// A command that is a guard on standard input and output, started for each session.
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "guard")]
    command: Vec<OsString>,
}

/// Serves clients until it is told to end.
pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    let limits = Limits::default();
    let (file, chain) =
        ChainFile::open(&args.chain).map_err(|error| Failure::at("--chain", error))?;
    let key = read_key(&args.key).map_err(|error| Failure::at("--key", error))?;
    if chain.leaf().holder() != key.public_key() {
        return Err(Failure::at("--key", "it is not the key that the chain's leaf names"));
    }
    let end = chain.leaf().expires_at();
    let options = match &args.audience {
        Some(name) => ProofOptions::default().audience(name.as_str()),
        None => ProofOptions::default(),
    };
    let patterns = args.confirm.iter().map(String::as_str);
    let approvals = Approvals::new(patterns, Duration::from_secs(args.confirm_timeout));
    let gate = Arc::new(Gate::new(Holder::new(chain, key, options), approvals));
    let upstream = upstream(&args, &limits)?;
    let proxy = Proxy::new(Arc::clone(&gate), Arc::new(upstream), &limits);
    let (_routes, routes) = watch::channel(Arc::new(Routes::of_one(Arc::new(proxy))));
    tokio::spawn(async move { file.follow(&gate, end).await });
    let Some(address) = args.http else {
        tracing::info!("serving standard input and output");
        tokio::select! {
            () = ended() => {}
            _ = StdioServer::run(routes, limits, tokio::io::stdin(), tokio::io::stdout()) => {}
        }
        return Ok(());
    };
    if !address.ip().is_loopback() {
        let problem =
            "whoever reaches it uses the holder's key, so it has to be a loopback address";
        return Err(Failure::at("--http", problem));
    }
    let (listener, address) = listen(address)?;
    tracing::info!("listening at http://{address}/mcp");
    HttpServer::new(routes, Origins::at(address), limits).run(listener, ended()).await;
    Ok(())
}

fn upstream(args: &Args, limits: &Limits) -> Result<Upstream, Failure> {
    if let Some(url) = &args.guard {
        let remote = Remote::new(url, limits);
        return remote.map(Upstream::Remote).map_err(|error| Failure::at("--guard", error));
    }
    let mut command = args.command.iter().cloned();
    let program = command.next().ok_or_else(|| Failure::at("COMMAND", "it is empty"))?;
    Ok(Upstream::Processes(Processes::new(program, command, limits)))
}
