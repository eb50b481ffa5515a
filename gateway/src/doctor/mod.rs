//! What stands between a client and a guard: `taper doctor`.

mod asking;
mod finding;
mod rewriting;

pub use finding::{Finding, Grade};

use crate::{
    Holder, Outgoing, PRESENTATION_KEY, log,
    members::{self, Members},
    probe::Received,
    proxy::{Failure, Limits, Remote, UPSTREAM_FAILED},
};
use asking::{Asking, Reply};
use finding::quoted;
use std::{borrow::Cow, time::Duration};
use taper::{HeldChain, Invocation, Profile, ProofOptions, SigningKey, Timestamp};

/// The newest revision with sessions.
const WITH_SESSIONS: &str = "2025-11-25";
/// The revision without them.
const STATELESS: &str = "2026-07-28";
/// The largest message that is tried, whatever a guard takes.
const MOST: usize = 16 << 20;
/// How exactly the largest message that passes is told.
const STEP: usize = 1024;
/// From how many seconds on a difference of clocks is worth a word.
const NOTICEABLE: u64 = 5;
/// How long anything may take to be answered.
const PATIENCE: Duration = Duration::from_secs(30);
/// What stands for a presentation where there is none. It permits nothing.
const STAND_IN: &str = r#"{"aat_chain":["probe.probe.probe"],"aat_pop":"probe.probe.probe"}"#;

/// Someone who finds out what is so on the way from here to a guard.
#[derive(Debug)]
pub struct Doctor {
    asking: Asking,
    held: Option<Held>,
    findings: Vec<Finding>,
}

/// A chain with a key.
#[derive(Debug)]
struct Held {
    chain: HeldChain,
    key: SigningKey,
}

impl Doctor {
    /// For the way to the guard that `remote` is.
    pub fn new(remote: Remote) -> Self {
        Self { asking: Asking::new(remote, PATIENCE), held: None, findings: vec![] }
    }

    /// Limits for the [`Remote`] of a doctor.
    pub fn limits() -> Limits {
        Limits { answer_timeout: PATIENCE, ..Limits::default() }
    }

    /// Presents this chain too.
    #[must_use]
    pub fn with_chain(mut self, chain: HeldChain, key: SigningKey) -> Self {
        self.held = Some(Held { chain, key });
        self
    }

    /// Looks, and tells what is so at `now`. Nothing is called; a session is begun and ended.
    pub async fn examine(mut self, now: Timestamp) -> Vec<Finding> {
        let speaks = self.endpoint().await;
        match self.asking.probe(r#"{"a":"b"}"#).await {
            Ok(received) => {
                self.findings.push(Finding::good("a guard answers"));
                self.way(&received, now).await;
            }
            // That there is no guard behind what is no endpoint says nothing.
            Err(_) if !speaks => {}
            Err(reply) => self.findings.push(no_guard(&reply)),
        }
        self.asking.end().await;
        self.findings
    }

    /// Is there an MCP endpoint? Whether anything that speaks JSON-RPC is there.
    async fn endpoint(&mut self) -> bool {
        let client = r#"{"name":"taper-doctor","version":"1"}"#;
        let params = format!(
            r#"{{"protocolVersion":"{WITH_SESSIONS}","capabilities":{{}},"clientInfo":{client}}}"#
        );
        let begun = self.asking.ask("initialize", &params).await;
        if let Some(version) = member(&begun, "protocolVersion") {
            self.asking.speak(&version, false);
            self.asking.tell("notifications/initialized").await;
            let what = format!("an MCP endpoint answers, revision {}", quoted(&version));
            self.findings.push(Finding::good(what));
            return true;
        }
        let meta = "io.modelcontextprotocol/";
        let params = format!(
            r#"{{"_meta":{{"{meta}protocolVersion":"{STATELESS}","{meta}clientInfo":{client},"{meta}clientCapabilities":{{}}}}}}"#
        );
        self.asking.speak(STATELESS, true);
        let discovered = self.asking.ask("server/discover", &params).await;
        let finding = match (&begun, &discovered) {
            (_, Reply::Result(_)) => {
                Finding::good(format!("an MCP endpoint answers, revision `{STATELESS}`"))
            }
            (Reply::Error(error), _) if is_upstream(error.code) => Finding::fault(
                format!("the server behind the guard does not answer: {begun}"),
                "the guard is there, but what it permits goes nowhere",
                "start the server, or see what the guard's `--upstream` or policy names",
            ),
            (Reply::Error(_) | Reply::Result(_), _) => Finding::fault(
                format!("the MCP endpoint refuses to begin: {begun}"),
                "no client can begin a session, nor do without one",
                "see the guard's log and the server's",
            ),
            (Reply::Other(text), _) => Finding::fault(
                format!("there is no MCP endpoint: {text}"),
                "nothing on this way understands messages",
                "see that the URL is right, with its path (`/mcp`, or `/NAME/mcp` where a guard has \
                 several servers), that the guard runs, and that what is between lets `POST` with \
                 JSON pass",
            ),
        };
        self.findings.push(finding);
        !matches!((&begun, &discovered), (Reply::Other(_), Reply::Other(_)))
    }

