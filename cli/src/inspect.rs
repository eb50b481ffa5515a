//! `taper inspect`: a chain drawn as a tree, and what each hop narrowed.

use crate::{
    explain::{change_json, denied_json},
    extensions::ExtensionArgs,
    sheet::{
        GOOD, LOUD, QUIET, STRONG, WARNING, anchors, input_name, now, read_input, shown, styled,
        trimmed, unusable, write_out,
    },
};
use anstyle::Style;
use serde_json::json;
use std::{cmp::Ordering, process::ExitCode};
use taper::{
    Audience, Change, Claims, ConstraintMap, Denied, Limits, Narrowing, Place, Terms, Timestamp,
    UnverifiedChain, Verifier,
};

/// The most tools, changes or names that one hop lists.
const LISTED: usize = 24;
/// The most arguments that one tool lists.
const ARGUMENTS: usize = 16;
/// The width of the column of labels.
const LABEL: usize = 10;
/// The characters of a thumbprint that tell keys apart at a glance.
const THUMBPRINT: usize = 12;

/// What `taper inspect` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chain or presentation, `-` for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Verify the chain, trusting this public key (JWK or PEM) for root tokens of this issuer
    #[arg(long = "anchor", value_name = "ISSUER=PUBFILE")]
    anchors: Vec<String>,
    /// The time to show lifetimes at, in seconds since 1970; the clock's if not given
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
    #[command(flatten)]
    extensions: ExtensionArgs,
    /// Write JSON for machines
    #[arg(long)]
    json: bool,
}

/// Exit code 0 when the chain was shown, and holds if it was verified; 1 when it does not hold; 2
/// when it cannot be read.
pub(crate) fn run(args: Args) -> ExitCode {
    inspect(&args).unwrap_or_else(|message| unusable(&message))
}

/// What came of verifying the chain, when there are anchors to verify it under.
type Verdict = Option<Result<(), Denied>>;

fn inspect(args: &Args) -> Result<ExitCode, String> {
    let (limits, extensions) = (Limits::default(), args.extensions.extensions());
    let terms = Terms::new(&limits, &extensions);
    let trusted = anchors(&args.anchors)?;
    let text = read_input(&args.file, &limits)?;
    let unreadable = |denied: Denied| {
        let place = match denied.place() {
            Place::Token(0) => "root token: ".into(),
            Place::Token(index) => format!("token {index}: "),
            _ => String::new(),
        };
        format!("{}: {place}{}", input_name(&args.file), denied.reason())
    };
    let chain = UnverifiedChain::parse(trimmed(&text), &limits).map_err(unreadable)?;
    let claims = chain.claims_unverified(terms).map_err(unreadable)?;
    let others = chain.other_claim_names_unverified(terms);
    let now = now(args.now);
    let verdict: Verdict = (!trusted.is_empty()).then(|| {
        let verifier = Verifier::new(trusted).with_extensions(extensions.clone());
        verifier.verify_chain(&chain, now).map(|_| ())
    });
    let code = match &verdict {
        Some(Err(_)) => ExitCode::from(1),
        _ => ExitCode::SUCCESS,
    };
    let hops = hops(&claims, &others);
    let text = if args.json {
        format!("{}\n", to_json(&hops, &verdict, now))
    } else {
        draw(&hops, &verdict, now)
    };
    Ok(write_out(&text, code))
}

/// One token, with what it narrowed against the one above.
struct Hop<'a> {
    claims: &'a Claims,
    parent: Option<(&'a Claims, Narrowing)>,
    others: &'a [String],
}

fn hops<'a>(claims: &'a [Claims], others: &'a [Vec<String>]) -> Vec<Hop<'a>> {
    let above = std::iter::once(None).chain(claims.iter().map(Some));
    let each = claims.iter().zip(above).zip(others);
    each.map(|((claims, above), others)| Hop {
        claims,
        parent: above.map(|parent| (parent, Narrowing::between(parent, claims))),
        others,
    })
    .collect()
}

