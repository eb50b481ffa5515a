//! One tool call.

use crate::json::{JsonError, Object};
use alloc::boxed::Box;

/// A tool call, parsed from the text that the caller sent (AAT-02 8: `tool` and `args`).
///
/// ```
/// use taper::Invocation;
///
/// let call = Invocation::from_json("read_file", br#"{"path": "/data/q3.pdf"}"#)?;
/// assert_eq!(call.tool(), "read_file");
/// # Ok::<_, taper::InvocationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    tool: Box<str>,
    arguments: Object,
}

impl Invocation {
    /// A call of `tool` with `arguments`.
    pub fn new(tool: impl Into<Box<str>>, arguments: Object) -> Self {
        Self { tool: tool.into(), arguments }
    }

    /// A call of `tool` with the JSON object `arguments`, exactly as the caller sent it: numbers
    /// are judged as written, which a parsed tree has lost (AAT-02 3.4).
    ///
    /// # Errors
    ///
    /// When `arguments` is not one JSON object, repeats a member, or holds a number that is not
    /// admissible. Such a call is to be denied; `Denied` converts from this error, with step 6b.
    pub fn from_json(tool: impl Into<Box<str>>, arguments: &[u8]) -> Result<Self, InvocationError> {
        Ok(Self::new(tool, Object::from_json(arguments)?))
    }

    /// The tool's identifier.
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// The arguments.
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }
}

/// Why the text of a call's arguments cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the arguments cannot be used: {0}")]
pub struct InvocationError(#[from] JsonError);
