//! `key`: a JWK that a token names as its holder.

use crate::vectors::expected::Judgement;
use serde::Deserialize;
use taper::{Step, key::PublicKey};

#[derive(Deserialize)]
pub(super) struct Request {
    input: String,
}

/// The thumbprint (RFC 7638) of the key, when it is one.
pub(super) fn judge(request: Request) -> Judgement {
    match PublicKey::from_jwk(request.input.as_bytes()) {
        Ok(key) => Judgement::made(key.thumbprint_text()),
        Err(error) => Judgement::deny(Step::RootHolder.label(), "holder_key", error),
    }
}
