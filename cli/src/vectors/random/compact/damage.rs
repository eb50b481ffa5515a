//! What can be wrong with compact bytes alone.

use super::{
    Frame,
    body::{Head, write_string, write_uint},
};
use crate::vectors::random::{dice::Dice, plan::Plan, tools::Map};

/// Before signing: the signer's fault, or malice.
pub(in super::super) const BEFORE: [fn(&mut Frame, &Plan, &mut Dice); 8] =
    [byte, number, number, holder, no_tools, constraint, constraint, critical_field];

/// After signing: on the way.
pub(in super::super) const AFTER: [fn(&mut Vec<u8>, &mut Dice); 4] =
    [|bytes, dice| flip(bytes, dice), cut, take_the_proof, no_tokens];

/// Changes, adds or removes a byte of a body.
fn byte(frame: &mut Frame, _: &Plan, dice: &mut Dice) {
    let body = if dice.chance(25) {
        &mut frame.proof
    } else {
        let Some(token) = dice.pick_mut(&mut frame.tokens) else { return };
        &mut token.body
    };
    let place = dice.below(body.len());
    let with = u8::try_from(dice.below(256)).unwrap_or(0);
    let before = body.iter().take(place);
    let after = match dice.below(3) {
        0 => vec![with],
        1 => vec![],
        _ => [&[with], body.get(place..=place).unwrap_or_default()].concat(),
    };
    *body =
        before.chain(&after).chain(body.iter().skip(place.saturating_add(1))).copied().collect();
}

/// Changes a time or the ceiling.
fn number(frame: &mut Frame, plan: &Plan, dice: &mut Dice) {
    let which = dice.below(frame.tokens.len());
    let (Some(token), Some(hop)) = (frame.tokens.get_mut(which), plan.hops.get(which)) else {
        return;
    };
    let Some(mut head) = Head::of(&token.body, which == 0) else { return };
    let span = |from: i64, to: i64| u64::try_from(to.saturating_sub(from)).unwrap_or(0);
    let parent = which.checked_sub(1).and_then(|above| plan.hops.get(above));
    let [first, second, third] = &mut head.numbers;
    let off = dice.between(-1, 2);
    match (parent, dice.below(4)) {
        (None, 0) => {
            // Ahead of now within the skew; an `int` is twice its number.
            *first = span(0, plan.now.saturating_add(20)).saturating_mul(2);
            *second = 0;
        }
        (None, 1) => *second = span(hop.iat, plan.now.saturating_add(off)),
        (None, 2) => *second = span(off, 7_776_001),
        (None, _) => *third = u64::try_from(dice.below(12)).unwrap_or(0),
        (Some(parent), 0) => *second = span(plan.now.saturating_add(off), parent.exp),
        (Some(parent), 1) => {
            *first = span(parent.iat, plan.now.saturating_add(31).saturating_add(off));
        }
        (Some(parent), 2) => {
            // `iat` ahead of now within the skew, and `exp` before it.
            *first = span(parent.iat, plan.now.saturating_add(20));
            *second = span(plan.now.saturating_add(15), parent.exp);
        }
        (Some(parent), _) => {
            let depth = i64::try_from(which).unwrap_or(0);
            *third = span(depth.saturating_sub(dice.between(0, 2)), parent.max_depth);
        }
    }
    token.body = head.write();
}

fn holder(frame: &mut Frame, _: &Plan, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut frame.tokens) else { return };
    // Of small order; not canonical; off the curve.
    let mut key = [0; 32];
    match dice.below(3) {
        0 => key[0] = 1,
        1 => key = [0xff; 32],
        _ => key[0] = 2,
    }
    token.holder = key;
}

/// Takes the tools from a token below the root, or gives it back all of its parent's.
fn no_tools(frame: &mut Frame, _: &Plan, dice: &mut Dice) {
    let which = if dice.chance(60) {
        frame.tokens.len().saturating_sub(1)
    } else {
        dice.below(frame.tokens.len())
    };
    if which > 0
        && let Some(token) = frame.tokens.get_mut(which)
    {
        let capabilities = [u8::from(dice.chance(20)), 0];
        if let Some(head) = Head::of(&token.body, false) {
            token.body = Head { capabilities: &capabilities, ..head }.write();
        }
    }
}

