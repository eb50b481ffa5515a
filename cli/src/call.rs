//! The call that a proof is for.

use crate::{
    failure::Failure,
    input::{Document, Inputs, Source},
};
use std::ffi::OsString;
use taper::{Limits, Object, json::JsonError};

/// A tool and its arguments.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CallArgs {
    /// The tool.
    #[arg(long)]
    pub(crate) tool: String,
    /// The arguments, a JSON object: as such, in a file as `@FILE`, or on standard input as `-`.
    #[arg(long = "args", value_name = "JSON|@FILE|-")]
    arguments: String,
}

impl CallArgs {
    /// The text of the arguments.
    pub(crate) fn read(&self, inputs: &mut Inputs, limits: &Limits) -> Result<Document, Failure> {
        let flag = "--args";
        let source = match self.arguments.strip_prefix('@') {
            Some(file) => Source::from(OsString::from(file)),
            None if self.arguments == "-" => Source::Stdin,
            None => return Ok(Document::inline(flag, &self.arguments)),
        };
        inputs.read(flag, &source, limits.max_arguments_size)
    }
}

/// Parses the arguments; the error is what a verifier would deny the call for.
pub(crate) fn parse(document: &Document) -> Result<Object, JsonError> {
    Object::from_json(document.bytes())
}
