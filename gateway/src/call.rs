//! A `tools/call`: what it asks for, what it presents, and what is left of it for the server.

use crate::{
    PRESENTATION_KEY,
    members::{self, Members},
};
use std::borrow::Cow;

/// The parameters of a `tools/call`.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The name that the client uses.
    pub(crate) name: Cow<'a, str>,
    /// The arguments as received (B-mcp-8).
    pub(crate) arguments: &'a str,
    /// The presentation: an object's text, or the text form of a compact one (B-mcp-1).
    pub(crate) presentation: Option<Cow<'a, str>>,
    all: Members<'a>,
    meta: Option<Members<'a>>,
}

impl<'a> Call<'a> {
    /// Reads `params`.
    pub(crate) fn read(params: &'a str) -> Result<Self, serde_json::Error> {
        let all = Members::read(params)?;
        let name = all.string("name").ok_or_else(|| missing("`params.name` is no string"))?;
        let meta = all.get("_meta").map(Members::read).transpose()?;
        let presentation = meta.as_ref().and_then(presentation);
        let arguments = all.get("arguments").unwrap_or("{}");
        Ok(Self { name, arguments, presentation, all, meta })
    }

    /// The parameters for a server that knows the tool as `name`: the same bytes, without what was
    /// presented (B-mcp-10).
    pub(crate) fn forwarded(&self, name: &str) -> String {
        let members = self.all.iter().filter_map(|(member, value)| match member {
            "name" => Some((member, members::string(name).into())),
            "_meta" => Some((member, without(self.meta.as_ref()?)?.into())),
            _ => Some((member, value.into())),
        });
        members::write(members)
    }
}

/// What stands under our key: a JSON string holds the text form.
pub(crate) fn presentation<'a>(meta: &Members<'a>) -> Option<Cow<'a, str>> {
    let value = meta.get(PRESENTATION_KEY)?;
    Some(meta.string(PRESENTATION_KEY).unwrap_or(Cow::Borrowed(value)))
}

/// `_meta` without our key, when anything is left.
pub(crate) fn without(meta: &Members<'_>) -> Option<String> {
    let rest = || meta.iter().filter(|(name, _)| *name != PRESENTATION_KEY);
    rest().next()?;
    Some(members::write(rest().map(|(name, value)| (name, value.into()))))
}

fn missing(what: &str) -> serde_json::Error {
    serde::de::Error::custom(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_presented_is_taken_out() {
        let call = Call::read(
            r#"{"name":"a","arguments":{"x": 1.0},"_meta":{"progressToken":7,"dev.taper/aat":{"aat_chain": []}}}"#,
        )
        .unwrap();
        assert_eq!((&*call.name, call.arguments), ("a", r#"{"x": 1.0}"#));
        assert_eq!(call.presentation.as_deref(), Some(r#"{"aat_chain": []}"#));
        assert_eq!(
            call.forwarded("b"),
            r#"{"name":"b","arguments":{"x": 1.0},"_meta":{"progressToken":7}}"#
        );
    }

    #[test]
    fn an_empty_meta_is_left_out() {
        let call = Call::read(r#"{"name":"a","_meta":{"dev.taper/aat":"tABC"}}"#).unwrap();
        assert_eq!(call.arguments, "{}");
        assert_eq!(call.presentation.as_deref(), Some("tABC"));
        assert_eq!(call.forwarded("a"), r#"{"name":"a"}"#);
        // One that was empty before has nothing to say either.
        let call = Call::read(r#"{"name":"a","_meta":{}}"#).unwrap();
        assert_eq!(call.presentation, None);
        assert_eq!(call.forwarded("a"), r#"{"name":"a"}"#);
    }

    #[test]
    fn members_that_stand_twice() {
        for text in [
            r#"{"name":"a","name":"b"}"#,
            r#"{"name":"a","arguments":{},"arguments":{}}"#,
            r#"{"name":"a","_meta":{"dev.taper/aat":"t","dev.taper/aat":"t"}}"#,
            r#"{"name":"a","_meta":{"dev.taper/aat":"t","dev.taper\/aat":"t"}}"#,
        ] {
            assert!(Call::read(text).unwrap_err().to_string().contains("twice"), "{text}");
        }
        for text in [r#"{}"#, r#"{"name":1}"#, "[]", r#"{"name":"a","_meta":1}"#] {
            assert!(Call::read(text).is_err(), "{text}");
        }
    }
}
