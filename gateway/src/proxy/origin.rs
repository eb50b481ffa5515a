//! Which web pages may talk to a server, and under which names it goes.
//!
//! A page of anybody's can make a browser send requests to a server that only this machine
//! reaches, by giving its own name the server's address (DNS rebinding). The browser then tells
//! the page's name, in `Origin` or in `Host`.

use http::{HeaderMap, Uri, header};
use std::{collections::BTreeSet, net::SocketAddr};

/// What `Origin` and `Host` may be.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    allowed: BTreeSet<Box<str>>,
    local: bool,
}

impl Origins {
    /// The rules of a server that listens at `address`: no pages; on a loopback address those of
    /// this machine, and no other names.
    pub fn at(address: SocketAddr) -> Self {
        Self { allowed: BTreeSet::new(), local: address.ip().is_loopback() }
    }

    /// Lets pages of `origin` in, such as `https://app.example.com`, and its host as a name.
    #[must_use]
    pub fn with(mut self, origin: impl Into<Box<str>>) -> Self {
        self.allowed.insert(origin.into());
        self
    }

    /// Whether a request with these headers may be looked at.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let origin = text(header::ORIGIN);
        if origin.is_some_and(|origin| !self.is_allowed(origin)) {
            return false;
        }
        !self.local
            || text(header::HOST).is_some_and(|host| {
                is_local(host) || self.allowed.iter().any(|origin| host_of(origin) == Some(host))
            })
    }

    fn is_allowed(&self, origin: &str) -> bool {
        self.allowed.contains(origin) || self.local && host_of(origin).is_some_and(is_local)
    }
}

fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}

/// Whether `host`, perhaps with a port, is this machine whoever resolves it.
fn is_local(host: &str) -> bool {
    let Ok(uri) = host.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    authority.as_str() == host
        && !host.contains('@')
        && matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_ask() {
        let local = Origins::at("127.0.0.1:80".parse().unwrap());
        let named = local.clone().with("https://app.example.com");
        let public = Origins::at("0.0.0.0:80".parse().unwrap());
        let listed = public.clone().with("https://app.example.com");
        let rows = [
            (&local, None, "localhost:8000", true),
            (&local, None, "127.0.0.1", true),
            (&local, None, "[::1]:80", true),
            (&local, None, "evil.example", false),
            (&local, None, "localhost.evil.example", false),
            (&local, None, "a@localhost", false),
            (&local, Some("http://localhost:3000"), "localhost:8000", true),
            (&local, Some("http://evil.example"), "localhost:8000", false),
            (&local, Some("null"), "localhost:8000", false),
            (&named, Some("https://app.example.com"), "app.example.com", true),
            (&public, None, "guard.example.com", true),
            (&public, Some("http://localhost:3000"), "guard.example.com", false),
            (&listed, Some("https://app.example.com"), "guard.example.com", true),
            (&listed, Some("http://app.example.com"), "guard.example.com", false),
        ];
        for (origins, origin, host, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers.extend(origin.map(|origin| (header::ORIGIN, origin.parse().unwrap())));
            assert_eq!(origins.admit(&headers), expected, "{origin:?} {host}");
        }
        assert!(!local.admit(&HeaderMap::new()));
    }
}
