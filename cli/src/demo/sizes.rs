//! `taper demo --sizes`: whole presentations, chain and proof, in each profile.

use super::{
    Shown,
    scenario::{Cast, GATEWAY, call},
};
use serde_json::json;
use std::{fmt::Write as _, process::ExitCode};
use taper::{HeldChain, Limits, Presentation, Profile, ProofOptions, Timestamp};

struct Sizes {
    jws_chars: usize,
    compact_chars: usize,
    compact_bytes: usize,
}

pub(super) fn show(as_json: bool, now: Timestamp) -> Shown {
    let cast = Cast::new()?;
    let sizes = |hops: u32| -> Result<Sizes, Box<dyn std::error::Error>> {
        let jws = presentation(&cast, Profile::Jws, hops, now)?;
        let compact = presentation(&cast, Profile::Compact, hops, now)?;
        let compact_bytes =
            Presentation::parse(compact.as_bytes(), &Limits::default())?.to_bytes().len();
        Ok(Sizes { jws_chars: jws.len(), compact_chars: compact.len(), compact_bytes })
    };
    let (three, eight) = (sizes(3)?, sizes(8)?);
    let mut out = String::new();
    if as_json {
        let object = |sizes: &Sizes| {
            json!({
                "jws_chars": sizes.jws_chars, "compact_chars": sizes.compact_chars,
                "compact_bytes": sizes.compact_bytes,
            })
        };
        let both = json!({"three_hops": object(&three), "eight_hops": object(&eight)});
        writeln!(out, "{both}")?;
    } else {
        writeln!(out, "whole presentation   JWS chars   compact chars   compact bytes   ratio")?;
        for (name, sizes) in [("three hops", three), ("eight hops", eight)] {
            let percent = sizes.compact_chars.saturating_mul(1000).checked_div(sizes.jws_chars);
            let percent = percent.unwrap_or_default();
            let (whole, tenth) = (percent.div_euclid(10), percent.rem_euclid(10));
            writeln!(
                out,
                "{name:<18} {:>11} {:>15} {:>15} {whole:>4}.{tenth}%",
                sizes.jws_chars, sizes.compact_chars, sizes.compact_bytes
            )?;
        }
    }
    Ok((out, ExitCode::SUCCESS))
}

/// The scenario's call by the holder of a chain of `hops` tokens. Beyond three, each hop goes on
/// narrowing what the worker may read.
fn presentation(
    cast: &Cast,
    profile: Profile,
    hops: u32,
    now: Timestamp,
) -> Result<String, Box<dyn std::error::Error>> {
    let root = cast.root(profile, hops.saturating_sub(1), now)?;
    let plan = cast.plan(&root, now)?;
    let mut keys = vec![];
    let chain: HeldChain = if hops == 3 {
        cast.work(&plan, now)?
    } else {
        let mut chain = plan;
        for hop in 2..hops {
            let holder = keys.last().unwrap_or(&cast.planner);
            let next = taper::SigningKey::generate()?;
            let narrower = match hop {
                2 => {
                    let here = taper::Audience::only([GATEWAY]);
                    chain.derive(holder).keep_only(["read_file"]).audience(here)
                }
                _ => {
                    let head = 500_u32.saturating_sub(hop.saturating_mul(50));
                    chain.derive(holder).narrow("read_file", "head", taper::at_most(head))
                }
            };
            let longer = narrower
                .to(next.public_key().clone())
                .expires_in(std::time::Duration::from_secs(1500_u64.saturating_sub(hop.into())))
                .sign(now)?;
            keys.push(next);
            chain = longer;
        }
        chain
    };
    let holder = keys.last().unwrap_or(&cast.worker);
    let options = ProofOptions::default().audience(GATEWAY);
    Ok(chain.prove(holder, &call("/data/q3-report.pdf", 20)?, &options, now)?)
}
