//! Which constraint may stand below which (AAT-02 4.5): the only implementation of that table.

use super::Constraint;
use crate::extension;

impl Constraint {
    /// Whether `self`, in a derived token, attenuates `parent`.
    ///
    /// The table is AAT-02 4.5's, no wider: every pair that is not listed is refused, also where
    /// inclusion would be evident; pairs with an [extension type](crate::extension) are that type's
    /// to list (AAT-02 5.1). What it allows is sound: whatever `self` accepts, `parent` accepts.
    /// Time is bounded by the product of the two sizes, because nested clauses are only compared
    /// with clauses at the same nesting; verifying has a limit of its own
    /// ([`Limits::max_comparisons`](crate::Limits)).
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
        let mut left = usize::MAX;
        self.narrows_within(parent, &mut left).unwrap_or_default()
    }

    /// The same with at most `left` comparisons, of clauses and of members of sets; what was used
    /// is taken from it. `None` when they do not suffice.
    pub(crate) fn narrows_within(&self, parent: &Self, left: &mut usize) -> Option<bool> {
        use Constraint::{
            All, Any, Contains, Exact, Extension, NotOneOf, OneOf, Range, Subset, Wildcard,
        };
        let members = match self {
            OneOf(set) | NotOneOf(set) | Contains(set) | Subset(set) => set.len(),
            _ => 0,
        };
        *left = left.checked_sub(members)?.checked_sub(1)?;
        Some(match (parent, self) {
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
                return every(parent.iter(), child.iter(), |above, below| {
                    below.narrows_within(above, left)
                });
            }
            // Every alternative below lies inside some alternative above.
            (Any(parent), Any(child)) => {
                return every(child.iter(), parent.iter(), |below, above| {
                    below.narrows_within(above, left)
                });
            }
            (Extension(_), _) | (_, Extension(_)) => {
                let (narrows, comparisons) = extension::narrows(parent, self);
                *left = left.checked_sub(comparisons)?;
                narrows
            }
            _ => false,
        })
    }
}

/// Whether every one of `each` has some one of `among` for which `holds`; `None` as soon as that
/// cannot be told.
fn every<'c>(
    each: core::slice::Iter<'c, Constraint>,
    among: core::slice::Iter<'c, Constraint>,
    mut holds: impl FnMut(&Constraint, &Constraint) -> Option<bool>,
) -> Option<bool> {
    for one in each {
        let mut found = false;
        for other in among.clone() {
            if holds(one, other)? {
                found = true;
                break;
            }
        }
        if !found {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests;
