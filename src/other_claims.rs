//! The names of passthrough claims in a chain that is not verified.

use crate::{
    chain::UnverifiedChain,
    codec::{json::is_defined, jws::Envelope},
    json,
};
use alloc::{string::String, vec::Vec};

impl UnverifiedChain<'_> {
    /// The names of the claims that AAT-02 does not define, token by token, root first. Nothing is
    /// checked; a token that cannot be read has none. For display.
    ///
    /// ```
    /// use taper::UnverifiedChain;
    ///
    /// // {"jti":"a","purpose":"report"}
    /// let token = "e30.eyJqdGkiOiJhIiwicHVycG9zZSI6InJlcG9ydCJ9.AA";
    /// let chain = UnverifiedChain::from_tokens([token]);
    /// assert_eq!(chain.other_claim_names_unverified(), [["purpose"]]);
    /// ```
    pub fn other_claim_names_unverified(&self) -> Vec<Vec<String>> {
        let names = |token: &str| {
            let payload = Envelope::split(token).and_then(|e| e.payload());
            let payload = payload.unwrap_or_default();
            json::top_level_members(&payload, json::MAX_DEPTH)
                .unwrap_or_default()
                .into_iter()
                .map(|(name, _)| name.into_owned())
                .filter(|name| !is_defined(name))
                .collect()
        };
        self.tokens().map(names).collect()
    }
}
