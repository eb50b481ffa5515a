//! Biscuit, an engine that others wrote, asked about the same chains and calls.
//!
//! A Biscuit is a chain too: blocks of Datalog checks, each signed under the key before it, of which
//! every one must hold. So each token becomes a block whose checks say what the token alone
//! permits, and a call becomes facts. A call that Taper permits is one that every token of the chain
//! permits, if narrowing is sound; Biscuit, which knows nothing of narrowing, then has to permit it.
//! Where Biscuit permits and Taper does not, the difference has to be one of those named below.
//!
//! Biscuit has no numbers but integers of 64 bits: none of those drawn here has a fraction or an
//! exponent. All else has its like in Datalog: a value's canonical text is even the same, closed
//! maps and optional arguments are `reject if`, audiences and times are facts.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "tests may be blunt"
)]

use biscuit_auth::{
    Algorithm, AuthorizerBuilder, AuthorizerLimits, Biscuit, KeyPair, PrivateKey,
    builder::BlockBuilder,
};
use std::{collections::BTreeMap, time::Duration};
use taper::{
    ArgumentWidening, Audience, Claims, Constraint, ConstraintMap, Denied, Invocation, Issuer,
    Limits, Policy, Presentation, ProofOptions, Reason, Timestamp, TrustAnchor, TrustAnchors,
    UnverifiedChain, Value, ValueSet, Verifier, Widening,
};
use taper_testkit::{
    ISSUER, NOW, key, present,
    random::{Dice, beyond, derive, forgery, grant, prove},
};

const CHAINS: u32 = 1200;
const CALLS: usize = 4;

/// A string, a value or a set as Datalog: all of them as JCS writes them.
fn text(value: impl Into<Value>) -> String {
    value.into().to_jcs()
}

fn list(set: &ValueSet) -> String {
    text(set.iter().cloned().collect::<Vec<_>>())
}

