//! One file of vectors, as `test-vectors/README.md` describes it.

mod edit;

use super::{layer, markdown};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use taper::Place;

/// The revision that every file names.
const SPEC: &str = "draft-niyikiza-oauth-attenuating-agent-tokens-02";

/// One file of vectors.
#[derive(Debug)]
pub struct File {
    /// Its path without `.json`.
    pub group: &'static str,
    /// What it shows, in one paragraph.
    pub about: &'static str,
    /// What is done with each vector.
    pub operation: &'static str,
    /// `params` and `trust_anchors`, where the operation needs an enforcement point.
    pub point: Option<(Value, Value)>,
    /// The cases.
    pub vectors: Vec<Vector>,
}

impl File {
    /// The file's text.
    ///
    /// # Panics
    ///
    /// When two vectors have one id, one shows nothing, or one's base is no good one: the file would
    /// be wrong.
    pub fn json(&self) -> String {
        let good = self.vectors.iter().filter(|vector| vector.expected.is_permit());
        let good: BTreeSet<&String> = good.map(|vector| &vector.slug).collect();
        let mut ids = BTreeSet::new();
        for vector in &self.vectors {
            assert!(ids.insert(&vector.slug), "{}: `{}` stands twice", self.group, vector.slug);
            assert!(!vector.shows.is_empty(), "{}: `{}` shows nothing", self.group, vector.slug);
            let of_good = vector.base.as_ref().is_none_or(|base| good.contains(base));
            assert!(of_good, "{}: the base of `{}` is no good one", self.group, vector.slug);
        }
        let mut text = match serde_json::to_string_pretty(self) {
            Ok(text) => text,
            Err(error) => panic!("{}: {error}", self.group),
        };
        text.push('\n');
        text
    }

    /// The readable twin.
    pub fn markdown(&self) -> String {
        markdown::of(self)
    }

    /// The vectors in the order and with the members that the file has.
    pub(super) fn members(&self) -> impl Iterator<Item = (&Vector, Members)> {
        self.vectors.iter().map(|vector| (vector, vector.members(self.group)))
    }
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let up = "../".repeat(self.group.matches('/').count());
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("$schema", &format!("{up}schema.json"))?;
        map.serialize_entry("format", &1)?;
        map.serialize_entry("spec", SPEC)?;
        map.serialize_entry("group", self.group)?;
        map.serialize_entry("about", self.about)?;
        map.serialize_entry("operation", self.operation)?;
        if let Some((params, anchors)) = &self.point {
            map.serialize_entry("params", params)?;
            map.serialize_entry("trust_anchors", anchors)?;
        }
        let vectors: Vec<Members> = self.members().map(|(_, members)| members).collect();
        map.serialize_entry("vectors", &vectors)?;
        map.end()
    }
}

/// One case.
#[derive(Clone, Debug)]
pub struct Vector {
    slug: String,
    title: String,
    shows: Vec<String>,
    base: Option<String>,
    edit: Option<String>,
    inputs: Vec<(&'static str, Value)>,
    expected: Expected,
}

impl Vector {
    /// A case with a title, from which its id is made, and what must come of it.
    pub fn new(title: impl Into<String>, expected: Expected) -> Self {
        let title = title.into();
        let slug = slug(&title);
        let (base, edit) = (None, None);
        Self { slug, title, shows: vec![], base, edit, inputs: vec![], expected }
    }

    /// Another id than the title's: two titles may differ in signs alone.
    #[must_use]
    pub fn id(mut self, slug: impl Into<String>) -> Self {
        self.slug = slug.into();
        self
    }

    /// Names requirements of `spec/` that the case shows, separated by spaces.
    #[must_use]
    pub fn shows(mut self, ids: &str) -> Self {
        for id in ids.split_whitespace() {
            if !self.shows.iter().any(|known| known == id) {
                self.shows.push(id.to_owned());
            }
        }
        self
    }

    /// The good vector (by the title's id) that it is made from, and the one thing changed.
    #[must_use]
    pub fn edit_of(mut self, base: &str, edit: impl Into<String>) -> Self {
        (self.base, self.edit) = (Some(slug(base)), Some(edit.into()));
        self
    }

    /// An input, in the order in which it is to stand.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.inputs.push((name, value.into()));
        self
    }

    /// An input that is a text; the empty one where there is none.
    pub fn input(&self, name: &str) -> &str {
        let found = self.inputs.iter().find(|(own, _)| *own == name);
        found.and_then(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What the case expects.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    /// What is the case.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its requirements.
    pub fn requirements(&self) -> &[String] {
        &self.shows
    }

    fn members(&self, group: &str) -> Members {
        let full = |slug: &str| format!("{group}/{slug}");
        let mut members = vec![
            ("id", json!(full(&self.slug))),
            ("title", json!(self.title)),
            ("requirements", json!(self.shows)),
        ];
        members.extend(self.base.as_deref().map(|base| ("base", json!(full(base)))));
        members.extend(self.edit.as_deref().map(|edit| ("edit", json!(edit))));
        members.extend(self.inputs.iter().cloned());
        members.push(("expected", self.expected.json()));
        Members(members)
    }
}

/// Members in the order in which they are written.
#[derive(Debug)]
pub(super) struct Members(pub(super) Vec<(&'static str, Value)>);

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// What must come of a case.
#[derive(Clone, Debug)]
pub struct Expected {
    denial: Option<Denial>,
    output: Option<Value>,
}

#[derive(Clone, Debug)]
struct Denial {
    step: Option<&'static str>,
    code: Option<&'static str>,
    token: Option<usize>,
}

impl Expected {
    /// The call is permitted; the input is accepted.
    pub fn permit() -> Self {
        Self { denial: None, output: None }
    }

    /// Accepted, and this is made of it.
    pub fn output(output: impl Into<Value>) -> Self {
        Self { denial: None, output: Some(output.into()) }
    }

    /// Refused, where there are no steps.
    pub fn refuse() -> Self {
        Self { denial: Some(Denial { step: None, code: None, token: None }), output: None }
    }

    /// Denied at `step` with `code`, at `place`.
    pub fn deny(step: &'static str, code: &'static str, place: Place) -> Self {
        let token = match place {
            Place::Token(index) => Some(index),
            _ => None,
        };
        Self { denial: Some(Denial { step: Some(step), code: Some(code), token }), output: None }
    }

    /// Refused with `code` where a verifier would deny at `step`.
    pub fn refuse_with(step: &'static str, code: &'static str) -> Self {
        Self::deny(step, code, Place::Call)
    }

    /// Whether the verdict is `PERMIT`.
    pub fn is_permit(&self) -> bool {
        self.denial.is_none()
    }

    pub(super) fn json(&self) -> Value {
        let verdict = if self.is_permit() { "PERMIT" } else { "DENY" };
        let mut value = json!({ "verdict": verdict });
        if let Some(denial) = &self.denial {
            if let (Some(step), Some(code)) = (denial.step, denial.code) {
                value["step"] = json!(step);
                value["code"] = json!(code);
                value["layer"] = json!(layer::of(step, code));
            }
            if let Some(token) = denial.token {
                value["token"] = json!(token);
            }
        }
        if let Some(output) = &self.output {
            value["output"] = output.clone();
        }
        value
    }
}

/// Lower-case words with hyphens between them.
fn slug(title: &str) -> String {
    let spelled = title
        .replace(" -", " minus ")
        .replace('*', " star ")
        .replace('=', " is ")
        .replace('+', " plus ");
    let plain: String = spelled
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}
