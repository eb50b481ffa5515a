//! Searching a value near a given one that a constraint accepts, with bounded effort.
//!
//! What it finds is only a suggestion, but it is always accepted; what it does not find may exist.

use crate::{
    json::{Number, Value},
    model::{Bound, Constraint, Range, ValueSet},
};
use alloc::{borrow::Cow, collections::BTreeSet, vec, vec::Vec};

/// Candidates looked at and constraints entered, for one call: the bound on all that a constraint
/// can make this module do, each costing at most one evaluation of the whole constraint.
const EFFORT: usize = 2000;
/// The most members of one set that are candidates.
const MEMBERS: usize = 100;
/// The longest string, in characters, whose edit distance is measured: 4096 steps.
const MEASURED: usize = 64;
/// The longest array that is repaired.
const ELEMENTS: usize = 1000;

/// A suggestion, borrowed where it stands in a constraint.
type Candidate<'a> = Cow<'a, Value>;

pub(super) struct Search {
    left: usize,
}

impl Search {
    pub(super) fn new() -> Self {
        Self { left: EFFORT }
    }

    /// A value that `constraint` accepts: the nearest to `value` among those tried, or an obvious
    /// one when there is no value.
    pub(super) fn nearest(
        &mut self,
        constraint: &Constraint,
        value: Option<&Value>,
    ) -> Option<Value> {
        self.best(constraint, value).map(Cow::into_owned)
    }

    fn spend(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    fn best<'a>(
        &mut self,
        constraint: &'a Constraint,
        value: Option<&Value>,
    ) -> Option<Candidate<'a>> {
        let candidates = self.candidates(constraint, value);
        let accepted = candidates.into_iter().filter(|c| constraint.accepts(c));
        nearest_of(accepted, value)
    }

    /// Values that `constraint` may accept; those that come first win between equally near ones.
    fn candidates<'a>(
        &mut self,
        constraint: &'a Constraint,
        value: Option<&Value>,
    ) -> Vec<Candidate<'a>> {
        if !self.spend() {
            return Vec::new();
        }
        let mut found = match constraint {
            Constraint::Exact(scalar) => vec![Cow::Borrowed(scalar.value())],
            Constraint::Range(range) => within(range, value),
            Constraint::OneOf(set) => set.iter().take(MEMBERS).map(Cow::Borrowed).collect(),
            Constraint::NotOneOf(_) => beside(value),
            Constraint::Contains(required) => completed(required, value),
            Constraint::Subset(allowed) => reduced(allowed, value),
            // A wildcard refuses nothing, so nothing needs to be near it; what an extension type
            // accepts, only a try can tell.
            Constraint::Wildcard | Constraint::Extension(_) => Vec::new(),
            Constraint::All(clauses) => self.through_all(clauses.iter().as_slice(), value),
            Constraint::Any(clauses) => {
                let mut found = Vec::new();
                for clause in clauses.iter().take(MEMBERS) {
                    found.extend(self.best(clause, value));
                }
                found
            }
        };
        found.retain(|_| self.spend());
        found
    }

    /// What satisfying one clause after the other comes to, with all that is tried on the way.
    fn through_all<'a>(
        &mut self,
        clauses: &'a [Constraint],
        value: Option<&Value>,
    ) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        let mut current: Option<Candidate<'a>> = None;
        for clause in clauses.iter().take(MEMBERS) {
            let at = current.as_deref().or(value);
            if at.is_some_and(|value| clause.accepts(value)) {
                continue;
            }
            let mut tries = self.candidates(clause, at);
            if current.is_some() {
                tries.extend(self.candidates(clause, value));
            }
            let accepted = tries.iter().filter(|c| clause.accepts(c)).cloned();
            if let Some(next) = nearest_of(accepted, at) {
                current = Some(next);
            }
            let all = |c: &Candidate<'_>| clauses.iter().all(|clause| clause.accepts(c));
            found.extend(tries.into_iter().filter(all));
            found.truncate(MEMBERS);
        }
        current.into_iter().chain(found).collect()
    }
}

/// The nearest to `value`, or the first when there is no value; the first of equally near ones.
fn nearest_of<'a>(
    candidates: impl Iterator<Item = Candidate<'a>>,
    value: Option<&Value>,
) -> Option<Candidate<'a>> {
    let measured = candidates.map(|c| (value.map_or((0, 0.0), |value| distance(value, &c)), c));
    measured
        .min_by(|((a_kind, a), _), ((b_kind, b), _)| a_kind.cmp(b_kind).then(a.total_cmp(b)))
        .map(|(_, candidate)| candidate)
}

fn owned<'a>(value: impl Into<Value>) -> Candidate<'a> {
    Cow::Owned(value.into())
}

