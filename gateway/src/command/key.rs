//! Trust anchors on the command line.

use super::Failure;
use std::path::PathBuf;
use taper::{PublicKey, TrustAnchor};

/// An issuer and the file with its public key.
#[derive(Clone, Debug)]
pub(crate) struct AnchorArg {
    issuer: String,
    file: PathBuf,
}

/// Reads `ISSUER=FILE`. The file is what follows the last `=`: issuers are URIs, which may have
/// one in their query.
pub(crate) fn parse(text: &str) -> Result<AnchorArg, String> {
    match text.rsplit_once('=') {
        Some((issuer, file)) if !issuer.is_empty() && !file.is_empty() => {
            Ok(AnchorArg { issuer: issuer.into(), file: file.into() })
        }
        _ => Err("expected ISSUER=FILE".into()),
    }
}

impl AnchorArg {
    /// Reads the key, a JWK or PEM.
    pub(crate) fn load(&self) -> Result<TrustAnchor, Failure> {
        let failed = |problem: &dyn std::fmt::Display| Failure::at(self.file.display(), problem);
        let text = std::fs::read_to_string(&self.file).map_err(|error| failed(&error))?;
        let key = match text.trim_start().starts_with('{') {
            true => PublicKey::from_jwk(text.as_bytes()),
            false => PublicKey::from_pem(&text),
        };
        let key = key.map_err(|error| failed(&error))?;
        TrustAnchor::new(self.issuer.as_str(), key).map_err(|error| Failure::at("--anchor", error))
    }
}
