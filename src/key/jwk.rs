//! Keys as JWKs (RFC 7517, with the `OKP` members of RFC 8037 section 2).

use super::{KeyError, PublicKey, SigningKey};
use crate::{
    base64url,
    json::{self, Members, Node},
};
use alloc::{format, string::String};
use zeroize::Zeroizing;

/// The members of RFC 7518 section 6 and RFC 8037 that only private and secret keys have.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What `x` and `d` have to be.
const BASE64URL_32: &str = "base64url of 32 bytes";

impl PublicKey {
    /// The key as a JWK, in JCS form (RFC 8785): `{"crv":"Ed25519","kty":"OKP","x":"..."}`.
    ///
    /// ```
    /// # use taper::key::{PublicKey, SigningKey};
    /// let key = SigningKey::from_seed(&[1; 32]).public_key().clone();
    /// assert_eq!(
    ///     key.to_jwk(),
    ///     r#"{"crv":"Ed25519","kty":"OKP","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"}"#,
    /// );
    /// ```
    pub fn to_jwk(&self) -> String {
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x())
    }

    /// Reads a public JWK from JSON text.
    ///
    /// `use`, `key_ops`, `alg`, `kid` and unknown members are ignored. A member of private or
    /// secret keys is refused whatever its value, `null` included, and whatever `kty` says.
    ///
    /// # Errors
    ///
    /// [`KeyError`] says which member is missing or wrong, or why `x` is no acceptable key.
    ///
    /// ```
    /// use taper::key::{KeyError, PublicKey};
    ///
    /// let text = br#"{"kty":"OKP","crv":"X25519","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"}"#;
    /// assert_eq!(
    ///     PublicKey::from_jwk(text).unwrap_err().to_string(),
    ///     "member `crv` is not `Ed25519`",
    /// );
    /// ```
    pub fn from_jwk(text: &[u8]) -> Result<Self, KeyError> {
        match json::parse(text, json::MAX_DEPTH) {
            Ok(Node::Object(members)) => Self::from_jwk_members(&members, None),
            _ => Err(KeyError::NotJsonObject),
        }
    }

    /// Reads a public JWK that is part of a larger document, such as `cnf.jwk`. A key that was
    /// `read` before, if it is the same, need not be read again.
    pub(crate) fn from_jwk_members(
        members: &Members<'_>,
        read: Option<&Self>,
    ) -> Result<Self, KeyError> {
        // First, so that a leaked private key is called that and not a mistake in its form.
        for member in PRIVATE_MEMBERS {
            if members.get(member).is_some() {
                return Err(KeyError::PrivateMember { member });
            }
        }
        check_type(members)?;
        let x = bytes(members, "x")?;
        match read {
            Some(key) if *key.as_bytes() == x => Ok(key.clone()),
            _ => Self::from_bytes(&x),
        }
    }

    /// The key whose `x` this text is, if it is one, before the JWK around it is looked at.
    pub(crate) fn from_x(text: &str) -> Option<Self> {
        Self::from_bytes(&base64url::decode_array(text).ok()?).ok()
    }
}

impl SigningKey {
    /// The key as a private JWK, in JCS form (RFC 8785), in text that is wiped when dropped.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let text = SigningKey::from_seed(&[1; 32]).to_jwk();
    /// assert!(text.starts_with(r#"{"crv":"Ed25519","d":"AQEBAQ"#));
    /// ```
    pub fn to_jwk(&self) -> Zeroizing<String> {
        let d = Zeroizing::new(base64url::encode(self.seed()));
        // All that is pushed is counted in advance: growing would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(256));
        for part in [
            r#"{"crv":"Ed25519","d":""#,
            &d,
            r#"","kty":"OKP","x":""#,
            &self.public_key().x(),
            r#""}"#,
        ] {
            text.push_str(part);
        }
        text
    }

    /// Reads a private JWK from JSON text, which the caller wipes.
    ///
    /// `x` is required, as RFC 8037 section 2 has it, and must belong to `d`. Members that are
    /// not about the key are ignored.
    ///
    /// # Errors
    ///
    /// [`KeyError`] says which member is missing or wrong.
    ///
    /// ```
    /// # use taper::key::SigningKey;
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// let read = SigningKey::from_jwk(key.to_jwk().as_bytes())?;
    /// assert_eq!(read.public_key(), key.public_key());
    /// # Ok::<(), taper::key::KeyError>(())
    /// ```
    pub fn from_jwk(text: &[u8]) -> Result<Self, KeyError> {
        let Ok(Node::Object(members)) = json::parse(text, json::MAX_DEPTH) else {
            return Err(KeyError::NotJsonObject);
        };
        check_type(&members)?;
        let seed = Zeroizing::new(bytes(&members, "d")?);
        let public = bytes(&members, "x")?;
        let key = Self::from_seed(&seed);
        if *key.public_key().as_bytes() != public {
            return Err(KeyError::OtherPublicHalf);
        }
        Ok(key)
    }
}

