//! Calls with their proofs, made ahead of the connections that send them.

use crate::Failure;
use bytes::Bytes;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};
use taper::{
    ConstraintMap, Grant, HeldChain, Invocation, Issuer, Profile, ProofOptions, SigningKey, exact,
};
use tokio::sync::mpsc;

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "https://tools.example";
/// Where the MCP binding has presentations.
const PRESENTATION_KEY: &str = "dev.taper/aat";
const TOOL: &str = "look";

/// What has to happen with a call.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// It is answered, and reaches the server once.
    Permitted,
    /// The same bytes are sent twice at once: one is answered, and one reaches the server.
    Replayed,
    /// An argument that the chain does not permit: it never reaches the server.
    Forbidden,
}

impl Kind {
    /// Of twenty calls, one is replayed and one forbidden.
    fn of(number: u64) -> Self {
        match number.checked_rem(20) {
            Some(7) => Self::Replayed,
            Some(13) => Self::Forbidden,
            _ => Self::Permitted,
        }
    }
}

/// A call that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    pub(crate) body: Bytes,
}

/// Who holds the chain, and the anchor's key.
#[derive(Debug)]
pub(crate) struct Caller {
    chain: HeldChain,
    leaf: SigningKey,
    anchor: String,
}

fn key(number: u32) -> SigningKey {
    let mut seed = [7; 32];
    for (to, from) in seed.iter_mut().zip(number.to_be_bytes()) {
        *to = from;
    }
    SigningKey::from_seed(&seed)
}

impl Caller {
    /// A chain of `tokens` tokens, each of them narrower or the same, of keys of their own.
    pub(crate) fn new(tokens: u32, profile: Profile, lives: Duration) -> Result<Self, Failure> {
        let now = SystemTime::now().into();
        let hops = tokens.checked_sub(1).ok_or("a chain has at least one token")?;
        let area = ConstraintMap::new()
            .require("area", exact("own")?)
            .require("number", taper::wildcard());
        let grant = Grant::to(key(1).public_key().clone())
            .tool(TOOL, area)
            .expires_in(lives)
            .max_depth(hops);
        let root = key(0);
        let anchor = root.public_key().to_jwk().to_string();
        let mut chain = Issuer::new(ISSUER, root)?.with_profile(profile).issue(grant, now)?;
        for hop in 1..=hops {
            let to = key(hop.saturating_add(1)).public_key().clone();
            chain = chain.derive(&key(hop)).to(to).sign(now)?;
        }
        Ok(Self { chain, leaf: key(tokens), anchor })
    }

    /// The issuer's public key.
    pub(crate) fn anchor(&self) -> &str {
        &self.anchor
    }

    fn call(&self, number: u64, kind: Kind) -> Result<Call, Failure> {
        let area = if kind == Kind::Forbidden { "other" } else { "own" };
        let arguments = format!(r#"{{"area":"{area}","number":{number}}}"#);
        let call = Invocation::from_json(TOOL, arguments.as_bytes())?;
        let options = ProofOptions::default().audience(AUDIENCE);
        let now = SystemTime::now().into();
        // The chain would refuse to prove what it does not permit.
        let proof = self.chain.prove_unchecked(&self.leaf, &call, &options, now)?;
        let mut presented = self.chain.present(proof).to_text();
        if self.chain.profile() == Profile::Compact {
            presented = format!("\"{presented}\"");
        }
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"{TOOL}","arguments":{arguments},"_meta":{{"{PRESENTATION_KEY}":{presented}}}}}}}"#
        );
        Ok(Call { number, kind, body: body.into() })
    }

    /// Makes calls in a thread of their own until `ended`, not far ahead: proofs grow old.
    pub(crate) fn make(
        self: Arc<Self>,
        permitted_alone: bool,
        ended: Arc<AtomicBool>,
    ) -> mpsc::Receiver<Call> {
        let (to, calls) = mpsc::channel(512);
        std::thread::spawn(move || {
            for number in 1.. {
                let kind = if permitted_alone { Kind::Permitted } else { Kind::of(number) };
                let call = match self.call(number, kind) {
                    Ok(call) => call,
                    Err(error) => return eprintln!("no more calls: {error}"),
                };
                if ended.load(Ordering::Relaxed) || to.blocking_send(call).is_err() {
                    return;
                }
            }
        });
        calls
    }
}
