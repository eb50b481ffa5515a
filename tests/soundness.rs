//! Narrowing, exhaustively, over a universe small enough to look at every pair.
//!
//! Each constraint is held with the set of values that it must accept, which is worked out here
//! and not by the library. Soundness is then inclusion of sets (AAT-02 4.5).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "tests may be blunt"
)]

use std::time::Duration;
use taper::{
    Bound, Capabilities, Constraint, ConstraintMap, Grant, HeldChain, Issuer, Object, Policy,
    Range, Timestamp, TrustAnchor, TrustAnchors, Value, Verifier, all, any, contains, exact,
    not_one_of, one_of, subset, wildcard,
};
use taper_testkit::{ISSUER, NOW, key};

/// The values: every JSON type, and arrays in each other.
const VALUES: [&str; 13] = [
    "null", "false", "true", "0", "1", "2", r#""""#, r#""a""#, "[]", "[0]", "[1,0]", "[[0],0]",
    "{}",
];

/// A set of values: one bit for each.
type Set = u16;

/// A constraint with the set that it must accept.
#[derive(Clone, Debug)]
struct Sample {
    constraint: Constraint,
    accepts: Set,
}

fn values() -> Vec<Value> {
    VALUES.iter().map(|text| Value::from_json(text.as_bytes()).unwrap()).collect()
}

/// The values of which `holds` is true, by their texts.
fn set(holds: impl Fn(&str) -> bool) -> Set {
    VALUES.iter().enumerate().filter(|(_, text)| holds(text)).map(|(bit, _)| 1 << bit).sum()
}

/// The elements of an array's text.
fn elements(text: &str) -> Option<&[&str]> {
    match text {
        "[]" => Some(&[]),
        "[0]" => Some(&["0"]),
        "[1,0]" => Some(&["1", "0"]),
        "[[0],0]" => Some(&["[0]", "0"]),
        _ => None,
    }
}

/// Every subset of `of`.
fn subsets<T: Copy>(of: &[T]) -> Vec<Vec<T>> {
    let picks = 0..1_usize << of.len();
    picks
        .map(|pick| {
            of.iter().enumerate().filter(|(i, _)| pick >> i & 1 == 1).map(|(_, t)| *t).collect()
        })
        .collect()
}

fn parsed(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::from_json(text.as_bytes()).unwrap()).collect()
}

