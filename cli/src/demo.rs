//! `taper demo`: a grant narrowed twice, a call permitted offline, ten attacks denied.

mod attacks;
mod scenario;
mod sizes;

use crate::sheet::{GOOD, LOUD, QUIET, STRONG, styled, unusable, write_out};
use attacks::{Attack, Story, judge};
use scenario::{Cast, GATEWAY, call};
use serde_json::json;
use std::{error::Error, fmt::Write as _, process::ExitCode};
use taper::{Claims, Denied, Narrowing, Presentation, Profile, Timestamp};

/// What `taper demo` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show how large a presentation is in each profile
    #[arg(long)]
    sizes: bool,
    /// Write JSON for machines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let now = Timestamp::from(std::time::SystemTime::now());
    let shown = if args.sizes { sizes::show(args.json, now) } else { tell(args.json, now) };
    match shown {
        Ok((text, code)) => write_out(&text, code),
        Err(error) => unusable(&format!("demo: {error}")),
    }
}

type Shown = Result<(String, ExitCode), Box<dyn Error>>;

fn tell(as_json: bool, now: Timestamp) -> Shown {
    let cast = Cast::new()?;
    let gateway = cast.gateway()?;
    let root = cast.root(Profile::Jws, 2, now)?;
    let plan = cast.plan(&root, now)?;
    let leaf = cast.work(&plan, now)?;
    let call = call("/data/q3-report.pdf", 20)?;
    let options = taper::ProofOptions::default().audience(GATEWAY);
    let sent = leaf.prove(&cast.worker, &call, &options, now)?;
    let story = Story { cast, leaf, call, sent, now };

    let permitted = {
        let received = Presentation::parse(story.sent.as_bytes(), gateway.limits())?;
        gateway.authorize(&received, &story.call, now).map(|_| ())
    };
    let mut results = Vec::new();
    for attack in story.attacks()? {
        let denied = judge(&gateway, &attack)?;
        results.push((attack, denied));
    }
    let held = permitted.is_ok() && results.iter().all(|(_, denied)| denied.is_some());
    let text = if as_json {
        to_json(&permitted, &results)
    } else {
        draw(&story, root.claims(), &permitted, &results)?
    };
    Ok((text, ExitCode::from(u8::from(!held))))
}

type Results = [(Attack, Option<Denied>)];

fn to_json(permitted: &Result<(), Denied>, results: &Results) -> String {
    let attacks: Vec<serde_json::Value> = results
        .iter()
        .map(|(attack, denied)| {
            json!({
                "attack": attack.name,
                "verdict": if denied.is_some() { "deny" } else { "permit" },
                "step": denied.as_ref().map(|denied| denied.step().label()),
                "code": denied.as_ref().map(Denied::code),
                "message": denied.as_ref().map(|denied| denied.reason().to_string()),
            })
        })
        .collect();
    let verdict = if permitted.is_ok() { "permit" } else { "deny" };
    format!("{}\n", json!({"call": verdict, "attacks": attacks}))
}

fn draw(
    story: &Story,
    root: &[Claims],
    permitted: &Result<(), Denied>,
    results: &Results,
) -> Result<String, Box<dyn Error>> {
    let mut out = String::new();
    let names = ["orchestrator", "planner", "worker"];
    let claims = story.leaf.claims();
    for (depth, (name, token)) in names.into_iter().zip(claims).enumerate() {
        let indent = "   ".repeat(depth);
        match depth.checked_sub(1).and_then(|above| claims.get(above)) {
            None => {
                writeln!(
                    out,
                    "{}  grants the {} three tools for an hour",
                    styled(STRONG, "issuer"),
                    styled(STRONG, name)
                )?;
                let tools = root.first().and_then(Claims::capabilities);
                for (tool, map) in tools.into_iter().flat_map(|tools| tools.tools()) {
                    let arguments: Vec<String> = map
                        .entries()
                        .map(|(argument, entry)| format!("{argument}: {}", entry.constraint()))
                        .collect();
                    writeln!(out, "   {tool}({})", arguments.join(", "))?;
                }
            }
            Some(parent) => {
                writeln!(out, "{indent}└─ narrows it for the {}", styled(STRONG, name))?;
                for change in Narrowing::between(parent, token).changes() {
                    writeln!(out, "{indent}   {} {change}", styled(QUIET, "·"))?;
                }
            }
        }
    }
    let call = format!("read_file({})", story.call.arguments().to_jcs());
    writeln!(out, "\n{}  calls {call}", styled(STRONG, "worker"))?;
    match permitted {
        Ok(()) => writeln!(
            out,
            "{} {}",
            styled(STRONG, "gateway"),
            styled(GOOD, "permits it, offline, knowing only the issuer's public key")
        )?,
        Err(denied) => {
            writeln!(out, "{} {}", styled(STRONG, "gateway"), styled(LOUD, &denied.to_string()))?
        }
    }
    writeln!(out, "\n{}", styled(STRONG, "ten attacks"))?;
    for (attack, denied) in results {
        match denied {
            Some(denied) => {
                let step = format!("{:<4}", denied.step().label());
                writeln!(out, "{} {step} {}", styled(GOOD, "denied"), attack.name)?;
                writeln!(out, "            {}", styled(QUIET, &denied.reason().to_string()))?;
            }
            None => writeln!(out, "{}      {}", styled(LOUD, "PERMITTED"), attack.name)?,
        }
    }
    Ok(out)
}
