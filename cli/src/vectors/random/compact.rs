//! A plan in the compact profile.
//!
//! The library's builders write the bodies of plans that they agree to; what they would not write
//! is made by changing bodies and signing all of them again.

mod body;
mod damage;

use super::{
    dice::Dice,
    json::Json,
    keys::Keys,
    plan::{Hop, Plan},
    tools,
};
pub(super) use damage::{AFTER, BEFORE};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use taper::{
    Audience, Capabilities, Grant, HeldChain, Invocation, Issuer, Limits, Profile, ProofOptions,
    PublicKey, Timestamp, TokenId, Value,
};

/// A presentation split at its seams (`spec/compact-profile.md` 3).
pub(super) struct Frame {
    hint: u8,
    tokens: Vec<Token>,
    /// The tool and the arguments, as they stand in the signing input.
    call: Vec<u8>,
    proof: Vec<u8>,
    proof_signer: usize,
}

struct Token {
    holder: [u8; 32],
    body: Vec<u8>,
    signer: usize,
}

impl Frame {
    /// What the plan says, if the builders agree to it.
    pub(super) fn new(plan: &Plan, keys: &Keys, dice: &mut Dice) -> Option<Self> {
        let limits = lenient();
        let issuer = Issuer::new(plan.issuer.as_str(), keys.get(0)?).ok()?;
        let issuer = issuer.with_profile(Profile::Compact).with_limits(limits);
        let mut chain: Option<HeldChain> = None;
        for (depth, hop) in plan.hops.iter().enumerate() {
            let holder = keys.public(depth.saturating_add(1))?.clone();
            chain = Some(match chain {
                None => {
                    issuer.issue(root(hop, holder, dice)?, Timestamp::from_unix(hop.iat)).ok()?
                }
                Some(parent) => derived(hop, &parent, keys.get(depth)?, holder, dice)?,
            });
        }
        let chain = chain?;
        let said = &plan.proof;
        let arguments = Json::Object(said.arguments.clone()).plain();
        let call = Invocation::from_json(said.tool.as_str(), arguments.as_bytes()).ok()?;
        let mut options = ProofOptions::default().id(TokenId::new(said.id.as_str())?);
        if let Some(audience) = &said.audience {
            options = options.audience(audience.as_str());
        }
        if let Some(nonce) = &said.nonce {
            options = options.nonce(nonce.as_str());
        }
        let holder = keys.get(plan.hops.len())?;
        let iat = Timestamp::from_unix(said.iat);
        let proof = chain.prove_unchecked(holder, &call, &options, iat).ok()?;
        let mut frame = Self::split(&chain.present(proof).to_bytes())?;
        for (token, hop) in frame.tokens.iter_mut().zip(&plan.hops) {
            token.signer = hop.signer;
        }
        frame.proof_signer = said.signer;
        let jcs = call.arguments().to_jcs();
        for text in [call.tool(), &jcs] {
            body::write_string(text, &mut frame.call);
        }
        Some(frame)
    }

    /// Takes the bodies of another frame from the token `first` on.
    pub(super) fn continue_with(&mut self, other: Self, first: usize) {
        let bodies = other.tokens.into_iter().map(|token| token.body);
        for (token, body) in self.tokens.iter_mut().zip(bodies).skip(first) {
            token.body = body;
        }
    }

    fn split(bytes: &[u8]) -> Option<Self> {
        let mut reader = body::Reader::new(bytes);
        let [_, count, _, hint] = *reader.take(4)?.first_chunk()?;
        let mut holders = Vec::new();
        for _ in 0..count {
            holders.push(*reader.take(32)?.first_chunk()?);
            reader.take(64)?;
        }
        reader.take(64)?;
        let mut tokens = Vec::new();
        for (place, holder) in holders.into_iter().enumerate() {
            let body = reader.string()?.to_vec();
            tokens.push(Token { holder, body, signer: place });
        }
        let proof_signer = tokens.len();
        let proof = reader.rest().to_vec();
        Some(Self { hint, tokens, call: Vec::new(), proof, proof_signer })
    }

    /// The bytes of the presentation, signed.
    pub(super) fn sign(&self, keys: &Keys) -> Vec<u8> {
        let count = u8::try_from(self.tokens.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![0xb5, count, 1, self.hint];
        let mut above = Vec::new();
        for token in &self.tokens {
            let mut input = if above.is_empty() {
                [b"taper c1 root   ".as_slice(), &[self.hint]].concat()
            } else {
                [b"taper c1 derived".as_slice(), &above].concat()
            };
            input.extend(token.holder);
            input.extend(&token.body);
            bytes.extend(token.holder);
            bytes.extend(keys.sign(token.signer, &input));
            above = Sha256::digest(&input).to_vec();
        }
        let input = [b"taper c1 proof  ".as_slice(), &above, &self.call, &self.proof].concat();
        bytes.extend(keys.sign(self.proof_signer, &input));
        for token in &self.tokens {
            body::write_uint(u64::try_from(token.body.len()).unwrap_or(0), &mut bytes);
            bytes.extend(&token.body);
        }
        bytes.extend(&self.proof);
        bytes
    }

    /// The size of each token, as the limits count it.
    pub(super) fn sizes(&self) -> Vec<usize> {
        self.tokens.iter().map(|token| token.body.len().saturating_add(96)).collect()
    }
}

/// Limits that keep the builders from nothing that a verifier is to refuse.
fn lenient() -> Limits {
    let mut limits = Limits::default();
    limits.max_delegation_depth = 250;
    limits.max_token_lifetime = Duration::from_secs(1_000_000_000);
    limits
}

fn capabilities(hop: &Hop, dice: &mut Dice) -> Option<Capabilities> {
    let text = tools::to_json(&hop.tools, dice).plain();
    Capabilities::from_json(text.as_bytes(), &lenient()).ok()
}

fn audience(hop: &Hop) -> Audience {
    match hop.audience.as_slice() {
        [] => Audience::Unrestricted,
        names => Audience::only(names),
    }
}

fn root(hop: &Hop, holder: PublicKey, dice: &mut Dice) -> Option<Grant> {
    let grant = Grant::to(holder)
        .id(TokenId::new(hop.id.as_str())?)
        .expires_at(Timestamp::from_unix(hop.exp))
        .max_depth(u32::try_from(hop.max_depth).ok()?)
        .audience(audience(hop))
        .capabilities(capabilities(hop, dice)?);
    Some(if dice.chance(10) { grant.claim("note", Value::from(true)) } else { grant })
}

fn derived(
    hop: &Hop,
    parent: &HeldChain,
    signer: &taper::SigningKey,
    holder: PublicKey,
    dice: &mut Dice,
) -> Option<HeldChain> {
    let token = parent
        .derive(signer)
        .to(holder)
        .id(TokenId::new(hop.id.as_str())?)
        .expires_at(Timestamp::from_unix(hop.exp))
        .max_depth(u32::try_from(hop.max_depth).ok()?)
        .audience(audience(hop))
        .capabilities(capabilities(hop, dice)?);
    token.sign(Timestamp::from_unix(hop.iat)).ok()
}
