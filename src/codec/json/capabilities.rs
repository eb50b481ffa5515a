//! The `tools` member of a capability entry in JSON (AAT-02 3.3).

use super::{
    ClaimFault, ConstraintFault,
    constraint::{Reader, object, write_constraint, write_entry},
};
use crate::{
    json::{self, Members, Node, Value},
    model::{Capabilities, Constraint, ConstraintMap},
    terms::Terms,
};
use alloc::{boxed::Box, string::String, vec::Vec};

/// Reads a `tools` object: an object of objects, or the step of the entry's shape fails; then each
/// constraint, or the step of the constraints fails.
pub(crate) fn read_tools(tools: Members<'_>, terms: Terms<'_>) -> Result<Capabilities, ClaimFault> {
    if let Some((tool, _)) = tools.iter().find(|(_, map)| !matches!(map, Node::Object(_))) {
        return Err(ClaimFault::ToolNotAnObject { tool: tool.into() });
    }
    let reader = Reader { terms };
    let mut capabilities = Capabilities::new();
    for (tool, map) in tools {
        if let Node::Object(map) = map {
            let map = read_map(map, reader).map_err(|(argument, fault)| {
                ClaimFault::Constraint { tool: (&*tool).into(), argument, fault }
            })?;
            capabilities.insert(tool.into(), map);
        }
    }
    Ok(capabilities)
}

type BadArgument = (Box<str>, ConstraintFault);

fn read_map(map: Members<'_>, reader: Reader<'_>) -> Result<ConstraintMap, BadArgument> {
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
    object(capabilities.tools().map(|(tool, map)| (tool, write_map(map))).collect())
}

fn write_map(map: &ConstraintMap) -> Value {
    let mut members: Vec<(&str, Value)> =
        map.entries().map(|(argument, entry)| (argument, write_entry(entry))).collect();
    // `{}` already admits every argument (AAT-02 3.3).
    if map.admits_unnamed() && !members.is_empty() {
        members.push(("*", write_constraint(&Constraint::Wildcard)));
    }
    object(members)
}

impl Capabilities {
    /// Reads the JSON form of a `tools` object, as tokens carry it (AAT-02 3.3).
    ///
    /// # Errors
    ///
    /// When the text is not strict JSON, or a constraint is unknown or not well-formed.
    ///
    /// ```
    /// use taper::{Capabilities, Limits};
    ///
    /// let text = br#"{"read_file": {"path": {"constraint_type": "exact", "value": "/a"}}}"#;
    /// let tools = Capabilities::from_json(text, &Limits::default())?;
    /// assert_eq!(tools.tools().next().unwrap().0, "read_file");
    /// # Ok::<_, taper::ClaimFault>(())
    /// ```
    pub fn from_json<'t>(text: &[u8], terms: impl Into<Terms<'t>>) -> Result<Self, ClaimFault> {
        match json::parse(text, json::MAX_DEPTH)? {
            Node::Object(tools) => read_tools(tools, terms.into()),
            _ => Err(ClaimFault::Type { claim: "tools", expected: "an object" }),
        }
    }

    /// The JSON form of a `tools` object, canonical (RFC 8785).
    pub fn to_json(&self) -> String {
        write_tools(self).to_jcs()
    }
}

impl ConstraintMap {
    /// Reads the JSON form of the constraints on one tool's arguments (AAT-02 3.3).
    ///
    /// # Errors
    ///
    /// When the text is not strict JSON, not an object, or a constraint is unknown or not
    /// well-formed.
    ///
    /// ```
    /// use taper::{ConstraintMap, Limits, at_most};
    ///
    /// let text = br#"{"limit": {"constraint_type": "range", "max": 100, "optional": true}}"#;
    /// let map = ConstraintMap::from_json(text, &Limits::default())?;
    /// assert_eq!(map, ConstraintMap::new().optional("limit", at_most(100)));
    /// # Ok::<_, taper::ConstraintFault>(())
    /// ```
    pub fn from_json<'t>(
        text: &[u8],
        terms: impl Into<Terms<'t>>,
    ) -> Result<Self, ConstraintFault> {
        let reader = Reader { terms: terms.into() };
        match json::parse(text, json::MAX_DEPTH)? {
            Node::Object(map) => read_map(map, reader).map_err(|(_, fault)| fault),
            _ => Err(ConstraintFault::NotAnObject),
        }
    }

    /// The JSON form of the map, canonical (RFC 8785).
    pub fn to_json(&self) -> String {
        write_map(self).to_jcs()
    }
}

impl Constraint {
    /// Reads the JSON form of a constraint, without `optional` (AAT-02 3.4).
    ///
    /// # Errors
    ///
    /// When the text is not strict JSON, or the constraint is unknown or not well-formed.
    ///
    /// ```
    /// use taper::{Constraint, Limits, at_most};
    ///
    /// let text = br#"{"constraint_type": "range", "max": 100}"#;
    /// let constraint = Constraint::from_json(text, &Limits::default())?;
    /// assert_eq!(constraint, at_most(100));
    /// assert_eq!(constraint.to_json(), r#"{"constraint_type":"range","max":100}"#);
    /// # Ok::<_, taper::ConstraintFault>(())
    /// ```
    pub fn from_json<'t>(
        text: &[u8],
        terms: impl Into<Terms<'t>>,
    ) -> Result<Self, ConstraintFault> {
        let reader = Reader { terms: terms.into() };
        reader.plain(json::parse(text, json::MAX_DEPTH)?)
    }

    /// The JSON form of the constraint, canonical (RFC 8785).
    pub fn to_json(&self) -> String {
        write_constraint(self).to_jcs()
    }
}
