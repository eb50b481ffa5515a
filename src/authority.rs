//! Whether a leaf authorizes a call: steps 6a and 6b of AAT-02 section 8, for holders and
//! verifiers alike.

use crate::{
    denied::{Denied, Place, Reason},
    model::{ArgumentRefused, Capabilities, Claims, Invocation},
    step::Step,
};
use alloc::boxed::Box;

/// Step 6a.
pub(crate) fn capabilities(leaf: &Claims) -> Result<&Capabilities, Denied> {
    let place = || usize::try_from(leaf.depth()).map_or(Place::Presentation, Place::Token);
    let none = || Denied::new(Step::LeafCapability, place(), Reason::LeafWithoutCapability);
    leaf.capabilities().ok_or_else(none)
}

pub(crate) fn check_authority(leaf: &Claims, call: &Invocation) -> Result<(), Denied> {
    let capabilities = capabilities(leaf)?;
    let denied = |reason| Err(Denied::new(Step::Arguments, Place::Call, reason));
    let tool = || Box::<str>::from(call.tool());
    // A proof of no tool is refused (step 7c), so such a call is refused in every profile.
    let Some(map) = capabilities.tool(call.tool()).filter(|_| !call.tool().is_empty()) else {
        return denied(Reason::ToolNotAuthorized { tool: tool() });
    };
    match map.check(call.arguments()) {
        Ok(()) => Ok(()),
        Err(ArgumentRefused::NotNamed { argument }) => {
            denied(Reason::ArgumentNotNamed { tool: tool(), argument: argument.into() })
        }
        Err(ArgumentRefused::Missing { argument }) => {
            denied(Reason::ArgumentMissing { tool: tool(), argument: argument.into() })
        }
        Err(ArgumentRefused::Value { argument, value, constraint }) => {
            denied(Reason::ArgumentRefused {
                tool: tool(),
                argument: argument.into(),
                value: Box::new(value.clone()),
                constraint: Box::new(constraint.clone()),
            })
        }
    }
}
