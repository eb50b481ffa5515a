//! Keys in files: JWK or PEM, private or public, told apart by what they hold.

use crate::{
    failure::Failure,
    input::{Document, Inputs, Plain, Source},
};
use std::{io, path::Path};
use taper::{
    PublicKey, SigningKey, Value,
    key::{KeyError, file},
};

/// The most bytes of a key file. Keys have a few hundred; certificates and comments may be around.
const MAX_KEY_FILE: usize = 65_536;

/// A key as found in a file.
pub(crate) enum KeyFile {
    /// With the private half.
    Private(Box<SigningKey>),
    /// Without.
    Public(PublicKey),
}

impl KeyFile {
    /// Reads a key of either kind.
    pub(crate) fn read(
        inputs: &mut Inputs,
        flag: &'static str,
        source: &Source,
    ) -> Result<Self, Failure> {
        let document = inputs.read(flag, source, MAX_KEY_FILE)?;
        parse(&document)
    }

    /// The public half.
    pub(crate) fn public(&self) -> &PublicKey {
        match self {
            Self::Private(key) => key.public_key(),
            Self::Public(key) => key,
        }
    }
}

/// Reads a private key.
pub(crate) fn read_private(
    inputs: &mut Inputs,
    flag: &'static str,
    source: &Source,
) -> Result<SigningKey, Failure> {
    match KeyFile::read(inputs, flag, source)? {
        KeyFile::Private(key) => Ok(*key),
        KeyFile::Public(_) => {
            let problem = format_args!("found a public key, expected a private one for `{flag}`");
            Err(Failure::at(source, problem))
        }
    }
}

/// Reads a public key. A private one is refused: it is where it should not be.
pub(crate) fn read_public(
    inputs: &mut Inputs,
    flag: &'static str,
    source: &Source,
) -> Result<PublicKey, Failure> {
    match KeyFile::read(inputs, flag, source)? {
        KeyFile::Public(key) => Ok(key),
        KeyFile::Private(_) => {
            let problem = format_args!(
                "found a private key, expected a public one for `{flag}` (see `taper key public`)"
            );
            Err(Failure::at(source, problem))
        }
    }
}

fn parse(document: &Document) -> Result<KeyFile, Failure> {
    let bytes = document.bytes();
    if bytes.trim_ascii_start().starts_with(b"{") {
        return parse_jwk(bytes).map_err(|error| match (error, Value::from_json(bytes)) {
            (KeyError::NotJsonObject, Err(error)) => document.fail_json(0, &error),
            (error, _) => document.fail(error),
        });
    }
    let text = document.text()?;
    if text.contains("-----BEGIN ") {
        return parse_pem(text).map_err(|error| document.fail(error));
    }
    Err(document.fail("found neither a JWK nor PEM, expected an Ed25519 key"))
}

fn parse_jwk(text: &[u8]) -> Result<KeyFile, KeyError> {
    match PublicKey::from_jwk(text) {
        Ok(key) => Ok(KeyFile::Public(key)),
        Err(KeyError::PrivateMember { .. }) => {
            SigningKey::from_jwk(text).map(|key| KeyFile::Private(Box::new(key)))
        }
        Err(error) => Err(error),
    }
}

fn parse_pem(text: &str) -> Result<KeyFile, KeyError> {
    match PublicKey::from_pem(text) {
        Ok(key) => Ok(KeyFile::Public(key)),
        Err(KeyError::WrongLabel { .. }) => {
            SigningKey::from_pem(text).map(|key| KeyFile::Private(Box::new(key)))
        }
        Err(error) => Err(error),
    }
}

/// Writes a private key to a file that only its owner can read; with `force`, in place of what may
/// be there.
pub(crate) fn write_private(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let written = if force { file::replace(path, text) } else { file::write_new(path, text) };
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::at(
            path.display(),
            "the file exists; `--force` replaces it, and the key in it is then lost",
        ),
        _ => Failure::at(path.display(), Plain(&error)),
    })
}
