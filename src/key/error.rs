//! Why a key was refused.

/// Why a key could not be read or made.
///
/// Names come from fixed lists, so no message holds anything of the key itself.
///
/// ```
/// use taper::key::{KeyError, PublicKey};
///
/// let refused = PublicKey::from_jwk(br#"{"kty":"OKP","crv":"Ed25519","x":"","d":null}"#);
/// assert_eq!(refused, Err(KeyError::PrivateMember { member: "d" }));
/// assert_eq!(
///     refused.unwrap_err().to_string(),
///     "private member `d` in a public key",
/// );
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A JWK lacks a required member (RFC 8037 section 2).
    #[error("member `{member}` is missing")]
    MissingMember {
        /// The member's name.
        member: &'static str,
    },
    /// The bytes encode no point in the one way RFC 8032 section 5.1.2 allows.
    #[error("public key is not canonically encoded")]
    NonCanonical,
    /// The operating system gave no random bytes.
    #[error("operating system gave no random bytes")]
    NoRandomness,
    /// The PEM document holds something else than an Ed25519 key (RFC 8410).
    #[error("pem text does not hold an ed25519 key")]
    NotEd25519,
    /// A JWK is not JSON, or not an object (RFC 7517 section 4).
    #[error("key is not a json object")]
    NotJsonObject,
    /// No point of the curve has this `y` (RFC 8032 section 5.1.3).
    #[error("public key is not a point of the curve")]
    NotOnCurve,
    /// The text is not PEM (RFC 7468).
    #[error("key is not pem text")]
    NotPem,
    /// The public half of a private key belongs to another key.
    #[error("public half does not belong to the private half")]
    OtherPublicHalf,
    /// A public JWK carries a member that only private or secret keys have, of any type.
    #[error("private member `{member}` in a public key")]
    PrivateMember {
        /// The member's name.
        member: &'static str,
    },
    /// The public key is one of the eight points whose order divides 8: signatures that hold for
    /// any message can be made for it.
    #[error("public key is of small order")]
    SmallOrder,
    /// The PEM text is labelled as something else, such as an encrypted key.
    #[error("pem label is not `{expected}`")]
    WrongLabel {
        /// The label that was looked for.
        expected: &'static str,
    },
    /// A JWK member has the wrong type or value.
    #[error("member `{member}` is not {expected}")]
    WrongMember {
        /// The member's name.
        member: &'static str,
        /// What the member has to be.
        expected: &'static str,
    },
}
