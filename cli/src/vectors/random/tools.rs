//! The tools of a token with the constraints on their arguments, and fewer of them.

use super::{
    dice::Dice,
    json::{Json, Members},
    rule::Rule,
};
use std::collections::BTreeMap;

pub(super) const TOOLS: [&str; 4] = ["read_file", "search", "\u{fc}", "https://a.example/v1/pay"];
pub(super) const ARGUMENTS: [&str; 6] = ["path", "q", "", "\u{e9}", "\u{10000}", "\u{ffff}"];

/// In the order of their names, as the compact profile counts them.
pub(super) type Tools = BTreeMap<String, Map>;

/// The arguments of one tool.
#[derive(Clone, Debug)]
pub(super) struct Map {
    /// Each with its rule and whether it is optional.
    pub(super) entries: BTreeMap<String, (Rule, bool)>,
    /// Whether arguments that are not named are admitted.
    pub(super) unnamed: bool,
}

impl Map {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let names = dice.some(&ARGUMENTS).into_iter().take(3);
        let entry = |name: &str| (name.to_owned(), (Rule::new(dice, 2), dice.chance(30)));
        let entries: BTreeMap<_, _> = names.map(entry).collect();
        // A map that names nothing admits everything.
        let unnamed = entries.is_empty() || dice.chance(25);
        Self { entries, unnamed }
    }

    /// A map that may stand below this one (AAT-02 4.5).
    fn narrower(&self, dice: &mut Dice) -> Self {
        if dice.chance(30) {
            return self.clone();
        }
        let unnamed = self.unnamed && dice.chance(50);
        let mut entries = BTreeMap::new();
        for (name, (rule, optional)) in &self.entries {
            if *optional && !unnamed && dice.chance(20) {
                continue;
            }
            let rule = if dice.chance(60) { rule.narrower(dice) } else { rule.clone() };
            entries.insert(name.clone(), (rule, *optional && dice.chance(70)));
        }
        if self.unnamed && dice.chance(30) {
            let name = dice.word(&ARGUMENTS).to_owned();
            entries.entry(name).or_insert_with(|| (Rule::new(dice, 1), dice.chance(50)));
        }
        if entries.is_empty() && !unnamed {
            return self.clone();
        }
        Self { entries, unnamed }
    }

    fn to_json(&self, dice: &mut Dice) -> Json {
        let mut members: Members = Vec::new();
        for (name, (rule, optional)) in &self.entries {
            let mut constraint = rule.members();
            if *optional || dice.chance(10) {
                constraint.push(("optional".into(), Json::Bool(*optional)));
            }
            members.push((name.clone(), Json::Object(constraint)));
        }
        if self.unnamed && (!members.is_empty() || dice.chance(50)) {
            members.push(("*".into(), Rule::Wildcard.to_json()));
        }
        Json::Object(members)
    }

    /// Arguments that this accepts, where they are easily found.
    pub(super) fn accepted(&self, dice: &mut Dice) -> Members {
        let mut arguments = Members::new();
        for (name, (rule, optional)) in &self.entries {
            if *optional && dice.chance(50) {
                continue;
            }
            // Some rules accept nothing; most of what is tried then is refused.
            let value =
                rule.accepted(dice).or_else(|| dice.chance(70).then(|| Json::value(dice, 1)));
            arguments.extend(value.map(|value| (name.clone(), value)));
        }
        if self.unnamed && dice.chance(30) {
            arguments.push(("unnamed".into(), Json::value(dice, 2)));
        }
        arguments
    }
}

/// The tools of a root.
pub(super) fn grant(dice: &mut Dice) -> Tools {
    let mut tools = dice.some(&TOOLS);
    if tools.is_empty() {
        tools.push("read_file");
    }
    tools.into_iter().map(|tool| (tool.to_owned(), Map::new(dice))).collect()
}

/// Tools that may stand below these, one at least.
pub(super) fn narrower(tools: &Tools, dice: &mut Dice) -> Tools {
    let kept = dice.below(tools.len());
    let mut below = Tools::new();
    for (place, (tool, map)) in tools.iter().enumerate() {
        if place == kept || dice.chance(70) {
            below.insert(tool.clone(), map.narrower(dice));
        }
    }
    below
}

pub(super) fn to_json(tools: &Tools, dice: &mut Dice) -> Json {
    let member = |(tool, map): (&String, &Map)| (tool.clone(), map.to_json(dice));
    Json::Object(tools.iter().map(member).collect())
}
