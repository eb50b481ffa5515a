//! Any bytes as JSON: what is read has one canonical text, which reads back to the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Capabilities, Constraint, Invocation, Limits, Value};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    match Value::from_json(bytes) {
        Ok(value) => {
            let text = value.to_jcs();
            let again = Value::from_json(text.as_bytes()).expect("canonical text");
            assert_eq!(again, value);
            assert_eq!(again.to_jcs(), text);
        }
        Err(error) => assert!(error.offset() <= bytes.len() && !error.to_string().is_empty()),
    }
    let _ = Invocation::from_json("tool", bytes);
    if let Ok(constraint) = Constraint::from_json(bytes, &limits) {
        let again = Constraint::from_json(constraint.to_json().as_bytes(), &limits);
        assert_eq!(again.as_ref(), Ok(&constraint));
        assert!(constraint.narrows(&constraint) && constraint.depth() <= 32);
    }
    if let Ok(tools) = Capabilities::from_json(bytes, &limits) {
        let again = Capabilities::from_json(tools.to_json().as_bytes(), &limits);
        assert_eq!(again, Ok(tools));
    }
});
