//! A holder as what stands between a client and its guard.

use super::approval::{Approval, Approvals, can_be_asked};
use crate::{
    Holder, Outgoing,
    call::Call,
    demanded_nonce,
    denial::Denial,
    guard::with_params,
    members::{self, Members},
    message::Message,
    proxy::{After, Client, Logic, Next},
};
use bytes::Bytes;
use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError, RwLock, RwLockReadGuard},
    time::SystemTime,
};
use taper::{HeldChain, Invocation, Signer};

/// Adds a proof to each call, and asks a person first where one has to allow it.
pub struct Gate<S> {
    holder: RwLock<Holder<S>>,
    approvals: Approvals,
    /// The nonce that the guard demanded last: it may be good for more than one call.
    nonce: Mutex<Option<String>>,
}

/// What is kept of a request until its answer is there.
#[derive(Debug)]
pub enum Watch {
    /// A session may begin, and this says whether its client can ask its person.
    Initialize(bool),
    /// Tools are listed.
    List,
    /// A call as the client sent it, and whether it was sent twice already.
    Call(Bytes, bool),
}

impl<S: Signer> Gate<S> {
    /// Calls go out as `holder` says, after `approvals` were given.
    pub fn new(holder: Holder<S>, approvals: Approvals) -> Self {
        Self { holder: RwLock::new(holder), approvals, nonce: Mutex::default() }
    }

    /// Uses a renewed chain from here on. One for another key is refused and given back.
    ///
    /// # Errors
    ///
    /// When the chain's leaf does not name the holder's key.
    pub fn renew(&self, chain: HeldChain) -> Result<(), Box<HeldChain>> {
        self.holder.write().unwrap_or_else(PoisonError::into_inner).renew(chain)
    }

    fn holder(&self) -> RwLockReadGuard<'_, Holder<S>> {
        // Whoever panicked meanwhile has left a whole one.
        self.holder.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn outgoing(&self, message: &[u8]) -> Outgoing {
        let nonce = self.nonce.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let outgoing = self.holder().outgoing(message, nonce.as_deref(), SystemTime::now().into());
        outgoing.unwrap_or_else(|error| {
            let denial = Denial::new("message_malformed", error.to_string());
            Outgoing::Answer(denial.answer("null"), denial)
        })
    }

    /// The call as it is to be sent, which may be what it was before a person was asked.
    async fn allowed(&self, message: &[u8], client: &Client) -> Result<Bytes, Bytes> {
        let message = Bytes::copy_from_slice(message);
        let Ok(Message::Request { id, all, .. }) = Message::read(&message) else {
            return Ok(message.clone());
        };
        let params = all.get("params").unwrap_or("{}");
        let denied = |denial: &Denial| Bytes::from(denial.answer(id));
        let call = match self.called(params) {
            Ok(Some(call)) => call,
            Ok(None) => return Ok(message.clone()),
            Err(denial) => return Err(denied(&denial)),
        };
        match self.approvals.get(&call, params, client).await {
            Ok(Approval::Given) => Ok(message.clone()),
            Ok(Approval::Before(params)) => match self.called(&params) {
                Ok(Some(before)) if before.tool() == call.tool() => {
                    Ok(with_params(&all, &params).into())
                }
                _ => Err(denied(&super::question::refused())),
            },
            Ok(Approval::Ask(result)) => {
                let members = [
                    ("jsonrpc", Cow::from("\"2.0\"")),
                    ("id", id.into()),
                    ("result", result.into()),
                ];
                Err(members::write(members).into())
            }
            Err(denial) => {
                tracing::info!(
                    code = denial.code(),
                    tool = call.tool(),
                    "not allowed: {}",
                    denial.message()
                );
                Err(denied(&denial))
            }
        }
    }

    /// The call, when a person has to allow it.
    fn called(&self, params: &str) -> Result<Option<Invocation>, Denial> {
        let call = Call::read(params)
            .map_err(|error| Denial::new("params_malformed", error.to_string()))?;
        let holder = self.holder();
        let identifier = holder.identifier(&call.name);
        if !self.approvals.wanted(&call.name, identifier) {
            return Ok(None);
        }
        let call = Invocation::from_json(identifier, call.arguments.as_bytes());
        Ok(Some(call.map_err(taper::Denied::from)?))
    }
}

impl<S: Signer + Send + Sync + 'static> Logic for Gate<S> {
    type Watch = Watch;

    async fn from_client(&self, message: &[u8], client: &Client) -> Next<Watch> {
        let kind = match Message::read(message) {
            Ok(Message::Request { method, all, .. }) => match &*method {
                "initialize" => {
                    let params = all.get("params").and_then(|params| Members::read(params).ok());
                    let capabilities = params.and_then(|params| params.get("capabilities"));
                    let asks = capabilities.is_some_and(can_be_asked);
                    let message = Bytes::copy_from_slice(message);
                    return Next::Send(message, Watch::Initialize(asks));
                }
                "tools/list" => Watch::List,
                "tools/call" => Watch::Call(Bytes::new(), false),
                _ => return Next::Pass,
            },
            Ok(_) => return Next::Pass,
            Err(error) => {
                let denial = Denial::new("message_malformed", error.to_string());
                return Next::Refuse(denial.answer("null").into());
            }
        };
        // What the chain does not permit is nothing to ask about.
        let sent = match self.outgoing(message) {
            Outgoing::Pass => return Next::Pass,
            Outgoing::Send(sent) => sent,
            Outgoing::Answer(answer, denial) => {
                tracing::info!(
                    step = denial.step(),
                    code = denial.code(),
                    "not sent: {}",
                    denial.message()
                );
                return Next::Answer(answer.into());
            }
        };
        if !matches!(kind, Watch::Call(..)) {
            return Next::Send(sent.into(), kind);
        }
        let allowed = match self.allowed(message, client).await {
            Ok(allowed) => allowed,
            Err(answer) => return Next::Answer(answer),
        };
        // With a new proof: a person takes time.
        match self.outgoing(&allowed) {
            Outgoing::Send(sent) => Next::Send(sent.into(), Watch::Call(allowed, false)),
            Outgoing::Answer(answer, _) => Next::Answer(answer.into()),
            Outgoing::Pass => Next::Drop,
        }
    }

    async fn answered(&self, watch: &mut Watch, answer: Bytes, client: &Client) -> After {
        match watch {
            Watch::Initialize(asks) => {
                if let Some(session) = client.session() {
                    self.approvals.begin(session, *asks);
                }
            }
            Watch::List => {
                if let Ok(text) = std::str::from_utf8(&answer) {
                    self.holder.write().unwrap_or_else(PoisonError::into_inner).learn(text);
                }
            }
            // One that demands yet another nonce is not obeyed a second time (B-mcp-16).
            Watch::Call(_, true) => {}
            Watch::Call(message, again) => {
                let nonce = std::str::from_utf8(&answer).ok().and_then(demanded_nonce);
                if let Some(nonce) = nonce {
                    *again = true;
                    *self.nonce.lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce);
                    if let Outgoing::Send(sent) = self.outgoing(message) {
                        return After::Again(sent.into());
                    }
                }
            }
        }
        After::Show(answer)
    }
}

impl<S> std::fmt::Debug for Gate<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("approvals", &self.approvals).finish_non_exhaustive()
    }
}
