//! The decision on each message from a client.

use crate::{
    arguments::Arguments,
    call::{self, Call},
    denial::{self, Denial},
    listing::Listing,
    log,
    members::{self, Members},
    message::{Message, MessageError},
    nonces::RotatingNonces,
    probe::{self, Received},
    tools::{Target, Tools},
};
use std::{collections::BTreeSet, sync::Arc};
use taper::{Authorized, Invocation, Presentation, Step, Timestamp, UnverifiedChain, Verifier};

/// Requests that carry no authority: without them no session begins or lives.
const ALWAYS: [&str; 3] = ["initialize", "ping", "server/discover"];

/// JSON-RPC's own codes for what is no message.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// What becomes of a message.
#[derive(Debug)]
#[must_use = "the message goes nowhere by itself"]
pub enum Decision {
    /// It goes on as it came: it asks for nothing that needs a token.
    Pass,
    /// A permitted call goes to one server.
    Call(Permitted),
    /// The list of tools is asked for, and the answer shows only what may be called.
    List(Listing),
    /// It would be denied, and goes to the server all the same: the guard only watches.
    Unprotected(Vec<u8>, Denial),
    /// It goes nowhere, and this is the answer.
    Answer(Vec<u8>, Denial),
    /// The guard itself was asked, and this is the answer.
    Tell(Vec<u8>),
    /// It goes nowhere, and there is nobody to answer.
    Drop,
}

/// A call that was permitted, with the bytes that were checked.
#[derive(Debug)]
pub struct Permitted {
    /// The server's place in the configuration.
    pub upstream: usize,
    /// The message for it, without what was presented.
    pub message: Vec<u8>,
    /// What was checked, for the log.
    pub record: Record,
}

/// What a log says of a permitted call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The tool's identifier.
    pub tool: Box<str>,
    /// The tokens' ids, root first.
    pub chain: Vec<Box<str>>,
    /// The thumbprint of the leaf's holder, in base64url.
    pub holder: String,
    /// The SHA-256 of the arguments' text, in base64url.
    pub arguments: String,
    /// The arguments as the log shows them, when it does.
    pub shown: Option<serde_json::Value>,
}

/// A guard's rules. It holds no connection and no clock.
#[derive(Clone)]
pub struct Guard {
    verifier: Arc<Verifier>,
    tools: Tools,
    methods: BTreeSet<Box<str>>,
    nonces: Option<Arc<RotatingNonces>>,
    arguments: Arguments,
    lists_to_all: bool,
    audit: bool,
    max_message: Option<usize>,
}

impl Guard {
    /// Checks calls with `verifier`; `tools` says which tool a name means.
    pub fn new(verifier: impl Into<Arc<Verifier>>, tools: Tools) -> Self {
        let methods = ALWAYS.into_iter().map(Into::into).collect();
        Self {
            verifier: verifier.into(),
            tools,
            methods,
            nonces: None,
            arguments: Arguments::digest(),
            lists_to_all: false,
            audit: false,
            max_message: None,
        }
    }

    /// Tells a client whose proof lacks a nonce one that is accepted (B-mcp-16). The verifier's
    /// policy has to require the same nonces.
    #[must_use]
    pub fn tell_nonces(mut self, nonces: Arc<RotatingNonces>) -> Self {
        self.nonces = Some(nonces);
        self
    }

    /// Lets requests of `method` pass that are not calls of tools. Whatever they reach, no token
    /// is asked for.
    #[must_use]
    pub fn allow_method(mut self, method: impl Into<Box<str>>) -> Self {
        self.methods.insert(method.into());
        self
    }

    /// Shows every configured tool to clients that present nothing (B-mcp-20), with the schemas
    /// that the servers give.
    #[must_use]
    pub fn list_without_presentation(mut self) -> Self {
        self.lists_to_all = true;
        self
    }

    /// The guard before server `upstream` alone.
    #[must_use]
    pub fn only(mut self, upstream: usize) -> Self {
        self.tools = self.tools.only(upstream);
        self
    }

