//! Two constraint maps and a call: when the second narrows the first and permits the call, the
//! first permits it. The three are JSON texts, one a line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Capabilities, Limits, Object};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let (Some(wide), Some(narrow), Some(call)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let (Ok(wide), Ok(narrow)) =
        (Capabilities::from_json(wide, &limits), Capabilities::from_json(narrow, &limits))
    else {
        return;
    };
    let Ok(call) = Object::from_json(call) else {
        return;
    };
    for (tool, below) in narrow.tools() {
        let Some(above) = wide.tool(tool) else { continue };
        let one = |map: &taper::ConstraintMap| Capabilities::new().with_tool(tool, map.clone());
        if one(below).narrows(&one(above)).is_ok() && below.check(&call).is_ok() {
            assert!(above.check(&call).is_ok(), "{tool}");
        }
    }
});
