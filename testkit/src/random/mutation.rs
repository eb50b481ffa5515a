//! Presentations as somebody on the way might change them, in one place.

use super::Dice;
use crate::{base64url, present};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Changes the bytes of a presentation of either profile, and says how.
pub fn mutation(dice: &mut Dice, sent: &[u8]) -> (&'static str, Vec<u8>) {
    loop {
        let (kind, changed) = match sent[0] {
            b'{' if !dice.once_in(3) => of_json(dice, sent),
            0xb5 if dice.once_in(8) => ("S plus L", of_frame(dice, sent)),
            _ => of_bytes(dice, sent.to_vec()),
        };
        if changed != sent {
            return (kind, changed);
        }
    }
}

fn of_bytes(dice: &mut Dice, mut bytes: Vec<u8>) -> (&'static str, Vec<u8>) {
    let at = dice.below(bytes.len());
    let any = u8::try_from(dice.below(256)).unwrap();
    let likely = dice.pick(b" \n\t\"\\{}[]:,.0aA-_=\0\x80\xff");
    let byte = if dice.once_in(2) { any } else { likely };
    let kind = match dice.below(8) {
        0 | 1 => {
            bytes[at] ^= 1 << dice.below(8);
            "bit flipped"
        }
        2 => {
            bytes[at] = byte;
            "byte replaced"
        }
        3 | 4 => {
            bytes.insert(dice.below(bytes.len() + 1), byte);
            "byte inserted"
        }
        5 => {
            bytes.remove(at);
            "byte deleted"
        }
        6 => {
            let other = dice.below(bytes.len());
            bytes.swap(at, other);
            "bytes swapped"
        }
        _ => {
            bytes.truncate(at);
            "cut off"
        }
    };
    (kind, bytes)
}

/// The group order of Ed25519, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Makes a signature another one that holds by the equation alone.
fn plus_order(signature: &mut [u8]) {
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
}

/// A signature of a token in a compact frame.
fn of_frame(dice: &mut Dice, sent: &[u8]) -> Vec<u8> {
    let mut bytes = sent.to_vec();
    let at = 36 + 96 * dice.below(usize::from(bytes[1]));
    plus_order(&mut bytes[at..at + 64]);
    bytes
}

/// The object of AAT-02 7.4 as it is meant.
fn of_json(dice: &mut Dice, sent: &[u8]) -> (&'static str, Vec<u8>) {
    let read: Value = serde_json::from_slice(sent).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut tokens: Vec<String> = read["aat_chain"].as_array().unwrap().iter().map(text).collect();
    let mut proof = text(&read["aat_pop"]);
    let at = dice.below(tokens.len());
    let other = dice.below(tokens.len());
    let kind = match dice.below(20) {
        0 => {
            tokens.remove(at);
            "token left out"
        }
        1 => {
            tokens.insert(other, tokens[at].clone());
            "token twice"
        }
        2 => {
            tokens.swap(at, other);
            "tokens swapped"
        }
        3 => {
            tokens[at] = proof.clone();
            "proof as a token"
        }
        4 => {
            proof.clone_from(&tokens[at]);
            "token as the proof"
        }
        5..10 => return of_presentation(dice, &tokens, &proof),
        n => {
            let jws = if dice.once_in(3) { &mut proof } else { &mut tokens[at] };
            let mut segments: Vec<String> = jws.split('.').map(str::to_owned).collect();
            let kind = match n {
                10..15 => of_base64url(dice, &mut segments),
                _ => of_members(dice, &mut segments),
            };
            *jws = segments.join(".");
            kind
        }
    };
    (kind, present(&tokens, &proof).into_bytes())
}

