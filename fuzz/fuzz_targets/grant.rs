//! Any text as a grant file in TOML: what is read is written as JSON that the library reads, and
//! names the same members.
#![no_main]
// The reader is a part of the command, which is no library.
#![allow(dead_code, reason = "what else the command has in these files")]

#[path = "../../cli/src/failure.rs"]
mod failure;
#[path = "../../cli/src/grant_toml.rs"]
mod grant_toml;
#[path = "../../cli/src/input.rs"]
mod input;

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

fuzz_target!(|text: &str| {
    let document = input::Document::inline("--grant", text);
    let table = match grant_toml::parse(&document, text) {
        Ok(table) => table,
        Err(failure) => return assert!(!failure.to_string().contains('\n')),
    };
    if let Ok(json) = grant_toml::to_json(&document, &table) {
        let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&json).expect("JSON");
        assert!(members.keys().eq(table.keys().map(|name| name.get_ref().as_ref())));
        for name in table.keys() {
            let place = grant_toml::locate(&table, &[name.get_ref().as_ref()]);
            assert!(place.is_some_and(|place| place < text.len()));
        }
    }
});
