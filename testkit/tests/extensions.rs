//! The vectors of the extension types, judged by the library.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use serde_json::Value as Json;
use taper::{
    Constraint, Limits, Terms, Value,
    extension::{Cidr, Extensions, PathContainment, UrlScope},
};
use taper_testkit::vectors;

fn known(vector: &Json) -> Extensions {
    let names = vector["extensions"].as_array().cloned().unwrap_or_default();
    names.iter().fold(Extensions::new(), |known, name| match name.as_str().unwrap() {
        "cidr" => known.with::<Cidr>().unwrap(),
        "path_containment" => known.with::<PathContainment>().unwrap(),
        "url_scope" => known.with::<UrlScope>().unwrap(),
        other => panic!("no type {other}"),
    })
}

#[test]
fn every_vector_has_the_verdict_that_it_expects() {
    let limits = Limits::default();
    let mut wrong = vec![];
    let files = vectors::files().into_iter().filter(|file| file.group.starts_with("extensions/"));
    let mut checks = vec![];
    for file in files {
        let text: Json = serde_json::from_str(&file.json()).unwrap();
        let vectors = text["vectors"].as_array().unwrap();
        if file.operation == "check" {
            checks.push((file.group, vectors.len()));
        }
        for vector in vectors {
            let known = known(vector);
            let read = |member: &str| {
                let text = vector[member].as_str().unwrap().as_bytes();
                Constraint::from_json(text, Terms::new(&limits, &known))
            };
            let found = match file.operation {
                "check" => {
                    let value = vector["value"].as_str().unwrap();
                    read("constraint")
                        .unwrap()
                        .accepts(&Value::from_json(value.as_bytes()).unwrap())
                }
                "narrows" => read("child").unwrap().narrows(&read("parent").unwrap()),
                "well_formed" => read("constraint").is_ok(),
                other => panic!("no operation {other}"),
            };
            if (vector["expected"]["verdict"] == "PERMIT") != found {
                wrong.push(format!("{}: {vector}", vector["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checks.len(), 3);
    assert!(checks.iter().all(|(_, count)| *count >= 60), "{checks:?}");
}
