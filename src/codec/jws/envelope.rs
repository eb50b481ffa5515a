//! Splitting a JWS into its parts, and putting one together.

use super::{Kind, header};
use crate::{
    base64url,
    json::JsonError,
    key::{SignError, Signature, Signer},
};
use alloc::{string::String, vec::Vec};

/// Why a token or proof cannot be split into its parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeFault {
    /// Not three segments.
    #[error("has {found} segments separated by `.`, not 3")]
    Segments {
        /// How many there are.
        found: usize,
    },
    /// The payload is not base64url.
    #[error("has a payload that is not unpadded base64url")]
    PayloadEncoding,
    /// The payload is not JSON, or not an object.
    #[error("has a payload that is not a JSON object: {0}")]
    PayloadJson(#[from] JsonError),
    /// The signature is not 64 bytes in base64url.
    #[error("has a signature that is not 64 bytes in unpadded base64url")]
    Signature,
}

/// The three segments of a JWS, as presented. Nothing is decoded yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope<'a> {
    /// `BASE64URL(header) || '.' || BASE64URL(payload)`: the bytes that are signed and hashed.
    pub(crate) signing_input: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Envelope<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self, EnvelopeFault> {
        let segments = |text: &str| text.split('.').count();
        let wrong = || EnvelopeFault::Segments { found: segments(text) };
        let (signing_input, signature) = text.rsplit_once('.').ok_or_else(wrong)?;
        let (header, payload) = signing_input.split_once('.').ok_or_else(wrong)?;
        if payload.contains('.') {
            return Err(wrong());
        }
        Ok(Self { signing_input, header, payload, signature })
    }

    pub(crate) fn header(&self) -> &'a str {
        self.header
    }

    pub(crate) fn payload(&self) -> Result<Vec<u8>, EnvelopeFault> {
        base64url::decode(self.payload).map_err(|_| EnvelopeFault::PayloadEncoding)
    }

    pub(crate) fn signature_text(&self) -> &'a str {
        self.signature
    }

    pub(crate) fn signature(&self) -> Result<Signature, EnvelopeFault> {
        base64url::decode_array(self.signature)
            .map(Signature::from_bytes)
            .map_err(|_| EnvelopeFault::Signature)
    }
}

/// Signs `payload` as a token or a proof.
pub(crate) fn seal(kind: Kind, payload: &str, signer: &impl Signer) -> Result<String, SignError> {
    let mut jws = base64url::encode(header::write(kind).as_bytes());
    jws.push('.');
    jws.push_str(&base64url::encode(payload.as_bytes()));
    let signature = signer.sign(jws.as_bytes())?;
    jws.push('.');
    jws.push_str(&base64url::encode(signature.as_bytes()));
    Ok(jws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_segments() {
        let envelope = Envelope::split("aa.bb.cc").unwrap();
        assert_eq!(envelope.signing_input, "aa.bb");
        for (text, found) in [("", 1), ("aa", 1), ("aa.bb", 2), ("a.b.c.d", 4), ("a.b.c.d.e", 5)] {
            let fault = Envelope::split(text).unwrap_err();
            assert_eq!(fault, EnvelopeFault::Segments { found }, "{text}");
        }
        assert!(Envelope::split("..").is_ok());
    }
}
