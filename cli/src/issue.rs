//! `taper issue`: a root token.

use crate::{
    grant::{self, duration},
    key::{read_private, read_public},
    sheet::{now, one_stdin, save, unusable},
};
use std::{process::ExitCode, time::Duration};
use taper::{Audience, Grant, Issuer, Limits, Profile};

/// What `taper issue` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The issuer's URI, as verifiers know it
    #[arg(long, value_name = "URI")]
    issuer: String,
    /// The issuer's private key
    #[arg(long, value_name = "FILE")]
    key: String,
    /// The holder's public key
    #[arg(long, value_name = "PUBFILE")]
    to: String,
    /// What to grant: JSON or TOML with `tools`, and optionally `expires_in`, `max_depth`,
    /// `audience`, `claims`; `-` for standard input
    #[arg(long, value_name = "FILE")]
    grant: String,
    /// How long the token lives, such as `1h`; wins over the grant file
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires_in: Option<Duration>,
    /// How many delegations are allowed below the root; wins over the grant file
    #[arg(long, value_name = "HOPS")]
    max_depth: Option<u32>,
    /// An enforcement point at which the chain may be presented; wins over the grant file
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// The encoding of the chain
    #[arg(long, value_enum, default_value_t)]
    profile: ProfileName,
    /// The time of issue, in seconds since 1970; the clock's if not given
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
    /// Where to write the chain, in place of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

/// The encodings by name.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum ProfileName {
    /// JWS compact serialization (`aat+jwt`)
    #[default]
    Jws,
    /// The compact binary profile, as text
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

pub(crate) fn run(args: &Args) -> ExitCode {
    issue(args).unwrap_or_else(|message| unusable(&message))
}

fn issue(args: &Args) -> Result<ExitCode, String> {
    one_stdin(&[&args.key, &args.to, &args.grant])?;
    let key = read_private(&args.key)?;
    let issuer = Issuer::new(args.issuer.as_str(), &key)
        .map_err(|error| format!("--issuer: {error}"))?
        .with_profile(args.profile.into());
    let file = grant::read(&args.grant, &Limits::default())?;
    let mut grant = Grant::to(read_public(&args.to)?)
        .capabilities(file.tools)
        .max_depth(args.max_depth.or(file.max_depth).unwrap_or(0));
    if let Some(lifetime) = args.expires_in.or(file.expires_in) {
        grant = grant.expires_in(lifetime);
    }
    let audience = if args.audience.is_empty() { &file.audience } else { &args.audience };
    if !audience.is_empty() {
        grant = grant.audience(Audience::only(audience));
    }
    for (name, value) in file.claims {
        grant = grant.claim(name, value);
    }
    let chain = issuer.issue(grant, now(args.now)).map_err(|error| format!("issue: {error}"))?;
    save(args.output.as_deref(), &format!("{}\n", chain.to_text()))
}
