//! How a verdict is told.

use crate::{
    explain,
    failure::{Exit, Failure, Printable},
    output::{Output, style},
};
use serde_json::json;
use taper::{Authorized, Denied, Explanation, Place, Timestamp, VerifiedToken};

/// Tells that a call is permitted, by whom and on whose authority.
pub(crate) fn permit(
    out: &mut Output,
    permit: &Authorized<'_>,
    now: Timestamp,
) -> Result<Exit, Failure> {
    let (root, leaf) = (permit.chain().root(), permit.chain().leaf());
    let issuer = root.map(VerifiedToken::claims).map(|root| root.issuer());
    let leaf = leaf.map(VerifiedToken::claims);
    let holder = permit.holder().map(taper::PublicKey::thumbprint_text);
    let tokens = permit.chain().tokens().len();
    let expires_at = leaf.map(|leaf| leaf.expires_at());
    if out.is_json() {
        out.line(json!({
            "verdict": "permit",
            "tool": permit.tool(),
            "issuer": issuer,
            "holder": holder,
            "tokens": tokens,
            "expires_at": expires_at.map(Timestamp::as_unix),
            "proof_id": permit.proof_id().as_str(),
        }))?;
        return Ok(Exit::Permit);
    }
    let good = style::GOOD;
    out.line(format_args!("{good}permit{good:#}"))?;
    out.field("tool", Printable(permit.tool()))?;
    out.field("issuer", Printable(issuer.unwrap_or_default()))?;
    out.field("holder", holder.unwrap_or_default())?;
    out.field("tokens", tokens)?;
    let left = expires_at.map_or(0, |expires_at| expires_at.seconds_since(now));
    out.field("expires", format_args!("in {left} s"))?;
    Ok(Exit::Permit)
}

/// Tells that a call is denied, at which step and why.
pub(crate) fn deny(
    out: &mut Output,
    denied: &Denied,
    why: Option<&Explanation>,
) -> Result<Exit, Failure> {
    let place = match denied.place() {
        Place::Token(_) => "token",
        Place::Proof => "proof",
        Place::Call => "call",
        _ => "presentation",
    };
    let step = denied.step();
    if out.is_json() {
        let mut object = json!({
            "verdict": "deny",
            "step": step.label(),
            "condition": step.condition(),
            "place": place,
            "token": denied.token(),
            "code": denied.code(),
            "detail": denied.reason().to_string(),
        });
        if let (Some(why), Some(members)) = (why, object.as_object_mut()) {
            members.insert("explanation".into(), explain::to_json(why));
        }
        out.line(object)?;
        return Ok(Exit::Deny);
    }
    let bad = style::BAD;
    out.line(format_args!("{bad}deny{bad:#}"))?;
    out.field("step", format_args!("{}, {}", step.label(), step.condition()))?;
    match denied.token() {
        Some(0) => out.field("place", "root token")?,
        Some(index) => out.field("place", format_args!("token {index}"))?,
        None => out.field("place", place)?,
    }
    out.field("code", denied.code())?;
    out.field("reason", Printable(&denied.reason().to_string()))?;
    if let Some(why) = why {
        out.write(explain::text(why))?;
    }
    Ok(Exit::Deny)
}