    /// Which tool a name means.
    pub(crate) fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Only watches: what would be denied is forwarded. Nothing is protected then.
    #[must_use]
    pub fn audit(mut self) -> Self {
        self.audit = true;
        self
    }

    /// Tells whoever asks that messages may have `bytes` bytes (B-mcp-22). What carries messages
    /// sees to it.
    #[must_use]
    pub fn tell_max_message(mut self, bytes: usize) -> Self {
        self.max_message = Some(bytes);
        self
    }

    /// What the log is told of arguments.
    #[must_use]
    pub fn log_arguments(mut self, arguments: Arguments) -> Self {
        self.arguments = arguments;
        self
    }

    /// The decision on `message` at `now`.
    pub fn decide(&self, text: &[u8], now: Timestamp) -> Decision {
        let message = match Message::read(text) {
            Ok(message) => message,
            Err(error) => return unreadable(&error),
        };
        let (id, method, all) = match message {
            Message::Response { .. } => return Decision::Pass,
            // Nobody would learn that it was denied.
            Message::Notification { method, .. } if !method.starts_with("notifications/") => {
                return Decision::Drop;
            }
            Message::Notification { .. } => return Decision::Pass,
            Message::Request { id, method, all } => (id, method, all),
        };
        let decided = match &*method {
            "tools/call" => self.call(&all, now).map(Decision::Call),
            "tools/list" => self.list(&all, now).map(Decision::List),
            probe::METHOD => self.probe(id, &all, now).map(Decision::Tell),
            method if self.methods.contains(method) => Ok(Decision::Pass),
            method => {
                let message = format!("`{}` is not allowed here", method.escape_debug());
                Err(Denial::new("method_not_allowed", message))
            }
        };
        decided.unwrap_or_else(|denial| {
            if self.audit {
                return Decision::Unprotected(self.unchecked(text, &method, &all), denial);
            }
            let denial = self.with_nonce(denial, now);
            Decision::Answer(denial.answer(id), denial)
        })
    }

    /// A message that was not permitted, for the server: without what was presented, if that can
    /// be found.
    fn unchecked(&self, text: &[u8], method: &str, all: &Members<'_>) -> Vec<u8> {
        let params = all.get("params").unwrap_or("{}");
        let params = match method {
            "tools/call" => Call::read(params).ok().map(|call| {
                let target = self.tools.called(&call.name);
                call.forwarded(target.as_ref().map_or(&call.name, |target| &target.name))
            }),
            "tools/list" => Members::read(params).ok().and_then(|params| {
                let meta = params.get("_meta").map(Members::read).transpose().ok()?;
                Some(without_presentation(&params, meta.as_ref()))
            }),
            _ => None,
        };
        params.map_or_else(|| text.to_vec(), |params| with_params(all, &params))
    }

    fn probe(&self, id: &str, all: &Members<'_>, now: Timestamp) -> Result<Vec<u8>, Denial> {
        let params = all.get("params").unwrap_or("{}");
        let window = self.verifier.limits().pop_window.as_secs();
        let received = Received::of(params, now, window, self.max_message);
        received.answer(id).map_err(|error| malformed(&error))
    }

    fn with_nonce(&self, denial: Denial, now: Timestamp) -> Denial {
        match &self.nonces {
            Some(nonces) if denial.step() == Some(Step::Nonce.label()) => {
                denial.with_nonce(nonces.current(now))
            }
            _ => denial,
        }
    }

    fn call(&self, all: &Members<'_>, now: Timestamp) -> Result<Permitted, Denial> {
        let call =
            Call::read(all.get("params").unwrap_or("{}")).map_err(|error| malformed(&error))?;
        let target = self.tools.called(&call.name);
        let identifier = target.as_ref().map(|target| &*target.identifier);
        self.authorized(all, &call, target.as_ref(), now).map_err(|denial| {
            let shown = self.arguments.of(call.arguments);
            denial.about(identifier, call.arguments, shown)
        })
    }

