//! Things that can go wrong in any profile: the clock, the call, the policy, who signs.

use super::{
    dice::Dice,
    json::{INADMISSIBLE, Json},
    plan::{ELSEWHERE, Plan},
    tools::{ARGUMENTS, TOOLS},
};

/// One thing that goes wrong, if it can.
pub(super) type Change = fn(&mut Plan, &mut Dice);

pub(super) const CHANGES: [Change; 23] = [
    expire,
    too_early,
    issued_later,
    expire_before_issued,
    live_too_long,
    delegate_too_deep,
    lower_a_limit,
    other_anchor,
    other_issuer,
    other_signer,
    repeat_an_id,
    audience_of_a_token,
    audience_of_the_point,
    audience_of_the_proof,
    proof_out_of_time,
    nonce,
    replay,
    other_argument,
    argument_after_signing,
    unreadable_arguments,
    other_tool,
    tool_after_signing,
    too_shallow,
];

fn expire(plan: &mut Plan, dice: &mut Dice) {
    let expiries: Vec<i64> = plan.hops.iter().map(|hop| hop.exp).collect();
    plan.now = dice.pick(&expiries).map_or(plan.now, |exp| exp.saturating_sub(dice.between(0, 2)));
}

fn too_early(plan: &mut Plan, dice: &mut Dice) {
    let issued: Vec<i64> = plan.hops.iter().map(|hop| hop.iat).collect();
    let skew = dice.between(30, 32);
    plan.now = dice.pick(&issued).map_or(plan.now, |iat| iat.saturating_sub(skew));
    plan.proof.iat = plan.now;
}

fn issued_later(plan: &mut Plan, dice: &mut Dice) {
    let from = dice.below(plan.hops.len());
    let iat = plan.now.saturating_add(dice.between(30, 32));
    for hop in plan.hops.iter_mut().skip(from) {
        hop.iat = iat;
        hop.exp = hop.exp.max(iat.saturating_add(1));
    }
}

/// Within the skew: `iat` is ahead of now, and `exp` not after it.
fn expire_before_issued(plan: &mut Plan, dice: &mut Dice) {
    let from = dice.below(plan.hops.len());
    let iat = plan.now.saturating_add(20);
    for hop in plan.hops.iter_mut().skip(from) {
        hop.iat = iat;
        hop.exp = iat.saturating_sub(dice.between(-1, 2));
    }
}

fn live_too_long(plan: &mut Plan, dice: &mut Dice) {
    if let Some(root) = plan.hops.first_mut() {
        let longest = 7_776_000_i64;
        root.exp = root.iat.saturating_add(longest).saturating_add(dice.between(0, 2));
    }
}

fn delegate_too_deep(plan: &mut Plan, dice: &mut Dice) {
    if let Some(root) = plan.hops.first_mut() {
        root.max_depth = dice.between(8, 11);
    }
}

fn lower_a_limit(plan: &mut Plan, dice: &mut Dice) {
    let (name, limit) = match dice.below(4) {
        0 => ("max_constraint_depth", dice.between(0, 3)),
        1 => ("max_delegation_depth", dice.between(0, 8)),
        2 => ("max_token_lifetime", dice.between(1, 5_000_000)),
        _ => ("max_iat_skew", dice.between(0, 30)),
    };
    plan.params.insert(name, limit);
}

fn other_anchor(plan: &mut Plan, _: &mut Dice) {
    plan.anchor.1 = 1;
}

fn other_issuer(plan: &mut Plan, dice: &mut Dice) {
    match dice.below(3) {
        0 => plan.anchor.0 = ELSEWHERE.into(),
        1 => plan.issuer = ELSEWHERE.into(),
        _ => plan.issuer.push('/'),
    }
}

fn other_signer(plan: &mut Plan, dice: &mut Dice) {
    if dice.chance(30) {
        plan.proof.signer = plan.proof.signer.saturating_sub(1);
    } else if let Some(hop) = dice.pick_mut(&mut plan.hops) {
        hop.signer = hop.signer.saturating_add(1);
    }
}

fn repeat_an_id(plan: &mut Plan, dice: &mut Dice) {
    let ids: Vec<String> = plan.hops.iter().map(|hop| hop.id.clone()).collect();
    if let (Some(id), Some(hop)) = (dice.pick(&ids), dice.pick_mut(&mut plan.hops)) {
        hop.id = id.clone();
    }
}

fn audience_of_a_token(plan: &mut Plan, dice: &mut Dice) {
    if let Some(hop) = dice.pick_mut(&mut plan.hops) {
        hop.audience = vec![ELSEWHERE.into()];
    }
}

