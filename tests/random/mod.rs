//! Grants, derivations and calls made of bytes, small enough to meet each other often.

use std::time::Duration;
use taper::{
    Audience, Bound, Claims, Constraint, ConstraintMap, DeriveError, Grant, HeldChain, Invocation,
    Object, Range, SigningKey, Timestamp, TokenId, Value, all, any, contains, exact, not_one_of,
    one_of, subset, wildcard,
};

pub(crate) fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// Numbers drawn from bytes, the same for the same bytes.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let fold =
            |state: u64, byte: &u8| (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self(bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold) | 1)
    }

    /// Other numbers.
    pub(crate) fn reversed(&self) -> Self {
        Self(self.0.reverse_bits() | 1)
    }

    pub(crate) fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 8) % u64::try_from(below).unwrap()).unwrap()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.below(2) == 0).cloned().collect()
    }
}

const TOOLS: [&str; 3] = ["s", "t", "\u{fc}"];
const ARGUMENTS: [&str; 4] = ["a", "b", "\u{10000}", "\u{ffff}"];
const VALUES: [&str; 16] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-3",
    "0.5",
    "9007199254740992",
    "1e300",
    r#""a""#,
    r#""b""#,
    r#""""#,
    "[]",
    r#"["a"]"#,
    r#"["a",1,"b"]"#,
    r#"{"b":1,"a":[{"x":null}]}"#,
];

fn value(dice: &mut Dice) -> Value {
    Value::from_json(VALUES[dice.below(VALUES.len())].as_bytes()).unwrap()
}

fn values(dice: &mut Dice) -> Vec<Value> {
    (0..dice.below(5)).map(|_| value(dice)).collect()
}

fn bound(dice: &mut Dice, number: i32) -> Option<Bound> {
    match dice.below(3) {
        0 => None,
        1 => Some(Bound::inclusive(number)),
        _ => Some(Bound::exclusive(number)),
    }
}

fn constraint(dice: &mut Dice, depth: usize) -> Constraint {
    let clauses = |dice: &mut Dice| -> Vec<Constraint> {
        (0..=dice.below(2)).map(|_| constraint(dice, depth + 1)).collect()
    };
    match dice.below(if depth < 3 { 9 } else { 7 }) {
        0 => exact(value(dice)).unwrap_or_else(|_| wildcard()),
        1 => {
            let low = i32::try_from(dice.below(3)).unwrap() - 1;
            let high = low + i32::try_from(dice.below(3)).unwrap();
            Constraint::Range(Range::new(bound(dice, low), bound(dice, high)).unwrap())
        }
        2 => one_of(values(dice)).unwrap_or_else(|_| wildcard()),
        3 => not_one_of(values(dice)),
        4 => contains(values(dice)),
        5 => subset(values(dice)),
        6 => wildcard(),
        7 => all(clauses(dice)).unwrap(),
        _ => any(clauses(dice)).unwrap(),
    }
}

/// Mostly a constraint that narrows `parent`.
fn narrower(dice: &mut Dice, parent: &Constraint) -> Constraint {
    if dice.below(6) == 0 {
        return constraint(dice, 0);
    }
    let list = |set: &taper::ValueSet| set.iter().cloned().collect::<Vec<_>>();
    match parent {
        Constraint::Wildcard => constraint(dice, 0),
        Constraint::OneOf(set) if dice.below(2) == 0 => {
            let member = list(set)[dice.below(set.len())].clone();
            exact(member).unwrap_or_else(|_| parent.clone())
        }
        Constraint::OneOf(set) => one_of(dice.some(&list(set))).unwrap_or_else(|_| parent.clone()),
        Constraint::Subset(set) => subset(dice.some(&list(set))),
        Constraint::NotOneOf(set) => not_one_of([list(set), values(dice)].concat()),
        Constraint::Contains(set) => contains([list(set), values(dice)].concat()),
        Constraint::Range(range) => match range.min().or(range.max()) {
            Some(bound) if dice.below(2) == 0 => {
                let bound = Some(Bound::exclusive(bound.value()));
                let max = if range.min().is_some() { range.max() } else { bound };
                Range::new(range.min().and(bound), max).map_or(parent.clone(), Constraint::Range)
            }
            _ => exact(1).unwrap(),
        },
        Constraint::All(clauses) => {
            let more = constraint(dice, 1);
            all(clauses.iter().cloned().chain([more])).unwrap()
        }
        Constraint::Any(clauses) => {
            let clause = clauses.iter().next().unwrap().clone();
            any([narrower(dice, &clause)]).unwrap()
        }
        _ => parent.clone(),
    }
}

fn map(dice: &mut Dice) -> ConstraintMap {
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

pub(crate) fn grant(dice: &mut Dice) -> Grant {
    let now = Timestamp::from_unix(1_704_067_500);
    let mut grant = Grant::to(key(2).public_key().clone())
        .id(id(dice, 0, now))
        .audience(audience(dice))
        .expires_in(Duration::from_secs(3600))
        .max_depth(4);
    for tool in TOOLS {
        if dice.below(4) != 0 {
            grant = grant.tool(tool, map(dice));
        }
    }
    if dice.below(3) == 0 { grant.claim("note", value(dice)) } else { grant }
}

/// One more hop, with up to four changes.
pub(crate) fn derive(
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
        child = child.claim("purpose", value(dice)).claim("a", value(dice));
    }
    child.sign(now)
}

pub(crate) fn invocation(dice: &mut Dice) -> Invocation {
    let tool = TOOLS[dice.below(TOOLS.len())];
    let arguments = dice.some(&ARGUMENTS);
    let members = arguments.into_iter().map(|argument| (argument, value(dice)));
    Invocation::new(tool, Object::new(members.collect::<Vec<_>>()).unwrap())
}

/// Mostly a call that `leaf` permits.
pub(crate) fn permitted(dice: &mut Dice, leaf: &Claims) -> Invocation {
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
        let mut pool: Vec<Value> =
            VALUES.iter().map(|text| Value::from_json(text.as_bytes()).unwrap()).collect();
        // What `contains` asks for is all of this.
        pool.push(pool.clone().into());
        pool.retain(|value| entry.constraint().accepts(value));
        if !pool.is_empty() {
            members.push((argument, pool[dice.below(pool.len())].clone()));
        }
    }
    Invocation::new(tool, Object::new(members).unwrap())
}
