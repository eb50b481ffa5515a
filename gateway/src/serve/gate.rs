//! A guard's rules applied to what a proxy relays: decided, logged, counted, in this order, and
//! only then forwarded.

use super::{
    decision_log::DecisionLog,
    metrics::{Decided, Metrics},
};
use crate::{
    Decision, Denial, Entry, Guard, Verdict,
    denial::error,
    guard::Permitted,
    listing::Listing,
    members::Members,
    message::Message,
    proxy::{After, Client, Logic, METHOD, NAME, Next, PARAMETER, UPSTREAM_FAILED, headers_agree},
};
use bytes::Bytes;
use std::{
    sync::Arc,
    time::{Instant, SystemTime},
};
use taper::Timestamp;

/// A guard before one server.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Rules>);

/// What a gate goes by.
pub(super) struct Rules {
    pub(super) guard: Guard,
    /// The server's place in the configuration.
    pub(super) upstream: usize,
    pub(super) log: Option<Arc<DecisionLog>>,
    pub(super) metrics: Arc<Metrics>,
    /// The replay store is elsewhere and may take its time.
    pub(super) store_blocks: bool,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").field("upstream", &self.upstream).finish_non_exhaustive()
    }
}

/// A request whose answer is waited for.
#[derive(Debug)]
pub struct Watch {
    since: Instant,
    listing: Option<Box<Listing>>,
}

impl Gate {
    pub(super) fn new(rules: Rules) -> Self {
        Self(Arc::new(rules))
    }
}

impl Logic for Gate {
    type Watch = Watch;

    async fn from_client(&self, message: &[u8], client: &Client) -> Next<Watch> {
        let agree = headers_agree(
            client.header(&METHOD),
            client.header(&NAME),
            client.headers_of(PARAMETER),
            message,
        );
        if !agree {
            return self.0.header_mismatch(message);
        }
        if !self.0.store_blocks {
            return self.0.next(message);
        }
        let (rules, owned) = (Arc::clone(&self.0), Bytes::copy_from_slice(message));
        let next = tokio::task::spawn_blocking(move || rules.next(&owned)).await;
        next.unwrap_or_else(|error| {
            tracing::error!(%error, "deciding has failed");
            let denial = Denial::new("guard_failed", "the guard cannot decide");
            Next::Answer(denial.answer(&id_of(message)).into())
        })
    }

    async fn answered(&self, watch: &mut Watch, answer: Bytes, _: &Client) -> After {
        let Some(listing) = &watch.listing else {
            Metrics::seconds(&self.0.metrics.upstream, watch.since.elapsed());
            return After::Show(answer);
        };
        let narrowed =
            std::str::from_utf8(&answer).map_err(|error| error.to_string()).and_then(|answer| {
                listing.narrowed(self.0.upstream, answer).map_err(|error| error.to_string())
            });
        After::Show(match narrowed {
            Ok(narrowed) => narrowed.into(),
            Err(problem) => {
                tracing::warn!(problem, "a server's list of tools is not shown");
                let id = id_of(listing.message());
                error(&id, UPSTREAM_FAILED, "the server's list of tools cannot be read", None)
                    .into()
            }
        })
    }

    /// A list of tools that was broken off would come whole here.
    fn resumed(&self, answer: Bytes) -> Option<Bytes> {
        let text = std::str::from_utf8(&answer).ok()?;
        let all = Members::read(text).ok()?;
        let lists = match all.get("result").map(Members::read) {
            Some(Ok(result)) => result.get("tools").is_some(),
            Some(Err(_)) => true,
            None => false,
        };
        if !lists {
            return Some(answer);
        }
        let id = all.get("id").unwrap_or("null");
        Some(error(id, UPSTREAM_FAILED, "the list of tools has to be asked for again", None).into())
    }
}

