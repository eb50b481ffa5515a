//! `url_scope`: URLs of one scheme, host or domain, port and path prefix (`spec/extensions.md` 5).

use super::{Cost, ExtensionConstraint, MemberFault, StepBound, Work, listed};
use crate::{
    json::{Object, Value},
    model::Constraint,
};
use alloc::{boxed::Box, string::String};

mod spelling;

use spelling::{domain, read};

/// Accepts URLs of one scheme, one host or domain, one port, at or below one path.
///
/// A URL is accepted only in the one spelling that the WHATWG URL standard writes it in, so there
/// is nothing for a second reader to repair differently. The name is not resolved, and nothing is
/// fetched: where a name leads, and where a server redirects to, this cannot know.
///
/// ```
/// use taper::{Constraint, Object, Value, extension::UrlScope};
///
/// let members = br#"{"scheme": "https", "host_suffix": "example.com", "path_prefix": "/v1"}"#;
/// let api = Constraint::extension::<UrlScope>(Object::from_json(members)?)?;
/// assert!(api.accepts(&Value::from("https://eu.api.example.com/v1/files?limit=3")));
/// assert!(!api.accepts(&Value::from("https://evil-example.com/v1/files")));
/// assert!(!api.accepts(&Value::from("https://example.com/v1/..%2fadmin")));
/// assert!(!api.accepts(&Value::from("https://example.com\\@evil.example/v1")));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlScope {
    scheme: Scheme,
    host: Hosts,
    port: u16,
    /// Without a slash at its end; empty for `/`.
    path: Box<str>,
}

/// The schemes whose URLs always have a host that is a name or an address, and a default port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    Ws,
    Wss,
}

impl Scheme {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "http" => Self::Http,
            "https" => Self::Https,
            "ws" => Self::Ws,
            "wss" => Self::Wss,
            _ => return None,
        })
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http | Self::Ws => 80,
            Self::Https | Self::Wss => 443,
        }
    }
}

/// Which hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// This one, a name or an address, as a URL has it.
    One(Box<str>),
    /// This name and all below it.
    Below(Box<str>),
}

impl Hosts {
    fn len(&self) -> usize {
        match self {
            Self::One(name) | Self::Below(name) => name.len(),
        }
    }

    fn hold(&self, host: &str) -> bool {
        match self {
            Self::One(name) => **name == *host,
            Self::Below(suffix) => is_below(host, suffix),
        }
    }

    fn narrow(&self, parent: &Self) -> bool {
        match (parent, self) {
            (parent, Self::One(name)) => parent.hold(name),
            (Self::Below(above), Self::Below(below)) => is_below(below, above),
            (Self::One(_), Self::Below(_)) => false,
        }
    }
}

/// Whether a name is `suffix` or ends in it after a dot. An address never is: a suffix is not
/// allowed to be the end of one.
fn is_below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl UrlScope {
    fn host(members: &Object, scheme: &str) -> Result<Hosts, MemberFault> {
        let text = |name| members.get(name).map(Value::as_str);
        match (text("host"), text("host_suffix")) {
            (Some(host), None) => {
                let fault = MemberFault::new("host", "a name or an address as a URL has it");
                let host = host.filter(|host| {
                    // As the whole authority it must come back as it is.
                    let url = String::from_iter([scheme, "://", host, "/"]);
                    read(&url, &mut Work::new()).is_some_and(|url| url.host_str() == Some(host))
                });
                host.map(|host| Hosts::One(host.into())).ok_or(fault)
            }
            (None, Some(suffix)) => {
                let fault = MemberFault::new("host_suffix", "a name, in lower case, no dot around");
                let suffix = suffix.filter(|suffix| domain(suffix));
                suffix.map(|suffix| Hosts::Below(suffix.into())).ok_or(fault)
            }
            _ => Err(MemberFault::new("host", "given, or `host_suffix`, not both")),
        }
    }

    fn path(members: &Object) -> Result<Box<str>, MemberFault> {
        let Some(prefix) = members.get("path_prefix") else {
            return Ok("".into());
        };
        let prefix = prefix.as_str().filter(|prefix| {
            let url = String::from_iter(["https://x", prefix]);
            let read = read(&url, &mut Work::new());
            let whole = read.is_some_and(|url| url.path() == *prefix && url.query().is_none());
            whole && (*prefix == "/" || !(prefix.ends_with('/') || prefix.contains("//")))
        });
        let expected = "a path as a URL has it, no segment of it empty unless it is `/`";
        let prefix = prefix.ok_or(MemberFault::new("path_prefix", expected))?;
        Ok(prefix.strip_suffix('/').unwrap_or(prefix).into())
    }

    fn port(members: &Object, scheme: Scheme) -> Result<u16, MemberFault> {
        let Some(port) = members.get("port") else {
            return Ok(scheme.default_port());
        };
        let port = port.as_number().and_then(|port| port.as_integer());
        let port = port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
        port.ok_or(MemberFault::new("port", "a whole number from 1 to 65535"))
    }
}

impl ExtensionConstraint for UrlScope {
    const NAME: &'static str = "url_scope";
    const MEMBERS: &'static [&'static str] =
        &["scheme", "host", "host_suffix", "port", "path_prefix"];
    const COST: Cost = Cost { accepts: StepBound::linear(5, 8), narrows: StepBound::linear(5, 8) };

    fn parse(members: &Object) -> Result<Self, MemberFault> {
        let fault = MemberFault::new("scheme", "`http`, `https`, `ws` or `wss`");
        let name = members.get("scheme").and_then(Value::as_str).ok_or(fault)?;
        let scheme = Scheme::named(name).ok_or(fault)?;
        Ok(Self {
            scheme,
            host: Self::host(members, name)?,
            port: Self::port(members, scheme)?,
            path: Self::path(members)?,
        })
    }

    fn accepts(&self, value: &Value, work: &mut Work) -> bool {
        let Some(url) = value.as_str().and_then(|text| read(text, work)) else {
            return false;
        };
        work.add(value.as_str().map_or(0, str::len));
        Scheme::named(url.scheme()) == Some(self.scheme)
            && url.port_or_known_default() == Some(self.port)
            && url.host_str().is_some_and(|host| self.host.hold(host))
            && covers(&self.path, url.path())
    }

    fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
        work.add(self.host.len().saturating_add(self.path.len()).saturating_add(1));
        self.scheme == parent.scheme
            && self.port == parent.port
            && self.host.narrow(&parent.host)
            && covers(&parent.path, &self.path)
    }

    /// `exact` and `one_of` whose values are all accepted.
    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        listed(child).is_some_and(|values| values.iter().all(|value| self.accepts(value, work)))
    }

    /// `not_one_of` whose values are all refused.
    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool {
        match parent {
            Constraint::NotOneOf(excluded) => {
                !excluded.iter().any(|value| self.accepts(value, work))
            }
            _ => false,
        }
    }
}

/// Whether `path` is `prefix` or continues it after a slash.
fn covers(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
