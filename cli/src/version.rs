//! `taper version`: what this build is, and which code it runs on this machine.

use crate::{
    failure::{Exit, Failure},
    machine::{self, Machine},
    output::{Output, style},
    speed::Speed,
};
use serde_json::{Value, json};

/// Features of the library that this command is built with, as its manifest says.
const FEATURES: &str = "cidr, path_containment, pem, std, url_scope";

/// Show the version, and which code this build runs on this machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show what checks signatures and computes digests, and for which machines it was built.
    #[arg(short, long)]
    verbose: bool,
    /// Also measure them for a moment. The exit code is 1 when this build hashes so slowly here
    /// that another should be used.
    #[arg(long)]
    measure: bool,
}

/// Shows what is asked for.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let machine = (args.verbose || args.measure).then(Machine::detect);
    let speed = args.measure.then(Speed::measure).transpose()?;
    if out.is_json() {
        out.line(as_json(machine.as_ref(), speed.as_ref()))?;
    } else {
        out.line(format_args!("taper {}", env!("CARGO_PKG_VERSION")))?;
        if let Some(machine) = &machine {
            tell(out, machine)?;
        }
        if let Some(speed) = &speed {
            tell_speed(out, speed)?;
        }
    }
    Ok(if speed.is_some_and(|speed| speed.hashes_too_slowly()) { Exit::Deny } else { Exit::Permit })
}

fn tell(out: &mut Output, machine: &Machine) -> Result<(), Failure> {
    out.field("signatures", machine.curve)?;
    out.field("SHA-256", machine.sha256)?;
    out.field("SHA-512", machine.sha512)?;
    out.field("built for", &machine.built_for)?;
    out.field("runs on", &machine.runs_on)?;
    out.field("features", FEATURES)?;
    out.field("MSRV", env!("CARGO_PKG_RUST_VERSION"))
}

fn tell_speed(out: &mut Output, speed: &Speed) -> Result<(), Failure> {
    out.field("measured", format_args!("{:.1} µs to check a signature", speed.signature))?;
    out.field("", format_args!("{:.2} µs for SHA-256 of 1 KiB", speed.sha256))?;
    out.field("", format_args!("{:.2} µs for SHA-512 of 1 KiB", speed.sha512))?;
    if speed.hashes_too_slowly() {
        let bad = style::BAD;
        out.line(format_args!(
            "{bad}too slow{bad:#}: a digest should cost a small part of a signature check; build \
             with `--release`, and for no other CPU than this one"
        ))?;
    }
    Ok(())
}

fn as_json(machine: Option<&Machine>, speed: Option<&Speed>) -> Value {
    let mut object = json!({ "version": env!("CARGO_PKG_VERSION") });
    if let (Value::Object(members), Some(machine)) = (&mut object, machine) {
        for (name, value) in [
            ("signatures", json!(machine.curve)),
            ("sha256", json!(machine.sha256)),
            ("sha512", json!(machine.sha512)),
            ("built_for", machine::json(&machine.built_for)),
            ("runs_on", machine::json(&machine.runs_on)),
            ("features", json!(FEATURES.split(", ").collect::<Vec<_>>())),
            ("msrv", json!(env!("CARGO_PKG_RUST_VERSION"))),
        ] {
            members.insert(name.into(), value);
        }
        if let Some(speed) = speed {
            let measured = json!({
                "signature_us": speed.signature,
                "sha256_kib_us": speed.sha256,
                "sha512_kib_us": speed.sha512,
                "too_slow": speed.hashes_too_slowly(),
            });
            members.insert("measured".into(), measured);
        }
    }
    object
}
