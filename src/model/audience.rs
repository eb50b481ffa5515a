//! Where a token may be presented.

use alloc::{boxed::Box, string::String};

/// The `aud` claim of one token (AAT-02 3.2): the enforcement points at which it, and all that is
/// derived from it, may be presented.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Audience {
    /// No `aud`: no restriction by this token.
    #[default]
    Unrestricted,
    /// The names of the enforcement points.
    Only(Box<[Box<str>]>),
    /// An `aud` of another shape than the claim allows: it names nobody, so nobody may accept it.
    Malformed,
}

impl Audience {
    /// Restricts to the named enforcement points. Without a name nobody may accept the token, which
    /// the builders refuse to make by accident.
    pub fn only<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Only(names.into_iter().map(|name| name.into().into_boxed_str()).collect())
            .normalized()
    }

    /// The names sorted, each once: order and repetition carry no meaning.
    pub(crate) fn normalized(self) -> Self {
        match self {
            Self::Only(names) => {
                let mut names = names.into_vec();
                names.sort_unstable();
                names.dedup();
                Self::Only(names.into_boxed_slice())
            }
            other => other,
        }
    }

    /// The names, when the claim is there and well-formed.
    pub fn names(&self) -> &[Box<str>] {
        match self {
            Self::Only(names) => names,
            Self::Unrestricted | Self::Malformed => &[],
        }
    }
}
