//! Sets of values, as `one_of`, `not_one_of`, `contains` and `subset` carry them.

use crate::json::Value;
use alloc::{boxed::Box, vec::Vec};
use core::{cmp::Ordering, fmt};

/// A set of values. Order and repetition carry no meaning (AAT-02 3.4), so it is kept sorted and
/// without repetitions; membership takes logarithmic, inclusion linear time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSet(Box<[Value]>);

impl ValueSet {
    /// The values, each once.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter()
    }

    /// The values, each once, sorted.
    pub fn as_slice(&self) -> &[Value] {
        &self.0
    }

    /// How many different values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` is a member.
    pub fn contains(&self, value: &Value) -> bool {
        self.0.binary_search(value).is_ok()
    }

    /// The place of `value` in the sorted order.
    pub(crate) fn index_of(&self, value: &Value) -> Option<usize> {
        self.0.binary_search(value).ok()
    }

    /// The value at `index` in the sorted order.
    pub(crate) fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index)
    }

    /// Whether every member of `self` is a member of `other`.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        if self.len() > other.len() {
            return false;
        }
        let mut theirs = other.0.iter();
        // Both are sorted: one walk over each.
        self.0.iter().all(|mine| {
            theirs.by_ref().find_map(|value| match value.cmp(mine) {
                Ordering::Less => None,
                Ordering::Equal => Some(true),
                Ordering::Greater => Some(false),
            }) == Some(true)
        })
    }
}

impl<V: Into<Value>> FromIterator<V> for ValueSet {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
        values.sort_unstable();
        values.dedup();
        Self(values.into_boxed_slice())
    }
}

/// The values as a JSON array.
impl fmt::Display for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, value) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            value.fmt(f)?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> ValueSet {
        let value = Value::from_json(text.as_bytes()).unwrap();
        value.as_array().unwrap().iter().cloned().collect()
    }

    #[test]
    fn inclusion_and_membership() {
        let cases = [
            ("[]", "[]", true),
            ("[]", "[1]", true),
            ("[1]", "[]", false),
            ("[2,1,2]", "[1,2]", true),
            ("[1,3]", "[1,2,3]", true),
            ("[1,4]", "[1,2,3]", false),
            ("[0]", "[1,2,3]", false),
            (r#"["1"]"#, "[1]", false),
            ("[1.0]", "[1]", true),
            (r#"[{"a":1,"b":[null]}]"#, r#"[{"b":[null],"a":1e0}, true]"#, true),
            ("[[1,2]]", "[[2,1]]", false),
        ];
        for (narrow, wide, expected) in cases {
            assert_eq!(set(narrow).is_subset_of(&set(wide)), expected, "{narrow} {wide}");
            let each = set(narrow).iter().all(|value| set(wide).contains(value));
            assert_eq!(each, expected, "{narrow} {wide}");
        }
        assert_eq!(set("[2,1,2]").len(), 2);
    }
}
