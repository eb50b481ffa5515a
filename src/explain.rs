//! Why a chain does not authorize a call, and what it would authorize instead. For people: no
//! verdict is made here.

mod nearest;
mod search;

pub use nearest::{Adjustment, Nearest};

use crate::{
    authority::check_authority,
    chain::VerifiedChain,
    denied::{Denied, Place, Reason},
    model::{Claims, Invocation},
    narrowing::{Change, Narrowing},
    step::Step,
};
use alloc::vec::Vec;
use core::fmt;

/// The most clauses of one kind that the text of an explanation lists.
const SHOWN: usize = 16;

/// What a chain's capabilities say of one call. `Display` has one clause per line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    refusal: Option<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    denied: Denied,
    /// What the token that refuses first says of the call; it may refuse another argument.
    first: Denied,
    lost_at: usize,
    lost_by: Vec<Change>,
    nearest: Nearest,
}

/// Explains what the capabilities of `chain` say of `call`: steps 6a and 6b of AAT-02 section 8.
///
/// Audience, proof and the policy of an enforcement point are not looked at, so an authorized call
/// can still be denied for those.
///
/// ```
/// use core::time::Duration;
/// use taper::{
///     ConstraintMap, Grant, Invocation, Issuer, Limits, Nearest, SigningKey, Timestamp, TrustAnchor,
///     TrustAnchors, Verifier, at_most, explain,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = Timestamp::from_unix(1_704_067_500);
/// let [issuer, planner, worker] =
///     [SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]), SigningKey::from_seed(&[3; 32])];
/// let search = ConstraintMap::new().require("limit", at_most(100));
/// let held = Issuer::new("https://auth.example.com", &issuer)?
///     .issue(
///         Grant::to(planner.public_key().clone())
///             .tool("search", search)
///             .expires_in(Duration::from_secs(3600))
///             .max_depth(1),
///         now,
///     )?
///     .derive(&planner)
///     .to(worker.public_key().clone())
///     .narrow("search", "limit", at_most(10))
///     .sign(now)?;
/// let anchor = TrustAnchor::new("https://auth.example.com", issuer.public_key().clone())?;
/// let verifier = Verifier::new(TrustAnchors::new().with(anchor));
/// let chain = verifier.verify_chain(&held.as_unverified(), now)?;
///
/// let call = Invocation::from_json("search", br#"{"limit": 50}"#)?;
/// let why = explain(&chain, &call);
/// assert_eq!(why.lost_at(), Some(1));
/// assert_eq!(why.lost_by()[0].kind(), "argument_constrained");
/// let permitted = why.nearest().and_then(Nearest::call).unwrap();
/// assert_eq!(permitted.arguments().to_jcs(), r#"{"limit":10}"#);
/// # Ok(())
/// # }
/// ```
pub fn explain(chain: &VerifiedChain, call: &Invocation) -> Explanation {
    let claims: Vec<&Claims> = chain.tokens().iter().map(|token| token.claims()).collect();
    explain_claims(&claims, call)
}

/// As [`explain`](fn@explain), of claims that nobody has verified, root first. What they permit, a
/// verifier may still deny altogether.
///
/// ```
/// use taper::{Invocation, explain_unverified};
///
/// let call = Invocation::from_json("search", b"{}")?;
/// assert!(!explain_unverified(&[], &call).is_authorized());
/// # Ok::<_, taper::InvocationError>(())
/// ```
pub fn explain_unverified(claims: &[Claims], call: &Invocation) -> Explanation {
    explain_claims(&claims.iter().collect::<Vec<_>>(), call)
}

