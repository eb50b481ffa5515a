//! Whether a person has allowed a call.
//!
//! A chain says what an agent may do at most; that it does so in this conversation is for a person
//! to say, where the person wants to. The client's own dialog asks, so that no answer comes from a
//! model.

use super::{
    asked::Asked,
    question::{self, Reply},
    sessions::Sessions,
};
use crate::{
    denial::Denial,
    members::{self, Members, string},
    proxy::Client,
};
use std::{
    borrow::Cow,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use taper::Invocation;
use wildmatch::WildMatch;

/// Where a request of a revision without sessions has its revision, and what its client can do.
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";

/// The name of our question among those that a result may ask.
const QUESTION: &str = "dev.taper/allow";

/// Which calls a person has to allow, and which were.
pub struct Approvals {
    patterns: Vec<WildMatch>,
    patience: Duration,
    sessions: Mutex<Sessions>,
    asked: Mutex<Asked>,
}

/// What becomes of a call that a person has to allow.
#[derive(Debug)]
pub(super) enum Approval {
    /// It was allowed.
    Given,
    /// It was allowed when it was sent first, with these parameters.
    Before(String),
    /// The client has to ask, and to send the call again with the answer: a result as JSON text.
    Ask(String),
}

impl Approvals {
    /// Calls of tools whose name or identifier matches one of `patterns` have to be allowed: `*`
    /// is any text and `?` any character. A person who is asked has `patience`.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>, patience: Duration) -> Self {
        let patterns = patterns.into_iter().map(WildMatch::new).collect();
        Self { patterns, patience, sessions: Mutex::default(), asked: Mutex::default() }
    }

    /// Whether a call of the tool that the client calls `name` has to be allowed.
    pub(super) fn wanted(&self, name: &str, identifier: &str) -> bool {
        self.patterns.iter().any(|one| one.matches(name) || one.matches(identifier))
    }

    /// A session begins, with a client of these capabilities.
    pub(super) fn begin(&self, session: &str, can_be_asked: bool) {
        lock(&self.sessions).begin(session, can_be_asked);
    }

    /// Gets a person's word for `call`, which came with `params`.
    pub(super) async fn get(
        &self,
        call: &Invocation,
        params: &str,
        client: &Client,
    ) -> Result<Approval, Denial> {
        let all = Members::read(params).map_err(|error| malformed(&error))?;
        let meta = Members::read(all.get("_meta").unwrap_or("{}"));
        let meta = meta.map_err(|error| malformed(&error))?;
        if meta.get(VERSION_KEY).is_some() {
            return self.with_the_call(call, params, &all, &meta);
        }
        self.in_session(call, client).await.map(|()| Approval::Given)
    }

    async fn in_session(&self, call: &Invocation, client: &Client) -> Result<(), Denial> {
        let session = client.session().ok_or_else(nobody)?;
        if lock(&self.sessions).allows(session, call.tool()) {
            return Ok(());
        }
        if !lock(&self.sessions).can_be_asked(session) {
            return Err(nobody());
        }
        let params = question::params(call, true)?;
        let answer = client.ask(question::METHOD, &params, self.patience).await;
        let answer = answer.ok_or_else(question::refused)?;
        let text = std::str::from_utf8(&answer).map_err(|_| question::refused())?;
        let answer = Members::read(text).map_err(|_| question::refused())?;
        match question::reply(answer.get("result").unwrap_or("null"), true)? {
            Reply::Once => {}
            Reply::Session => lock(&self.sessions).allow(session, call.tool()),
        }
        Ok(())
    }

    /// Asks by a result, and finds the answer in the call's repetition.
    fn with_the_call(
        &self,
        call: &Invocation,
        params: &str,
        all: &Members<'_>,
        meta: &Members<'_>,
    ) -> Result<Approval, Denial> {
        let state = all.string("requestState");
        let kept = state.and_then(|state| lock(&self.asked).take(&state, self.patience));
        let answer = all.get("inputResponses").map(Members::read).transpose();
        let answer = answer.map_err(|error| malformed(&error))?;
        if let (Some(kept), Some(answer)) = (&kept, answer.and_then(|all| all.get(QUESTION))) {
            question::reply(answer, false)?;
            return again(call, kept, all.get("_meta")).map(Approval::Before);
        }
        if !meta.get(CAPABILITIES_KEY).is_some_and(can_be_asked) {
            return Err(nobody());
        }
        let question = [
            ("method", Cow::from(string(question::METHOD))),
            ("params", question::params(call, false)?.into()),
        ];
        // What was kept before is what the call said; the repetition only adds an answer.
        let state = lock(&self.asked).keep(kept.as_deref().unwrap_or(params));
        let state = state.ok_or_else(|| Denial::new("not_proved", "there is no randomness"))?;
        let requests = members::write([(QUESTION, members::write(question).into())]);
        Ok(Approval::Ask(members::write([
            ("resultType", Cow::from(r#""input_required""#)),
            ("inputRequests", requests.into()),
            ("requestState", string(&state).into()),
        ])))
    }
}

/// The parameters that a person has allowed, when `call` repeats them, with its own `_meta`.
fn again(call: &Invocation, kept: &str, meta: Option<&str>) -> Result<String, Denial> {
    let kept = Members::read(kept).map_err(|error| malformed(&error))?;
    let arguments = kept.get("arguments").unwrap_or("{}");
    let before = Invocation::from_json(call.tool(), arguments.as_bytes());
    let before = before.map_err(taper::Denied::from)?;
    // The tool's name is compared by the gate, which has both.
    if before.arguments().to_jcs() != call.arguments().to_jcs() {
        return Err(Denial::new("confirmation_refused", "what was allowed was another call"));
    }
    let others = kept.iter().filter(|(name, _)| *name != "_meta");
    let others = others.map(|(name, value)| (name, Cow::from(value)));
    Ok(members::write(others.chain(meta.map(|meta| ("_meta", meta.into())))))
}

/// Whether a client with these capabilities shows forms to its person. Before there were other
/// ways, it said so by an empty object.
pub(super) fn can_be_asked(capabilities: &str) -> bool {
    let ways = || Members::read(Members::read(capabilities).ok()?.get("elicitation")?).ok();
    ways().is_some_and(|ways| ways.get("form").is_some() || ways.iter().next().is_none())
}

fn nobody() -> Denial {
    let problem = "this call has to be allowed by a person, and the client has no way to ask one";
    Denial::new("confirmation_impossible", problem)
}

fn malformed(error: &serde_json::Error) -> Denial {
    Denial::new("params_malformed", format!("the parameters cannot be read: {error}"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked meanwhile has left a whole value.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Approvals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approvals").field("patterns", &self.patterns).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_be_asked() {
        let rows = [
            (r#"{"elicitation":{}}"#, true),
            (r#"{"elicitation":{"form":{}}}"#, true),
            (r#"{"elicitation":{"url":{},"form":{}}}"#, true),
            (r#"{"elicitation":{"url":{}}}"#, false),
            (r#"{"elicitation":null}"#, false),
            (r#"{"sampling":{}}"#, false),
            ("null", false),
        ];
        for (capabilities, expected) in rows {
            assert_eq!(can_be_asked(capabilities), expected, "{capabilities}");
        }
    }

    #[test]
    fn which_calls() {
        let approvals = Approvals::new(["delete*", "files/?"], Duration::ZERO);
        assert!(approvals.wanted("delete_all", "x") && approvals.wanted("x", "delete"));
        assert!(approvals.wanted("x", "files/a") && !approvals.wanted("x", "files/ab"));
        assert!(!approvals.wanted("undelete", "x"));
        assert!(Approvals::new(["*"], Duration::ZERO).wanted("", ""));
    }
}