    fn authorized(
        &self,
        all: &Members<'_>,
        call: &Call<'_>,
        target: Option<&Target>,
        now: Timestamp,
    ) -> Result<Permitted, Denial> {
        let presentation = call.presentation.as_deref().ok_or_else(missing)?;
        let target = target.ok_or_else(|| {
            let message = format!("no tool is configured as `{}`", call.name.escape_debug());
            Denial::new("tool_unknown", message)
        })?;
        let limits = self.verifier.limits();
        if call.arguments.len() > limits.max_arguments_size {
            let message = format!("the arguments are above {} bytes", limits.max_arguments_size);
            return Err(Denial::new("arguments_too_large", message));
        }
        let invocation = Invocation::from_json(&*target.identifier, call.arguments.as_bytes())
            .map_err(taper::Denied::from)?;
        let presentation = Presentation::parse(presentation.as_bytes(), limits)?;
        let permit = self.verifier.authorize(&presentation, &invocation, now)?;
        let params = call.forwarded(&target.name);
        let message = with_params(all, &params);
        let record = self.record(&permit, call.arguments);
        Ok(Permitted { upstream: target.upstream, message, record })
    }

    /// A chain is enough to be shown what it grants (B-mcp-18).
    fn list(&self, all: &Members<'_>, now: Timestamp) -> Result<Listing, Denial> {
        let params =
            Members::read(all.get("params").unwrap_or("{}")).map_err(|error| malformed(&error))?;
        let meta = params
            .get("_meta")
            .map(Members::read)
            .transpose()
            .map_err(|error| malformed(&error))?;
        let shown = meta.as_ref().and_then(call::presentation);
        let capabilities = match shown {
            Some(shown) => {
                let chain = UnverifiedChain::parse(shown.as_bytes(), self.verifier.limits())?;
                let chain = self.verifier.verify_chain(&chain, now)?;
                Some(self.verifier.capabilities(&chain)?)
            }
            None if self.lists_to_all => None,
            None => return Err(missing()),
        };
        let message = with_params(all, &without_presentation(&params, meta.as_ref()));
        Ok(Listing::new(message, capabilities, self.tools.clone()))
    }

    fn record(&self, permit: &Authorized<'_>, arguments: &str) -> Record {
        let tokens = permit.chain().tokens().iter();
        Record {
            tool: permit.tool().into(),
            chain: tokens.map(|token| token.claims().id().as_str().into()).collect(),
            holder: permit.holder().map(taper::PublicKey::thumbprint_uri).unwrap_or_default(),
            arguments: log::digest(arguments),
            shown: self.arguments.of(arguments),
        }
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard")
            .field("verifier", &self.verifier)
            .field("methods", &self.methods)
            .field("audit", &self.audit)
            .finish_non_exhaustive()
    }
}

/// Parameters of a list without what was presented; `meta` is their `_meta`.
fn without_presentation(params: &Members<'_>, meta: Option<&Members<'_>>) -> String {
    let rest = params.iter().filter_map(|(name, value)| match name {
        "_meta" => Some((name, call::without(meta?)?.into())),
        _ => Some((name, value.into())),
    });
    members::write(rest)
}

/// The same message with other parameters.
pub(crate) fn with_params(all: &Members<'_>, params: &str) -> Vec<u8> {
    let others = all.iter().filter(|(name, _)| *name != "params");
    let members =
        others.map(|(name, value)| (name, value.into())).chain([("params", params.into())]);
    members::write(members).into_bytes()
}

fn missing() -> Denial {
    let key = crate::PRESENTATION_KEY;
    Denial::new(
        "presentation_missing",
        format!("nothing is presented: `params._meta` has no `{key}`"),
    )
}

fn malformed(error: &serde_json::Error) -> Denial {
    Denial::new("params_malformed", format!("the parameters cannot be read: {error}"))
}

fn unreadable(error: &MessageError) -> Decision {
    let message = error.to_string();
    let code = match error {
        MessageError::Encoding | MessageError::Json(_) => PARSE_ERROR,
        _ => INVALID_REQUEST,
    };
    let answer = denial::error("null", code, &message, None);
    Decision::Answer(answer, Denial::new("message_malformed", message))
}
