//! `signature`: does a signature hold under a public key?

use super::{Unanswerable, bytes};
use crate::vectors::expected::Judgement;
use serde::Deserialize;
use taper::key::{PublicKey, Signature};

#[derive(Deserialize)]
pub(super) struct Request {
    public_key_hex: String,
    message_hex: String,
    signature_hex: String,
}

/// Checks the signature by the one rule. A key that is refused has no signatures.
pub(super) fn judge(request: Request) -> Result<Judgement, Unanswerable> {
    let key = bytes("public_key_hex", &request.public_key_hex)?;
    let message = bytes("message_hex", &request.message_hex)?;
    let signature = bytes("signature_hex", &request.signature_hex)?;
    let Ok(key) = <[u8; 32]>::try_from(key) else {
        return Ok(Judgement::deny("", "holder_key", "the public key does not have 32 bytes"));
    };
    Ok(match (PublicKey::from_bytes(&key), Signature::from_slice(&signature)) {
        (Err(error), _) => Judgement::deny("", "holder_key", error),
        (_, Err(error)) => Judgement::deny("", "envelope_malformed", error),
        (Ok(key), Ok(signature)) if key.verify(&message, &signature) => Judgement::permit(),
        _ => Judgement::deny("", "signature_invalid", "the signature does not hold"),
    })
}
