//! `taper-gateway guard`.

use super::{
    Failure, ended,
    key::{self, AnchorArg},
    listen,
};
use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use taper::{TrustAnchors, Verifier};
use taper_gateway::{
    Guard, Tools,
    policy::{Current, Event, Mode, Policy, PolicyError},
    proxy::{Limits, Origins, Processes, Remote, Upstream},
    serve::{DecisionLog, GuardServer, Opened, Rules},
};

/// Verify a chain and a proof for every tool call on the way to an MCP server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Go by this policy, and follow its changes; see POLICY.md.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "listen", "upstream", "anchor", "audience", "allow", "log", "admin", "origin", "command",
        "LimitArgs",
    ])]
    policy: Option<PathBuf>,
    /// Only say whether the policy is good.
    #[arg(long, requires = "policy", conflicts_with = "stdio")]
    check: bool,
    /// Where clients come to, over streamable HTTP, with the path `/mcp`.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Serve one client on standard input and output instead.
    #[arg(long, conflicts_with = "listen")]
    stdio: bool,
    /// The server's URL, when it is not a command.
    #[arg(long, value_name = "URL", required_unless_present_any = ["command", "policy"])]
    upstream: Option<String>,
    /// Trust roots of ISSUER that this public key signed, a JWK or PEM; may be repeated.
    #[arg(long, value_name = "ISSUER=FILE", value_parser = key::parse, required_unless_present = "policy")]
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
    if let Some(policy) = &args.policy {
        return by_policy(policy, args.stdio).await;
    }
    let limits = args.limits.limits();
    let server = GuardServer::new(&rules(&args, limits.clone())?);
    if let Some(address) = args.admin {
        let (listener, address) = listen(address)?;
        tracing::info!("operators at http://{address}/metrics");
        tokio::spawn(server.admin(listener));
    }
    if args.stdio {
        return on_stdio(&server, limits).await;
    }
    let (listener, address) = listen(args.listen)?;
    let origins = args.origin.into_iter().fold(Origins::at(address), Origins::with);
    tracing::info!("listening at http://{address}/mcp");
    server.http(listener, origins, limits, ended()).await;
    Ok(())
}

/// The policy that is only to be checked, if any.
pub(crate) fn checked(args: &Args) -> Option<&Path> {
    args.policy.as_deref().filter(|_| args.check)
}

/// What a good policy says, in a few lines.
pub(crate) fn check(path: &Path) -> Result<String, PolicyError> {
    let current = Current::load(path)?;
    let running = current.running();
    let policy = running.policy();
    let names: Vec<&str> = policy.servers.iter().map(|(name, _)| &**name).collect();
    let mode = match policy.mode {
        Mode::Enforce => "enforce",
        Mode::Audit => "audit, which protects nothing",
    };
    let address = |address: Option<SocketAddr>| {
        address.map_or_else(|| "none".to_owned(), |address| address.to_string())
    };
    Ok(format!(
        "{}: good\n  mode: {mode}\n  anchors: {} keys, {} key sets to fetch\n  upstreams: {}\n  \
         listen: http {}, admin {}\n  log: {}\n",
        path.display(),
        running.verifier().anchors().len(),
        running.key_sets().len(),
        names.join(", "),
        address(policy.http),
        address(policy.admin),
        policy.log.as_ref().map_or_else(|| "none".into(), |log| log.path.display().to_string()),
    ))
}

/// Serves by the policy at `path`, and by those that follow it.
async fn by_policy(path: &Path, stdio: bool) -> Result<(), Failure> {
    let failed = |problem: &dyn std::fmt::Display| Failure::at(path.display(), problem);
    let mut current = Current::load(path).map_err(|error| Failure::at("--policy", error))?;
    let policy = Arc::clone(current.running().policy());
    if stdio && policy.servers.len() > 1 {
        return Err(failed(&"with `--stdio` there is one upstream"));
    }
    warn_of(&policy);
    let mut opened = Opened::default();
    // Before anybody comes, so that the first call finds keys.
    current.fetch(Instant::now()).await.iter().for_each(say);
    let rules = opened.rules(current.running()).map_err(|error| failed(&error))?;
    let server = Arc::new(GuardServer::new(&rules));
    let replaced = Arc::clone(&server);
    tokio::spawn(current.follow(move |event| {
        if let Event::Changed(running) = &event {
            match opened.rules(running) {
                Ok(rules) => replaced.replace(&rules),
                Err(error) => return tracing::error!("the policy stays as it was: {error}"),
            }
        }
        // When it holds.
        say(&event);
    }));
    if let Some(address) = policy.admin {
        let (listener, address) = listen(address)?;
        tracing::info!("operators at http://{address}/metrics");
        tokio::spawn(server.admin(listener));
    }
    let limits = policy.traffic.clone();
    if stdio {
        return on_stdio(&server, limits).await;
    }
    let Some(address) = policy.http else {
        return Err(failed(&"there is no `listen.http`; give it, or `--stdio`"));
    };
    let (listener, address) = listen(address)?;
    let origins = policy.origins.iter().cloned().fold(Origins::at(address), Origins::with);
    match &*policy.servers {
        [_] => tracing::info!("listening at http://{address}/mcp"),
        several => several
            .iter()
            .for_each(|(name, _)| tracing::info!("listening at http://{address}/{name}/mcp")),
    }
    server.http(listener, origins, limits, ended()).await;
    Ok(())
}

fn say(event: &Event) {
    match event {
        Event::Changed(running) => {
            tracing::info!("the policy has changed");
            warn_of(running.policy());
        }
        Event::Refused(error) => tracing::error!("the policy stays as it was: {error}"),
        Event::NotFetched(set, error) => {
            tracing::warn!("the keys at {} stay as they were: {error}", set.url());
        }
        _ => {}
    }
}

/// Whatever is told otherwise, this is: a guard that only watches is taken for one that protects.
fn warn_of(policy: &Policy) {
    if policy.mode == Mode::Audit {
        eprintln!("taper-gateway: AUDIT MODE: nothing is protected, every call is forwarded");
    }
}

async fn on_stdio(server: &GuardServer, limits: Limits) -> Result<(), Failure> {
    tracing::info!("serving standard input and output");
    tokio::select! {
        () = ended() => {}
        _ = server.stdio(limits) => {}
    }
    Ok(())
}

fn rules(args: &Args, limits: Limits) -> Result<Rules, Failure> {
    let anchors: TrustAnchors =
        args.anchor.iter().map(AnchorArg::load).collect::<Result<_, _>>()?;
    let policy = args
        .audience
        .iter()
        .fold(taper::Policy::default(), |policy, name| policy.also_for_audience(name.as_str()));
    let upstream = upstream(args, &limits)?;
    let log = args
        .log
        .as_deref()
        .map(DecisionLog::open)
        .transpose()
        .map_err(|error| Failure::at("--log", error))?;
    let verifier = Verifier::new(anchors).with_policy(policy);
    let guard = Guard::new(verifier, Tools::of_one_server());
    Ok(Rules {
        guard: args.allow.iter().fold(guard, |guard, method| guard.allow_method(method.as_str())),
        upstreams: vec![("server".into(), Arc::new(upstream))],
        log: log.map(Arc::new),
        limits,
        store_blocks: false,
        policy: None,
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
