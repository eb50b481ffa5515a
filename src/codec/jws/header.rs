//! The protected header (AAT-02 3.5).

use crate::{
    base64url,
    error::Quoted,
    json::{self, JsonError, Members, Node},
};
use alloc::boxed::Box;

/// The one algorithm: Ed25519 by its fully-specified name (RFC 9864). `EdDSA` and `none` are not
/// on the list, and neither is anything else (AAT-02 9.12).
const ALGORITHM: &str = "Ed25519";

/// What a JWS is, which its `typ` must say: a token is never taken for a proof, nor the reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Token,
    Proof,
}

impl Kind {
    fn typ(self) -> &'static str {
        match self {
            Self::Token => "aat+jwt",
            Self::Proof => "aat-pop+jwt",
        }
    }
}

/// Why a protected header is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderFault {
    /// The segment is not base64url.
    #[error("is not unpadded base64url")]
    Encoding,
    /// The header is not one JSON object, or repeats a parameter.
    #[error("cannot be read: {0}")]
    Json(#[from] JsonError),
    /// The header is JSON, but not an object.
    #[error("is not a JSON object")]
    NotAnObject,
    /// `alg` is missing or not the one algorithm allowed.
    #[error("has `alg` {}, and only `Ed25519` is allowed", Found(.found))]
    Algorithm {
        /// What it says, when it says a string.
        found: Option<Box<str>>,
    },
    /// `typ` is missing or wrong.
    #[error("has `typ` {}, and it must be `{expected}`", Found(.found))]
    Type {
        /// What it says, when it says a string.
        found: Option<Box<str>>,
        /// What it must say.
        expected: &'static str,
    },
    /// `crit` is malformed, or lists a parameter; none is understood (RFC 7515 4.1.11).
    #[error("has a `crit` that is malformed or names what is not understood")]
    Critical,
}

struct Found<'a>(&'a Option<Box<str>>);

impl core::fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(found) => Quoted(found).fmt(f),
            None => f.write_str("missing or not a string"),
        }
    }
}

impl HeaderFault {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Encoding | Self::Json(_) | Self::NotAnObject => "header_malformed",
            Self::Algorithm { .. } => "algorithm_not_allowed",
            Self::Type { .. } => "type_wrong",
            Self::Critical => "critical_header",
        }
    }
}

/// The header of every token or proof that this library makes, in JCS form.
pub(super) fn write(kind: Kind) -> &'static str {
    match kind {
        Kind::Token => r#"{"alg":"Ed25519","typ":"aat+jwt"}"#,
        Kind::Proof => r#"{"alg":"Ed25519","typ":"aat-pop+jwt"}"#,
    }
}

/// The headers that [`write`] makes, encoded. Most tokens carry exactly these bytes.
fn is_plain(kind: Kind, segment: &str) -> bool {
    segment
        == match kind {
            Kind::Token => "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiYWF0K2p3dCJ9",
            Kind::Proof => "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiYWF0LXBvcCtqd3QifQ",
        }
}

/// Checks a header segment (steps 3a, 4a, 7a) and gives its `kid`, which is only a hint.
///
/// Keys in headers (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
pub(crate) fn check_header(kind: Kind, segment: &str) -> Result<Option<Box<str>>, HeaderFault> {
    if is_plain(kind, segment) {
        return Ok(None);
    }
    let bytes = base64url::decode(segment).map_err(|_| HeaderFault::Encoding)?;
    let Node::Object(header) = json::parse(&bytes, json::MAX_DEPTH)? else {
        return Err(HeaderFault::NotAnObject);
    };
    if string(&header, "alg") != Some(ALGORITHM) {
        let found = string(&header, "alg").map(Into::into);
        return Err(HeaderFault::Algorithm { found });
    }
    let expected = kind.typ();
    if string(&header, "typ") != Some(expected) {
        let found = string(&header, "typ").map(Into::into);
        return Err(HeaderFault::Type { found, expected });
    }
    // No parameter is understood, and an empty `crit` is malformed (reading 6).
    if header.get("crit").is_some() {
        return Err(HeaderFault::Critical);
    }
    Ok(string(&header, "kid").map(Into::into))
}

