//! The checker passes the shipped types, and finds planted faults of every kind.

use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use taper::{
    Constraint, Object, Value,
    extension::{
        Cidr, Cost, ExtensionConstraint, ExtensionsError, MemberFault, PathContainment, StepBound,
        UrlScope, Work, listed,
        soundness::{Counterexample, Samples, check},
        strategy,
    },
};

pub(super) const PATHS: [&str; 12] = [
    "/",
    "/data",
    "/data/a",
    "/data/a/b",
    "/data-old",
    "/data/../etc",
    "/data/./a//b/",
    "//data",
    "/data/a/..",
    "/dat",
    "data",
    "",
];
pub(super) const NETWORKS: [&str; 12] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.3/32",
    "10.1.2.2/31",
    "172.16.0.0/12",
    "::/0",
    "2001:db8::/32",
    "2001:db8:1::/48",
    "2001:db8::1/128",
    "::ffff:0:0/96",
    "10.0.0.1/8",
];
pub(super) const ADDRESSES: [&str; 10] = [
    "10.1.2.3",
    "10.255.0.1",
    "11.0.0.0",
    "010.1.2.3",
    "::ffff:10.1.2.3",
    "2001:db8::1",
    "2001:DB8:0::1",
    "fe80::1%eth0",
    "167837955",
    "::",
];
pub(super) const URLS: [&str; 15] = [
    "https://example.com",
    "https://example.com/",
    "https://api.example.com/v1/a?b=c",
    "https://example.com/v1",
    "https://example.com/v10",
    "http://example.com/v1",
    "https://example.com:8443/v1",
    "https://evilexample.com/v1",
    "https://example.com@evil.example/",
    "https://example.com/v1/..%2fadmin",
    "https://example.com/v1/%EF%BC%8E%E2%80%A5/a",
    "https://example.com/v1/..%EF%BC%8Fa%E2%84%80",
    "https://example.com/v1/a+%C2%A0.%3F/b",
    "https://[2001:db8::1]/",
    "https://10.0.0.1/",
];
const SCOPES: [&str; 11] = [
    r#"{"scheme":"https","host":"example.com"}"#,
    r#"{"scheme":"https","host":"api.example.com"}"#,
    r#"{"scheme":"https","host_suffix":"example.com"}"#,
    r#"{"scheme":"https","host_suffix":"com"}"#,
    r#"{"scheme":"https","host_suffix":"api.example.com","path_prefix":"/v1"}"#,
    r#"{"scheme":"https","host_suffix":"example.com","path_prefix":"/v1"}"#,
    r#"{"scheme":"https","host_suffix":"example.com","path_prefix":"/v10","port":443}"#,
    r#"{"scheme":"https","host_suffix":"example.com","port":8443}"#,
    r#"{"scheme":"http","host_suffix":"example.com"}"#,
    r#"{"scheme":"https","host":"10.0.0.1"}"#,
    r#"{"scheme":"https","host":"[2001:db8::1]"}"#,
];

fn member(name: &'static str) -> impl Fn(&str) -> Object {
    move |text| Object::new([(name, Value::from(text))]).unwrap()
}

fn scope(text: &str) -> Object {
    Object::from_json(text.as_bytes()).unwrap()
}

fn others() -> Vec<Constraint> {
    let path = PathContainment::constraint("/data").unwrap();
    let all = taper::all([path, taper::exact("/data").unwrap()]).unwrap();
    vec![taper::at_most(3), taper::contains(["/data"]), taper::subset(["10.1.2.3"]), all]
}

#[test]
fn the_shipped_types_pass() {
    let paths = Samples::new().constraints(PATHS.map(member("root"))).values(PATHS);
    let networks = Samples::new().constraints(NETWORKS.map(member("network"))).values(ADDRESSES);
    let scopes = Samples::new().constraints(SCOPES.map(scope)).values(URLS);
    for (name, report) in [
        ("path_containment", check::<PathContainment>(&paths.others(others()))),
        ("cidr", check::<Cidr>(&networks.others(others()))),
        ("url_scope", check::<UrlScope>(&scopes.others(others()))),
    ] {
        let report = report.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let counts = [report.constraints, report.accepted, report.narrowing, report.cross_type];
        assert!(counts.iter().all(|count| *count > 4), "{name}: {report:?}");
    }
}

