//! The shipped types against a second, slower way to decide.

use super::soundness::{ADDRESSES, NETWORKS, PATHS, URLS, scopes};
use proptest::prelude::*;
use taper::{
    Constraint, Object, Value,
    extension::{Cidr, PathContainment, UrlScope, strategy},
};
use taper_testkit::slow::{address, path, url};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn paths(parent in near(&PATHS), child in near(&PATHS), value in near(&PATHS)) {
        let read = PathContainment::constraint;
        prop_assert_eq!(PathContainment::normalized(&value).is_some(), path::folded(&value).is_some());
        prop_assert_eq!(read(&parent).is_ok(), path::folded(&parent).is_some(), "{:?}", parent);
        if let (Ok(above), Ok(below)) = (read(&parent), read(&child)) {
            prop_assert_eq!(above.accepts(&text(&value)), path::is_below(&value, &parent));
            prop_assert_eq!(below.narrows(&above), path::is_below(&child, &parent));
        }
    }

    #[test]
    fn networks(parent in near(&NETWORKS), child in near(&NETWORKS), value in near(&ADDRESSES)) {
        let read = Cidr::constraint;
        prop_assert_eq!(read(&parent).is_ok(), address::network(&parent).is_some(), "{:?}", parent);
        if let (Ok(above), Ok(below)) = (read(&parent), read(&child)) {
            prop_assert_eq!(above.accepts(&text(&value)), address::holds(&parent, &value));
            prop_assert_eq!(below.narrows(&above), address::lies_in(&child, &parent));
        }
    }

    #[test]
    fn scopes_of_urls(parent in scopes(), child in scopes(), value in near(&URLS)) {
        let formed = |members: &Object| Constraint::extension::<UrlScope>(members.clone());
        let (outer, inner) = (scope(&parent), scope(&child));
        for (members, scope) in [(&parent, &outer), (&child, &inner)] {
            let is_international = scope.host.contains("xn--");
            prop_assert!(formed(members).is_ok() == scope.is_formed() || is_international, "{}", members.to_jcs());
        }
        if let (Ok(above), Ok(below)) = (formed(&parent), formed(&child)) {
            prop_assert_eq!(below.narrows(&above), inner.lies_in(&outer));
            let parts = url::parts(&value);
            let expected = parts.as_ref().is_some_and(|parts| outer.holds(parts));
            let found = above.accepts(&text(&value));
            let is_international = parts.is_some_and(|parts| parts.is_international);
            prop_assert!(found == expected || (is_international && !found), "{:?}", value);
        }
    }
}

/// Each character, percent-encoded, alone and after a dot: whether it makes a step or a separator.
#[test]
fn characters_in_urls() {
    let planes = (0..0x1_0000).chain(0x1_BC00..0x1_BD00).chain(0x1_D100..0x1_D200);
    let characters = planes.chain(0xE_0000..0xE_1100).filter_map(char::from_u32);
    let scope = Object::from_json(br#"{"scheme":"https","host":"x","path_prefix":"/v1"}"#).unwrap();
    let scope = Constraint::extension::<UrlScope>(scope).unwrap();
    let mut accepted = 0;
    for character in characters {
        let encoded: String =
            character.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        for name in [encoded.clone(), format!(".{encoded}")] {
            let url = format!("https://x/v1/{name}/a");
            let found = scope.accepts(&text(&url));
            assert_eq!(found, url::parts(&url).is_some(), "{url}");
            accepted += usize::from(found);
        }
    }
    assert!(accepted > 100_000, "{accepted}");
}

fn near(seeds: &[&str]) -> impl Strategy<Value = String> + use<> {
    strategy::texts(seeds)
}

fn text(value: &str) -> Value {
    Value::from(value)
}

fn scope(members: &Object) -> url::Scope {
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let port = members.get("port").and_then(Value::as_number).and_then(|port| port.as_integer());
    let suffix = text("host_suffix");
    url::Scope {
        scheme: text("scheme").unwrap(),
        is_suffix: suffix.is_some(),
        host: suffix.or_else(|| text("host")).unwrap(),
        port: port.map(|port| u32::try_from(port).unwrap()),
        path: text("path_prefix"),
    }
}
