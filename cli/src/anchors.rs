//! Trust anchors on the command line.

use crate::{
    failure::Failure,
    input::{Inputs, Source},
    key_file::read_public,
};
use taper::{TrustAnchor, TrustAnchors};

/// An issuer and the file with its public key.
#[derive(Clone, Debug)]
pub(crate) struct AnchorArg {
    issuer: String,
    file: Source,
}

/// Reads `ISSUER=PUBFILE`. The file is what follows the last `=`: issuers are URIs, which may have
/// one in their query.
pub(crate) fn parse(text: &str) -> Result<AnchorArg, String> {
    match text.rsplit_once('=') {
        Some((issuer, file)) if !issuer.is_empty() && !file.is_empty() => Ok(AnchorArg {
            issuer: issuer.into(),
            file: Source::from(std::ffi::OsString::from(file)),
        }),
        _ => Err("expected ISSUER=PUBFILE".into()),
    }
}

/// Reads the keys of all anchors.
pub(crate) fn load(inputs: &mut Inputs, anchors: &[AnchorArg]) -> Result<TrustAnchors, Failure> {
    let one = |anchor: &AnchorArg| {
        let key = read_public(inputs, "--anchor", &anchor.file)?;
        TrustAnchor::new(anchor.issuer.as_str(), key)
            .map_err(|error| Failure::at("--anchor", error))
    };
    anchors.iter().map(one).collect()
}
