//! The claims of a token in JSON (AAT-02 3.2, 3.3).

use super::{
    ClaimFault,
    capabilities::{read_tools, write_tools},
    constraint::object,
};
use crate::{
    base64url,
    denied::Fault,
    json::{self, Members, Node, Number, Value},
    key::PublicKey,
    model::{Audience, Capabilities, Claims, Digest, TokenId},
    step::Step,
    terms::Terms,
    time::Timestamp,
};
use alloc::{borrow::Cow, boxed::Box, vec, vec::Vec};

/// The type of the one entry of `authorization_details` that this library processes.
const CAPABILITY_TYPE: &str = "attenuating_agent_token";

/// Where a token stands in its chain: the draft checks the same claim at different steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// The first token.
    Root,
    /// Every token below it.
    Derived,
}

impl Position {
    fn step(self, root: Step, derived: Step) -> Step {
        match self {
            Self::Root => root,
            Self::Derived => derived,
        }
    }
}

/// The defined claims of a payload, unjudged; everything else in it is ignored (AAT-02 3.4).
#[derive(Default)]
struct Raw<'a> {
    jti: Option<Node<'a>>,
    iss: Option<Node<'a>>,
    iat: Option<Node<'a>>,
    exp: Option<Node<'a>>,
    cnf: Option<Node<'a>>,
    aud: Option<Node<'a>>,
    del_depth: Option<Node<'a>>,
    del_max_depth: Option<Node<'a>>,
    par_hash: Option<Node<'a>>,
    details: Option<Node<'a>>,
}

impl<'a> Raw<'a> {
    fn slot(&mut self, claim: &str) -> Option<&mut Option<Node<'a>>> {
        Some(match claim {
            "jti" => &mut self.jti,
            "iss" => &mut self.iss,
            "iat" => &mut self.iat,
            "exp" => &mut self.exp,
            "cnf" => &mut self.cnf,
            "aud" => &mut self.aud,
            "del_depth" => &mut self.del_depth,
            "del_max_depth" => &mut self.del_max_depth,
            "par_hash" => &mut self.par_hash,
            "authorization_details" => &mut self.details,
            _ => return None,
        })
    }
}

/// Whether AAT-02 3.2 defines `claim`; what it does not define is passed through.
pub(crate) fn is_defined(claim: &str) -> bool {
    Raw::default().slot(claim).is_some()
}

/// Reads the claims of an authentic payload. A failure names the step that the draft gives it. If
/// its holder's key is `key`, which was read before, it is not read again.
pub(crate) fn read_claims(
    payload: &[u8],
    position: Position,
    key: Option<&PublicKey>,
    terms: Terms<'_>,
) -> Result<Claims, Fault> {
    let authentic = position.step(Step::RootSignature, Step::Signature);
    let fault = |step, fault: ClaimFault| Fault::new(step, fault);
    let node =
        json::parse(payload, json::MAX_DEPTH).map_err(|error| fault(authentic, error.into()))?;
    let Node::Object(members) = node else {
        let expected = "one JSON object";
        return Err(fault(authentic, ClaimFault::Type { claim: "payload", expected }));
    };
    let mut raw = Raw::default();
    for (name, node) in members {
        if let Some(slot) = raw.slot(&name) {
            *slot = Some(node);
        }
    }

    let at = |root, derived| position.step(root, derived);
    let types = at(Step::RootSignature, Step::ClaimTypes);
    let issued_at = time(raw.iat, "iat").map_err(|f| fault(types, f))?;
    let expires_at = time(raw.exp, "exp").map_err(|f| fault(types, f))?;
    let depth = depth(raw.del_depth, "del_depth")
        .map_err(|f| fault(at(Step::RootDepth, Step::Depths), f))?;
    let parent = parent(raw.par_hash, position)?;
    let max_depth = self::depth(raw.del_max_depth, "del_max_depth")
        .map_err(|f| fault(at(Step::RootMaxDepth, Step::Depths), f))?;
    let id = id(raw.jti).map_err(|f| fault(at(Step::RootId, Step::Id), f))?;
    let issuer =
        string(raw.iss, "iss").map_err(|f| fault(at(Step::RootIssuer, Step::ClaimTypes), f))?;
    let holder = holder(raw.cnf, key).map_err(|f| fault(at(Step::RootHolder, Step::Holder), f))?;
    let capabilities = capabilities(raw.details, position, terms)?;
    Ok(Claims {
        id,
        issuer: issuer.into(),
        issued_at,
        expires_at,
        holder,
        audience: audience(raw.aud),
        depth,
        max_depth,
        parent,
        capabilities,
    })
}

