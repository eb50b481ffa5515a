//! Chains and presentations in files.

use crate::{
    failure::Failure,
    input::{Document, Inputs, Source},
};
use taper::{Denied, HeldChain, Limits, Place, PresentationFault, Reason, Terms};

/// Reads what `flag` names, a chain or a presentation, as bytes within the limits.
pub(crate) fn read(
    inputs: &mut Inputs,
    flag: &'static str,
    source: &Source,
    limits: &Limits,
) -> Result<Document, Failure> {
    inputs.read(flag, source, limits.max_presentation_size)
}

/// Reads the chain of a holder.
pub(crate) fn read_held(
    inputs: &mut Inputs,
    source: &Source,
    terms: Terms<'_>,
) -> Result<HeldChain, Failure> {
    let document = read(inputs, "--chain", source, terms.limits())?;
    HeldChain::parse(document.bytes().trim_ascii(), terms)
        .map_err(|denied| unreadable(&document, &denied))
}

/// Says where a chain cannot be read.
pub(crate) fn unreadable(document: &Document, denied: &Denied) -> Failure {
    if let Reason::Presentation(PresentationFault::Json(error)) = denied.reason() {
        // Read without the white space around it.
        let start = document.leading();
        return document.fail_json(start, error);
    }
    match denied.place() {
        Place::Token(index) => {
            document.fail(format_args!("aat_chain[{index}]: {}", denied.reason()))
        }
        _ => document.fail(denied.reason()),
    }
}
