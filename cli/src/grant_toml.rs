//! Grant files in TOML, turned into the JSON that they mean. Numbers keep their text.

use crate::{failure::Failure, input::Document};
use serde_json::value::RawValue;
use std::ops::Range;
use toml::de::{DeInteger, DeTable, DeValue};

/// Reads TOML.
pub(crate) fn parse<'a>(document: &Document, text: &'a str) -> Result<DeTable<'a>, Failure> {
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        document.fail_offset(offset, one_line(error.message()))
    })?;
    Ok(table.into_inner())
}

/// Where the value at a path begins: the deepest one on the way that is there.
pub(crate) fn locate(table: &DeTable<'_>, path: &[&str]) -> Option<usize> {
    let mut place = None;
    let mut table = Some(table);
    for name in path {
        let Some(value) = table.and_then(|table| table.get(*name)) else {
            break;
        };
        place = Some(value.span().start);
        table = value.get_ref().as_table();
    }
    place
}

/// The JSON text that means what the TOML does.
pub(crate) fn to_json(document: &Document, table: &DeTable<'_>) -> Result<String, Failure> {
    let mut json = String::new();
    write_table(table, &mut json)
        .map_err(|(span, problem)| document.fail_offset(span.start, problem))?;
    Ok(json)
}

/// A place in the TOML text, and what is wrong there.
type Fault = (Range<usize>, String);

fn write_table(table: &DeTable<'_>, json: &mut String) -> Result<(), Fault> {
    json.push('{');
    for (index, (name, value)) in table.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write_string(name.get_ref(), json);
        json.push(':');
        write_value(value.get_ref(), value.span(), json)?;
    }
    json.push('}');
    Ok(())
}

fn write_value(value: &DeValue<'_>, span: Range<usize>, json: &mut String) -> Result<(), Fault> {
    match value {
        DeValue::String(text) => write_string(text, json),
        DeValue::Integer(number) => json.push_str(&integer(number).ok_or_else(|| {
            let what = if number.radix() == 10 { "that JSON has" } else { "of 64 bits or fewer" };
            (span, format!("found `{number}`, expected a number {what}"))
        })?),
        DeValue::Float(number) => {
            let text = number.as_str();
            json.push_str(decimal(text).ok_or_else(|| {
                (span, format!("found `{text}`, expected a number that JSON has"))
            })?);
        }
        DeValue::Boolean(value) => json.push_str(if *value { "true" } else { "false" }),
        DeValue::Datetime(time) => {
            return Err((span, format!("found the time `{time}`, expected a string in quotes")));
        }
        DeValue::Array(elements) => {
            json.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_value(element.get_ref(), element.span(), json)?;
            }
            json.push(']');
        }
        DeValue::Table(table) => write_table(table, json)?,
    }
    Ok(())
}

/// Decimal text as it stands; what is in another base, which JSON has not, in decimal.
fn integer(number: &DeInteger<'_>) -> Option<String> {
    let text = number.as_str();
    match number.radix() {
        10 => decimal(text).map(Into::into),
        radix => i64::from_str_radix(text, radix).ok().map(|value| value.to_string()),
    }
}

/// The number text of JSON. Not all that the reader of TOML takes for a number is one, in either
/// language: `1_0x` comes as `10x`.
fn decimal(text: &str) -> Option<&str> {
    let text = text.strip_prefix('+').unwrap_or(text);
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

fn write_string(text: &str, json: &mut String) {
    json.push_str(&serde_json::Value::from(text).to_string());
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(", ")
}
