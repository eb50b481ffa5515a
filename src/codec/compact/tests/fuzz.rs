//! Bodies that nobody wrote by hand, signed all the same.

use super::*;
use crate::{Invocation, codec::compact::read_frame};
use proptest::prelude::*;

/// Bytes that are often tags, places and short texts.
fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => 0_u8..4,
        2 => prop::sample::select(vec![0x10, 0x11, 0x12, 0x15, 0x16, 0x17, 0x30, 0x36, 0x40, 0x41, 0x42]),
        1 => prop::sample::select(b"abst*".to_vec()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..most)
}

/// A root with something of everything: `s` open and nothing named, `t` closed, `u` open.
fn rich_root() -> Vec<u8> {
    let set = |head: u8| cat(&[&[head, 2], &text("a"), &text("b")]);
    let t = cat(&[
        &s("t"),
        &n(4 << 1),
        &cat(&[&s("a"), &set(0x12)]),
        &cat(&[&s("b"), &[0x31, 3, 3, 0, 3, 20]]),
        &cat(&[&s("c"), &set(0x35)]),
        &cat(&[&s("d"), &set(0x34)]),
    ]);
    let u = cat(&[&s("u"), &n(1 << 1 | 1), &s("a"), &set(0x33)]);
    Parts::root(&cat(&[&n(3), &s("s"), &[1], &t, &u])).body()
}

/// Calls that the root permits and calls that it does not.
fn calls() -> Vec<Invocation> {
    let arguments = [
        "{}",
        r#"{"a":"a"}"#,
        r#"{"a":"b"}"#,
        r#"{"a":"c"}"#,
        r#"{"b":0}"#,
        r#"{"a":"a","b":0}"#,
        r#"{"a":"a","b":11}"#,
        r#"{"a":"a","c":["a"]}"#,
        r#"{"a":"a","c":["c"]}"#,
        r#"{"*":1}"#,
        r#"{"a":"a","d":["a","b"]}"#,
        r#"{"a":"a","d":["a"]}"#,
        r#"{"a":"c","x":1}"#,
        r#"{"a":1}"#,
    ];
    let call = |tool: &'static str| {
        arguments.map(|arguments| Invocation::from_json(tool, arguments.as_bytes()).unwrap())
    };
    ["s", "t", "u", "v"].into_iter().flat_map(call).collect()
}

/// A change of a body in one place.
fn edited(mut body: Vec<u8>, at: usize, insert: &[u8], remove: usize) -> Vec<u8> {
    let at = at % (body.len() + 1);
    let end = (at + remove).min(body.len());
    body.splice(at..end, insert.iter().copied());
    body
}

/// What holds of every chain that verifies, whatever its bytes: no call is permitted below that is
/// not permitted above, and it says no more than a JWS chain could.
fn check(chain: &VerifiedChain) {
    let tokens = chain.tokens();
    for pair in tokens.windows(2) {
        let [above, below] = [&pair[0], &pair[1]].map(|token| token.claims().capabilities());
        let permits = |tools: Option<&crate::Capabilities>, call: &Invocation| {
            let map = tools.and_then(|tools| tools.tool(call.tool()));
            map.is_some_and(|map| map.check(call.arguments()).is_ok())
        };
        for call in calls() {
            assert!(permits(above, &call) || !permits(below, &call), "{call:?} {below:?}");
        }
        assert!(pair[1].claims().expires_at() <= pair[0].claims().expires_at());
        assert!(pair[1].claims().max_depth() <= pair[0].claims().max_depth());
    }
    for tools in tokens.iter().filter_map(|token| token.claims().capabilities()) {
        let read = crate::Capabilities::from_json(tools.to_json().as_bytes(), &Limits::default());
        assert_eq!(&read.unwrap(), tools);
    }
}

proptest! {
    #[test]
    fn random_bodies_do_not_widen(root in bytes(40), child in bytes(24)) {
        let roots = [Parts::root(&root).body(), rich_root()];
        for root in roots {
            for child in [Parts::derived(&child), Parts::derived(&cat(&[&[2], &child]))] {
                if let Ok(chain) = verify(&[root.clone(), child.body()]) {
                    check(&chain);
                }
            }
        }
    }

    #[test]
    fn edited_bodies_say_something_else_or_nothing(
        at in any::<usize>(),
        insert in bytes(4),
        remove in 0_usize..4,
        below in any::<bool>(),
    ) {
        let changes = cat(&[
            &[2, 2, 1, 1],
            &[0x40, 0, 0x31, 3, 3, 0, 3, 10, 2, 0x42, 1], &text("c"),
            &[0, 1, 0, 2], &s("x"), &[0x16],
        ]);
        let mut bodies = [rich_root(), Parts::derived(&changes).body()];
        let before = verify(&bodies).unwrap();
        let body = &mut bodies[usize::from(below)];
        let after = edited(body.clone(), at, &insert, remove);
        let same = after == *body;
        *body = after;
        if let Ok(chain) = verify(&bodies) {
            check(&chain);
            let says = |chain: &VerifiedChain| -> Vec<String> {
                chain.tokens().iter().map(|t| {
                    let mut claims = t.claims().clone();
                    claims.parent = None;
                    format!("{claims:?} {:?}", t.other_claims())
                }).collect()
            };
            prop_assert_eq!(says(&chain) == says(&before), same);
        }
    }

    #[test]
    fn random_frames_end(header in bytes(8), rest in prop::collection::vec(any::<u8>(), 0..700)) {
        let frame = cat(&[&[FIRST_BYTE], &header, &rest]);
        if let Ok((chain, _)) = read_frame(&frame) {
            prop_assert!(chain.len() > 0);
            prop_assert!(verifier().verify_chain(
                &UnverifiedChain::parse(&frame, &Limits::default()).unwrap(),
                Timestamp::from_unix(NOW),
            ).is_err());
        }
    }
}
