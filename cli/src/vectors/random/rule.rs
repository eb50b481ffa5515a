//! Constraints, and narrower ones.

use super::{
    dice::Dice,
    json::{Json, Members, NUMBERS},
};
use taper::{Constraint, Limits, Value};

/// The place of the largest number.
const LAST: usize = NUMBERS.len().saturating_sub(1);

/// A constraint (AAT-02 3.4). Bounds are places among the numbers, with whether they belong to
/// the range.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    Exact(Json),
    Range(Option<(usize, bool)>, Option<(usize, bool)>),
    OneOf(Vec<Json>),
    NotOneOf(Vec<Json>),
    Contains(Vec<Json>),
    Subset(Vec<Json>),
    Wildcard,
    All(Vec<Rule>),
    Any(Vec<Rule>),
}

impl Rule {
    pub(super) fn new(dice: &mut Dice, depth: usize) -> Self {
        let shallow = depth.saturating_sub(1);
        match dice.below(if depth == 0 { 8 } else { 10 }) {
            0 => Self::Exact(Json::scalar(dice)),
            1 => Self::range(dice),
            2 => Self::OneOf(values(dice, 1)),
            3 => Self::NotOneOf(values(dice, 0)),
            4 => Self::Contains(values(dice, 0)),
            5 => Self::Subset(values(dice, 0)),
            8 => Self::All(clauses(dice, shallow)),
            9 => Self::Any(clauses(dice, shallow)),
            _ => Self::Wildcard,
        }
    }

    fn range(dice: &mut Dice) -> Self {
        let low = dice.below(NUMBERS.len());
        let high = low.saturating_add(dice.below(NUMBERS.len().saturating_sub(low)));
        let min = dice.chance(70).then(|| (low, dice.chance(70)));
        let max = dice.chance(70).then(|| (high, dice.chance(70)));
        Self::Range(min, max)
    }

    /// A rule that may stand below this one (AAT-02 4.5).
    pub(super) fn narrower(&self, dice: &mut Dice) -> Self {
        if dice.chance(30) {
            return self.clone();
        }
        match self {
            Self::Wildcard => Self::new(dice, 1),
            Self::Exact(_) => self.clone(),
            Self::Range(min, max) => {
                let inside = inside(*min, *max);
                match inside.clone().nth(dice.below(inside.clone().count())) {
                    None => self.clone(),
                    Some(number) if dice.chance(30) => Self::Exact(Json::Number(number)),
                    Some(number) if dice.chance(50) => {
                        Self::Range(Some((number, dice.chance(50))), *max).or(self, number, *max)
                    }
                    Some(number) => Self::Range(*min, Some((number, true))),
                }
            }
            Self::OneOf(values) => {
                let scalar = values.iter().find(|value| value.is_scalar()).cloned();
                match (scalar, dice.chance(30)) {
                    (Some(scalar), true) => Self::Exact(scalar),
                    _ => Self::OneOf(some_of(dice, values)),
                }
            }
            Self::Subset(values) => Self::Subset(dice.some(values)),
            Self::NotOneOf(values) => Self::NotOneOf(more(dice, values)),
            Self::Contains(values) => Self::Contains(more(dice, values)),
            Self::All(clauses) => {
                let mut below: Vec<Self> = clauses.iter().map(|rule| rule.narrower(dice)).collect();
                if dice.chance(20) {
                    below.insert(dice.below(below.len()), Self::NotOneOf(values(dice, 0)));
                }
                Self::All(below)
            }
            Self::Any(clauses) => {
                let below = some_of(dice, clauses);
                Self::Any(below.iter().map(|rule| rule.narrower(dice)).collect())
            }
        }
    }

    /// A rule that accepts a little more than this one, or something else: it may not stand below.
    pub(super) fn wider(&self, dice: &mut Dice) -> Self {
        let mut wide = self.clone();
        match &mut wide {
            Self::Wildcard => {}
            Self::Exact(value) => *value = Json::scalar(dice),
            Self::Range(min, max) => {
                let outward = if dice.chance(50) { (min, false) } else { (max, true) };
                let (bound, up) = outward;
                match (bound.as_mut(), dice.below(3)) {
                    (Some((_, inside)), 0) => *inside = true,
                    (Some((number, _)), 1) if up && *number < LAST => {
                        *number = number.saturating_add(1);
                    }
                    (Some((number, _)), 1) => *number = number.saturating_sub(1),
                    _ => *bound = None,
                }
            }
            Self::OneOf(values) | Self::Subset(values) => *values = more(dice, values),
            Self::NotOneOf(values) | Self::Contains(values) => drop_one(dice, values),
            Self::All(clauses) => {
                if clauses.len() > 1 && dice.chance(50) {
                    drop_one(dice, clauses);
                } else if let Some(clause) = dice.pick_mut(clauses) {
                    *clause = clause.wider(dice);
                }
            }
            Self::Any(clauses) => {
                if dice.chance(50) {
                    clauses.push(Self::new(dice, 0));
                } else if let Some(clause) = dice.pick_mut(clauses) {
                    *clause = clause.wider(dice);
                }
            }
        }
        wide
    }

