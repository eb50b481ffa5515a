//! Whom root tokens are trusted from.

use super::{
    error::PolicyError,
    file::{self, Text, Time},
    reading::Reading,
};
use crate::{
    files::Content,
    key_set::{self, KeySetUrl},
};
use std::time::Duration;
use taper::{PublicKey, SigningKey, TrustAnchor, TrustAnchors, key::KeyError};
use toml::Spanned;

/// The anchors of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Anchors {
    /// Those whose keys stand in files.
    pub(super) fixed: TrustAnchors,
    /// Those whose keys have to be fetched.
    pub(super) fetched: Vec<Fetched>,
}

/// An issuer whose keys are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) issuer: Box<str>,
    pub(super) url: KeySetUrl,
    /// After which age keys are no longer good.
    pub(super) max_age: Option<Duration>,
}

/// Where the keys of an anchor are.
const KINDS: &str = "one of `jwk`, `key_file`, `jwks_file` and `jwks_url`";

impl Anchors {
    pub(super) fn read(
        reading: &mut Reading<'_>,
        anchors: &[Spanned<file::Anchor>],
    ) -> Result<Self, PolicyError> {
        let mut all = Self::default();
        for anchor in anchors {
            all.add(reading, anchor)?;
        }
        Ok(all)
    }

    fn add(
        &mut self,
        reading: &mut Reading<'_>,
        anchor: &Spanned<file::Anchor>,
    ) -> Result<(), PolicyError> {
        let at = anchor;
        let anchor = anchor.get_ref();
        if anchor.jwks_url.is_none() {
            let only = [&anchor.refresh, &anchor.timeout, &anchor.max_age];
            if let Some(time) = only.into_iter().flatten().next() {
                let problem = "this is for anchors with `jwks_url`; remove it here";
                return Err(reading.fail(time, problem));
            }
        }
        match (&anchor.jwk, &anchor.key_file, &anchor.jwks_file, &anchor.jwks_url) {
            (Some(jwk), None, None, None) => {
                let key = public(reading, jwk, jwk.get_ref().as_bytes())?;
                self.trust(reading, anchor, key, None)
            }
            (None, Some(file), None, None) => {
                let text = reading.named(file, Content::Public)?;
                let key = public(reading, file, &text)?;
                self.trust(reading, anchor, key, None)
            }
            (None, None, Some(file), None) => {
                let text = reading.named(file, Content::Public)?;
                let keys = key_set::parse(&text).map_err(|error| reading.fail(file, error))?;
                keys.into_iter().try_for_each(|key| self.trust(reading, anchor, key.key, key.id))
            }
            (None, None, None, Some(url)) => self.fetch(reading, anchor, url),
            (None, None, None, None) => {
                Err(reading.fail(at, format_args!("the anchor has no key, expected {KINDS}")))
            }
            _ => Err(reading.fail(at, format_args!("the anchor has several, expected {KINDS}"))),
        }
    }

    fn trust(
        &mut self,
        reading: &Reading<'_>,
        anchor: &file::Anchor,
        key: PublicKey,
        id: Option<Box<str>>,
    ) -> Result<(), PolicyError> {
        let trusted = self::anchor(anchor.issuer.get_ref(), key, id)
            .map_err(|error| reading.fail(&anchor.issuer, error))?;
        self.fixed = std::mem::take(&mut self.fixed).with(trusted);
        Ok(())
    }

    fn fetch(
        &mut self,
        reading: &Reading<'_>,
        anchor: &file::Anchor,
        url: &Text,
    ) -> Result<(), PolicyError> {
        let seconds = |time: &Option<Spanned<Time>>| {
            time.as_ref().map(|time| reading.seconds(time)).transpose()
        };
        let refresh = seconds(&anchor.refresh)?.unwrap_or(Duration::from_secs(300));
        let timeout =
            anchor.timeout.as_ref().map_or(Duration::from_secs(5), |time| time.get_ref().0);
        let max_age = seconds(&anchor.max_age)?;
        if let (Some(time), Some(age)) = (&anchor.max_age, max_age)
            && age < refresh.saturating_mul(2)
        {
            let problem = "found less than twice `refresh`: one fetch that fails would end it";
            return Err(reading.fail(time, problem));
        }
        // So that it is known before keys are there.
        if let Err(error) = is_issuer(anchor.issuer.get_ref()) {
            return Err(reading.fail(&anchor.issuer, error));
        }
        let url = KeySetUrl::new(url.get_ref(), refresh, timeout)
            .map_err(|error| reading.fail(url, error))?;
        let issuer = anchor.issuer.get_ref().as_str().into();
        self.fetched.push(Fetched { issuer, url, max_age });
        Ok(())
    }
}

/// An anchor for `issuer`.
pub(super) fn anchor(
    issuer: &str,
    key: PublicKey,
    id: Option<Box<str>>,
) -> Result<TrustAnchor, taper::TrustAnchorError> {
    let anchor = TrustAnchor::new(issuer, key)?;
    Ok(match id {
        Some(id) => anchor.with_key_id(id),
        None => anchor,
    })
}

/// Whether `issuer` can be one, whatever its keys will be.
fn is_issuer(issuer: &str) -> Result<(), taper::TrustAnchorError> {
    let any = SigningKey::from_seed(&[0; 32]);
    TrustAnchor::new(issuer, any.public_key().clone()).map(drop)
}

/// A public key as JWK or PEM.
fn public(reading: &Reading<'_>, at: &Text, text: &[u8]) -> Result<PublicKey, PolicyError> {
    let key = match std::str::from_utf8(text) {
        Ok(text) if text.contains("-----BEGIN ") => PublicKey::from_pem(text),
        _ => PublicKey::from_jwk(text),
    };
    key.map_err(|error| match error {
        KeyError::PrivateMember { .. } | KeyError::WrongLabel { .. } => {
            let help = "trust needs the public half alone (see `taper key public`)";
            reading.fail(at, format_args!("{error}; {help}"))
        }
        error => reading.fail(at, format_args!("found no Ed25519 public key: {error}")),
    })
}
