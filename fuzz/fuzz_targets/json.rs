//! Any bytes as JSON: what is read has one canonical text, which reads back to the same value, and
//! is what another reader and writer make of the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Capabilities, Constraint, ConstraintMap, Invocation, Limits, Value};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    match Value::from_json(bytes) {
        Ok(value) => {
            let text = value.to_jcs();
            let again = Value::from_json(text.as_bytes()).expect("canonical text");
            assert_eq!(again, value);
            assert_eq!(again.to_jcs(), text);
            match serde_json::from_slice::<serde_json::Value>(bytes) {
                Ok(other) => {
                    assert_eq!(serde_json_canonicalizer::to_string(&other).ok(), Some(text))
                }
                // The other reader stops at 127 levels.
                Err(error) => assert!(error.to_string().starts_with("recursion limit"), "{error}"),
            }
        }
        Err(error) => assert!(error.offset() <= bytes.len() && !error.to_string().is_empty()),
    }
    let _ = Invocation::from_json("tool", bytes);
    if let Ok(constraint) = Constraint::from_json(bytes, &limits) {
        let again = Constraint::from_json(constraint.to_json().as_bytes(), &limits);
        assert_eq!(again.as_ref(), Ok(&constraint));
        assert!(constraint.narrows(&constraint) && constraint.depth() <= 32);
    }
    if let Ok(map) = ConstraintMap::from_json(bytes, &limits) {
        assert_eq!(ConstraintMap::from_json(map.to_json().as_bytes(), &limits), Ok(map));
    }
    if let Ok(tools) = Capabilities::from_json(bytes, &limits) {
        let again = Capabilities::from_json(tools.to_json().as_bytes(), &limits);
        assert_eq!(again, Ok(tools));
    }
});
