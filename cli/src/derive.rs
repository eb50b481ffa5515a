//! `taper derive`: a narrower token below a chain.

use crate::{
    grant::{self, duration},
    key::{read_private, read_public},
    sheet::{now, one_stdin, read_chain, save, shown, unusable},
};
use std::{process::ExitCode, time::Duration};
use taper::{Audience, Constraint, HeldChain, Limits};

/// What `taper derive` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chain to derive from, `-` for standard input
    #[arg(long, value_name = "FILE")]
    chain: String,
    /// The private key that holds the chain
    #[arg(long, value_name = "FILE")]
    key: String,
    /// The new holder's public key
    #[arg(long, value_name = "PUBFILE", required_unless_present = "to_self")]
    to: Option<String>,
    /// Derive for the same key, within one process
    #[arg(long, conflicts_with = "to")]
    to_self: bool,
    /// Keep only these tools
    #[arg(long, value_name = "TOOL")]
    keep: Vec<String>,
    /// Leave this tool out
    #[arg(long, value_name = "TOOL")]
    drop: Vec<String>,
    /// Tighten one argument, such as
    /// `--narrow read_file path '{"constraint_type":"exact","value":"/data/q3.pdf"}'`
    #[arg(long, num_args = 3, value_names = ["TOOL", "ARGUMENT", "CONSTRAINT"])]
    narrow: Vec<String>,
    /// Make an optional argument required
    #[arg(long, num_args = 2, value_names = ["TOOL", "ARGUMENT"])]
    require: Vec<String>,
    /// Forbid an optional argument
    #[arg(long, num_args = 2, value_names = ["TOOL", "ARGUMENT"])]
    forbid: Vec<String>,
    /// Admit only named arguments of this tool
    #[arg(long, value_name = "TOOL")]
    close: Vec<String>,
    /// All that the token is to allow, in place of the parent's: a file as `taper issue` takes it
    #[arg(long, value_name = "FILE")]
    grant: Option<String>,
    /// How long the token lives, such as `5m`; as long as its parent if not given
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires_in: Option<Duration>,
    /// The greatest depth below the root that a descendant may have
    #[arg(long, value_name = "DEPTH")]
    max_depth: Option<u32>,
    /// Allow no further delegation
    #[arg(long, conflicts_with = "max_depth")]
    terminal: bool,
    /// An enforcement point at which the chain may be presented
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// The time of deriving, in seconds since 1970; the clock's if not given
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
    /// Where to write the chain, in place of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    derive(args).unwrap_or_else(|message| unusable(&message))
}

fn derive(args: &Args) -> Result<ExitCode, String> {
    let dash = String::new();
    let (to, grant) = (args.to.as_ref().unwrap_or(&dash), args.grant.as_ref().unwrap_or(&dash));
    one_stdin(&[&args.chain, &args.key, to, grant])?;
    let limits = Limits::default();
    let chain: HeldChain = read_chain(&args.chain, &limits)?;
    let key = read_private(&args.key)?;
    let mut token = chain.derive(&key);
    token = match &args.to {
        Some(file) => token.to(read_public(file)?),
        None => token.to_same_holder(),
    };
    if let Some(file) = &args.grant {
        let file = grant::read(file, &limits)?;
        token = token.capabilities(file.tools);
        if let Some(lifetime) = file.expires_in {
            token = token.expires_in(lifetime);
        }
        if let Some(depth) = file.max_depth {
            token = token.max_depth(depth);
        }
        if !file.audience.is_empty() {
            token = token.audience(Audience::only(&file.audience));
        }
        for (name, value) in file.claims {
            token = token.claim(name, value);
        }
    }
    if !args.keep.is_empty() {
        token = token.keep_only(args.keep.iter().map(String::as_str));
    }
    for tool in &args.drop {
        token = token.drop_tool(tool.as_str());
    }
    for tool in &args.close {
        token = token.close(tool.as_str());
    }
    for [tool, argument, constraint] in args.narrow.as_chunks().0 {
        let parsed = Constraint::from_json(constraint.as_bytes(), &limits)
            .map_err(|fault| format!("--narrow {} {}: {fault}", shown(tool), shown(argument)))?;
        token = token.narrow(tool.as_str(), argument.as_str(), parsed);
    }
    for [tool, argument] in args.require.as_chunks().0 {
        token = token.require(tool.as_str(), argument.as_str());
    }
    for [tool, argument] in args.forbid.as_chunks().0 {
        token = token.forbid(tool.as_str(), argument.as_str());
    }
    if let Some(lifetime) = args.expires_in {
        token = token.expires_in(lifetime);
    }
    if let Some(depth) = args.max_depth {
        token = token.max_depth(depth);
    }
    if args.terminal {
        token = token.terminal();
    }
    if !args.audience.is_empty() {
        token = token.audience(Audience::only(&args.audience));
    }
    let longer = token.sign(now(args.now)).map_err(|error| format!("derive: {error}"))?;
    save(args.output.as_deref(), &format!("{}\n", longer.to_text()))
}
