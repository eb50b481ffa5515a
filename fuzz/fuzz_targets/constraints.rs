//! Any bytes as a constraint, a map of them and capabilities: what is read is written, and reads
//! back to the same, which stands below itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Capabilities, Constraint, ConstraintMap, Limits};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    if let Ok(constraint) = Constraint::from_json(bytes, &limits) {
        let again = Constraint::from_json(constraint.to_json().as_bytes(), &limits);
        assert_eq!(again.as_ref(), Ok(&constraint));
        assert!(constraint.narrows(&constraint));
        assert!(constraint.depth() <= limits.max_constraint_depth);
    }
    if let Ok(map) = ConstraintMap::from_json(bytes, &limits) {
        assert_eq!(ConstraintMap::from_json(map.to_json().as_bytes(), &limits), Ok(map));
    }
    if let Ok(tools) = Capabilities::from_json(bytes, &limits) {
        assert!(tools.narrows(&tools).is_ok());
        assert_eq!(Capabilities::from_json(tools.to_json().as_bytes(), &limits), Ok(tools));
    }
});