fn string<'n>(header: &'n Members<'_>, name: &str) -> Option<&'n str> {
    match header.get(name) {
        Some(Node::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, header: &str) -> Result<Option<Box<str>>, &'static str> {
        check_header(kind, &base64url::encode(header.as_bytes())).map_err(|fault| fault.code())
    }

    #[test]
    fn plain_headers_are_those_written() {
        for kind in [Kind::Token, Kind::Proof] {
            assert!(is_plain(kind, &base64url::encode(write(kind).as_bytes())));
            // The slow path agrees with the fast one.
            assert_eq!(check(kind, &alloc::format!(" {}", write(kind))), Ok(None));
        }
    }

    #[test]
    fn headers() {
        let cases = [
            (r#"{"typ":"aat+jwt","alg":"Ed25519"}"#, Ok(None)),
            (r#"{"typ":"aat+jwt","alg":"Ed25519","kid":"k1"}"#, Ok(Some("k1".into()))),
            (r#"{"typ":"aat+jwt","alg":"Ed25519","kid":1}"#, Ok(None)),
            (r#"{"typ":"aat+jwt","alg":"Ed25519","jwk":{"d":1},"b64":true}"#, Ok(None)),
            (r#"{"typ":"aat+jwt","alg":"EdDSA"}"#, Err("algorithm_not_allowed")),
            (r#"{"typ":"aat+jwt","alg":"none"}"#, Err("algorithm_not_allowed")),
            (r#"{"typ":"aat+jwt","alg":"ed25519"}"#, Err("algorithm_not_allowed")),
            (r#"{"typ":"aat+jwt","alg":["Ed25519"]}"#, Err("algorithm_not_allowed")),
            (r#"{"typ":"aat+jwt"}"#, Err("algorithm_not_allowed")),
            (r#"{"alg":"Ed25519"}"#, Err("type_wrong")),
            (r#"{"typ":"AAT+JWT","alg":"Ed25519"}"#, Err("type_wrong")),
            (r#"{"typ":"application/aat+jwt","alg":"Ed25519"}"#, Err("type_wrong")),
            (r#"{"typ":"aat-pop+jwt","alg":"Ed25519"}"#, Err("type_wrong")),
            (r#"{"typ":"aat+jwt","alg":"Ed25519","crit":[]}"#, Err("critical_header")),
            (
                r#"{"typ":"aat+jwt","alg":"Ed25519","crit":["b64"],"b64":true}"#,
                Err("critical_header"),
            ),
            (r#"{"typ":"aat+jwt","alg":"Ed25519","crit":null}"#, Err("critical_header")),
            (r#"{"typ":"aat+jwt","alg":"Ed25519","alg":"Ed25519"}"#, Err("header_malformed")),
            (r#"[]"#, Err("header_malformed")),
            (r#""#, Err("header_malformed")),
        ];
        for (header, expected) in cases {
            assert_eq!(check(Kind::Token, header), expected, "{header}");
        }
        assert!(check_header(Kind::Token, "!").is_err());
    }

    #[test]
    fn what_a_header_says_instead_is_told() {
        for (header, expected) in [
            (r#"{"typ":"aat+jwt","alg":"none"}"#, "has `alg` `none`, and only"),
            (r#"{"typ":"aat+jwt","alg":1}"#, "has `alg` missing or not a string, and only"),
            (r#"{"typ":"jwt","alg":"Ed25519"}"#, "has `typ` `jwt`, and it must be `aat+jwt`"),
        ] {
            let fault = check_header(Kind::Token, &base64url::encode(header.as_bytes()));
            let told = alloc::format!("{}", fault.unwrap_err());
            assert!(told.contains(expected), "{told}");
        }
    }
}
