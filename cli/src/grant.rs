//! Grant files: what a token is to allow, in JSON or TOML.

use crate::sheet::{input_name, read_input};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;
use taper::{Capabilities, ClaimFault, Limits, Object, Value};

/// What a grant file says.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) tools: Capabilities,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) max_depth: Option<u32>,
    pub(crate) audience: Vec<String>,
    pub(crate) claims: Vec<(String, Value)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    /// Kept as text: constraints are judged by their numbers as written.
    #[serde(borrow)]
    tools: &'a RawValue,
    expires_in: Option<String>,
    max_depth: Option<u32>,
    #[serde(default)]
    audience: Vec<String>,
    #[serde(borrow)]
    claims: Option<&'a RawValue>,
}

/// Reads a grant file. Each fault is one line that names the file, the place and what is wrong.
pub(crate) fn read(name: &str, limits: &Limits) -> Result<Grant, String> {
    let bytes = read_input(name, limits)?;
    let fault = |what: String| format!("{}: {what}", input_name(name));
    let text = String::from_utf8(bytes).map_err(|error| {
        fault(format!("invalid UTF-8 at byte {}", error.utf8_error().valid_up_to()))
    })?;
    if text.trim_start().starts_with('{') {
        return parse(&text, limits).map_err(fault);
    }
    // TOML is turned into the JSON that says the same, so that there is one reader of grants.
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        fault(format!("{}, line {}", first_line(error.message()), line_of(&text, at)))
    })?;
    let json = serde_json::to_string(&table).map_err(|error| fault(error.to_string()))?;
    parse(&json, limits).map_err(|what| {
        // Lines of the JSON mean nothing to the writer of the TOML.
        fault(what.split(" at line ").next().unwrap_or(&what).into())
    })
}

fn parse(text: &str, limits: &Limits) -> Result<Grant, String> {
    let file: File<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let tools = file.tools.get();
    let start = offset_of(text, tools);
    let capabilities =
        Capabilities::from_json(tools.as_bytes(), limits).map_err(|fault| match &fault {
            ClaimFault::Json(error) => {
                let at = start.saturating_add(error.offset());
                format!("`tools`: {} at line {}", error.kind(), line_of(text, at))
            }
            fault => format!("`tools`: {fault}"),
        })?;
    let claims = match file.claims {
        None => Vec::new(),
        Some(raw) => Object::from_json(raw.get().as_bytes())
            .map_err(|error| format!("`claims`: {}", error.kind()))?
            .iter()
            .map(|(name, value)| (name.into(), value.clone()))
            .collect(),
    };
    let expires_in = file.expires_in.as_deref().map(duration).transpose();
    Ok(Grant {
        tools: capabilities,
        expires_in: expires_in.map_err(|what| format!("`expires_in`: {what}"))?,
        max_depth: file.max_depth,
        audience: file.audience,
        claims,
    })
}

/// A duration such as `90s`, `15m`, `1h 30m` or `7d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = humantime::parse_duration(text);
    parsed.map_err(|error| format!("{error}; expected a duration such as `90s`, `15m` or `7d`"))
}

/// Where `part`, a slice of `text`, begins in it.
fn offset_of(text: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    before.split(|byte| *byte == b'\n').count()
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
