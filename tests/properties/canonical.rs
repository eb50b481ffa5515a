//! Canonical form, by this library and by another.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::cell::RefCell;
use taper::Value;
use taper_testkit::random::Dice;

/// A value of JSON as another library has it.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let name = prop_oneof![
        "[ab\"\\\\/]{0,3}",
        "[\u{0}-\u{20}\u{7f}\u{e000}\u{ffff}\u{10000}\u{10ffff}]{0,3}",
        "\\PC{0,4}"
    ];
    let number = prop_oneof![
        any::<f64>().prop_filter("finite", |double| double.is_finite()),
        any::<i32>().prop_map(|int| f64::from(int) * f64::from(1 << 21)),
        (-1000..1000_i32, -30..30_i32)
            .prop_map(|(int, exponent)| { format!("{int}e{exponent}").parse().unwrap() }),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        number.prop_map(Into::into),
        (-1000..1000_i32).prop_map(Into::into),
        name.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(name.clone(), inner, 0..5)
                .prop_map(|members| { serde_json::Value::Object(members.into_iter().collect()) }),
        ]
    })
}

/// The same value in another spelling: spaces, escapes, and members in another order.
fn respelled(value: &serde_json::Value, dice: &mut Dice, out: &mut String) {
    let string = |text: &str, dice: &mut Dice, out: &mut String| {
        out.push('"');
        for character in text.chars() {
            let mut units = [0; 2];
            let escape = character < ' ' || "\"\\".contains(character) || dice.once_in(4);
            match escape {
                true => character
                    .encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| *out += &format!("\\u{unit:04X}")),
                false => out.push(character),
            }
        }
        out.push('"');
    };
    *out += dice.pick(&["", "", " ", "\n\t"]);
    match value {
        serde_json::Value::String(text) => string(text, dice, out),
        serde_json::Value::Number(number) if number.is_f64() => {
            *out += &format!("{number}").to_uppercase();
        }
        serde_json::Value::Number(number) => {
            *out += &format!("{number}{}", dice.pick(&["", ".0", "e0", "E+00", ".00e-0"]));
        }
        serde_json::Value::Array(elements) => {
            for (n, element) in elements.iter().enumerate() {
                out.push(if n == 0 { '[' } else { ',' });
                respelled(element, dice, out);
            }
            *out += if elements.is_empty() { "[ ]" } else { "]" };
        }
        serde_json::Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            if dice.once_in(2) {
                members.reverse();
            }
            for (n, (name, member)) in members.iter().enumerate() {
                out.push(if n == 0 { '{' } else { ',' });
                string(name, dice, out);
                out.push(':');
                respelled(member, dice, out);
            }
            *out += if members.is_empty() { "{ }" } else { "}" };
        }
        other => *out += &other.to_string(),
    }
    *out += dice.pick(&["", "", " "]);
}

#[test]
fn canonical_form_is_idempotent_and_another_implementations() {
    let config = Config { cases: 2000, failure_persistence: None, ..Config::default() };
    let bytes = RefCell::new(0);
    let test = |(value, dice): (serde_json::Value, [u8; 8])| {
        let expected = serde_json_canonicalizer::to_string(&value).unwrap();
        let read = |text: &str| Value::from_json(text.as_bytes()).unwrap();
        let ours = read(&value.to_string()).to_jcs();
        prop_assert_eq!(&ours, &expected);
        prop_assert_eq!(&read(&ours).to_jcs(), &ours);
        let mut other = String::new();
        respelled(&value, &mut Dice::new(&dice), &mut other);
        prop_assert_eq!(read(&other).to_jcs(), &*ours, "{}", other);
        *bytes.borrow_mut() += ours.len();
        Ok(())
    };
    TestRunner::new(config).run(&(json(), any::<[u8; 8]>()), test).unwrap();
    println!("2000 values of {} bytes", bytes.into_inner());
}
