//! Whether a leaf authorizes a call: steps 6a and 6b of AAT-02 section 8, for holders and
//! verifiers alike.

use crate::{
    denied::{Denied, Place, Reason},
    model::{ArgumentRefused, Claims, Invocation},
    step::Step,
};
use alloc::boxed::Box;

pub(crate) fn check_authority(leaf: &Claims, call: &Invocation) -> Result<(), Denied> {
    let Some(capabilities) = leaf.capabilities() else {
        let place = usize::try_from(leaf.depth()).map_or(Place::Presentation, Place::Token);
        return Err(Denied::new(Step::LeafCapability, place, Reason::LeafWithoutCapability));
    };
    let denied = |reason| Err(Denied::new(Step::Arguments, Place::Call, reason));
    let tool = call.tool();
    // A proof of no tool is refused (step 7c), so such a call is refused in every profile.
    let Some(map) = capabilities.tool(tool).filter(|_| !tool.is_empty()) else {
        return denied(Reason::ToolNotAuthorized { tool: tool.into() });
    };
    match map.check(call.arguments()) {
        Ok(()) => Ok(()),
        Err(ArgumentRefused::NotNamed { argument }) => {
            denied(Reason::ArgumentNotNamed { tool: tool.into(), argument: argument.into() })
        }
        Err(ArgumentRefused::Missing { argument }) => {
            denied(Reason::ArgumentMissing { tool: tool.into(), argument: argument.into() })
        }
        Err(ArgumentRefused::Value { argument, value, constraint }) => {
            denied(Reason::ArgumentRefused {
                tool: tool.into(),
                argument: argument.into(),
                value: Box::new(value.clone()),
                constraint: Box::new(constraint.clone()),
            })
        }
    }
}
