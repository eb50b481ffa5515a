//! Values and sets of values.

use super::cursor::{CompactFault, CompactRule, Cursor, Writer};
use crate::{
    json::{MAX_DEPTH, Number, Object, Value},
    model::ValueSet,
};
use alloc::{boxed::Box, vec::Vec};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const DOUBLE: u8 = 4;
const STRING: u8 = 5;
const ARRAY: u8 = 6;
const OBJECT: u8 = 7;

/// The greatest magnitude that is written as an integer; beyond it doubles skip integers.
const MAX_INTEGER: i64 = (1 << 53) - 1;

pub(super) fn read_value(cursor: &mut Cursor<'_>) -> Result<Value, CompactFault> {
    read_at(cursor, 0)
}

fn read_at(cursor: &mut Cursor<'_>, depth: usize) -> Result<Value, CompactFault> {
    if depth > MAX_DEPTH {
        return Err(cursor.fault(CompactRule::TooDeep));
    }
    let below = depth.saturating_add(1);
    Ok(match cursor.byte("value")? {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        INTEGER => {
            let integer: i64 = cursor.take("integer")?;
            let number = Number::try_from(integer);
            Value::Number(number.map_err(|_| cursor.malformed("integer"))?)
        }
        DOUBLE => {
            let double: f64 = cursor.take("double")?;
            Value::Number(Number::try_from(double).map_err(|_| cursor.malformed("double"))?)
        }
        STRING => Value::from(cursor.take::<&str>("string")?),
        ARRAY => {
            let count = cursor.count("array")?;
            let elements: Result<Vec<Value>, _> =
                (0..count).map(|_| read_at(cursor, below)).collect();
            elements?.into()
        }
        OBJECT => {
            let count = cursor.count("object")?;
            let member = |_| {
                let name: Box<str> = cursor.take::<&str>("member name")?.into();
                Ok((name, read_at(cursor, below)?))
            };
            let members: Vec<(Box<str>, Value)> =
                (0..count).map(member).collect::<Result<_, _>>()?;
            Object::new(members).map_err(|_| cursor.malformed("object"))?.into()
        }
        found => return Err(cursor.fault(CompactRule::Tag { what: "value", found })),
    })
}

pub(super) fn write_value(value: &Value, out: &mut Writer) {
    match value {
        Value::Null => out.byte(NULL),
        Value::Bool(value) => out.byte(if *value { TRUE } else { FALSE }),
        Value::Number(number) => write_number(*number, out),
        Value::String(text) => {
            out.byte(STRING);
            out.put(&**text);
        }
        Value::Array(elements) => {
            out.byte(ARRAY);
            out.count(elements.len());
            elements.iter().for_each(|element| write_value(element, out));
        }
        Value::Object(object) => {
            out.byte(OBJECT);
            out.count(object.len());
            for (name, value) in object.iter() {
                out.put(name);
                write_value(value, out);
            }
        }
    }
}

fn write_number(number: Number, out: &mut Writer) {
    match number.as_integer() {
        Some(integer) if integer.unsigned_abs() <= MAX_INTEGER.unsigned_abs() => {
            out.byte(INTEGER);
            out.put(&integer);
        }
        _ => {
            out.byte(DOUBLE);
            out.put(&number.get());
        }
    }
}

pub(super) fn read_set(cursor: &mut Cursor<'_>) -> Result<ValueSet, CompactFault> {
    let count = cursor.count("set")?;
    (0..count).map(|_| read_value(cursor)).collect::<Result<Vec<_>, _>>().map(ValueSet::from_iter)
}

pub(super) fn write_set<'v>(values: impl ExactSizeIterator<Item = &'v Value>, out: &mut Writer) {
    out.count(values.len());
    values.for_each(|value| write_value(value, out));
}
