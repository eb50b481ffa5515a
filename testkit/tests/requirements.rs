//! The specification and the vectors, held against each other: every requirement has a vector, or a
//! reason why none can show it; and every vector shows a requirement.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use taper_testkit::vectors;

/// Every document below `spec/`.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut found = vec![];
    for folder in [root.clone(), root.join("bindings")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// The ids that a text gives, each of which stands as `**[id]**` before what it requires.
fn ids(text: &str) -> Vec<&str> {
    let after = text.split("**[").skip(1);
    after.filter_map(|rest| rest.split_once("]**").map(|(id, _)| id)).collect()
}

/// The ids in the first column of the table of those that no vector shows.
fn not_shown(readme: &str) -> BTreeSet<&str> {
    let (_, table) = readme.split_once("# Requirements that no vector shows").unwrap();
    let table = table.split("\n#").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.flat_map(|row| row.split('|').next().unwrap().split('`'))
        .filter(|id| id.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect()
}

#[test]
fn every_requirement_has_a_vector_and_every_vector_a_requirement() {
    let texts: Vec<(PathBuf, String)> = documents()
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    let mut given = BTreeMap::new();
    let mut wrong = vec![];
    for (path, text) in &texts {
        for id in ids(text) {
            if let Some(other) = given.insert(id, path) {
                wrong.push(format!("{id} stands in {} and {}", other.display(), path.display()));
            }
        }
    }
    assert!(given.len() > 100, "only {} ids", given.len());
    let readme = &texts.iter().find(|(path, _)| path.ends_with("spec/README.md")).unwrap().1;
    let not_shown = not_shown(readme);
    let mut shown = BTreeSet::new();
    for file in vectors::files() {
        for vector in &file.vectors {
            for id in vector.requirements() {
                if !given.contains_key(id.as_str()) {
                    wrong.push(format!(
                        "a vector of {} shows {id}, which no document gives",
                        file.group
                    ));
                }
                shown.insert(id.clone());
            }
        }
    }
    for id in given.keys() {
        match (shown.contains(*id), not_shown.contains(id)) {
            (false, false) => wrong.push(format!("no vector shows {id}, and no reason is given")),
            (true, true) => wrong.push(format!("a vector shows {id}, which is said to have none")),
            _ => {}
        }
    }
    for id in not_shown.iter().filter(|id| !given.contains_key(*id)) {
        wrong.push(format!("{id} is said to have no vector, and no document gives it"));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} requirements, {} of them with vectors", given.len(), shown.len());
}
