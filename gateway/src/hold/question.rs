//! What a person is asked, and what the answer means.

use crate::{
    denial::Denial,
    members::{self, Members, string},
};
use std::{borrow::Cow, fmt::Write as _};
use taper::Invocation;

/// The request of ours that a client shows to its person.
pub(super) const METHOD: &str = "elicitation/create";

/// The most bytes that are shown: nobody can agree to what does not fit on a screen or two.
const MAX_SHOWN: usize = 8192;

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// This call alone.
    Once,
    /// Each call of the tool, as long as the session lasts.
    Session,
}

/// The parameters of a question about `call`, as JSON text. With a `session`, its answer may hold
/// for all of it.
pub(super) fn params(call: &Invocation, session: bool) -> Result<String, Denial> {
    let message = string(&shown(call)?);
    let (choices, says) = match session {
        true => (
            r#"["once","session"]"#,
            "once: this call; session: every call of this tool until this conversation ends",
        ),
        false => (r#"["once"]"#, "once: this call"),
    };
    let allow = [
        ("type", Cow::from(r#""string""#)),
        ("title", r#""Allow""#.into()),
        ("description", string(says).into()),
        ("enum", choices.into()),
    ];
    let properties = members::write([("allow", members::write(allow).into())]);
    let schema = [
        ("type", Cow::from(r#""object""#)),
        ("properties", properties.into()),
        ("required", r#"["allow"]"#.into()),
    ];
    let params =
        [("message", Cow::from(message)), ("requestedSchema", members::write(schema).into())];
    Ok(members::write(params))
}

/// The tool and its arguments, each as it will be signed, in the order of their names.
fn shown(call: &Invocation) -> Result<String, Denial> {
    let mut text = format!("Allow a call of {}?", plain(&string(call.tool())));
    for (name, value) in call.arguments().iter() {
        // Writing to a string does not fail.
        let _ = write!(text, "\n{}: {}", plain(&string(name)), plain(&value.to_jcs()));
    }
    if text.len() > MAX_SHOWN {
        let problem = "the arguments are too large to be shown to a person";
        return Err(Denial::new("confirmation_too_large", problem));
    }
    Ok(text)
}

/// `text` without what a screen would not show, or show elsewhere: control characters, and those
/// that reverse or join what is around them.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => {
                let _ = write!(plain, "\\u{{{:x}}}", u32::from(char));
            }
            char if char.is_control() => {
                let _ = write!(plain, "\\u{{{:x}}}", u32::from(char));
            }
            char => plain.push(char),
        }
    }
    plain
}

/// What a client's result says, which is JSON text. Anything but a clear yes is a no.
pub(super) fn reply(result: &str, session: bool) -> Result<Reply, Denial> {
    let read = || -> Option<Reply> {
        let result = Members::read(result).ok()?;
        (result.string("action")? == "accept").then_some(())?;
        let content = Members::read(result.get("content")?).ok()?;
        match &*content.string("allow")? {
            "once" => Some(Reply::Once),
            "session" if session => Some(Reply::Session),
            _ => None,
        }
    };
    read().ok_or_else(refused)
}

/// A call that was not agreed to.
pub(super) fn refused() -> Denial {
    Denial::new("confirmation_refused", "the person who was asked did not allow this call")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: &str) -> Invocation {
        Invocation::from_json("delete", arguments.as_bytes()).unwrap()
    }

    #[test]
    fn all_of_a_call_is_shown() {
        let text = shown(&call(r#"{"path":"/a\n\nAllowed","n":1.0}"#)).unwrap();
        assert_eq!(text, "Allow a call of \"delete\"?\n\"n\": 1\n\"path\": \"/a\\n\\nAllowed\"");
        let text = shown(&call("{\"a\u{202e}b\":\"\u{200b}\u{85}\"}")).unwrap();
        assert_eq!(text, "Allow a call of \"delete\"?\n\"a\\u{202e}b\": \"\\u{200b}\\u{85}\"");
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_SHOWN));
        assert_eq!(shown(&call(&long)).unwrap_err().code(), "confirmation_too_large");
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        let rows = [
            (r#"{"action":"accept","content":{"allow":"once"}}"#, true, Some(Reply::Once)),
            (r#"{"action":"accept","content":{"allow":"session"}}"#, true, Some(Reply::Session)),
            (r#"{"action":"accept","content":{"allow":"session"}}"#, false, None),
            (r#"{"action":"accept","content":{"allow":"always"}}"#, true, None),
            (r#"{"action":"accept","content":{"allow":true}}"#, true, None),
            (r#"{"action":"accept","content":{}}"#, true, None),
            (r#"{"action":"accept"}"#, true, None),
            (r#"{"action":"decline","content":{"allow":"once"}}"#, true, None),
            (r#"{"action":"decline"}"#, true, None),
            (r#"{"action":"cancel"}"#, true, None),
            (r#"{"action":"accept","action":"decline","content":{"allow":"once"}}"#, true, None),
            ("[]", true, None),
        ];
        for (result, session, expected) in rows {
            assert_eq!(reply(result, session).ok(), expected, "{result}");
        }
    }
}
