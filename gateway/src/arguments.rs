//! What a log says of a call's arguments, beside their digest.

use serde_json::Value;
use std::collections::BTreeSet;

/// The most bytes of arguments that are shown; of larger ones there is the digest alone. Denied
/// calls are logged too, and anybody can make those.
const MAX_SHOWN: usize = 65_536;

/// What stands in place of a value that is not to be in the log.
const REDACTED: &str = "[redacted]";

/// Whether a log shows arguments, and which of them it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments(Option<BTreeSet<Box<str>>>);

impl Arguments {
    /// Their digest alone.
    pub fn digest() -> Self {
        Self(None)
    }

    /// All of them.
    pub fn shown() -> Self {
        Self(Some(BTreeSet::new()))
    }

    /// Shows them, but for the values of members called `name`, at any level.
    #[must_use]
    pub fn but(self, name: impl Into<Box<str>>) -> Self {
        let mut names = self.0.unwrap_or_default();
        names.insert(name.into());
        Self(Some(names))
    }

    /// What is shown of the arguments `text`. Numbers are rounded as JSON readers do: the digest
    /// is of the text itself.
    pub(crate) fn of(&self, text: &str) -> Option<Value> {
        let names = self.0.as_ref()?;
        if text.len() > MAX_SHOWN {
            return None;
        }
        let mut value = serde_json::from_str(text).ok()?;
        redact(&mut value, names);
        Some(value)
    }
}

/// The reader of `value` has bounded its depth.
fn redact(value: &mut Value, names: &BTreeSet<Box<str>>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match names.contains(name.as_str()) {
                    true => *value = REDACTED.into(),
                    false => redact(value, names),
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                redact(element, names);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn named_values_are_left_out() {
        let text =
            r#"{"to":"a","pass\u0077ord":{"x":"hunter2"},"all":[{"password":"hunter2","n":1.0}]}"#;
        let shown = Arguments::shown().but("password").but("absent").of(text).unwrap();
        let expected = json!({
            "to": "a", "password": REDACTED, "all": [{"password": REDACTED, "n": 1.0}],
        });
        assert_eq!(shown, expected);
        assert_eq!(Arguments::shown().of(text).unwrap()["all"][0]["password"], json!("hunter2"));
        assert_eq!(Arguments::digest().of(text), None);
    }

    #[test]
    fn what_is_no_json_or_too_much_is_not_shown() {
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        let long = format!("[{}1]", "1,".repeat(MAX_SHOWN));
        for text in ["", "{", r#"{"a":1}}"#, &deep, &long] {
            assert_eq!(Arguments::shown().of(text), None);
        }
    }
}
