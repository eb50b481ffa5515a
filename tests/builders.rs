//! What issuing and deriving refuse, each with the reason that a verifier would give, in both
//! profiles.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use std::time::Duration;
use taper::{
    Audience, ConstraintMap, DeriveError, Grant, HeldChain, Invocation, IssueError, Issuer, Limits,
    Policy, Presentation, Profile, ProofOptions, ProveError, SigningKey, Timestamp, TrustAnchor,
    TrustAnchors, Unwritable, Value, Verifier, at_most, exact, one_of,
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);
const HOUR: Duration = Duration::from_secs(3600);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn issue(profile: Profile, grant: Grant) -> Result<HeldChain, IssueError> {
    Issuer::new("urn:issuer", key(1)).unwrap().with_profile(profile).issue(grant, NOW)
}

fn grant() -> Grant {
    let read = ConstraintMap::new()
        .require("path", one_of(["a", "b"]).unwrap())
        .optional("head", at_most(10));
    Grant::to(key(2).public_key().clone())
        .tool("read", read)
        .tool("any", ConstraintMap::unrestricted())
        .expires_in(HOUR)
        .max_depth(2)
}

#[test]
fn issuing_refuses() {
    type Case = (fn() -> Grant, fn(&IssueError) -> bool);
    let cases: [Case; 10] = [
        (
            || Grant::to(key(2).public_key().clone()),
            |error| matches!(error, IssueError::ExpiryMissing),
        ),
        (|| grant().expires_in(Duration::ZERO), |error| matches!(error, IssueError::Lifetime(_))),
        (|| grant().expires_in(HOUR * 24 * 91), |error| matches!(error, IssueError::Lifetime(_))),
        (|| grant().max_depth(9), |error| matches!(error, IssueError::MaxDepth { .. })),
        (
            || grant().audience(Audience::only::<&str>([])),
            |error| matches!(error, IssueError::Unwritable(Unwritable::AudienceEmpty)),
        ),
        (
            || grant().tool("closed", ConstraintMap::new()),
            |error| matches!(error, IssueError::Unwritable(Unwritable::EmptyMap { .. })),
        ),
        (
            || grant().tool("t", ConstraintMap::new().require("*", exact(1).unwrap())),
            |error| matches!(error, IssueError::Unwritable(Unwritable::StarArgument { .. })),
        ),
        (
            || grant().claim("exp", Value::Null),
            |error| matches!(error, IssueError::Unwritable(Unwritable::ReservedClaim { .. })),
        ),
        (
            || grant().claim("x", Value::from("y".repeat(70_000))),
            |error| matches!(error, IssueError::Unwritable(Unwritable::TooLarge { .. })),
        ),
        (
            || grant().requested(taper::Capabilities::new()),
            |error| matches!(error, IssueError::NotRequested(_)),
        ),
    ];
    for profile in [Profile::Jws, Profile::Compact] {
        for (index, (grant, expected)) in cases.iter().enumerate() {
            let error = issue(profile, grant()).unwrap_err();
            assert!(expected(&error), "{index}: {error}");
        }
    }
}

#[test]
fn deriving_refuses() {
    type Derive = fn(taper::Derivation<'_, SigningKey>) -> taper::Derivation<'_, SigningKey>;
    let widening = |step: &'static str| move |error: &DeriveError| matches!(error, DeriveError::Widening(widening) if widening.step().label() == step);
    type Expected = Box<dyn Fn(&DeriveError) -> bool>;
    let cases: Vec<(Derive, Expected)> = vec![
        (|d| d.narrow("read", "path", exact("c").unwrap()), Box::new(widening("4p4"))),
        (|d| d.narrow("read", "head", at_most(11)), Box::new(widening("4p4"))),
        (|d| d.narrow("read", "mode", exact(1).unwrap()), Box::new(widening("4p2"))),
        (|d| d.forbid("read", "path"), Box::new(widening("4p2"))),
        (|d| d.tool("read", ConstraintMap::unrestricted()), Box::new(widening("4p2"))),
        (
            |d| {
                let all =
                    taper::Capabilities::new().with_tool("new", ConstraintMap::unrestricted());
                d.capabilities(all)
            },
            Box::new(widening("4p1")),
        ),
        (|d| d.expires_in(HOUR * 2), Box::new(widening("4h"))),
        (|d| d.expires_in(Duration::ZERO), Box::new(widening("4i"))),
        (|d| d.max_depth(3), Box::new(widening("4g"))),
        (|d| d.max_depth(0), Box::new(widening("4m"))),
        (|d| d.drop_tool("none"), Box::new(|e| matches!(e, DeriveError::UnknownTool { .. }))),
        (|d| d.keep_only(["none"]), Box::new(|e| matches!(e, DeriveError::UnknownTool { .. }))),
        (
            |d| d.require("read", "none"),
            Box::new(|e| matches!(e, DeriveError::UnknownArgument { .. })),
        ),
        (|d| d.to(key(2).public_key().clone()), Box::new(|e| matches!(e, DeriveError::SameHolder))),
        (
            |d| d.audience(Audience::only::<&str>([])),
            Box::new(|e| matches!(e, DeriveError::Unwritable(Unwritable::AudienceEmpty))),
        ),
        (
            |d| d.claim("jti", Value::Null),
            Box::new(|e| matches!(e, DeriveError::Unwritable(Unwritable::ReservedClaim { .. }))),
        ),
        (
            |d| d.close("any"),
            Box::new(|e| matches!(e, DeriveError::Unwritable(Unwritable::EmptyMap { .. }))),
        ),
    ];
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = issue(profile, grant()).unwrap();
        for (index, (change, expected)) in cases.iter().enumerate() {
            let holder = key(2);
            let derivation = chain.derive(&holder).to(key(3).public_key().clone());
            let error = change(derivation).sign(NOW).unwrap_err();
            assert!(expected(&error), "{index}: {error}");
        }
        let stranger = chain.derive(&key(9)).to(key(3).public_key().clone()).sign(NOW).map(|_| ());
        assert!(matches!(stranger, Err(DeriveError::NotHolder)));
        assert!(matches!(chain.derive(&key(2)).sign(NOW), Err(DeriveError::HolderMissing)));
    }
}

