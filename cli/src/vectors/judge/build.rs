//! `issue`, `derive` and `prove`: what the builders make.
//!
//! A refusal has the step and the code at which a verifier would deny what was asked for.

use super::{Unanswerable, bytes};
use crate::vectors::expected::Judgement;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use taper::{
    Audience, Capabilities, ClaimFault, DeriveError, Grant, HeldChain, Invocation, IssueError,
    Issuer, Limits, Profile, ProofOptions, ProveError, SigningKey, Step, Timestamp, TokenId,
    Unwritable, key::PublicKey,
};

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProfileName {
    #[default]
    Jws,
    Compact,
}

#[derive(Deserialize)]
pub(super) struct Issue {
    #[serde(default)]
    profile: ProfileName,
    seed_hex: String,
    iss: String,
    now: i64,
    grant: GrantMembers,
}

#[derive(Deserialize)]
pub(super) struct Derive {
    chain: Box<RawValue>,
    seed_hex: String,
    now: i64,
    grant: GrantMembers,
}

#[derive(Deserialize)]
pub(super) struct Prove {
    chain: Box<RawValue>,
    seed_hex: String,
    now: i64,
    jti: String,
    tool: String,
    args_json: String,
    audience: Option<String>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
struct GrantMembers {
    holder: Box<RawValue>,
    jti: String,
    exp: Option<i64>,
    max_depth: Option<u32>,
    tools: Option<String>,
    aud: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The steps at which a root fails, or a token below it.
#[derive(Clone, Copy)]
struct Steps {
    id: Step,
    holder: Step,
    shape: Step,
    constraints: Step,
}

const ROOT: Steps = Steps {
    id: Step::RootId,
    holder: Step::RootHolder,
    shape: Step::RootCapability,
    constraints: Step::RootConstraints,
};

const DERIVED: Steps = Steps {
    id: Step::Id,
    holder: Step::Holder,
    shape: Step::Capability,
    constraints: Step::Constraints,
};

/// What a grant asks for, in the library's types.
struct Asked {
    holder: PublicKey,
    id: TokenId,
    expires_at: Option<Timestamp>,
    max_depth: Option<u32>,
    tools: Option<Capabilities>,
    audience: Audience,
}

impl GrantMembers {
    fn read(self, steps: Steps) -> Result<Asked, Box<Judgement>> {
        let refused = |step: Step, code, detail: &dyn ToString| {
            Box::new(Judgement::deny(step.label(), code, detail.to_string()))
        };
        let holder = PublicKey::from_jwk(self.holder.get().as_bytes())
            .map_err(|error| refused(steps.holder, "holder_key", &error))?;
        let id = TokenId::new(self.jti)
            .ok_or_else(|| refused(steps.id, "claim_type", &"`jti` is empty"))?;
        let read = |text: String| Capabilities::from_json(text.as_bytes(), &Limits::default());
        let tools = self.tools.map(read).transpose().map_err(|fault| {
            let constraint = matches!(fault, ClaimFault::Constraint { .. });
            let step = if constraint { steps.constraints } else { steps.shape };
            refused(step, fault.code(), &fault)
        })?;
        let audience = match self.aud {
            None => Audience::Unrestricted,
            Some(OneOrMany::One(name)) => Audience::only([name]),
            Some(OneOrMany::Many(names)) => Audience::only(names),
        };
        let (expires_at, max_depth) = (self.exp.map(Timestamp::from_unix), self.max_depth);
        Ok(Asked { holder, id, expires_at, max_depth, tools, audience })
    }
}

fn signing_key(seed_hex: &str) -> Result<SigningKey, Unanswerable> {
    let seed = <[u8; 32]>::try_from(bytes("seed_hex", seed_hex)?);
    seed.map(|seed| SigningKey::from_seed(&seed)).map_err(|_| "`seed_hex` is not 32 bytes".into())
}

/// The root that an issuer makes.
pub(super) fn issue(request: Issue) -> Result<Judgement, Unanswerable> {
    let profile = match request.profile {
        ProfileName::Jws => Profile::Jws,
        ProfileName::Compact => Profile::Compact,
    };
    let key = signing_key(&request.seed_hex)?;
    let issuer = match Issuer::new(request.iss, key) {
        Ok(issuer) => issuer.with_profile(profile),
        Err(error) => {
            return Ok(Judgement::deny(Step::RootIssuer.label(), "issuer_mismatch", error));
        }
    };
    let asked = match request.grant.read(ROOT) {
        Ok(asked) => asked,
        Err(refused) => return Ok(*refused),
    };
    let grant = Grant::to(asked.holder)
        .id(asked.id)
        .expires_at(asked.expires_at.ok_or("a root needs `exp`")?)
        .max_depth(asked.max_depth.unwrap_or_default())
        .capabilities(asked.tools.unwrap_or_default())
        .audience(asked.audience);
    Ok(match issuer.issue(grant, Timestamp::from_unix(request.now)) {
        Ok(chain) => Judgement::made(written(&chain)),
        Err(error) => not_issued(&error),
    })
}

/// The chain with one more token.
pub(super) fn derive(request: Derive) -> Result<Judgement, Unanswerable> {
    let key = signing_key(&request.seed_hex)?;
    let chain = match held(&request.chain) {
        Ok(chain) => chain,
        Err(refused) => return Ok(*refused),
    };
    let asked = match request.grant.read(DERIVED) {
        Ok(asked) => asked,
        Err(refused) => return Ok(*refused),
    };
    let mut derivation = chain.derive(&key).to(asked.holder).id(asked.id).audience(asked.audience);
    if let Some(time) = asked.expires_at {
        derivation = derivation.expires_at(time);
    }
    if let Some(depth) = asked.max_depth {
        derivation = derivation.max_depth(depth);
    }
    if let Some(tools) = asked.tools {
        derivation = derivation.capabilities(tools);
    }
    Ok(match derivation.sign(Timestamp::from_unix(request.now)) {
        Ok(chain) => Judgement::made(written(&chain)),
        Err(error) => not_derived(&error),
    })
}

/// The presentation of a chain with a proof for one call.
pub(super) fn prove(request: Prove) -> Result<Judgement, Unanswerable> {
    let key = signing_key(&request.seed_hex)?;
    let chain = match held(&request.chain) {
        Ok(chain) => chain,
        Err(refused) => return Ok(*refused),
    };
    let call = match Invocation::from_json(request.tool, request.args_json.as_bytes()) {
        Ok(call) => call,
        Err(error) => return Ok(taper::Denied::from(error).into()),
    };
    let Some(id) = TokenId::new(request.jti) else {
        return Ok(Judgement::deny(Step::ProofClaims.label(), "claim_type", "`jti` is empty"));
    };
    let mut options = ProofOptions::default().id(id);
    if let Some(audience) = request.audience {
        options = options.audience(audience);
    }
    if let Some(nonce) = request.nonce {
        options = options.nonce(nonce);
    }
    let proven = chain.prove(&key, &call, &options, Timestamp::from_unix(request.now));
    Ok(match proven {
        Ok(text) => {
            let object = serde_json::from_str::<Value>(&text);
            Judgement::made(object.unwrap_or(Value::String(text)))
        }
        Err(ProveError::NotAuthorized(denied)) => denied.into(),
        Err(error @ ProveError::NotHolder) => {
            Judgement::deny(Step::ProofSignature.label(), "signature_invalid", error)
        }
        Err(error) => Judgement::deny("", "", error),
    })
}

/// A chain as a vector has it: an array of tokens, or the text form.
fn held(chain: &RawValue) -> Result<HeldChain, Box<Judgement>> {
    let text = serde_json::from_str::<String>(chain.get());
    let text = text.unwrap_or_else(|_| chain.get().to_owned());
    HeldChain::parse(text.as_bytes(), &Limits::default()).map_err(|denied| Box::new(denied.into()))
}

fn written(chain: &HeldChain) -> Value {
    match chain.profile() {
        Profile::Jws => chain.as_unverified().jws_tokens().into(),
        _ => chain.to_text().into(),
    }
}

fn not_issued(error: &IssueError) -> Judgement {
    let (step, code) = match error {
        IssueError::Lifetime(fault) => match fault.code() {
            "lifetime_too_long" => (Step::RootLifetime.label(), fault.code()),
            _ => (Step::RootOrder.label(), fault.code()),
        },
        IssueError::MaxDepth { .. } => (Step::RootMaxDepth.label(), "max_depth_above_limit"),
        IssueError::Unwritable(fault) => unwritable(fault, Step::RootConstraints),
        _ => ("", ""),
    };
    Judgement::deny(step, code, error)
}

fn not_derived(error: &DeriveError) -> Judgement {
    let (step, code) = match error {
        DeriveError::NotHolder => (Step::Signature.label(), "signature_invalid"),
        DeriveError::Widening(wider) => (wider.step().label(), wider.code()),
        DeriveError::Unwritable(fault) => unwritable(fault, Step::Constraints),
        _ => ("", ""),
    };
    Judgement::deny(step, code, error)
}

fn unwritable(fault: &Unwritable, constraints: Step) -> (&'static str, &'static str) {
    match fault {
        Unwritable::ConstraintDepth { .. } => (constraints.label(), "constraint_too_deep"),
        Unwritable::AudienceEmpty => (Step::Audience.label(), "audience_mismatch"),
        Unwritable::TooLarge { what: "token", .. } => (Step::TokenSize.label(), "token_too_large"),
        Unwritable::TooLarge { .. } => (Step::ChainSize.label(), "chain_too_large"),
        _ => ("", ""),
    }
}