/// A NumericDate: an integer without fraction or exponent. Times beyond 64 bits saturate, which
/// no check can mistake for a valid time.
fn time(node: Option<Node<'_>>, claim: &'static str) -> Result<Timestamp, ClaimFault> {
    let expected = "a number of seconds without fraction or exponent";
    integer(node).map(Timestamp::from_unix).ok_or(ClaimFault::Type { claim, expected })
}

fn depth(node: Option<Node<'_>>, claim: &'static str) -> Result<u32, ClaimFault> {
    let expected = "a non-negative integer without fraction or exponent";
    match integer(node) {
        // A depth beyond 32 bits is beyond every limit.
        Some(depth) if depth >= 0 => Ok(u32::try_from(depth).unwrap_or(u32::MAX)),
        _ => Err(ClaimFault::Type { claim, expected }),
    }
}

pub(crate) fn integer(node: Option<Node<'_>>) -> Option<i64> {
    match node {
        Some(Node::Number(text)) => json::integer(text),
        _ => None,
    }
}

fn string<'a>(node: Option<Node<'a>>, claim: &'static str) -> Result<Cow<'a, str>, ClaimFault> {
    match node {
        Some(Node::String(text)) => Ok(text),
        _ => Err(ClaimFault::Type { claim, expected: "a string" }),
    }
}

fn id(node: Option<Node<'_>>) -> Result<TokenId, ClaimFault> {
    TokenId::new(string(node, "jti")?)
        .ok_or(ClaimFault::Type { claim: "jti", expected: "a non-empty string" })
}

/// Steps 3d, 4b5 and, for text that is no digest at all, 4q.
fn parent(node: Option<Node<'_>>, position: Position) -> Result<Option<Digest>, Fault> {
    let claim = "par_hash";
    match (position, node) {
        (Position::Root, None) => Ok(None),
        (Position::Root, Some(_)) => {
            Err(Fault::new(Step::RootParentHash, ClaimFault::Present { claim }))
        }
        (Position::Derived, node) => {
            let text = string(node, claim).map_err(|f| Fault::new(Step::ClaimTypes, f))?;
            let digest = base64url::decode_array(&text).map_err(|_| {
                let expected = "a SHA-256 digest in unpadded base64url";
                Fault::new(Step::ParentHash, ClaimFault::Type { claim, expected })
            })?;
            Ok(Some(Digest(digest)))
        }
    }
}

fn holder(node: Option<Node<'_>>, key: Option<&PublicKey>) -> Result<PublicKey, ClaimFault> {
    let Some(Node::Object(cnf)) = node else {
        return Err(ClaimFault::Type { claim: "cnf", expected: "an object" });
    };
    match cnf.get("jwk") {
        Some(Node::Object(jwk)) => Ok(PublicKey::from_jwk_members(jwk, key)?),
        _ => Err(ClaimFault::Type { claim: "cnf.jwk", expected: "an object" }),
    }
}

/// Judged only at step 6c, so a malformed claim is kept as such (readings 7 and 20).
fn audience(node: Option<Node<'_>>) -> Audience {
    let names = match node {
        None => return Audience::Unrestricted,
        Some(Node::String(name)) => vec![Node::String(name)],
        Some(Node::Array(names)) => names,
        Some(_) => return Audience::Malformed,
    };
    let names: Option<Vec<Box<str>>> = names
        .into_iter()
        .map(|name| if let Node::String(name) = name { Some(name.into()) } else { None })
        .collect();
    names.map_or(Audience::Malformed, |names| Audience::Only(names.into_boxed_slice()))
}

