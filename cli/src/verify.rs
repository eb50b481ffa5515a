//! `taper verify`: the enforcement point's decision, for one presentation.

use crate::{
    explain::{self, denied_json},
    sheet::{
        GOOD, LOUD, anchors, input_name, now, one_stdin, read_arguments, read_input, styled,
        trimmed, unusable, write_out,
    },
};
use serde_json::json;
use std::process::ExitCode;
use taper::{
    Authorized, Denied, Invocation, Limits, Policy, Presentation, PresentationFault, Reason,
    Timestamp, Verifier,
};

/// What `taper verify` takes. A single run has seen no other proof, so a replay is not noticed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Trust this public key (JWK or PEM) for root tokens of this issuer
    #[arg(long = "anchor", value_name = "ISSUER=PUBFILE", required = true)]
    anchors: Vec<String>,
    /// The presentation, `-` for standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    presentation: String,
    /// The tool that is called
    #[arg(long)]
    tool: String,
    /// The call's arguments: a JSON object, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON")]
    args: String,
    /// A name of this enforcement point
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// Deny a chain in which no token names its audience
    #[arg(long)]
    require_chain_audience: bool,
    /// Deny a proof that does not name its audience
    #[arg(long)]
    require_proof_audience: bool,
    /// A nonce that is accepted; when given, the proof must carry one
    #[arg(long)]
    nonce: Vec<String>,
    /// Deny leaves less than this many hops below the root
    #[arg(long, value_name = "HOPS")]
    min_depth: Option<u32>,
    /// Seconds that a proof may be old or early
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=60))]
    pop_window: Option<u64>,
    /// The time to verify at, in seconds since 1970; the clock's if not given
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
    /// On a denied call, say what the chain would permit and which hop took the authority away
    #[arg(long)]
    explain: bool,
    /// Write JSON for machines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    verify(args).unwrap_or_else(|message| unusable(&message))
}

fn verify(args: &Args) -> Result<ExitCode, String> {
    one_stdin(&[&args.presentation, &args.args])?;
    let mut limits = Limits::default();
    if let Some(seconds) = args.pop_window {
        limits.pop_window = std::time::Duration::from_secs(seconds);
    }
    let verifier = Verifier::new(anchors(&args.anchors)?)
        .with_policy(policy(args))
        .with_limits(limits.clone());
    let arguments = read_arguments(&args.args, &limits)?;
    let bytes = read_input(&args.presentation, &limits)?;
    let now = now(args.now);
    let call = Invocation::from_json(args.tool.as_str(), &arguments);
    let decided = Presentation::parse(trimmed(&bytes), &limits).and_then(|presentation| {
        let chain = verifier.verify_chain(presentation.chain(), now)?;
        let call = call.clone()?;
        let checked = verifier.check(&chain, presentation.proof(), &call, now)?;
        verifier.commit(checked, now).map(|permit| permitted(&permit, args.json))
    });
    match decided {
        Ok(text) => Ok(write_out(&text, ExitCode::SUCCESS)),
        Err(denied) if is_unusable(&denied) => {
            Err(format!("{}: {}", input_name(&args.presentation), denied.reason()))
        }
        Err(denied) => {
            let why =
                if args.explain { explained(&verifier, &bytes, call.ok(), now) } else { None };
            Ok(write_out(&denied_text(&denied, why.as_ref(), args.json), ExitCode::from(1)))
        }
    }
}

fn policy(args: &Args) -> Policy {
    let mut policy = Policy::default().all_tools_idempotent();
    for name in &args.audience {
        policy = policy.also_for_audience(name.as_str());
    }
    if args.require_chain_audience {
        policy = policy.require_chain_audience();
    }
    if args.require_proof_audience {
        policy = policy.require_proof_audience();
    }
    if !args.nonce.is_empty() {
        let nonces = args.nonce.clone();
        let accepts = move |nonce: &str, _: Timestamp| nonces.iter().any(|n| n == nonce);
        policy = policy.require_nonce(accepts);
    }
    if let Some(depth) = args.min_depth {
        policy = policy.min_depth(args.tool.as_str(), depth);
    }
    policy
}

/// Whether the bytes are no presentation in any profile, which is no verdict on a call.
fn is_unusable(denied: &Denied) -> bool {
    match denied.reason() {
        Reason::Presentation(fault) => matches!(fault, PresentationFault::Json(_)),
        Reason::Compact(_) => denied.token().is_none(),
        _ => false,
    }
}

fn permitted(permit: &Authorized<'_>, as_json: bool) -> String {
    let holder = permit.holder().map(taper::PublicKey::thumbprint_text).unwrap_or_default();
    let ids: Vec<&str> =
        permit.chain().tokens().iter().map(|token| token.claims().id().as_str()).collect();
    if as_json {
        let object = json!({
            "verdict": "permit", "step": null, "code": null, "tool": permit.tool(),
            "holder": holder, "chain": ids, "proof": permit.proof_id().as_str(),
        });
        return format!("{object}\n");
    }
    let tool = crate::sheet::shown(permit.tool());
    format!("{} `{tool}` by {holder}, {} hops\n", styled(GOOD, "permitted:"), ids.len())
}

fn explained(
    verifier: &Verifier,
    bytes: &[u8],
    call: Option<Invocation>,
    now: Timestamp,
) -> Option<taper::Explanation> {
    let presentation = Presentation::parse(trimmed(bytes), verifier.limits()).ok()?;
    let chain = verifier.verify_chain(presentation.chain(), now).ok()?;
    let why = taper::explain(&chain, &call?);
    (!why.is_authorized()).then_some(why)
}

fn denied_text(denied: &Denied, why: Option<&taper::Explanation>, as_json: bool) -> String {
    if as_json {
        let mut object = denied_json(denied);
        if let Some(members) = object.as_object_mut() {
            members.insert("verdict".into(), "deny".into());
            if let Some(why) = why {
                members.insert("explanation".into(), explain::to_json(why));
            }
        }
        return format!("{object}\n");
    }
    let why = why.map(explain::text).unwrap_or_default();
    let sentence = denied.to_string();
    let rest = sentence.strip_prefix("denied ").unwrap_or(&sentence);
    format!("{} {rest}\n{why}", styled(LOUD, "denied"))
}
