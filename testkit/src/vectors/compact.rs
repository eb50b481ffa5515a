//! Presentations in the compact profile: each one change away from one that is in order.

mod bodies;
mod changes;
mod constraints;
mod frame;
mod heads;
mod inputs;
mod pairs;
mod primitives;
mod replay;
mod said;
mod sets;
mod steps;

use super::{
    Expected, File, Vector,
    presentation::{Case, Policy},
    requirement,
};
use crate::{CompactForgery, compact::OtherInput};
use serde_json::{Value, json};
use std::borrow::Cow;
use taper::Place;

/// All that one decision depends on.
pub(super) struct CompactCase {
    pub(super) forgery: CompactForgery,
    /// Takes the place of the bytes.
    pub(super) bytes: Option<Vec<u8>>,
    /// Takes the place of the text form.
    pub(super) text: Option<String>,
    /// Show the bytes, not the text form.
    pub(super) binary: bool,
    /// Policy, parameters, anchors, clock and call.
    pub(super) point: Case,
}

impl CompactCase {
    fn good() -> Self {
        let point = Case { policy: Policy::default(), ..Case::good() };
        Self { forgery: CompactForgery::good(), bytes: None, text: None, binary: false, point }
    }

    /// The bytes of what is shown.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.clone().unwrap_or_else(|| self.forgery.bytes())
    }

    /// The members of a call: time, tool, arguments and presentation.
    fn call(&self) -> Vec<(&'static str, Value)> {
        let shown = match (&self.text, self.binary) {
            (Some(text), _) => ("presentation_text", json!(text)),
            (None, true) => ("presentation_hex", json!(hex::encode(self.bytes()))),
            (None, false) => ("presentation", json!(crate::base64url(&self.bytes()))),
        };
        let call = self.point.call().into_iter();
        call.filter(|(name, _)| !name.starts_with("presentation")).chain([shown]).collect()
    }

    fn inputs(&self, good: &Case, vector: Vector) -> Vector {
        let vector = self.point.point(good, vector);
        self.call().into_iter().fold(vector, |vector, (name, value)| vector.with(name, value))
    }
}

/// One change, and what must come of it.
pub(super) struct Row {
    name: String,
    shows: Cow<'static, str>,
    expected: Option<(&'static str, &'static str, Place)>,
    change: Box<dyn Fn(&mut CompactCase)>,
}

impl Row {
    /// Shows another requirement than the others of its kind.
    pub(super) fn also_shows(mut self, ids: &'static str) -> Self {
        self.shows = ids.into();
        self
    }
}

/// A change that must be denied.
pub(super) fn deny(
    name: impl Into<String>,
    shows: &'static str,
    expected: (&'static str, &'static str, Place),
    change: impl Fn(&mut CompactCase) + 'static,
) -> Row {
    Row {
        name: name.into(),
        shows: shows.into(),
        expected: Some(expected),
        change: Box::new(change),
    }
}

/// A change that must make no difference.
pub(super) fn permit(
    name: impl Into<String>,
    shows: &'static str,
    change: impl Fn(&mut CompactCase) + 'static,
) -> Row {
    Row { name: name.into(), shows: shows.into(), expected: None, change: Box::new(change) }
}

pub(super) fn files() -> Vec<File> {
    let mut files = vec![
        file(
            "compact/frame",
            "The frame and the text form: section 3 of the profile.",
            frame::rows(),
        ),
        file("compact/inputs", "What is signed: section 4.", inputs::rows()),
        file(
            "compact/primitives",
            "Primitives, counts and ids that are not as section 2 and 5.3 have them, in every place.",
            primitives::rows(),
        ),
        file("compact/sets", "Values, sets and their order: section 6.1.", sets::rows()),
        file(
            "compact/heads",
            "Heads, tags and places without meaning, and forms that are not the first: sections 6.2, 6.3 and 7.",
            heads::rows(),
        ),
        file(
            "presentation/compact/pairs",
            "A constraint below another of each type, in the form that section 7 wants: step 4p4.",
            pairs::rows(),
        ),
        replay::file(),
        file(
            "compact/bodies",
            "Bodies that a decoder must refuse: primitives, ids, audiences, tools, fields.",
            bodies::rows(),
        ),
        file(
            "compact/constraints",
            "Values and constraints that a decoder must refuse: sections 6.1 and 6.2.",
            constraints::rows(),
        ),
        file(
            "compact/changes",
            "What a derived token says against its parent, and proofs: sections 5.2, 6.3, 7 and 8.",
            changes::rows(),
        ),
        file(
            "presentation/compact/steps",
            "The steps of section 8 that a compact presentation can fail.",
            steps::rows(),
        ),
    ];
    files.extend(said::groups().into_iter().map(|(group, about, rows)| file(group, about, rows)));
    files
}

