//! `narrows`: may one thing stand below another?

use super::Unanswerable;
use crate::{extensions, vectors::expected::Judgement};
use serde::Deserialize;
use taper::{
    Capabilities, ClaimFault, Constraint, ConstraintFault, ConstraintMap, Limits, Step, Terms,
    extension::Extensions as Known,
};

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    level: Level,
    child: String,
    parent: String,
    #[serde(default)]
    extensions: Extensions,
}

/// The extension types to know.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Extensions(Vec<extensions::Name>);

impl Extensions {
    pub(super) fn known(&self) -> Known {
        extensions::known(&self.0)
    }
}

/// What a constraint, or several, stand for.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    #[default]
    Constraint,
    /// A map of constraints.
    Arguments,
    /// A map of tools.
    Tools,
}

/// Judges the child under its parent. Both must be readable: a parent that is not has no children.
pub(super) fn judge(request: Request) -> Result<Judgement, Unanswerable> {
    let [child, parent] = [&request.child, &request.parent];
    let known = request.extensions.known();
    Ok(match request.level {
        Level::Constraint => {
            match (read_constraint(child, &known), read_constraint(parent, &known)) {
                (Ok(child), Ok(parent)) if child.narrows(&parent) => Judgement::permit(),
                (Ok(child), Ok(parent)) => {
                    let detail = format!("{child} does not narrow {parent}");
                    Judgement::deny(Step::Narrowing.label(), "constraint_widened", detail)
                }
                (Err(fault), _) | (_, Err(fault)) => ill_formed(&fault),
            }
        }
        Level::Arguments => match (read_arguments(child, &known), read_arguments(parent, &known)) {
            (Ok(child), Ok(parent)) => {
                let [child, parent] =
                    [child, parent].map(|map| Capabilities::new().with_tool("tool", map));
                under(&child, &parent)
            }
            (Err(fault), _) | (_, Err(fault)) => ill_formed(&fault),
        },
        Level::Tools => match (read_tools(child, &known), read_tools(parent, &known)) {
            (Ok(child), Ok(parent)) => under(&child, &parent),
            (Err(fault), _) | (_, Err(fault)) => ill_shaped(&fault),
        },
    })
}

fn under(child: &Capabilities, parent: &Capabilities) -> Judgement {
    match child.narrows(parent) {
        Ok(()) => Judgement::permit(),
        Err(wider) => Judgement::deny(wider.step().label(), wider.code(), &wider),
    }
}

pub(super) fn read_constraint(text: &str, known: &Known) -> Result<Constraint, ConstraintFault> {
    Constraint::from_json(text.as_bytes(), Terms::new(&Limits::default(), known))
}

pub(super) fn read_arguments(text: &str, known: &Known) -> Result<ConstraintMap, ConstraintFault> {
    ConstraintMap::from_json(text.as_bytes(), Terms::new(&Limits::default(), known))
}

pub(super) fn read_tools(text: &str, known: &Known) -> Result<Capabilities, ClaimFault> {
    Capabilities::from_json(text.as_bytes(), Terms::new(&Limits::default(), known))
}

/// The fault of a constraint in no particular token: 3n in a root, 4o below it.
pub(super) fn ill_formed(fault: &ConstraintFault) -> Judgement {
    Judgement::deny(Step::RootConstraints.label(), fault.code(), fault)
}

/// The fault of tools in no particular token.
pub(super) fn ill_shaped(fault: &ClaimFault) -> Judgement {
    match fault {
        ClaimFault::Constraint { fault, .. } => ill_formed(fault),
        fault => Judgement::deny(Step::RootCapability.label(), fault.code(), fault),
    }
}