fn draw(hops: &[Hop<'_>], verdict: &Verdict, now: Timestamp) -> String {
    let mut out = match verdict {
        None => format!(
            "{} anybody can have written this; give --anchor to verify it\n\n",
            styled(LOUD, "NOT VERIFIED:")
        ),
        Some(Ok(())) => {
            format!("{} every signature, link and narrowing holds\n\n", styled(GOOD, "VERIFIED:"))
        }
        Some(Err(denied)) => format!("{} {denied}\n\n", styled(LOUD, "DENIED:")),
    };
    for (index, hop) in hops.iter().enumerate() {
        let is_leaf = index.saturating_add(1) == hops.len();
        draw_hop(&mut out, index, is_leaf, hop, now);
    }
    out
}

fn draw_hop(out: &mut String, index: usize, is_leaf: bool, hop: &Hop<'_>, now: Timestamp) {
    let claims = hop.claims;
    let indent = "   ".repeat(index.saturating_sub(1));
    let (branch, name) = match index {
        0 => (String::new(), "root".to_owned()),
        _ => (format!("{indent}└─ "), format!("hop {index}")),
    };
    let holder = short(&claims.holder().thumbprint_text());
    let (style, lifetime) = lifetime(claims, now);
    out.push_str(&format!(
        "{branch}{}  holder {}  {}\n",
        styled(STRONG, &name),
        styled(STRONG, &holder),
        styled(style, &lifetime),
    ));
    let trunk = match (index, is_leaf) {
        (_, true) => "   ".repeat(index),
        (_, false) => format!("{}│  ", "   ".repeat(index)),
    };
    // Labels stand in one column, whatever is said.
    let mut line = |label: &str, text: &str| {
        let label = styled(QUIET, &format!("{label:<LABEL$}"));
        out.push_str(&format!("{trunk}{}{label}{text}\n", if is_leaf { "   " } else { "" }));
    };
    line("issuer", &issuer(hop));
    line("id", &shown(claims.id().as_str()));
    line("audience", &audience(claims.audience()));
    line("depth", &format!("{} of at most {}", claims.depth(), claims.max_depth()));
    match &hop.parent {
        None => tools(claims, &mut line),
        Some((_, narrowing)) => changes(narrowing, &mut line),
    }
    if !hop.others.is_empty() {
        let names: Vec<String> = hop.others.iter().take(LISTED).map(|name| shown(name)).collect();
        line("also", &cut(names.join(", "), hop.others.len(), LISTED));
    }
    if !is_leaf {
        out.push_str(&format!("{}\n", trunk.trim_end()));
    }
}

/// Below the root the issuer is the holder above; anything else is a widening, shown as one.
fn issuer(hop: &Hop<'_>) -> String {
    match &hop.parent {
        Some((parent, _)) if hop.claims.issuer() == parent.holder().thumbprint_uri() => {
            format!("{}, the holder above", short(&parent.holder().thumbprint_text()))
        }
        _ => shown(hop.claims.issuer()),
    }
}

/// What the root grants: where the narrowing starts.
fn tools(claims: &Claims, line: &mut dyn FnMut(&str, &str)) {
    let count = claims.capabilities().map_or(0, |tools| tools.len());
    let tools = claims.capabilities().into_iter().flat_map(|tools| tools.tools());
    for (i, (tool, map)) in tools.take(LISTED).enumerate() {
        let label = if i == 0 { "grants" } else { "" };
        line(label, &format!("{}{}", styled(STRONG, &shown(tool)), arguments(map)));
    }
    match count.saturating_sub(LISTED) {
        0 if count == 0 => line("grants", "no tools"),
        0 => {}
        more => line("", &format!("and {more} more")),
    }
}

fn arguments(map: &ConstraintMap) -> String {
    let named = map.entries().take(ARGUMENTS).map(|(name, entry)| {
        let mark = if entry.is_optional() { "?" } else { "" };
        format!("{}{mark}: {}", shown(name), shown(&entry.constraint().to_string()))
    });
    let unnamed = map.admits_unnamed().then(|| "*".to_owned());
    let all: Vec<String> = named.chain(unnamed).collect();
    format!("({})", cut(all.join(", "), map.entries().len(), ARGUMENTS))
}

fn cut(text: String, count: usize, limit: usize) -> String {
    match count.saturating_sub(limit) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// A widening is never cut from the list: those come first.
fn changes(narrowing: &Narrowing, line: &mut dyn FnMut(&str, &str)) {
    let (wider, narrower): (Vec<&Change>, Vec<&Change>) =
        narrowing.changes().iter().partition(|change| change.is_widening());
    if narrowing.is_same_scope() {
        line("narrowed", &styled(WARNING, "nothing: the same authority in other hands"));
    }
    for change in wider {
        line("", &styled(LOUD, &change.to_string()));
    }
    for (i, change) in narrower.iter().take(LISTED).enumerate() {
        line(if i == 0 { "narrowed" } else { "" }, &change.to_string());
    }
    if let more @ 1.. = narrower.len().saturating_sub(LISTED) {
        line("", &format!("and {more} more"));
    }
}

fn audience(audience: &Audience) -> String {
    match audience {
        Audience::Unrestricted => "not restricted here".into(),
        Audience::Only(names) if names.is_empty() => styled(LOUD, "nobody"),
        Audience::Only(names) => {
            let first: Vec<String> = names.iter().take(LISTED).map(|name| shown(name)).collect();
            cut(first.join(", "), names.len(), LISTED)
        }
        _ => styled(LOUD, "malformed, names nobody"),
    }
}

/// Enough of a thumbprint to tell keys apart at a glance, not to trust one by.
fn short(thumbprint: &str) -> String {
    thumbprint.chars().take(THUMBPRINT).chain(['…']).collect()
}

fn lifetime(claims: &Claims, now: Timestamp) -> (Style, String) {
    let left = claims.expires_at().seconds_since(now);
    let early = claims.issued_at().seconds_since(now);
    match (left.cmp(&0), early > 0) {
        (Ordering::Greater, true) => (WARNING, format!("issued {} from now", span(early))),
        (Ordering::Greater, false) => (GOOD, format!("{} left", span(left))),
        (Ordering::Equal, _) => (LOUD, "expired just now".into()),
        (Ordering::Less, _) => (LOUD, format!("expired {} ago", span(left.saturating_neg()))),
    }
}

/// A number of seconds in the largest unit of which there are at least two, rounded down.
fn span(seconds: i64) -> String {
    let units = [(86_400, "d"), (3600, "h"), (60, "min")];
    let of = |unit: i64| seconds.checked_div(unit).unwrap_or(0);
    let largest = units.into_iter().find(|(unit, _)| of(*unit) >= 2);
    largest.map_or_else(|| format!("{seconds} s"), |(unit, name)| format!("{} {name}", of(unit)))
}

fn to_json(hops: &[Hop<'_>], verdict: &Verdict, now: Timestamp) -> serde_json::Value {
    let hops: Vec<_> = hops.iter().enumerate().map(|(i, hop)| hop_json(i, hop, now)).collect();
    json!({
        "verified": matches!(verdict, Some(Ok(()))),
        "verdict": match verdict {
            None => "not_verified",
            Some(Ok(())) => "permit",
            Some(Err(_)) => "deny",
        },
        "denied": verdict.as_ref().and_then(|v| v.as_ref().err()).map(denied_json),
        "hops": hops,
    })
}

fn hop_json(index: usize, hop: &Hop<'_>, now: Timestamp) -> serde_json::Value {
    let claims = hop.claims;
    let names = |audience: &Audience| -> Vec<String> {
        audience.names().iter().map(|name| name.to_string()).collect()
    };
    let tools = claims.capabilities().map(|tools| {
        serde_json::from_str::<serde_json::Value>(&tools.to_json()).unwrap_or_default()
    });
    json!({
        "token": index,
        "id": claims.id().as_str(),
        "issuer": claims.issuer(),
        "holder": claims.holder().thumbprint_uri(),
        "issued_at": claims.issued_at().as_unix(),
        "expires_at": claims.expires_at().as_unix(),
        "seconds_left": claims.expires_at().seconds_since(now),
        "audience": match claims.audience() {
            Audience::Unrestricted => serde_json::Value::Null,
            restricted => names(restricted).into(),
        },
        "depth": claims.depth(),
        "max_depth": claims.max_depth(),
        "tools": tools,
        "widened": hop.parent.as_ref().is_some_and(|(_, narrowing)| narrowing.is_widening()),
        "changes": hop.parent.as_ref().map(|(_, narrowing)| {
            narrowing.changes().iter().map(change_json).collect::<Vec<_>>()
        }),
        "other_claims": hop.others,
    })
}
