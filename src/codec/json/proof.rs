//! The payload of a proof in JSON (AAT-02 7.2).

use super::{claims::write_time, constraint::object};
use crate::{
    base64url,
    model::{Claims, Digest, Invocation, TokenId},
    time::Timestamp,
};
use alloc::{boxed::Box, string::String, vec};

/// What a proof says, but for the call and the token that it is for.
#[derive(Debug)]
pub(crate) struct ProofContent {
    pub(crate) id: TokenId,
    pub(crate) issued_at: Timestamp,
    pub(crate) audience: Option<Box<str>>,
    pub(crate) nonce: Option<Box<str>>,
}

impl ProofContent {
    /// The payload of a proof for `call` under `leaf`, in JCS form (AAT-02 7.2).
    pub(crate) fn to_json(&self, leaf: &Claims, digest: &Digest, call: &Invocation) -> String {
        let mut members = vec![
            ("jti", self.id.as_str().into()),
            ("iat", write_time(self.issued_at)),
            ("aat_id", leaf.id().as_str().into()),
            ("aat_hash", base64url::encode(digest.as_bytes()).into()),
            ("aat_tool", call.tool().into()),
            ("hta", call.arguments().clone().into()),
        ];
        if let Some(audience) = &self.audience {
            members.push(("aat_aud", (&**audience).into()));
        }
        if let Some(nonce) = &self.nonce {
            members.push(("nonce", (&**nonce).into()));
        }
        object(members).to_jcs()
    }
}
