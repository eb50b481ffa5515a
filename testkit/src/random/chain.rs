//! Chains as their holders make them.

use super::{ARGUMENTS, Dice, capabilities, constraint, narrower};
use crate::{NOW, key};
use std::time::Duration;
use taper::{Audience, DeriveError, Grant, HeldChain, Timestamp, TokenId};

fn id(dice: &mut Dice, hop: u8, now: Timestamp) -> TokenId {
    let fresh = TokenId::uuid_v7(now, [hop; 10]);
    match dice.below(4) {
        0 => fresh,
        1 => TokenId::uuid_v7(Timestamp::from_unix(now.as_unix() - 1), [hop; 10]),
        2 => TokenId::new(fresh.as_str().to_uppercase()).unwrap(),
        _ => TokenId::new(format!("token {hop}")).unwrap(),
    }
}

fn audience(dice: &mut Dice) -> Audience {
    match dice.below(8) {
        0 => Audience::only(["here"]),
        1 => Audience::only(["here", "there"]),
        2 => Audience::only(["there"]),
        _ => Audience::Unrestricted,
    }
}

/// A grant to key 2, to be issued at [`NOW`](crate::NOW).
pub fn grant(dice: &mut Dice) -> Grant {
    let now = Timestamp::from_unix(NOW);
    let mut grant = Grant::to(key(2).public_key().clone())
        .id(id(dice, 0, now))
        .audience(audience(dice))
        .expires_in(Duration::from_secs(3600))
        .max_depth(4);
    grant = grant.capabilities(capabilities(dice));
    if dice.below(3) == 0 { grant.claim("note", dice.value()) } else { grant }
}

/// One more hop, with up to four changes: from the key of the last holder to the next.
///
/// # Errors
///
/// When the changes widen something.
pub fn derive(
    dice: &mut Dice,
    parent: &HeldChain,
    hop: u8,
    now: Timestamp,
) -> Result<HeldChain, DeriveError> {
    let at = u8::try_from(parent.len()).unwrap() + 1;
    let holder = key(at);
    let mut child = parent.derive(&holder).to(key(at + 1).public_key().clone());
    child = child.id(id(dice, hop, now)).audience(audience(dice));
    if dice.below(2) == 0 {
        let seconds = u64::try_from(dice.below(200)).unwrap() + 1;
        child = child.expires_in(Duration::from_secs(seconds));
    }
    if dice.below(6) == 0 {
        child = child.max_depth(u32::try_from(dice.below(5)).unwrap());
    }
    let leaf = parent.leaf().capabilities();
    for _ in 0..dice.below(4) {
        let tools: Vec<_> = leaf.into_iter().flat_map(|tools| tools.tools()).collect();
        let Some((tool, above)) = tools.get(dice.below(tools.len().max(1))).copied() else {
            break;
        };
        let arguments: Vec<_> = above.entries().collect();
        let named = arguments.get(dice.below(arguments.len().max(1))).copied();
        child = match (dice.below(8), named) {
            (0, _) => child.drop_tool(tool),
            (1, _) => child.keep_only([tool]),
            (2, _) => child.close(tool),
            (3, Some((argument, _))) => child.require(tool, argument),
            (4, Some((argument, _))) => child.forbid(tool, argument),
            (5, _) if above.admits_unnamed() => {
                child.narrow(tool, ARGUMENTS[dice.below(4)], constraint(dice, 0))
            }
            (_, Some((argument, entry))) => {
                child.narrow(tool, argument, narrower(dice, entry.constraint()))
            }
            _ => child.close(tool),
        };
    }
    if dice.below(4) == 0 {
        child = child.claim("purpose", dice.value()).claim("a", dice.value());
    }
    child.sign(now)
}
