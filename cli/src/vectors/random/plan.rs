//! What a chain, its proof and the call that it is shown for say, before anything is signed.

use super::{
    dice::Dice,
    json::{Json, Members},
    tools::{self, Tools},
};
use std::collections::BTreeMap;
use taper::{Timestamp, TokenId};

pub(super) const ISSUER: &str = "https://auth.example.com";
pub(super) const AUDIENCE: &str = "https://tools.example.com";
pub(super) const ELSEWHERE: &str = "https://elsewhere.example.com";

/// 2024-01-01T00:05:00Z; every case is within days of it.
const NOW: i64 = 1_704_067_500;
const DAY: i64 = 86_400;

/// How far in the future an `iat` may lie, and how far from now a proof's.
const SKEW: i64 = 30;

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) now: i64,
    pub(super) issuer: String,
    pub(super) hops: Vec<Hop>,
    pub(super) tool: String,
    pub(super) arguments: Members,
    /// The text of the arguments, where it is not to mean [`Self::arguments`].
    pub(super) arguments_text: Option<String>,
    pub(super) proof: Proof,
    pub(super) policy: BTreeMap<&'static str, Json>,
    pub(super) params: BTreeMap<&'static str, i64>,
    /// The one trust anchor: its issuer and its key.
    pub(super) anchor: (String, usize),
}

/// A token. The key of hop 0's issuer has number 0, the key of hop n's holder n + 1.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    pub(super) id: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) max_depth: i64,
    pub(super) audience: Vec<String>,
    pub(super) tools: Tools,
    /// Who signs.
    pub(super) signer: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) id: String,
    pub(super) iat: i64,
    pub(super) tool: String,
    pub(super) arguments: Members,
    pub(super) audience: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) signer: usize,
}

impl Plan {
    /// A plan in which nothing is wrong, if an argument is found for each constraint.
    pub(super) fn honest(dice: &mut Dice) -> Self {
        let now = NOW.saturating_add(dice.between(0, 7 * DAY));
        let tokens = *dice.pick(&[1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8]).unwrap_or(&1);
        let hops = hops(dice, tokens, now);
        let depth = hops.len().saturating_sub(1);
        let (tool, arguments) = match hops.last() {
            Some(leaf) => {
                let tools: Vec<_> = leaf.tools.iter().collect();
                let called = dice.pick(&tools).map(|(tool, map)| ((*tool).clone(), *map));
                called.map_or_else(Default::default, |(tool, map)| (tool, map.accepted(dice)))
            }
            None => Default::default(),
        };
        let iat = now.saturating_add(dice.between(-SKEW, SKEW + 1));
        let proof = Proof {
            id: id(dice, iat, "proof"),
            iat,
            tool: tool.clone(),
            arguments: arguments.clone(),
            audience: dice.chance(40).then(|| AUDIENCE.to_owned()),
            nonce: dice.chance(20).then(|| "nonce".to_owned()),
            signer: hops.len(),
        };
        let mut plan = Self {
            now,
            issuer: ISSUER.into(),
            hops,
            tool,
            arguments,
            arguments_text: None,
            proof,
            policy: BTreeMap::new(),
            params: BTreeMap::new(),
            anchor: (ISSUER.into(), 0),
        };
        plan.set_policy(dice, depth);
        plan
    }

    /// A policy that the plan fulfils.
    fn set_policy(&mut self, dice: &mut Dice, depth: usize) {
        let strings = |names: &[&str]| Json::Array(names.iter().map(|n| Json::text(*n)).collect());
        if self.proof.audience.is_some() && dice.chance(40) {
            self.policy.insert("require_pop_aud", Json::Bool(true));
        }
        if self.hops.iter().any(|hop| !hop.audience.is_empty()) && dice.chance(40) {
            self.policy.insert("require_chain_aud", Json::Bool(true));
        }
        if self.proof.nonce.is_some() && dice.chance(60) {
            self.policy.insert("nonces", strings(&["another", "nonce"]));
        }
        if dice.chance(20) {
            self.policy.insert("seen_jti", strings(&["seen", "before"]));
        }
        if dice.chance(10) {
            self.policy.insert("audiences", strings(&[AUDIENCE, "https://also.example.com"]));
        }
        if dice.chance(10) {
            let least = dice.below(depth.saturating_add(1)).to_string();
            let depths = vec![(self.tool.clone(), Json::Raw(least))];
            self.policy.insert("min_depth", Json::Object(depths));
        }
    }
}

fn hops(dice: &mut Dice, tokens: i64, now: i64) -> Vec<Hop> {
    let deepest = tokens.saturating_sub(1);
    let iat = now.saturating_sub(dice.between(-SKEW, 30 * DAY));
    let mut hops = vec![Hop {
        id: id(dice, iat, "token-0"),
        iat,
        exp: now.saturating_add(dice.between(SKEW + 2, 30 * DAY)),
        max_depth: dice.between(deepest, 9),
        audience: audience(dice),
        tools: tools::grant(dice),
        signer: 0,
    }];
    for depth in 1..tokens {
        let Some(parent) = hops.last() else { break };
        let latest = now.max(parent.iat).saturating_add(1);
        let iat = dice.between(parent.iat, latest);
        // After `iat`, which may be in the future.
        let soonest = now.saturating_add(SKEW + 1);
        let hop = Hop {
            id: id(dice, iat, &format!("token-{depth}")),
            iat,
            exp: dice.between(soonest, parent.exp.saturating_add(1)).max(soonest),
            max_depth: dice.between(deepest, parent.max_depth.saturating_add(1)),
            audience: audience(dice),
            tools: tools::narrower(&parent.tools, dice),
            signer: hops.len(),
        };
        hops.push(hop);
    }
    hops
}

fn id(dice: &mut Dice, iat: i64, name: &str) -> String {
    let fresh = TokenId::uuid_v7(Timestamp::from_unix(iat), dice.bytes());
    match dice.below(4) {
        0 => name.to_owned(),
        1 => fresh.as_str().to_uppercase(),
        _ => fresh.as_str().to_owned(),
    }
}

fn audience(dice: &mut Dice) -> Vec<String> {
    let names: &[&str] = match dice.below(12) {
        0 => &[AUDIENCE],
        1 => &[AUDIENCE, ELSEWHERE],
        _ => &[],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}
