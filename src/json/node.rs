//! A parsed text, borrowed where it can be, with number texts kept.

use alloc::{borrow::Cow, vec::Vec};

/// One JSON value as written.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    Null,
    Bool(bool),
    /// The text of the number.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Members<'a>),
}

/// The members of an object in the order written; no two have the same name.
#[derive(Debug)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, Node<'a>)>);

impl<'a> Members<'a> {
    /// Takes members, or gives back the place of one whose name stood before.
    pub(super) fn distinct(members: Vec<(Cow<'a, str>, Node<'a>)>) -> Result<Self, Cow<'a, str>> {
        match duplicate(members.iter().map(|(name, _)| &**name), members.len()) {
            Some(name) => Err(Cow::Owned(name.into())),
            None => Ok(Self(members)),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, node)| node)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Node<'a>)> {
        self.0.iter().map(|(name, node)| (&**name, node))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for Members<'a> {
    type Item = (Cow<'a, str>, Node<'a>);
    type IntoIter = alloc::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Above this many members, names are sorted to find a duplicate; below, each is compared with
/// those before it, which allocates nothing.
const PAIRWISE: usize = 16;

/// A name that stands twice among `len` of them.
pub(crate) fn duplicate<'n>(
    names: impl Iterator<Item = &'n str> + Clone,
    len: usize,
) -> Option<&'n str> {
    if len <= PAIRWISE {
        let mut seen = names.clone().enumerate();
        return seen.find_map(|(i, name)| names.clone().take(i).any(|n| n == name).then_some(name));
    }
    let mut sorted: Vec<&str> = names.collect();
    sorted.sort_unstable();
    sorted.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(*a),
        _ => None,
    })
}
