//! Calls.

use super::{ARGUMENTS, Dice, TOOLS};
use taper::{Claims, ConstraintMap, Entry, Invocation, Object, Value};

/// Any call.
pub fn invocation(dice: &mut Dice) -> Invocation {
    let tool = TOOLS[dice.below(TOOLS.len())];
    let arguments = dice.some(&ARGUMENTS);
    let members = arguments.into_iter().map(|argument| (argument, dice.value()));
    Invocation::new(tool, Object::new(members.collect::<Vec<_>>()).unwrap())
}

/// Mostly a call that `leaf` permits.
pub fn permitted(dice: &mut Dice, leaf: &Claims) -> Invocation {
    beyond(dice, std::slice::from_ref(leaf))
}

/// Mostly a call that the last of `chain` permits and one above does not, if there is any.
pub fn beyond(dice: &mut Dice, chain: &[Claims]) -> Invocation {
    let mut universe = dice.universe();
    // What `contains` asks for is all of this, what `subset` refuses one.
    let alone: Vec<Value> = universe.iter().map(|value| vec![value.clone()].into()).collect();
    universe.push(universe.clone().into());
    universe.extend(alone);
    // The values of an argument that the leaf accepts; of these, where there are any, those that
    // a token above refuses.
    let pool = |tool: &str, argument: &str, entry: &Entry| -> (Vec<Value>, bool) {
        let refused = |value: &Value| {
            chain.iter().any(|claims| {
                let map = claims.capabilities().and_then(|tools| tools.tool(tool));
                let above = map.and_then(|map| map.entry(argument));
                above.is_some_and(|above| !above.constraint().accepts(value))
            })
        };
        let accepted = universe.iter().filter(|value| entry.constraint().accepts(value));
        let (beyond, within): (Vec<Value>, Vec<Value>) = accepted.cloned().partition(refused);
        if beyond.is_empty() { (within, false) } else { (beyond, true) }
    };
    let widened = |(tool, map): &(&str, &ConstraintMap)| {
        map.entries().any(|(argument, entry)| pool(tool, argument, entry).1)
    };
    let leaf = chain[chain.len() - 1].capabilities();
    let mut tools: Vec<_> = leaf.into_iter().flat_map(|tools| tools.tools()).collect();
    if tools.is_empty() || dice.below(6) == 0 {
        return invocation(dice);
    }
    if tools.iter().any(widened) {
        tools.retain(widened);
    }
    let (tool, map) = dice.pick(&tools);
    let mut members = vec![];
    for (argument, entry) in map.entries() {
        let (pool, beyond) = pool(tool, argument, entry);
        if !pool.is_empty() && (beyond || !entry.is_optional() || dice.once_in(2)) {
            members.push((argument, pool[dice.below(pool.len())].clone()));
        }
    }
    // What is not named may be anything, here if nowhere above.
    if map.admits_unnamed() && dice.once_in(2) {
        let argument = dice.pick(&ARGUMENTS);
        if map.entry(argument).is_none() {
            members.push((argument, dice.value()));
        }
    }
    Invocation::new(tool, Object::new(members).unwrap())
}
