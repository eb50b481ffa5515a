//! A tool's input schema, narrowed to what a chain permits (B-mcp-19).
//!
//! What the narrowed schema admits the verifier permits, but for numbers that JSON Schema cannot
//! tell from their neighbours (`9007199254740993`). The reverse holds where JSON Schema can say it.

use serde_json::{Map, Value, json};
use taper::{Bound, Constraint, ConstraintMap, ValueSet, extension::PathContainment};

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
        .any(|(keyword, value)| merged.get(keyword).is_some_and(|own| own != value))
        // With this, `items` is about the rest alone.
        || merged.contains_key("prefixItems");
    // What stands beside a `$ref` counts for nothing in older dialects.
    if merged.contains_key("$ref") {
        return json!({ "allOf": [merged, constraint] });
    }
    if clash {
        // Title, description and `x-mcp-header` stay where clients look for them.
        let mut all = match merged.remove("allOf") {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        };
        all.push(constraint.into());
        merged.insert("allOf".into(), all.into());
        return merged.into();
    }
    merged.extend(constraint);
    merged.into()
}

/// The values that `constraint` accepts. Every value that the schema admits is accepted; what
/// cannot be said is left to the verifier.
fn of(constraint: &Constraint) -> Map<String, Value> {
    let nothing = json!({ "not": {} });
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
        Constraint::Extension(extension) if extension.name() == "path_containment" => {
            let root = extension.members().get("root").and_then(taper::Value::as_str);
            root.and_then(PathContainment::normalized).map_or(nothing, |root| paths_below(&root))
        }
        // Nothing can be said of other types, so nothing is shown to hold.
        _ => nothing,
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// Paths at or below `root` in the form that clients write: single slashes, and no name `.` or `..`.
/// Only what all dialects of regular expressions have is used.
fn paths_below(root: &str) -> Value {
    const NAME: &str = r"[^./\\\x00][^/\\\x00]*|\.[^./\\\x00][^/\\\x00]*|\.\.[^/\\\x00]+";
    let mut literal = String::new();
    for char in root.trim_end_matches('/').chars() {
        if r"^$.*+?()[]{}|\".contains(char) {
            literal.push('\\');
        }
        literal.push(char);
    }
    // As many characters as fit into the 4096 bytes of X-path-6, however large each is.
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
        "pattern": format!("^{literal}(/({NAME}))*/?$"),
    })
}

fn list(values: &ValueSet) -> Vec<Value> {
    values.iter().map(value).collect()
}

fn value(value: &taper::Value) -> Value {
    serde_json::from_str(&value.to_jcs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let rows = [
            ("/data", "/data", true),
            ("/data", "/data/", true),
            ("/data", "/data/q3.pdf", true),
            ("/data", "/data/.hidden/...", true),
            ("/data", "/data/..x/a..", true),
            ("/data", "/data/\n", true),
            ("/data//", "/data/x", true),
            ("/data", "/data-old", false),
            ("/data", "/data/../x", false),
            ("/data", "/data/x/..", false),
            ("/data", "/data/..", false),
            ("/data", "/data/.", false),
            ("/data", "//data", false),
            ("/data", "/DATA/x", false),
            ("/data", "data/x", false),
            ("/data", "x/data/x", false),
            ("/data", "\n/data/x", false),
            ("/data", "/data/a\\b", false),
            ("/data", "/data/a\0b", false),
            ("/data", "", false),
            ("/a.b (1)+[x]", "/a.b (1)+[x]/y", true),
            ("/a.b (1)+[x]", "/aXb (1)+[x]/y", false),
            ("/{a}|^$*?", "/{a}|^$*?/y", true),
            ("/", "/", true),
            ("/", "/etc", true),
            ("/", "//", false),
            ("/", "//etc", false),
            ("/", "/..", false),
            ("/", "", false),
        ];
        let admits = |constraint: &Constraint, value: &Value| {
            jsonschema::is_valid(&of(constraint).into(), value)
        };
        for (root, path, expected) in rows {
            let constraint = PathContainment::constraint(root).unwrap();
            assert_eq!(admits(&constraint, &json!(path)), expected, "{path:?} below {root:?}");
            let accepted = constraint.accepts(&taper::Value::from(path));
            assert!(accepted || !expected, "{path:?} below {root:?}");
        }
        let below = PathContainment::constraint("/data").unwrap();
        assert!(!admits(&below, &json!(["/data/x"])) && !admits(&below, &json!(1)));
        for long in ["x".repeat(1018), "\u{1f9ed}".repeat(1018)] {
            let path = format!("/data/{long}");
            assert!(admits(&below, &json!(path)));
            assert!(below.accepts(&taper::Value::from(path.clone())));
            assert!(!admits(&below, &json!(format!("{path}x"))));
        }
    }
}
