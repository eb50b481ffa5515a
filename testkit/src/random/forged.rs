//! Chains that are signed as they should be, and may say more than their holders were given.

use super::{
    ARGUMENTS, Dice, TOOLS, capabilities, constraint,
    constraint::{akin, map},
    narrower,
};
use crate::{Forgery, ISSUER, Jws, NOW, thumbprint_uri, x};
use taper::{Capabilities, Constraint, ConstraintMap, Invocation};

/// A chain of one to four tokens, in which each mostly narrows the one before.
pub fn forgery(dice: &mut Dice) -> Forgery {
    let mut forgery = Forgery { tokens: vec![], proof: Jws::empty() };
    let mut tools = capabilities(dice);
    let mut expires = NOW + 3600;
    for signer in 1..=u8::try_from(dice.below(4)).unwrap() + 1 {
        let (issuer, parent) = match signer {
            1 => (ISSUER.into(), ""),
            _ => (thumbprint_uri(signer), r#""par_hash":"$PARENT","#),
        };
        let audience = match dice.below(12) {
            0 => r#""aud":"here","#,
            1 => r#""aud":["here","there"],"#,
            2 => r#""aud":"there","#,
            _ => "",
        };
        let payload = format!(
            r#"{{"jti":"token-{signer}","iss":"{issuer}","iat":{},"exp":{expires},"cnf":{{"jwk":{{"kty":"OKP","crv":"Ed25519","x":"{}"}}}},"del_depth":{},"del_max_depth":8,{parent}{audience}"authorization_details":[{{"type":"attenuating_agent_token","tools":{}}}]}}"#,
            NOW + i64::from(signer),
            x(signer + 1),
            signer - 1,
            tools.to_json(),
        );
        forgery.tokens.push(Jws { payload, signer, ..Jws::empty() });
        for _ in 0..dice.below(4) {
            tools = changed(dice, &tools);
        }
        match dice.below(16) {
            0 => expires += 60,
            1..4 => expires -= 900,
            _ => {}
        }
    }
    forgery
}

/// Has `signer` prove the call; the leaf's holder is the seed after that of its signer.
pub fn prove(forgery: &mut Forgery, call: &Invocation, signer: u8, now: i64) {
    let leaf = forgery.tokens.len();
    let tool = taper::Value::from(call.tool()).to_jcs();
    let arguments = call.arguments().to_jcs();
    forgery.proof = Jws {
        header: r#"{"alg":"Ed25519","typ":"aat-pop+jwt"}"#.into(),
        payload: format!(
            r#"{{"jti":"proof","iat":{now},"aat_id":"token-{leaf}","aat_hash":"$LEAF","aat_tool":{tool},"hta":{arguments}}}"#
        ),
        signer,
        break_signature: false,
    };
}

/// The entries of a map, to be changed one by one.
struct Entries {
    named: Vec<(String, Constraint, bool)>,
    unnamed: bool,
}

impl Entries {
    fn of(map: &ConstraintMap) -> Self {
        let entry = |(name, entry): (&str, &taper::Entry)| {
            (name.into(), entry.constraint().clone(), entry.is_optional())
        };
        Self { named: map.entries().map(entry).collect(), unnamed: map.admits_unnamed() }
    }

    fn map(self) -> ConstraintMap {
        let mut map = ConstraintMap::new();
        // A closed map without names cannot be written.
        if self.unnamed || self.named.is_empty() {
            map = map.allow_unnamed();
        }
        for (name, constraint, optional) in self.named {
            map = match optional {
                true => map.optional(name, constraint),
                false => map.require(name, constraint),
            };
        }
        map
    }
}

/// One change, which mostly narrows.
fn changed(dice: &mut Dice, tools: &Capabilities) -> Capabilities {
    let held: Vec<(&str, &ConstraintMap)> = tools.tools().collect();
    if held.is_empty() || dice.once_in(24) {
        return tools.clone().with_tool(dice.pick(&TOOLS), map(dice));
    }
    let (tool, above) = dice.pick(&held);
    let mut below = Entries::of(above);
    let at = dice.below(below.named.len().max(1));
    match (dice.below(16), below.named.get_mut(at)) {
        (0, _) => {
            let others = held.into_iter().filter(|(name, _)| *name != tool);
            return others.fold(Capabilities::new(), |tools, (name, map)| {
                tools.with_tool(name, map.clone())
            });
        }
        (1 | 2, _) => below.unnamed = dice.once_in(3),
        (3, _) => {
            let argument = dice.pick(&ARGUMENTS);
            below.named.retain(|(name, ..)| name != argument);
            below.named.push((argument.into(), constraint(dice, 0), dice.once_in(2)));
        }
        (4, Some(_)) => drop(below.named.remove(at)),
        (5, Some((_, _, optional))) => *optional = !*optional,
        (6..9, Some((_, constraint, _))) => *constraint = akin(dice, constraint),
        (_, Some((_, constraint, _))) => *constraint = narrower(dice, constraint),
        _ => {}
    }
    tools.clone().with_tool(tool, below.map())
}
