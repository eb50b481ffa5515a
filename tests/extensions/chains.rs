//! Chains that carry extension types.

use super::{HOUR, ISSUER, NOW, key, shipped, verifier};
use taper::{
    Capabilities, CompactRule, Constraint, ConstraintFault, ConstraintMap, DeriveError, Grant,
    HeldChain, Invocation, IssueError, Issuer, Limits, Object, Presentation, Profile, ProofOptions,
    Reason, Terms, Unwritable, Value, all, any, at_most, exact,
    extension::{
        Cidr, Cost, ExtensionConstraint, Extensions, MemberFault, PathContainment, UrlScope, Work,
    },
    not_one_of, one_of,
};

const PROFILES: [Profile; 2] = [Profile::Jws, Profile::Compact];

fn url(members: &str) -> Constraint {
    let members = Object::from_json(members.as_bytes()).unwrap();
    Constraint::extension::<UrlScope>(members).unwrap()
}

fn path(root: &str) -> Constraint {
    PathContainment::constraint(root).unwrap()
}

fn cidr(network: &str) -> Constraint {
    Cidr::constraint(network).unwrap()
}

fn grant() -> Grant {
    let fetch = ConstraintMap::new()
        .require("url", url(r#"{"scheme": "https", "host_suffix": "example.com"}"#))
        .optional("from", any([cidr("10.0.0.0/8"), cidr("2001:db8::/32")]).unwrap())
        .optional("retries", at_most(5));
    let read = ConstraintMap::new()
        .require("path", all([path("/data"), not_one_of(["/data/secret"])]).unwrap());
    Grant::to(key(2).public_key().clone())
        .tool("fetch", fetch)
        .tool("read", read)
        .expires_in(HOUR)
        .max_depth(4)
}

fn issuer(profile: Profile) -> Issuer<taper::SigningKey> {
    Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile)
}

/// Core and extension types in four hops below the root, received as bytes at every hop.
fn four_hops(profile: Profile) -> HeldChain {
    let (limits, known) = (Limits::default(), shipped());
    let receive =
        |sent: &HeldChain| HeldChain::parse(&sent.to_bytes(), Terms::new(&limits, &known)).unwrap();
    let root = issuer(profile).with_extensions(shipped()).issue(grant(), NOW).unwrap();
    let one = receive(&root)
        .derive(&key(2))
        .to(key(3).public_key().clone())
        .narrow("fetch", "url", url(r#"{"scheme": "https", "host_suffix": "api.example.com"}"#))
        .narrow("read", "path", all([path("/data/a"), not_one_of(["/data/secret", "x"])]).unwrap())
        .sign(NOW)
        .unwrap();
    let two = receive(&one)
        .derive(&key(3))
        .to(key(4).public_key().clone())
        .keep_only(["fetch"])
        .narrow("fetch", "from", any([cidr("10.1.0.0/16")]).unwrap())
        .sign(NOW)
        .unwrap();
    let three = receive(&two)
        .derive(&key(4))
        .to(key(5).public_key().clone())
        .narrow(
            "fetch",
            "url",
            url(r#"{"scheme":"https","host":"eu.api.example.com","path_prefix":"/v1"}"#),
        )
        .require("fetch", "from")
        .sign(NOW)
        .unwrap();
    receive(&three)
        .derive(&key(5))
        .to(key(6).public_key().clone())
        .narrow(
            "fetch",
            "url",
            one_of(["https://eu.api.example.com/v1/a", "https://eu.api.example.com/v1/b"]).unwrap(),
        )
        .narrow("fetch", "from", any([exact("10.1.2.3").unwrap()]).unwrap())
        .sign(NOW)
        .unwrap()
}

fn call(arguments: &str) -> Invocation {
    Invocation::from_json("fetch", arguments.as_bytes()).unwrap()
}

#[test]
fn a_chain_that_mixes_core_and_extension_types() {
    let good = call(r#"{"url": "https://eu.api.example.com/v1/a", "from": "10.1.2.3"}"#);
    for profile in PROFILES {
        let chain = four_hops(profile);
        let verdict = |known, sent: &str, call: &Invocation| {
            let verifier = verifier(known);
            let presentation = Presentation::parse(sent.as_bytes(), verifier.limits()).unwrap();
            let decided = verifier.authorize(&presentation, call, NOW).map(|_| ());
            decided.map_err(|denied| (denied.step().label(), denied.code()))
        };
        let options = ProofOptions::default().audience("urn:here");
        let prove = |call| chain.prove(&key(6), call, &options, NOW).unwrap();
        let sent = prove(&good);
        assert_eq!(verdict(shipped(), &sent, &good), Ok(()), "{profile:?}");

        // What the leaf's `exact` and `one_of` refuse.
        for arguments in [
            r#"{"url": "https://eu.api.example.com/v1/c", "from": "10.1.2.3"}"#,
            r#"{"url": "https://eu.api.example.com/v1/a", "from": "10.1.2.4"}"#,
        ] {
            let proof = chain.prove_unchecked(&key(6), &call(arguments), &options, NOW).unwrap();
            let sent = chain.present(proof).to_text();
            let found = verdict(shipped(), &sent, &call(arguments));
            assert_eq!(found, Err(("6b", "argument_refused")), "{profile:?}: {arguments}");
        }

        // Without one of the types the root is denied already.
        let unknown = Err(("3n", "constraint_type_unknown"));
        assert_eq!(verdict(Extensions::new(), &sent, &good), unknown, "{profile:?}");
        let some = Extensions::new().with::<UrlScope>().unwrap().with::<Cidr>().unwrap();
        assert_eq!(verdict(some, &sent, &good), unknown, "{profile:?}");
    }
}

#[test]
fn what_an_extension_refuses_is_denied_at_the_call() {
    let options = ProofOptions::default().audience("urn:here");
    for profile in PROFILES {
        let root = issuer(profile).with_extensions(shipped()).issue(grant(), NOW).unwrap();
        for (arguments, expected) in [
            (r#"{"url": "https://x.example.com/"}"#, None),
            (r#"{"url": "https://x.example.com/", "from": "2001:db8::1"}"#, None),
            (r#"{"url": "https://example.com.evil/"}"#, Some(("6b", "argument_refused"))),
            (
                r#"{"url": "https://x.example.com/", "from": "192.0.2.1"}"#,
                Some(("6b", "argument_refused")),
            ),
        ] {
            let call = call(arguments);
            let proof = root.prove_unchecked(&key(2), &call, &options, NOW).unwrap();
            let presentation = root.present(proof);
            let found = verifier(shipped()).authorize(&presentation, &call, NOW).map(|_| ());
            let found = found.err().map(|denied| (denied.step().label(), denied.code()));
            assert_eq!(found, expected, "{profile:?}: {arguments}");
        }
    }
}

/// A parent without the type, a child with it: the child's own step denies.
#[test]
fn a_type_that_comes_in_with_a_child_is_denied_there() {
    let read = ConstraintMap::new().require("path", taper::wildcard());
    let grant =
        Grant::to(key(2).public_key().clone()).tool("read", read).expires_in(HOUR).max_depth(1);
    for profile in PROFILES {
        let root = issuer(profile).with_extensions(shipped()).issue(grant.clone(), NOW).unwrap();
        let narrowed = |chain: &HeldChain| {
            let to = key(3).public_key().clone();
            chain.derive(&key(2)).to(to).narrow("read", "path", path("/data")).sign(NOW)
        };
        let child = narrowed(&root).unwrap();
        let chain = child.as_unverified();
        assert!(verifier(shipped()).verify_chain(&chain, NOW).is_ok());
        let denied = verifier(Extensions::new()).verify_chain(&chain, NOW).unwrap_err();
        let found = (denied.step().label(), denied.code(), denied.place());
        let expected = ("4o", "constraint_type_unknown", taper::Place::Token(1));
        assert_eq!(found, expected, "{profile:?}");

        // Nor can a holder read or derive it that does not know the type.
        assert!(HeldChain::parse(&child.to_bytes(), &Limits::default()).is_err());
        let plain = HeldChain::parse(&root.to_bytes(), &Limits::default()).unwrap();
        let refused = narrowed(&plain).unwrap_err();
        assert!(
            matches!(refused, DeriveError::Unwritable(Unwritable::ExtensionUnknown { .. })),
            "{refused}"
        );
    }
}

#[test]
fn widening_is_refused_by_deriving() {
    let options = [
        ("url", url(r#"{"scheme": "https", "host_suffix": "ple.com"}"#)),
        ("url", url(r#"{"scheme": "http", "host": "example.com"}"#)),
        ("url", exact("https://example.org/").unwrap()),
        ("from", any([cidr("10.0.0.0/7")]).unwrap()),
        ("from", cidr("10.0.0.0/8")),
    ];
    for profile in PROFILES {
        let root = issuer(profile).with_extensions(shipped()).issue(grant(), NOW).unwrap();
        for (argument, constraint) in &options {
            let to = key(3).public_key().clone();
            let holder = key(2);
            let derived =
                root.derive(&holder).to(to).narrow("fetch", *argument, constraint.clone());
            let refused = derived.sign(NOW).unwrap_err();
            assert!(matches!(refused, DeriveError::Widening(_)), "{constraint}: {refused}");
        }
    }
}

#[test]
fn an_issuer_grants_only_what_it_knows() {
    for profile in PROFILES {
        let refused = issuer(profile).issue(grant(), NOW).unwrap_err();
        assert!(
            matches!(refused, IssueError::Unwritable(Unwritable::ExtensionUnknown { .. })),
            "{refused}"
        );
    }
}

#[test]
fn members_are_read_strictly() {
    let (limits, known) = (Limits::default(), shipped());
    let read = |text: &str| Constraint::from_json(text.as_bytes(), Terms::new(&limits, &known));
    let good = r#"{"constraint_type":"path_containment","root":"/data"}"#;
    assert_eq!(read(good).unwrap().to_json(), good);
    type Expected = fn(&ConstraintFault) -> bool;
    let cases: [(&str, Expected); 8] = [
        (r#"{"constraint_type":"path_containment"}"#, |fault| {
            matches!(fault, ConstraintFault::MemberType { member: "root", .. })
        }),
        (r#"{"constraint_type":"path_containment","root":1}"#, |fault| {
            matches!(fault, ConstraintFault::MemberType { member: "root", .. })
        }),
        (r#"{"constraint_type":"path_containment","root":"data"}"#, |fault| {
            matches!(fault, ConstraintFault::MemberType { member: "root", .. })
        }),
        (r#"{"constraint_type":"path_containment","root":"/","roots":[]}"#, |fault| {
            matches!(fault, ConstraintFault::MemberUnknown { kind: "path_containment", .. })
        }),
        (r#"{"constraint_type":"path_containment","root":"/","optional":true}"#, |fault| {
            matches!(fault, ConstraintFault::OptionalMisplaced)
        }),
        (r#"{"constraint_type":"path_containment","root":"/","optional":1}"#, |fault| {
            matches!(fault, ConstraintFault::OptionalNotBoolean)
        }),
        (r#"{"constraint_type":"cidr","network":9007199254740993}"#, |fault| {
            matches!(fault, ConstraintFault::Number(_))
        }),
        (r#"{"constraint_type":"subpath","root":"/"}"#, |fault| {
            matches!(fault, ConstraintFault::TypeUnknown { .. })
        }),
    ];
    for (text, expected) in cases {
        let fault = read(text).unwrap_err();
        assert!(expected(&fault), "{text}: {fault:?}");
    }
    // Where `optional` may stand, it does.
    let tools =
        br#"{"read":{"path":{"constraint_type":"path_containment","optional":true,"root":"/"}}}"#;
    let tools = Capabilities::from_json(tools, Terms::new(&limits, &known)).unwrap();
    assert!(tools.tool("read").unwrap().entry("path").unwrap().is_optional());
}

/// A holder whose rules are its own gains nothing: the verifier judges by the registration.
#[test]
fn widening_by_bent_rules_is_denied() {
    struct Bent(Cidr);
    impl ExtensionConstraint for Bent {
        const NAME: &'static str = Cidr::NAME;
        const MEMBERS: &'static [&'static str] = Cidr::MEMBERS;
        const COST: Cost = Cidr::COST;

        fn parse(members: &Object) -> Result<Self, MemberFault> {
            Cidr::parse(members).map(Self)
        }

        fn accepts(&self, value: &Value, work: &mut Work) -> bool {
            self.0.accepts(value, work)
        }

        fn narrows(&self, _: &Self, _: &mut Work) -> bool {
            true
        }
    }
    let bent = |network: &str| {
        let members = Object::new([("network", Value::from(network))]).unwrap();
        Constraint::extension::<Bent>(members).unwrap()
    };
    let (limits, known) = (Limits::default(), Extensions::new().with::<Bent>().unwrap());
    let connect = ConstraintMap::new().require("to", cidr("10.0.0.0/8"));
    let grant = Grant::to(key(2).public_key().clone())
        .tool("connect", connect)
        .expires_in(HOUR)
        .max_depth(1);
    for profile in PROFILES {
        let root = issuer(profile).with_extensions(shipped()).issue(grant.clone(), NOW).unwrap();
        let root = HeldChain::parse(&root.to_bytes(), Terms::new(&limits, &known)).unwrap();
        for (network, expected) in
            [("10.1.0.0/16", None), ("0.0.0.0/0", Some(("4p4", "constraint_widened")))]
        {
            let to = key(3).public_key().clone();
            let holder = key(2);
            let derived = root.derive(&holder).to(to).narrow("connect", "to", bent(network));
            let chain = derived.sign(NOW).unwrap();
            let denied = verifier(shipped()).verify_chain(&chain.as_unverified(), NOW).err();
            let found = denied.map(|denied| (denied.step().label(), denied.code()));
            assert_eq!(found, expected, "{profile:?}: {network}");
        }
    }
}

/// In the compact profile the members are canonical JSON, and nothing else.
#[test]
fn the_compact_profile_has_one_text_for_members() {
    let connect = ConstraintMap::new().require("to", cidr("10.0.0.0/8"));
    let grant = Grant::to(key(2).public_key().clone()).tool("connect", connect).expires_in(HOUR);
    let issuer = issuer(Profile::Compact).with_extensions(shipped());
    let root = issuer.issue(grant, NOW).unwrap();
    let written = br#"{"network":"10.0.0.0/8"}"#;
    let (limits, known) = (Limits::default(), shipped());
    let bytes = root.to_bytes();
    let place = bytes.windows(written.len()).position(|window| window == written).unwrap();
    let read = |members: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[place..place + members.len()].copy_from_slice(members);
        let read = HeldChain::parse(&bytes, Terms::new(&limits, &known)).map(|_| ());
        read.map_err(|denied| match denied.reason() {
            Reason::Compact(fault) if *fault.rule() == CompactRule::NotCanonical => "canonical",
            _ => denied.code(),
        })
    };
    assert_eq!(read(written), Ok(()));
    for (members, expected) in [
        (br#"{"network":"10.0.0.0/7"}"#, Ok(())),
        (br#"{"network":"11.0.0.0/7"}"#, Err("constraint_malformed")),
        (br#"{"netwerk":"10.0.0.0/8"}"#, Err("constraint_malformed")),
        (br#"{"network":"10.0.0.0\"}}"#, Err("compact_malformed")),
        (br#"{ "network":"10.0.0.0/"}"#, Err("constraint_malformed")),
        (br#"{ "network":"0.0.0.0/8"}"#, Err("canonical")),
        (br#"["network","10.0.0.0/8"]"#, Err("compact_malformed")),
    ] {
        assert_eq!(read(members), expected, "{}", String::from_utf8_lossy(members));
    }
}
