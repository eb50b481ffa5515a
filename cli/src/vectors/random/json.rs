//! JSON values, and the many ways to write one.

use super::dice::Dice;
use std::fmt::Write as _;

/// The members of an object, in the order of writing; nothing keeps names apart.
pub(super) type Members = Vec<(String, Json)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// A place in [`NUMBERS`].
    Number(usize),
    String(String),
    Array(Vec<Json>),
    Object(Members),
    /// Text that is written as it is.
    Raw(String),
    /// The digest of the token before.
    Link,
}

/// Numbers in their order, each with its spellings, the canonical one first.
pub(super) const NUMBERS: [&[&str]; 15] = [
    &["-1e+21", "-1e21", "-1000000000000000000000"],
    &["-3", "-3.0", "-30e-1", "-0.3E1"],
    &["-0.5", "-5e-1", "-0.50"],
    &["0", "-0", "0.0", "0e5", "-0.0E-3"],
    &["5e-324"],
    &["1e-7", "0.0000001", "0.1e-6"],
    &["0.1", "1e-1", "0.10"],
    &["1", "1.0", "1e0", "10e-1", "0.01E2"],
    &["2", "2.0", "0.2e1"],
    &["10", "1e1", "1E+1", "10.000"],
    &["100", "1e2", "1.00e+2"],
    &["9007199254740991", "9007199254740991.0"],
    &["9007199254740992", "9.007199254740992e15"],
    &["1e+21", "1e21", "1000000000000000000000", "1E21"],
    &["1e+300", "1e300", "10e299"],
];

/// Numbers that are not admissible (AAT-02 3.4).
pub(super) const INADMISSIBLE: [&str; 6] = [
    "9007199254740993",
    "1e400",
    "1.00000000000000001",
    "295147905179352825856",
    "1e-400",
    "0.1000000000000000055511151231257827",
];

/// Strings that are easily taken for another.
pub(super) const STRINGS: [&str; 12] = [
    "",
    "a",
    "b",
    "1",
    "null",
    "/data/q3.pdf",
    "\u{e9}",
    "e\u{301}",
    "\u{10000}",
    "\u{ffff}",
    "\"\\\n",
    "\u{7f}\u{80}",
];

impl Json {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    pub(super) fn integer(number: i64) -> Self {
        Self::Raw(number.to_string())
    }

    pub(super) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    pub(super) fn scalar(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0 => Self::Null,
            1 => Self::Bool(dice.chance(50)),
            2..=4 => Self::Number(dice.below(NUMBERS.len())),
            _ => Self::text(dice.word(&STRINGS)),
        }
    }

    pub(super) fn value(dice: &mut Dice, depth: usize) -> Self {
        let shallow = depth.saturating_sub(1);
        match dice.below(if depth == 0 { 6 } else { 8 }) {
            6 => Self::Array((0..dice.below(4)).map(|_| Self::value(dice, shallow)).collect()),
            7 => {
                let names = dice.some(&["a", "b", "\u{10000}", "\u{ffff}"]);
                let member = |name: &str| (name.to_owned(), Self::value(dice, shallow));
                Self::Object(names.into_iter().map(member).collect())
            }
            _ => Self::scalar(dice),
        }
    }

    /// An inadmissible text that reads as the same double, for some numbers.
    pub(super) fn nearly(&self) -> Option<&'static str> {
        let Self::Number(place) = self else { return None };
        Some(match *NUMBERS.get(*place)?.first()? {
            "0" => "1e-400",
            "1" => "1.00000000000000001",
            "0.1" => "0.1000000000000000055511151231257827",
            "9007199254740992" => "9007199254740993",
            "100" => "99.9999999999999999999",
            _ => return None,
        })
    }

    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Object(_))
    }

    /// The canonical form, but for the order of members.
    pub(super) fn plain(&self) -> String {
        let mut text = String::new();
        self.write(&mut None, &mut text);
        text
    }

    /// One of the texts that mean this.
    pub(super) fn spelled(&self, dice: &mut Dice) -> String {
        let mut text = String::new();
        let mut spelling = dice.chance(70).then_some(dice);
        self.write(&mut spelling, &mut text);
        text
    }

    fn write(&self, dice: &mut Option<&mut Dice>, to: &mut String) {
        let chance = |dice: &mut Option<&mut Dice>, percent| {
            dice.as_mut().is_some_and(|dice| dice.chance(percent))
        };
        if chance(dice, 3) {
            to.push_str(" \n\t");
        }
        match self {
            Self::Null | Self::Link => to.push_str("null"),
            Self::Bool(value) => to.push_str(if *value { "true" } else { "false" }),
            Self::Raw(text) => to.push_str(text),
            Self::Number(place) => {
                let spellings = NUMBERS.get(*place).copied().unwrap_or_default();
                let which = dice.as_mut().map_or(0, |dice| dice.below(spellings.len()));
                to.push_str(spellings.get(which).copied().unwrap_or_default());
            }
            Self::String(text) => {
                let escape = chance(dice, 15);
                write_string(text, escape, to);
            }
            Self::Array(elements) => {
                to.push('[');
                for (place, element) in elements.iter().enumerate() {
                    if place > 0 {
                        to.push(',');
                    }
                    element.write(dice, to);
                }
                to.push(']');
            }
            Self::Object(members) => {
                let turn = dice.as_mut().map_or(0, |dice| dice.below(members.len()));
                let turned = members.iter().cycle().skip(turn).take(members.len());
                to.push('{');
                for (place, (name, value)) in turned.enumerate() {
                    if place > 0 {
                        to.push(',');
                    }
                    let escape = chance(dice, 5);
                    write_string(name, escape, to);
                    to.push(':');
                    value.write(dice, to);
                }
                to.push('}');
            }
        }
        if chance(dice, 3) {
            to.push(' ');
        }
    }
}

fn write_string(text: &str, escape: bool, to: &mut String) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => to.extend(['\\', c]),
            c if escape || c < ' ' => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(to, "\\u{unit:04x}");
                }
            }
            c => to.push(c),
        }
    }
    to.push('"');
}
