//! What the builders refuse is denied by a verifier too, when somebody signs it all the same, and
//! for the same reason.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use std::time::Duration;
use taper::{
    Audience, Capabilities, Constraint, ConstraintMap, Denied, Derivation, DeriveError, Grant,
    HeldChain, Invocation, IssueError, Issuer, Limits, Policy, Presentation, SigningKey, Timestamp,
    TrustAnchor, TrustAnchors, Value, Verifier, Widening, all, at_most, exact, one_of, wildcard,
};
use taper_testkit::{AUDIENCE, Forgery, ISSUER, NOW, key, present};

const LEAF: usize = 2;
const HEAD: &str = r#""head":{"constraint_type":"range","max":50,"optional":true}"#;
const PATH: &str = r#""path":{"constraint_type":"exact","value":"/data/q3.pdf"}"#;

fn now() -> Timestamp {
    Timestamp::from_unix(NOW)
}

fn decide(text: &str) -> Result<(), Denied> {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent());
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).unwrap();
    let sent = Presentation::parse(text.as_bytes(), verifier.limits())?;
    verifier.authorize(&sent, &call, now()).map(|_| ())
}

/// The good presentation's chain without its leaf, which key 3 can derive anew.
fn middle() -> HeldChain {
    let (tokens, proof) = Forgery::good().sign();
    HeldChain::parse(present(&tokens[..2], &proof).as_bytes(), &Limits::default()).unwrap()
}

fn deep() -> Constraint {
    (0..32).fold(wildcard(), |inner, _| all([inner]).unwrap())
}

