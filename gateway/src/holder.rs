//! What a holder adds to its client's messages: a proof for each call, and the chain when tools
//! are listed.

use crate::{
    PRESENTATION_KEY, TOOL_KEY,
    call::Call,
    denial::{DENIED, Denial},
    members::{self, Members, string},
    message::{Message, MessageError},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};
use taper::{HeldChain, Invocation, Profile, ProofOptions, ProveError, Signer, Timestamp};

/// The most tools whose identifiers are remembered.
const MAX_IDENTIFIERS: usize = 16_384;

/// A chain with its holder's key, beside a client that knows of neither.
pub struct Holder<S> {
    chain: HeldChain,
    key: S,
    options: ProofOptions,
    /// Identifiers by the names that the guard shows.
    identifiers: BTreeMap<Box<str>, Box<str>>,
}

/// What becomes of a client's message.
#[derive(Debug)]
#[must_use = "the message goes nowhere by itself"]
pub enum Outgoing {
    /// It goes to the guard as it came.
    Pass,
    /// It goes to the guard like this.
    Send(Vec<u8>),
    /// The chain does not permit it, and this is the answer.
    Answer(Vec<u8>, Denial),
}

impl<S: Signer> Holder<S> {
    /// A holder of `chain`, whose leaf names `key`. `options` go into every proof: the guard's
    /// name, for one.
    pub fn new(chain: HeldChain, key: S, options: ProofOptions) -> Self {
        Self { chain, key, options, identifiers: BTreeMap::new() }
    }

    /// The chain.
    pub fn chain(&self) -> &HeldChain {
        &self.chain
    }

    /// Uses a renewed chain from here on. One for another key is refused and given back.
    ///
    /// # Errors
    ///
    /// When the chain's leaf does not name this holder's key.
    pub fn renew(&mut self, chain: HeldChain) -> Result<(), Box<HeldChain>> {
        if chain.leaf().holder() != self.key.public_key() {
            return Err(Box::new(chain));
        }
        self.chain = chain;
        Ok(())
    }

    /// What to send for `message`; `nonce` is the one that the guard demanded, if it did.
    ///
    /// # Errors
    ///
    /// When `message` is no message.
    pub fn outgoing(
        &self,
        message: &[u8],
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<Outgoing, MessageError> {
        let Message::Request { id, method, all } = Message::read(message)? else {
            return Ok(Outgoing::Pass);
        };
        let params = all.get("params").unwrap_or("{}");
        let sent = match &*method {
            "tools/call" => self.call(params, nonce, now),
            "tools/list" => self.list(params, now),
            _ => return Ok(Outgoing::Pass),
        };
        Ok(match sent {
            Ok(params) => Outgoing::Send(crate::guard::with_params(&all, &params)),
            Err(denial) => Outgoing::Answer(denial.answer(id), denial),
        })
    }

    fn call(&self, params: &str, nonce: Option<&str>, now: Timestamp) -> Result<String, Denial> {
        self.check_lifetime(now)?;
        let call = Call::read(params).map_err(|error| malformed(&error))?;
        let identifier = self.identifier(&call.name);
        let invocation = Invocation::from_json(identifier, call.arguments.as_bytes())
            .map_err(taper::Denied::from)?;
        let options = match nonce {
            Some(nonce) => self.options.clone().nonce(nonce),
            None => self.options.clone(),
        };
        let presentation = self.chain.prove(&self.key, &invocation, &options, now).map_err(
            |error| match error {
                ProveError::NotAuthorized(denied) => denied.into(),
                error => Denial::new("not_proved", error.to_string()),
            },
        )?;
        self.with_meta(params, &presentation)
    }

    fn list(&self, params: &str, now: Timestamp) -> Result<String, Denial> {
        self.check_lifetime(now)?;
        self.with_meta(params, &self.chain.to_text())
    }

    /// `params` with the presentation among its `_meta`, in the place of any that is there.
    fn with_meta(&self, params: &str, presentation: &str) -> Result<String, Denial> {
        let read = |text| Members::read(text).map_err(|error| malformed(&error));
        let params = read(params)?;
        let meta = read(params.get("_meta").unwrap_or("{}"))?;
        let presentation = match self.chain.profile() {
            Profile::Compact => Cow::from(string(presentation)),
            _ => Cow::from(presentation),
        };
        let others = meta.iter().filter(|(name, _)| *name != PRESENTATION_KEY);
        let meta = members::write(
            others
                .map(|(name, value)| (name, value.into()))
                .chain([(PRESENTATION_KEY, presentation)]),
        );
        let others = params.iter().filter(|(name, _)| *name != "_meta");
        let own = [("_meta", Cow::from(meta))];
        Ok(members::write(others.map(|(name, value)| (name, value.into())).chain(own)))
    }

    /// Said here, since whoever reads a guard's denial may not know whose chain it is about.
    fn check_lifetime(&self, now: Timestamp) -> Result<(), Denial> {
        let end = self.chain.leaf().expires_at();
        if now < end {
            return Ok(());
        }
        let problem = format!(
            "the holder's chain has expired at {}: it needs a new one",
            crate::hold::readable(end)
        );
        Err(Denial::new("chain_expired", problem))
    }

    /// The identifier of the tool that the client calls `name`.
    pub fn identifier<'a>(&'a self, name: &'a str) -> &'a str {
        self.identifiers.get(name).map_or(name, |own| own)
    }

    /// Learns the tools' identifiers from the guard's answer to `tools/list`. What is no such
    /// answer teaches nothing.
    pub fn learn(&mut self, answer: &str) {
        let listed = || -> Option<Vec<(Box<str>, Box<str>)>> {
            let result = Members::read(Members::read(answer).ok()?.get("result")?).ok()?;
            let tools: Vec<&RawValue> = serde_json::from_str(result.get("tools")?).ok()?;
            Some(tools.into_iter().filter_map(|tool| identifier(tool.get())).collect())
        };
        let room = MAX_IDENTIFIERS.saturating_sub(self.identifiers.len());
        self.identifiers.extend(listed().into_iter().flatten().take(room));
    }
}

/// A listed tool's name, and its identifier.
fn identifier(tool: &str) -> Option<(Box<str>, Box<str>)> {
    let tool = Members::read(tool).ok()?;
    let meta = Members::read(tool.get("_meta")?).ok()?;
    Some((tool.string("name")?.into(), meta.string(TOOL_KEY)?.into()))
}

/// The nonce that a guard's answer demands (B-mcp-16).
pub fn demanded_nonce(answer: &str) -> Option<String> {
    let error = Members::read(Members::read(answer).ok()?.get("error")?).ok()?;
    if error.get("code")? != DENIED.to_string() {
        return None;
    }
    let data = Members::read(error.get("data")?).ok()?;
    (data.string("step")? == "7h").then_some(())?;
    data.string("nonce").map(Cow::into_owned)
}

fn malformed(error: &serde_json::Error) -> Denial {
    Denial::new("params_malformed", format!("the parameters cannot be read: {error}"))
}
