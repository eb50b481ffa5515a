//! A network, another, and an address, one a line: `cidr` against intervals of numbers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Value, extension::Cidr};
use taper_testkit::slow::address;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(wide), Some(narrow), Some(value)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    assert_eq!(Cidr::constraint(wide).is_ok(), address::network(wide).is_some(), "{wide:?}");
    let (Ok(above), Ok(below)) = (Cidr::constraint(wide), Cidr::constraint(narrow)) else {
        return;
    };
    let accepted = above.accepts(&Value::from(value));
    assert_eq!(accepted, address::holds(wide, value), "{value:?} in {wide:?}");
    assert_eq!(below.narrows(&above), address::lies_in(narrow, wide), "{narrow:?} in {wide:?}");
    if below.narrows(&above) && below.accepts(&Value::from(value)) {
        assert!(accepted);
    }
});
