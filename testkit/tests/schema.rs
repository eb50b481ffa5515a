//! The schema of the test vectors: every file fits it, and files that are wrong do not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use jsonschema::Validator;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use taper::Step;
use taper_testkit::vectors;

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(in_repository("test-vectors/schema.json")).unwrap())
        .unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

/// Every file as it is written, by its group.
fn files() -> BTreeMap<&'static str, Value> {
    let files = vectors::files().into_iter();
    files.map(|file| (file.group, serde_json::from_str(&file.json()).unwrap())).collect()
}

#[test]
fn every_file_fits_the_schema() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
    let validator = validator();
    for (group, file) in files() {
        let mut wrong = validator.iter_errors(&file);
        if let Some(error) = wrong.next() {
            panic!("{group}: {error}, at {}", error.instance_path());
        }
    }
}

/// The words that the schema lists are those of the library and of `spec/errors.md`.
#[test]
fn steps_and_codes_are_listed_once_more() {
    let schema = schema();
    let listed = |name: &str| -> BTreeSet<String> {
        let words = schema["$defs"][name]["enum"].as_array().unwrap();
        words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let steps: BTreeSet<String> = Step::all().map(|step| step.label().to_owned()).collect();
    assert_eq!(listed("step"), steps);
    let errors = fs::read_to_string(in_repository("spec/errors.md")).unwrap();
    let rows = errors.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let codes: BTreeSet<String> = rows.map(|(code, _)| code.to_owned()).collect();
    assert_eq!(listed("code"), codes);
}

/// A file, where in it to put what in the place of what was there; `null` takes it away.
type Broken = (&'static str, &'static str, Value);

fn broken() -> Vec<Broken> {
    vec![
        // Of the file.
        ("check/types", "/format", json!(2)),
        ("check/types", "/spec", json!("draft-niyikiza-oauth-attenuating-agent-tokens-01")),
        ("check/types", "/operation", json!("verify")),
        ("check/types", "/operation", json!("judge")),
        ("check/types", "/vectors", json!([])),
        ("check/types", "/note", json!("a member that is not known")),
        ("check/types", "/params", json!({})),
        ("check/types", "/trust_anchors", json!([])),
        ("check/types", "/$schema", json!("schema.json")),
        ("check/types", "/group", json!("check types")),
        ("check/types", "/about", json!("")),
        ("presentation/jws/root", "/params", Value::Null),
        ("presentation/jws/root", "/params/pop_window", Value::Null),
        ("presentation/jws/root", "/params/pop_window", json!("30")),
        ("presentation/jws/root", "/params/max_hops", json!(8)),
        ("presentation/jws/root", "/trust_anchors", Value::Null),
        ("presentation/jws/root", "/trust_anchors/0/jwk/x", json!("AA")),
        ("presentation/jws/root", "/trust_anchors/0/jwk/d", json!("AA")),
        // Of any vector.
        ("narrows/pairs", "/vectors/1/id", json!("narrows/pairs/A b")),
        ("narrows/pairs", "/vectors/1/title", Value::Null),
        ("narrows/pairs", "/vectors/1/title", json!("")),
        ("narrows/pairs", "/vectors/1/edit", json!("")),
        ("narrows/pairs", "/vectors/1/requirements", json!(["M-1", "M-1"])),
        ("narrows/pairs", "/vectors/1/requirements", json!([])),
        ("narrows/pairs", "/vectors/1/requirements/0", json!("4p4")),
        ("narrows/pairs", "/vectors/1/note", json!("")),
        ("presentation/jws/root", "/vectors/1/base", Value::Null),
        ("presentation/jws/root", "/vectors/1/edit", Value::Null),
        // Of what is expected.
        ("narrows/pairs", "/vectors/0/expected", Value::Null),
        ("narrows/pairs", "/vectors/0/expected/verdict", json!("ANY")),
        ("narrows/pairs", "/vectors/0/expected/verdict", json!("DENY")),
        ("narrows/pairs", "/vectors/0/expected/step", json!("4p4")),
        ("narrows/pairs", "/vectors/0/expected/output", json!("")),
        ("presentation/jws/root", "/vectors/1/expected/step", json!("3z")),
        ("presentation/jws/root", "/vectors/1/expected/code", json!("because")),
        ("presentation/jws/root", "/vectors/1/expected/code", Value::Null),
        ("presentation/jws/root", "/vectors/1/expected/layer", Value::Null),
        ("presentation/jws/root", "/vectors/1/expected/layer", json!("crypto")),
        ("presentation/jws/root", "/vectors/1/expected/token", json!(-1)),
        ("presentation/jws/root", "/vectors/1/expected/output", json!("")),
        ("json/numbers", "/vectors/0/expected/output", Value::Null),
        ("json/numbers", "/vectors/0/expected/output", json!(0)),
        ("keys/keys", "/vectors/0/expected/output", json!("AA")),
        ("derive/issue", "/vectors/0/expected/output", json!("dGV4dA")),
        ("derive/prove", "/vectors/0/expected/output", json!([])),
        // Of the inputs of each operation.
        ("json/numbers", "/vectors/0/input", Value::Null),
        ("json/numbers", "/vectors/0/input", json!(1)),
        ("json/numbers", "/vectors/0/input_hex", json!("00")),
        ("check/types", "/vectors/0/value", json!(true)),
        ("check/types", "/vectors/0/level", json!("tools")),
        ("check/well_formed", "/vectors/0/constraint", json!({"constraint_type": "wildcard"})),
        ("check/well_formed", "/vectors/0/value", json!("1")),
        ("narrows/tools", "/vectors/0/level", json!("tool")),
        ("narrows/tools", "/vectors/0/child", json!({})),
        ("keys/keys", "/vectors/0/input", json!({})),
        ("signatures/signatures", "/vectors/0/flags", json!([])),
        ("signatures/signatures", "/vectors/0/flags", json!(["odd"])),
        ("signatures/signatures", "/vectors/0/public_key_hex", json!("00")),
        ("signatures/signatures", "/vectors/0/signature_hex", json!("0")),
        ("signatures/signatures", "/vectors/0/message_hex", json!("AB")),
        ("signatures/signatures", "/vectors/0/expected/output", json!("")),
        ("presentation/jws/root", "/vectors/0/profile", Value::Null),
        ("presentation/jws/root", "/vectors/0/profile", json!("compact")),
        ("presentation/jws/root", "/vectors/0/now", json!("1704067500")),
        ("presentation/jws/root", "/vectors/0/now", json!(1.5)),
        ("presentation/jws/root", "/vectors/0/args_json", json!({})),
        ("presentation/jws/root", "/vectors/0/presentation", Value::Null),
        ("presentation/jws/root", "/vectors/0/presentation", json!("tQE")),
        ("presentation/jws/root", "/vectors/0/presentation_text", json!("")),
        ("presentation/jws/root", "/vectors/0/presentation/aat_pop", Value::Null),
        ("presentation/jws/root", "/vectors/0/policy", json!({"require_audience": true})),
        ("presentation/jws/root", "/vectors/0/policy", json!({"idempotent": ["search"]})),
        ("presentation/jws/root", "/vectors/0/params", json!({})),
        ("presentation/replay", "/vectors/0/calls", json!([])),
        ("presentation/replay", "/vectors/0/calls/0/expected", Value::Null),
        ("presentation/replay", "/vectors/0/calls/0/presentation", json!("tQE")),
        ("presentation/replay", "/vectors/0/policy", json!({"seen_jti": []})),
        ("derive/issue", "/vectors/0/seed_hex", json!("01")),
        ("derive/issue", "/vectors/0/grant/exp", Value::Null),
        ("derive/issue", "/vectors/0/grant/tools", json!({})),
        ("derive/derive", "/vectors/0/chain", Value::Null),
        ("derive/derive", "/vectors/0/chain", json!("tQE")),
        ("derive/derive", "/vectors/0/chain/0", json!("a.b")),
        ("derive/derive", "/vectors/0/grant/holder/d", json!("AA")),
        ("derive/prove", "/vectors/0/jti", Value::Null),
        ("derive/prove", "/vectors/0/nonce", json!(1)),
    ]
}

/// Puts `value` where `pointer` says, or takes away what is there.
fn put(file: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match file.pointer_mut(parent).unwrap() {
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = value,
        Value::Object(members) if value.is_null() => {
            assert!(members.remove(name).is_some(), "there is no {pointer}");
        }
        Value::Object(members) => {
            members.insert(name.into(), value);
        }
        _ => panic!("{pointer} leads nowhere"),
    }
}

#[test]
fn files_that_are_wrong_do_not_fit() {
    let validator = validator();
    let files = files();
    for (group, pointer, value) in broken() {
        let mut file = files[group].clone();
        put(&mut file, pointer, value.clone());
        assert!(!validator.is_valid(&file), "{group}: {pointer} may be {value}");
    }
}

/// Members that may be left out. (Of `base` and `edit`, not one alone.)
const OPTIONAL: [&str; 21] = [
    "/aud",
    "/audience",
    "/audiences",
    "/exp",
    "/extensions",
    "/idempotent",
    "/kid",
    "/level",
    "/max_depth",
    "/min_depth",
    "/nonce",
    "/nonces",
    "/params",
    "/policy",
    "/require_chain_aud",
    "/require_pop_aud",
    "/seen_jti",
    "/token",
    "/tools",
    "/trust_anchors",
    "/output",
];

/// The pointers to everything within `value`.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect()
        }
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect()
        }
        _ => vec![],
    };
    for (name, value) in inside {
        let pointer = format!("{at}/{name}");
        pointers(value, &pointer, found);
        found.push(pointer);
    }
}

