//! Ten ways to get more than was granted. The builders refuse to make most of these, so the
//! attackers write and sign their tokens by hand.

use super::scenario::{Cast, GATEWAY, ISSUER, call};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{error::Error, time::Duration};
use taper::{
    ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, Presentation, ProofOptions,
    Signer as _, SigningKey, Timestamp,
};

/// An attack: what is sent, for which call, and when.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) sent: String,
    pub(super) call: Invocation,
    pub(super) at: Timestamp,
}

/// The chain as each of its holders has it.
pub(super) struct Story {
    pub(super) cast: Cast,
    pub(super) leaf: HeldChain,
    pub(super) call: Invocation,
    /// What the worker sent, and the gateway permitted.
    pub(super) sent: String,
    pub(super) now: Timestamp,
}

impl Story {
    pub(super) fn attacks(&self) -> Result<Vec<Attack>, Box<dyn Error>> {
        let Cast { planner, worker, thief, .. } = &self.cast;
        let attack = |name, sent, call| Attack { name, sent, call, at: self.now };
        let usual = || self.call.clone();
        let outside = call("/data/q1-report.pdf", 20)?;
        Ok(vec![
            attack("send the same presentation again", self.sent.clone(), usual()),
            attack("steal the chain, sign with another key", self.stolen(thief)?, usual()),
            attack(
                "change an argument after signing",
                self.prove()?,
                call("/data/q3-report.pdf", 90)?,
            ),
            attack("read a file that was not granted", self.prove_call(&outside)?, outside),
            attack(
                "show the proof to another gateway",
                self.leaf.prove(
                    worker,
                    &self.call,
                    &self.for_audience("https://other.example"),
                    self.now,
                )?,
                usual(),
            ),
            attack(
                "widen an argument while deriving",
                self.forged(planner, |claims| {
                    let path = "/authorization_details/0/tools/read_file/path";
                    replace(claims, path, json!({"constraint_type": "wildcard"}));
                })?,
                usual(),
            ),
            attack(
                "add a tool while deriving",
                self.forged(planner, |claims| {
                    replace(
                        claims,
                        "/authorization_details/0/tools",
                        json!({"read_file": {}, "delete_file": {}}),
                    );
                })?,
                usual(),
            ),
            attack(
                "outlive the parent",
                self.forged(planner, |claims| {
                    let later = self.now.saturating_add(Duration::from_secs(7200)).as_unix();
                    replace(claims, "/exp", json!(later));
                })?,
                usual(),
            ),
            attack("leave a hop out of the chain", self.spliced()?, usual()),
            attack("issue a root of one's own", self.self_issued(thief)?, usual()),
        ])
    }

    pub(super) fn for_audience(&self, name: &str) -> ProofOptions {
        ProofOptions::default().audience(name)
    }

    /// A fresh proof of the permitted call.
    fn prove(&self) -> Result<String, Box<dyn Error>> {
        self.prove_call(&self.call)
    }

    /// The worker signs whatever it likes; the gateway decides.
    fn prove_call(&self, call: &Invocation) -> Result<String, Box<dyn Error>> {
        self.prove_with(&self.leaf, call)
    }

    fn prove_with(&self, chain: &HeldChain, call: &Invocation) -> Result<String, Box<dyn Error>> {
        let options = self.for_audience(GATEWAY);
        let proof = chain.prove_unchecked(&self.cast.worker, call, &options, self.now)?;
        Ok(chain.present(proof).to_text())
    }

    /// The worker's chain with a proof that another key signed.
    fn stolen(&self, thief: &SigningKey) -> Result<String, Box<dyn Error>> {
        let honest: Value = serde_json::from_str(&self.prove()?)?;
        let proof = honest.pointer("/aat_pop").and_then(Value::as_str).unwrap_or_default();
        let mut sent = honest.clone();
        replace(&mut sent, "/aat_pop", json!(resign(proof, thief, |_| {})?));
        Ok(sent.to_string())
    }

    /// The worker's chain with a leaf that its parent's holder wrote by hand.
    fn forged(
        &self,
        planner: &SigningKey,
        change: impl Fn(&mut Value),
    ) -> Result<String, Box<dyn Error>> {
        let mut tokens = tokens(&self.leaf);
        let honest = tokens.pop().unwrap_or_default();
        tokens.push(resign(&honest, planner, change)?);
        self.prove_with(&held(&tokens)?, &self.call)
    }

    /// The leaf directly below the root.
    fn spliced(&self) -> Result<String, Box<dyn Error>> {
        let tokens = tokens(&self.leaf);
        let ends: Vec<String> = tokens.first().into_iter().chain(tokens.last()).cloned().collect();
        self.prove_with(&held(&ends)?, &self.call)
    }

    /// A chain from nobody's issuer, in the issuer's name.
    fn self_issued(&self, thief: &SigningKey) -> Result<String, Box<dyn Error>> {
        let grant = Grant::to(self.cast.worker.public_key().clone())
            .tool("read_file", ConstraintMap::unrestricted())
            .expires_in(Duration::from_secs(60));
        self.prove_with(&Issuer::new(ISSUER, thief)?.issue(grant, self.now)?, &self.call)
    }
}

fn tokens(chain: &HeldChain) -> Vec<String> {
    chain.as_unverified().jws_tokens().into_iter().map(Into::into).collect()
}

fn held(tokens: &[String]) -> Result<HeldChain, Box<dyn Error>> {
    let text = json!({"aat_chain": tokens}).to_string();
    Ok(HeldChain::parse(text.as_bytes(), &Limits::default())?)
}

fn replace(value: &mut Value, pointer: &str, with: Value) {
    if let Some(place) = value.pointer_mut(pointer) {
        *place = with;
    }
}

/// The token or proof with changed claims, signed by `key`.
fn resign(
    jws: &str,
    key: &SigningKey,
    change: impl Fn(&mut Value),
) -> Result<String, Box<dyn Error>> {
    let mut segments = jws.split('.');
    let header = segments.next().unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(segments.next().unwrap_or_default())?;
    let mut claims: Value = serde_json::from_slice(&payload)?;
    change(&mut claims);
    let input = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes())?.as_bytes());
    Ok(format!("{input}.{signature}"))
}

/// What the gateway says to an attack.
pub(super) fn judge(
    gateway: &taper::Verifier,
    attack: &Attack,
) -> Result<Option<taper::Denied>, Box<dyn Error>> {
    let decided = Presentation::parse(attack.sent.as_bytes(), gateway.limits())
        .and_then(|sent| gateway.authorize(&sent, &attack.call, attack.at).map(|_| ()));
    Ok(decided.err())
}
