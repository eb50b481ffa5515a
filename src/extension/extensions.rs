//! The extension types that one verifier, issuer or holder knows.

use super::{Extension, ExtensionConstraint, MemberFault};
use crate::{
    error::Quoted,
    json::Object,
    model::{Constraint, is_core_type},
};
use alloc::vec::Vec;
#[cfg(feature = "std")]
use core::any::TypeId;
use core::fmt;

/// The extension types that a verifier, an issuer or a holder knows; none, unless said. A constraint
/// of a type that is not among them is denied (AAT-02 3.4).
///
/// ```
/// # #[cfg(feature = "cidr")] {
/// use taper::{TrustAnchors, Verifier, extension::{Cidr, Extensions}};
///
/// let known = Extensions::new().with::<Cidr>()?;
/// let verifier = Verifier::new(TrustAnchors::new()).with_extensions(known);
/// assert!(verifier.extensions().knows("cidr"));
/// # }
/// # Ok::<_, taper::extension::ExtensionsError>(())
/// ```
#[derive(Clone, Default)]
pub struct Extensions(Vec<Definition>);

impl Extensions {
    /// No type.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// These types and `T`.
    ///
    /// # Errors
    ///
    /// When the draft has taken the type's name or one of its members for something else, or when
    /// another type has the name: its constraints would mean two things.
    pub fn with<T: ExtensionConstraint>(mut self) -> Result<Self, ExtensionsError> {
        let name = T::NAME;
        if name.is_empty() || is_core_type(name) {
            return Err(ExtensionsError::NameTaken { name });
        }
        let taken = |member: &&&str| matches!(**member, "optional" | "constraint_type");
        if let Some(member) = T::MEMBERS.iter().find(taken) {
            return Err(ExtensionsError::MemberTaken { name, member });
        }
        if self.knows(name) {
            return Err(ExtensionsError::NameTwice { name });
        }
        self.0.push(Definition::of::<T>());
        Ok(self)
    }

    /// Whether there is a type of this name.
    pub fn knows(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    /// The names of the types, in the order in which they were given.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.0.iter().map(|definition| definition.name)
    }

    pub(crate) fn named(&self, name: &str) -> Option<Definition> {
        self.0.iter().find(|definition| definition.name == name).copied()
    }

    /// The types themselves, whatever their names are.
    #[cfg(feature = "std")]
    pub(crate) fn type_ids(&self) -> impl Iterator<Item = TypeId> {
        self.0.iter().map(|definition| definition.type_id)
    }

    /// A type that `constraint` uses and that is not known here.
    pub(crate) fn unknown_in(&self, constraint: &Constraint) -> Option<&'static str> {
        match constraint {
            Constraint::Extension(held) => {
                let name = held.name();
                if self.knows(name) { None } else { Some(name) }
            }
            Constraint::All(clauses) | Constraint::Any(clauses) => {
                clauses.iter().find_map(|clause| self.unknown_in(clause))
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// One type, as the readers need it.
#[derive(Clone, Copy)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    #[cfg(feature = "std")]
    type_id: TypeId,
    pub(crate) members: &'static [&'static str],
    /// Reads what has no other members than these.
    pub(crate) parse: fn(Object) -> Result<Extension, MemberFault>,
}

impl Definition {
    pub(crate) fn of<T: ExtensionConstraint>() -> Self {
        Self {
            name: T::NAME,
            #[cfg(feature = "std")]
            type_id: TypeId::of::<T>(),
            members: T::MEMBERS,
            parse: Extension::parse::<T>,
        }
    }
}

/// Why a type cannot be among the known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtensionsError {
    /// The name is empty, or a core type has it.
    #[error("the constraint type {} is not free to define", Quoted(.name))]
    NameTaken {
        /// The name.
        name: &'static str,
    },
    /// A member that every constraint may have (AAT-02 3.4, 5.1).
    #[error("the constraint type {} cannot define the member {}", Quoted(.name), Quoted(.member))]
    MemberTaken {
        /// The type.
        name: &'static str,
        /// The member.
        member: &'static str,
    },
    /// Another type of this name is known already.
    #[error("the constraint type {} is given twice", Quoted(.name))]
    NameTwice {
        /// The name.
        name: &'static str,
    },
}
