//! The `tools` member of a capability entry in JSON (AAT-02 3.3).

use super::{
    ConstraintFault,
    claims::ClaimFault,
    constraint::{Reader, object, write_constraint, write_entry},
};
use crate::{
    json::{Members, Node, Value},
    model::{Capabilities, Constraint, ConstraintMap},
};
use alloc::vec::Vec;

/// Reads a `tools` object: an object of objects, or the step of the entry's shape fails; then each
/// constraint, or the step of the constraints fails.
pub(crate) fn read_tools(
    tools: Members<'_>,
    max_constraint_depth: usize,
) -> Result<Capabilities, ClaimFault> {
    if let Some((tool, _)) = tools
        .iter()
        .find(|(_, map)| !matches!(map, Node::Object(_)))
    {
        return Err(ClaimFault::ToolNotAnObject { tool: tool.into() });
    }
    let reader = Reader {
        max_depth: max_constraint_depth,
    };
    let mut capabilities = Capabilities::new();
    for (tool, map) in tools {
        if let Node::Object(map) = map {
            let map =
                read_map(map, reader).map_err(|(argument, fault)| ClaimFault::Constraint {
                    tool: (&*tool).into(),
                    argument,
                    fault,
                })?;
            capabilities.insert(tool.into(), map);
        }
    }
    Ok(capabilities)
}

type BadArgument = (alloc::boxed::Box<str>, ConstraintFault);

fn read_map(map: Members<'_>, reader: Reader) -> Result<ConstraintMap, BadArgument> {
    if map.is_empty() {
        return Ok(ConstraintMap::unrestricted());
    }
    let mut read = ConstraintMap::new();
    for (argument, node) in map {
        if argument == "*" {
            reader.unnamed(node).map_err(|fault| ("*".into(), fault))?;
            read.set_unnamed(true);
        } else {
            match reader.entry(node) {
                Ok(entry) => read.insert(argument.into(), entry),
                Err(fault) => return Err((argument.into(), fault)),
            }
        }
    }
    Ok(read)
}

/// The JSON form of a `tools` object.
pub(crate) fn write_tools(capabilities: &Capabilities) -> Value {
    object(
        capabilities
            .tools()
            .map(|(tool, map)| (tool, write_map(map)))
            .collect(),
    )
}

fn write_map(map: &ConstraintMap) -> Value {
    let mut members: Vec<(&str, Value)> = map
        .entries()
        .map(|(argument, entry)| (argument, write_entry(entry)))
        .collect();
    // `{}` already admits every argument (AAT-02 3.3).
    if map.admits_unnamed() && !members.is_empty() {
        members.push(("*", write_constraint(&Constraint::Wildcard)));
    }
    object(members)
}
