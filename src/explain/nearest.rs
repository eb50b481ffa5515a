//! The nearest call that a leaf would permit.

use super::{SHOWN, more, search::Search};
use crate::{
    error::Quoted,
    json::{Object, Value},
    model::{Claims, Constraint, ConstraintMap, Invocation},
};
use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};
use core::fmt;

/// The most granted tools that are named in place of one that is not.
const TOOLS_NAMED: usize = 16;

/// What would have to change of a refused call. `Display` has one clause per line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nearest {
    /// Other arguments would be permitted.
    Arguments {
        /// What to change, in order of the arguments' names.
        adjustments: Vec<Adjustment>,
        /// The call with all adjustments made, when each has a value; the leaf authorizes it.
        call: Option<Box<Invocation>>,
    },
    /// The tool is not granted, so no arguments help.
    ToolNotGranted {
        /// The first of the tools that are granted, in order of their names.
        granted: Vec<Box<str>>,
        /// How many more are granted.
        more: usize,
    },
}

/// One change to the arguments of a call. `Display` is one short clause, bounded in length.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Adjustment {
    /// Leave an argument out.
    Remove {
        /// The argument.
        argument: Box<str>,
    },
    /// Add a required argument.
    Add {
        /// The argument.
        argument: Box<str>,
        /// A value that would be accepted, when one is at hand.
        value: Option<Value>,
        /// What the value must satisfy.
        constraint: Box<Constraint>,
    },
    /// Give an argument another value.
    Set {
        /// The argument.
        argument: Box<str>,
        /// The nearest value found that would be accepted, when one is at hand.
        value: Option<Value>,
        /// What the value must satisfy.
        constraint: Box<Constraint>,
    },
    /// Drop elements from an argument that is an array, add others to its end, or both.
    Elements {
        /// The argument.
        argument: Box<str>,
        /// The elements to drop wherever they stand, each once.
        drop: Vec<Value>,
        /// The elements to add.
        add: Vec<Value>,
        /// The array that results.
        value: Value,
    },
}

impl Nearest {
    pub(super) fn to(leaf: &Claims, call: &Invocation) -> Self {
        let granted = leaf.capabilities();
        if let Some(map) = granted.and_then(|tools| tools.tool(call.tool())) {
            return to_arguments(map, call);
        }
        let tools = || granted.into_iter().flat_map(|granted| granted.tools());
        Self::ToolNotGranted {
            granted: tools().take(TOOLS_NAMED).map(|(t, _)| t.into()).collect(),
            more: tools().skip(TOOLS_NAMED).count(),
        }
    }

    /// The adjustments; none when the tool is not granted.
    pub fn adjustments(&self) -> &[Adjustment] {
        match self {
            Self::Arguments { adjustments, .. } => adjustments,
            Self::ToolNotGranted { .. } => &[],
        }
    }

    /// The call with all adjustments made, when it is known in full. The leaf authorizes it.
    pub fn call(&self) -> Option<&Invocation> {
        match self {
            Self::Arguments { call, .. } => call.as_deref(),
            Self::ToolNotGranted { .. } => None,
        }
    }
}

fn to_arguments(map: &ConstraintMap, call: &Invocation) -> Nearest {
    let mut search = Search::new();
    let mut found: BTreeMap<&str, Adjustment> = BTreeMap::new();
    for (argument, value) in call.arguments().iter() {
        let adjustment = match map.entry(argument) {
            Some(entry) if entry.constraint.accepts(value) => continue,
            None if map.admits_unnamed() => continue,
            None => remove(argument),
            Some(entry) => match search.nearest(&entry.constraint, Some(value)) {
                Some(nearest) => changed(argument, value, nearest, &entry.constraint),
                None if entry.optional => remove(argument),
                None => Adjustment::Set {
                    argument: argument.into(),
                    value: None,
                    constraint: Box::new((*entry.constraint).clone()),
                },
            },
        };
        found.insert(argument, adjustment);
    }
    for (argument, entry) in map.entries() {
        if !entry.optional && !call.arguments().contains_key(argument) {
            let add = Adjustment::Add {
                argument: argument.into(),
                value: search.nearest(&entry.constraint, None),
                constraint: Box::new((*entry.constraint).clone()),
            };
            found.insert(argument, add);
        }
    }
    let call = applied(&found, call).filter(|call| map.check(call.arguments()).is_ok());
    Nearest::Arguments { adjustments: found.into_values().collect(), call: call.map(Box::new) }
}

fn remove(argument: &str) -> Adjustment {
    let argument = argument.into();
    Adjustment::Remove { argument }
}