/// Every constraint that is no composite, over a few of the values.
fn atoms() -> Vec<Sample> {
    let mut atoms = vec![Sample { constraint: wildcard(), accepts: set(|_| true) }];
    for scalar in ["null", "true", "0", "1", r#""a""#] {
        let constraint = exact(parsed(&[scalar]).remove(0)).unwrap();
        atoms.push(Sample { constraint, accepts: set(|text| text == scalar) });
    }
    for members in subsets(&["0", "1", r#""a""#, "[0]"]) {
        if !members.is_empty() {
            let constraint = one_of(parsed(&members)).unwrap();
            atoms.push(Sample { constraint, accepts: set(|text| members.contains(&text)) });
        }
        let constraint = not_one_of(parsed(&members));
        atoms.push(Sample { constraint, accepts: set(|text| !members.contains(&text)) });
    }
    for members in subsets(&["0", "1", "[0]"]) {
        let holds =
            |text: &str| elements(text).is_some_and(|own| members.iter().all(|m| own.contains(m)));
        atoms.push(Sample { constraint: contains(parsed(&members)), accepts: set(holds) });
        let holds =
            |text: &str| elements(text).is_some_and(|own| own.iter().all(|e| members.contains(e)));
        atoms.push(Sample { constraint: subset(parsed(&members)), accepts: set(holds) });
    }
    let mut bounds = vec![None];
    for number in [0, 1, 2] {
        bounds.extend([Some((number, true)), Some((number, false))]);
    }
    for min in &bounds {
        for max in &bounds {
            let bound = |(number, inclusive): (i32, bool)| match inclusive {
                true => Bound::inclusive(number),
                false => Bound::exclusive(number),
            };
            let Ok(range) = Range::new(min.map(bound), max.map(bound)) else {
                assert!(min.unwrap().0 > max.unwrap().0, "{min:?} to {max:?} is refused");
                continue;
            };
            let holds = |text: &str| {
                let Ok(n) = text.parse::<i32>() else { return false };
                min.is_none_or(|(low, inclusive)| n > low || inclusive && n == low)
                    && max.is_none_or(|(high, inclusive)| n < high || inclusive && n == high)
            };
            atoms.push(Sample { constraint: Constraint::Range(range), accepts: set(holds) });
        }
    }
    atoms
}

/// `all` and `any` of each one and each two of `clauses`.
fn composites(clauses: &[Sample]) -> Vec<Sample> {
    let mut made = vec![];
    for (place, one) in clauses.iter().enumerate() {
        let alone = vec![one.constraint.clone()];
        made.push(Sample { constraint: all(alone.clone()).unwrap(), accepts: one.accepts });
        made.push(Sample { constraint: any(alone).unwrap(), accepts: one.accepts });
        for other in &clauses[place..] {
            let both = vec![one.constraint.clone(), other.constraint.clone()];
            let accepts = one.accepts & other.accepts;
            made.push(Sample { constraint: all(both.clone()).unwrap(), accepts });
            let accepts = one.accepts | other.accepts;
            made.push(Sample { constraint: any(both).unwrap(), accepts });
        }
    }
    made
}

/// A few atoms of different kinds, for what grows with their square.
fn few() -> Vec<Sample> {
    let of = |constraint: Constraint, accepts| Sample { constraint, accepts };
    let zero = || parsed(&["0"]);
    vec![
        of(wildcard(), set(|_| true)),
        of(exact(0).unwrap(), set(|text| text == "0")),
        of(one_of(parsed(&["0", "1"])).unwrap(), set(|text| matches!(text, "0" | "1"))),
        of(not_one_of(zero()), set(|text| text != "0")),
        of(
            Constraint::Range(Range::up_to(Bound::inclusive(1))),
            set(|text| matches!(text, "0" | "1")),
        ),
        of(contains(zero()), set(|text| elements(text).is_some_and(|own| own.contains(&"0")))),
    ]
}

/// Nesting 3 over `few`.
fn nested() -> Vec<Sample> {
    let mut two = few();
    two.extend(composites(&few()));
    let mut three = two.clone();
    three.extend(composites(&two));
    three
}

/// How many pairs were looked at, and how many of them narrow.
fn sound(children: &[Sample], parents: &[Sample]) -> (usize, usize) {
    let mut narrow = 0;
    for child in children {
        for parent in parents {
            if child.constraint.narrows(&parent.constraint) {
                narrow += 1;
                let beyond = child.accepts & !parent.accepts;
                assert_eq!(
                    beyond, 0,
                    "{:?} is said to narrow {:?}",
                    child.constraint, parent.constraint
                );
            }
        }
    }
    (children.len() * parents.len(), narrow)
}

#[test]
fn what_a_constraint_accepts() {
    let values = values();
    let mut samples = atoms();
    samples.extend(nested());
    for sample in &samples {
        for (bit, value) in values.iter().enumerate() {
            let accepted = sample.constraint.accepts(value);
            assert_eq!(
                accepted,
                sample.accepts >> bit & 1 == 1,
                "{:?} of {value:?}",
                sample.constraint
            );
        }
    }
    println!("{} constraints times {} values", samples.len(), values.len());
}

#[test]
fn narrowing_is_sound() {
    let atoms = atoms();
    let (pairs, narrow) = sound(&atoms, &atoms);
    println!("atoms: {pairs} pairs, {narrow} narrow");
    assert!(narrow > atoms.len());

    let two = composites(&atoms[..12]);
    let mut shallow = atoms.clone();
    shallow.extend(two);
    let (pairs, narrow) = sound(&shallow, &shallow);
    println!("nesting 2: {pairs} pairs, {narrow} narrow");
    assert!(narrow > shallow.len());

    let deep = nested();
    let (pairs, narrow) = sound(&deep, &deep);
    println!("nesting 3: {pairs} pairs, {narrow} narrow");
    assert!(narrow > deep.len());
}

#[test]
fn laws() {
    let deep = nested();
    let top = wildcard();
    for sample in atoms().iter().chain(&deep) {
        assert!(
            sample.constraint.narrows(&sample.constraint),
            "{:?} is not reflexive",
            sample.constraint
        );
        assert!(sample.constraint.narrows(&top), "{:?} is not below wildcard", sample.constraint);
    }
    // Transitive, for the core types: over all atoms, and over nesting 2.
    let mut two = few();
    two.extend(composites(&few()));
    let mut triples = 0;
    for samples in [atoms(), two] {
        let below: Vec<Vec<usize>> = samples
            .iter()
            .map(|parent| {
                let children = samples.iter().enumerate();
                children
                    .filter(|(_, c)| c.constraint.narrows(&parent.constraint))
                    .map(|(i, _)| i)
                    .collect()
            })
            .collect();
        for (parent, children) in below.iter().enumerate() {
            for &child in children {
                for &grandchild in &below[child] {
                    triples += 1;
                    let (low, high) =
                        (&samples[grandchild].constraint, &samples[parent].constraint);
                    assert!(
                        low.narrows(high),
                        "{low:?} under {:?} under {high:?}",
                        samples[child].constraint
                    );
                }
            }
        }
    }
    println!("transitive: {triples} chains of three");
}

/// What an argument's entry can be: absent, required or optional, and of two constraints.
const ENTRIES: usize = 5;

fn maps(names: &[&str]) -> Vec<ConstraintMap> {
    let count = ENTRIES.pow(u32::try_from(names.len()).unwrap());
    let mut maps = vec![];
    for mut pick in 0..count {
        let mut map = ConstraintMap::new();
        for name in names {
            map = match pick % ENTRIES {
                0 => map,
                1 => map.require(*name, exact(0).unwrap()),
                2 => map.optional(*name, exact(0).unwrap()),
                3 => map.require(*name, wildcard()),
                _ => map.optional(*name, wildcard()),
            };
            pick /= ENTRIES;
        }
        maps.push(map.clone().allow_unnamed());
        maps.push(map);
    }
    maps
}

/// Every call with each of `names` absent, 0 or 1.
fn calls(names: &[&str]) -> Vec<Object> {
    let mut calls = vec![];
    for mut pick in 0..3_usize.pow(u32::try_from(names.len()).unwrap()) {
        let mut members = vec![];
        for name in names {
            match pick % 3 {
                0 => {}
                value => members.push(format!("\"{name}\":{}", value - 1)),
            }
            pick /= 3;
        }
        let text = format!("{{{}}}", members.join(","));
        match Value::from_json(text.as_bytes()).unwrap() {
            Value::Object(object) => calls.push(object),
            other => panic!("{other:?}"),
        }
    }
    calls
}

fn tools(map: &ConstraintMap) -> Capabilities {
    Capabilities::new().with_tool("tool", map.clone())
}

#[test]
fn narrowing_of_maps_is_sound() {
    let maps = maps(&["a", "b", "c"]);
    // An argument that no map names, too.
    let calls = calls(&["a", "b", "c", "d"]);
    let permits: Vec<Vec<bool>> =
        maps.iter().map(|map| calls.iter().map(|call| map.check(call).is_ok()).collect()).collect();
    let tools: Vec<Capabilities> = maps.iter().map(tools).collect();
    let mut narrow = 0;
    for (child, below) in tools.iter().zip(&permits) {
        for (parent, above) in tools.iter().zip(&permits) {
            if child.narrows(parent).is_err() {
                continue;
            }
            narrow += 1;
            let beyond = below.iter().zip(above).position(|(below, above)| *below && !above);
            assert!(
                beyond.is_none(),
                "{child:?} under {parent:?} permits {:?}",
                calls[beyond.unwrap()]
            );
        }
        assert!(child.narrows(child).is_ok(), "{child:?} is not reflexive");
    }
    println!("maps: {} pairs, {narrow} narrow, {} calls each", maps.len().pow(2), calls.len());
    assert!(narrow > maps.len());
}

/// What can be derived verifies, and what does not narrow cannot be derived.
#[test]
fn deriving_never_yields_what_verifying_denies() {
    let now = Timestamp::from_unix(NOW);
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::default().all_tools_idempotent());
    let issuer = Issuer::new(ISSUER, key(1)).unwrap();
    let root = |tools: &Capabilities| -> HeldChain {
        let grant = Grant::to(key(2).public_key().clone())
            .capabilities(tools.clone())
            .expires_in(Duration::from_secs(60))
            .max_depth(1);
        issuer.issue(grant, now).unwrap()
    };
    let one =
        |constraint: &Constraint| tools(&ConstraintMap::new().require("a", constraint.clone()));
    let mut samples = few();
    samples.extend(composites(&few()));
    let constraints = samples.iter().map(|sample| one(&sample.constraint));
    // The closed map of no arguments cannot be written (reading 39).
    let maps =
        maps(&["a", "b"]).into_iter().filter(|map| map.entries().len() > 0 || map.admits_unnamed());
    let (mut derived, mut refused) = (0, 0);
    for set in [constraints.collect::<Vec<_>>(), maps.map(|map| tools(&map)).collect()] {
        for parent in &set {
            let held = root(parent);
            for child in &set {
                let made = held
                    .derive(&key(2))
                    .to(key(3).public_key().clone())
                    .capabilities(child.clone())
                    .sign(now);
                assert_eq!(
                    made.is_ok(),
                    child.narrows(parent).is_ok(),
                    "{child:?} under {parent:?}"
                );
                let Ok(made) = made else {
                    refused += 1;
                    continue;
                };
                derived += 1;
                let verified = verifier.verify_chain(&made.as_unverified(), now);
                assert!(verified.is_ok(), "{child:?} under {parent:?}: {verified:?}");
            }
        }
    }
    println!("{derived} derived and verified, {refused} refused");
    assert!(derived > 100 && refused > 100);
}
