//! What becomes of text on the way, found out by digests: whoever parses JSON and writes it again
//! does so in one of few ways.

use super::finding::Finding;
use crate::{log, probe::Received};

/// A text that is sent as the only value of an object, and what writers make of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Specimen {
    pub(super) sent: &'static str,
    /// Other texts of what many writers take for the same.
    others: &'static [&'static str],
}

/// Numbers that parsers and writers lose something of.
pub(super) const NUMBERS: [Specimen; 4] = [
    Specimen { sent: "1.0", others: &["1", "1.00", "1e0", "1E0", "1.0e0", "1e+00", "1.0E0"] },
    Specimen {
        sent: "1e2",
        others: &["100", "100.0", "1E2", "1e+2", "1E+2", "1e+02", "1.0e2", "1.0E2", "1.0E+2"],
    },
    // The least whole number that is no double.
    Specimen {
        sent: "9007199254740993",
        others: &[
            "9007199254740992",
            "9007199254740992.0",
            "9007199254740993.0",
            "9007199254740994",
            "9.007199254740992e15",
            "9.007199254740992e+15",
            "9.007199254740992E15",
            "9.007199254740992E+15",
            "9.007199254740993e15",
            "9.007199254740993e+15",
            "9.007199254740993E15",
            "9.007199254740993E+15",
        ],
    },
    Specimen { sent: "-0", others: &["0", "-0.0", "0.0", "-0e0", "-0e+00"] },
];

/// Characters that writers escape, and one that other texts compose: `e` with an acute accent.
pub(super) const CHARACTERS: Specimen = Specimen {
    sent: "\"\u{fc} e\u{301} \u{1f600} <&>\"",
    others: &[
        "\"\\u00fc e\\u0301 \\ud83d\\ude00 <&>\"",
        "\"\\u00FC e\\u0301 \\uD83D\\uDE00 <&>\"",
        "\"\u{fc} e\u{301} \u{1f600} \\u003c\\u0026\\u003e\"",
        "\"\u{fc} e\u{301} \u{1f600} \\u003C\\u0026\\u003E\"",
    ],
};

/// Text in which only the spelling may change without a change of values.
pub(super) const SPELLINGS: [(&str, &str); 3] = [
    ("white space", r#"{ "a" : [ 1 , 2 ] }"#),
    ("the order of members", r#"{"b":1,"a":2}"#),
    ("escapes", r#"{"a":"\u0061\/"}"#),
];

impl Specimen {
    /// The parameters that carry it.
    pub(super) fn params(&self) -> String {
        format!("{{\"a\":{}}}", self.sent)
    }

    /// How its value has arrived, as far as that can be told.
    pub(super) fn arrived(&self, received: &Received) -> Option<&'static str> {
        let mut all = std::iter::once(self.sent).chain(self.others.iter().copied());
        all.find(|text| written(text).any(|written| log::digest(&written) == received.digest))
    }
}

/// The ways to write an object of one member.
fn written(value: &str) -> impl Iterator<Item = String> {
    let ways = [
        ("{\"a\":", "}"),
        ("{\"a\": ", "}"),
        ("{ \"a\": ", " }"),
        ("{ \"a\" : ", " }"),
        ("{\n  \"a\": ", "\n}"),
        ("{\n    \"a\": ", "\n}"),
        ("{\n\t\"a\": ", "\n}"),
    ];
    ways.into_iter().map(move |(before, after)| format!("{before}{value}{after}"))
}

/// What became of numbers.
pub(super) fn numbers(received: &[(Specimen, Received)]) -> Finding {
    let sent: Vec<&str> = received.iter().map(|(specimen, _)| specimen.sent).collect();
    let changed: Vec<String> = received
        .iter()
        .filter_map(|(specimen, received)| match specimen.arrived(received) {
            Some(text) if text == specimen.sent => None,
            Some(text) => Some(format!("`{}` arrives as `{text}`", specimen.sent)),
            None => Some(format!("`{}` arrives as something else", specimen.sent)),
        })
        .collect();
    if changed.is_empty() {
        return Finding::good(format!("numbers arrive as they were written: {}", sent.join(", ")));
    }
    Finding::fault(
        format!("numbers are rewritten on the way: {}", changed.join(", ")),
        "servers get other numbers than were written. Calls whose numbers keep their value are \
         still permitted; one that becomes another value is denied at 7f \
         (`proof_of_other_arguments`)",
        "let whatever is between forward bodies as they are, without parsing and writing them; \
         or send large and exact numbers as strings",
    )
}

/// What became of text that means the same however it is spelled, and of characters.
pub(super) fn text(changed: &[&str], characters: &Received) -> Finding {
    let arrived = CHARACTERS.arrived(characters);
    let unharmed = arrived == Some(CHARACTERS.sent);
    if changed.is_empty() && unharmed {
        return Finding::good("text arrives byte for byte");
    }
    if arrived.is_none() {
        return Finding::fault(
            "characters beyond ASCII do not arrive as they were written, nor as escapes",
            "arguments with such characters are other arguments at the guard, and are denied at \
             7f (`proof_of_other_arguments`)",
            "look for what is between and changes character sets, composes characters, or adds to \
             `params`",
        );
    }
    let escaped = (!unharmed).then_some("characters, which become escapes");
    let changed: Vec<&str> = changed.iter().copied().chain(escaped).collect();
    Finding::note(
        format!("text is written anew on the way; not kept: {}", changed.join(", ")),
        "something between reads and writes messages. Values are the same, and proofs are about \
         values",
        "nothing, as long as calls are permitted; better let it forward bodies as they are",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use taper::Timestamp;

    #[test]
    fn specimens_are_told_apart() {
        for specimen in NUMBERS.iter().chain([&CHARACTERS]) {
            for way in 0..7 {
                for text in std::iter::once(&specimen.sent).chain(specimen.others) {
                    let params = written(text).nth(way).unwrap();
                    let received = Received::of(&params, Timestamp::from_unix(0), 30, None);
                    assert_eq!(specimen.arrived(&received), Some(*text));
                }
            }
            let other = Received::of("{\"a\":7,\"b\":1}", Timestamp::from_unix(0), 30, None);
            assert_eq!(specimen.arrived(&other), None);
        }
    }
}