/// What `constraint` says about the variable `$v`.
fn expression(constraint: &Constraint) -> String {
    let join = |clauses: Vec<String>, operator: &str| format!("({})", clauses.join(operator));
    match constraint {
        Constraint::Exact(scalar) => format!("($v == {})", text(scalar.value().clone())),
        Constraint::Range(range) => {
            let mut clauses = vec![r#"$v.type() == "integer""#.to_owned()];
            for (bound, or_equal, beyond) in [(range.min(), ">=", ">"), (range.max(), "<=", "<")] {
                if let Some(bound) = bound {
                    let operator = if bound.is_inclusive() { or_equal } else { beyond };
                    clauses.push(format!("$v {operator} {}", text(bound.value())));
                }
            }
            join(clauses, " && ")
        }
        Constraint::OneOf(set) => format!("({}.contains($v))", list(set)),
        Constraint::NotOneOf(set) => format!("(!{}.contains($v))", list(set)),
        Constraint::Contains(set) => {
            let mut clauses = vec![r#"$v.type() == "array""#.to_owned()];
            clauses
                .extend(set.iter().map(|member| format!("$v.contains({})", text(member.clone()))));
            join(clauses, " && ")
        }
        Constraint::Subset(set) => {
            format!(r#"($v.type() == "array" && $v.all($e -> {}.contains($e)))"#, list(set))
        }
        Constraint::Wildcard => "(true)".into(),
        Constraint::All(clauses) => join(clauses.iter().map(expression).collect(), " && "),
        Constraint::Any(clauses) => join(clauses.iter().map(expression).collect(), " || "),
        other => panic!("{other:?} has no translation"),
    }
}

/// The checks on the arguments of `tool`, which hold of every call of another tool.
fn arguments(tool: &str, map: &ConstraintMap) -> Vec<String> {
    let tool = text(tool);
    let mut checks = vec![];
    for (name, entry) in map.entries() {
        let name = text(name);
        let holds = expression(entry.constraint());
        checks.push(match entry.is_optional() {
            true => format!("reject if tool({tool}), argument({name}, $v), !{holds}"),
            false => format!(
                "check if tool($t), $t != {tool} or tool({tool}), argument({name}, $v), {holds}"
            ),
        });
    }
    if !map.admits_unnamed() {
        let names: Vec<Value> = map.entries().map(|(name, _)| name.into()).collect();
        let names = text(names);
        checks.push(format!("reject if tool({tool}), argument($n, $v), !{names}.contains($n)"));
    }
    checks
}

/// What a token says, apart from who holds it and from whom.
fn checks(claims: &Claims) -> Vec<String> {
    let tools: Vec<_> = claims.capabilities().into_iter().flat_map(|tools| tools.tools()).collect();
    let names: Vec<Value> = tools.iter().map(|(name, _)| (*name).into()).collect();
    let (issued, expires) = (claims.issued_at().as_unix(), claims.expires_at().as_unix());
    let mut checks = vec![
        format!("check if tool($t), {}.contains($t)", text(names)),
        format!("check if time($now), $now < {expires}, $now >= {}", issued - 30),
    ];
    if let Audience::Only(names) = claims.audience() {
        let names: Vec<Value> = names.iter().map(|name| Value::from(&**name)).collect();
        checks.push(format!("check if audience($a), {}.contains($a)", text(names)));
    }
    for (tool, map) in tools {
        checks.extend(arguments(tool, map));
    }
    checks
}

fn seed(n: usize) -> KeyPair {
    let private = [u8::try_from(n).unwrap() + 1; 32];
    KeyPair::from(&PrivateKey::from_bytes(&private, Algorithm::Ed25519).unwrap())
}

/// A chain as the bytes of a Biscuit, signed by one key after the other.
fn minted(chain: &[Claims]) -> Vec<u8> {
    let mut token: Option<Biscuit> = None;
    for (n, claims) in chain.iter().enumerate() {
        let block = checks(claims).iter().fold(BlockBuilder::new(), |block, check| {
            block.check(check.as_str()).unwrap_or_else(|error| panic!("{check}: {error}"))
        });
        token = Some(match token {
            None => Biscuit::builder().merge(block).build(&seed(n)).unwrap(),
            Some(token) => token.append_with_keypair(&seed(n), block).unwrap(),
        });
    }
    token.unwrap().to_vec().unwrap()
}

fn biscuit_permits(token: &Biscuit, call: &Invocation, now: i64) -> bool {
    let mut facts = vec![
        format!("tool({})", text(call.tool())),
        format!("time({now})"),
        r#"audience("here")"#.into(),
    ];
    for (name, value) in call.arguments().iter() {
        facts.push(format!("argument({}, {})", text(name), text(value.clone())));
    }
    let limits =
        AuthorizerLimits { max_time: Duration::from_secs(60), ..AuthorizerLimits::default() };
    let builder = facts.iter().fold(AuthorizerBuilder::new(), |builder, fact| {
        builder.fact(fact.as_str()).unwrap_or_else(|error| panic!("{fact}: {error}"))
    });
    let mut authorizer =
        builder.policy("allow if true").unwrap().set_limits(limits).build(token).unwrap();
    match authorizer.authorize() {
        Ok(_) => true,
        Err(biscuit_auth::error::Token::FailedLogic(_)) => false,
        Err(other) => panic!("{call:?}: {other}"),
    }
}

/// Why Taper may deny what Biscuit permits: the name of the difference, if it is one.
fn difference(denied: &Denied, chain: &[Claims], dice: &Dice) -> Option<&'static str> {
    let narrows = match (denied.step().label(), denied.code()) {
        ("4h", _) => return Some("4h: expires later than its parent, which is still valid"),
        ("4p1", "tool_added") => return Some("4p1: has a tool more, which is not called"),
        ("4p2", "argument_added") => return Some("4p2: key rules, an argument more"),
        ("4p2", "unnamed_added") => return Some("4p2: key rules, unnamed arguments"),
        ("4p2", "required_argument_dropped") => return Some("4p2: key rules, one fewer required"),
        ("4p2", "argument_readmitted") => return Some("4p2: key rules, one by `*` only"),
        ("4p3", "made_optional") => return Some("4p3: required became optional"),
        ("4p4", "constraint_widened") => included(denied, chain, dice),
        // Whoever has a Biscuit may use it.
        ("7b", "signature_invalid") => return Some("7b: another than the holder"),
        _ => return None,
    };
    Some(match narrows {
        true => "4p4: conservative pair, included all the same",
        false => "4p4: wider, but not for this call",
    })
}

/// Whether the constraint that is said to widen accepts no value that the parent's refuses.
fn included(denied: &Denied, chain: &[Claims], dice: &Dice) -> bool {
    let Reason::Widening(Widening::Arguments { tool, fault }) = denied.reason() else {
        panic!("{denied:?}");
    };
    let ArgumentWidening::Constraint { argument, .. } = fault else {
        panic!("{denied:?}");
    };
    let at = denied.token().unwrap();
    let [parent, child] = [at - 1, at].map(|at| {
        let map = chain[at].capabilities().and_then(|tools| tools.tool(tool)).unwrap();
        map.entry(argument).unwrap().constraint()
    });
    let mut values = dice.universe();
    values.push(values.clone().into());
    values.iter().all(|value| !child.accepts(value) || parent.accepts(value))
}

#[derive(Default)]
struct Count {
    chains: usize,
    widened: usize,
    calls: usize,
    permitted: usize,
    denied_by_both: usize,
    /// Denied by a block above the leaf, though the leaf permits: what sound narrowing is for.
    beyond_the_parents: usize,
    differences: BTreeMap<&'static str, usize>,
}

impl Count {
    fn judge(
        &mut self,
        verifier: &Verifier,
        chain: &[Claims],
        dice: &mut Dice,
        mut sent: impl FnMut(&Invocation, u8, i64) -> String,
    ) {
        self.chains += 1;
        self.widened += usize::from(chain.windows(2).any(|pair| {
            let [parent, child] = [&pair[0], &pair[1]].map(|claims| claims.capabilities().unwrap());
            child.narrows(parent).is_err()
        }));
        let token = Biscuit::from(minted(chain), seed(0).public()).unwrap();
        assert_eq!(token.block_count(), chain.len());
        let leaf = minted(&chain[chain.len() - 1..]);
        let leaf = Biscuit::from(leaf, seed(0).public()).unwrap();
        for n in 0..CALLS {
            // What the leaf permits, and half of the time what one above it does not.
            let from = if n % 2 == 0 { 0 } else { chain.len() - 1 };
            let call = beyond(dice, &chain[from..]);
            let holder = u8::try_from(chain.len()).unwrap() + 1;
            let signer = if dice.once_in(24) { 9 } else { holder };
            let now = NOW + [45, 45, 45, 3000][dice.below(4)];
            let sent = sent(&call, signer, now);
            let received = Presentation::parse(sent.as_bytes(), verifier.limits()).unwrap();
            let ours = verifier.authorize(&received, &call, Timestamp::from_unix(now));
            let theirs = biscuit_permits(&token, &call, now);
            self.calls += 1;
            match (ours, theirs) {
                (Ok(_), true) => self.permitted += 1,
                (Ok(_), false) => panic!("Biscuit denies {call:?} of {chain:#?}"),
                (Err(_), false) => {
                    self.denied_by_both += 1;
                    self.beyond_the_parents += usize::from(biscuit_permits(&leaf, &call, now));
                }
                (Err(denied), true) => {
                    let name = difference(&denied, chain, dice);
                    let name = name.unwrap_or_else(|| panic!("{denied:?}: {call:?} of {chain:#?}"));
                    *self.differences.entry(name).or_default() += 1;
                }
            }
        }
    }

    fn print(&self, of: &str) {
        println!(
            "{of}: {} chains ({} in which a token widens), {} calls: {} permitted by both, {} denied by both ({} of them beyond a parent)",
            self.chains,
            self.widened,
            self.calls,
            self.permitted,
            self.denied_by_both,
            self.beyond_the_parents
        );
        for (name, count) in &self.differences {
            println!("  only Biscuit permits: {count:5}  {name}");
        }
    }
}

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience("here").all_tools_idempotent())
}