/// Every file with one vector alone: one for each set of members that its vectors have.
fn samples() -> Vec<Value> {
    let mut samples = vec![];
    for (_, file) in files() {
        let mut shapes = BTreeSet::new();
        for vector in file["vectors"].as_array().unwrap() {
            let mut found = vec![];
            pointers(vector, "", &mut found);
            let digit = |c: char| c.is_ascii_digit();
            let shape: BTreeSet<String> =
                found.into_iter().map(|pointer| pointer.replace(digit, "")).collect();
            if shapes.insert(shape) {
                let mut sample = file.clone();
                sample["vectors"] = json!([vector]);
                samples.push(sample);
            }
        }
    }
    samples
}

/// Wherever something stands, nothing of another type may, no other member beside it, and it may not
/// be missing but for what is optional.
#[test]
fn nothing_is_left_open() {
    let validator = validator();
    for sample in samples() {
        assert!(validator.is_valid(&sample), "{}", sample["vectors"][0]["id"]);
        let mut found = vec![];
        pointers(&sample, "", &mut found);
        for pointer in found {
            let fits = |change: &dyn Fn(&mut Value)| {
                let mut changed = sample.clone();
                change(&mut changed);
                validator.is_valid(&changed)
            };
            let said = format!("{pointer} of {}", sample["vectors"][0]["id"]);
            let other = |value: &mut Value| {
                let place = value.pointer_mut(&pointer).unwrap();
                *place = if place.is_array() { json!({"odd": []}) } else { json!([[[]]]) };
            };
            assert!(!fits(&other), "another type for {said}");
            let is_map = pointer.ends_with("/min_depth");
            if !is_map && sample.pointer(&pointer).unwrap().is_object() {
                let more = |value: &mut Value| {
                    value.pointer_mut(&pointer).unwrap()["odd"] = json!("");
                };
                assert!(!fits(&more), "another member in {said}");
            }
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            // Maps, and a vector's own parameters, which replace the file's one by one.
            let of_map = parent.ends_with("/min_depth") || parent == "/vectors/0/params";
            let optional = OPTIONAL.iter().any(|optional| pointer.ends_with(optional));
            if !of_map && !optional && sample.pointer(parent).unwrap().is_object() {
                let fewer = |value: &mut Value| {
                    let members = value.pointer_mut(parent).unwrap().as_object_mut();
                    members.unwrap().remove(name).unwrap();
                };
                assert!(!fits(&fewer), "no {said}");
            }
        }
    }
}

