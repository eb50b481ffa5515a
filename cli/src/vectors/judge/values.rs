//! `check`, `well_formed` and `canonicalize`: constraints and values by themselves.

use super::{
    Unanswerable, bytes,
    narrows::{
        Extensions, Level, ill_formed, ill_shaped, read_arguments, read_constraint, read_tools,
    },
};
use crate::vectors::expected::Judgement;
use serde::Deserialize;
use taper::{ArgumentRefused, Object, Step, Value, json::JsonError};

/// The step at which a call's arguments are judged.
const ARGUMENTS: Step = Step::Arguments;

#[derive(Deserialize)]
pub(super) struct Check {
    #[serde(default)]
    level: Level,
    constraint: String,
    value: String,
    #[serde(default)]
    extensions: Extensions,
}

/// Does a constraint accept a value, or a map the arguments of a call?
pub(super) fn check(request: Check) -> Result<Judgement, Unanswerable> {
    let value = request.value.as_bytes();
    let known = request.extensions.known();
    Ok(match request.level {
        Level::Constraint => {
            match (read_constraint(&request.constraint, &known), Value::from_json(value)) {
                (Err(fault), _) => ill_formed(&fault),
                (_, Err(error)) => unreadable(&error),
                (Ok(constraint), Ok(value)) if constraint.accepts(&value) => Judgement::permit(),
                (Ok(constraint), Ok(value)) => {
                    let detail = format!("{constraint} does not accept {value}");
                    Judgement::deny(ARGUMENTS.label(), "argument_refused", detail)
                }
            }
        }
        Level::Arguments => {
            match (read_arguments(&request.constraint, &known), Object::from_json(value)) {
                (Err(fault), _) => ill_formed(&fault),
                (_, Err(error)) => unreadable(&error),
                (Ok(map), Ok(arguments)) => match map.check(&arguments) {
                    Ok(()) => Judgement::permit(),
                    Err(refused) => refusal(&refused),
                },
            }
        }
        Level::Tools => return Err("`check` has no level `tools`".into()),
    })
}

fn refusal(refused: &ArgumentRefused<'_>) -> Judgement {
    let (code, detail) = match refused {
        ArgumentRefused::NotNamed { argument } => {
            ("argument_not_named", format!("{argument:?} is not authorized"))
        }
        ArgumentRefused::Missing { argument } => {
            ("argument_missing", format!("{argument:?} is required and absent"))
        }
        ArgumentRefused::Value { argument, value, constraint } => {
            ("argument_refused", format!("{argument:?} is {value}, which {constraint} refuses"))
        }
        _ => ("", "refused".to_owned()),
    };
    Judgement::deny(ARGUMENTS.label(), code, detail)
}

fn unreadable(error: &JsonError) -> Judgement {
    Judgement::deny(ARGUMENTS.label(), "arguments_malformed", error)
}

#[derive(Deserialize)]
pub(super) struct WellFormed {
    #[serde(default)]
    level: Level,
    constraint: String,
    #[serde(default)]
    extensions: Extensions,
}

/// May a token carry it?
pub(super) fn well_formed(request: WellFormed) -> Judgement {
    let (text, known) = (&request.constraint, request.extensions.known());
    let formed = match request.level {
        Level::Constraint => {
            read_constraint(text, &known).map(drop).map_err(|fault| ill_formed(&fault))
        }
        Level::Arguments => {
            read_arguments(text, &known).map(drop).map_err(|fault| ill_formed(&fault))
        }
        Level::Tools => read_tools(text, &known).map(drop).map_err(|fault| ill_shaped(&fault)),
    };
    formed.map_or_else(|ill_formed| ill_formed, |()| Judgement::permit())
}

#[derive(Deserialize)]
pub(super) struct Canonicalize {
    input: Option<String>,
    input_hex: Option<String>,
}

/// The canonical form (RFC 8785) of a text that is read as an argument.
pub(super) fn canonicalize(request: Canonicalize) -> Result<Judgement, Unanswerable> {
    let input = match (request.input, request.input_hex) {
        (Some(text), _) => text.into_bytes(),
        (None, Some(hex)) => bytes("input_hex", &hex)?,
        (None, None) => return Err("neither `input` nor `input_hex`".into()),
    };
    Ok(match Value::from_json(&input) {
        Ok(value) => Judgement::made(value.to_jcs()),
        Err(error) => unreadable(&error),
    })
}
