//! The JSON object that carries a chain and its proof (AAT-02 7.4).

use crate::json::{self, JsonError, Strings};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// Why a presentation cannot be taken apart into tokens and proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PresentationFault {
    /// More bytes than [`Limits::max_presentation_size`](crate::Limits).
    #[error("has {size} bytes, above the limit of {limit}")]
    TooLarge {
        /// Bytes.
        size: usize,
        /// Bytes.
        limit: usize,
    },
    /// It is not one JSON object, or repeats a member.
    #[error("cannot be read: {0}")]
    Json(#[from] JsonError),
    /// `aat_chain` is missing or not an array.
    #[error("has no array `aat_chain`")]
    ChainMissing,
    /// An element of `aat_chain` is not a string.
    #[error("has an `aat_chain` whose element {index} is not a string")]
    TokenNotAString {
        /// Which one, from 0.
        index: usize,
    },
    /// `aat_pop` is missing or not a string.
    #[error("has no string `aat_pop`")]
    ProofMissing,
}

/// The members of a presentation.
pub(crate) struct RawPresentation<'a> {
    pub(crate) chain: Vec<Cow<'a, str>>,
    pub(crate) proof: Option<Cow<'a, str>>,
}

/// Reads a presentation, or a chain without a proof; members that are not known are ignored.
pub(crate) fn read_presentation(text: &[u8]) -> Result<RawPresentation<'_>, PresentationFault> {
    let (mut chain, mut proof) = (None, None);
    for (name, value) in json::top_level_strings(text, &["aat_chain", "aat_pop"], json::MAX_DEPTH)?
    {
        match (&*name, value) {
            ("aat_chain", value) => chain = Some(tokens(value)?),
            ("aat_pop", Strings::One(text)) => proof = Some(text),
            _ => {}
        }
    }
    let chain = chain.ok_or(PresentationFault::ChainMissing)?;
    Ok(RawPresentation { chain, proof })
}

/// Reads the array of tokens by itself.
pub(crate) fn read_chain(text: &str) -> Result<Vec<Cow<'_, str>>, PresentationFault> {
    tokens(json::strings(text.as_bytes(), json::MAX_DEPTH)?)
}

fn tokens(value: Strings<'_>) -> Result<Vec<Cow<'_, str>>, PresentationFault> {
    match value {
        Strings::Many(tokens) => Ok(tokens),
        Strings::Mixed(index) => Err(PresentationFault::TokenNotAString { index }),
        Strings::One(_) | Strings::Neither => Err(PresentationFault::ChainMissing),
    }
}

/// The JSON object for a chain and, where there is one, a proof.
pub(crate) fn write_presentation(chain: &[Cow<'_, str>], proof: Option<&str>) -> String {
    let mut text = String::from(r#"{"aat_chain":["#);
    for (i, token) in chain.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        json::write_string(token, &mut text);
    }
    text.push(']');
    if let Some(proof) = proof {
        text.push_str(r#","aat_pop":"#);
        json::write_string(proof, &mut text);
    }
    text.push('}');
    text
}
