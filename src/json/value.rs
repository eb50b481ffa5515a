//! Values in normal form.

use super::{JsonError, JsonErrorKind, Node, Number, Object, jcs, number::NumberError, read};
use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::fmt;

/// A JSON value in normal form: two values are equal exactly when their canonical texts are
/// (AAT-02 3.4). Numbers are doubles and members are sorted when a value is made, so comparing
/// never writes anything.
///
/// ```
/// use taper::Value;
///
/// let a = Value::from_json(br#"{"x": [1.0, "\u0061"], "b": 1e2}"#)?;
/// let b = Value::from_json(br#"{"b": 100, "x": [1, "a"]}"#)?;
/// assert_eq!(a, b);
/// assert_eq!(a.to_jcs(), r#"{"b":100,"x":[1,"a"]}"#);
/// # Ok::<_, taper::json::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, compared by its code points: no normalization.
    String(Box<str>),
    /// An array.
    Array(Box<[Value]>),
    /// An object.
    Object(Object),
}

/// Which number texts become numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers {
    /// Those that are admissible (AAT-02 3.4).
    Admissible,
    /// All that a finite double is nearest to: for `hta`, which is only compared (reading 3).
    AnyFinite,
}

impl Value {
    /// Reads exactly one value whose numbers are all admissible.
    ///
    /// # Errors
    ///
    /// When the text is not strict JSON, repeats a member, nests deeper than 128, or holds a
    /// number that is not admissible.
    pub fn from_json(text: &[u8]) -> Result<Self, JsonError> {
        let node = read::parse(text, read::MAX_DEPTH)?;
        Self::from_node(node, Numbers::Admissible)
            .map_err(|error| JsonError::new(0, JsonErrorKind::Inadmissible(error)))
    }

    pub(crate) fn from_node(node: Node<'_>, numbers: Numbers) -> Result<Self, NumberError> {
        Ok(match node {
            Node::Null => Self::Null,
            Node::Bool(value) => Self::Bool(value),
            Node::Number(text) => {
                let number = match numbers {
                    Numbers::Admissible => Number::admissible(text),
                    Numbers::AnyFinite => Number::nearest(text),
                };
                Self::Number(number.ok_or_else(|| NumberError::new(text))?)
            }
            Node::String(text) => Self::String(text.into()),
            Node::Array(elements) => {
                let values = elements.into_iter().map(|node| Self::from_node(node, numbers));
                Self::Array(values.collect::<Result<_, _>>()?)
            }
            Node::Object(members) => Self::Object(Object::from_members(members, numbers)?),
        })
    }

    /// The canonical text (RFC 8785).
    pub fn to_jcs(&self) -> String {
        let mut text = String::new();
        jcs::write(self, &mut text);
        text
    }

    /// The string, when it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The number, when it is one.
    pub fn as_number(&self) -> Option<Number> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The elements, when it is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members, when it is an object.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// The canonical text.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_jcs())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(text: Cow<'_, str>) -> Self {
        Self::String(text.into())
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value {
    fn from(int: i32) -> Self {
        Self::Number(int.into())
    }
}

impl From<u32> for Value {
    fn from(int: u32) -> Self {
        Self::Number(int.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(elements: Vec<Value>) -> Self {
        Self::Array(elements.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}
