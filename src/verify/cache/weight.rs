//! About how many bytes of heap a remembered token takes.

use crate::{
    chain::VerifiedToken,
    json::Value,
    model::{Constraint, ConstraintMap},
};

/// A node of the tree with its places in the maps, the handles of its chain, and the token's fixed
/// part.
const FIXED: usize = 1024;

/// An entry of a map: names, counters and handles.
const ENTRY: usize = 128;

pub(super) fn of(token: &VerifiedToken) -> usize {
    let claims = token.claims();
    let audience = claims.audience().names().iter().map(|name| name.len().saturating_add(32));
    let tools = claims.capabilities().into_iter().flat_map(|tools| tools.tools());
    let tools = tools.map(|(tool, arguments)| {
        arguments_weight(arguments).saturating_add(tool.len()).saturating_add(ENTRY)
    });
    let texts = [claims.issuer().len(), claims.id().as_str().len(), token.others_size(), FIXED];
    sum(texts.into_iter().chain(audience).chain(tools))
}

fn arguments_weight(arguments: &ConstraintMap) -> usize {
    sum(arguments.entries().map(|(argument, entry)| {
        constraint(entry.constraint()).saturating_add(argument.len()).saturating_add(ENTRY)
    }))
}

/// What a constraint refers to, and its own size.
fn constraint(of: &Constraint) -> usize {
    let more = match of {
        Constraint::OneOf(set)
        | Constraint::NotOneOf(set)
        | Constraint::Contains(set)
        | Constraint::Subset(set) => sum(set.iter().map(value)),
        Constraint::Exact(scalar) => value(scalar.value()),
        Constraint::All(clauses) | Constraint::Any(clauses) => sum(clauses.iter().map(constraint)),
        // What refers to nothing. What is not known here is counted by the payload alone.
        _ => 0,
    };
    size_of::<Constraint>().saturating_add(more)
}

fn value(of: &Value) -> usize {
    let more = match of {
        Value::String(text) => text.len(),
        Value::Array(elements) => sum(elements.iter().map(value)),
        Value::Object(members) => sum(members
            .iter()
            .map(|(name, member)| value(member).saturating_add(name.len()).saturating_add(32))),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>().saturating_add(more)
}

fn sum(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(0, usize::saturating_add)
}
