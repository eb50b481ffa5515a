//! Which constraint may stand below which (AAT-02 4.5): the only implementation of that table.

use super::Constraint;

impl Constraint {
    /// Whether `self`, in a derived token, attenuates `parent`.
    ///
    /// The table is AAT-02 4.5's, no wider: every pair that is not listed is refused, also where
    /// inclusion would be evident; pairs with an [extension type](crate::extension) are that type's
    /// to list (AAT-02 5.1). What it allows is sound: whatever `self` accepts, `parent` accepts.
    /// Time is bounded by the product of the two sizes, because nested clauses are only compared
    /// with clauses at the same nesting.
    ///
    /// ```
    /// use taper::{exact, one_of, wildcard};
    ///
    /// let parent = one_of(["q3", "q4"])?;
    /// assert!(exact("q3")?.narrows(&parent));
    /// assert!(!exact("q2")?.narrows(&parent));
    /// assert!(!wildcard().narrows(&parent));
    /// # Ok::<_, taper::ConstraintError>(())
    /// ```
    pub fn narrows(&self, parent: &Self) -> bool {
        use Constraint::{
            All, Any, Contains, Exact, Extension, NotOneOf, OneOf, Range, Subset, Wildcard,
        };
        match (parent, self) {
            (Wildcard, _) => true,
            (Exact(parent), Exact(child)) => child == parent,
            (Range(parent), Range(child)) => child.is_within(parent),
            (Range(parent), Exact(child)) => {
                child.value().as_number().is_some_and(|number| parent.holds(number))
            }
            (OneOf(parent), OneOf(child)) => child.is_subset_of(parent),
            (OneOf(parent), Exact(child)) => parent.contains(child.value()),
            (NotOneOf(parent), NotOneOf(child)) => parent.is_subset_of(child),
            (Contains(parent), Contains(child)) => parent.is_subset_of(child),
            (Subset(parent), Subset(child)) => child.is_subset_of(parent),
            // Every clause above keeps holding, because some clause below implies it; one clause
            // below may serve several above.
            (All(parent), All(child)) => {
                parent.iter().all(|above| child.iter().any(|below| below.narrows(above)))
            }
            // Every alternative below lies inside some alternative above.
            (Any(parent), Any(child)) => {
                child.iter().all(|below| parent.iter().any(|above| below.narrows(above)))
            }
            (Extension(parent), Extension(child)) => child.narrows(parent),
            (Extension(parent), child) => parent.is_narrowed_by(child),
            (parent, Extension(child)) => child.narrows_other(parent),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
