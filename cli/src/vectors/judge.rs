//! The answer of this library to one request.

mod build;
mod key;
mod narrows;
mod sequence;
mod settings;
mod signature;
mod values;
mod verify;

use super::expected::Judgement;
use serde::{Deserialize, de::DeserializeOwned};
use std::borrow::Cow;

/// Why a request has no answer: it lacks what a verdict needs.
pub(crate) type Unanswerable = String;

/// Answers a request (`test-vectors/README.md`, "The protocol").
///
/// # Errors
///
/// When the operation is not known, or the request lacks what it needs.
pub(crate) fn judge(request: &str) -> Result<Judgement, Unanswerable> {
    #[derive(Deserialize)]
    struct Which<'a> {
        #[serde(borrow)]
        operation: Option<Cow<'a, str>>,
    }
    let which: Which<'_> = serde_json::from_str(request).map_err(|error| error.to_string())?;
    match which.operation.as_deref().unwrap_or("verify") {
        "verify" => verify::judge(request),
        "sequence" => sequence::judge(request),
        "narrows" => read(request).and_then(narrows::judge),
        "check" => read(request).and_then(values::check),
        "well_formed" => read(request).map(values::well_formed),
        "canonicalize" => read(request).and_then(values::canonicalize),
        "key" => read(request).map(key::judge),
        "signature" => read(request).and_then(signature::judge),
        "issue" => read(request).and_then(build::issue),
        "derive" => read(request).and_then(build::derive),
        "prove" => read(request).and_then(build::prove),
        other => Err(format!("operation `{}` is not known", other.escape_debug())),
    }
}

fn read<T: DeserializeOwned>(request: &str) -> Result<T, Unanswerable> {
    serde_json::from_str(request).map_err(|error| error.to_string())
}

/// What the members whose names end in `_hex` hold.
fn bytes(member: &str, text: &str) -> Result<Vec<u8>, Unanswerable> {
    hex::decode(text).map_err(|error| format!("`{member}` is not hexadecimal: {error}"))
}
