//! The arguments of one tool.

use super::Constraint;
use crate::json::{Object, Value};
use alloc::{collections::BTreeMap, sync::Arc};

/// What a token says of one named argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Shared with the parent token where a compact token inherits it.
    pub(crate) constraint: Arc<Constraint>,
    pub(crate) optional: bool,
}

impl Entry {
    pub(crate) fn new(constraint: Constraint, optional: bool) -> Self {
        Self { constraint: Arc::new(constraint), optional }
    }

    /// What the argument must satisfy when it is present.
    pub fn constraint(&self) -> &Constraint {
        &self.constraint
    }

    /// Whether the argument may be left out; the tool's own default then applies.
    pub fn is_optional(&self) -> bool {
        self.optional
    }
}

/// The constraints on one tool's arguments (AAT-02 3.3), closed-world: an argument that is not
/// named is refused, unless [unnamed arguments](Self::admits_unnamed) are admitted.
///
/// On the wire an empty map means the same as `{"*": wildcard}`, so a map that names nothing
/// admits everything; [`ConstraintMap::unrestricted`] says so in its name, and the builders refuse
/// to make such a map by accident.
///
/// ```
/// use taper::{ConstraintMap, Object, at_most, one_of};
///
/// let search = ConstraintMap::new()
///     .require("query", one_of(["public filings", "public releases"])?)
///     .optional("limit", at_most(100));
/// let call = Object::from_json(br#"{"query": "public filings", "limit": 10}"#).unwrap();
/// assert!(search.check(&call).is_ok());
/// # Ok::<_, taper::ConstraintError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ConstraintMap {
    entries: BTreeMap<Arc<str>, Entry>,
    unnamed: bool,
}

impl ConstraintMap {
    /// A map that names nothing yet and admits nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The map that admits every argument with every value (`{}` on the wire).
    pub fn unrestricted() -> Self {
        Self { entries: BTreeMap::new(), unnamed: true }
    }

    /// Names an argument that must be present and satisfy `constraint`.
    #[must_use]
    pub fn require(self, argument: impl Into<Arc<str>>, constraint: Constraint) -> Self {
        self.with(argument.into(), Entry::new(constraint, false))
    }

    /// Names an argument that may be left out, and satisfies `constraint` when present.
    ///
    /// An argument left out takes the tool's default, which no verifier can see (AAT-02 9.13).
    #[must_use]
    pub fn optional(self, argument: impl Into<Arc<str>>, constraint: Constraint) -> Self {
        self.with(argument.into(), Entry::new(constraint, true))
    }

    /// Admits arguments that the map does not name, with any value (`"*"` on the wire).
    ///
    /// Not for tools with side effects: it also admits arguments that later versions of the tool
    /// add (AAT-02 9.13).
    #[must_use]
    pub fn allow_unnamed(mut self) -> Self {
        self.unnamed = true;
        self
    }

    fn with(mut self, argument: Arc<str>, entry: Entry) -> Self {
        self.insert(argument, entry);
        self
    }

    pub(crate) fn insert(&mut self, argument: Arc<str>, entry: Entry) {
        self.entries.insert(argument, entry);
    }

    /// The named arguments as they can be shared with a derived token.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.entries.iter()
    }

    pub(crate) fn remove(&mut self, argument: &str) -> Option<Entry> {
        self.entries.remove(argument)
    }

    pub(crate) fn set_unnamed(&mut self, admitted: bool) {
        self.unnamed = admitted;
    }

    /// The named arguments, in order of their names.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(argument, entry)| (&**argument, entry))
    }

    /// What the map says of `argument` by name.
    pub fn entry(&self, argument: &str) -> Option<&Entry> {
        self.entries.get(argument)
    }

    /// Whether arguments that the map does not name are admitted.
    pub fn admits_unnamed(&self) -> bool {
        self.unnamed
    }

    /// Whether the map names nothing and admits nothing: it cannot be written (reading 31).
    pub(crate) fn is_unwritable(&self) -> bool {
        self.entries.is_empty() && !self.unnamed
    }

    /// Whether `arguments` satisfy the map (AAT-02 8, step 6b).
    ///
    /// # Errors
    ///
    /// The first argument that is refused, and why.
    pub fn check<'a>(&'a self, arguments: &'a Object) -> Result<(), ArgumentRefused<'a>> {
        for (argument, value) in arguments.iter() {
            match self.entries.get(argument) {
                Some(entry) if entry.constraint.accepts(value) => {}
                Some(entry) => {
                    let constraint = &entry.constraint;
                    return Err(ArgumentRefused::Value { argument, value, constraint });
                }
                None if self.unnamed => {}
                None => return Err(ArgumentRefused::NotNamed { argument }),
            }
        }
        match self.entries().find(|(argument, e)| !e.optional && !arguments.contains_key(argument))
        {
            Some((argument, _)) => Err(ArgumentRefused::Missing { argument }),
            None => Ok(()),
        }
    }
}

/// Why a map refuses a call's arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentRefused<'a> {
    /// The value does not satisfy the constraint.
    Value {
        /// The argument's name.
        argument: &'a str,
        /// Its value in the call.
        value: &'a Value,
        /// What it must satisfy.
        constraint: &'a Constraint,
    },
    /// The map neither names the argument nor admits unnamed ones.
    NotNamed {
        /// The argument's name.
        argument: &'a str,
    },
    /// A required argument is absent.
    Missing {
        /// The argument's name.
        argument: &'a str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{at_most, exact, wildcard};

    #[test]
    fn closed_world() {
        let closed = ConstraintMap::new()
            .require("path", exact("/a").unwrap())
            .optional("head", at_most(10));
        let open = closed.clone().allow_unnamed();
        let empty = ConstraintMap::unrestricted();
        let star = ConstraintMap::new().require("*x", wildcard());
        // Arguments; whether `closed`, `open`, `empty` and `star` permit them.
        let cases = [
            (r#"{}"#, [false, false, true, false]),
            (r#"{"path":"/a"}"#, [true, true, true, false]),
            (r#"{"path":"/b"}"#, [false, false, true, false]),
            (r#"{"path":"/a","head":10}"#, [true, true, true, false]),
            (r#"{"path":"/a","head":11}"#, [false, false, true, false]),
            (r#"{"head":10}"#, [false, false, true, false]),
            (r#"{"path":"/a","x":1}"#, [false, true, true, false]),
            // `*` as an argument's name is an unnamed argument.
            (r#"{"path":"/a","*":1}"#, [false, true, true, false]),
            (r#"{"*x":null}"#, [false, false, true, true]),
        ];
        for (arguments, expected) in cases {
            let arguments = Object::from_json(arguments.as_bytes()).unwrap();
            let found = [&closed, &open, &empty, &star].map(|map| map.check(&arguments).is_ok());
            assert_eq!(found, expected, "{arguments:?}");
        }
    }
}