fn explain_claims(claims: &[&Claims], call: &Invocation) -> Explanation {
    let Some(leaf) = claims.last() else {
        let denied = Denied::new(Step::ChainEmpty, Place::Presentation, Reason::ChainEmpty);
        return Explanation {
            refusal: Some(Refusal {
                first: denied.clone(),
                denied,
                lost_at: 0,
                lost_by: Vec::new(),
                nearest: Nearest::ToolNotGranted { granted: Vec::new(), more: 0 },
            }),
        };
    };
    let Err(denied) = check_authority(leaf, call) else {
        return Explanation { refusal: None };
    };
    // Below a token that refuses, every token of a verified chain refuses (AAT-02 4.5).
    let (lost_at, first) = claims
        .iter()
        .enumerate()
        .find_map(|(index, token)| Some((index, check_authority(token, call).err()?)))
        .unwrap_or_else(|| (0, denied.clone()));
    let above = lost_at.checked_sub(1).and_then(|index| claims.get(index));
    let lost_by = match (above, claims.get(lost_at)) {
        (Some(parent), Some(child)) => changes_that_matter(parent, child, call),
        _ => Vec::new(),
    };
    Explanation {
        refusal: Some(Refusal {
            denied,
            first,
            lost_at,
            lost_by,
            nearest: Nearest::to(leaf, call),
        }),
    }
}

/// Those changes of the child that make it refuse a call that the parent permits.
fn changes_that_matter(parent: &Claims, child: &Claims, call: &Invocation) -> Vec<Change> {
    let map = child.capabilities().and_then(|c| c.tool(call.tool()));
    let matters = |change: &Change| match change {
        Change::ToolDropped { .. } => true,
        Change::ArgumentConstrained { argument, to, .. } => {
            let value = call.arguments().get(argument);
            value.is_some_and(|value| !to.accepts(value))
        }
        Change::ArgumentMadeRequired { argument, .. } => !call.arguments().contains_key(argument),
        Change::ArgumentForbidden { argument, .. } => call.arguments().contains_key(argument),
        Change::UnnamedDropped { .. } => map.is_some_and(|map| {
            let before = parent.capabilities().and_then(|c| c.tool(call.tool()));
            call.arguments().iter().any(|(argument, _)| {
                map.entry(argument).is_none()
                    && before.is_none_or(|before| before.entry(argument).is_none())
            })
        }),
        _ => false,
    };
    Narrowing::between(parent, child)
        .into_changes()
        .into_iter()
        .filter(|change| change.tool() == Some(call.tool()) && matters(change))
        .collect()
}

impl Explanation {
    /// Whether the leaf authorizes the call.
    pub fn is_authorized(&self) -> bool {
        self.refusal.is_none()
    }

    /// The denial of a call that the leaf does not authorize: step 6a or 6b, or 1 when there is
    /// no token.
    pub fn denied(&self) -> Option<&Denied> {
        self.refusal.as_ref().map(|refusal| &refusal.denied)
    }

    /// The first token that does not permit the call, counted from the root; 0 when the root never
    /// granted it.
    pub fn lost_at(&self) -> Option<usize> {
        self.refusal.as_ref().map(|refusal| refusal.lost_at)
    }

    /// What that token changed against its parent, as far as this call is concerned. Nothing when
    /// the root never granted it.
    pub fn lost_by(&self) -> &[Change] {
        self.refusal.as_ref().map_or(&[], |refusal| &refusal.lost_by)
    }

    /// The nearest call that the leaf would permit.
    pub fn nearest(&self) -> Option<&Nearest> {
        self.refusal.as_ref().map(|refusal| &refusal.nearest)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(refusal) = &self.refusal else {
            return f.write_str("the leaf authorizes the call");
        };
        writeln!(f, "{}", refusal.denied)?;
        match refusal.lost_at {
            0 => f.write_str("the root never granted it")?,
            hop => write!(f, "token {hop} took it away")?,
        }
        if refusal.lost_by.is_empty() && refusal.first.reason() != refusal.denied.reason() {
            write!(f, ": {}", refusal.first.reason())?;
        }
        for change in refusal.lost_by.iter().take(SHOWN) {
            write!(f, "\n  {change}")?;
        }
        more(f, refusal.lost_by.len())?;
        write!(f, "\n{}", refusal.nearest)
    }
}

/// The last line of a list that is cut.
fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.saturating_sub(SHOWN) {
        0 => Ok(()),
        left => write!(f, "\n  and {left} more"),
    }
}

#[cfg(test)]
mod tests;
