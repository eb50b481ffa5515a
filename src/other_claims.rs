//! The names of passthrough claims in a chain that is not verified.

use crate::{
    chain::UnverifiedChain,
    codec::{json::is_defined, jws::Envelope, wire::Wire},
    json,
    terms::Terms,
};
use alloc::{string::String, vec::Vec};

impl UnverifiedChain<'_> {
    /// The names of the claims that AAT-02 does not define, token by token, root first. Nothing is
    /// checked; a token that cannot be read has none. For display.
    ///
    /// ```
    /// use taper::{Limits, UnverifiedChain};
    ///
    /// // {"jti":"a","purpose":"report"}
    /// let token = "e30.eyJqdGkiOiJhIiwicHVycG9zZSI6InJlcG9ydCJ9.AA";
    /// let chain = UnverifiedChain::from_tokens([token]);
    /// assert_eq!(chain.other_claim_names_unverified(&Limits::default()), [["purpose"]]);
    /// ```
    pub fn other_claim_names_unverified<'t>(
        &self,
        terms: impl Into<Terms<'t>>,
    ) -> Vec<Vec<String>> {
        match &self.0 {
            Wire::Jws(tokens) => tokens.iter().map(|token| jws_names(token)).collect(),
            Wire::Compact(chain) => {
                let read = chain.read_unverified(terms.into()).unwrap_or_default();
                let names = |token: crate::codec::compact::Unverified| {
                    token.fields.into_iter().map(|field| field.name.into()).collect()
                };
                read.into_iter().map(names).collect()
            }
        }
    }
}

fn jws_names(token: &str) -> Vec<String> {
    let payload = Envelope::split(token).and_then(|envelope| envelope.payload());
    json::top_level_members(&payload.unwrap_or_default(), json::MAX_DEPTH)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, _)| name.into_owned())
        .filter(|name| !is_defined(name))
        .collect()
}
