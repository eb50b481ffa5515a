//! What a guard answers when it is asked what reaches it (B-mcp-22).

use crate::{PRESENTATION_KEY, log, members::Members};
use serde::{Deserialize, Serialize};
use taper::Timestamp;

/// The method of a probe.
pub(crate) const METHOD: &str = "dev.taper/probe";

/// What has reached a guard. There is nothing of the parameters in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Received {
    /// The SHA-256 of the parameters' text, in base64url.
    pub(crate) digest: String,
    /// Bytes of the parameters' text.
    pub(crate) size: usize,
    /// Whether the presentation's key is there.
    pub(crate) presentation: bool,
    /// The guard's clock, in seconds since 1970.
    pub(crate) time: i64,
    /// How many seconds the time of a proof may be off.
    pub(crate) window: u64,
    /// Bytes of the largest message that the guard takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_message: Option<usize>,
}

impl Received {
    /// What has come with the parameters of a probe.
    pub(crate) fn of(
        params: &str,
        now: Timestamp,
        window: u64,
        max_message: Option<usize>,
    ) -> Self {
        let has_key = || {
            let params = Members::read(params).ok()?;
            Members::read(params.get("_meta")?).ok()?.get(PRESENTATION_KEY)
        };
        Self {
            digest: log::digest(params),
            size: params.len(),
            presentation: has_key().is_some(),
            time: now.as_unix(),
            window,
            max_message,
        }
    }

    /// The answer to the request `id`, which is JSON text.
    pub(crate) fn answer(&self, id: &str) -> Result<Vec<u8>, serde_json::Error> {
        let result = serde_json::to_string(self)?;
        Ok(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#).into_bytes())
    }
}
