//! The members of a JSON object with their values as received.

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// An object whose names differ from each other, and whose values are text that was not read yet.
///
/// Two readers that take different ones of two members of one name see two messages, so such an
/// object is refused (B-mcp-3).
#[derive(Clone, Debug, Default)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads one object.
    pub(crate) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value of `name`, as text.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The value of `name`, when it is a string.
    pub(crate) fn string(&self, name: &str) -> Option<Cow<'a, str>> {
        serde_json::from_str::<Text<'a>>(self.get(name)?).ok().map(|text| text.0)
    }

    /// Names and values in the order of the text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (&**name, value.get()))
    }
}

/// Writes an object; values are JSON text already.
pub(crate) fn write<'m>(members: impl IntoIterator<Item = (&'m str, Cow<'m, str>)>) -> String {
    let mut text = String::from("{");
    for (name, value) in members {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&string(name));
        text.push(':');
        text.push_str(&value);
    }
    text.push('}');
    text
}

/// `text` as a JSON string.
pub(crate) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    if members.get(&name.0).is_some() {
                        return Err(de::Error::custom(format_args!(
                            "`{}` stands twice",
                            name.0.escape_debug()
                        )));
                    }
                    members.0.push((name.0, map.next_value()?));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_as_written() {
        let members = Members::read(r#" {"a": 1.0 , "\u0062":[1, 2],"c":"x"} "#).unwrap();
        assert_eq!(members.get("a"), Some("1.0"));
        assert_eq!(members.get("b"), Some("[1, 2]"));
        assert_eq!(members.get("d"), None);
        assert_eq!(members.string("c").as_deref(), Some("x"));
        assert_eq!(members.string("a"), None);
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":3}"#] {
            assert!(Members::read(text).unwrap_err().to_string().contains("`a` stands twice"));
        }
        // Deeper down it is somebody else's to judge.
        assert!(Members::read(r#"{"a":{"b":1,"b":2}}"#).is_ok());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["[]", "1", "null", "", "{", "{} {}", r#"{"a":01}"#] {
            assert!(Members::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn writing() {
        let members = [("a\"", Cow::from("1.0")), ("b", Cow::from("[]"))];
        assert_eq!(write(members), r#"{"a\"":1.0,"b":[]}"#);
        assert_eq!(write([]), "{}");
    }
}
