//! Predicates over one argument value (AAT-02 3.4).

use super::{Bound, Range, ValueSet};
use crate::{
    extension::Extension,
    json::{Number, Value},
};
use alloc::{boxed::Box, vec::Vec};
use core::{cell::OnceCell, fmt, ops};

/// A predicate over one argument value: the nine core types of AAT-02 3.4, and
/// [extension types](crate::extension).
///
/// A value of this type is well-formed; the constructors and the readers refuse everything else.
/// `Display` is a short form for people; the encodings write the exact one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// Accepts one scalar.
    Exact(Scalar),
    /// Accepts the numbers within bounds.
    Range(Range),
    /// Accepts the members of a non-empty set.
    OneOf(ValueSet),
    /// Accepts everything but the members of a set.
    NotOneOf(ValueSet),
    /// Accepts arrays that have every member of a set among their elements.
    Contains(ValueSet),
    /// Accepts arrays all of whose elements are members of a set.
    Subset(ValueSet),
    /// Accepts everything.
    Wildcard,
    /// Accepts what every clause accepts.
    All(Clauses),
    /// Accepts what some clause accepts.
    Any(Clauses),
    /// Accepts what a type beyond the core ones says (AAT-02 5).
    Extension(Extension),
}

impl Constraint {
    /// Whether `value` satisfies the constraint.
    ///
    /// ```
    /// use taper::{Value, one_of};
    ///
    /// let reports = one_of(["/data/q3.pdf", "/data/q4.pdf"])?;
    /// assert!(reports.accepts(&Value::from("/data/q3.pdf")));
    /// assert!(!reports.accepts(&Value::from("/etc/passwd")));
    /// # Ok::<_, taper::ConstraintError>(())
    /// ```
    pub fn accepts(&self, value: &Value) -> bool {
        self.accepts_argument(&Argument { value, elements: OnceCell::new() })
    }

    fn accepts_argument(&self, argument: &Argument<'_>) -> bool {
        let value = argument.value;
        match self {
            Self::Exact(scalar) => scalar.value() == value,
            Self::Range(range) => value.as_number().is_some_and(|number| range.holds(number)),
            Self::OneOf(values) => values.contains(value),
            Self::NotOneOf(excluded) => !excluded.contains(value),
            Self::Contains(required) => argument.elements().is_some_and(|elements| {
                required.iter().all(|value| elements.binary_search(&value).is_ok())
            }),
            Self::Subset(allowed) => argument
                .elements()
                .is_some_and(|elements| elements.iter().all(|element| allowed.contains(element))),
            Self::Wildcard => true,
            Self::All(clauses) => clauses.iter().all(|clause| clause.accepts_argument(argument)),
            Self::Any(clauses) => clauses.iter().any(|clause| clause.accepts_argument(argument)),
            Self::Extension(held) => held.accepts(value),
        }
    }

    /// The `constraint_type` that names this kind of constraint.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Exact(_) => "exact",
            Self::Range(_) => "range",
            Self::OneOf(_) => "one_of",
            Self::NotOneOf(_) => "not_one_of",
            Self::Contains(_) => "contains",
            Self::Subset(_) => "subset",
            Self::Wildcard => "wildcard",
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::Extension(held) => held.name(),
        }
    }

    /// The nesting of `all` and `any`: 1 without them, one more than the deepest clause with
    /// (AAT-02 3.4).
    pub fn depth(&self) -> usize {
        match self {
            Self::All(clauses) | Self::Any(clauses) => {
                clauses.iter().map(Self::depth).max().unwrap_or(0).saturating_add(1)
            }
            _ => 1,
        }
    }
}

/// Whether `name` is the `constraint_type` of a core type.
pub(crate) fn is_core_type(name: &str) -> bool {
    matches!(
        name,
        "exact"
            | "range"
            | "one_of"
            | "not_one_of"
            | "contains"
            | "subset"
            | "wildcard"
            | "all"
            | "any"
    )
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wildcard => f.write_str("wildcard"),
            Self::Exact(scalar) => write!(f, "exact {}", scalar.value()),
            Self::Extension(held) => held.fmt(f),
            Self::Range(range) => write!(f, "range {range}"),
            Self::OneOf(set) | Self::NotOneOf(set) | Self::Contains(set) | Self::Subset(set) => {
                write!(f, "{} {set}", self.type_name())
            }
            Self::All(clauses) | Self::Any(clauses) => {
                write!(f, "{}(", self.type_name())?;
                for (i, clause) in clauses.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    clause.fmt(f)?;
                }
                f.write_str(")")
            }
        }
    }
}

/// A value under judgement. However many clauses look at its elements, they are sorted once, so
/// that a long array under many clauses costs no more than both their sizes.
struct Argument<'v> {
    value: &'v Value,
    elements: OnceCell<Vec<&'v Value>>,
}

impl<'v> Argument<'v> {
    /// The elements of an array, sorted, each once.
    fn elements(&self) -> Option<&[&'v Value]> {
        let array = self.value.as_array()?;
        Some(self.elements.get_or_init(|| {
            let mut elements: Vec<&Value> = array.iter().collect();
            elements.sort_unstable();
            elements.dedup();
            elements
        }))
    }
}