/// Members of the presentation itself.
fn of_presentation(dice: &mut Dice, tokens: &[String], proof: &str) -> (&'static str, Vec<u8>) {
    let chain = format!("\"aat_chain\":[\"{}\"]", tokens.join("\",\""));
    let pop = format!("\"aat_pop\":\"{proof}\"");
    let space = dice.pick(&[" ", "\t", "\r", "\n"]);
    let (kind, members) = match dice.below(11) {
        0 => ("member left out", vec![if dice.once_in(2) { chain } else { pop }]),
        1 => ("member twice", vec![chain.clone(), pop, chain]),
        2 => ("member twice, another value", vec!["\"aat_pop\":\"\"".into(), chain, pop]),
        3 => ("member null", vec![chain, "\"aat_pop\":null".into()]),
        4 => ("member of another type", vec![chain, format!("\"aat_pop\":[\"{proof}\"]")]),
        5 => ("member renamed", vec![chain, format!("\"AAT_POP\":\"{proof}\"")]),
        6 => ("unknown member added", vec![chain, pop, "\"aat_pops\":{\"aat_pop\":1}".into()]),
        7 => ("members in another order", vec![pop, chain]),
        8 => ("white space between JSON tokens", vec![format!("{space}{chain}"), pop + space]),
        9 => ("white space in a string", vec![chain.replacen('.', &format!("{space}."), 1), pop]),
        _ => ("character escaped", vec![chain.replacen('.', "\\u002e", 1), pop]),
    };
    (kind, format!("{{{}}}", members.join(",")).into_bytes())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Characters of a segment.
fn of_base64url(dice: &mut Dice, segments: &mut Vec<String>) -> &'static str {
    let which = dice.below(segments.len());
    let mut characters = segments[which].clone().into_bytes();
    let at = dice.below(characters.len());
    let kind = match dice.below(10) {
        0 | 1 => {
            characters[at] = dice.pick(ALPHABET);
            "character replaced"
        }
        2 => {
            characters.insert(at, dice.pick(ALPHABET));
            "character inserted"
        }
        3 => {
            characters.remove(at);
            "character deleted"
        }
        4 => {
            characters.extend_from_slice(&b"=="[dice.below(2)..]);
            "padding"
        }
        5 => {
            characters[at] = dice.pick(b"+/ %~");
            "character of another alphabet"
        }
        6 => {
            // The bits of the last character that stand for no byte, where there are any.
            let last = characters.last_mut().unwrap();
            let value = ALPHABET.iter().position(|c| c == last).unwrap();
            *last = ALPHABET[value ^ 1];
            "last character's last bit"
        }
        7 => {
            let mut signature = URL_SAFE_NO_PAD.decode(&segments[2]).unwrap();
            plus_order(&mut signature);
            segments[2] = base64url(&signature);
            return "S plus L";
        }
        8 => {
            segments.push(String::new());
            "segment added"
        }
        _ => {
            let removed = segments.remove(which);
            segments.insert(dice.below(segments.len() + 1), removed);
            "segment moved"
        }
    };
    if which < segments.len() && !kind.starts_with("segment") {
        segments[which] = String::from_utf8(characters).unwrap();
    }
    kind
}

/// Members of a header or a payload, under the old signature.
fn of_members(dice: &mut Dice, segments: &mut [String]) -> &'static str {
    let which = dice.below(2);
    let bytes = URL_SAFE_NO_PAD.decode(&segments[which]).unwrap();
    let mut members: Map<String, Value> = serde_json::from_slice(&bytes).unwrap();
    let names: Vec<String> = members.keys().cloned().collect();
    let name = names[dice.below(names.len())].clone();
    let mut text = None;
    let kind = match dice.below(8) {
        0 => {
            members.remove(&name);
            "claim left out"
        }
        1 => {
            members.insert(name, Value::Null);
            "claim null"
        }
        2 => {
            let value = members.remove(&name).unwrap();
            members.insert(format!("{name}2"), value);
            "claim renamed"
        }
        3 => {
            members.insert("note".into(), Value::Bool(true));
            "claim added"
        }
        4 => {
            let from = names[dice.below(names.len())].clone();
            let value = members[&from].clone();
            members.insert(name, value);
            "claim of another claim's value"
        }
        5 => {
            match &mut members[&name] {
                Value::Number(number) => *number = number.as_i64().map_or(7, |n| n + 1).into(),
                Value::String(text) => text.push('a'),
                Value::Array(array) => array.clear(),
                Value::Object(object) => object.clear(),
                other => *other = Value::Bool(false),
            }
            "claim changed"
        }
        6 => {
            let twice = format!("{{\"{name}\":{},", members[&name]);
            text = Some(serde_json::to_string(&members).unwrap().replacen('{', &twice, 1));
            "claim twice"
        }
        _ => {
            text = Some(serde_json::to_string_pretty(&members).unwrap());
            "claims spaced"
        }
    };
    let text = text.unwrap_or_else(|| serde_json::to_string(&members).unwrap());
    segments[which] = base64url(text.as_bytes());
    kind
}
