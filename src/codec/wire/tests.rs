//! The same claims sealed in both profiles, permitted or not, get the same verdict.

use super::*;
use crate::{
    Narrowing, Policy, ProofOptions, TrustAnchor, TrustAnchors, Verifier,
    chain::{Presentation, UnverifiedChain, UnverifiedProof},
    key::SigningKey,
    model::{
        Audience, Capabilities, Constraint, ConstraintMap, Entry, TokenId, all, any as any_of,
        at_least, at_most, contains, exact, not_one_of, one_of, range, subset, wildcard,
    },
    time::Timestamp,
};
use proptest::prelude::*;

mod published;

const NOW: i64 = 1_704_067_500;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn constraint() -> impl Strategy<Value = Constraint> {
    let some = || proptest::collection::vec(0..4_i32, 1..4);
    let any_number = || proptest::collection::vec(0..4_i32, 0..4);
    let leaf = prop_oneof![
        Just(wildcard()),
        (0..4_i32).prop_map(|n| exact(n).unwrap()),
        prop_oneof![Just("a"), Just("")].prop_map(|text| exact(text).unwrap()),
        some().prop_map(|values| one_of(values).unwrap()),
        any_number().prop_map(not_one_of),
        any_number().prop_map(contains),
        any_number().prop_map(subset),
        (0..3_i32, 0..3_i32).prop_map(|(low, more)| range(low..=low + more).unwrap()),
        (0..3_i32).prop_map(|n| range(n..n + 1).unwrap()),
        (0..4_i32).prop_map(at_most),
        (0..4_i32).prop_map(at_least),
        Just(exact(json::Number::try_from(0.5).unwrap()).unwrap()),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let clauses = || proptest::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            clauses().prop_map(|clauses| all(clauses).unwrap()),
            clauses().prop_map(|clauses| any_of(clauses).unwrap()),
        ]
    })
}

fn map() -> impl Strategy<Value = ConstraintMap> {
    let entry = ("[ab]", constraint(), any::<bool>());
    (proptest::collection::vec(entry, 0..3), any::<bool>()).prop_map(|(entries, unnamed)| {
        let mut map = ConstraintMap::new();
        // `{}` is how everything is admitted.
        map.set_unnamed(unnamed || entries.is_empty());
        for (argument, constraint, optional) in entries {
            map.insert(argument.into(), Entry::new(constraint, optional));
        }
        map
    })
}

fn tools() -> impl Strategy<Value = Option<Capabilities>> {
    let tools = proptest::collection::btree_map("[xy]", map(), 0..3).prop_map(|tools| {
        tools.into_iter().fold(Capabilities::new(), |all, (tool, map)| all.with_tool(tool, map))
    });
    proptest::option::weighted(0.95, tools)
}

/// What one hop says, mostly in order.
#[derive(Clone, Debug)]
struct Hop {
    tools: Option<Capabilities>,
    /// Take the parent's capabilities instead.
    same: bool,
    issued_at: i64,
    expires_at: i64,
    max_depth: u32,
    audience: Audience,
    id: TokenId,
}

fn hop() -> impl Strategy<Value = Hop> {
    let mostly = |usual: i64, odd: [i64; 2]| prop_oneof![8 => Just(usual), 1 => Just(odd[0]), 1 => Just(odd[1])];
    let id = prop_oneof![
        any::<[u8; 10]>().prop_map(|random| TokenId::uuid_v7(Timestamp::from_unix(NOW), random)),
        any::<[u8; 16]>().prop_map(TokenId::from_uuid),
        "[a-z]{1,4}".prop_filter_map("not empty", TokenId::new),
    ];
    let audience = prop_oneof![
        6 => Just(Audience::Unrestricted),
        2 => Just(Audience::only(["me"])),
        1 => Just(Audience::only(["you", "me"])),
        1 => Just(Audience::only(["you"])),
    ];
    (
        tools(),
        any::<bool>(),
        mostly(NOW, [NOW - 10, NOW + 31]),
        mostly(NOW + 60, [NOW, NOW + 61]),
        mostly(3, [2, 0]),
        audience,
        id,
    )
        .prop_map(|(tools, same, issued_at, expires_at, max_depth, audience, id)| Hop {
            tools,
            same,
            issued_at,
            expires_at,
            max_depth: u32::try_from(max_depth).unwrap(),
            audience,
            id,
        })
}