/// What each change leaves of the parent's tools, as they are read again.
#[test]
fn deriving_gives() {
    type Derive = fn(taper::Derivation<'_, SigningKey>) -> taper::Derivation<'_, SigningKey>;
    let path = || ConstraintMap::new().require("path", one_of(["a", "b"]).unwrap());
    let read = || path().optional("head", at_most(10));
    let open = ConstraintMap::unrestricted;
    let wide = || path().allow_unnamed();
    let cases: Vec<(Derive, Vec<(&str, ConstraintMap)>)> = vec![
        (|d| d, vec![("any", open()), ("read", read()), ("wide", wide())]),
        (|d| d.keep_only(["read", "any"]), vec![("any", open()), ("read", read())]),
        (|d| d.drop_tool("read"), vec![("any", open()), ("wide", wide())]),
        (
            |d| d.keep_only(["read"]).narrow("read", "path", exact("b").unwrap()),
            vec![(
                "read",
                ConstraintMap::new()
                    .require("path", exact("b").unwrap())
                    .optional("head", at_most(10)),
            )],
        ),
        (
            |d| d.keep_only(["read"]).narrow("read", "head", at_most(5)),
            vec![("read", path().optional("head", at_most(5)))],
        ),
        (
            |d| d.keep_only(["any"]).narrow("any", "a", at_most(5)),
            vec![("any", ConstraintMap::new().require("a", at_most(5)).allow_unnamed())],
        ),
        (
            |d| d.keep_only(["read"]).require("read", "head"),
            vec![("read", path().require("head", at_most(10)))],
        ),
        (|d| d.keep_only(["read"]).forbid("read", "head"), vec![("read", path())]),
        (|d| d.keep_only(["wide"]).close("wide"), vec![("wide", path())]),
        (
            |d| {
                let map = ConstraintMap::new().require("a", exact(1).unwrap());
                d.keep_only(["any"]).tool("any", map)
            },
            vec![("any", ConstraintMap::new().require("a", exact(1).unwrap()))],
        ),
        (|d| d.capabilities(taper::Capabilities::new()), vec![]),
    ];
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = issue(profile, grant().tool("wide", wide())).unwrap();
        for (index, (change, expected)) in cases.iter().enumerate() {
            let holder = key(2);
            let derived = change(chain.derive(&holder).to(key(3).public_key().clone()));
            let text = derived.sign(NOW).unwrap().to_text();
            let read = HeldChain::parse(text.as_bytes(), &Limits::default()).unwrap();
            let tools = read.leaf().capabilities().into_iter().flat_map(|tools| tools.tools());
            let expected = expected.iter().map(|(tool, map)| (*tool, map));
            assert!(tools.eq(expected), "{index}: {:?}", read.leaf().capabilities());
        }
        let holder = key(2);
        let same = chain.derive(&holder).to_same_holder().terminal().sign(NOW).unwrap();
        assert_eq!(same.leaf().holder(), holder.public_key());
        assert_eq!((same.leaf().depth(), same.leaf().max_depth()), (1, 1));
        let soon = chain.derive(&holder).to(key(3).public_key().clone()).max_depth(1);
        let soon = soon.expires_in(HOUR / 2).audience(Audience::only(["me"])).sign(NOW).unwrap();
        let leaf = soon.leaf();
        assert_eq!(leaf.expires_at(), NOW.saturating_add(HOUR / 2));
        assert_eq!(leaf.audience(), &Audience::Only(["me".into()].into()));
        assert_eq!(leaf.issuer(), holder.public_key().thumbprint_uri());
        assert_eq!(leaf.parent(), Some(chain.leaf_digest()));
        assert_eq!((chain.leaf().issuer(), chain.leaf().parent()), ("urn:issuer", None));
    }
}

