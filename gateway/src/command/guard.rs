//! `taper-gateway guard`.

use super::{
    Failure, ended,
    key::{self, AnchorArg},
};
use std::{ffi::OsString, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use taper::{Policy, TrustAnchors, Verifier};
use taper_gateway::{
    Tools,
    proxy::{Limits, Origins, Processes, Remote, Upstream},
    serve::{DecisionLog, GuardServer, Rules},
};
use tokio::net::TcpListener;

/// Verify a chain and a proof for every tool call on the way to an MCP server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where clients come to, over streamable HTTP, with the path `/mcp`.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Serve one client on standard input and output instead.
    #[arg(long, conflicts_with = "listen")]
    stdio: bool,
    /// The server's URL, when it is not a command.
    #[arg(long, value_name = "URL", required_unless_present = "command")]
    upstream: Option<String>,
    /// Trust roots of ISSUER that this public key signed, a JWK or PEM; may be repeated.
    #[arg(long, value_name = "ISSUER=FILE", value_parser = key::parse, required = true)]
    anchor: Vec<AnchorArg>,
    /// A name of this guard in `aud` and `aat_aud`; may be repeated.
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// Let requests of METHOD pass without a token; may be repeated.
    #[arg(long, value_name = "METHOD")]
    allow: Vec<String>,
    /// Write decisions to this file, and deny calls when that fails.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Where `/healthz`, `/readyz` and `/metrics` are, which are for operators alone.
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<SocketAddr>,
    /// Let web pages of ORIGIN in, such as `https://app.example.com`; may be repeated.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    #[command(flatten)]
    limits: LimitArgs,
    /// The server's command, started for each session.
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "upstream")]
    command: Vec<OsString>,
}

/// Bounds on clients and servers.
#[derive(Debug, clap::Args)]
struct LimitArgs {
    /// The most bytes of a client's message.
    #[arg(long, value_name = "BYTES")]
    max_message: Option<usize>,
    /// How many messages may be under way at once.
    #[arg(long, value_name = "N")]
    max_requests: Option<usize>,
    /// How many seconds a client may take for headers, and for a body.
    #[arg(long, value_name = "SECONDS")]
    client_timeout: Option<u64>,
    /// How many seconds a server may be silent while a request waits.
    #[arg(long, value_name = "SECONDS")]
    answer_timeout: Option<u64>,
}

impl LimitArgs {
    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_message = self.max_message.unwrap_or(limits.max_message);
        limits.max_requests = self.max_requests.unwrap_or(limits.max_requests);
        let seconds = |given: Option<u64>, default| given.map_or(default, Duration::from_secs);
        limits.header_timeout = seconds(self.client_timeout, limits.header_timeout);
        limits.body_timeout = seconds(self.client_timeout, limits.body_timeout);
        limits.answer_timeout = seconds(self.answer_timeout, limits.answer_timeout);
        limits
    }
}

/// Runs the guard until it is told to end.
pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    let limits = args.limits.limits();
    let server = GuardServer::new(&rules(&args, limits.clone())?);
    if let Some(address) = args.admin {
        let (listener, address) = listen(address).await?;
        tracing::info!("operators at http://{address}/metrics");
        tokio::spawn(server.admin(listener));
    }
    if args.stdio {
        tracing::info!("serving standard input and output");
        tokio::select! {
            () = ended() => {}
            _ = server.stdio(limits) => {}
        }
        return Ok(());
    }
    let (listener, address) = listen(args.listen).await?;
    let origins = args.origin.into_iter().fold(Origins::at(address), Origins::with);
    tracing::info!("listening at http://{address}/mcp");
    server.http(listener, origins, limits, ended()).await;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let failed = |error| Failure::at(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn rules(args: &Args, limits: Limits) -> Result<Rules, Failure> {
    let anchors: TrustAnchors =
        args.anchor.iter().map(AnchorArg::load).collect::<Result<_, _>>()?;
    let policy = args
        .audience
        .iter()
        .fold(Policy::default(), |policy, name| policy.also_for_audience(name.as_str()));
    let upstream = upstream(args, &limits)?;
    let log = args
        .log
        .as_deref()
        .map(DecisionLog::open)
        .transpose()
        .map_err(|error| Failure::at("--log", error))?;
    Ok(Rules {
        verifier: Arc::new(Verifier::new(anchors).with_policy(policy)),
        tools: Tools::of_one_server(),
        methods: args.allow.iter().map(|method| method.as_str().into()).collect(),
        nonces: None,
        upstreams: vec![("server".into(), Arc::new(upstream))],
        log: log.map(Arc::new),
        limits,
        store_blocks: false,
    })
}

fn upstream(args: &Args, limits: &Limits) -> Result<Upstream, Failure> {
    if let Some(url) = &args.upstream {
        let remote = Remote::new(url, limits);
        return remote.map(Upstream::Remote).map_err(|error| Failure::at("--upstream", error));
    }
    let mut command = args.command.iter().cloned();
    let program = command.next().ok_or_else(|| Failure::at("COMMAND", "it is empty"))?;
    Ok(Upstream::Processes(Processes::new(program, command, limits)))
}