/// Whoever reads a bad vector finds a good one beside it, and what is different.
#[test]
fn every_bad_vector_is_made_from_a_good_one() {
    for (group, file) in files() {
        let vectors = file["vectors"].as_array().unwrap();
        let is_good = |vector: &&Value| vector["expected"]["verdict"] == "PERMIT";
        let good: BTreeSet<&str> =
            vectors.iter().filter(is_good).map(|vector| vector["id"].as_str().unwrap()).collect();
        for vector in vectors.iter().filter(|vector| !is_good(vector)) {
            // Calls one after another are no edit of others; and a refused key signs nothing good.
            let flags = vector["flags"].as_array();
            let refused_key = flags.is_some_and(|flags| flags.contains(&json!("key_refused")));
            // Values and constraints of extensions stand for themselves: their titles say why.
            let extension = group.starts_with("extensions/");
            if file["operation"] == "sequence" || refused_key {
                assert_eq!(vector.get("base"), None, "{}", vector["id"]);
            } else if !extension {
                let base = vector["base"].as_str().unwrap_or_default();
                assert!(good.contains(base), "{group}: {} has no base", vector["id"]);
                assert_ne!(vector["edit"], "", "{}", vector["id"]);
            }
        }
    }
}

/// Every definition is reached from the top: what is not describes nothing.
#[test]
fn every_definition_is_used() {
    let text = fs::read_to_string(in_repository("test-vectors/schema.json")).unwrap();
    for name in schema()["$defs"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("\"#/$defs/{name}\"")), "{name} is not used");
    }
}
