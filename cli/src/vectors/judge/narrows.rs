//! `narrows`: may one thing stand below another?

use super::Unanswerable;
use crate::vectors::expected::Judgement;
use serde::Deserialize;
use taper::{Capabilities, ClaimFault, Constraint, ConstraintFault, ConstraintMap, Limits, Step};

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    level: Level,
    child: String,
    parent: String,
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
    Ok(match request.level {
        Level::Constraint => match (read_constraint(child), read_constraint(parent)) {
            (Ok(child), Ok(parent)) if child.narrows(&parent) => Judgement::permit(),
            (Ok(child), Ok(parent)) => {
                let detail = format!("{child} does not narrow {parent}");
                Judgement::deny(Step::Narrowing.label(), "constraint_widened", detail)
            }
            (Err(fault), _) | (_, Err(fault)) => ill_formed(&fault),
        },
        Level::Arguments => match (read_arguments(child), read_arguments(parent)) {
            (Ok(child), Ok(parent)) => {
                let [child, parent] =
                    [child, parent].map(|map| Capabilities::new().with_tool("tool", map));
                under(&child, &parent)
            }
            (Err(fault), _) | (_, Err(fault)) => ill_formed(&fault),
        },
        Level::Tools => match (read_tools(child), read_tools(parent)) {
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

pub(super) fn read_constraint(text: &str) -> Result<Constraint, ConstraintFault> {
    Constraint::from_json(text.as_bytes(), &Limits::default())
}

pub(super) fn read_arguments(text: &str) -> Result<ConstraintMap, ConstraintFault> {
    ConstraintMap::from_json(text.as_bytes(), &Limits::default())
}

pub(super) fn read_tools(text: &str) -> Result<Capabilities, ClaimFault> {
    Capabilities::from_json(text.as_bytes(), &Limits::default())
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
