//! What a constraint type has to say of itself.

use super::{Cost, Work};
use crate::{
    json::{Object, Value},
    model::Constraint,
};

/// A constraint type beyond the core ones, as its registration defines it (AAT-02 5.1). A value of
/// the implementing type is one well-formed constraint.
///
/// The rules are methods without any configuration, so that everyone who knows the type judges
/// alike. They must be **sound**: what a child accepts that narrows a parent, the parent accepts
/// too, for all values there are. They must be **deterministic**: no clock, no files, no memory of
/// earlier calls. When in doubt, a rule says `false`: that denies.
/// [`soundness::check`](super::soundness::check) looks for what breaks this.
///
/// ```
/// use taper::extension::{Cost, ExtensionConstraint, MemberFault, StepBound, Work};
/// use taper::{Object, Value};
///
/// /// Accepts strings of at most `max` bytes.
/// struct MaxBytes(u32);
///
/// impl ExtensionConstraint for MaxBytes {
///     const NAME: &'static str = "max_bytes";
///     const MEMBERS: &'static [&'static str] = &["max"];
///     const COST: Cost =
///         Cost { accepts: StepBound::linear(0, 1), narrows: StepBound::linear(0, 1) };
///
///     fn parse(members: &Object) -> Result<Self, MemberFault> {
///         let max = members.get("max").and_then(Value::as_number).and_then(|n| n.as_integer());
///         let max = max.and_then(|max| u32::try_from(max).ok());
///         max.map(Self).ok_or(MemberFault::new("max", "a number of bytes below 2^32"))
///     }
///
///     fn accepts(&self, value: &Value, work: &mut Work) -> bool {
///         work.add(1);
///         value.as_str().is_some_and(|text| u32::try_from(text.len()).is_ok_and(|n| n <= self.0))
///     }
///
///     fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
///         work.add(1);
///         self.0 <= parent.0
///     }
/// }
/// ```
pub trait ExtensionConstraint: Sized + Send + Sync + 'static {
    /// The `constraint_type` of this type; none of the core names.
    const NAME: &'static str;

    /// The members that the type defines beside `constraint_type`. A constraint with any other is
    /// refused before [`parse`](Self::parse) sees it; `optional` is the draft's and not allowed
    /// here (AAT-02 5.1).
    const MEMBERS: &'static [&'static str];

    /// What the rules cost at most.
    const COST: Cost;

    /// Reads a constraint of this type. `members` holds only what [`MEMBERS`](Self::MEMBERS)
    /// names, though maybe not all of it.
    ///
    /// # Errors
    ///
    /// When a member is missing or is not what it must be: the constraint is not well-formed, and
    /// a token with it is denied.
    fn parse(members: &Object) -> Result<Self, MemberFault>;

    /// Whether `value` satisfies the constraint.
    fn accepts(&self, value: &Value, work: &mut Work) -> bool;

    /// Whether `self`, in a derived token, attenuates `parent`. Every constraint must narrow
    /// itself.
    fn narrows(&self, parent: &Self, work: &mut Work) -> bool;

    /// Whether `child`, of any other type, attenuates `self`: the cross-type pairs that the
    /// registration lists with this type above. Pairs that are not listed are `false`.
    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        let _ = (child, work);
        false
    }

    /// Whether `self` attenuates `parent`, of any other type but `wildcard`, which every
    /// constraint attenuates: the cross-type pairs that the registration lists with this type
    /// below. Pairs that are not listed are `false`.
    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool {
        let _ = (parent, work);
        false
    }
}

/// All the values that `constraint` accepts, where they are listed in it: `exact` and `one_of`. A
/// type whose `accepts` holds for all of them may stand above it.
///
/// ```
/// use taper::{Value, at_most, extension::listed, one_of};
///
/// assert_eq!(listed(&one_of(["a", "b"])?), Some(&["a".into(), Value::from("b")][..]));
/// assert_eq!(listed(&at_most(3)), None);
/// # Ok::<_, taper::ConstraintError>(())
/// ```
pub fn listed(constraint: &Constraint) -> Option<&[Value]> {
    match constraint {
        Constraint::Exact(scalar) => Some(core::slice::from_ref(scalar.value())),
        Constraint::OneOf(values) => Some(values.as_slice()),
        _ => None,
    }
}

/// A member that is missing or is not what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{member}` must be {expected}")]
pub struct MemberFault {
    pub(crate) member: &'static str,
    pub(crate) expected: &'static str,
}

impl MemberFault {
    /// `member` must be `expected`, which completes that sentence.
    pub const fn new(member: &'static str, expected: &'static str) -> Self {
        Self { member, expected }
    }

    /// The member.
    pub fn member(&self) -> &'static str {
        self.member
    }

    /// What it must be.
    pub fn expected(&self) -> &'static str {
        self.expected
    }
}
