//! Chains written by hand, byte by byte, and signed as they must be: what denies them is their
//! bodies alone.

use super::{FIRST_BYTE, derived_signing_input, root_signing_input};
use crate::{
    Denied, Limits, Reason, Signer as _, SigningKey, Timestamp, TrustAnchor, TrustAnchors,
    UnverifiedChain, VerifiedChain, Verifier, codec::wire::digest,
};
use alloc::{format, string::String, vec, vec::Vec};

mod attacks;
mod changes;
mod fuzz;
mod proofs;
mod records;
mod torsion;
mod values;

const NOW: i64 = 1_704_067_500;
const ISSUER: &str = "https://auth.example.com";

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn cat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A postcard varint.
fn n(mut number: u64) -> Vec<u8> {
    let mut out = vec![];
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// A signed one.
fn z(number: i64) -> Vec<u8> {
    n(((number << 1) ^ (number >> 63)) as u64)
}

fn s(text: &str) -> Vec<u8> {
    cat(&[&n(text.len() as u64), text.as_bytes()])
}

/// A string value, and one as a constraint's set has it.
fn text(text: &str) -> Vec<u8> {
    cat(&[&[5], &s(text)])
}

/// The parts of a body, each of which a test may replace.
struct Parts {
    id: Vec<u8>,
    times: Vec<u8>,
    depth: Vec<u8>,
    /// The root's alone.
    issuer: Vec<u8>,
    audience: Vec<u8>,
    capabilities: Vec<u8>,
    fields: Vec<u8>,
}

impl Parts {
    fn root(capabilities: &[u8]) -> Self {
        Self {
            id: cat(&[&[2], &s("root")]),
            times: cat(&[&z(NOW), &n(3600)]),
            depth: n(3),
            issuer: s(ISSUER),
            audience: n(0),
            capabilities: capabilities.into(),
            fields: n(0),
        }
    }

    fn derived(capabilities: &[u8]) -> Self {
        let (times, depth, issuer) = (vec![0, 0], n(0), vec![]);
        let id = cat(&[&[2], &s("child")]);
        Self { id, times, depth, issuer, ..Self::root(capabilities) }
    }

    fn body(&self) -> Vec<u8> {
        let Self { id, times, depth, issuer, audience, capabilities, fields } = self;
        cat(&[id, times, depth, issuer, audience, capabilities, fields])
    }
}

/// A root of one tool `t` with the arguments `A`, for every value, and `a`, as given.
fn root_with(constraint: &[u8]) -> Vec<u8> {
    let arguments = cat(&[&n(4), &s("A"), &[0x16], &s("a"), constraint]);
    Parts::root(&cat(&[&n(1), &s("t"), &arguments])).body()
}

/// A child that narrows `A`, so that the map is changed, and changes `a` as given.
fn child_with(change: &[u8]) -> Vec<u8> {
    Parts::derived(&cat(&[&[2, 1, 0, 1, 0x10], &text("x"), change])).body()
}

/// A chain of these bodies: signed by key 1, then by the holders 2, 3 and on.
fn chain(bodies: &[Vec<u8>]) -> Vec<u8> {
    let hint = key(1).public_key().as_bytes()[0];
    let mut frame = vec![FIRST_BYTE, bodies.len() as u8, 0, hint];
    let mut parent = None;
    for (index, body) in bodies.iter().enumerate() {
        let (signer, holder) = (key(index as u8 + 1), key(index as u8 + 2));
        let holder = holder.public_key().as_bytes();
        let input = match &parent {
            None => root_signing_input(hint, holder, body),
            Some(parent) => derived_signing_input(parent, holder, body),
        };
        parent = Some(digest(&input));
        frame.extend_from_slice(holder);
        frame.extend_from_slice(signer.sign(&input).unwrap().as_bytes());
    }
    for body in bodies {
        frame.extend(cat(&[&n(body.len() as u64), body]));
    }
    frame
}

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
}

fn verify(bodies: &[Vec<u8>]) -> Result<VerifiedChain, Denied> {
    let bytes = chain(bodies);
    let chain = UnverifiedChain::parse(&bytes, &Limits::default())?;
    // What is shown unverified is refused for the same reason, or else it is the judging that
    // refuses, which that does not do.
    let unverified = chain.claims_unverified(&Limits::default());
    let verified = verifier().verify_chain(&chain, Timestamp::from_unix(NOW));
    match (&unverified, &verified) {
        (Ok(claims), Ok(verified)) => {
            assert!(claims.iter().eq(verified.tokens().iter().map(|token| token.claims())));
        }
        (Ok(_), Err(denied)) => assert_ne!(denied.code(), "compact_malformed"),
        (Err(unverified), _) => assert_eq!(Some(unverified), verified.as_ref().err()),
    }
    verified
}

/// `step code: what breaks`, of a chain that is denied; the offset lies within the last body.
fn refusal(bodies: &[Vec<u8>]) -> String {
    let denied = match verify(bodies) {
        Ok(_) => return "permitted".into(),
        Err(denied) => denied,
    };
    assert_eq!(denied.token(), Some(bodies.len() - 1), "{denied}");
    let rule = match denied.reason() {
        Reason::Compact(fault) => {
            let end = chain(bodies).len();
            let start = end - bodies.last().unwrap().len();
            assert!((start..=end).contains(&fault.offset()), "{fault}: {start}..={end}");
            format!("{}", fault.rule())
        }
        other => format!("{other}"),
    };
    format!("{} {}: {rule}", denied.step(), denied.code())
}

/// Each case refused as it says: a name, the bodies, and a part of the refusal.
fn refused(cases: Vec<(&str, Vec<Vec<u8>>, &str)>) {
    for (name, bodies, expected) in cases {
        let found = refusal(&bodies);
        assert!(found.contains(expected), "{name}: {found}, not {expected}");
    }
}

#[test]
fn what_the_tests_write_by_hand_is_what_the_library_reads() {
    let root = root_with(&[0x16]);
    assert_eq!(verify(core::slice::from_ref(&root)).unwrap().tokens().len(), 1);
    for child in [Parts::derived(&[1]).body(), Parts::derived(&[0]).body(), child_with(&[0])] {
        assert_eq!(verify(&[root.clone(), child]).unwrap().tokens().len(), 2);
    }
    let child = verify(&[root, child_with(&[0])]).unwrap();
    assert_eq!(child.leaf().unwrap().claims().holder(), key(3).public_key());
}