#[test]
fn proving_refuses_what_a_verifier_would() {
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = issue(profile, grant()).unwrap();
        let options = ProofOptions::default();
        let call = |arguments: &[u8]| Invocation::from_json("read", arguments).unwrap();
        let denied = chain.prove(&key(2), &call(br#"{"path":"c"}"#), &options, NOW).unwrap_err();
        assert!(
            matches!(denied, ProveError::NotAuthorized(denied) if denied.step().label() == "6b")
        );
        let other = chain.prove(&key(3), &call(br#"{"path":"a"}"#), &options, NOW).unwrap_err();
        assert!(matches!(other, ProveError::NotHolder));
    }
}

/// An audience named twice is the same audience, for the token and for the proof.
#[test]
fn audiences_are_sets() {
    for profile in [Profile::Jws, Profile::Compact] {
        for names in [vec!["me"], vec!["me", "me"], vec!["you", "me", "you"]] {
            let grant =
                grant().audience(Audience::Only(names.into_iter().map(Into::into).collect()));
            let chain = issue(profile, grant).unwrap();
            let call = Invocation::from_json("read", br#"{"path":"a"}"#).unwrap();
            let options = ProofOptions::default().audience("me");
            let sent = chain.prove(&key(2), &call, &options, NOW).unwrap();
            let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
            let verifier = Verifier::new(TrustAnchors::new().with(anchor))
                .with_policy(Policy::for_audience("me").require_chain_audience());
            let received = Presentation::parse(sent.as_bytes(), &Limits::default()).unwrap();
            assert!(verifier.authorize(&received, &call, NOW).is_ok(), "{profile:?}");
        }
    }
}

/// Both profiles say the same, and can say it as JSON.
#[test]
fn claims_as_json() {
    for profile in [Profile::Jws, Profile::Compact] {
        let id = taper::TokenId::new("an id").unwrap();
        assert_eq!(id.to_string(), "an id");
        let chain = issue(profile, grant().id(id).audience(Audience::only(["me"]))).unwrap();
        let jwk = key(2).public_key().to_jwk();
        let read = concat!(
            r#"{"head":{"constraint_type":"range","max":10,"optional":true},"#,
            r#""path":{"constraint_type":"one_of","values":["a","b"]}}"#
        );
        let expected = format!(
            "{{\"aud\":\"me\",\"authorization_details\":[{{\"tools\":{{\"any\":{{}},\"read\":{read}}},\
             \"type\":\"attenuating_agent_token\"}}],\"cnf\":{{\"jwk\":{jwk}}},\"del_depth\":0,\"del_max_depth\":2,\"exp\":1704071100,\
             \"iat\":1704067500,\"iss\":\"urn:issuer\",\"jti\":\"an id\"}}",
        );
        assert_eq!(chain.leaf().to_json(), expected);
        let tools = chain.leaf().capabilities().unwrap();
        assert_eq!((tools.len(), tools.is_empty()), (2, false));
        assert_eq!(tools.tool("read").unwrap().to_json(), read);
        assert!(taper::Capabilities::new().is_empty());
    }
}

/// Handing the same authority to another key is allowed, and visible.
#[test]
fn same_scope_handover() {
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = issue(profile, grant()).unwrap();
        let handed = chain.derive(&key(2)).to(key(3).public_key().clone()).sign(NOW).unwrap();
        assert!(taper::Narrowing::between(chain.leaf(), handed.leaf()).is_same_scope());
        assert_eq!(handed.leaf().capabilities(), chain.leaf().capabilities());
        // A clock that lags behind the issuer's does not make the child older (6.2, step 2).
        let lagging = Timestamp::from_unix(NOW.as_unix() - 20);
        let late = chain.derive(&key(2)).to(key(3).public_key().clone()).sign(lagging).unwrap();
        assert_eq!(late.leaf().issued_at(), NOW);
    }
}

/// What AAT-02 does not define is passed through, signed, token by token (AAT-02 3.4, appendix B.6).
#[test]
fn other_claims_are_passed_through() {
    for profile in [Profile::Jws, Profile::Compact] {
        let trace = Value::from_json(br#"{"id": 7, "tags": ["a"]}"#).unwrap();
        let chain = issue(profile, grant().claim("trace", trace)).unwrap();
        let chain = chain
            .derive(&key(2))
            .to(key(3).public_key().clone())
            .claim("note", Value::from("x"))
            .sign(NOW)
            .unwrap();
        let anchor = TrustAnchor::new("urn:issuer", key(1).public_key().clone()).unwrap();
        let verifier = Verifier::new(TrustAnchors::new().with(anchor));
        let verified = verifier.verify_chain(&chain.as_unverified(), NOW).unwrap();
        let others: Vec<_> = verified.tokens().iter().map(|token| token.other_claims()).collect();
        assert_eq!(others[0], [("trace".to_owned(), r#"{"id":7,"tags":["a"]}"#)]);
        assert_eq!(others[1], [("note".to_owned(), "\"x\"")]);
        let names = chain.as_unverified().other_claim_names_unverified(&Limits::default());
        assert_eq!(names, [["trace"], ["note"]]);
    }
}
