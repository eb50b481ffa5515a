//! Any bytes as JSON: what is read has one canonical text, which reads back to the same value, and
//! is what another reader and writer make of the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Invocation, Value};

fuzz_target!(|bytes: &[u8]| {
    match Value::from_json(bytes) {
        Ok(value) => {
            let text = value.to_jcs();
            let again = Value::from_json(text.as_bytes()).expect("canonical text");
            assert_eq!(again, value);
            assert_eq!(again.to_jcs(), text);
            let other: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
            assert_eq!(serde_json_canonicalizer::to_string(&other).expect("JSON"), text);
        }
        Err(error) => assert!(error.offset() <= bytes.len() && !error.to_string().is_empty()),
    }
    if let Ok(call) = Invocation::from_json("tool", bytes) {
        assert!(
            Value::from_json(bytes).is_ok_and(|value| value.to_jcs() == call.arguments().to_jcs())
        );
    }
});
