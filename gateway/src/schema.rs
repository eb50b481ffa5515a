//! A tool's input schema, narrowed to what a chain permits (B-mcp-19).
//!
//! What the narrowed schema admits the verifier permits, but for numbers that JSON Schema cannot
//! tell from their neighbours (`9007199254740993`). The reverse holds where JSON Schema can say it.

use serde_json::{Map, Value, json};
use taper::{Bound, Constraint, ConstraintMap, ValueSet};

/// `schema` with the arguments that `map` admits, and each narrowed to its constraint.
pub(crate) fn narrow(schema: Value, map: &ConstraintMap) -> Value {
    let mut own = Map::new();
    own.insert("type".into(), json!("object"));
    let mut original = match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    let mut described = match original.remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    let mut properties = Map::new();
    for (name, entry) in map.entries() {
        let described = described.remove(name).unwrap_or_else(|| json!({}));
        properties.insert(name.into(), both(described, of(entry.constraint())));
    }
    if map.admits_unnamed() {
        properties.extend(described);
    } else {
        own.insert("additionalProperties".into(), json!(false));
        // Names that match a pattern would count as described.
        original.remove("patternProperties");
    }
    let mut required: Vec<Value> = match original.remove("required") {
        Some(Value::Array(required)) => required,
        _ => Vec::new(),
    };
    for (name, entry) in map.entries() {
        if !entry.is_optional() && !required.iter().any(|known| known == name) {
            required.push(name.into());
        }
    }
    own.insert("properties".into(), properties.into());
    if !required.is_empty() {
        own.insert("required".into(), required.into());
    }
    for (keyword, value) in original {
        // What the server says of other arguments cannot widen what the chain says.
        own.entry(keyword).or_insert(value);
    }
    own.into()
}

/// A schema that admits what both admit.
fn both(described: Value, constraint: Map<String, Value>) -> Value {
    let mut merged = match described {
        Value::Object(described) => described,
        // `true` admits everything, and `false` nothing.
        Value::Bool(false) => return json!(false),
        _ => Map::new(),
    };
    let clash = constraint
        .iter()
        .any(|(keyword, value)| merged.get(keyword).is_some_and(|own| own != value));
    if clash || merged.contains_key("$ref") {
        return json!({ "allOf": [merged, constraint] });
    }
    merged.extend(constraint);
    merged.into()
}

/// The values that `constraint` accepts. Every value that the schema admits is accepted; what
/// cannot be said is left to the verifier.
fn of(constraint: &Constraint) -> Map<String, Value> {
    let schema = match constraint {
        Constraint::Exact(scalar) => json!({ "const": value(scalar.value()) }),
        Constraint::OneOf(values) => json!({ "enum": list(values) }),
        Constraint::NotOneOf(values) if values.is_empty() => json!({}),
        Constraint::NotOneOf(values) => json!({ "not": { "enum": list(values) } }),
        Constraint::Contains(values) => {
            let each: Vec<Value> =
                values.iter().map(|one| json!({ "contains": { "const": value(one) } })).collect();
            if each.is_empty() {
                json!({ "type": "array" })
            } else {
                json!({ "type": "array", "allOf": each })
            }
        }
        Constraint::Subset(values) if values.is_empty() => {
            json!({ "type": "array", "maxItems": 0 })
        }
        Constraint::Subset(values) => json!({ "type": "array", "items": { "enum": list(values) } }),
        Constraint::Range(range) => {
            let mut schema = Map::new();
            schema.insert("type".into(), json!("number"));
            let mut bound = |bound: Option<Bound>, inclusive: &str, exclusive: &str| {
                if let Some(bound) = bound {
                    let keyword = if bound.is_inclusive() { inclusive } else { exclusive };
                    schema.insert(keyword.into(), value(&bound.value().into()));
                }
            };
            bound(range.min(), "minimum", "exclusiveMinimum");
            bound(range.max(), "maximum", "exclusiveMaximum");
            schema.into()
        }
        Constraint::All(clauses) => json!({ "allOf": clauses.iter().map(of).collect::<Vec<_>>() }),
        Constraint::Any(clauses) => json!({ "anyOf": clauses.iter().map(of).collect::<Vec<_>>() }),
        Constraint::Wildcard => json!({}),
        // A type that is not known here: nothing can be said of it, so nothing is shown to hold.
        _ => json!({ "not": {} }),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn list(values: &ValueSet) -> Vec<Value> {
    values.iter().map(value).collect()
}

fn value(value: &taper::Value) -> Value {
    serde_json::from_str(&value.to_jcs()).unwrap_or_default()
}