/// Chains that their holders derived: the same verdict, without a difference.
#[test]
fn what_was_derived() {
    let verifier = verifier();
    let now = Timestamp::from_unix(NOW);
    let issuer = Issuer::new(ISSUER, key(1)).unwrap();
    let mut count = Count::default();
    for round in 0..CHAINS / 3 {
        let mut dice = Dice::new(&round.to_le_bytes()).of_integers();
        let mut chain = issuer.issue(grant(&mut dice), now).unwrap();
        for hop in 1..=3 {
            let after = now.saturating_add(Duration::from_secs(u64::from(hop) * 10));
            // What would widen cannot be derived; the chain goes on without it.
            chain = derive(&mut dice, &chain, hop, after).unwrap_or(chain);
        }
        let claims = chain.claims().to_vec();
        let holder = key(u8::try_from(chain.len()).unwrap() + 1);
        count.judge(&verifier, &claims, &mut dice, |call, _, now| {
            let (now, options) = (Timestamp::from_unix(now), ProofOptions::default());
            let proof = chain.prove_unchecked(&holder, call, &options, now).unwrap();
            chain.present(proof).to_text()
        });
    }
    count.print("derived");
    assert_eq!(count.widened, 0);
    assert!(count.permitted > count.calls / 4 && count.denied_by_both > count.calls / 16);
    assert!(count.differences.is_empty(), "{:?}", count.differences);
}

/// Chains that widen here and there: every difference has a name.
#[test]
fn what_was_forged() {
    let verifier = verifier();
    let mut count = Count::default();
    for round in 0..CHAINS {
        let mut dice = Dice::new(&[&[0xb1], &round.to_le_bytes()[..]].concat()).of_integers();
        let mut forgery = forgery(&mut dice);
        let (tokens, _) = forgery.sign();
        let claims = UnverifiedChain::from_tokens(tokens.iter().map(String::as_str))
            .claims_unverified(&Limits::default())
            .unwrap();
        count.judge(&verifier, &claims, &mut dice, |call, signer, now| {
            prove(&mut forgery, call, signer, now);
            let (tokens, proof) = forgery.sign();
            present(&tokens, &proof)
        });
    }
    count.print("forged");
    assert!(count.permitted > count.calls / 8 && count.widened > count.chains / 8);
    assert!(count.beyond_the_parents > count.calls / 32);
    assert!(count.differences.len() >= 8, "{:?}", count.differences);
}