/// A change of value; between arrays, the elements that differ.
fn changed(argument: &str, old: &Value, new: Value, constraint: &Constraint) -> Adjustment {
    let argument = argument.into();
    let (Some(before), Some(after)) = (old.as_array(), new.as_array()) else {
        return Adjustment::Set {
            argument,
            value: Some(new),
            constraint: Box::new(constraint.clone()),
        };
    };
    Adjustment::Elements {
        argument,
        drop: missing_from(after, before),
        add: missing_from(before, after),
        value: new,
    }
}

/// The elements of `of` that are not in `array`, each once.
fn missing_from(array: &[Value], of: &[Value]) -> Vec<Value> {
    let present: alloc::collections::BTreeSet<&Value> = array.iter().collect();
    let missing: alloc::collections::BTreeSet<&Value> =
        of.iter().filter(|value| !present.contains(value)).collect();
    missing.into_iter().cloned().collect()
}

/// The call with every adjustment made, when each has a value.
fn applied(adjustments: &BTreeMap<&str, Adjustment>, call: &Invocation) -> Option<Invocation> {
    let mut members: BTreeMap<&str, Value> =
        call.arguments().iter().map(|(name, value)| (name, value.clone())).collect();
    for (&argument, adjustment) in adjustments {
        match adjustment {
            Adjustment::Remove { .. } => {
                members.remove(argument);
            }
            Adjustment::Add { value, .. } | Adjustment::Set { value, .. } => {
                members.insert(argument, value.clone()?);
            }
            Adjustment::Elements { value, .. } => {
                members.insert(argument, value.clone());
            }
        }
    }
    // The names are a map's keys, so no two are equal.
    let arguments = Object::new(members).ok()?;
    Some(Invocation::new(call.tool(), arguments))
}

impl Adjustment {
    /// The argument to change.
    pub fn argument(&self) -> &str {
        match self {
            Self::Remove { argument }
            | Self::Add { argument, .. }
            | Self::Set { argument, .. }
            | Self::Elements { argument, .. } => argument,
        }
    }

    /// The stable name of this kind of adjustment.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Remove { .. } => "remove",
            Self::Add { .. } => "add",
            Self::Set { .. } => "set",
            Self::Elements { .. } => "elements",
        }
    }

    /// The argument's value after the adjustment, when there is one and it is known.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Remove { .. } => None,
            Self::Add { value, .. } | Self::Set { value, .. } => value.as_ref(),
            Self::Elements { value, .. } => Some(value),
        }
    }
}

impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments { adjustments, .. } => {
                f.write_str("nearest permitted call:")?;
                for adjustment in adjustments.iter().take(SHOWN) {
                    write!(f, "\n  {adjustment}")?;
                }
                more(f, adjustments.len())
            }
            Self::ToolNotGranted { granted, more } => {
                f.write_str("no change of arguments helps: the tool is not granted")?;
                for (i, tool) in granted.iter().enumerate() {
                    let before = if i == 0 { "\ntools granted: " } else { ", " };
                    write!(f, "{before}{}", Quoted(tool))?;
                }
                match (granted.is_empty(), more) {
                    (true, _) => f.write_str("\nno tools granted"),
                    (false, 0) => Ok(()),
                    (false, more) => write!(f, " and {more} more"),
                }
            }
        }
    }
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let argument = Quoted(self.argument());
        match self {
            Self::Remove { .. } => write!(f, "remove argument {argument}"),
            Self::Add { value: Some(value), .. } => {
                write!(f, "add argument {argument}, such as {}", Quoted(value))
            }
            Self::Add { constraint, .. } => {
                let constraint = Quoted(constraint);
                write!(f, "add argument {argument}, which must satisfy {constraint}")
            }
            Self::Set { value: Some(value), .. } => {
                write!(f, "set argument {argument} to {}", Quoted(value))
            }
            Self::Set { constraint, .. } => {
                let constraint = Quoted(constraint);
                write!(f, "change argument {argument}, which must satisfy {constraint}")
            }
            Self::Elements { drop, add, .. } => {
                write!(f, "in argument {argument}")?;
                if !drop.is_empty() {
                    write!(f, " drop {}", Quoted(Listed(drop)))?;
                }
                if !add.is_empty() {
                    write!(f, " add {}", Quoted(Listed(add)))?;
                }
                Ok(())
            }
        }
    }
}

/// Values separated by commas.
struct Listed<'a>(&'a [Value]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.0.iter().enumerate() {
            write!(f, "{}{value}", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}