    /// All that needs a guard that answers.
    async fn way(&mut self, first: &Received, now: Timestamp) {
        self.presentation(now).await;
        self.text().await;
        self.size(first.max_message).await;
        self.clocks(first.window);
        self.chain(now).await;
    }

    async fn presentation(&mut self, now: Timestamp) {
        let own = self.held.as_ref().and_then(|held| held.presentation(now));
        let presentation = own.unwrap_or_else(|| STAND_IN.into());
        let params = format!(r#"{{"a":"b","_meta":{{"{PRESENTATION_KEY}":{presentation}}}}}"#);
        let finding = match self.asking.probe(&params).await {
            Ok(received) if !received.presentation => Finding::fault(
                format!("`params._meta[\"{PRESENTATION_KEY}\"]` does not arrive"),
                "something on the way strips it: every call is denied (`presentation_missing`)",
                "let what is between pass `params._meta` as it is, or put the holder behind it",
            ),
            Ok(received) if received.digest == log::digest(&params) => {
                Finding::good("a presentation arrives as it was sent")
            }
            Ok(_) => Finding::note(
                "a presentation arrives, but not byte for byte",
                "chains and proofs are text within JSON, so spelling does no harm. If it is more, \
                 calls are denied at 2, 3 or 7b",
                "see what else is told here of text",
            ),
            Err(reply) => Finding::fault(
                format!("a message with a presentation does not pass: {reply}"),
                "something on the way refuses what looks like a token: no call passes",
                "look for rules there against tokens in bodies",
            ),
        };
        self.findings.push(finding);
    }

    async fn text(&mut self) {
        let mut numbers = vec![];
        for specimen in rewriting::NUMBERS {
            match self.asking.probe(&specimen.params()).await {
                Ok(received) => numbers.push((specimen, received)),
                Err(reply) => self.refused(specimen.sent, &reply),
            }
        }
        if numbers.len() == rewriting::NUMBERS.len() {
            self.findings.push(rewriting::numbers(&numbers));
        }
        let mut changed = vec![];
        for (what, params) in rewriting::SPELLINGS {
            match self.asking.probe(params).await {
                Ok(received) if received.digest == log::digest(params) => {}
                Ok(_) => changed.push(what),
                Err(reply) => self.refused(params, &reply),
            }
        }
        match self.asking.probe(&rewriting::CHARACTERS.params()).await {
            Ok(characters) => self.findings.push(rewriting::text(&changed, &characters)),
            Err(reply) => self.refused(rewriting::CHARACTERS.sent, &reply),
        }
    }

    fn refused(&mut self, sent: &str, reply: &Reply) {
        self.findings.push(Finding::fault(
            format!("a message with {} does not pass: {reply}", quoted(sent)),
            "something on the way refuses it, or makes it what is no message",
            "look for what reads or inspects bodies there",
        ));
    }

    /// The largest message that passes, of those that the guard takes.
    async fn size(&mut self, limit: Option<usize>) {
        let most = limit.unwrap_or_else(|| Limits::default().max_message).min(MOST);
        let Err(mut refusal) = self.passes(most).await else {
            let own = if limit == Some(most) { ", the most that the guard takes" } else { "" };
            let what = format!("messages of {most} bytes arrive whole{own}");
            return self.findings.push(Finding::good(what));
        };
        let (mut passes, mut fails) = (0, most);
        let mut next = STEP.min(most);
        while fails.saturating_sub(passes) > STEP {
            match self.passes(next).await {
                Ok(()) => passes = next,
                Err(reply) => (fails, refusal) = (next, reply),
            }
            // Doubling until the first that fails: the way may be slow.
            next = match fails == most {
                true => next.saturating_mul(2).min(usize::midpoint(next, most)),
                false => usize::midpoint(passes, fails),
            };
        }
        if matches!(&refusal, Reply::Error(error) if error.code == i64::from(Failure::TooLarge.code()))
        {
            return self.findings.push(Finding::note(
                format!(
                    "messages of about {passes} bytes arrive; larger ones grow on the way beyond the \
                     {most} that the guard takes"
                ),
                "something between writes messages anew, with more bytes",
                "nothing, where messages are never that large",
            ));
        }
        self.findings.push(Finding::fault(
            format!(
                "messages above about {passes} bytes do not arrive, of {most} that the guard \
                 takes: {refusal}"
            ),
            "calls with long chains or large arguments fail, and not with a denial",
            "raise the limit on bodies of what is between, or lower the guard's (`--max-message`) \
             so that clients are told",
        ));
    }

    /// Whether a message of `size` bytes arrives whole, or what came back instead.
    async fn passes(&mut self, size: usize) -> Result<(), Reply> {
        let around = r#"{"a":""}"#.len();
        let padding = "x".repeat(self.asking.room(size).saturating_sub(around));
        let received = self.asking.probe(&format!(r#"{{"a":"{padding}"}}"#)).await?;
        match received.size >= padding.len() {
            true => Ok(()),
            false => Err(Reply::Other(format!("only {} bytes of it arrive", received.size))),
        }
    }

    fn clocks(&mut self, window: u64) {
        let ahead = self.asking.clock.ahead();
        let (off, side) = (ahead.unsigned_abs(), if ahead < 0 { "behind" } else { "ahead of" });
        let what = format!("the guard's clock is {off} s {side} this one; {window} s are allowed");
        self.findings.push(match off {
            0 => Finding::good(format!("the clocks agree; {window} s are allowed")),
            _ if off > window => Finding::fault(
                what,
                "every call is denied at 7g (`proof_outside_window`); tokens seem to be of the \
                 future or at their end",
                "set both clocks by a time server",
            ),
            _ if off >= NOTICEABLE => Finding::note(
                what,
                "proofs that wait, or that come late, are denied at 7g (`proof_outside_window`)",
                "set both clocks by a time server",
            ),
            _ => Finding::good(what),
        });
    }

    /// Is the guard content with the chain?
    async fn chain(&mut self, now: Timestamp) {
        let Some(Held { chain, key }) = self.held.take() else { return };
        if chain.leaf().holder() != key.public_key() {
            return self.findings.push(Finding::fault(
                "the key is not the one that the chain's leaf names",
                "every proof is denied at 7b (`signature_invalid`)",
                "use the key that the chain was made for, or have a chain made for this one",
            ));
        }
        let holder = Holder::new(chain, key, ProofOptions::default());
        let list = br#"{"jsonrpc":"2.0","id":"list","method":"tools/list","params":{}}"#;
        let message = match holder.outgoing(list, None, now) {
            Ok(Outgoing::Send(message)) => message,
            Ok(Outgoing::Answer(_, denial)) => {
                return self.findings.push(useless(denial.message()));
            }
            Ok(Outgoing::Pass) | Err(_) => {
                return self.findings.push(useless("it cannot be presented"));
            }
        };
        let finding = match self.asking.send("tools/list", message.into()).await {
            Reply::Result(result) => match names(&result) {
                Some(names) if names.is_empty() => Finding::note(
                    "the guard accepts the chain, and lists no tool for it",
                    "the server has none of the tools that the leaf grants, by the names they have \
                     there",
                    "compare `taper inspect` of the chain with the tools of the server and with the \
                     policy's names for them",
                ),
                Some(names) => {
                    let names = quoted(&names.join(", "));
                    Finding::good(format!("the guard accepts the chain and lists {names}"))
                }
                None => Finding::fault(
                    format!("the list of tools cannot be read: {}", quoted(&result)),
                    "clients see no tools",
                    "see the guard's log",
                ),
            },
            Reply::Error(error) if error.denial.is_some() => useless(&error.message),
            reply => Finding::fault(
                format!("the tools cannot be listed: {reply}"),
                "clients see no tools",
                "see that the server behind the guard runs",
            ),
        };
        self.findings.push(finding);
    }
}

impl Held {
    /// A presentation, as JSON text, whose proof is of no tool's call.
    fn presentation(&self, now: Timestamp) -> Option<String> {
        let call = Invocation::from_json(crate::probe::METHOD, b"{}").ok()?;
        let options = ProofOptions::default();
        let proof = self.chain.prove_unchecked(&self.key, &call, &options, now).ok()?;
        let text = self.chain.present(proof).to_text();
        Some(match self.chain.profile() {
            Profile::Compact => members::string(&text),
            _ => text,
        })
    }
}

/// A text in a result.
fn member(reply: &Reply, name: &str) -> Option<String> {
    let Reply::Result(result) = reply else { return None };
    Members::read(result).ok()?.string(name).map(Cow::into_owned)
}

/// The names of listed tools.
fn names(result: &str) -> Option<Vec<String>> {
    let result = Members::read(result).ok()?;
    let tools: Vec<&serde_json::value::RawValue> =
        serde_json::from_str(result.get("tools")?).ok()?;
    let name = |tool: &serde_json::value::RawValue| {
        Members::read(tool.get()).ok()?.string("name").map(Cow::into_owned)
    };
    tools.into_iter().map(name).collect()
}

/// A chain that a guard or its holder refuses.
fn useless(message: &str) -> Finding {
    Finding::fault(
        format!("the chain is refused: {}", quoted(message)),
        "every call with it is denied",
        "see the step and code in `spec/errors.md`, and `taper inspect` of the chain",
    )
}

/// A guard's own errors about its server (B-mcp-21).
fn is_upstream(code: i64) -> bool {
    [UPSTREAM_FAILED, Failure::Timeout.code()].map(i64::from).contains(&code)
}

fn no_guard(reply: &Reply) -> Finding {
    match reply {
        Reply::Error(error) if error.denial.as_deref() == Some("method_not_allowed") => {
            Finding::fault(
                "a guard answers, but it knows no probes",
                "it is older than this program: nothing else can be told of the way to it",
                "install the same version on both sides",
            )
        }
        reply => Finding::fault(
            format!("no guard answers, but something else: {reply}"),
            "calls on this way are not checked here, whatever else checks them",
            "give the URL of the guard and not of the server, and see that what is between passes \
             methods that it does not know",
        ),
    }
}