/// Steps 3m and 3n; 4b3, 4n and 4o. Entries of other types, and what has no type, are ignored.
fn capabilities(
    node: Option<Node<'_>>,
    position: Position,
    terms: Terms<'_>,
) -> Result<Option<Capabilities>, Fault> {
    let shape = position.step(Step::RootCapability, Step::Capability);
    let Some(Node::Array(entries)) = node else {
        let step = position.step(Step::RootCapability, Step::Details);
        let claim = "authorization_details";
        return Err(Fault::new(step, ClaimFault::Type { claim, expected: "an array" }));
    };
    let mut entries: Vec<Members<'_>> = entries
        .into_iter()
        .filter_map(|entry| if let Node::Object(entry) = entry { Some(entry) } else { None })
        .filter(|entry| {
            matches!(entry.get("type"), Some(Node::String(kind)) if kind == CAPABILITY_TYPE)
        })
        .collect();
    let found = entries.len();
    let expected = match position {
        Position::Root => "exactly one",
        Position::Derived => "at most one",
    };
    let Some(entry) = entries.pop() else {
        return match position {
            Position::Root => {
                Err(Fault::new(shape, ClaimFault::CapabilityCount { found, expected }))
            }
            Position::Derived => Ok(None),
        };
    };
    if found > 1 {
        return Err(Fault::new(shape, ClaimFault::CapabilityCount { found, expected }));
    }
    let tools = entry.into_iter().find(|(name, _)| name == "tools");
    let Some((_, Node::Object(tools))) = tools else {
        let fault = ClaimFault::Type { claim: "tools", expected: "an object" };
        return Err(Fault::new(shape, fault));
    };
    let constraints = position.step(Step::RootConstraints, Step::Constraints);
    read_tools(tools, terms).map(Some).map_err(|fault| {
        let step = if let ClaimFault::Constraint { .. } = fault { constraints } else { shape };
        Fault::new(step, fault)
    })
}

/// The JSON form of claims, with `others` passed through. Names that AAT-02 defines are the
/// builder's to refuse in `others`.
pub(crate) fn write_claims(claims: &Claims, others: &[(Box<str>, Value)]) -> Value {
    let mut members: Vec<(&str, Value)> = vec![
        ("jti", claims.id.as_str().into()),
        ("iss", (&*claims.issuer).into()),
        ("iat", write_time(claims.issued_at)),
        ("exp", write_time(claims.expires_at)),
        ("del_depth", claims.depth.into()),
        ("del_max_depth", claims.max_depth.into()),
        ("cnf", object(vec![("jwk", write_jwk(&claims.holder))])),
        ("authorization_details", write_details(claims.capabilities.as_ref())),
    ];
    if let Some(parent) = &claims.parent {
        members.push(("par_hash", base64url::encode(&parent.0).into()));
    }
    match &claims.audience {
        Audience::Unrestricted => {}
        // Builders refuse to write these two; here they show what was read.
        Audience::Malformed => members.push(("aud", Value::Null)),
        Audience::Only(names) => match &**names {
            [name] => members.push(("aud", (&**name).into())),
            names => {
                let names: Vec<Value> = names.iter().map(|name| (&**name).into()).collect();
                members.push(("aud", names.into()));
            }
        },
    }
    members.extend(others.iter().map(|(name, value)| (&**name, value.clone())));
    object(members)
}

/// Seconds as a JSON number. Builders refuse times that a double cannot hold exactly.
pub(crate) fn write_time(time: Timestamp) -> Value {
    Number::try_from(time.as_unix()).map_or(Value::Null, Value::from)
}

fn write_jwk(key: &PublicKey) -> Value {
    object(vec![
        ("kty", "OKP".into()),
        ("crv", "Ed25519".into()),
        ("x", base64url::encode(key.as_bytes()).into()),
    ])
}

fn write_details(capabilities: Option<&Capabilities>) -> Value {
    let entry = |tools: &Capabilities| {
        object(vec![("type", CAPABILITY_TYPE.into()), ("tools", write_tools(tools))])
    };
    capabilities.map(entry).into_iter().collect::<Vec<_>>().into()
}

impl Claims {
    /// The claims in the JSON form of a token's payload, canonical (RFC 8785). For display: signed
    /// bytes are never made from it again.
    pub fn to_json(&self) -> alloc::string::String {
        write_claims(self, &[]).to_jcs()
    }
}