type Derive = fn(Derivation<'_, SigningKey>) -> Derivation<'_, SigningKey>;
type Forge = Box<dyn Fn(&mut Forgery)>;

fn leaf(from: impl Into<String>, to: impl Into<String>) -> Forge {
    let (from, to) = (from.into(), to.into());
    Box::new(move |forgery| forgery.tokens[LEAF].edit(&from, &to))
}

fn added(member: impl Into<String>) -> Forge {
    let member = member.into();
    Box::new(move |forgery| forgery.tokens[LEAF].add(&member))
}

#[test]
fn a_refused_derivation_is_denied() {
    let nested = r#"{"constraint_type":"all","constraints":["#.repeat(32)
        + r#"{"constraint_type":"wildcard"}"#
        + &"]}".repeat(32);
    // What the builder is asked, what is forged in its place, and the step and code of both.
    let cases: Vec<(Derive, Forge, &str, &str)> = vec![
        (
            |d| {
                d.capabilities(
                    Capabilities::new().with_tool("delete", ConstraintMap::unrestricted()),
                )
            },
            leaf(r#""tools":{"#, r#""tools":{"delete":{},"#),
            "4p1",
            "tool_added",
        ),
        (
            |d| d.narrow("read_file", "mode", exact(1).unwrap()),
            leaf(PATH, format!(r#""mode":{{"constraint_type":"exact","value":1}},{PATH}"#)),
            "4p2",
            "argument_added",
        ),
        (
            |d| d.forbid("read_file", "path"),
            leaf(format!("{PATH},"), ""),
            "4p2",
            "required_argument_dropped",
        ),
        (
            |d| {
                let path = exact("/data/q3.pdf").unwrap();
                let map = ConstraintMap::new().require("path", path).optional("head", at_most(50));
                d.tool("read_file", map.allow_unnamed())
            },
            leaf(HEAD, format!(r#"{HEAD},"*":{{"constraint_type":"wildcard"}}"#)),
            "4p2",
            "unnamed_added",
        ),
        (
            |d| d.tool("read_file", ConstraintMap::unrestricted()),
            leaf(format!("{{{PATH},{HEAD}}}"), "{}"),
            "4p2",
            "argument_readmitted",
        ),
        (
            |d| {
                let path = exact("/data/q3.pdf").unwrap();
                d.tool("read_file", ConstraintMap::new().optional("path", path))
            },
            leaf(r#""value":"/data/q3.pdf""#, r#""value":"/data/q3.pdf","optional":true"#),
            "4p3",
            "made_optional",
        ),
        (
            |d| d.narrow("read_file", "path", exact("/data/q4.pdf").unwrap()),
            leaf(r#""value":"/data/q3.pdf""#, r#""value":"/data/q4.pdf""#),
            "4p4",
            "constraint_widened",
        ),
        (
            |d| d.narrow("read_file", "path", one_of(["/data/q3.pdf", "x"]).unwrap()),
            leaf(
                r#""constraint_type":"exact","value":"/data/q3.pdf""#,
                r#""constraint_type":"one_of","values":["/data/q3.pdf","x"]"#,
            ),
            "4p4",
            "constraint_widened",
        ),
        (
            |d| d.narrow("read_file", "head", at_most(51)),
            leaf(r#""max":50"#, r#""max":51"#),
            "4p4",
            "constraint_widened",
        ),
        (
            |d| d.narrow("read_file", "path", wildcard()),
            leaf(
                r#""constraint_type":"exact","value":"/data/q3.pdf""#,
                r#""constraint_type":"wildcard""#,
            ),
            "4p4",
            "constraint_widened",
        ),
        (
            |d| d.max_depth(3),
            leaf(r#""del_max_depth":2"#, r#""del_max_depth":3"#),
            "4g",
            "max_depth_raised",
        ),
        (
            |d| d.max_depth(1),
            leaf(r#""del_max_depth":2"#, r#""del_max_depth":1"#),
            "4m",
            "depth_above_own_max",
        ),
        (
            |d| d.expires_at(Timestamp::from_unix(NOW + 1501)),
            leaf(r#""exp":1704068400"#, r#""exp":1704069001"#),
            "4h",
            "outlives_parent",
        ),
        (
            |d| d.expires_at(now()),
            leaf(r#""exp":1704068400"#, r#""exp":1704067500"#),
            "4i",
            "expired",
        ),
        // What the builder refuses for a reason of its own.
        (
            |d| d.narrow("read_file", "path", deep()),
            leaf(r#"{"constraint_type":"exact","value":"/data/q3.pdf"}"#, nested),
            "4o",
            "constraint_too_deep",
        ),
        (
            |d| d.narrow("read_file", "*", exact(1).unwrap()),
            leaf(PATH, format!(r#""*":{{"constraint_type":"exact","value":1}},{PATH}"#)),
            "4o",
            "constraint_malformed",
        ),
        (
            |d| d.tool("read_file", ConstraintMap::new()),
            leaf(format!("{{{PATH},{HEAD}}}"), "{}"),
            "4p2",
            "argument_readmitted",
        ),
        (|d| d.claim("exp", Value::Null), added(r#""exp":null"#), "4b", "claims_malformed"),
        (
            |d| d.claim("x", Value::Null).claim("x", Value::Null),
            added(r#""x":null,"x":null"#),
            "4b",
            "claims_malformed",
        ),
        (
            |d| d.audience(Audience::only::<&str>([])),
            added(r#""aud":[]"#),
            "6c",
            "audience_mismatch",
        ),
        (|d| d.audience(Audience::Malformed), added(r#""aud":null"#), "6c", "audience_malformed"),
        (
            |d| d.claim("x", Value::from("y".repeat(70_000))),
            added(format!(r#""x":"{}""#, "y".repeat(70_000))),
            "2a",
            "token_too_large",
        ),
    ];
    let (middle, holder) = (middle(), key(3));
    let derivation = || middle.derive(&holder).to(key(4).public_key().clone());
    assert!(derivation().sign(now()).is_ok());
    assert!(decide(&Forgery::good().present()).is_ok());
    for (derive, forge, step, code) in cases {
        let refused = derive(derivation()).sign(now()).unwrap_err();
        let mut forgery = Forgery::good();
        forge(&mut forgery);
        let denied = decide(&forgery.present()).unwrap_err();
        assert_eq!((denied.step().label(), denied.code()), (step, code), "{refused}: {denied}");
        match refused {
            DeriveError::Widening(widening) => {
                assert_eq!((widening.step(), widening.code()), (denied.step(), denied.code()));
            }
            DeriveError::Unwritable(_) => {}
            other => panic!("{other}"),
        }
    }
}

/// What depends on the parent: a terminal one, and keys that are not its holder's.
#[test]
fn a_derivation_from_the_wrong_parent_is_denied() {
    let (tokens, proof) = Forgery::good().sign();
    let whole = HeldChain::parse(present(&tokens, &proof).as_bytes(), &Limits::default()).unwrap();
    let (holder, stranger) = (key(4), key(9));
    let refused = whole.derive(&holder).to(key(5).public_key().clone()).sign(now()).unwrap_err();
    let mut forgery = Forgery::good();
    let mut below = forgery.tokens[LEAF].clone();
    below.signer = 4;
    below.edit("token-3", "token-4");
    below.edit(r#""del_depth":2"#, r#""del_depth":3"#);
    below.edit(&taper_testkit::thumbprint_uri(3), &taper_testkit::thumbprint_uri(4));
    below.edit(&taper_testkit::x(4), &taper_testkit::x(5));
    forgery.tokens.push(below);
    let denied = decide(&forgery.present()).unwrap_err();
    assert!(matches!(&refused, DeriveError::Widening(Widening::DepthAboveParentMax { .. })));
    assert_eq!((denied.step().label(), denied.code()), ("4e", "depth_above_parent_max"));

    let middle = middle();
    let refused = middle.derive(&stranger).to(key(4).public_key().clone()).sign(now());
    assert!(matches!(refused, Err(DeriveError::NotHolder)));
    let mut forgery = Forgery::good();
    forgery.tokens[LEAF].signer = 9;
    let denied = decide(&forgery.present()).unwrap_err();
    assert_eq!((denied.step().label(), denied.code()), ("4b", "signature_invalid"));
}

#[test]
fn a_refused_grant_is_denied() {
    type Case = (fn(Grant) -> Grant, Forge, &'static str, &'static str);
    let root = |from: &'static str, to: String| -> Forge {
        Box::new(move |forgery| forgery.tokens[0].edit(from, &to))
    };
    let unused = |constraint: &str| format!(r#""tools":{{"t":{constraint},"#);
    let (iat, exp, tools) = (r#""iat":1704067200"#, r#""exp":1704070800"#, r#""tools":{"#);
    let ninety_days = 90 * 24 * 3600;
    let cases: Vec<Case> = vec![
        (
            |grant| grant.expires_in(Duration::ZERO),
            root(iat, r#""iat":1704070800"#.into()),
            "3f",
            "issued_in_future",
        ),
        (
            |grant| grant.expires_in(Duration::from_secs(90 * 24 * 3600 + 1)),
            root(exp, format!(r#""exp":{}"#, 1_704_067_200 + ninety_days + 1)),
            "3h",
            "lifetime_too_long",
        ),
        (
            |grant| grant.expires_at(Timestamp::from_unix(i64::MAX)),
            root(exp, format!(r#""exp":{}"#, i64::MAX)),
            "3h",
            "lifetime_too_long",
        ),
        (
            |grant| grant.max_depth(9),
            root(r#""del_max_depth":3"#, r#""del_max_depth":9"#.into()),
            "3i",
            "max_depth_above_limit",
        ),
        (
            |grant| grant.tool("t", ConstraintMap::new().require("*", exact(1).unwrap())),
            root(tools, unused(r#"{"*":{"constraint_type":"exact","value":1}}"#)),
            "3n",
            "constraint_malformed",
        ),
        (
            |grant| grant.audience(Audience::only::<&str>([])),
            Box::new(|forgery| forgery.tokens[0].add(r#""aud":[]"#)),
            "6c",
            "audience_mismatch",
        ),
        (
            |grant| grant.claim("jti", Value::from("x")),
            Box::new(|forgery| forgery.tokens[0].add(r#""jti":"x""#)),
            "3b",
            "claims_malformed",
        ),
    ];
    let grant = || {
        let map = ConstraintMap::new().require("path", exact("x").unwrap());
        let hour = Duration::from_secs(3600);
        Grant::to(key(2).public_key().clone()).tool("read_file", map).expires_in(hour).max_depth(3)
    };
    let issue = |grant| Issuer::new(ISSUER, key(1)).unwrap().issue(grant, now());
    assert!(issue(grant()).is_ok());
    for (change, forge, step, code) in cases {
        let refused: IssueError = issue(change(grant())).unwrap_err();
        let mut forgery = Forgery::good();
        forge(&mut forgery);
        let denied = decide(&forgery.present()).unwrap_err();
        assert_eq!((denied.step().label(), denied.code()), (step, code), "{refused}: {denied}");
    }
    assert!(Issuer::new("auth.example.com", key(1)).is_err());
    let mut forgery = Forgery::good();
    forgery.tokens[0].edit(ISSUER, "auth.example.com");
    assert_eq!(decide(&forgery.present()).unwrap_err().step().label(), "3k");
}
