//! Calls.

use super::{ARGUMENTS, Dice, TOOLS};
use taper::{Claims, Invocation, Object};

/// Any call.
pub fn invocation(dice: &mut Dice) -> Invocation {
    let tool = TOOLS[dice.below(TOOLS.len())];
    let arguments = dice.some(&ARGUMENTS);
    let members = arguments.into_iter().map(|argument| (argument, dice.value()));
    Invocation::new(tool, Object::new(members.collect::<Vec<_>>()).unwrap())
}

/// Mostly a call that `leaf` permits.
pub fn permitted(dice: &mut Dice, leaf: &Claims) -> Invocation {
    let tools: Vec<_> = leaf.capabilities().into_iter().flat_map(|tools| tools.tools()).collect();
    if tools.is_empty() || dice.below(6) == 0 {
        return invocation(dice);
    }
    let (tool, map) = tools[dice.below(tools.len())];
    let mut members = vec![];
    for (argument, entry) in map.entries() {
        if entry.is_optional() && dice.below(2) == 0 {
            continue;
        }
        let mut pool = dice.universe();
        // What `contains` asks for is all of this.
        pool.push(pool.clone().into());
        pool.retain(|value| entry.constraint().accepts(value));
        if !pool.is_empty() {
            members.push((argument, pool[dice.below(pool.len())].clone()));
        }
    }
    Invocation::new(tool, Object::new(members).unwrap())
}
