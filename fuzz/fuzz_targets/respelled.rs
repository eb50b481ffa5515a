//! A chain that may widen, well signed, and the same with its payloads written otherwise (white
//! space, order of members, escapes) and signed anew: the same verdict, step, code and place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use taper::{Claims, Limits, Presentation, UnverifiedChain, Verifier};
use taper_fuzz::{NOW, verifier};
use taper_testkit::{
    Forgery,
    random::{Dice, beyond, forgery, invocation, prove},
};

fn text(text: &str, dice: &mut Dice, out: &mut String) {
    let mut units = [0; 2];
    out.push('"');
    for character in text.chars() {
        // `$PARENT` and `$LEAF` are still to be filled in.
        if character < ' '
            || "\"\\".contains(character)
            || !text.starts_with('$') && dice.once_in(8)
        {
            for unit in character.encode_utf16(&mut units) {
                *out += &format!("\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out.push('"');
}

fn respelled(value: &Value, dice: &mut Dice, out: &mut String) {
    *out += dice.pick(&["", "", " ", "\r\n\t"]);
    match value {
        Value::String(string) => text(string, dice, out),
        Value::Array(elements) => {
            out.push('[');
            for (n, element) in elements.iter().enumerate() {
                *out += if n > 0 { "," } else { "" };
                respelled(element, dice, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            let by = dice.below(members.len().max(1));
            members.rotate_left(by);
            out.push('{');
            for (n, (name, member)) in members.into_iter().enumerate() {
                *out += if n > 0 { "," } else { "" };
                text(name, dice, out);
                out.push(':');
                respelled(member, dice, out);
            }
            out.push('}');
        }
        other => *out += &other.to_string(),
    }
    *out += dice.pick(&["", "", " "]);
}

fn claims(forgery: &Forgery) -> Option<Vec<Claims>> {
    let (tokens, _) = forgery.sign();
    UnverifiedChain::from_tokens(tokens).claims_unverified(&Limits::default()).ok()
}

fn decided(
    verifier: &Verifier,
    forgery: &Forgery,
    call: &taper::Invocation,
) -> impl PartialEq + core::fmt::Debug + use<> {
    let sent = forgery.present();
    let read = Presentation::parse(sent.as_bytes(), verifier.limits()).expect("a presentation");
    let denied = verifier.authorize(&read, call, NOW).err();
    denied.map(|denied| (denied.step().label(), denied.code(), denied.token()))
}

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let mut made = forgery(&mut dice);
    let signer = u8::try_from(made.tokens.len()).expect("few") + 1;
    let call = match claims(&made) {
        Some(claims) => beyond(&mut dice, &claims),
        None => invocation(&mut dice),
    };
    prove(&mut made, &call, signer, NOW.as_unix());
    let verifier = verifier();
    let mut again = made.clone();
    for jws in again.tokens.iter_mut().chain([&mut again.proof]) {
        for part in [&mut jws.header, &mut jws.payload] {
            let value = serde_json::from_str(part).expect("JSON");
            part.clear();
            respelled(&value, &mut dice, part);
        }
    }
    assert_eq!(decided(&verifier, &made, &call), decided(&verifier, &again, &call));
});
