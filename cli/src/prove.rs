//! `taper prove`: proof of possession for one call.

use crate::{
    call::{self, CallArgs},
    chain_file,
    clock::ClockArgs,
    extensions::ExtensionArgs,
    failure::{Exit, Failure, Printable},
    input::{Inputs, Source},
    key_file::read_private,
    limits::LimitArgs,
    output::{Output, named},
};
use serde_json::json;
use std::path::PathBuf;
use taper::{Invocation, ProofOptions, ProveError, Terms};

/// Prove possession for one call: the presentation, to send with it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chain; `-` for standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    chain: Source,
    /// The private key of the chain's holder, JWK or PEM; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    key: Source,
    #[command(flatten)]
    call: CallArgs,
    /// The enforcement point that the proof is for (`aat_aud`).
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// The nonce that the enforcement point demanded.
    #[arg(long, value_name = "NONCE")]
    nonce: Option<String>,
    /// Prove even what the chain does not authorize, which a verifier denies.
    #[arg(long)]
    unchecked: bool,
    /// Where to write the presentation; standard output if not given.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    clock: ClockArgs,
    #[command(flatten)]
    extensions: ExtensionArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Proves possession.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut inputs = Inputs::new();
    let (limits, extensions) = (args.limits.limits(), args.extensions.extensions());
    let arguments = args.call.read(&mut inputs, &limits)?;
    let call = call::parse(&arguments).map_err(|error| arguments.fail_json(0, &error))?;
    let call = Invocation::new(args.call.tool.as_str(), call);
    let key = read_private(&mut inputs, "--key", &args.key)?;
    let chain = chain_file::read_held(&mut inputs, &args.chain, Terms::new(&limits, &extensions))?;
    let mut options = ProofOptions::default();
    if let Some(name) = &args.audience {
        options = options.audience(name.as_str());
    }
    if let Some(nonce) = &args.nonce {
        options = options.nonce(nonce.as_str());
    }
    let now = args.clock.now();
    let proved = if args.unchecked {
        chain
            .prove_unchecked(&key, &call, &options, now)
            .map(|proof| chain.present(proof).to_text())
    } else {
        chain.prove(&key, &call, &options, now)
    };
    let presentation = proved.map_err(|error| {
        let place = match error {
            ProveError::NotHolder => &args.key,
            _ => &args.chain,
        };
        Failure::at(place, format_args!("cannot prove: {error}"))
    })?;
    out.save(args.output.as_deref(), &presentation)?;
    let Some(file) = named(args.output.as_deref()) else {
        return Ok(Exit::Permit);
    };
    let file = file.display().to_string();
    if out.is_json() {
        out.line(json!({"file": file, "tool": call.tool()}))?;
    } else {
        out.field("proof", Printable(&file))?;
        out.field("tool", Printable(call.tool()))?;
    }
    Ok(Exit::Permit)
}
