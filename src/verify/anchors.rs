//! The keys that root tokens are trusted under.

use crate::{error::Quoted, key::PublicKey};
use alloc::{boxed::Box, vec::Vec};

/// A root issuer's public key, bound to the issuer's identifier (AAT-02 section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchor {
    issuer: Box<str>,
    key: PublicKey,
    key_id: Option<Box<str>>,
}

impl TrustAnchor {
    /// Trusts `key` for root tokens whose `iss` is `issuer`.
    ///
    /// # Errors
    ///
    /// When `issuer` is not a URI (RFC 3986, with a scheme).
    ///
    /// ```
    /// use taper::{SigningKey, TrustAnchor};
    ///
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// assert!(TrustAnchor::new("https://auth.example.com", key.public_key().clone()).is_ok());
    /// assert!(TrustAnchor::new("not a uri", key.public_key().clone()).is_err());
    /// ```
    pub fn new(issuer: impl Into<Box<str>>, key: PublicKey) -> Result<Self, TrustAnchorError> {
        let issuer = issuer.into();
        if !is_uri(&issuer) {
            return Err(TrustAnchorError::IssuerNotUri { issuer });
        }
        Ok(Self { issuer, key, key_id: None })
    }

    /// Gives the anchor the `kid` that root tokens may name it by. A hint for finding the key
    /// sooner, never a reason to accept or refuse (AAT-02 3.5).
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<Box<str>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// The issuer's identifier.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The issuer's public key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// Whether `text` is a URI with a scheme (reading 13).
pub(crate) fn is_uri(text: &str) -> bool {
    fluent_uri::Uri::parse(text).is_ok()
}

/// Why a trust anchor cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustAnchorError {
    /// The issuer is not a URI, which a root's `iss` must be (AAT-02 3.2).
    #[error("the issuer {} is not a URI", Quoted(.issuer))]
    IssuerNotUri {
        /// What was given.
        issuer: Box<str>,
    },
}

/// The anchors of one verifier: several issuers, and several keys of one issuer while it rotates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustAnchors(Vec<TrustAnchor>);

impl TrustAnchors {
    /// No anchors: every chain is denied.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an anchor.
    #[must_use]
    pub fn with(mut self, anchor: TrustAnchor) -> Self {
        self.0.push(anchor);
        self
    }

    /// The anchors.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &TrustAnchor> {
        self.0.iter()
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no anchor.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each different key once, those that `key_id` names first.
    pub(super) fn candidate_keys<'a>(
        &'a self,
        key_id: Option<&str>,
    ) -> impl Iterator<Item = &'a PublicKey> + use<'a> {
        let named =
            move |anchor: &TrustAnchor| key_id.is_some() && anchor.key_id.as_deref() == key_id;
        let first = self.0.iter().filter(move |anchor| named(anchor));
        let rest = self.0.iter().filter(move |anchor| !named(anchor));
        let ordered: Vec<&PublicKey> = first.chain(rest).map(|anchor| &anchor.key).collect();
        let mut distinct: Vec<&PublicKey> = Vec::with_capacity(ordered.len());
        for key in ordered {
            if !distinct.contains(&key) {
                distinct.push(key);
            }
        }
        distinct.into_iter()
    }

    /// Whether `key` is trusted for `issuer` (reading 25: any anchor that says so will do).
    pub(super) fn binds(&self, key: &PublicKey, issuer: &str) -> bool {
        self.0.iter().any(|anchor| anchor.key == *key && *anchor.issuer == *issuer)
    }
}

impl FromIterator<TrustAnchor> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = TrustAnchor>>(anchors: I) -> Self {
        Self(anchors.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    fn anchor(issuer: &str, key: u8, key_id: Option<&str>) -> TrustAnchor {
        let anchor =
            TrustAnchor::new(issuer, SigningKey::from_seed(&[key; 32]).public_key().clone());
        match key_id {
            Some(key_id) => anchor.unwrap().with_key_id(key_id),
            None => anchor.unwrap(),
        }
    }

    #[test]
    fn each_key_once_and_those_that_are_named_first() {
        let anchors = [
            anchor("urn:a", 1, None),
            anchor("urn:a", 2, Some("x")),
            anchor("urn:b", 1, Some("y")),
            anchor("urn:b", 3, Some("x")),
        ];
        let given = anchors.clone();
        let [one, two, _, three] = given.each_ref().map(TrustAnchor::key);
        let anchors: TrustAnchors = anchors.into_iter().collect();
        for (key_id, expected) in [
            (None, [one, two, three]),
            (Some("z"), [one, two, three]),
            (Some("x"), [two, three, one]),
            (Some("y"), [one, two, three]),
        ] {
            let found: Vec<&PublicKey> = anchors.candidate_keys(key_id).collect();
            assert_eq!(found, expected, "{key_id:?}");
        }
        assert!(anchors.iter().eq(&given));
        let issuers: Vec<&str> = anchors.iter().map(TrustAnchor::issuer).collect();
        assert_eq!(issuers, ["urn:a", "urn:a", "urn:b", "urn:b"]);
        assert_eq!((anchors.len(), anchors.is_empty()), (4, false));
        assert_eq!((TrustAnchors::new().len(), TrustAnchors::new().is_empty()), (0, true));
    }
}
