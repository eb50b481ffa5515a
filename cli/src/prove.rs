//! `taper prove`: a presentation for one call.

use crate::{
    key::read_private,
    sheet::{now, one_stdin, read_arguments, read_chain, save, unusable},
};
use std::process::ExitCode;
use taper::{Invocation, Limits, ProofOptions};

/// What `taper prove` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chain, `-` for standard input
    #[arg(long, value_name = "FILE")]
    chain: String,
    /// The private key that holds the chain
    #[arg(long, value_name = "FILE")]
    key: String,
    /// The tool to call
    #[arg(long)]
    tool: String,
    /// The call's arguments: a JSON object, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON")]
    args: String,
    /// The enforcement point that the presentation is handed to
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// The nonce that the enforcement point demanded
    #[arg(long)]
    nonce: Option<String>,
    /// Sign also what the chain does not authorize; a verifier will deny it
    #[arg(long)]
    unchecked: bool,
    /// The time of the call, in seconds since 1970; the clock's if not given
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
    /// Where to write the presentation, in place of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    prove(args).unwrap_or_else(|message| unusable(&message))
}

fn prove(args: &Args) -> Result<ExitCode, String> {
    one_stdin(&[&args.chain, &args.key, &args.args])?;
    let limits = Limits::default();
    let chain = read_chain(&args.chain, &limits)?;
    let key = read_private(&args.key)?;
    let arguments = read_arguments(&args.args, &limits)?;
    let call = Invocation::from_json(args.tool.as_str(), &arguments)
        .map_err(|error| format!("--args: {error}"))?;
    let mut options = ProofOptions::default();
    if let Some(name) = &args.audience {
        options = options.audience(name.as_str());
    }
    if let Some(nonce) = &args.nonce {
        options = options.nonce(nonce.as_str());
    }
    let now = now(args.now);
    let proved = if args.unchecked {
        let proof = chain.prove_unchecked(&key, &call, &options, now);
        proof.map(|proof| chain.present(proof).to_text())
    } else {
        chain.prove(&key, &call, &options, now)
    };
    let text = proved.map_err(|error| format!("prove: {error}"))?;
    save(args.output.as_deref(), &format!("{text}\n"))
}
