//! The readable twin of a file: what a person wants to know of each case, without its bytes.

use super::{change, file::File};
use serde_json::Value;
use std::fmt::Write as _;

/// Inputs that are shown; presentations and chains are bytes, and stay in the JSON.
const SHOWN: [&str; 22] = [
    "profile",
    "level",
    "flags",
    "constraint",
    "child",
    "parent",
    "value",
    "input",
    "input_hex",
    "now",
    "tool",
    "args_json",
    "policy",
    "params",
    "trust_anchors",
    "jti",
    "audience",
    "nonce",
    "grant",
    "public_key_hex",
    "message_hex",
    "signature_hex",
];

/// The longest text of one input, in characters; what is longer is cut.
const LONGEST: usize = 160;

pub(super) fn of(file: &File) -> String {
    let name = file.group.rsplit('/').next().unwrap_or(file.group);
    let mut text = format!(
        "# {}\n\n{}\n\nOperation `{}`, {} vectors; written from the same data as [{name}.json]({name}.json).\n",
        file.group,
        file.about,
        file.operation,
        file.vectors.len()
    );
    if let Some((params, anchors)) = &file.point {
        let _ = write!(
            text,
            "\nUnless a vector says otherwise: params `{params}`, trust anchors `{anchors}`.\n"
        );
    }
    for (vector, members) in file.members() {
        let member = |name: &str| members.0.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
        let title = member("title").and_then(Value::as_str).unwrap_or_default();
        let id = member("id").and_then(Value::as_str).unwrap_or_default();
        let _ = write!(text, "\n## {title}\n\n`{id}` · {}\n\n", vector.requirements().join(", "));
        if let Some(edit) = member("edit").and_then(Value::as_str) {
            let _ = writeln!(text, "- changed: {edit}");
        }
        for (name, value) in members.0.iter().filter(|(name, _)| SHOWN.contains(name)) {
            let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
            let _ = writeln!(text, "- {name}: {}", code(&value));
        }
        if let Some(calls) = member("calls").and_then(Value::as_array) {
            for call in calls {
                let _ = writeln!(
                    text,
                    "- call at {}: {} {} → {}",
                    call["now"],
                    call["tool"],
                    call["args_json"],
                    expected(&call["expected"])
                );
            }
        }
        let _ = writeln!(text, "- expected: {}", expected(&vector.expected().json()));
    }
    text
}

fn expected(expected: &Value) -> String {
    let word = |name: &str| expected[name].as_str().unwrap_or_default().to_owned();
    let mut text = format!("**{}**", word("verdict"));
    if !word("step").is_empty() {
        let _ = write!(text, " at {}, `{}`", word("step"), word("code"));
    }
    if let Some(token) = expected["token"].as_u64() {
        let _ = write!(text, ", token {token}");
    }
    match &expected["output"] {
        Value::Null => {}
        Value::String(output) => {
            let _ = write!(text, ", {}", code(output));
        }
        output => {
            let _ = write!(text, ", {}", code(&output.to_string()));
        }
    }
    text
}

/// `text` as code, on one line, cut where it is long, with its controls spelled out.
fn code(text: &str) -> String {
    let plain = change::spelled(text.chars().take(LONGEST));
    let cut = if text.chars().count() > LONGEST { "…" } else { "" };
    let fence = if plain.contains('`') { "``" } else { "`" };
    let space = if plain.contains('`') || plain.is_empty() { " " } else { "" };
    format!("{fence}{space}{plain}{cut}{space}{fence}")
}
