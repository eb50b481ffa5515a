//! `taper vectors random`: what its cases cover, and that they are the same everywhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may be blunt"
)]

mod command;

use command::Folder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use taper::Step;

fn random(args: &[&str]) -> String {
    Folder::empty().run(&[&["vectors", "random"], args].concat()).succeeds()
}

fn vectors(args: &[&str]) -> Vec<Value> {
    let file: Value = serde_json::from_str(&random(args)).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

/// Of each profile: between a third and a half is permitted, and every step denies something that
/// can.
#[test]
fn every_step_is_hit() {
    // 4f and 5 follow from others (`Step`). The compact profile leaves no room for the rest
    // (`spec/compact-profile.md` 9).
    let never = ["4f", "5"];
    let by_construction = [
        "3a", "3c", "3d", "3j", "3m", "4a", "4b1", "4b3", "4b4", "4b5", "4c", "4d", "4g", "4h",
        "4j", "4n", "4p1", "4q", "7c", "7e", "7f",
    ];
    for (profile, unreachable) in
        [("jws", &never[..]), ("compact", &[&never[..], &by_construction].concat())]
    {
        let vectors = vectors(&["--seed", "1", "--count", "1500", "--profile", profile]);
        let permitted =
            vectors.iter().filter(|vector| vector["expected"]["verdict"] == "PERMIT").count();
        assert!((500..750).contains(&permitted), "{profile}: {permitted}");
        let hit: BTreeSet<&str> =
            vectors.iter().filter_map(|vector| vector["expected"]["step"].as_str()).collect();
        let steps = Step::all().map(Step::label);
        let expected: BTreeSet<&str> = steps.filter(|step| !unreachable.contains(step)).collect();
        assert_eq!(hit, expected, "{profile}");
    }
}

/// Another digest here means that seeds people wrote down stand for other cases from now on.
#[test]
fn a_seed_means_the_same_cases_everywhere() {
    let file = random(&["--seed", "1", "--count", "100"]);
    assert_eq!(
        hex::encode(Sha256::digest(&file)),
        "d53112414d6f8821768b30ba4fd59d66a8e0740e85ee8c6b1fb111434be39689"
    );
}

#[test]
fn fewer_cases_are_the_first_of_more() {
    let [few, more] =
        ["3", "200"].map(|count| vectors(&["--seed", "18446744073709551615", "--count", count]));
    assert_eq!(few, more[..3]);
    assert_ne!(few, vectors(&["--seed", "0", "--count", "3"]));
    assert_eq!(vectors(&["--seed", "0", "--count", "0"]), Vec::<Value>::new());
}

#[test]
fn a_file_instead_of_standard_output() {
    let folder = Folder::empty();
    let args = ["vectors", "random", "--seed", "2", "--count", "5"];
    let shown = folder.run(&args).succeeds();
    folder.run(&[&args[..], &["-o", "random.json"]].concat()).succeeds();
    assert_eq!(folder.read("random.json"), shown);
    folder.run(&["vectors", "run", "random.json"]).succeeds();
}