proptest! {
    #[test]
    fn path_containment_is_sound(
        samples in strategy::samples(strategy::text_member("root", &PATHS), strategy::values(&PATHS))
    ) {
        prop_assert_eq!(check::<PathContainment>(&samples).err(), None);
    }

    #[test]
    fn cidr_is_sound(
        samples in strategy::samples(
            strategy::text_member("network", &NETWORKS),
            strategy::values(&ADDRESSES),
        )
    ) {
        prop_assert_eq!(check::<Cidr>(&samples).err(), None);
    }

    #[test]
    fn url_scope_is_sound(
        samples in strategy::samples(scopes(), strategy::values(&URLS))
    ) {
        prop_assert_eq!(check::<UrlScope>(&samples).err(), None);
    }
}

/// Scopes near those above, member by member.
pub(super) fn scopes() -> impl Strategy<Value = Object> {
    let hosts = ["example.com", "api.example.com", "com", "10.0.0.1", "[2001:db8::1]"];
    let host = (prop::bool::ANY, strategy::texts(&hosts));
    let path =
        prop::option::of(strategy::texts(&["/", "/v1", "/v1/a", "/v10", "/a/.%C2%A0%EF%BC%8E"]));
    let port = prop::option::of(prop::sample::select(vec![80_u32, 443, 8443, 0]));
    let scheme = strategy::texts(&["https", "https", "http"]);
    (scheme, host, path, port).prop_map(|(scheme, (suffix, host), path, port)| {
        let name = if suffix { "host_suffix" } else { "host" };
        let mut members = vec![("scheme", Value::from(scheme)), (name, host.into())];
        members.extend(path.map(|path| ("path_prefix", path.into())));
        members.extend(port.map(|port| ("port", port.into())));
        Object::new(members).unwrap()
    })
}

/// Accepts texts that begin with `start`, with one fault planted.
struct Planted<const FAULT: u8> {
    start: String,
    asked: AtomicBool,
}

const NONE: u8 = 0;
const NARROWS_THE_WRONG_WAY: u8 = 1;
const ADMITS_ANY_EXACT: u8 = 2;
const NARROWS_ANY_NOT_ONE_OF: u8 = 3;
const NOT_REFLEXIVE: u8 = 4;
const TOO_COSTLY: u8 = 5;
const FORGETFUL: u8 = 6;

impl<const FAULT: u8> ExtensionConstraint for Planted<FAULT> {
    const NAME: &'static str = "planted";
    const MEMBERS: &'static [&'static str] = &["start"];
    const COST: Cost = Cost { accepts: StepBound::linear(1, 0), narrows: StepBound::linear(1, 0) };

    fn parse(members: &Object) -> Result<Self, MemberFault> {
        let start = members.get("start").and_then(Value::as_str);
        let start = start.ok_or(MemberFault::new("start", "a string"))?.to_owned();
        Ok(Self { start, asked: AtomicBool::new(false) })
    }

    fn accepts(&self, value: &Value, work: &mut Work) -> bool {
        let steps = if FAULT == TOO_COSTLY { 1000 } else { self.start.len() };
        work.add(steps);
        let forgets = FAULT == FORGETFUL && self.asked.fetch_not(Ordering::Relaxed);
        value.as_str().is_some_and(|text| text.starts_with(&self.start)) && !forgets
    }

    fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
        work.add(parent.start.len());
        match FAULT {
            NARROWS_THE_WRONG_WAY => parent.start.starts_with(&self.start),
            NOT_REFLEXIVE => self.start.len() > parent.start.len(),
            _ => self.start.starts_with(&parent.start),
        }
    }

    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        let values = listed(child).unwrap_or_default();
        let accepts =
            |value: &Value, work: &mut Work| FAULT == ADMITS_ANY_EXACT || self.accepts(value, work);
        !values.is_empty() && values.iter().all(|value| accepts(value, work))
    }

    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool {
        let Constraint::NotOneOf(excluded) = parent else { return false };
        FAULT == NARROWS_ANY_NOT_ONE_OF || !excluded.iter().any(|value| self.accepts(value, work))
    }
}

