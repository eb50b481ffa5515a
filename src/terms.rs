//! What tokens are read under.

use crate::{extension::Extensions, limits::Limits};

/// What tokens are read under: the caps, and the extension types that are known. `&Limits` alone
/// is enough where no extension type is.
///
/// ```
/// use taper::{Constraint, Limits, Terms, extension::Extensions};
///
/// let (limits, extensions) = (Limits::default(), Extensions::new());
/// let text = br#"{"constraint_type": "exact", "value": 1}"#;
/// let one = Constraint::from_json(text, &limits)?;
/// assert_eq!(one, Constraint::from_json(text, Terms::new(&limits, &extensions))?);
/// # Ok::<_, taper::ConstraintFault>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) extensions: &'a Extensions,
}

impl<'a> Terms<'a> {
    /// Reading under `limits`, knowing `extensions`.
    pub fn new(limits: &'a Limits, extensions: &'a Extensions) -> Self {
        Self { limits, extensions }
    }

    /// The caps.
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// The extension types.
    pub fn extensions(&self) -> &'a Extensions {
        self.extensions
    }
}

static NO_EXTENSION: Extensions = Extensions::new();

impl<'a> From<&'a Limits> for Terms<'a> {
    fn from(limits: &'a Limits) -> Self {
        Self { limits, extensions: &NO_EXTENSION }
    }
}
