//! [Samples] for [`soundness`](super::soundness), made by proptest.
//!
//! ```
//! # #[cfg(feature = "cidr")] {
//! use proptest::prelude::*;
//! use taper::extension::{Cidr, soundness, strategy};
//!
//! let networks = ["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"];
//! let texts = ["10.1.2.3", "2001:db8::1"];
//! let samples = strategy::samples(
//!     strategy::text_member("network", &networks),
//!     strategy::values(&texts),
//! );
//! proptest!(|(samples in samples)| {
//!     soundness::check::<Cidr>(&samples).map_err(|e| TestCaseError::fail(e.to_string()))?;
//! });
//! # }
//! ```

use super::soundness::Samples;
use crate::json::{Object, Value};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use proptest::{prelude::*, sample::Index};

/// What texts are broken with: separators, escapes, look-alikes, and what parsers strip.
const NASTY: &[&str] = &[
    "", "/", "//", ".", "..", "/../", "/./", "\\", "%", "%2e", "%2F", "%00", "\0", "\t", "\n", " ",
    ":", "@", "?", "#", ";", "[", "]", "0", "00", "1", "255", "256", "x", "-", "::", "::ffff:",
    "é", "。", "A",
];

/// Texts near `seeds`: each of them whole, cut, joined with another, or with something nasty put
/// in.
pub fn texts(seeds: &[&str]) -> impl Strategy<Value = String> + use<> {
    let seeds: Vec<String> = seeds.iter().map(ToString::to_string).collect();
    let seeds = if seeds.is_empty() { [String::new()].into() } else { seeds };
    let seed = proptest::sample::select(seeds);
    let edits = proptest::collection::vec((any::<Index>(), edit()), 0..3);
    (seed.clone(), seed, edits).prop_map(|(text, other, edits)| {
        edits.into_iter().fold(text, |text, (place, edit)| edit.apply(&text, &other, place))
    })
}

#[derive(Clone, Debug)]
enum Edit {
    /// Put in.
    Insert(&'static str),
    /// Cut off from there.
    Cut,
    /// Leave one character out.
    Remove,
    /// Go on as another text ends.
    Join(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => proptest::sample::select(NASTY).prop_map(Edit::Insert),
        1 => Just(Edit::Cut),
        1 => Just(Edit::Remove),
        1 => any::<Index>().prop_map(Edit::Join),
    ]
}

impl Edit {
    fn apply(self, text: &str, other: &str, place: Index) -> String {
        let (before, after) = split(text, place);
        match self {
            Self::Insert(nasty) => [before, nasty, after].concat(),
            Self::Cut => before.into(),
            Self::Remove => {
                let mut rest = after.chars();
                rest.next();
                [before, rest.as_str()].concat()
            }
            Self::Join(from) => [before, split(other, from).1].concat(),
        }
    }
}

fn split(text: &str, place: Index) -> (&str, &str) {
    let characters = text.chars().count();
    let characters = place.index(characters.saturating_add(1));
    let at = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Values near `seeds`: mostly texts, now and then of another kind.
pub fn values(seeds: &[&str]) -> impl Strategy<Value = Value> + use<> {
    let text = texts(seeds);
    let other = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        proptest::collection::vec(texts(seeds).prop_map(Value::from), 0..2).prop_map(Value::from),
    ];
    prop_oneof![9 => text.prop_map(Value::from), 1 => other]
}

/// The members of a constraint whose only one is a text near `seeds`.
pub fn text_member(name: &'static str, seeds: &[&str]) -> impl Strategy<Value = Object> + use<> {
    texts(seeds).prop_map(move |text| Object::from_distinct([(name.into(), text.into())]))
}

/// Samples of up to six constraints and up to twelve values.
pub fn samples(
    constraints: impl Strategy<Value = Object>,
    values: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Samples> {
    let constraints = proptest::collection::vec(constraints, 1..=6);
    let values = proptest::collection::vec(values, 1..=12);
    (constraints, values)
        .prop_map(|(members, values)| Samples::new().constraints(members).values(values))
}
