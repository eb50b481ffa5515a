//! Capabilities, by themselves (the root's) and against the parent's.

use super::{
    constraint::{BadConstraint, Places, read_change, read_entry, write_change, write_entry},
    cursor::{CompactFault, CompactRule, Cursor, Writer},
};
use crate::{
    codec::ClaimFault,
    model::{Capabilities, ConstraintMap},
    terms::Terms,
};
use alloc::sync::Arc;

/// A derived token without a capability entry.
const NONE: u8 = 0;
/// The parent's capabilities, all of them unchanged.
const SAME: u8 = 1;
/// Some of the parent's tools, listed.
const LISTED: u8 = 2;

/// One tool's map, unchanged or changed.
const MAP_SAME: u8 = 0;
const MAP_CHANGED: u8 = 1;

/// Why capabilities in a body are refused.
#[derive(Debug)]
pub(super) enum BadCapabilities {
    Bytes(CompactFault),
    Meaning(ClaimFault),
}

impl From<CompactFault> for BadCapabilities {
    fn from(fault: CompactFault) -> Self {
        Self::Bytes(fault)
    }
}

/// Says where a constraint stood that is refused for what it says.
fn within(tool: &str, argument: &str) -> impl Fn(BadConstraint) -> BadCapabilities {
    move |bad| match bad {
        BadConstraint::Bytes(fault) => BadCapabilities::Bytes(fault),
        BadConstraint::Meaning(fault) => BadCapabilities::Meaning(ClaimFault::Constraint {
            tool: tool.into(),
            argument: argument.into(),
            fault,
        }),
    }
}

pub(super) fn read_root(
    cursor: &mut Cursor<'_>,
    terms: Terms<'_>,
) -> Result<Capabilities, BadCapabilities> {
    let mut capabilities = Capabilities::new();
    for _ in 0..cursor.count("tools")? {
        let tool: &str = cursor.take("tool")?;
        let header: u64 = cursor.take("arguments")?;
        let mut map = ConstraintMap::new();
        map.set_unnamed(header & 1 != 0);
        read_named(cursor, tool, header >> 1, &mut map, terms)?;
        check_sayable(cursor, &map)?;
        capabilities.insert(tool.into(), map);
    }
    Ok(capabilities)
}

pub(super) fn write_root(capabilities: &Capabilities, out: &mut Writer) {
    out.count(capabilities.len());
    for (tool, map) in capabilities.tools() {
        out.put(tool);
        let named = map.entries().len().saturating_mul(2);
        out.count(named | usize::from(map.admits_unnamed()));
        for (argument, entry) in map.entries() {
            out.put(argument);
            write_entry(entry, out);
        }
    }
}

/// Reads `count` arguments with their names.
fn read_named(
    cursor: &mut Cursor<'_>,
    tool: &str,
    count: u64,
    map: &mut ConstraintMap,
    terms: Terms<'_>,
) -> Result<(), BadCapabilities> {
    for _ in 0..count {
        let argument: &str = cursor.take("argument")?;
        if argument == "*" {
            return Err(cursor.malformed("argument").into());
        }
        let entry = read_entry(cursor, terms).map_err(within(tool, argument))?;
        map.insert(argument.into(), entry);
    }
    Ok(())
}

pub(super) fn read_derived(
    cursor: &mut Cursor<'_>,
    parent: Option<&Capabilities>,
    terms: Terms<'_>,
) -> Result<Option<Capabilities>, BadCapabilities> {
    let nothing = Capabilities::new();
    match (cursor.byte("capabilities")?, parent) {
        (NONE, _) => Ok(None),
        (SAME, Some(parent)) => Ok(Some(parent.clone())),
        (LISTED, parent) => read_listed(cursor, parent.unwrap_or(&nothing), terms).map(Some),
        (found, _) => Err(cursor.fault(CompactRule::Tag { what: "capabilities", found }).into()),
    }
}

