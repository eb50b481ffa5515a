//! Two scopes, each a line of members with spaces between them, and a URL: `url_scope` against the
//! parts of a URL taken by hand.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Constraint, Object, Value, extension::UrlScope};
use taper_testkit::slow::url::{Scope, parts};

/// `scheme host port path`: a dot before the host makes it a suffix, `-` stands for nothing.
fn scope(line: &str) -> Option<Scope> {
    let mut words = line.split(' ');
    let (scheme, host) = (words.next()?, words.next()?);
    let port = words.next().filter(|port| *port != "-");
    let path = words.next().filter(|path| *path != "-");
    let (is_suffix, host) = match host.strip_prefix('.') {
        Some(suffix) => (true, suffix),
        None => (false, host),
    };
    let port = port.map(|port| port.parse().map_err(|_| ())).transpose().ok()?;
    Some(Scope {
        scheme: scheme.into(),
        host: host.into(),
        is_suffix,
        port,
        path: path.map(Into::into),
    })
}

fn constraint(scope: &Scope) -> Option<Constraint> {
    let host = if scope.is_suffix { "host_suffix" } else { "host" };
    let mut members =
        vec![("scheme", Value::from(&*scope.scheme)), (host, Value::from(&*scope.host))];
    members.extend(scope.port.map(|port| ("port", port.into())));
    members.extend(scope.path.as_deref().map(|path| ("path_prefix", path.into())));
    Constraint::extension::<UrlScope>(Object::new(members).ok()?).ok()
}

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(wide), Some(narrow), Some(value)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let (Some(wide), Some(narrow)) = (scope(wide), scope(narrow)) else {
        return;
    };
    let (above, below) = (constraint(&wide), constraint(&narrow));
    // Which labels are good international ones, only tables tell.
    if !wide.host.contains("xn--") {
        assert_eq!(above.is_some(), wide.is_formed(), "{wide:?}");
    }
    let (Some(above), Some(below)) = (above, below) else {
        return;
    };
    assert_eq!(below.narrows(&above), narrow.lies_in(&wide), "{narrow:?} in {wide:?}");
    let url = parts(value);
    let accepted = above.accepts(&Value::from(value));
    let expected = url.as_ref().is_some_and(|url| wide.holds(url));
    let may_differ = url.is_some_and(|url| url.is_international);
    assert!(accepted == expected || (may_differ && !accepted), "{value:?} in {wide:?}");
    if below.narrows(&above) && below.accepts(&Value::from(value)) {
        assert!(accepted);
    }
});
