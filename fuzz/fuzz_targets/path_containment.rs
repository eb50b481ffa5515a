//! A root, another, and a path, one a line: `path_containment` against splitting and folding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Value, extension::PathContainment};
use taper_testkit::slow::path;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(wide), Some(narrow), Some(value)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let normal = PathContainment::normalized(value);
    let folded = path::folded(value).map(|folded| match folded.as_str() {
        "/" => folded,
        longer => longer.trim_end_matches('/').to_owned(),
    });
    assert_eq!(normal, folded, "{value:?}");
    let read = PathContainment::constraint;
    assert_eq!(read(wide).is_ok(), path::folded(wide).is_some(), "{wide:?}");
    let (Ok(above), Ok(below)) = (read(wide), read(narrow)) else {
        return;
    };
    let value = Value::from(value);
    let text = value.as_str().unwrap_or_default();
    assert_eq!(above.accepts(&value), path::is_below(text, wide), "{text:?} in {wide:?}");
    assert_eq!(below.narrows(&above), path::is_below(narrow, wide), "{narrow:?} in {wide:?}");
    if below.narrows(&above) && below.accepts(&value) {
        assert!(above.accepts(&value));
    }
});