/// Writes what became of the parent's capabilities; `None` when it cannot be said, because the
/// child has a tool that the parent lacks, or an argument that the parent does not admit.
pub(super) fn write_derived(
    parent: Option<&Capabilities>,
    child: Option<&Capabilities>,
    out: &mut Writer,
) -> Option<()> {
    match (parent, child) {
        (_, None) => out.byte(NONE),
        (Some(parent), Some(child)) if parent == child => out.byte(SAME),
        (parent, Some(child)) => {
            out.byte(LISTED);
            write_listed(parent.unwrap_or(&Capabilities::new()), child, out)?;
        }
    }
    Some(())
}

fn read_listed(
    cursor: &mut Cursor<'_>,
    parent: &Capabilities,
    terms: Terms<'_>,
) -> Result<Capabilities, BadCapabilities> {
    let mut capabilities = Capabilities::new();
    let mut places = Places::default();
    let mut tools = parent.shared().enumerate();
    for _ in 0..cursor.count("tools")? {
        let place = places.read(cursor)?;
        let none = CompactRule::Place { what: "tool" };
        let (_, (tool, map)) =
            tools.find(|(at, _)| *at == place).ok_or_else(|| cursor.fault(none))?;
        let map = match cursor.byte("arguments")? {
            MAP_SAME => Arc::clone(map),
            MAP_CHANGED => Arc::new(read_map(cursor, tool, map, terms)?),
            found => {
                return Err(cursor.fault(CompactRule::Tag { what: "arguments", found }).into());
            }
        };
        capabilities.insert_shared(Arc::clone(tool), map);
    }
    Ok(capabilities)
}

fn write_listed(parent: &Capabilities, child: &Capabilities, out: &mut Writer) -> Option<()> {
    if child.tools().any(|(tool, _)| parent.tool(tool).is_none()) {
        return None;
    }
    out.count(child.len());
    let mut places = Places::default();
    for (place, (tool, above)) in parent.tools().enumerate() {
        let Some(below) = child.tool(tool) else {
            continue;
        };
        places.write(place, out);
        if above == below {
            out.byte(MAP_SAME);
        } else {
            out.byte(MAP_CHANGED);
            write_map(above, below, out)?;
        }
    }
    Some(())
}

fn read_map(
    cursor: &mut Cursor<'_>,
    tool: &str,
    parent: &ConstraintMap,
    terms: Terms<'_>,
) -> Result<ConstraintMap, BadCapabilities> {
    let mut map = ConstraintMap::new();
    for (argument, above) in parent.shared() {
        let entry = read_change(cursor, above, terms).map_err(within(tool, argument))?;
        if let Some(entry) = entry {
            map.insert(Arc::clone(argument), entry);
        }
    }
    // Only where the parent admits unnamed arguments can there be more of them.
    if parent.admits_unnamed() {
        let header: u64 = cursor.take("arguments")?;
        map.set_unnamed(header & 1 != 0);
        read_named(cursor, tool, header >> 1, &mut map, terms)?;
    }
    check_sayable(cursor, &map)?;
    Ok(map)
}

/// A tool that admits no argument at all cannot be said in JSON, where `{}` admits every argument
/// (reading 31); so that both profiles say the same, it cannot be said here either.
fn check_sayable(cursor: &Cursor<'_>, map: &ConstraintMap) -> Result<(), CompactFault> {
    if map.is_unwritable() { Err(cursor.malformed("arguments")) } else { Ok(()) }
}

fn write_map(parent: &ConstraintMap, child: &ConstraintMap, out: &mut Writer) -> Option<()> {
    if child.is_unwritable() {
        return None;
    }
    for (argument, above) in parent.entries() {
        write_change(above, child.entry(argument), out);
    }
    let added = || child.entries().filter(|(argument, _)| parent.entry(argument).is_none());
    if parent.admits_unnamed() {
        let named = added().count().saturating_mul(2);
        out.count(named | usize::from(child.admits_unnamed()));
        for (argument, entry) in added() {
            out.put(argument);
            write_entry(entry, out);
        }
    } else if child.admits_unnamed() || added().next().is_some() {
        return None;
    }
    Some(())
}