const GOOD: &str = "in order";

fn file(group: &'static str, about: &'static str, rows: Vec<Row>) -> File {
    let good = CompactCase::good();
    let bare = |title: &str, expected| Vector::new(title, expected).with("profile", "compact");
    let mut vectors =
        vec![good.inputs(&good.point, bare(GOOD, Expected::permit()).shows("V-8 C-5 C-11 C-22"))];
    for row in rows {
        let mut case = CompactCase::good();
        (row.change)(&mut case);
        let expected = match row.expected {
            None => Expected::permit(),
            Some((step, code, place)) => Expected::deny(step, code, place),
        };
        let step = row.expected.map_or("V-8".into(), |(step, code, _)| requirement::of(step, code));
        let vector = bare(&row.name, expected).shows(&row.shows).shows(&step);
        let vector = vector.edit_of(GOOD, difference(&case, &good));
        vectors.push(case.inputs(&good.point, vector));
    }
    let point = Some((good.point.params.json(), good.point.anchors_json()));
    File { group, about, operation: "verify", point, vectors }
}

/// What was changed, as bytes before signing where it can be told so.
fn difference(case: &CompactCase, good: &CompactCase) -> String {
    let mut found = vec![];
    let change = |from: &[u8], to: &[u8]| {
        let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        let rest = from.len().min(to.len()) - head;
        let tail =
            from.iter().rev().zip(to.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
        let cut = |bytes: &[u8]| {
            let shown = hex::encode(&bytes[head..bytes.len() - tail]);
            match shown.len() {
                0 => "nothing".into(),
                1..=160 => format!("`{shown}`"),
                long => format!("`{}…` ({} bytes)", &shown[..120], long / 2),
            }
        };
        format!("byte {head}: {} became {}", cut(from), cut(to))
    };
    for (index, (own, of_good)) in case.forgery.tokens.iter().zip(&good.forgery.tokens).enumerate()
    {
        if own.body != of_good.body {
            found.push(format!("token {index}, body, {}", change(&of_good.body, &own.body)));
        }
        if own.holder != of_good.holder {
            found.push(format!("token {index}, holder key: `{}`", hex::encode(&own.holder)));
        }
        if own.signer != of_good.signer {
            found.push(format!(
                "token {index}: signed with key {}, not {}",
                own.signer, of_good.signer
            ));
        }
        if own.break_signature {
            found.push(format!("token {index}: one bit of the signature"));
        }
        found.extend(signs(&format!("token {index}"), &own.signs));
    }
    match (&case.forgery.proof, &good.forgery.proof) {
        (Some(own), Some(of_good)) => {
            if own.body != of_good.body {
                found.push(format!("proof, body, {}", change(&of_good.body, &own.body)));
            }
            if (own.signer, &own.tool, &own.arguments)
                != (of_good.signer, &of_good.tool, &of_good.arguments)
            {
                found.push(format!(
                    "proof: signed with key {} for {}({})",
                    own.signer, own.tool, own.arguments
                ));
            }
            if own.break_signature {
                found.push("proof: one bit of the signature".into());
            }
            found.extend(signs("proof", &own.signs));
        }
        (None, _) => found.push("no proof".into()),
        _ => {}
    }
    if case.bytes.is_some() {
        found.push(format!("what is sent, {}", change(&good.bytes(), &case.bytes())));
    }
    if case.text.is_some() {
        found.push("the text form, as the title says".into());
    }
    if case.binary {
        found.push("sent as bytes".into());
    }
    found.push(case.point.difference(&good.point));
    found.retain(|part| !part.is_empty());
    found.join("; ")
}

/// What is signed in the place of parts of the input.
fn signs(part: &str, signs: &OtherInput) -> Vec<String> {
    let tag = signs.tag.map(|tag| format!("{part}: signed under the tag `{}`", tag.escape_ascii()));
    let above = signs.above.as_ref().map(|above| match above.len() {
        0 => format!("{part}: signed with nothing after the tag"),
        _ => format!("{part}: signed with `{}` after the tag", hex::encode(above)),
    });
    tag.into_iter().chain(above).collect()
}
