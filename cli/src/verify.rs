//! `taper verify`: the verdict of an enforcement point on one call.

use crate::{
    anchors::{self, AnchorArg},
    call::{self, CallArgs},
    chain_file,
    clock::ClockArgs,
    extensions::ExtensionArgs,
    failure::{Exit, Failure},
    input::{Inputs, Source},
    limits::LimitArgs,
    output::Output,
    verdict,
};
use std::collections::BTreeSet;
use taper::{
    Denied, Invocation, InvocationError, Policy, Presentation, PresentationFault, Reason, Verifier,
    json::{JsonError, JsonErrorKind},
};

/// Verify a call offline: exit code 0 when it is permitted, 1 when it is denied, 2 when the input
/// cannot be used.
///
/// One command remembers nothing, so replay (step 7i) is not tracked: a gateway that lets tools
/// run must use the library, with a replay store.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Trust this public key (JWK or PEM) for root tokens of this issuer; several are allowed, of
    /// one issuer too.
    #[arg(
        long = "anchor",
        value_name = "ISSUER=PUBFILE",
        required = true,
        value_parser = anchors::parse
    )]
    anchors: Vec<AnchorArg>,
    #[command(flatten)]
    call: CallArgs,
    /// The presentation, as `taper prove` writes it; `-` for standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    presentation: Source,
    /// On a denied call, say what the chain would permit, and which hop took the authority away.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    clock: ClockArgs,
    #[command(flatten)]
    extensions: ExtensionArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// What the enforcement point asks beyond the token rules.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Policy")]
struct PolicyArgs {
    /// A name of this enforcement point, in `aud` and `aat_aud`.
    #[arg(long, value_name = "NAME")]
    audience: Vec<String>,
    /// Deny a chain in which no token has an `aud`.
    #[arg(long)]
    require_chain_audience: bool,
    /// Deny a proof without an `aat_aud`.
    #[arg(long)]
    require_proof_audience: bool,
    /// Deny a proof without this nonce; one of them, if there are several.
    #[arg(long, value_name = "NONCE")]
    nonce: Vec<String>,
    /// Deny calls of a tool by a leaf less than this many hops below the root.
    #[arg(long, num_args = 2, value_names = ["TOOL", "DEPTH"])]
    min_depth: Vec<String>,
}

impl PolicyArgs {
    fn policy(&self) -> Result<Policy, Failure> {
        // There is no store to remember proofs in.
        let mut policy = Policy::default().all_tools_idempotent();
        for name in &self.audience {
            policy = policy.also_for_audience(name.as_str());
        }
        if self.require_chain_audience {
            policy = policy.require_chain_audience();
        }
        if self.require_proof_audience {
            policy = policy.require_proof_audience();
        }
        if !self.nonce.is_empty() {
            let nonces: BTreeSet<String> = self.nonce.iter().cloned().collect();
            policy = policy.require_nonce(move |nonce: &str, _| nonces.contains(nonce));
        }
        // clap counts the values of each flag.
        for [tool, depth] in self.min_depth.as_chunks().0 {
            let expected = format_args!("found the depth `{depth}`, expected a whole number");
            let depth = depth.parse().map_err(|_| Failure::at("--min-depth", expected))?;
            policy = policy.min_depth(tool.as_str(), depth);
        }
        Ok(policy)
    }
}

/// Verifies the call.
pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut inputs = Inputs::new();
    let limits = args.limits.limits();
    let arguments = args.call.read(&mut inputs, &limits)?;
    let call = match call::parse(&arguments) {
        Err(error) if !is_judged(&error) => return Err(arguments.fail_json(0, &error)),
        parsed => parsed.map(|object| Invocation::new(args.call.tool.as_str(), object)),
    };
    let verifier = Verifier::new(anchors::load(&mut inputs, &args.anchors)?)
        .with_policy(args.policy.policy()?)
        .with_limits(limits)
        .with_extensions(args.extensions.extensions());
    let document =
        chain_file::read(&mut inputs, "--presentation", &args.presentation, verifier.limits())?;
    let bytes = document.bytes().trim_ascii();
    let presentation = match Presentation::parse(bytes, verifier.limits()) {
        Ok(presentation) => presentation,
        Err(denied) if is_unusable(&denied) => {
            return Err(chain_file::unreadable(&document, &denied));
        }
        Err(denied) => return verdict::deny(out, &denied, None),
    };
    let now = args.clock.now();
    let chain = match verifier.verify_chain(presentation.chain(), now) {
        Ok(chain) => chain,
        Err(denied) => return verdict::deny(out, &denied, None),
    };
    let call = match call {
        Ok(call) => call,
        Err(error) => return verdict::deny(out, &InvocationError::from(error).into(), None),
    };
    let checked = verifier.check(&chain, presentation.proof(), &call, now);
    match checked.and_then(|checked| verifier.commit(checked, now)) {
        Ok(permit) => verdict::permit(out, &permit, now),
        Err(denied) => {
            let why = args.explain.then(|| taper::explain(&chain, &call));
            // A call that the chain does authorize was denied for something else.
            verdict::deny(out, &denied, why.filter(|why| !why.is_authorized()).as_ref())
        }
    }
}

/// Whether the bytes are no presentation in any profile, which is no verdict on a call.
fn is_unusable(denied: &Denied) -> bool {
    match denied.reason() {
        Reason::Presentation(fault) => matches!(fault, PresentationFault::Json(_)),
        Reason::Compact(_) => denied.token().is_none(),
        _ => false,
    }
}

/// Whether arguments are JSON, of a kind that a verifier denies (AAT-02 3.4) and not just noise.
fn is_judged(error: &JsonError) -> bool {
    matches!(error.kind(), JsonErrorKind::Inadmissible(_) | JsonErrorKind::Duplicate { .. })
}