/// Refuses keys of other types and curves.
fn check_type(members: &Members<'_>) -> Result<(), KeyError> {
    for (member, value, expected) in [("kty", "OKP", "`OKP`"), ("crv", "Ed25519", "`Ed25519`")] {
        if string(members, member, expected)? != value {
            return Err(KeyError::WrongMember { member, expected });
        }
    }
    Ok(())
}

/// The 32 bytes that a member encodes.
fn bytes(members: &Members<'_>, member: &'static str) -> Result<[u8; 32], KeyError> {
    base64url::decode_array(string(members, member, BASE64URL_32)?)
        .map_err(|_| KeyError::WrongMember { member, expected: BASE64URL_32 })
}

/// The text of a member that has to be a string.
fn string<'m>(
    members: &'m Members<'_>,
    member: &'static str,
    expected: &'static str,
) -> Result<&'m str, KeyError> {
    match members.get(member) {
        Some(Node::String(text)) => Ok(text),
        Some(_) => Err(KeyError::WrongMember { member, expected }),
        None => Err(KeyError::MissingMember { member }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w";
    const D: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    fn public(text: &str) -> Result<PublicKey, KeyError> {
        PublicKey::from_jwk(text.as_bytes())
    }

    fn private(text: &str) -> Result<PublicKey, KeyError> {
        SigningKey::from_jwk(text.as_bytes()).map(|key| key.public_key().clone())
    }

    fn missing(member: &'static str) -> KeyError {
        KeyError::MissingMember { member }
    }

    fn wrong(member: &'static str, expected: &'static str) -> KeyError {
        KeyError::WrongMember { member, expected }
    }

    #[test]
    fn round_trips() {
        let key = SigningKey::from_seed(&[1; 32]);
        assert_eq!(public(&key.public_key().to_jwk()).as_ref(), Ok(key.public_key()));
        assert_eq!(private(&key.to_jwk()).as_ref(), Ok(key.public_key()));
        assert_eq!(
            *key.to_jwk(),
            format!(r#"{{"crv":"Ed25519","d":"{D}","kty":"OKP","x":"{X}"}}"#)
        );
        assert!(key.to_jwk().capacity() <= 256, "the text grew");
    }

    #[test]
    fn members_beside_the_key_are_ignored() {
        let ignored = r#""use":"enc","key_ops":7,"alg":null,"kid":["d"],"x5c":[],"D":1,"":{"d":1}"#;
        assert!(public(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}",{ignored}}}"#)).is_ok());
        let text = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","d":"{D}",{ignored}}}"#);
        assert!(private(&text).is_ok());
    }

    /// As deep as anywhere else, so that a key by itself is judged as one in a token.
    #[test]
    fn ignored_members_nest_as_deep_as_json_may() {
        let nested = |depth: usize| {
            let arrays = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            format!(r#""kty":"OKP","crv":"Ed25519","x":"{X}","a":{arrays}"#)
        };
        for (depth, fits) in [(127, true), (128, false)] {
            let members = nested(depth);
            assert_eq!(public(&format!("{{{members}}}")).is_ok(), fits, "{depth}");
            let expected = if fits { Ok(()) } else { Err(KeyError::NotJsonObject) };
            let found = private(&format!(r#"{{{members},"d":"{D}"}}"#));
            assert_eq!(found.map(drop), expected, "{depth}");
        }
    }

    #[test]
    fn private_members_are_refused_in_public_keys() {
        for member in PRIVATE_MEMBERS {
            for value in ["null", "\"\"", "1", "[]", "{}", "false"] {
                for rest in [
                    format!(r#""kty":"OKP","crv":"Ed25519","x":"{X}""#),
                    r#""kty":"RSA","n":"AQAB","e":"AQAB""#.into(),
                    r#""kty":null"#.into(),
                ] {
                    let expected = Err(KeyError::PrivateMember { member });
                    assert_eq!(public(&format!(r#"{{{rest},"{member}":{value}}}"#)), expected);
                    assert_eq!(public(&format!(r#"{{"{member}":{value},{rest}}}"#)), expected);
                }
            }
        }
        assert_eq!(
            public(&SigningKey::from_seed(&[1; 32]).to_jwk()),
            Err(KeyError::PrivateMember { member: "d" })
        );
        // Written with an escape, it is the same member.
        let text = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","\u0064":0}}"#);
        assert_eq!(public(&text), Err(KeyError::PrivateMember { member: "d" }));
    }

    #[test]
    fn refused_public_keys() {
        let okp = "`OKP`";
        let curve = "`Ed25519`";
        let key = r#""kty":"OKP","crv":"Ed25519""#;
        for (text, expected) in [
            ("".into(), KeyError::NotJsonObject),
            ("[]".into(), KeyError::NotJsonObject),
            ("\"x\"".into(), KeyError::NotJsonObject),
            (format!(r#"{{{key},"x":"{X}"}} {{}}"#), KeyError::NotJsonObject),
            (format!(r#"{{{key},"x":"{X}","x":"{X}"}}"#), KeyError::NotJsonObject),
            ("{}".into(), missing("kty")),
            (format!(r#"{{"crv":"Ed25519","x":"{X}"}}"#), missing("kty")),
            (format!(r#"{{"kty":"OKP","x":"{X}"}}"#), missing("crv")),
            (format!(r#"{{{key}}}"#), missing("x")),
            (format!(r#"{{"kty":"okp","crv":"Ed25519","x":"{X}"}}"#), wrong("kty", okp)),
            (format!(r#"{{"kty":"EC","crv":"Ed25519","x":"{X}"}}"#), wrong("kty", okp)),
            (format!(r#"{{"kty":["OKP"],"crv":"Ed25519","x":"{X}"}}"#), wrong("kty", okp)),
            (format!(r#"{{"kty":"OKP","crv":"ed25519","x":"{X}"}}"#), wrong("crv", curve)),
            (format!(r#"{{"kty":"OKP","crv":"Ed448","x":"{X}"}}"#), wrong("crv", curve)),
            (format!(r#"{{"kty":"OKP","crv":null,"x":"{X}"}}"#), wrong("crv", curve)),
            (format!(r#"{{{key},"x":7}}"#), wrong("x", BASE64URL_32)),
            (format!(r#"{{{key},"x":""}}"#), wrong("x", BASE64URL_32)),
            (format!(r#"{{{key},"x":"{X}="}}"#), wrong("x", BASE64URL_32)),
            (format!(r#"{{{key},"x":"{X}A"}}"#), wrong("x", BASE64URL_32)),
            (format!(r#"{{{key},"x":" {X}"}}"#), wrong("x", BASE64URL_32)),
            // Non-zero trailing bits: `w` became `x`.
            (format!(r#"{{{key},"x":"{}x"}}"#, &X[..42]), wrong("x", BASE64URL_32)),
            (format!(r#"{{{key},"x":"AQ{}"}}"#, "A".repeat(41)), KeyError::SmallOrder),
            (format!(r#"{{{key},"x":"Ag{}"}}"#, "A".repeat(41)), KeyError::NotOnCurve),
            (format!(r#"{{{key},"x":"{}8"}}"#, "_".repeat(42)), KeyError::NonCanonical),
        ] {
            assert_eq!(public(&text), Err(expected), "{text}");
        }
    }

    #[test]
    fn refused_private_keys() {
        let key = r#""kty":"OKP","crv":"Ed25519""#;
        let other = SigningKey::from_seed(&[2; 32]).public_key().x();
        for (text, expected) in [
            ("null".into(), KeyError::NotJsonObject),
            (format!(r#"{{{key},"x":"{X}"}}"#), missing("d")),
            (format!(r#"{{{key},"d":"{D}"}}"#), missing("x")),
            (format!(r#"{{"kty":"RSA","x":"{X}","d":"{D}"}}"#), wrong("kty", "`OKP`")),
            (format!(r#"{{{key},"x":"{X}","d":null}}"#), wrong("d", BASE64URL_32)),
            (format!(r#"{{{key},"x":"{X}","d":"{D}="}}"#), wrong("d", BASE64URL_32)),
            (format!(r#"{{{key},"x":"AQ","d":"{D}"}}"#), wrong("x", BASE64URL_32)),
            (format!(r#"{{{key},"x":"{other}","d":"{D}"}}"#), KeyError::OtherPublicHalf),
        ] {
            let refused = private(&text).unwrap_err();
            assert_eq!(refused, expected, "{text}");
            assert!(!format!("{refused} {refused:?}").contains(&D[..8]));
        }
    }
}
