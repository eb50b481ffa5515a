//! `taper derive`: a narrower token below the last one of a chain, offline.

use crate::{
    chain_file,
    clock::ClockArgs,
    duration,
    extensions::ExtensionArgs,
    failure::{Exit, Failure},
    grant::{self, Grant, audience},
    input::{Inputs, Source},
    issued,
    key_file::{read_private, read_public},
    limits::LimitArgs,
    output::Output,
};
use std::{path::PathBuf, time::Duration};
use taper::{Derivation, SigningKey, Terms};

/// Derive a narrower token: the longer chain, to hand to the new holder.
///
/// Without any narrowing it hands the same authority to another key, visibly. What no verifier
/// would permit is refused here, with the verifier's reason.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chain to derive from; `-` for standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    chain: Source,
    /// The private key of the chain's holder, JWK or PEM; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    key: Source,
    /// The new holder's public key, JWK or PEM; `-` for standard input.
    #[arg(long, value_name = "PUBFILE", required_unless_present = "to_self")]
    to: Option<Source>,
    /// Keep the same holder, for a narrower token within one process.
    #[arg(long, conflicts_with = "to")]
    to_self: bool,
    /// A grant file whose tools take the place of all the parent's, which they must narrow; its
    /// other members count too. Applied before the flags below.
    #[arg(long, value_name = "FILE")]
    grant: Option<Source>,
    #[command(flatten)]
    narrowing: Narrowing,
    /// The lifetime, such as `5m`; the parent's expiry if not given.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    expires_in: Option<Duration>,
    /// The depth ceiling, counted from the root; the parent's if not given.
    #[arg(long, value_name = "N")]
    max_depth: Option<u32>,
    /// Allow no further delegation.
    #[arg(long, conflicts_with = "max_depth")]
    terminal: bool,
    /// An enforcement point that the chain may be presented to, from here on.
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// Where to write the chain; standard output if not given.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    clock: ClockArgs,
    #[command(flatten)]
    extensions: ExtensionArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Changes to the parent's capabilities, each of which takes authority away.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Narrowing")]
struct Narrowing {
    /// Keep this tool, and only those kept.
    #[arg(long, value_name = "TOOL")]
    keep: Vec<String>,
    /// Leave this tool out.
    #[arg(long, value_name = "TOOL")]
    drop: Vec<String>,
    /// Put this constraint, in JSON, in place of an argument's.
    #[arg(long, num_args = 3, value_names = ["TOOL", "ARG", "CONSTRAINT"])]
    narrow: Vec<String>,
    /// Make an optional argument required.
    #[arg(long, num_args = 2, value_names = ["TOOL", "ARG"])]
    require: Vec<String>,
    /// Forbid an optional argument.
    #[arg(long, num_args = 2, value_names = ["TOOL", "ARG"])]
    forbid: Vec<String>,
    /// Admit only the named arguments of this tool.
    #[arg(long, value_name = "TOOL")]
    close: Vec<String>,
}

/// Derives the token.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut inputs = Inputs::new();
    let (limits, extensions) = (args.limits.limits(), args.extensions.extensions());
    let terms = Terms::new(&limits, &extensions);
    let grant =
        args.grant.as_ref().map(|source| grant::read(&mut inputs, source, terms)).transpose()?;
    let key = read_private(&mut inputs, "--key", &args.key)?;
    let holder =
        args.to.as_ref().map(|source| read_public(&mut inputs, "--to", source)).transpose()?;
    let parent = chain_file::read_held(&mut inputs, &args.chain, terms)?;

    let mut derivation = parent.derive(&key);
    derivation = match holder {
        Some(holder) => derivation.to(holder),
        None => derivation.to_same_holder(),
    };
    let file = grant.unwrap_or_default();
    let names = if args.audience.is_empty() { &file.audience } else { &args.audience };
    derivation = derivation.audience(audience(names));
    if let Some(lifetime) = args.expires_in.or(file.expires_in) {
        derivation = derivation.expires_in(lifetime);
    }
    if args.terminal {
        derivation = derivation.terminal();
    } else if let Some(depth) = args.max_depth.or(file.max_depth) {
        derivation = derivation.max_depth(depth);
    }
    derivation = with_file(derivation, args.grant.is_some(), file);
    derivation = args.narrowing.apply(derivation, terms)?;

    let chain = derivation
        .sign(args.clock.now())
        .map_err(|error| Failure::at(&args.chain, format_args!("cannot derive: {error}")))?;
    issued::write(out, args.output.as_deref(), &chain)?;
    Ok(Exit::Permit)
}

fn with_file(
    mut derivation: Derivation<'_, SigningKey>,
    is_given: bool,
    file: Grant,
) -> Derivation<'_, SigningKey> {
    if is_given {
        derivation = derivation.capabilities(file.tools);
    }
    for (name, value) in file.claims {
        derivation = derivation.claim(name, value);
    }
    derivation
}

impl Narrowing {
    fn apply<'a>(
        &self,
        mut derivation: Derivation<'a, SigningKey>,
        terms: Terms<'_>,
    ) -> Result<Derivation<'a, SigningKey>, Failure> {
        if !self.keep.is_empty() {
            derivation = derivation.keep_only(self.keep.iter().map(String::as_str));
        }
        for tool in &self.drop {
            derivation = derivation.drop_tool(tool.as_str());
        }
        // clap counts the values of each flag.
        for [tool, argument, constraint] in self.narrow.as_chunks().0 {
            let flag = format!("--narrow {tool} {argument}");
            let constraint = grant::constraint(&flag, constraint, terms)?;
            derivation = derivation.narrow(tool.as_str(), argument.as_str(), constraint);
        }
        for [tool, argument] in self.require.as_chunks().0 {
            derivation = derivation.require(tool.as_str(), argument.as_str());
        }
        for [tool, argument] in self.forbid.as_chunks().0 {
            derivation = derivation.forbid(tool.as_str(), argument.as_str());
        }
        for tool in &self.close {
            derivation = derivation.close(tool.as_str());
        }
        Ok(derivation)
    }
}
