//! The memory that a verified chain keeps, estimated from above.

use crate::{
    chain::{Others, VerifiedToken},
    json::{Object, Value},
    model::{Capabilities, Constraint, ConstraintMap, ValueSet},
};

/// For an entry itself: its key, its place in the maps of the cache, and its chain.
pub(super) const ENTRY: usize = 1536;

/// For one allocation: what the allocator keeps and rounds up to, and reference counts.
const ALLOCATION: usize = 32;

/// For one entry of a map: its pointers and the empty places beside it.
const SLOT: usize = 96;

/// For a map beside its entries: a node has places for eleven, however few it has.
const NODE: usize = 384;

fn sum(parts: impl IntoIterator<Item = usize>) -> usize {
    parts.into_iter().fold(0, usize::saturating_add)
}

fn text(text: &str) -> usize {
    text.len().saturating_add(ALLOCATION)
}

/// Bytes for a token as it came, and for the pointer to it.
pub(super) fn bytes(wire: &[u8]) -> usize {
    wire.len().saturating_add(ALLOCATION).saturating_add(16)
}

/// Bytes for one token, charged as if it shared nothing.
pub(super) fn token(token: &VerifiedToken) -> usize {
    let claims = token.claims();
    let others = match token.others() {
        Others::Payload(payload) => payload.capacity().saturating_add(ALLOCATION),
        Others::Fields(fields) => {
            sum(fields.iter().map(|f| sum([SLOT, text(&f.name), text(&f.value)])))
        }
    };
    sum([
        VerifiedToken::CONTENT_SIZE,
        ALLOCATION,
        text(claims.id().as_str()),
        text(claims.issuer()),
        sum(claims.audience().names().iter().map(|name| text(name).saturating_add(SLOT))),
        claims.capabilities().map_or(0, capabilities),
        others,
    ])
}

fn capabilities(capabilities: &Capabilities) -> usize {
    let tools = capabilities.tools();
    sum([NODE, sum(tools.map(|(tool, arguments)| sum([SLOT, text(tool), map(arguments)])))])
}

fn map(map: &ConstraintMap) -> usize {
    let entry = |name: &str, of: &Constraint| sum([SLOT, text(name), constraint(of)]);
    sum([ALLOCATION, NODE, sum(map.entries().map(|(name, of)| entry(name, of.constraint())))])
}

fn constraint(constraint: &Constraint) -> usize {
    let inner = match constraint {
        Constraint::Exact(scalar) => value(scalar.value()),
        Constraint::OneOf(set)
        | Constraint::NotOneOf(set)
        | Constraint::Contains(set)
        | Constraint::Subset(set) => values(set),
        Constraint::All(clauses) | Constraint::Any(clauses) => {
            sum(clauses.iter().map(self::constraint))
        }
        // What the type made of its members is taken to weigh as much as they do.
        Constraint::Extension(held) => {
            sum([held.content_size(), ALLOCATION, object(held.members()).saturating_mul(2)])
        }
        Constraint::Range(_) | Constraint::Wildcard => 0,
    };
    sum([size_of::<Constraint>(), ALLOCATION, inner])
}

fn values(set: &ValueSet) -> usize {
    sum(set.iter().map(value)).saturating_add(ALLOCATION)
}

fn value(value: &Value) -> usize {
    let inner = match value {
        Value::String(string) => text(string),
        Value::Array(elements) => sum(elements.iter().map(self::value)).saturating_add(ALLOCATION),
        Value::Object(members) => object(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>().saturating_add(inner)
}

fn object(object: &Object) -> usize {
    let members = object.iter().map(|(name, of)| sum([text(name), 16, value(of)]));
    sum(members).saturating_add(ALLOCATION)
}
