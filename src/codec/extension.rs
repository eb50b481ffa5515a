//! Constraints of extension types, as both profiles read them (AAT-02 5).

use super::ConstraintFault;
use crate::{
    extension::{Definition, ExtensionConstraint},
    json::Object,
    model::Constraint,
};

/// Reads a constraint from its members other than `constraint_type` and `optional`.
pub(super) fn read(definition: Definition, members: Object) -> Result<Constraint, ConstraintFault> {
    let kind = definition.name;
    let unknown = |name: &&str| !definition.members.contains(name);
    if let Some(member) = members.iter().map(|(name, _)| name).find(unknown) {
        return Err(ConstraintFault::MemberUnknown { kind, member: member.into() });
    }
    (definition.parse)(members).map(Constraint::Extension).map_err(|fault| {
        let (member, expected) = (fault.member, fault.expected);
        ConstraintFault::MemberType { kind, member, expected }
    })
}

impl Constraint {
    /// A constraint of the extension type `T` with these members, `constraint_type` left out.
    ///
    /// # Errors
    ///
    /// When there is a member that `T` does not define, or one is missing or not what it must be.
    ///
    /// ```
    /// # #[cfg(feature = "cidr")] {
    /// use taper::{Constraint, Object, Value, extension::Cidr};
    ///
    /// let members = Object::new([("network", Value::from("192.0.2.0/24"))])?;
    /// let office = Constraint::extension::<Cidr>(members)?;
    /// assert!(office.accepts(&Value::from("192.0.2.7")));
    /// # }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn extension<T: ExtensionConstraint>(members: Object) -> Result<Self, ConstraintFault> {
        read(Definition::of::<T>(), members)
    }
}
