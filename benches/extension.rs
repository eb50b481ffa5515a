//! What the extension types cost beside the core ones: `cargo bench --bench extension
//! --features cidr,path_containment,url_scope`.
#![allow(missing_docs, clippy::unwrap_used, reason = "benches may be blunt")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use taper::{
    Constraint, Object, Value, exact,
    extension::{Cidr, PathContainment, UrlScope},
    one_of,
};

fn scope(members: &str) -> Constraint {
    let members = Object::from_json(members.as_bytes()).unwrap();
    Constraint::extension::<UrlScope>(members).unwrap()
}

/// For each type: a parent, a child of the same type, and a value that both accept.
fn cases() -> [(&'static str, Constraint, Constraint, &'static str); 4] {
    let path = |root| PathContainment::constraint(root).unwrap();
    let cidr = |network| Cidr::constraint(network).unwrap();
    [
        (
            "core/one_of",
            one_of(["/data/reports/q2.pdf", "/data/reports/q3.pdf"]).unwrap(),
            one_of(["/data/reports/q3.pdf"]).unwrap(),
            "/data/reports/q3.pdf",
        ),
        ("path_containment", path("/data"), path("/data/reports"), "/data/reports/2026/q3.pdf"),
        (
            "url_scope",
            scope(r#"{"scheme": "https", "host_suffix": "example.com"}"#),
            scope(r#"{"scheme": "https", "host": "api.example.com", "path_prefix": "/v1"}"#),
            "https://api.example.com/v1/reports/q3?format=pdf",
        ),
        ("cidr", cidr("2001:db8::/32"), cidr("2001:db8:1::/48"), "2001:db8:1::17"),
    ]
}

fn check(c: &mut Criterion) {
    for (name, _, child, value) in cases() {
        let value = Value::from(value);
        assert!(child.accepts(&value));
        c.bench_function(&format!("check/{name}"), |b| {
            b.iter(|| black_box(&child).accepts(black_box(&value)));
        });
    }
}

fn narrows(c: &mut Criterion) {
    for (name, parent, child, value) in cases() {
        assert!(child.narrows(&parent));
        c.bench_function(&format!("narrows/{name}"), |b| {
            b.iter(|| black_box(&child).narrows(black_box(&parent)));
        });
        let child = exact(value).unwrap();
        assert!(child.narrows(&parent) || name == "core/one_of");
        c.bench_function(&format!("narrows/exact under {name}"), |b| {
            b.iter(|| black_box(&child).narrows(black_box(&parent)));
        });
    }
}

/// The longest value that each type reads, and one that a careless reader would choke on.
fn longest(c: &mut Criterion) {
    let cases = cases();
    let path = format!("/data/reports/{}", "a/../".repeat(816));
    let url = format!("https://api.example.com/v1/{}", "%C3%A9".repeat(336));
    for (name, _, child, _) in cases {
        let value = match name {
            "path_containment" => Value::from(&*path),
            "url_scope" => Value::from(&*url),
            _ => continue,
        };
        assert!(child.accepts(&value));
        c.bench_function(&format!("check longest/{name}"), |b| {
            b.iter(|| black_box(&child).accepts(black_box(&value)));
        });
    }
}

criterion_group!(benches, check, narrows, longest);
criterion_main!(benches);