/// The bounds, and for an exclusive one the next number inside: one further, else half way to the
/// other bound, else the next double.
fn within<'a>(range: &Range, value: Option<&Value>) -> Vec<Candidate<'a>> {
    let (min, max) = (range.min(), range.max());
    let inward = |bound: Option<Bound>, step: f64, next: fn(f64) -> f64| {
        let bound = bound.map(|bound| bound.value().get());
        let tries = bound.map(|at| [at, at + step, next(at)]);
        tries.into_iter().flatten()
    };
    let half = min.zip(max).map(|(min, max)| (min.value().get() + max.value().get()) / 2.0);
    let steps = inward(min, 1.0, f64::next_up).chain(inward(max, -1.0, f64::next_down));
    // The middle and the next double read badly; they are for the narrowest ranges only.
    let (plain, next): (Vec<_>, Vec<_>) = steps.enumerate().partition(|(i, _)| i % 3 != 2);
    let inside = |found: &mut Vec<Number>, tries: &mut dyn Iterator<Item = f64>| {
        found.extend(tries.filter_map(number).filter(|n| range.holds(*n)));
    };
    let mut found = Vec::new();
    inside(&mut found, &mut plain.into_iter().map(|(_, n)| n).chain([0.0]));
    if found.is_empty() {
        inside(&mut found, &mut half.into_iter());
    }
    if found.is_empty() {
        inside(&mut found, &mut next.into_iter().map(|(_, n)| n));
    } else if value.and_then(Value::as_number).is_none() {
        found.truncate(1);
    }
    found.into_iter().map(owned).collect()
}

fn number(double: f64) -> Option<Number> {
    Number::try_from(double).ok()
}

/// Near an excluded value: its neighbours for a number, the other one for a boolean. For anything
/// else there is no telling what would make sense.
fn beside<'a>(value: Option<&Value>) -> Vec<Candidate<'a>> {
    match value {
        Some(Value::Bool(value)) => vec![owned(!value)],
        Some(Value::Number(n)) => [1.0, -1.0, 2.0, -2.0]
            .into_iter()
            .filter_map(|step| number(n.get() + step))
            .map(owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// The array with what is missing from it at its end.
fn completed<'a>(required: &ValueSet, value: Option<&Value>) -> Vec<Candidate<'a>> {
    if required.len() > ELEMENTS {
        return Vec::new();
    }
    let elements = value.and_then(Value::as_array).unwrap_or(&[]);
    if elements.len() > ELEMENTS {
        return Vec::new();
    }
    let present: BTreeSet<&Value> = elements.iter().collect();
    let missing = required.iter().filter(|value| !present.contains(value));
    let whole: Vec<Value> = elements.iter().chain(missing).cloned().collect();
    vec![owned(whole)]
}

/// The array without what is not allowed in it; for another value, an array of one allowed member.
fn reduced<'a>(allowed: &ValueSet, value: Option<&Value>) -> Vec<Candidate<'a>> {
    let kept: Vec<Value> = match value {
        Some(Value::Array(elements)) if elements.len() > ELEMENTS => return Vec::new(),
        Some(Value::Array(elements)) => {
            let kept = elements.iter().filter(|element| allowed.contains(element));
            kept.cloned().collect()
        }
        Some(value) if allowed.contains(value) => vec![value.clone()],
        _ => allowed.iter().take(1).cloned().collect(),
    };
    vec![owned(kept)]
}

/// How far apart two values are: first by kind, then by a measure within the kind.
fn distance(from: &Value, to: &Value) -> (u8, f64) {
    match (from, to) {
        (a, b) if a == b => (0, 0.0),
        (Value::Number(a), Value::Number(b)) => (0, (a.get() - b.get()).abs()),
        (Value::String(a), Value::String(b)) => edits(a, b).map_or((1, 0.0), |n| (0, n)),
        (Value::Array(a), Value::Array(b)) if a.len().max(b.len()) <= ELEMENTS => {
            let a: BTreeSet<&Value> = a.iter().collect();
            let b: BTreeSet<&Value> = b.iter().collect();
            let differing = u32::try_from(a.symmetric_difference(&b).count());
            (0, differing.map_or(f64::MAX, f64::from))
        }
        (Value::Bool(_), Value::Bool(_)) | (Value::Object(_), Value::Object(_)) => (1, 0.0),
        _ => (2, 0.0),
    }
}

/// The Levenshtein distance of two strings that are short enough to measure it.
fn edits(a: &str, b: &str) -> Option<f64> {
    let short = |text: &str| -> Option<Vec<char>> {
        let chars: Vec<char> = text.chars().take(MEASURED.saturating_add(1)).collect();
        (chars.len() <= MEASURED).then_some(chars)
    };
    let (a, b) = (short(a)?, short(b)?);
    let mut row: Vec<u32> = (0..).take(b.len().saturating_add(1)).collect();
    for (i, from) in (1..).zip(&a) {
        let mut diagonal = i;
        // The row's first cell: all of `a` so far, deleted.
        let mut cells = row.iter_mut();
        if let Some(first) = cells.next() {
            diagonal = core::mem::replace(first, i);
        }
        let mut left = i;
        for (cell, to) in cells.zip(&b) {
            let replaced = diagonal.saturating_add(u32::from(from != to));
            let shifted = left.min(*cell).saturating_add(1);
            diagonal = *cell;
            left = replaced.min(shifted);
            *cell = left;
        }
    }
    row.last().copied().map(f64::from)
}
