//! Sets of public keys (RFC 7517 section 5), in files and from URLs.

mod fetched;

pub use fetched::{FetchError, KeySet, KeySetUrl, KeySetUrlError};

use serde::Deserialize;
use serde_json::value::RawValue;
use taper::{PublicKey, key::KeyError};

/// A key of a set, with the id that tokens may name it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedKey {
    pub(crate) key: PublicKey,
    pub(crate) id: Option<Box<str>>,
}

/// Why a set of keys is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// It is no key set.
    #[error("found no key set, expected `{{\"keys\": [...]}}`: {0}")]
    Json(#[from] serde_json::Error),
    /// A key that could be used is wrong.
    #[error("key {at} of the set: {error}")]
    Key {
        /// Counted from 1.
        at: usize,
        /// Why.
        error: KeyError,
    },
    /// There is no key that could be used.
    #[error("the set has no Ed25519 key for signatures")]
    Empty,
}

#[derive(Deserialize)]
struct Set<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// What says whether a key is for us at all.
#[derive(Deserialize)]
struct Kind {
    kty: Option<String>,
    crv: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
}

impl Kind {
    /// Keys of other kinds are others' (RFC 7517 section 5); such a set may serve many.
    fn is_ours(&self) -> bool {
        let may_be = |member: &Option<String>, values: &[&str]| {
            member.as_deref().is_none_or(|value| values.contains(&value))
        };
        self.kty.as_deref() == Some("OKP")
            && self.crv.as_deref() == Some("Ed25519")
            && may_be(&self.r#use, &["sig"])
            && may_be(&self.alg, &["EdDSA", "Ed25519"])
    }
}

/// The Ed25519 keys of a set. One that is private spoils the set: it has leaked.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<ListedKey>, KeySetError> {
    let set: Set<'_> = serde_json::from_slice(text)?;
    let mut keys = vec![];
    for (at, jwk) in (1..).zip(set.keys) {
        let kind: Kind = serde_json::from_str(jwk.get())?;
        if !kind.is_ours() {
            continue;
        }
        let key = PublicKey::from_jwk(jwk.get().as_bytes())
            .map_err(|error| KeySetError::Key { at, error })?;
        keys.push(ListedKey { key, id: kind.kid.map(Into::into) });
    }
    if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taper_testkit::{key, x};

    fn jwk(n: u8, more: &str) -> String {
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"{more}}}"#, x(n))
    }

    fn set(keys: &[&str]) -> String {
        format!(r#"{{"keys":[{}],"other":1}}"#, keys.join(","))
    }

    #[test]
    fn keys_that_are_ours() {
        let text = set(&[
            &jwk(1, r#","kid":"a","use":"sig","alg":"EdDSA""#),
            r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#,
            &jwk(2, r#","use":"enc""#),
            &jwk(3, r#","alg":"ES256""#),
            r#"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#,
            &jwk(4, ""),
        ]);
        let listed = |n: u8, id: Option<&str>| ListedKey {
            key: key(n).public_key().clone(),
            id: id.map(Into::into),
        };
        assert_eq!(parse(text.as_bytes()).unwrap(), [listed(1, Some("a")), listed(4, None)]);
    }

    #[test]
    fn sets_that_are_refused() {
        for (text, part) in [
            (set(&[&jwk(1, ""), &jwk(2, r#","d":"AAAA""#)]), "key 2 of the set: private member"),
            (set(&[r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#]), "key 1 of the set"),
            (set(&[&jwk(1, r#","x":"AAAA""#)]), "key 1 of the set"),
            (set(&[]), "no Ed25519 key"),
            (set(&["1"]), "expected `{\"keys\": [...]}`"),
            (jwk(1, ""), "missing field `keys`"),
            ("<html>".into(), "expected `{\"keys\": [...]}`"),
        ] {
            let found = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(found.contains(part), "{text}: {found}");
        }
    }
}
