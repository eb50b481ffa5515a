//! Which tool a name means, at which server, and by which identifier tokens know it (B-mcp-6).

use std::collections::BTreeMap;

/// A tool of one server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The server's place in the guard's configuration.
    pub upstream: usize,
    /// The name that the server uses.
    pub name: Box<str>,
    /// The identifier in tokens and proofs.
    pub identifier: Box<str>,
}

/// Why tools cannot be configured so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolsError {
    /// One name for two tools.
    #[error("the name `{0}` is given to two tools")]
    Name(Box<str>),
    /// One tool of a server for two identifiers.
    #[error("the server's tool `{0}` is named twice")]
    Twice(Box<str>),
    /// One identifier for two tools: a token for one would be good for the other.
    #[error("the identifier `{0}` is given to two tools")]
    Identifier(Box<str>),
}

/// The tools that a guard knows, by the names that clients use.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    named: BTreeMap<Box<str>, Target>,
    /// Names without an entry are identifiers of the only server's tools.
    others_by_name: bool,
}

impl Tools {
    /// The tools of a single server, each by its own name.
    pub fn of_one_server() -> Self {
        Self { named: BTreeMap::new(), others_by_name: true }
    }

    /// No tools yet; what is not named cannot be called.
    pub fn of_several_servers() -> Self {
        Self::default()
    }

    /// Shows a tool under `shown`, in place of its own name.
    ///
    /// # Errors
    ///
    /// When the name or the identifier is another tool's, or the tool has an entry already.
    pub fn with(mut self, shown: impl Into<Box<str>>, target: Target) -> Result<Self, ToolsError> {
        let shown = shown.into();
        if self.named.values().any(|other| other.identifier == target.identifier) {
            return Err(ToolsError::Identifier(target.identifier));
        }
        let same = |other: &Target| other.upstream == target.upstream && other.name == target.name;
        if self.named.values().any(same) {
            return Err(ToolsError::Twice(target.name));
        }
        if self.named.contains_key(&shown) {
            return Err(ToolsError::Name(shown));
        }
        self.named.insert(shown, target);
        Ok(self)
    }

    /// The tools of server `upstream` alone, for a guard before it.
    #[must_use]
    pub fn only(&self, upstream: usize) -> Self {
        let mut named = self.named.clone();
        named.retain(|_, target| target.upstream == upstream);
        Self { named, others_by_name: self.others_by_name }
    }

    /// Whether a tool with this identifier is named here.
    pub fn has_identifier(&self, identifier: &str) -> bool {
        self.named.values().any(|target| *target.identifier == *identifier)
    }

    /// The tool that a client calls `shown`.
    pub fn called(&self, shown: &str) -> Option<Target> {
        if let Some(target) = self.named.get(shown) {
            return Some(target.clone());
        }
        // A name that stands for another tool, or is another's identifier, is not its own.
        let taken = |target: &Target| *target.name == *shown || *target.identifier == *shown;
        let own = self.others_by_name && !self.named.values().any(taken);
        own.then(|| Target { upstream: 0, name: shown.into(), identifier: shown.into() })
    }

    /// How the tool that server `upstream` calls `name` is shown, with its identifier.
    pub fn shown(&self, upstream: usize, name: &str) -> Option<(Box<str>, Box<str>)> {
        let is_it = |target: &Target| target.upstream == upstream && *target.name == *name;
        if let Some((shown, target)) = self.named.iter().find(|(_, target)| is_it(target)) {
            return Some((shown.clone(), target.identifier.clone()));
        }
        let target = self.called(name)?;
        is_it(&target).then(|| (name.into(), target.identifier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(upstream: usize, name: &str, identifier: &str) -> Target {
        Target { upstream, name: name.into(), identifier: identifier.into() }
    }

    #[test]
    fn one_server() {
        let tools =
            Tools::of_one_server().with("read", target(0, "read_file", "files.read")).unwrap();
        assert_eq!(tools.called("read"), Some(target(0, "read_file", "files.read")));
        assert_eq!(tools.called("list"), Some(target(0, "list", "list")));
        // Neither the server's own name nor the identifier is a second way to it.
        assert_eq!(tools.called("read_file"), None);
        assert_eq!(tools.called("files.read"), None);
        assert_eq!(tools.shown(0, "read_file"), Some(("read".into(), "files.read".into())));
        assert_eq!(tools.shown(0, "list"), Some(("list".into(), "list".into())));
        // A tool of the server whose name is shown for another one is not shown itself.
        assert_eq!(tools.shown(0, "read"), None);
    }

    #[test]
    fn several_servers() {
        let tools = Tools::of_several_servers()
            .with("a_read", target(0, "read", "a/read"))
            .unwrap()
            .with("b_read", target(1, "read", "b/read"))
            .unwrap();
        assert_eq!(tools.called("b_read"), Some(target(1, "read", "b/read")));
        assert_eq!(tools.called("read"), None);
        assert_eq!(tools.shown(1, "read"), Some(("b_read".into(), "b/read".into())));
        assert_eq!(tools.shown(2, "read"), None);
        let only = tools.only(1);
        assert_eq!(only.called("b_read"), Some(target(1, "read", "b/read")));
        assert_eq!(only.called("a_read"), None);
        assert!(only.has_identifier("b/read") && !only.has_identifier("a/read"));
        let twice = tools.clone().with("c", target(2, "x", "a/read"));
        assert_eq!(twice.unwrap_err(), ToolsError::Identifier("a/read".into()));
        let twice = tools.clone().with("c", target(1, "read", "c"));
        assert_eq!(twice.unwrap_err(), ToolsError::Twice("read".into()));
        let twice = tools.with("a_read", target(2, "x", "x"));
        assert_eq!(twice.unwrap_err(), ToolsError::Name("a_read".into()));
    }
}
