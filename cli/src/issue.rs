//! `taper issue`: a root token.

use crate::{
    clock::ClockArgs,
    duration,
    extensions::ExtensionArgs,
    failure::{Exit, Failure},
    grant::{self, audience},
    input::{Inputs, Source},
    issued,
    key_file::{read_private, read_public},
    limits::LimitArgs,
    output::Output,
};
use std::{path::PathBuf, time::Duration};
use taper::{Grant, Issuer, Profile, Terms};

/// Issue a root token: a chain of one, to hand to its holder.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The issuer's URI, as verifiers know it.
    #[arg(long, value_name = "URI")]
    issuer: String,
    /// The issuer's private key, JWK or PEM; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    key: Source,
    /// The holder's public key, JWK or PEM; `-` for standard input.
    #[arg(long, value_name = "PUBFILE")]
    to: Source,
    /// The grant, JSON or TOML: `tools`, and any of `expires_in`, `max_depth`, `audience`,
    /// `claims`; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    grant: Source,
    /// The lifetime, such as `15m` or `1h`; goes before the grant's.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    expires_in: Option<Duration>,
    /// How many delegations below the root are allowed (0 if not given); goes before the grant's.
    #[arg(long, value_name = "N")]
    max_depth: Option<u32>,
    /// An enforcement point that the chain may be presented to; goes before the grant's.
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// The encoding of the chain.
    #[arg(long, default_value = "jws")]
    profile: ProfileName,
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

/// The encodings by name.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ProfileName {
    /// JWS compact serialization (`aat+jwt`).
    Jws,
    /// The compact binary profile, as text.
    Compact,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Jws => Self::Jws,
            ProfileName::Compact => Self::Compact,
        }
    }
}

/// Issues the token.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut inputs = Inputs::new();
    let (limits, extensions) = (args.limits.limits(), args.extensions.extensions());
    let file = grant::read(&mut inputs, &args.grant, Terms::new(&limits, &extensions))?;
    let key = read_private(&mut inputs, "--key", &args.key)?;
    let holder = read_public(&mut inputs, "--to", &args.to)?;
    let issuer = Issuer::new(args.issuer.as_str(), key)
        .map_err(|error| Failure::at("--issuer", error))?
        .with_limits(limits)
        .with_extensions(extensions)
        .with_profile(args.profile.into());
    let names = if args.audience.is_empty() { &file.audience } else { &args.audience };
    let Some(lifetime) = args.expires_in.or(file.expires_in) else {
        let problem = "no lifetime, expected `expires_in` in the grant or `--expires-in`";
        return Err(Failure::at(&args.grant, problem));
    };
    let mut grant = Grant::to(holder)
        .capabilities(file.tools)
        .expires_in(lifetime)
        .max_depth(args.max_depth.or(file.max_depth).unwrap_or(0))
        .audience(audience(names));
    for (name, value) in file.claims {
        grant = grant.claim(name, value);
    }
    let chain =
        issuer.issue(grant, args.clock.now()).map_err(|error| Failure::at(&args.grant, error))?;
    issued::write(out, args.output.as_deref(), &chain)?;
    Ok(Exit::Permit)
}