impl Rules {
    fn next(&self, message: &[u8]) -> Next<Watch> {
        let since = Instant::now();
        let now = Timestamp::from(SystemTime::now());
        let decision = self.guard.decide(message, now);
        let took = since.elapsed();
        match decision {
            Decision::Pass => Next::Pass,
            Decision::Drop => Next::Drop,
            Decision::Tell(answer) => {
                self.count("probe", None, None);
                Next::Answer(answer.into())
            }
            Decision::List(listing) => {
                Metrics::seconds(&self.metrics.verification, took);
                self.count("list", None, None);
                let message = Bytes::copy_from_slice(listing.message());
                let listing = Some(Box::new(listing));
                Next::Send(message, Watch { since: Instant::now(), listing })
            }
            Decision::Call(permitted) => {
                Metrics::seconds(&self.metrics.verification, took);
                self.permitted(permitted, now)
            }
            Decision::Unprotected(message, denial) => {
                self.denied(&denial, Verdict::WouldDeny, now);
                Next::Send(message.into(), Watch { since: Instant::now(), listing: None })
            }
            Decision::Answer(answer, denial) => {
                if denial.tool().is_some() {
                    Metrics::seconds(&self.metrics.verification, took);
                }
                self.denied(&denial, Verdict::Deny, now);
                match denial.code() {
                    "message_malformed" => Next::Refuse(answer.into()),
                    _ => Next::Answer(answer.into()),
                }
            }
        }
    }

    fn permitted(&self, permitted: Permitted, now: Timestamp) -> Next<Watch> {
        let Permitted { message, record, .. } = permitted;
        let entry = Entry {
            time: now.as_unix(),
            verdict: Verdict::Permit,
            step: None,
            code: None,
            tool: Some(record.tool.to_string()),
            chain: record.chain.iter().map(ToString::to_string).collect(),
            holder: Some(record.holder),
            arguments: Some(record.arguments),
            shown: record.shown,
        };
        if !self.write(&entry) {
            let denial = Denial::new("log_unavailable", "the decision cannot be written down");
            self.count("deny", None, Some(&record.tool));
            return Next::Answer(denial.answer(&id_of(&message)).into());
        }
        self.count("permit", None, Some(&record.tool));
        Next::Send(message.into(), Watch { since: Instant::now(), listing: None })
    }

    fn denied(&self, denial: &Denial, verdict: Verdict, now: Timestamp) {
        if denial.code().starts_with("replay_store_") {
            self.metrics.replay_errors.inc();
        }
        tracing::info!(
            step = denial.step(),
            code = denial.code(),
            tool = denial.tool(),
            "{}: {}",
            verdict.name(),
            denial.message()
        );
        self.count(verdict.name(), denial.step(), denial.tool());
        // It is denied, or forwarded, whether or not that can be written.
        self.write(&Entry {
            time: now.as_unix(),
            verdict,
            step: denial.step().map(Into::into),
            code: Some(denial.code().into()),
            tool: denial.tool().map(Into::into),
            chain: vec![],
            holder: None,
            arguments: denial.arguments().map(Into::into),
            shown: denial.shown().cloned(),
        });
    }

    /// The body counts, and what passed on the way here may have looked at the headers (B-mcp-9).
    fn header_mismatch(&self, message: &[u8]) -> Next<Watch> {
        let problem = "`Mcp-Method`, `Mcp-Name` or `Mcp-Param-` is not what the message says";
        let denial = Denial::new("header_mismatch", problem);
        self.denied(&denial, Verdict::Deny, SystemTime::now().into());
        Next::Refuse(denial.answer(&id_of(message)).into())
    }

    /// Whether the decision stands in the log, if there is one.
    fn write(&self, entry: &Entry) -> bool {
        let Some(log) = &self.log else { return true };
        log.append(entry)
            .inspect_err(|error| {
                self.metrics.log_errors.inc();
                tracing::error!(%error, "a decision cannot be written to the log");
            })
            .is_ok()
    }

    fn count(&self, verdict: &'static str, step: Option<&'static str>, tool: Option<&str>) {
        let tool = match tool {
            None => "",
            Some(tool) if self.guard.tools().has_identifier(tool) => tool,
            Some(_) => "other",
        };
        let step = step.unwrap_or_default();
        self.metrics.decided(Decided { verdict, step, tool: tool.into() });
    }
}

/// A request's id as JSON text.
fn id_of(message: &[u8]) -> String {
    match Message::read(message) {
        Ok(Message::Request { id, .. }) => id.into(),
        _ => "null".into(),
    }
}