/// The chain of the hops as each profile writes it; `None` for what a profile cannot say.
fn seal(hops: &[Hop], profile: Profile) -> Option<(Vec<Claims>, Wire<'static>, Digest)> {
    let mut claims: Vec<Claims> = Vec::new();
    let mut sealed: Option<(Wire<'static>, Digest)> = None;
    for (depth, hop) in (0_u8..).zip(hops) {
        let parent = claims.last().zip(sealed.as_ref().map(|(_, digest)| digest));
        let same = parent.filter(|_| hop.same).map(|(parent, _)| parent.capabilities.clone());
        let token = Claims {
            id: hop.id.clone(),
            issuer: parent
                .map_or("urn:issuer".into(), |(parent, _)| parent.holder.thumbprint_uri().into()),
            issued_at: Timestamp::from_unix(hop.issued_at),
            expires_at: Timestamp::from_unix(hop.expires_at),
            holder: key(depth + 2).public_key().clone(),
            audience: hop.audience.clone(),
            depth: depth.into(),
            max_depth: hop.max_depth,
            parent: parent.map(|(_, digest)| *digest),
            capabilities: same.unwrap_or_else(|| hop.tools.clone()),
        };
        let signer = key(depth + 1);
        let next = match (&sealed, parent) {
            (Some((wire, _)), Some(parent)) => wire.seal_derived(parent, &token, &[], &signer),
            _ => Wire::seal_root(profile, &token, &[], &signer),
        };
        sealed = Some(next.ok()?);
        claims.push(token);
    }
    let (wire, digest) = sealed?;
    Some((claims, wire, digest))
}

fn decide(
    verifier: &Verifier,
    chain: &(Vec<Claims>, Wire<'static>, Digest),
    call: &Invocation,
) -> Result<Vec<Claims>, (&'static str, &'static str, Option<usize>)> {
    let (claims, wire, digest) = chain;
    let now = Timestamp::from_unix(NOW);
    let leaf = claims.last().unwrap();
    let holder = key(u8::try_from(claims.len()).unwrap() + 1);
    let content = ProofOptions::default().audience("me").content(now).unwrap();
    let proof = wire.seal_proof(claims, (leaf, digest), &content, call, &holder).unwrap();
    let bytes = wire.write(Some(&proof)).unwrap();
    let text = to_text(wire.profile(), bytes);
    let told = |denied: Denied| (denied.step().label(), denied.code(), denied.token());
    let sent = Presentation::parse(text.as_bytes(), verifier.limits()).map_err(told)?;
    let together = verifier.authorize(&sent, call, now).map(|permit| permit.chain().clone());
    // Apart, step by step, gives the same.
    let chain = UnverifiedChain(wire.clone());
    let apart = verifier.verify_chain(&chain, now).and_then(|chain| {
        let checked = verifier.check(&chain, &UnverifiedProof(proof), call, now)?;
        verifier.commit(checked, now)
    });
    assert_eq!(apart.as_ref().err(), together.as_ref().err());
    let chain = together.map_err(told)?;
    Ok(chain.tokens().iter().map(|token| token.claims().clone()).collect())
}

fn narrowings(claims: &[Claims]) -> Vec<Narrowing> {
    let pairs = claims.windows(2);
    pairs.map(|pair| Narrowing::between(&pair[0], &pair[1])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn profiles_agree(
        hops in proptest::collection::vec(hop(), 1..4),
        tool in "[xy]",
        arguments in proptest::collection::btree_map("[abc]", 0..4_i32, 0..3),
    ) {
        let mut root = hops;
        // A root has an entry, and nothing to take from a parent.
        root[0].tools = root[0].tools.take().or_else(|| Some(Capabilities::new()));
        let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
        let verifier = Verifier::new(TrustAnchors::new().with(anchor))
            .with_policy(Policy::for_audience("me").all_tools_idempotent());
        let arguments = arguments.into_iter().map(|(name, value)| (name, Value::from(value)));
        let call = Invocation::new(tool, json::Object::new(arguments).unwrap());

        let jws = seal(&root, Profile::Jws).unwrap();
        let found = decide(&verifier, &jws, &call);
        match seal(&root, Profile::Compact) {
            // What the compact profile cannot say would be denied.
            None => prop_assert!(found.is_err(), "{found:?}"),
            Some(compact) => {
                let same = decide(&verifier, &compact, &call);
                match (&found, &same) {
                    (Ok(a), Ok(b)) => {
                        prop_assert_eq!(narrowings(a), narrowings(b));
                        for (a, b) in a.iter().zip(b) {
                            prop_assert_eq!(&a.capabilities, &b.capabilities);
                            prop_assert_eq!((&a.id, a.expires_at), (&b.id, b.expires_at));
                        }
                    }
                    // Ids are read before any signature in one profile, and after in the other.
                    (Err((step, ..)), Err(_)) if *step == "2c" => {}
                    _ => prop_assert_eq!(found, same),
                }
            }
        }
    }
}
