//! Decisions of every size: what is doubled, and everything else kept.

use std::{fmt::Debug, time::Duration};
use taper::{
    Constraint, ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, Policy, Presentation,
    Profile, ProofOptions, SigningKey, Timestamp, TrustAnchor, TrustAnchors, Value, Verifier, all,
    any, at_most, contains, exact, not_one_of, one_of, range, subset, wildcard,
};

const ISSUER: &str = "https://auth.example.com";
const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

/// Something that can grow.
pub struct Family {
    /// As tables and plots name it.
    pub name: &'static str,
    /// What one more of it is.
    pub unit: &'static str,
    /// The sizes, from small to large.
    pub sizes: &'static [usize],
    make: fn(usize) -> Plan,
}

impl Family {
    /// The decision of this size, ready to be repeated; none where a token would be larger than
    /// verifiers take.
    pub fn decision(&self, profile: Profile, size: usize) -> Option<Decision> {
        Decision::new(profile, (self.make)(size))
    }
}

impl Family {
    const fn new(
        name: &'static str,
        unit: &'static str,
        sizes: &'static [usize],
        make: fn(usize) -> Plan,
    ) -> Self {
        Self { name, unit, sizes, make }
    }
}

const DEPTHS: &[usize] = &[1, 2, 4, 8, 16, 32];
const COUNTS: &[usize] = &[16, 64, 256, 512, 1024, 2048, 4096];
const MANY: &[usize] = &[16, 64, 256, 512, 1024, 2048, 4096, 8192, 12_000];
const BYTES: &[usize] = &[1000, 4000, 16_000, 48_000, 96_000, 160_000];

/// All that can grow, by the plot that it is drawn in. The last ones are the worst that a hostile
/// holder can sign.
pub const FAMILIES: &[(&str, &[Family])] = &[
    ("depth", &[Family::new("depth", "token", DEPTHS, depth)]),
    (
        "bytes",
        &[
            Family::new("bytes of a token", "byte", BYTES, bytes),
            Family::new("bytes of arguments", "byte", BYTES, text),
        ],
    ),
    (
        "counts",
        &[
            Family::new("tools per token", "tool", COUNTS, tools),
            Family::new("constraints per tool", "constraint", COUNTS, constraints),
            Family::new("numbers in arguments", "number", MANY, numbers),
            Family::new("values of one_of", "value", COUNTS, values),
            Family::new("values of contains", "value", COUNTS, contained),
            Family::new("values of subset", "value", COUNTS, subsets),
        ],
    ),
    (
        "worst",
        &[
            Family::new("nesting of all", "level", DEPTHS, nested_all),
            Family::new("nesting of any", "level", DEPTHS, nested_any),
            Family::new("ranges in any, reversed", "clause", MANY, ranges_of_any),
            Family::new("exact in any, reversed", "clause", MANY, exacts_of_any),
            Family::new("not_one_of in all, reversed", "clause", MANY, clauses_of_all),
        ],
    ),
];

/// What the tokens of a chain grant, root first, and the call's arguments.
struct Plan {
    hops: Vec<Vec<(String, ConstraintMap)>>,
    arguments: String,
    claim: usize,
}

