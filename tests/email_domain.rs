//! The example's constraint type, held to what it claims.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may be blunt")]

#[path = "../examples/extension.rs"]
mod extension;

use extension::EmailDomain;
use taper::{
    Constraint, Object, Value,
    extension::soundness::{Samples, check},
};

fn domain(name: &str) -> Object {
    Object::new([("domain", Value::from(name))]).unwrap()
}

#[test]
fn the_examples_type_is_sound() {
    let addresses = [
        "ana@example.com",
        "bo@mail.example.com",
        "ana@evil-example.com",
        "ana@example.com.evil.example",
        "ana@example.com@evil.example",
        "ANA@example.com",
        "ana@EXAMPLE.com",
        "ana <ana@example.com>",
        "@example.com",
        "ana@",
        "",
    ];
    let domains = ["example.com", "mail.example.com", "evil-example.com", "", "Example.com", "a@b"];
    let samples = Samples::new().constraints(domains.map(domain)).values(addresses);
    let report = check::<EmailDomain>(&samples).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((report.constraints, report.refused), (3, 3));
    assert!(report.accepted == 3 && report.cross_type > 0, "{report:?}");
}

#[test]
fn whole_domains_count() {
    let staff = Constraint::extension::<EmailDomain>(domain("example.com")).unwrap();
    for (address, expected) in [
        ("ana@example.com", true),
        ("ana@mail.example.com", false),
        ("ana@evil-example.com", false),
        ("ana@example.com@evil.example", false),
    ] {
        assert_eq!(staff.accepts(&Value::from(address)), expected, "{address}");
    }
}
