//! A constraint of an extension type, whichever it is.

use super::{ExtensionConstraint, MemberFault, Work};
use crate::{
    json::{Object, Value},
    model::Constraint,
};
use alloc::sync::Arc;
use core::{any::Any, fmt};

/// A well-formed constraint of an extension type: what [`Constraint::Extension`] holds. Cloning is
/// cheap. Two are equal when their types and members are.
#[derive(Clone)]
pub struct Extension(Arc<dyn Erased>);

impl Extension {
    /// Reads a constraint of the type `T` from its members.
    ///
    /// # Errors
    ///
    /// When a member is missing or is not what it must be. Members that `T` does not define are
    /// the caller's to refuse.
    pub(super) fn parse<T: ExtensionConstraint>(members: Object) -> Result<Self, MemberFault> {
        let constraint = T::parse(&members)?;
        Ok(Self(Arc::new(Typed { members, constraint })))
    }

    /// The `constraint_type`.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The members beside `constraint_type`.
    pub fn members(&self) -> &Object {
        self.0.members()
    }

    /// The constraint as its own type, when that is `T`.
    pub fn downcast_ref<T: ExtensionConstraint>(&self) -> Option<&T> {
        typed(&*self.0)
    }

    fn is_of_type_of(&self, other: &Self) -> bool {
        let [one, another]: [&dyn Any; 2] = [&*self.0, &*other.0];
        one.type_id() == another.type_id()
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.0.accepts(value)
    }

    /// Whether `self` attenuates `parent`, also of an extension type.
    pub(crate) fn narrows(&self, parent: &Self) -> bool {
        if self.is_of_type_of(parent) {
            return self.0.narrows(&*parent.0);
        }
        parent.is_narrowed_by(&Constraint::Extension(self.clone()))
            || self.narrows_other(&Constraint::Extension(parent.clone()))
    }

    /// Whether `child`, of a core type, attenuates `self`.
    pub(crate) fn is_narrowed_by(&self, child: &Constraint) -> bool {
        self.0.is_narrowed_by(child)
    }

    /// Whether `self` attenuates `parent`, of a core type.
    pub(crate) fn narrows_other(&self, parent: &Constraint) -> bool {
        self.0.narrows_other(parent)
    }
}

impl PartialEq for Extension {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.is_of_type_of(other) && self.members() == other.members())
    }
}

impl Eq for Extension {}

/// For people: the members as JSON.
impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name(), self.members().to_jcs())
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.name()).field("members", self.members()).finish()
    }
}

/// The rules of a type, with the type forgotten.
trait Erased: Any + Send + Sync {
    fn name(&self) -> &'static str;
    fn members(&self) -> &Object;
    fn accepts(&self, value: &Value) -> bool;
    fn narrows(&self, parent: &dyn Erased) -> bool;
    fn is_narrowed_by(&self, child: &Constraint) -> bool;
    fn narrows_other(&self, parent: &Constraint) -> bool;
}

struct Typed<T> {
    members: Object,
    constraint: T,
}

fn typed<T: ExtensionConstraint>(erased: &dyn Erased) -> Option<&T> {
    let any: &dyn Any = erased;
    any.downcast_ref::<Typed<T>>().map(|typed| &typed.constraint)
}

impl<T: ExtensionConstraint> Erased for Typed<T> {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn members(&self) -> &Object {
        &self.members
    }

    fn accepts(&self, value: &Value) -> bool {
        self.constraint.accepts(value, &mut Work::new())
    }

    /// Within one type; two types are a cross-type pair.
    fn narrows(&self, parent: &dyn Erased) -> bool {
        typed(parent).is_some_and(|parent| self.constraint.narrows(parent, &mut Work::new()))
    }

    fn is_narrowed_by(&self, child: &Constraint) -> bool {
        self.constraint.is_narrowed_by(child, &mut Work::new())
    }

    fn narrows_other(&self, parent: &Constraint) -> bool {
        self.constraint.narrows_other(parent, &mut Work::new())
    }
}