fn planted<const FAULT: u8>() -> Result<(), Counterexample> {
    let samples =
        Samples::new().constraints(["a", "ab", "b"].map(member("start"))).values(["a", "ab", "bc"]);
    check::<Planted<FAULT>>(&samples).map(|_| ())
}

#[test]
fn every_planted_fault_is_found() {
    assert_eq!(planted::<NONE>(), Ok(()));
    let wrong_way = planted::<NARROWS_THE_WRONG_WAY>();
    let Err(Counterexample::Widens { parent, child, value }) = wrong_way else {
        panic!("{wrong_way:?}");
    };
    assert_eq!((parent.type_name(), child.type_name()), ("planted", "planted"));
    assert!(child.accepts(&value) && !parent.accepts(&value));

    let above = planted::<ADMITS_ANY_EXACT>();
    let Err(Counterexample::Widens { parent, child, value }) = above else { panic!("{above:?}") };
    assert_eq!((parent.type_name(), child.type_name()), ("planted", "exact"));
    assert!(child.accepts(&value) && !parent.accepts(&value));

    let below = planted::<NARROWS_ANY_NOT_ONE_OF>();
    let Err(Counterexample::Widens { parent, child, value }) = below else { panic!("{below:?}") };
    assert_eq!((parent.type_name(), child.type_name()), ("not_one_of", "planted"));
    assert!(child.accepts(&value) && !parent.accepts(&value));

    let reflexive = planted::<NOT_REFLEXIVE>();
    assert!(matches!(reflexive, Err(Counterexample::NotReflexive { .. })), "{reflexive:?}");
    let cost = planted::<TOO_COSTLY>();
    let Err(Counterexample::TooCostly { rule: "accepts", steps: 1000, bound, .. }) = cost else {
        panic!("{cost:?}");
    };
    assert_eq!(bound, r#"{"start":"a"}"a""#.len() as u64);
    let flaky = planted::<FORGETFUL>();
    let expected = matches!(flaky, Err(Counterexample::NotDeterministic { rule: "accepts", .. }));
    assert!(expected, "{flaky:?}");
}

/// The fault of the documentation's example, found also by samples that nobody chose.
#[test]
fn drawn_samples_find_the_planted_fault() {
    let starts = ["a", "ab", "abc"];
    let samples =
        strategy::samples(strategy::text_member("start", &starts), strategy::values(&starts));
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let found = runner.run(&samples, |samples| {
        prop_assert_eq!(check::<Planted<NARROWS_THE_WRONG_WAY>>(&samples).err(), None);
        Ok(())
    });
    assert!(found.is_err());
}

/// A name or a member that the draft has taken.
#[test]
fn definitions_are_checked() {
    struct Named<const N: usize>;
    const NAMES: [&str; 4] = ["exact", "", "other", "fine"];
    impl<const N: usize> ExtensionConstraint for Named<N> {
        const NAME: &'static str = NAMES[N];
        const MEMBERS: &'static [&'static str] = if N == 2 { &["optional"] } else { &[] };
        const COST: Cost =
            Cost { accepts: StepBound::linear(0, 0), narrows: StepBound::linear(0, 0) };

        fn parse(_: &Object) -> Result<Self, MemberFault> {
            Ok(Self)
        }

        fn accepts(&self, _: &Value, _: &mut Work) -> bool {
            true
        }

        fn narrows(&self, _: &Self, _: &mut Work) -> bool {
            true
        }
    }
    let none = Samples::new();
    let definition = |found| match found {
        Err(Counterexample::Definition(error)) => Some(error),
        _ => None,
    };
    let taken = |name| Some(ExtensionsError::NameTaken { name });
    assert_eq!(definition(check::<Named<0>>(&none)), taken("exact"));
    assert_eq!(definition(check::<Named<1>>(&none)), taken(""));
    let member = ExtensionsError::MemberTaken { name: "other", member: "optional" };
    assert_eq!(definition(check::<Named<2>>(&none)), Some(member));
    assert!(check::<Named<3>>(&none).is_ok());
    let twice = taper::extension::Extensions::new().with::<Named<3>>().unwrap().with::<Named<3>>();
    assert_eq!(twice.unwrap_err(), ExtensionsError::NameTwice { name: "fine" });
}