    /// `self`, a range from `number` on, unless nothing would be left of it.
    fn or(self, parent: &Self, number: usize, max: Option<(usize, bool)>) -> Self {
        if max.is_some_and(|(max, _)| max < number) { parent.clone() } else { self }
    }

    /// A value that this accepts, when one is easily found.
    pub(super) fn accepted(&self, dice: &mut Dice) -> Option<Json> {
        let found = match self {
            Self::Exact(value) => value.clone(),
            Self::Range(min, max) => {
                let inside = inside(*min, *max);
                Json::Number(inside.clone().nth(dice.below(inside.count()))?)
            }
            Self::OneOf(values) => dice.pick(values)?.clone(),
            Self::Subset(values) => Json::Array(dice.some(values)),
            Self::Contains(values) => {
                let mut elements = values.clone();
                elements.insert(dice.below(values.len()), Json::scalar(dice));
                Json::Array(elements)
            }
            Self::Any(clauses) => dice.pick(clauses)?.accepted(dice)?,
            Self::Wildcard => Json::value(dice, 2),
            Self::NotOneOf(_) => self.tried(dice, |dice| Some(Json::value(dice, 1)))?,
            Self::All(clauses) => self.tried(dice, |dice| dice.pick(clauses)?.accepted(dice))?,
        };
        Some(found)
    }

    fn tried(
        &self,
        dice: &mut Dice,
        mut draw: impl FnMut(&mut Dice) -> Option<Json>,
    ) -> Option<Json> {
        let text = self.to_json().plain();
        let constraint = Constraint::from_json(text.as_bytes(), &Limits::default()).ok()?;
        let candidates = (0..8).filter_map(|_| draw(dice));
        candidates.into_iter().find(|candidate| {
            let value = Value::from_json(candidate.plain().as_bytes());
            value.is_ok_and(|value| constraint.accepts(&value))
        })
    }

    pub(super) fn to_json(&self) -> Json {
        Json::Object(self.members())
    }

    /// The members of the JSON form.
    pub(super) fn members(&self) -> Members {
        let list = |values: &[Json]| Json::Array(values.to_vec());
        let clauses = |rules: &[Self]| Json::Array(rules.iter().map(Self::to_json).collect());
        let (kind, mut rest): (&str, Vec<(&str, Json)>) = match self {
            Self::Exact(value) => ("exact", vec![("value", value.clone())]),
            Self::OneOf(values) => ("one_of", vec![("values", list(values))]),
            Self::NotOneOf(values) => ("not_one_of", vec![("excluded", list(values))]),
            Self::Contains(values) => ("contains", vec![("required", list(values))]),
            Self::Subset(values) => ("subset", vec![("allowed", list(values))]),
            Self::Wildcard => ("wildcard", vec![]),
            Self::All(rules) => ("all", vec![("constraints", clauses(rules))]),
            Self::Any(rules) => ("any", vec![("constraints", clauses(rules))]),
            Self::Range(min, max) => {
                let mut members = vec![];
                for (bound, name, inclusive) in
                    [(min, "min", "min_inclusive"), (max, "max", "max_inclusive")]
                {
                    if let Some((number, inside)) = bound {
                        members.push((name, Json::Number(*number)));
                        members.push((inclusive, Json::Bool(*inside)));
                    }
                }
                ("range", members)
            }
        };
        rest.insert(0, ("constraint_type", Json::text(kind)));
        rest.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The numbers strictly within two bounds, and the bounds that belong to the range.
fn inside(
    min: Option<(usize, bool)>,
    max: Option<(usize, bool)>,
) -> impl Iterator<Item = usize> + Clone {
    (0..NUMBERS.len()).filter(move |number| {
        let above = min.is_none_or(|(min, inside)| *number > min || inside && *number == min);
        let below = max.is_none_or(|(max, inside)| *number < max || inside && *number == max);
        above && below
    })
}

fn values(dice: &mut Dice, least: usize) -> Vec<Json> {
    let count = least.saturating_add(dice.below(4));
    (0..count).map(|_| Json::value(dice, 1)).collect()
}

fn clauses(dice: &mut Dice, depth: usize) -> Vec<Rule> {
    (0..=dice.below(2)).map(|_| Rule::new(dice, depth)).collect()
}

fn more(dice: &mut Dice, values: &[Json]) -> Vec<Json> {
    let mut more = values.to_vec();
    more.insert(dice.below(values.len()), Json::value(dice, 1));
    more
}

fn drop_one<T>(dice: &mut Dice, of: &mut Vec<T>) {
    let place = dice.below(of.len());
    if place < of.len() {
        of.remove(place);
    }
}

/// Some of them, at least one.
fn some_of<T: Clone>(dice: &mut Dice, of: &[T]) -> Vec<T> {
    let some = dice.some(of);
    if some.is_empty() { of.iter().take(1).cloned().collect() } else { some }
}
