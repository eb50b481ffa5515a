//! `taper explain`: why a chain does not authorize a call, and what it would authorize instead.

use crate::extensions::ExtensionArgs;
use crate::sheet::{
    GOOD, LOUD, STRONG, anchors, input_name, now, one_stdin, read_arguments, read_input, shown,
    styled, trimmed, unusable, write_out,
};
use serde_json::json;
use std::process::ExitCode;
use taper::{
    Adjustment, Change, Denied, Explanation, Invocation, Limits, Nearest, UnverifiedChain, Value,
    Verifier, explain,
};

/// What `taper explain` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Trust this public key (JWK or PEM) for root tokens of this issuer
    #[arg(long = "anchor", value_name = "ISSUER=PUBFILE", required = true)]
    anchors: Vec<String>,
    /// The chain or presentation, `-` for standard input
    #[arg(long, value_name = "FILE")]
    presentation: String,
    /// The tool that is called
    #[arg(long)]
    tool: String,
    /// The call's arguments, a JSON object
    #[arg(long, value_name = "JSON")]
    args: String,
    /// The time to verify at, in seconds since 1970; the clock's if not given
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
    #[command(flatten)]
    extensions: ExtensionArgs,
    /// Write JSON for machines
    #[arg(long)]
    json: bool,
}

/// Exit code 0 when the chain authorizes the call, 1 when not, 2 for unusable input.
pub(crate) fn run(args: Args) -> ExitCode {
    judge(&args).unwrap_or_else(|message| unusable(&message))
}

fn judge(args: &Args) -> Result<ExitCode, String> {
    one_stdin(&[&args.presentation, &args.args])?;
    let limits = Limits::default();
    let verifier =
        Verifier::new(anchors(&args.anchors)?).with_extensions(args.extensions.extensions());
    let text = read_input(&args.presentation, &limits)?;
    let name = input_name(&args.presentation);
    let chain = UnverifiedChain::parse(trimmed(&text), &limits)
        .map_err(|denied| format!("{name}: {}", denied.reason()))?;
    let arguments = read_arguments(&args.args, &limits)?;
    let call = Invocation::from_json(&*args.tool, &arguments)
        .map_err(|error| format!("--args: {error}"))?;
    Ok(match verifier.verify_chain(&chain, now(args.now)) {
        Err(denied) if args.json => {
            let object = json!({"authorized": false, "denied": denied_json(&denied)});
            write_out(&format!("{object}\n"), ExitCode::from(1))
        }
        Err(denied) => {
            let line = format!("{} {denied}\n", styled(LOUD, "chain denied:"));
            write_out(&line, ExitCode::from(1))
        }
        Ok(chain) => print(&explain(&chain, &call), args.json),
    })
}

/// Prints an explanation, and gives the exit code that says whether the call is authorized.
pub(crate) fn print(why: &Explanation, as_json: bool) -> ExitCode {
    let code = ExitCode::from(u8::from(!why.is_authorized()));
    let text = if as_json { format!("{}\n", to_json(why)) } else { text(why) };
    write_out(&text, code)
}

pub(crate) fn text(why: &Explanation) -> String {
    let text = why.to_string();
    if why.is_authorized() {
        return format!("{}\n", styled(GOOD, &text));
    }
    let mut out = String::new();
    for (i, line) in text.lines().enumerate() {
        let style = if i == 0 { LOUD } else { STRONG };
        // What stands under a heading is indented by the library.
        if line.starts_with(' ') || line.starts_with("tools granted") {
            out.push_str(line);
        } else {
            out.push_str(&styled(style, line));
        }
        out.push('\n');
    }
    if let Some(call) = why.nearest().and_then(Nearest::call) {
        // Arguments to paste are repeated whole, or left out: when they are long, hold what a
        // terminal would not show, or end the shell's quotes. Others wrote these values.
        let arguments = call.arguments().to_jcs();
        let line = shown(&arguments);
        if line == arguments && !line.contains('\'') {
            out.push_str(&format!("  as --args '{line}'\n"));
        }
    }
    out
}

pub(crate) fn to_json(why: &Explanation) -> serde_json::Value {
    let changes: Vec<_> = why.lost_by().iter().map(change_json).collect();
    json!({
        "authorized": why.is_authorized(),
        "denied": why.denied().map(denied_json),
        "lost_at": why.lost_at(),
        "lost_by": changes,
        "nearest": why.nearest().map(nearest_json),
    })
}

pub(crate) fn denied_json(denied: &Denied) -> serde_json::Value {
    json!({
        "step": denied.step().label(),
        "code": denied.code(),
        "token": denied.token(),
        "detail": denied.to_string(),
    })
}

pub(crate) fn change_json(change: &Change) -> serde_json::Value {
    let mut object = json!({"kind": change.kind(), "detail": change.to_string()});
    let mut put = |name: &str, value: serde_json::Value| {
        if let Some(members) = object.as_object_mut() {
            members.insert(name.into(), value);
        }
    };
    if let Some(tool) = change.tool() {
        put("tool", tool.into());
    }
    if let Some(argument) = change.argument() {
        put("argument", argument.into());
    }
    match change {
        Change::ArgumentConstrained { from, to, .. } => {
            let from = from.as_ref().map(|from| parsed(&from.to_json()));
            put("from", from.unwrap_or_default());
            put("to", parsed(&to.to_json()));
        }
        Change::ExpiresEarlier { from, to } => {
            put("from", from.as_unix().into());
            put("to", to.as_unix().into());
        }
        Change::MaxDepthLowered { from, to } => {
            put("from", (*from).into());
            put("to", (*to).into());
        }
        Change::AudienceRestricted { to } => {
            put("to", to.names().iter().map(|name| &**name).collect());
        }
        Change::Widened(widening) => {
            put("code", widening.code().into());
            put("step", widening.step().label().into());
        }
        _ => {}
    }
    object
}

fn nearest_json(nearest: &Nearest) -> serde_json::Value {
    match nearest {
        Nearest::ToolNotGranted { granted, more } => {
            json!({"kind": "tool_not_granted", "granted": granted.iter().map(|t| &**t).collect::<Vec<_>>(), "more": more})
        }
        arguments => json!({
            "kind": "arguments",
            "adjustments": arguments.adjustments().iter().map(adjustment_json).collect::<Vec<_>>(),
            "arguments": arguments.call().map(|call| parsed(&call.arguments().to_jcs())),
        }),
    }
}

fn adjustment_json(adjustment: &Adjustment) -> serde_json::Value {
    json!({
        "kind": adjustment.kind(),
        "argument": adjustment.argument(),
        "value": adjustment.value().map(|value| parsed(&Value::to_jcs(value))),
        "detail": adjustment.to_string(),
    })
}

/// What the library wrote as JSON, which parses unless it nests beyond what `serde_json` reads.
fn parsed(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