fn audience_of_the_point(plan: &mut Plan, dice: &mut Dice) {
    if dice.chance(50) {
        plan.policy.insert("require_chain_aud", Json::Bool(true));
    } else {
        plan.policy.insert("audiences", Json::Array(vec![Json::text(ELSEWHERE)]));
    }
}

fn audience_of_the_proof(plan: &mut Plan, dice: &mut Dice) {
    if dice.chance(50) {
        plan.proof.audience = None;
        plan.policy.insert("require_pop_aud", Json::Bool(true));
    } else {
        plan.proof.audience = Some(ELSEWHERE.into());
    }
}

fn proof_out_of_time(plan: &mut Plan, dice: &mut Dice) {
    let off = dice.between(30, 33);
    plan.proof.iat =
        if dice.chance(50) { plan.now.saturating_add(off) } else { plan.now.saturating_sub(off) };
}

fn nonce(plan: &mut Plan, dice: &mut Dice) {
    let accepted = if dice.chance(80) { vec![Json::text("another")] } else { vec![] };
    plan.policy.insert("nonces", Json::Array(accepted));
    if dice.chance(30) {
        plan.proof.nonce = None;
    }
}

fn replay(plan: &mut Plan, _: &mut Dice) {
    let seen = vec![Json::text("before"), Json::text(plan.proof.id.clone())];
    plan.policy.insert("seen_jti", Json::Array(seen));
}

/// Of the call and the proof alike.
fn other_argument(plan: &mut Plan, dice: &mut Dice) {
    change_an_argument(plan, dice);
    plan.proof.arguments = plan.arguments.clone();
}

fn argument_after_signing(plan: &mut Plan, dice: &mut Dice) {
    if dice.chance(50) {
        change_an_argument(plan, dice);
    } else {
        std::mem::swap(&mut plan.arguments, &mut plan.proof.arguments);
        change_an_argument(plan, dice);
        std::mem::swap(&mut plan.arguments, &mut plan.proof.arguments);
    }
}

fn change_an_argument(plan: &mut Plan, dice: &mut Dice) {
    let value = Json::value(dice, 2);
    match dice.below(4) {
        0 if !plan.arguments.is_empty() => {
            plan.arguments.remove(dice.below(plan.arguments.len()));
        }
        1 => {
            let name = dice.word(&ARGUMENTS);
            plan.arguments.retain(|(argument, _)| argument != name);
            plan.arguments.push((name.into(), value));
        }
        2 => plan.arguments.push(("more".into(), value)),
        _ => match dice.pick_mut(&mut plan.arguments) {
            Some((_, old)) => *old = value,
            None => plan.arguments.push(("path".into(), value)),
        },
    }
}

fn unreadable_arguments(plan: &mut Plan, dice: &mut Dice) {
    let number = dice.word(&INADMISSIBLE);
    let mut arguments = plan.arguments.clone();
    plan.arguments_text = Some(match dice.below(8) {
        0 => "[]".into(),
        1 => "{".into(),
        2 => "null".into(),
        3 => {
            arguments.push(("number".into(), Json::Raw(number.into())));
            Json::Object(arguments).plain()
        }
        4 | 5 => {
            // To a reader that rounds, the very arguments that are permitted.
            let numbers = arguments.iter_mut().map(|(_, value)| value);
            let nearby = numbers.filter_map(|value| value.nearly().map(|text| (value, text)));
            match nearby.last() {
                Some((value, text)) => *value = Json::Raw(text.into()),
                None => arguments.push(("number".into(), Json::Raw(number.into()))),
            }
            Json::Object(arguments).plain()
        }
        _ => {
            // To a reader that keeps one of them, too.
            let again = arguments.first().cloned();
            arguments.push(again.unwrap_or_else(|| ("a".into(), Json::Null)));
            if arguments.len() == 1 {
                arguments.push(("a".into(), Json::Null));
            }
            Json::Object(arguments).plain()
        }
    });
}

fn other_tool(plan: &mut Plan, dice: &mut Dice) {
    plan.tool = dice.word(&TOOLS).into();
    plan.proof.tool = plan.tool.clone();
}

fn tool_after_signing(plan: &mut Plan, dice: &mut Dice) {
    plan.proof.tool = if dice.chance(50) { dice.word(&TOOLS).into() } else { "x".into() };
}

fn too_shallow(plan: &mut Plan, dice: &mut Dice) {
    let least = plan.hops.len().saturating_sub(dice.below(2)).to_string();
    let depths = vec![(plan.tool.clone(), Json::Raw(least))];
    plan.policy.insert("min_depth", Json::Object(depths));
}
