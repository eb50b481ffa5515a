//! tenuo: warrants in CBOR, each with its own signature, and a proof of possession.

use super::{PATH, paths};
use crate::contender::{Call, Contender, highest_head};
use jsonwebtoken::get_current_timestamp;
use std::{collections::HashMap, hint::black_box, time::Duration};
use tenuo::{
    Authorizer, Constraint, ConstraintSet, ConstraintValue, NotOneOf, OneOf, Range, Signature,
    SigningKey, Warrant,
    wire::{WarrantStack, decode_stack, encode_stack},
};

/// The tool of the scenario.
const TOOL: &str = "read_file";
/// What a proof takes on the wire, after the stack.
const SIGNATURE: usize = 64;

type Arguments = HashMap<String, ConstraintValue>;

/// From the bytes of a stack and a signature to a permit.
pub fn contender(depth: u8) -> Contender {
    let Story { authorizer, now, granted, violating, stolen, .. } = Story::new(depth);
    let calls = [Call::Granted, Call::Violating].map(arguments);
    Contender {
        name: "tenuo",
        granted,
        violating,
        forged: vec![("a proof by another key", stolen)],
        proves: true,
        decide: Box::new(move |bytes, call| {
            let Some((stack, proof)) = read(bytes) else { return false };
            permits(&authorizer, &stack.0, pick(&calls, call), &proof, now)
        }),
    }
}

/// The same, with the stack and the proof in memory: what reading the bytes costs is the
/// difference. Bytes other than the ones that were decoded beforehand are refused.
pub fn decoded(depth: u8) -> Contender {
    let Story { authorizer, now, granted, violating, stolen, .. } = Story::new(depth);
    let calls = [Call::Granted, Call::Violating].map(arguments);
    let decoded =
        [&granted, &violating, &stolen].map(|bytes| (bytes.clone(), read(bytes).unwrap()));
    Contender {
        name: "tenuo, decoded before",
        granted,
        violating,
        forged: vec![("a proof by another key", stolen)],
        proves: true,
        decide: Box::new(move |bytes, call| {
            let known = decoded.iter().find(|(known, _)| known == bytes);
            let Some((_, (stack, proof))) = known else { return false };
            permits(&authorizer, &stack.0, pick(&calls, call), proof, now)
        }),
    }
}

/// Derives one hop below a stack of two, the narrowing checked, and signs it.
pub fn derive_third() -> impl Fn() {
    let (parent, holder) = Story::new(2).leaf;
    let next = SigningKey::generate();
    move || {
        black_box(derive(&parent, 2, &holder, &next));
    }
}

fn permits(
    authorizer: &Authorizer,
    chain: &[Warrant],
    arguments: &Arguments,
    proof: &Signature,
    now: i64,
) -> bool {
    authorizer
        .check_chain_with_pop_args_as_of(chain, TOOL, arguments, arguments, Some(proof), &[], now)
        .is_ok()
}

fn read(bytes: &[u8]) -> Option<(WarrantStack, Signature)> {
    let (stack, proof) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
    Some((decode_stack(stack).ok()?, Signature::from_bytes(proof.try_into().ok()?).ok()?))
}

fn pick(calls: &[Arguments; 2], call: Call) -> &Arguments {
    &calls[usize::from(call == Call::Violating)]
}

struct Story {
    authorizer: Authorizer,
    /// When the proofs were made: they are good for less than a long run takes.
    now: i64,
    granted: Vec<u8>,
    violating: Vec<u8>,
    stolen: Vec<u8>,
    /// The last warrant, and the key of its holder.
    leaf: (Warrant, SigningKey),
}

impl Story {
    fn new(depth: u8) -> Self {
        let keys: Vec<SigningKey> = (0..=depth).map(|_| SigningKey::generate()).collect();
        let root = Warrant::builder()
            .capability(TOOL, constraints(0))
            .ttl(Duration::from_secs(3600))
            .holder(keys[1].public_key())
            .build(&keys[0])
            .unwrap();
        let mut chain = vec![root];
        for hop in 1..depth {
            let next = derive(
                chain.last().unwrap(),
                hop,
                &keys[usize::from(hop)],
                &keys[usize::from(hop) + 1],
            );
            chain.push(next);
        }
        let holder = keys[usize::from(depth)].clone();
        let leaf = chain.last().unwrap().clone();
        let stack = encode_stack(&WarrantStack(chain)).unwrap();
        let now = i64::try_from(get_current_timestamp()).unwrap();
        let send = |key: &SigningKey, call| {
            let proof = leaf.sign_with_timestamp(key, TOOL, &arguments(call), Some(now)).unwrap();
            [stack.as_slice(), &proof.to_bytes()].concat()
        };
        Self {
            authorizer: Authorizer::new().with_trusted_root(keys[0].public_key()),
            now,
            granted: send(&holder, Call::Granted),
            violating: send(&holder, Call::Violating),
            stolen: send(&SigningKey::generate(), Call::Granted),
            leaf: (leaf, holder),
        }
    }
}

fn derive(parent: &Warrant, hop: u8, signer: &SigningKey, holder: &SigningKey) -> Warrant {
    let narrower = parent.attenuate().inherit_all().capability(TOOL, constraints(hop));
    narrower.holder(holder.public_key()).build(signer).unwrap()
}

fn constraints(hop: u8) -> ConstraintSet {
    let mut set = ConstraintSet::new();
    set.insert("path", Constraint::from(OneOf::new(paths())));
    set.insert("head", Constraint::from(Range::max(f64::from(highest_head(hop))).unwrap()));
    set.insert("format", Constraint::from(NotOneOf::new(["binary"])));
    set
}

fn arguments(call: Call) -> Arguments {
    HashMap::from([
        ("path".to_owned(), PATH.into()),
        ("head".to_owned(), i64::from(call.head()).into()),
        ("format".to_owned(), "text".into()),
    ])
}