impl Plan {
    /// One tool with one argument, that the root and the leaf constrain.
    fn of_two(root: Constraint, leaf: Constraint, value: &str) -> Self {
        let hop = |constraint| vec![(tool(0), ConstraintMap::new().require("x", constraint))];
        Self {
            hops: vec![hop(root), hop(leaf)],
            arguments: format!(r#"{{"x":{value}}}"#),
            claim: 0,
        }
    }
}

fn tool(n: usize) -> String {
    format!("tool_{n:04}")
}

fn depth(size: usize) -> Plan {
    let hop = |n: usize| {
        let map = ConstraintMap::new().require("x", at_most(1000 - i32::try_from(n).unwrap()));
        vec![(tool(0), map)]
    };
    Plan { hops: (0..size).map(hop).collect(), arguments: r#"{"x":1}"#.into(), claim: 0 }
}

fn bytes(size: usize) -> Plan {
    Plan { claim: size, ..Plan::of_two(at_most(9), at_most(8), "1") }
}

fn tools(size: usize) -> Plan {
    let hop = |highest: i32| {
        (0..size).map(|n| (tool(n), ConstraintMap::new().require("x", at_most(highest)))).collect()
    };
    Plan { hops: vec![hop(9), hop(8)], arguments: r#"{"x":1}"#.into(), claim: 0 }
}

fn constraints(size: usize) -> Plan {
    let hop = |highest: i32| {
        let named = (0..size).map(|n| (format!("x{n:04}"), at_most(highest)));
        let map = named.fold(ConstraintMap::new(), |map, (name, it)| map.require(name, it));
        vec![(tool(0), map)]
    };
    let arguments: Vec<String> = (0..size).map(|n| format!(r#""x{n:04}":1"#)).collect();
    let arguments = format!("{{{}}}", arguments.join(","));
    Plan { hops: vec![hop(9), hop(8)], arguments, claim: 0 }
}

fn text(size: usize) -> Plan {
    Plan::of_two(wildcard(), wildcard(), &format!("\"{}\"", "é".repeat(size / 2)))
}

fn numbers(size: usize) -> Plan {
    let numbers: Vec<String> = (0..size).map(|n| format!("{}.5", n + 1000)).collect();
    Plan::of_two(wildcard(), wildcard(), &format!("[{}]", numbers.join(",")))
}

fn words(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|n| format!("w{n:05}")).collect()
}

fn quoted(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(","))
}

fn values(size: usize) -> Plan {
    let set = |from| one_of(words(from, size)).unwrap();
    Plan::of_two(set(0), set(1), &format!("\"w{:05}\"", size - 1))
}

fn contained(size: usize) -> Plan {
    let set = |to| contains(words(0, to));
    Plan::of_two(set(size - 1), set(size), &quoted(&words(0, size)))
}

fn subsets(size: usize) -> Plan {
    let set = |from| subset(words(from, size));
    Plan::of_two(set(0), set(1), &quoted(&words(1, size)))
}

fn nested(size: usize, wrap: fn(Constraint) -> Constraint) -> Plan {
    let nest = |highest: i32| (1..size).fold(at_most(highest), |inner, _| wrap(inner));
    Plan::of_two(nest(9), nest(8), "1")
}

fn nested_all(size: usize) -> Plan {
    nested(size, |inner| all([inner]).unwrap())
}

/// With a clause at each level that is compared first and does not fit.
fn nested_any(size: usize) -> Plan {
    nested(size, |inner| any([not_one_of([1]), inner]).unwrap())
}

/// Each clause of the child serves the clause of the parent that is looked at last.
fn clauses_of_all(size: usize) -> Plan {
    let parent = all((0..size).map(|n| not_one_of(words(n, n + 1)))).unwrap();
    let child = all((0..size).rev().map(|n| not_one_of(words(n, n + 2)))).unwrap();
    Plan::of_two(parent, child, "1")
}

fn ranges_of_any(size: usize) -> Plan {
    let clause = |n: usize, less: i32| {
        let low = i32::try_from(n).unwrap() * 10;
        range(low..=low + 8 - less).unwrap()
    };
    let parent = any((0..size).map(|n| clause(n, 0))).unwrap();
    let child = any((0..size).rev().map(|n| clause(n, 1))).unwrap();
    Plan::of_two(parent, child, "1")
}

/// The shortest clauses, so the most that fit.
fn exacts_of_any(size: usize) -> Plan {
    let clause = |n: usize| exact(i32::try_from(n).unwrap()).unwrap();
    let parent = any((0..size).map(clause)).unwrap();
    let child = any((1..size).rev().map(clause)).unwrap();
    Plan::of_two(parent, child, "1")
}

fn fitting<E: Debug>(written: Result<HeldChain, E>) -> Option<HeldChain> {
    match written {
        Ok(chain) => Some(chain),
        Err(error) => {
            let told = format!("{error:?}");
            assert!(told.contains("TooLarge") || told.contains("TooManyComparisons"), "{told}");
            None
        }
    }
}

/// A presentation and its call, ready to be judged again and again.
pub struct Decision {
    verifier: Verifier,
    arguments: String,
    sent: Vec<u8>,
}

impl Decision {
    fn new(profile: Profile, plan: Plan) -> Option<Self> {
        let mut limits = Limits::default();
        limits.max_delegation_depth = 64;
        let key = |n: usize| SigningKey::from_seed(&[u8::try_from(n).unwrap(); 32]);
        let anchor = TrustAnchor::new(ISSUER, key(0).public_key().clone()).unwrap();
        let mut hops = plan.hops.into_iter();
        let mut grant = Grant::to(key(1).public_key().clone())
            .expires_in(Duration::from_secs(3600))
            .max_depth(64);
        for (tool, map) in hops.next().unwrap() {
            grant = grant.tool(tool, map);
        }
        if plan.claim > 0 {
            grant = grant.claim("note", Value::from("n".repeat(plan.claim)));
        }
        let issuer = Issuer::new(ISSUER, key(0)).unwrap();
        let issuer = issuer.with_limits(limits.clone()).with_profile(profile);
        let mut chain: HeldChain = fitting(issuer.issue(grant, NOW))?;
        for (hop, tools) in (1..).zip(hops) {
            let holder = key(hop);
            let mut derivation = chain.derive(&holder).to(key(hop + 1).public_key().clone());
            for (tool, map) in tools {
                derivation = derivation.tool(tool, map);
            }
            chain = fitting(derivation.sign(NOW))?;
        }
        let holder = key(chain.len());
        let call = Invocation::from_json(tool(0), plan.arguments.as_bytes()).unwrap();
        let proof = chain.prove_unchecked(&holder, &call, &ProofOptions::default(), NOW).unwrap();
        let decision = Self {
            verifier: Verifier::new(TrustAnchors::new().with(anchor))
                .with_policy(Policy::default().all_tools_idempotent())
                .with_limits(limits),
            sent: chain.present(proof).to_bytes(),
            arguments: plan.arguments,
        };
        decision.make();
        Some(decision)
    }

    /// Reads the arguments and the presentation, and decides.
    ///
    /// # Panics
    ///
    /// When the call is denied: the numbers are for permits.
    pub fn make(&self) {
        let call = Invocation::from_json(tool(0), self.arguments.as_bytes()).unwrap();
        let sent = Presentation::parse(&self.sent, self.verifier.limits()).unwrap();
        self.verifier.authorize(&sent, &call, NOW).unwrap();
    }

    /// Bytes on the wire.
    pub fn bytes(&self) -> usize {
        self.sent.len()
    }
}
