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

    /// Bytes of what all clones share, but for what it points to.
    #[cfg(feature = "std")]
    pub(crate) fn content_size(&self) -> usize {
        size_of_val(&*self.0)
    }

    fn is_of_type_of(&self, other: &Self) -> bool {
        let [one, another]: [&dyn Any; 2] = [&*self.0, &*other.0];
        one.type_id() == another.type_id()
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.0.accepts(value)
    }
}

/// Steps of an extension type's rules that count as one comparison of core types.
const STEPS_PER_COMPARISON: u64 = 16;

/// Whether `child` attenuates `parent`, one of which at least is of an extension type; and how many
/// comparisons it took.
pub(crate) fn narrows(parent: &Constraint, child: &Constraint) -> (bool, usize) {
    let mut work = Work::new();
    let narrows = match (parent, child) {
        (Constraint::Extension(above), Constraint::Extension(below))
            if above.is_of_type_of(below) =>
        {
            below.0.narrows(&*above.0, &mut work)
        }
        _ => {
            let by_parent = match parent {
                Constraint::Extension(above) => above.0.is_narrowed_by(child, &mut work),
                _ => false,
            };
            by_parent
                || match child {
                    Constraint::Extension(below) => below.0.narrows_other(parent, &mut work),
                    _ => false,
                }
        }
    };
    let comparisons = work.steps().checked_div(STEPS_PER_COMPARISON).unwrap_or_default();
    (narrows, usize::try_from(comparisons).unwrap_or(usize::MAX))
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
    fn narrows(&self, parent: &dyn Erased, work: &mut Work) -> bool;
    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool;
    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool;
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
    fn narrows(&self, parent: &dyn Erased, work: &mut Work) -> bool {
        typed(parent).is_some_and(|parent| self.constraint.narrows(parent, work))
    }

    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        self.constraint.is_narrowed_by(child, work)
    }

    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool {
        self.constraint.narrows_other(parent, work)
    }
}
