//! Files of vectors, and the request that each vector becomes.
//!
//! What judges a vector gets the request and nothing else, whether it is this program or another,
//! so that all are asked the same.

use super::expected::Expected;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map},
};

/// One file of vectors.
#[derive(Deserialize)]
pub(crate) struct Suite<'a> {
    #[serde(borrow)]
    group: Option<Cow<'a, str>>,
    #[serde(borrow)]
    operation: Option<&'a RawValue>,
    #[serde(borrow, default)]
    params: Option<Members<'a>>,
    #[serde(borrow)]
    trust_anchors: Option<&'a RawValue>,
    /// Kept as text, so that a vector that cannot be read is told by its id.
    #[serde(borrow)]
    vectors: Vec<&'a RawValue>,
}

/// The members of an object as they are written: the spelling of numbers decides (AAT-02 3.4).
type Members<'a> = BTreeMap<Cow<'a, str>, Cow<'a, RawValue>>;

/// What tells the answer, or is said for people: no program is asked with it.
const NOT_ASKED: [&str; 6] = ["expected", "title", "base", "edit", "flags", "requirements"];

/// One question with its right answer.
pub(crate) struct Case {
    pub(crate) id: String,
    /// The file's.
    pub(crate) group: Option<String>,
    pub(crate) operation: String,
    /// `jws` or `compact`, where it matters.
    pub(crate) profile: Option<String>,
    /// The extension types that it needs.
    pub(crate) extensions: Vec<String>,
    /// One line of JSON.
    pub(crate) request: String,
    pub(crate) expected: Expected,
}

/// The members of a vector that tell what to do with it.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    operation: Option<Cow<'a, str>>,
    #[serde(borrow)]
    profile: Option<Cow<'a, str>>,
    #[serde(default)]
    extensions: Vec<String>,
    expected: Expected,
    #[serde(default)]
    calls: Vec<ExpectedCall>,
}

#[derive(Deserialize)]
struct ExpectedCall {
    expected: Expected,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

impl<'a> Suite<'a> {
    /// Reads a file.
    pub(crate) fn from_json(text: &'a str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("not a suite of vectors: {error}"))
    }

    /// Each case, or the id of its vector with the reason why it cannot be read.
    pub(crate) fn cases(&self) -> impl Iterator<Item = Result<Case, (String, serde_json::Error)>> {
        (1_usize..).zip(&self.vectors).map(|(place, text)| {
            self.case(text).map_err(|error| {
                let named: Result<Named<'_>, _> = serde_json::from_str(text.get());
                (named.map_or_else(|_| format!("#{place}"), |n| n.id.into()), error)
            })
        })
    }

    fn case(&self, vector: &'a RawValue) -> Result<Case, serde_json::Error> {
        let head: Head<'a> = serde_json::from_str(vector.get())?;
        let own = match self.operation {
            Some(operation) => serde_json::from_str(operation.get())?,
            None => Cow::Borrowed("verify"),
        };
        let mut expected = head.expected;
        expected.calls = head.calls.into_iter().map(|call| call.expected).collect();
        Ok(Case {
            id: head.id.into(),
            group: self.group.as_deref().map(str::to_owned),
            operation: head.operation.unwrap_or(own).into(),
            profile: head.profile.map(String::from),
            extensions: head.extensions,
            request: self.request(vector)?,
            expected,
        })
    }

    /// The line that a program is asked with.
    pub(crate) fn request(&self, vector: &'a RawValue) -> Result<String, serde_json::Error> {
        let mut members = asked(vector)?;
        let mut default = |name, value: Option<&'a RawValue>| {
            if let (btree_map::Entry::Vacant(slot), Some(value)) =
                (members.entry(Cow::Borrowed(name)), value)
            {
                slot.insert(Cow::Borrowed(value));
            }
        };
        default("operation", self.operation);
        default("trust_anchors", self.trust_anchors);
        if let Some(mut params) = self.params.clone() {
            if let Some(own) = members.get("params") {
                let own: Members<'_> = serde_json::from_str(own.get())?;
                let own = own.into_iter().filter(|(_, value)| value.get() != "null");
                params.extend(own.map(|(name, value)| {
                    (Cow::Owned(name.into_owned()), Cow::Owned(value.into_owned()))
                }));
            }
            members.insert("params".into(), Cow::Owned(to_raw_value(&params)?));
        }
        complete_published(&mut members)?;
        if let Some(calls) = members.get("calls") {
            let calls: Vec<&RawValue> = serde_json::from_str(calls.get())?;
            let calls: Vec<Members<'_>> = calls.into_iter().map(asked).collect::<Result<_, _>>()?;
            let calls = to_raw_value(&calls)?;
            members.insert("calls".into(), Cow::Owned(calls));
        }
        // Line breaks in JSON are white space between its parts.
        Ok(serde_json::to_string(&members)?.replace(['\n', '\r'], " "))
    }
}

/// The members of a vector that are part of the question. `null` is as good as nothing there,
/// except as `args`.
fn asked(vector: &RawValue) -> Result<Members<'_>, serde_json::Error> {
    let mut members: Members<'_> = serde_json::from_str(vector.get())?;
    members.retain(|name, value| {
        !NOT_ASKED.contains(&&**name) && (value.get() != "null" || name == "args")
    });
    Ok(members)
}

/// Puts what the suite of the draft's author writes in another form where ours has it.
fn complete_published(members: &mut Members<'_>) -> Result<(), serde_json::Error> {
    if let Some(args) = members.remove("args")
        && !members.contains_key("args_json")
    {
        members.insert("args_json".into(), Cow::Owned(to_raw_value(args.get())?));
    }
    if !members.contains_key("now")
        && !members.contains_key("calls")
        && let Some(params) = members.get("params")
        && let Some(now) = serde_json::from_str::<Members<'_>>(params.get())?.remove("now")
    {
        let now = Cow::Owned(now.into_owned());
        members.insert("now".into(), now);
    }
    if let Some(text) = members.get("policy") {
        let mut policy: Members<'_> = serde_json::from_str(text.get())?;
        if let Some(nonce) = policy.remove("nonce").filter(|nonce| nonce.get() != "null") {
            let mut accepted: Vec<Box<RawValue>> = match policy.remove("nonces") {
                Some(listed) if listed.get() != "null" => serde_json::from_str(listed.get())?,
                _ => vec![],
            };
            accepted.push(nonce.into_owned());
            policy.insert("nonces".into(), Cow::Owned(to_raw_value(&accepted)?));
            let policy = to_raw_value(&policy)?;
            members.insert("policy".into(), Cow::Owned(policy));
        }
    }
    let (chain, proof) = (members.remove("chain_compact"), members.remove("pop"));
    let shown = ["presentation", "presentation_text", "presentation_hex"];
    if let (Some(chain), Some(proof)) = (chain, proof)
        && !shown.iter().any(|form| members.contains_key(*form))
        && let Ok(Some(proof)) = serde_json::from_str::<Members<'_>>(proof.get())
            .map(|mut proof| proof.remove("compact"))
    {
        let text = format!(r#"{{"aat_chain":{chain},"aat_pop":{proof}}}"#);
        members.insert("presentation".into(), Cow::Owned(RawValue::from_string(text)?));
    }
    Ok(())
}
