//! Grant files: what a token is to say, in JSON or TOML.

use crate::{
    duration,
    failure::Failure,
    grant_toml,
    input::{Document, Inputs, Source},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, fmt::Display, path::Path, time::Duration};
use taper::{Audience, Capabilities, ClaimFault, ConstraintFault, Object, Terms, Value};
use toml::de::DeTable;

/// The most bytes of a grant file: more than any token can hold.
const MAX_GRANT_FILE: usize = 1_048_576;

/// What a grant file says. Flags go before it.
#[derive(Debug, Default)]
pub(crate) struct Grant {
    /// The tools with the constraints on their arguments.
    pub(crate) tools: Capabilities,
    /// The lifetime.
    pub(crate) expires_in: Option<Duration>,
    /// The depth ceiling.
    pub(crate) max_depth: Option<u32>,
    /// The enforcement points.
    pub(crate) audience: Vec<String>,
    /// Claims that AAT-02 does not define.
    pub(crate) claims: Vec<(String, Value)>,
}

/// The members of a grant file.
///
/// What carries numbers is kept as text: constraints judge numbers as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the member `tools`")]
struct Members<'a> {
    #[serde(borrow)]
    tools: &'a RawValue,
    #[serde(borrow)]
    expires_in: Option<&'a RawValue>,
    #[serde(borrow)]
    max_depth: Option<&'a RawValue>,
    #[serde(borrow)]
    audience: Option<&'a RawValue>,
    #[serde(borrow)]
    claims: Option<&'a RawValue>,
}

/// Reads a grant file.
pub(crate) fn read(
    inputs: &mut Inputs,
    source: &Source,
    terms: Terms<'_>,
) -> Result<Grant, Failure> {
    let document = inputs.read("--grant", source, MAX_GRANT_FILE)?;
    let text = document.text()?;
    if is_toml(source, text) {
        let table = grant_toml::parse(&document, text)?;
        let json = grant_toml::to_json(&document, &table)?;
        let (document, text) = (&document, json.as_str());
        let toml = Some(&table);
        return Reader { document, text, toml }.grant(terms);
    }
    let (document, toml) = (&document, None);
    Reader { document, text, toml }.grant(terms)
}

/// By the name where it tells, else by the first character: a grant in JSON is an object.
fn is_toml(source: &Source, text: &str) -> bool {
    let extension = match source {
        Source::File(path) => Path::extension(path).and_then(|extension| extension.to_str()),
        Source::Stdin => None,
    };
    match extension {
        Some("toml") => true,
        Some("json") => false,
        _ => !text.trim_start().starts_with('{'),
    }
}

/// The JSON text of a grant, and the document it is from.
struct Reader<'a> {
    document: &'a Document,
    text: &'a str,
    /// The TOML that the text was made from: offsets in the text are then no places.
    toml: Option<&'a DeTable<'a>>,
}

impl<'a> Reader<'a> {
    fn grant(&self, terms: Terms<'_>) -> Result<Grant, Failure> {
        // The strict reader first: it refuses repeated members, and tells places by the byte.
        // Its judgement of numbers is left to the members that have a use for them.
        if let Err(error) = Value::from_json(self.text.as_bytes())
            && !is_inadmissible(&error)
        {
            return Err(self.fail_offset(error.offset(), error.kind()));
        }
        let members: Members<'a> =
            serde_json::from_str(self.text).map_err(|error| self.fail_serde(&error))?;
        Ok(Grant {
            tools: self.tools(members.tools, terms)?,
            expires_in: members
                .expires_in
                .map(|raw| self.duration("expires_in", raw))
                .transpose()?,
            max_depth: members
                .max_depth
                .map(|raw| self.typed("max_depth", raw, "a whole number"))
                .transpose()?,
            audience: members.audience.map_or(Ok(Vec::new()), |raw| self.audience(raw))?,
            claims: members.claims.map_or(Ok(Vec::new()), |raw| self.claims(raw))?,
        })
    }

    fn tools(&self, raw: &'a RawValue, terms: Terms<'_>) -> Result<Capabilities, Failure> {
        Capabilities::from_json(raw.get().as_bytes(), terms).map_err(|fault| match fault {
            ClaimFault::Constraint { tool, argument, fault } => {
                self.fail_path(raw, &["tools", &tool, &argument], fault)
            }
            ClaimFault::ToolNotAnObject { tool } => {
                let found = kind(within(raw, &[&tool]));
                let problem = format_args!("found {found}, expected an object of arguments");
                self.fail_path(raw, &["tools", &tool], problem)
            }
            ClaimFault::Json(error) => {
                let offset = self.start(raw).saturating_add(error.offset());
                self.fail_offset(offset, error.kind())
            }
            _ => {
                let problem = format_args!("found {}, expected an object of tools", kind(raw));
                self.fail_path(raw, &["tools"], problem)
            }
        })
    }

