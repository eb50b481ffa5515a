//! Numbers between bounds.

use super::ConstraintError;
use crate::json::Number;
use core::{cmp::Ordering, fmt};

/// One end of a [`Range`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    value: Number,
    inclusive: bool,
}

impl Bound {
    /// A bound that belongs to the range.
    pub fn inclusive(value: impl Into<Number>) -> Self {
        Self { value: value.into(), inclusive: true }
    }

    /// A bound that does not belong to the range.
    pub fn exclusive(value: impl Into<Number>) -> Self {
        Self { value: value.into(), inclusive: false }
    }

    /// The number at the bound.
    pub fn value(&self) -> Number {
        self.value
    }

    /// Whether that number itself is accepted.
    pub fn is_inclusive(&self) -> bool {
        self.inclusive
    }

    /// Whether a number that stands to this bound's number as `order` says is let through.
    fn lets_through(&self, order: Ordering, inward: Ordering) -> bool {
        order == inward || (order == Ordering::Equal && self.inclusive)
    }
}

/// The numbers between two optional bounds, each inclusive or exclusive (AAT-02 3.4 `range`).
///
/// Nothing but a number is in a range; a range without bounds holds every number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    min: Option<Bound>,
    max: Option<Bound>,
}

impl Range {
    /// The range between `min` and `max`, where present.
    ///
    /// # Errors
    ///
    /// [`ConstraintError::RangeReversed`] when `min` is greater than `max`. Equal bounds are
    /// well-formed, even when an exclusive one leaves nothing between them.
    pub fn new(min: Option<Bound>, max: Option<Bound>) -> Result<Self, ConstraintError> {
        match (min, max) {
            (Some(low), Some(high)) if low.value > high.value => {
                Err(ConstraintError::RangeReversed { min: low.value, max: high.value })
            }
            _ => Ok(Self { min, max }),
        }
    }

    /// The range from `min` on.
    pub fn starting_at(min: Bound) -> Self {
        Self { min: Some(min), max: None }
    }

    /// The range up to `max`.
    pub fn up_to(max: Bound) -> Self {
        Self { min: None, max: Some(max) }
    }

    /// The lower bound.
    pub fn min(&self) -> Option<Bound> {
        self.min
    }

    /// The upper bound.
    pub fn max(&self) -> Option<Bound> {
        self.max
    }

    /// Whether `number` lies within the bounds.
    pub fn holds(&self, number: Number) -> bool {
        self.min.is_none_or(|b| b.lets_through(number.cmp(&b.value), Ordering::Greater))
            && self.max.is_none_or(|b| b.lets_through(number.cmp(&b.value), Ordering::Less))
    }

    /// Whether both bounds are at least as tight as `parent`'s (AAT-02 4.5). Inclusivity is
    /// compared at equal bounds only: a strictly tighter bound may be inclusive (reading 1).
    pub(super) fn is_within(&self, parent: &Self) -> bool {
        at_least_as_tight(self.min, parent.min, Ordering::Greater)
            && at_least_as_tight(self.max, parent.max, Ordering::Less)
    }
}

fn at_least_as_tight(child: Option<Bound>, parent: Option<Bound>, inward: Ordering) -> bool {
    match (child, parent) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(child), Some(parent)) => {
            let order = child.value.cmp(&parent.value);
            order == inward || (order == Ordering::Equal && (parent.inclusive || !child.inclusive))
        }
    }
}

/// `min..max` with the bounds that are present; `=` marks an inclusive upper bound, `<` an
/// exclusive lower one.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(min) = self.min {
            write!(f, "{}{}", min.value, if min.inclusive { "" } else { "<" })?;
        }
        f.write_str("..")?;
        if let Some(max) = self.max {
            write!(f, "{}{}", if max.inclusive { "=" } else { "" }, max.value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incl(n: i32) -> Option<Bound> {
        Some(Bound::inclusive(n))
    }
    fn excl(n: i32) -> Option<Bound> {
        Some(Bound::exclusive(n))
    }
    fn range(min: Option<Bound>, max: Option<Bound>) -> Range {
        Range::new(min, max).unwrap()
    }

    #[test]
    fn bounds_are_well_formed() {
        assert!(Range::new(incl(2), incl(1)).is_err());
        assert!(Range::new(excl(1), excl(1)).is_ok());
        assert!(Range::new(None, None).is_ok());
    }

    #[test]
    fn holds() {
        let cases = [
            (range(None, None), [true, true, true]),
            (range(incl(1), None), [false, true, true]),
            (range(excl(1), None), [false, false, true]),
            (range(None, incl(1)), [true, true, false]),
            (range(None, excl(1)), [true, false, false]),
            (range(excl(1), excl(1)), [false, false, false]),
        ];
        for (range, expected) in cases {
            let found = [0, 1, 2].map(|n| range.holds(Number::from(n)));
            assert_eq!(found, expected, "{range}");
        }
    }

    #[test]
    fn tightness_compares_inclusivity_at_equal_bounds_only() {
        let cases = [
            (incl(1), incl(1), true),
            (excl(1), incl(1), true),
            (incl(1), excl(1), false),
            (excl(1), excl(1), true),
            (incl(2), excl(1), true),
            (incl(0), incl(1), false),
            (None, incl(1), false),
            (incl(1), None, true),
            (None, None, true),
        ];
        for (child, parent, expected) in cases {
            let (child, parent) = (range(child, None), range(parent, None));
            assert_eq!(child.is_within(&parent), expected, "{child} under {parent}");
        }
        assert!(range(None, incl(2)).is_within(&range(None, excl(3))));
        assert!(!range(None, incl(3)).is_within(&range(None, excl(3))));
    }
}
