//! Tokens that claim more than their parent grants.

use super::{
    change::Change,
    dice::Dice,
    plan::{Hop, Plan},
    rule::Rule,
    tools::{ARGUMENTS, Map, TOOLS},
};

pub(super) const WIDENINGS: [Change; 12] = [
    add_a_tool,
    add_an_argument,
    drop_an_argument,
    make_optional,
    widen_a_rule,
    widen_a_rule,
    widen_a_rule,
    admit_unnamed,
    outlive,
    backdate,
    raise_the_ceiling,
    pass_the_ceiling,
];

/// A token below the root with its parent, and all below it.
fn below(plan: &mut Plan, dice: &mut Dice) -> Option<(Hop, usize)> {
    let child = dice.below(plan.hops.len().checked_sub(1)?).checked_add(1)?;
    let parent = plan.hops.get(child.checked_sub(1)?)?.clone();
    Some((parent, child)).filter(|_| child < plan.hops.len())
}

/// Changes the arguments of one tool that parent and child have.
fn change_a_map(plan: &mut Plan, dice: &mut Dice, change: impl FnOnce(&mut Map, &Map, &mut Dice)) {
    let Some((parent, child)) = below(plan, dice) else { return };
    let Some(hop) = plan.hops.get_mut(child) else { return };
    let mut maps: Vec<_> = hop.tools.iter_mut().collect();
    if let Some((tool, map)) = dice.pick_mut(&mut maps)
        && let Some(above) = parent.tools.get(*tool)
    {
        change(map, above, dice);
    }
}

fn add_a_tool(plan: &mut Plan, dice: &mut Dice) {
    let Some((_, child)) = below(plan, dice) else { return };
    if let Some(hop) = plan.hops.get_mut(child) {
        let tool = dice.word(&TOOLS).to_owned();
        hop.tools.entry(tool).or_insert_with(|| Map::new(dice));
    }
}

fn add_an_argument(plan: &mut Plan, dice: &mut Dice) {
    change_a_map(plan, dice, |map, _, dice| {
        let name = dice.word(&ARGUMENTS).to_owned();
        map.entries.entry(name).or_insert((Rule::Wildcard, true));
    });
}

fn drop_an_argument(plan: &mut Plan, dice: &mut Dice) {
    change_a_map(plan, dice, |map, _, dice| {
        let names: Vec<String> = map.entries.keys().cloned().collect();
        if let Some(name) = dice.pick(&names) {
            map.entries.remove(name);
            map.unnamed |= map.entries.is_empty();
        }
    });
}

fn make_optional(plan: &mut Plan, dice: &mut Dice) {
    change_a_map(plan, dice, |map, _, dice| {
        let mut entries: Vec<_> = map.entries.values_mut().collect();
        if let Some((_, optional)) = dice.pick_mut(&mut entries) {
            *optional = true;
        }
    });
}

fn widen_a_rule(plan: &mut Plan, dice: &mut Dice) {
    let widened = widened(plan, dice);
    plan.clone_from(&widened.map_or(plan.clone(), |(plan, _)| plan));
}

/// The plan with one rule that is wider than the parent's, and the same below parents that let it
/// pass; and which token has the rule.
pub(super) fn widened(plan: &Plan, dice: &mut Dice) -> Option<(Plan, (Plan, usize))> {
    let mut wide = plan.clone();
    let (parent, child) = below(&mut wide, dice)?;
    let hop = wide.hops.get_mut(child)?;
    let mut maps: Vec<_> = hop.tools.iter_mut().collect();
    let (tool, map) = dice.pick_mut(&mut maps)?;
    let mut entries: Vec<_> = map.entries.iter_mut().collect();
    let (argument, (rule, _)) = dice.pick_mut(&mut entries)?;
    let (above, _) = parent.tools.get(*tool)?.entries.get(*argument)?;
    *rule = match dice.below(10) {
        0 => Rule::Wildcard,
        1 => Rule::new(dice, 2),
        _ => above.wider(dice),
    };
    let (tool, argument) = (tool.to_string(), argument.to_string());
    let mut lenient = wide.clone();
    for hop in lenient.hops.iter_mut().take(child) {
        let map = hop.tools.get_mut(&tool)?;
        if let Some((rule, _)) = map.entries.get_mut(&argument) {
            *rule = Rule::Wildcard;
        }
    }
    Some((wide, (lenient, child)))
}

fn admit_unnamed(plan: &mut Plan, dice: &mut Dice) {
    change_a_map(plan, dice, |map, _, _| map.unnamed = true);
}

fn outlive(plan: &mut Plan, dice: &mut Dice) {
    let Some((parent, child)) = below(plan, dice) else { return };
    if let Some(hop) = plan.hops.get_mut(child) {
        hop.exp = parent.exp.saturating_add(dice.between(0, 2));
    }
}

fn backdate(plan: &mut Plan, dice: &mut Dice) {
    let Some((parent, child)) = below(plan, dice) else { return };
    if let Some(hop) = plan.hops.get_mut(child) {
        hop.iat = parent.iat.saturating_sub(dice.between(0, 2));
    }
}

fn raise_the_ceiling(plan: &mut Plan, dice: &mut Dice) {
    let Some((parent, child)) = below(plan, dice) else { return };
    if let Some(hop) = plan.hops.get_mut(child) {
        hop.max_depth = parent.max_depth.saturating_add(dice.between(0, 2));
    }
}

/// The parent's own, or one that the child sets for itself.
fn pass_the_ceiling(plan: &mut Plan, dice: &mut Dice) {
    let Some((_, child)) = below(plan, dice) else { return };
    let place = child.saturating_sub(dice.below(2));
    if let Some(hop) = plan.hops.get_mut(place) {
        let depth = i64::try_from(child).unwrap_or(0);
        hop.max_depth = depth.saturating_sub(1);
    }
}
