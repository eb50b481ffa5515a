//! Constraints, and what they hold in tokens.

use super::{ARGUMENTS, Dice, TOOLS};
use taper::{
    Bound, Capabilities, Constraint, ConstraintMap, Range, ValueSet, all, any, contains, exact,
    not_one_of, one_of, subset, wildcard,
};

fn bound(dice: &mut Dice, number: i32) -> Option<Bound> {
    match dice.below(3) {
        0 => None,
        1 => Some(Bound::inclusive(number)),
        _ => Some(Bound::exclusive(number)),
    }
}

/// A constraint that stands in `depth` others, and holds at most two more within each other.
pub fn constraint(dice: &mut Dice, depth: usize) -> Constraint {
    let clauses = |dice: &mut Dice| -> Vec<Constraint> {
        (0..=dice.below(2)).map(|_| constraint(dice, depth + 1)).collect()
    };
    match dice.below(if depth < 3 { 9 } else { 7 }) {
        0 => exact(dice.value()).unwrap_or_else(|_| wildcard()),
        1 => {
            let low = i32::try_from(dice.below(3)).unwrap() - 1;
            let high = low + i32::try_from(dice.below(3)).unwrap();
            Constraint::Range(Range::new(bound(dice, low), bound(dice, high)).unwrap())
        }
        2 => one_of(dice.values()).unwrap_or_else(|_| wildcard()),
        3 => not_one_of(dice.values()),
        4 => contains(dice.values()),
        5 => subset(dice.values()),
        6 => wildcard(),
        7 => all(clauses(dice)).unwrap(),
        _ => any(clauses(dice)).unwrap(),
    }
}

/// A constraint of the type that `other` has, which holds some of the same members and perhaps one
/// more: near it, and as often wider as narrower.
pub(super) fn akin(dice: &mut Dice, other: &Constraint) -> Constraint {
    let members = |dice: &mut Dice, set: &ValueSet| {
        let mut members = dice.some(&set.iter().cloned().collect::<Vec<_>>());
        members.extend((0..dice.below(2)).map(|_| dice.value()));
        members
    };
    match other {
        Constraint::OneOf(set) if dice.once_in(3) => {
            exact(dice.value()).unwrap_or_else(|_| one_of(set.iter().cloned()).unwrap())
        }
        Constraint::OneOf(set) => one_of(members(dice, set)).unwrap_or_else(|_| other.clone()),
        Constraint::NotOneOf(set) => not_one_of(members(dice, set)),
        Constraint::Contains(set) => contains(members(dice, set)),
        Constraint::Subset(set) => subset(members(dice, set)),
        _ => loop {
            let drawn = constraint(dice, 0);
            if drawn.type_name() == other.type_name() {
                return drawn;
            }
        },
    }
}

/// Mostly a constraint that narrows `parent`.
pub fn narrower(dice: &mut Dice, parent: &Constraint) -> Constraint {
    match dice.below(12) {
        0 => return constraint(dice, 0),
        1 => return akin(dice, parent),
        _ => {}
    }
    let list = |set: &ValueSet| set.iter().cloned().collect::<Vec<_>>();
    match parent {
        Constraint::Wildcard => constraint(dice, 0),
        Constraint::OneOf(set) if dice.below(2) == 0 => {
            let member = list(set)[dice.below(set.len())].clone();
            exact(member).unwrap_or_else(|_| parent.clone())
        }
        Constraint::OneOf(set) => one_of(dice.some(&list(set))).unwrap_or_else(|_| parent.clone()),
        Constraint::Subset(set) => subset(dice.some(&list(set))),
        Constraint::NotOneOf(set) => not_one_of([list(set), dice.values()].concat()),
        Constraint::Contains(set) => contains([list(set), dice.values()].concat()),
        Constraint::Range(range) => match range.min().or(range.max()) {
            Some(bound) if dice.below(2) == 0 => {
                let bound = Some(Bound::exclusive(bound.value()));
                let max = if range.min().is_some() { range.max() } else { bound };
                Range::new(range.min().and(bound), max).map_or(parent.clone(), Constraint::Range)
            }
            _ => exact(1).unwrap(),
        },
        Constraint::All(clauses) => {
            let mut kept: Vec<Constraint> = clauses.iter().cloned().collect();
            if dice.once_in(6) {
                kept.remove(dice.below(kept.len()));
            }
            kept.insert(dice.below(kept.len() + 1), constraint(dice, 1));
            all(kept).unwrap()
        }
        Constraint::Any(clauses) => {
            let mut kept = dice.some(&clauses.iter().cloned().collect::<Vec<_>>());
            kept.push(clauses.iter().next().unwrap().clone());
            let mut below: Vec<Constraint> =
                kept.iter().map(|clause| narrower(dice, clause)).collect();
            if dice.once_in(6) {
                below.push(constraint(dice, 1));
            }
            any(below).unwrap()
        }
        _ => parent.clone(),
    }
}

pub(super) fn map(dice: &mut Dice) -> ConstraintMap {
    let mut map = ConstraintMap::new();
    for argument in dice.some(&ARGUMENTS) {
        let constraint = constraint(dice, 0);
        map = match dice.below(2) {
            0 => map.require(argument, constraint),
            _ => map.optional(argument, constraint),
        };
    }
    if map.entries().len() == 0 || dice.below(3) == 0 { map.allow_unnamed() } else { map }
}

/// Some of the tools, each with some arguments.
pub fn capabilities(dice: &mut Dice) -> Capabilities {
    let mut tools = Capabilities::new();
    for tool in TOOLS {
        if !dice.once_in(4) {
            tools = tools.with_tool(tool, map(dice));
        }
    }
    tools
}