/// A value that is neither an array nor an object, as `exact` holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar(Value);

impl Scalar {
    /// The value.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl TryFrom<Value> for Scalar {
    type Error = ConstraintError;

    fn try_from(value: Value) -> Result<Self, ConstraintError> {
        match value {
            Value::Array(_) | Value::Object(_) => Err(ConstraintError::ExactNotScalar),
            scalar => Ok(Self(scalar)),
        }
    }
}

/// The clauses of `all` or `any`: at least one (AAT-02 4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clauses(Box<[Constraint]>);

impl Clauses {
    /// The clauses in the order written.
    pub fn iter(&self) -> core::slice::Iter<'_, Constraint> {
        self.0.iter()
    }
}

impl TryFrom<Vec<Constraint>> for Clauses {
    type Error = ConstraintError;

    fn try_from(clauses: Vec<Constraint>) -> Result<Self, ConstraintError> {
        if clauses.is_empty() {
            return Err(ConstraintError::NoClauses);
        }
        Ok(Self(clauses.into_boxed_slice()))
    }
}

/// Why a constraint is not well-formed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConstraintError {
    /// `exact` holds an array or an object.
    #[error("`exact` takes a string, number, boolean or null")]
    ExactNotScalar,
    /// `min` is greater than `max`.
    #[error("`min` {min} is greater than `max` {max}")]
    RangeReversed {
        /// The lower bound.
        min: Number,
        /// The upper bound.
        max: Number,
    },
    /// `one_of` without a value accepts nothing; to authorize nothing, leave the tool out.
    #[error("`one_of` has no values")]
    OneOfEmpty,
    /// `all` or `any` without a clause.
    #[error("`all` and `any` need at least one clause")]
    NoClauses,
}

/// Accepts exactly one scalar.
///
/// # Errors
///
/// When `value` is an array or an object.
pub fn exact(value: impl Into<Value>) -> Result<Constraint, ConstraintError> {
    Scalar::try_from(value.into()).map(Constraint::Exact)
}

/// Accepts the numbers of a Rust range: `range(1..=100)`, `range(..10)`.
///
/// # Errors
///
/// When the lower bound is greater than the upper.
pub fn range<N>(bounds: impl ops::RangeBounds<N>) -> Result<Constraint, ConstraintError>
where
    N: Copy + Into<Number>,
{
    let bound = |bound: ops::Bound<&N>| match bound {
        ops::Bound::Included(&n) => Some(Bound::inclusive(n)),
        ops::Bound::Excluded(&n) => Some(Bound::exclusive(n)),
        ops::Bound::Unbounded => None,
    };
    Range::new(bound(bounds.start_bound()), bound(bounds.end_bound())).map(Constraint::Range)
}

/// Accepts numbers up to and including `max`.
pub fn at_most(max: impl Into<Number>) -> Constraint {
    Constraint::Range(Range::up_to(Bound::inclusive(max)))
}

/// Accepts numbers from `min` on.
pub fn at_least(min: impl Into<Number>) -> Constraint {
    Constraint::Range(Range::starting_at(Bound::inclusive(min)))
}

/// Accepts the listed values.
///
/// # Errors
///
/// When there is none.
pub fn one_of<V: Into<Value>>(
    values: impl IntoIterator<Item = V>,
) -> Result<Constraint, ConstraintError> {
    let values: ValueSet = values.into_iter().collect();
    if values.is_empty() { Err(ConstraintError::OneOfEmpty) } else { Ok(Constraint::OneOf(values)) }
}

/// Accepts everything but the listed values.
pub fn not_one_of<V: Into<Value>>(excluded: impl IntoIterator<Item = V>) -> Constraint {
    Constraint::NotOneOf(excluded.into_iter().collect())
}

/// Accepts arrays that hold all the listed values.
pub fn contains<V: Into<Value>>(required: impl IntoIterator<Item = V>) -> Constraint {
    Constraint::Contains(required.into_iter().collect())
}

/// Accepts arrays that hold nothing but listed values.
pub fn subset<V: Into<Value>>(allowed: impl IntoIterator<Item = V>) -> Constraint {
    Constraint::Subset(allowed.into_iter().collect())
}

/// Accepts every value; the argument is still required, unless marked optional.
pub fn wildcard() -> Constraint {
    Constraint::Wildcard
}

/// Accepts what all the clauses accept.
///
/// # Errors
///
/// When there is no clause.
pub fn all(clauses: impl IntoIterator<Item = Constraint>) -> Result<Constraint, ConstraintError> {
    Clauses::try_from(clauses.into_iter().collect::<Vec<_>>()).map(Constraint::All)
}

