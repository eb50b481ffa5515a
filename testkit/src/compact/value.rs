//! Values and sets: section 6.1 of the profile.

use super::{int, string, uint};
use std::cmp::Ordering;
use taper::Value;

/// The greatest magnitude that is written as an integer.
const MAX_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A value.
pub fn value(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => vec![0],
        Value::Bool(false) => vec![1],
        Value::Bool(true) => vec![2],
        Value::Number(number) => number_of(number.get()),
        Value::String(text) => [vec![5], string(text)].concat(),
        Value::Array(elements) => {
            let elements: Vec<Vec<u8>> = elements.iter().map(self::value).collect();
            [vec![6], count(elements.len()), elements.concat()].concat()
        }
        Value::Object(_) => {
            let members = members(value);
            let written = members.iter().map(|(name, value)| [string(name), self::value(value)]);
            let written: Vec<Vec<u8>> = written.map(|member| member.concat()).collect();
            [vec![7], count(members.len()), written.concat()].concat()
        }
    }
}

fn number_of(number: f64) -> Vec<u8> {
    match number.fract() == 0.0 && number.abs() <= MAX_INTEGER {
        // The text of a double that is an integer has no point and no exponent here.
        true => [vec![3], int(format!("{number:.0}").parse().unwrap())].concat(),
        false => [vec![4], number.to_le_bytes().to_vec()].concat(),
    }
}

/// A set: sorted, each member once.
pub fn set(members: &[Value]) -> Vec<u8> {
    let members = sorted(members);
    let written: Vec<Vec<u8>> = members.iter().map(value).collect();
    [count(members.len()), written.concat()].concat()
}

/// The members of a set in its order.
pub fn sorted(members: &[Value]) -> Vec<Value> {
    let mut members = members.to_vec();
    members.sort_by(order);
    members.dedup_by(|a, b| order(a, b).is_eq());
    members
}

/// The order of values in a set.
fn order(a: &Value, b: &Value) -> Ordering {
    let kind = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    };
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.get().partial_cmp(&b.get()).unwrap(),
        (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Array(a), Value::Array(b)) => {
            let first = a.iter().zip(b.iter()).map(|(a, b)| order(a, b));
            first.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
        }
        (Value::Object(_), Value::Object(_)) => {
            let (a, b) = (members(a), members(b));
            let first = a.iter().zip(&b).map(|((name, value), (other, other_value))| {
                name.as_bytes().cmp(other.as_bytes()).then_with(|| order(value, other_value))
            });
            first.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
        }
        _ => kind(a).cmp(&kind(b)),
    }
}

/// The members of an object by the UTF-16 code units of their names; none of another value.
pub fn members(value: &Value) -> Vec<(&str, &Value)> {
    let Value::Object(object) = value else {
        return vec![];
    };
    let mut members: Vec<(&str, &Value)> = object.iter().collect();
    members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    members
}

/// The member of an object with this name.
pub fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    members(value).into_iter().find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// A text, if it is one.
pub fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The elements of an array, if it is one.
pub fn elements(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(elements) => Some(elements),
        _ => None,
    }
}

/// A count.
pub fn count(number: usize) -> Vec<u8> {
    uint(number.try_into().unwrap())
}