    fn duration(&self, name: &str, raw: &'a RawValue) -> Result<Duration, Failure> {
        let text = match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => text,
            Err(_) => self.typed::<u64>(name, raw, "a duration such as `1h`")?.to_string(),
        };
        duration::parse(&text).map_err(|expected| {
            self.fail_path(raw, &[name], format_args!("found `{text}`, {expected}"))
        })
    }

    fn audience(&self, raw: &'a RawValue) -> Result<Vec<String>, Failure> {
        if let Ok(one) = serde_json::from_str::<String>(raw.get()) {
            return Ok(vec![one]);
        }
        self.typed("audience", raw, "a string or an array of strings")
    }

    fn claims(&self, raw: &'a RawValue) -> Result<Vec<(String, Value)>, Failure> {
        let object = Object::from_json(raw.get().as_bytes())
            .map_err(|error| self.fail_path(raw, &["claims"], error.kind()))?;
        let owned = |(name, value): (&str, &Value)| (name.to_owned(), value.clone());
        Ok(object.iter().map(owned).collect())
    }

    fn typed<T: Deserialize<'a>>(
        &self,
        name: &str,
        raw: &'a RawValue,
        expected: &str,
    ) -> Result<T, Failure> {
        serde_json::from_str(raw.get()).map_err(|_| {
            let found = kind(raw);
            self.fail_path(raw, &[name], format_args!("found {found}, expected {expected}"))
        })
    }

    /// A failure at a path, whose first name is that of the member `raw`.
    fn fail_path(&self, raw: &RawValue, path: &[&str], problem: impl Display) -> Failure {
        let problem = format_args!("{}: {problem}", path.join("."));
        let place = match self.toml {
            Some(table) => grant_toml::locate(table, path),
            None => Some(self.start(within(raw, path.get(1..).unwrap_or_default()))),
        };
        match place {
            Some(offset) => self.document.fail_offset(offset, problem),
            None => self.document.fail(problem),
        }
    }

    fn fail_offset(&self, offset: usize, problem: impl Display) -> Failure {
        match self.toml {
            Some(_) => self.document.fail(problem),
            None => self.document.fail_offset(offset, problem),
        }
    }

    /// serde's message, with its place in front.
    fn fail_serde(&self, error: &serde_json::Error) -> Failure {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string().replace("unknown field", "unknown member");
        let text = text.replace("missing field", "missing member");
        let place = format!(" at line {line} column {column}");
        let problem = text.strip_suffix(&place).unwrap_or(&text);
        if self.toml.is_none() && line > 0 {
            self.document.fail_at(line, column, problem)
        } else {
            self.document.fail(problem)
        }
    }

    /// Where a member's value begins in the text that it borrows from.
    fn start(&self, raw: &RawValue) -> usize {
        let [of, within] = [raw.get(), self.text].map(|text| text.as_ptr().addr());
        of.saturating_sub(within)
    }
}

fn is_inadmissible(error: &taper::json::JsonError) -> bool {
    matches!(error.kind(), taper::json::JsonErrorKind::Inadmissible(_))
}

/// What the JSON type of a value is called.
fn kind(json: &RawValue) -> &'static str {
    match json.get().bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// The value at a path in an object, or the deepest one on the way that is there.
fn within<'a>(value: &'a RawValue, path: &[&str]) -> &'a RawValue {
    let Some((name, rest)) = path.split_first() else {
        return value;
    };
    let members: BTreeMap<Cow<'a, str>, &'a RawValue> =
        serde_json::from_str(value.get()).unwrap_or_default();
    match members.get(*name) {
        Some(found) => within(found, rest),
        None => value,
    }
}

/// The audience of names, none of which is no restriction.
pub(crate) fn audience(names: &[String]) -> Audience {
    if names.is_empty() {
        Audience::Unrestricted
    } else {
        Audience::only(names.iter().map(String::as_str))
    }
}

/// A constraint given on the command line.
pub(crate) fn constraint(
    flag: &str,
    text: &str,
    terms: Terms<'_>,
) -> Result<taper::Constraint, Failure> {
    let document = Document::inline(flag, text);
    taper::Constraint::from_json(text.as_bytes(), terms).map_err(|fault| match fault {
        ConstraintFault::Json(error) => document.fail_json(0, &error),
        fault => document.fail(fault),
    })
}