/// Accepts what at least one clause accepts.
///
/// # Errors
///
/// When there is no clause.
pub fn any(clauses: impl IntoIterator<Item = Constraint>) -> Result<Constraint, ConstraintError> {
    Clauses::try_from(clauses.into_iter().collect::<Vec<_>>()).map(Constraint::Any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    fn value(text: &str) -> Value {
        Value::from_json(text.as_bytes()).unwrap()
    }

    #[test]
    fn each_type_against_values_of_every_kind() {
        // The values, then for each constraint which of them it accepts.
        let values = ["null", "true", r#""a""#, "1", "2.5", "[]", r#"["a",1]"#, r#"{"a":1}"#];
        let list = || ["a".into(), Value::from(1)];
        let nothing: [Value; 0] = [];
        let table: Vec<(Constraint, [u8; 8])> = vec![
            (exact(Value::Null).unwrap(), [1, 0, 0, 0, 0, 0, 0, 0]),
            (exact("a").unwrap(), [0, 0, 1, 0, 0, 0, 0, 0]),
            (exact(1).unwrap(), [0, 0, 0, 1, 0, 0, 0, 0]),
            (range(1..=2).unwrap(), [0, 0, 0, 1, 0, 0, 0, 0]),
            (range::<i32>(..).unwrap(), [0, 0, 0, 1, 1, 0, 0, 0]),
            (at_least(2), [0, 0, 0, 0, 1, 0, 0, 0]),
            (at_most(2), [0, 0, 0, 1, 0, 0, 0, 0]),
            (one_of(list()).unwrap(), [0, 0, 1, 1, 0, 0, 0, 0]),
            (one_of([value(r#"["a",1]"#)]).unwrap(), [0, 0, 0, 0, 0, 0, 1, 0]),
            (not_one_of(list()), [1, 1, 0, 0, 1, 1, 1, 1]),
            (not_one_of(nothing.clone()), [1; 8]),
            (contains(["a"]), [0, 0, 0, 0, 0, 0, 1, 0]),
            (contains(nothing.clone()), [0, 0, 0, 0, 0, 1, 1, 0]),
            (subset(list()), [0, 0, 0, 0, 0, 1, 1, 0]),
            (subset(["a"]), [0, 0, 0, 0, 0, 1, 0, 0]),
            (subset(nothing), [0, 0, 0, 0, 0, 1, 0, 0]),
            (wildcard(), [1; 8]),
            (all([at_least(1), not_one_of([1])]).unwrap(), [0, 0, 0, 0, 1, 0, 0, 0]),
            (any([exact("a").unwrap(), at_least(2)]).unwrap(), [0, 0, 1, 0, 1, 0, 0, 0]),
        ];
        for (constraint, expected) in table {
            let found = values.map(|text| u8::from(constraint.accepts(&value(text))));
            assert_eq!(found, expected, "{constraint}");
        }
    }

    /// Thousands of clauses over tens of thousands of elements: each is looked up, none sorts again.
    #[test]
    fn many_clauses_over_a_long_array() {
        let elements: Vec<Value> = (0..50_000).map(Value::from).collect();
        let long = Value::from(elements);
        let clauses = (0..2_000).map(|n| contains([n, n + 1]));
        assert!(all(clauses).unwrap().accepts(&long));
        let clauses = (0..2_000).map(|n| subset([n]));
        assert!(!any(clauses).unwrap().accepts(&long));
    }

    #[test]
    fn ill_formed_constraints_cannot_be_made() {
        assert_eq!(exact(value("[1]")), Err(ConstraintError::ExactNotScalar));
        assert_eq!(exact(value("{}")), Err(ConstraintError::ExactNotScalar));
        assert_eq!(one_of([] as [Value; 0]), Err(ConstraintError::OneOfEmpty));
        assert_eq!(all([]), Err(ConstraintError::NoClauses));
        assert_eq!(any([]), Err(ConstraintError::NoClauses));
        let reversed = Range::new(Some(Bound::inclusive(2)), Some(Bound::exclusive(1)));
        assert!(matches!(reversed, Err(ConstraintError::RangeReversed { .. })));
    }

    #[test]
    fn told_in_words() {
        for (constraint, expected) in [
            (exact("a").unwrap(), r#"exact "a""#),
            (range(1..).unwrap(), "range 1.."),
            (range(1..2).unwrap(), "range 1..2"),
            (range(..=2).unwrap(), "range ..=2"),
            (
                Range::new(Some(Bound::exclusive(1)), None).map(Constraint::Range).unwrap(),
                "range 1<..",
            ),
            (one_of([1, 2, 3]).unwrap(), "one_of [1, 2, 3]"),
            (subset([] as [Value; 0]), "subset []"),
            (any([wildcard(), exact(1).unwrap()]).unwrap(), "any(wildcard, exact 1)"),
        ] {
            assert_eq!(constraint.to_string(), expected);
        }
    }

    #[test]
    fn depth_counts_the_leaf() {
        assert_eq!(wildcard().depth(), 1);
        let nested = all([wildcard(), any([all([wildcard()]).unwrap()]).unwrap()]).unwrap();
        assert_eq!(nested.depth(), 4);
        assert_eq!(nested.to_string(), "all(wildcard, any(all(wildcard)))");
    }
}
