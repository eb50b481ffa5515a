//! `taper-gateway doctor`.

use super::Failure;
use std::{io::Write as _, path::PathBuf, time::SystemTime};
use taper_gateway::{
    doctor::{Doctor, Finding, Grade},
    hold::{ChainFile, read_key},
    proxy::Remote,
};

/// Find out what stands between this client and a guard, and what it does to messages.
///
/// Calls no tool. Ends with 1 when something is wrong, and with 0 when all is well.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The guard's URL, as clients use it.
    #[arg(long, value_name = "URL")]
    guard: String,
    /// Send every request with this header, such as `Authorization=Bearer …`; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    header: Vec<String>,
    /// A chain, to see whether the guard accepts it.
    #[arg(long, value_name = "FILE", requires = "key")]
    chain: Option<PathBuf>,
    /// The private key that the chain's leaf names, a JWK or PEM.
    #[arg(long, value_name = "FILE", requires = "chain")]
    key: Option<PathBuf>,
}

/// Looks, and says what was found and whether all is well.
pub(crate) async fn run(args: Args) -> Result<bool, Failure> {
    let failed = |error| Failure::at("--guard", error);
    let mut remote = Remote::new(&args.guard, &Doctor::limits()).map_err(failed)?;
    for header in &args.header {
        let (name, value) =
            header.split_once('=').ok_or_else(|| Failure::at("--header", "expected NAME=VALUE"))?;
        remote = remote.with_header(name, value).map_err(|error| Failure::at("--header", error))?;
    }
    let mut doctor = Doctor::new(remote);
    if let (Some(chain), Some(key)) = (&args.chain, &args.key) {
        let (_, chain) = ChainFile::open(chain).map_err(|error| Failure::at("--chain", error))?;
        let key = read_key(key).map_err(|error| Failure::at("--key", error))?;
        doctor = doctor.with_chain(chain, key);
    }
    let findings = doctor.examine(SystemTime::now().into()).await;
    let faults = findings.iter().filter(|finding| finding.grade == Grade::Fault).count();
    tell(&findings, faults).map_err(|error| Failure::at("standard output", error))?;
    Ok(faults == 0)
}

fn tell(findings: &[Finding], faults: usize) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    match faults {
        0 => writeln!(out, "all is well"),
        1 => writeln!(out, "1 fault"),
        faults => writeln!(out, "{faults} faults"),
    }
}