/// Constraints by themselves (6.2): ill-formed, unknown, wide, and too deep.
fn whole(dice: &mut Dice) -> Vec<u8> {
    match dice.below(10) {
        0 => vec![0x12, 0],
        1 => vec![0x17, 0],
        2 => vec![0x18, 0],
        3 => vec![0x11, 3, 3, 4, 3, 2],
        4 => vec![0x10, 6, 0],
        5 => vec![0x1f, 1, b'x', 2, b'{', b'}'],
        6 => vec![0x36],
        7 => vec![0x13, 0],
        8 => {
            let depth = dice.below(3).saturating_add(31);
            let mut nested = [0x17, 1].repeat(depth);
            nested.push(0x16);
            nested
        }
        _ => vec![0x16],
    }
}

/// Changes one argument of one tool, and drops the other tools.
fn constraint(frame: &mut Frame, plan: &Plan, dice: &mut Dice) {
    let which = dice.below(frame.tokens.len());
    let above = which.saturating_sub(1);
    let (Some(token), Some(hop)) = (frame.tokens.get_mut(which), plan.hops.get(above)) else {
        return;
    };
    let Some(head) = Head::of(&token.body, which == 0) else { return };
    let place = dice.below(hop.tools.len());
    let Some((tool, map)) = hop.tools.iter().nth(place) else { return };
    let mut capabilities = Vec::new();
    if which == 0 {
        capabilities.push(1);
        write_string(tool, &mut capabilities);
        capabilities.push(2);
        write_string("path", &mut capabilities);
        capabilities.extend(whole(dice));
    } else {
        capabilities.extend([2, 1]);
        write_uint(u64::try_from(place).unwrap_or(0), &mut capabilities);
        capabilities.push(1);
        change_map(map, &mut capabilities, dice);
    }
    // No fields.
    capabilities.push(0);
    token.body = Head { capabilities: &capabilities, ..head }.write();
}

/// A change of a parent's map (5.2): one argument is changed, the others are inherited.
fn change_map(map: &Map, to: &mut Vec<u8>, dice: &mut Dice) {
    let changed = dice.below(map.entries.len());
    for (place, (_, optional)) in map.entries.values().enumerate() {
        match (place == changed, dice.below(4)) {
            (false, _) => to.push(0),
            (true, 0) => to.push(1),
            (true, 1) => to.push(if *optional { 2 } else { 3 }),
            (true, _) => to.extend(whole(dice)),
        }
    }
    if map.unnamed {
        // Unnamed arguments stay, or not.
        to.push(u8::from(dice.chance(70)));
    }
}

/// A field that nobody knows and everybody must, or may, ignore (5.5).
fn critical_field(frame: &mut Frame, _: &Plan, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut frame.tokens) else { return };
    // Most bodies end with a count of no fields.
    if token.body.pop_if(|count| *count == 0).is_some() {
        token.body.extend([1, 1, b'f', u8::from(dice.chance(60)), 1, b'1']);
    }
}

fn flip(bytes: &mut [u8], dice: &mut Dice) {
    let bit = 1_u8.checked_shl(u32::try_from(dice.below(8)).unwrap_or(0)).unwrap_or(1);
    if let Some(byte) = dice.pick_mut(bytes) {
        *byte ^= bit;
    }
}

fn cut(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if dice.chance(30) {
        bytes.push(0);
    } else {
        bytes.truncate(dice.below(bytes.len()));
    }
}

/// Leaves a chain without its proof: a well-formed one, as one holder hands it to the next.
fn take_the_proof(bytes: &mut Vec<u8>, _: &mut Dice) {
    let Some([_, count, flags, _]) = bytes.first_chunk_mut() else { return };
    *flags = 0;
    let signatures = usize::from(*count).saturating_mul(96).saturating_add(4);
    let bodies = signatures.saturating_add(64);
    let mut end = bodies;
    for _ in 0..*count {
        let rest = bytes.get(end..).unwrap_or_default();
        let mut reader = super::body::Reader::new(rest);
        reader.string();
        end = end.saturating_add(rest.len().saturating_sub(reader.rest().len()));
    }
    let kept = bytes.get(..signatures).into_iter().chain(bytes.get(bodies..end));
    *bytes = kept.flatten().copied().collect();
}

fn no_tokens(bytes: &mut Vec<u8>, _: &mut Dice) {
    *bytes = vec![0xb5, 0, 0, 0x8a];
}
