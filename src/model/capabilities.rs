//! The tools of one token.

use super::ConstraintMap;
use alloc::{collections::BTreeMap, sync::Arc};

/// The tools that a token authorizes, each with the constraints on its arguments (AAT-02 3.3).
///
/// Tool identifiers compare as exact strings: no normalization of any kind (AAT-02 3.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Capabilities(BTreeMap<Arc<str>, Arc<ConstraintMap>>);

impl Capabilities {
    /// No tools.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `tool`, or replaces what was said of it.
    #[must_use]
    pub fn with_tool(mut self, tool: impl Into<Arc<str>>, arguments: ConstraintMap) -> Self {
        self.insert(tool.into(), arguments);
        self
    }

    /// The constraints of `tool`, when it is authorized.
    pub fn tool(&self, tool: &str) -> Option<&ConstraintMap> {
        self.0.get(tool).map(|map| &**map)
    }

    /// The tools in order of their identifiers.
    pub fn tools(&self) -> impl ExactSizeIterator<Item = (&str, &ConstraintMap)> {
        self.0.iter().map(|(tool, map)| (&**tool, &**map))
    }

    /// How many tools there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no tool is authorized.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn insert(&mut self, tool: Arc<str>, arguments: ConstraintMap) {
        self.0.insert(tool, Arc::new(arguments));
    }

    pub(crate) fn insert_shared(&mut self, tool: Arc<str>, arguments: Arc<ConstraintMap>) {
        self.0.insert(tool, arguments);
    }

    /// The tools as they can be shared with a derived token.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<ConstraintMap>)> {
        self.0.iter()
    }

    pub(crate) fn tool_mut(&mut self, tool: &str) -> Option<&mut ConstraintMap> {
        self.0.get_mut(tool).map(Arc::make_mut)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|tool, _| keep(tool));
    }
}
