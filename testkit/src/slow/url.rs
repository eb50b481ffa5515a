//! `url_scope`: URLs taken apart by hand, their parts compared.

use super::address::{v6, write_v6};

/// The parts of a URL that is spelled as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The scheme.
    pub scheme: String,
    /// A name or an address, in brackets for IPv6.
    pub host: String,
    /// The port, written or the scheme's own.
    pub port: u32,
    /// The path, `/` where it was empty.
    pub path: String,
    /// A label of the host begins with `xn--`: whether it is a good one, only tables tell.
    pub is_international: bool,
}

/// A scope's members, as they are given.
#[derive(Clone, Debug)]
pub struct Scope {
    /// `scheme`.
    pub scheme: String,
    /// `host`, or `host_suffix`.
    pub host: String,
    /// It is `host_suffix`.
    pub is_suffix: bool,
    /// `port`.
    pub port: Option<u32>,
    /// `path_prefix`.
    pub path: Option<String>,
}

fn own_port(scheme: &str) -> Option<u32> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    name.len() <= 253
        && name.split('.').all(|label| (1..=63).contains(&label.len()) && label.chars().all(plain))
        && name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_alphabetic()))
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return v6(inner).is_some_and(|number| write_v6(number) == inner);
    }
    let numbers: Vec<&str> = host.split('.').collect();
    let is_v4 = numbers.len() == 4
        && numbers.iter().all(|number| (0..256).any(|n: u32| n.to_string() == *number));
    is_v4 || is_name(host)
}

fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}

fn is_pchar(c: char) -> bool {
    is_unreserved(c) || "!$&'()*+,;=:@".contains(c)
}

fn is_segment(segment: &str) -> bool {
    let mut decoded = vec![];
    let mut rest = segment;
    while let Some(c) = rest.chars().next() {
        if c == '%' {
            let Some(digits) = rest.get(1..3) else { return false };
            if !digits.chars().all(|c| "0123456789ABCDEF".contains(c)) {
                return false;
            }
            let Ok(octet) = u8::from_str_radix(digits, 16) else { return false };
            let c = char::from(octet);
            if octet < 128 && (is_unreserved(c) || "/\\;%".contains(c) || c.is_ascii_control()) {
                return false;
            }
            decoded.push(octet);
            rest = &rest[3..];
        } else {
            if !is_pchar(c) {
                return false;
            }
            decoded.extend(c.to_string().into_bytes());
            rest = &rest[1..];
        }
    }
    let Ok(decoded) = String::from_utf8(decoded) else { return false };
    // As the server sees it that knows ASCII alone.
    let folded: String = decoded.chars().map(in_ascii).collect();
    let gains = |mark| folded.matches(mark).count() > decoded.matches(mark).count();
    if ["/", "\\", ";", "%"].into_iter().any(gains) {
        return false;
    }
    let end = [";", "?", "#"].iter().filter_map(|mark| folded.find(mark)).min();
    let stripped = folded[..end.unwrap_or(folded.len())].replace('+', "");
    stripped.is_empty() || stripped.chars().any(|c| c != '.' && c != ' ')
}

/// What a character is made into: its compatibility form where that has marks of a path in it, `+`
/// for what is stripped, `a` for others beyond ASCII.
fn in_ascii(c: char) -> String {
    let forms = [
        ("\u{2024}\u{FE52}\u{FF0E}", "."),
        ("\u{2025}\u{FE30}", ".."),
        ("\u{2026}\u{FE19}", "..."),
        ("\u{2044}\u{2215}\u{FF0F}", "/"),
        ("\u{2100}\u{2101}\u{2105}\u{2106}", "a/b"),
        ("\u{2216}\u{FE68}\u{FF3C}", "\\"),
        ("\u{37E}\u{FE14}\u{FE54}\u{FF1B}", ";"),
        ("\u{FE6A}\u{FF05}", "%"),
    ];
    // White space, controls, and what Unicode says to ignore when it cannot be shown.
    let ignored = [
        0xAD..=0xAD,
        0x34F..=0x34F,
        0x61C..=0x61C,
        0x115F..=0x1160,
        0x17B4..=0x17B5,
        0x180B..=0x180F,
        0x200B..=0x200F,
        0x202A..=0x202E,
        0x2060..=0x206F,
        0x3164..=0x3164,
        0xFE00..=0xFE0F,
        0xFEFF..=0xFEFF,
        0xFFA0..=0xFFA0,
        0xFFF0..=0xFFFB,
        0x1_BCA0..=0x1_BCA3,
        0x1_D173..=0x1_D17A,
        0xE_0000..=0xE_0FFF,
    ];
    let is_ignored = ignored.iter().any(|range| range.contains(&u32::from(c)));
    match forms.iter().find(|(from, _)| from.contains(c)) {
        Some((_, form)) => (*form).into(),
        None if c.is_ascii() => c.into(),
        None if c.is_whitespace() || c.is_control() || is_ignored => "+".into(),
        None => "a".into(),
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.split('/').all(is_segment)
}

fn is_query(query: &str) -> bool {
    let mut pieces = query.split('%');
    let plain = |text: &str| text.chars().all(|c| c != '\'' && (is_pchar(c) || "/?".contains(c)));
    pieces.next().is_some_and(plain)
        && pieces.all(|piece| {
            let digits = piece.get(..2);
            digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))
                && plain(&piece[2..])
        })
}

/// Takes a URL apart; `None` when it is not spelled as it must be.
pub fn parts(text: &str) -> Option<Parts> {
    if text.len() > 2048 || !text.chars().all(|c| ('!'..='~').contains(&c)) {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let own = own_port(scheme)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (host, port) = match authority.rsplit_once(':') {
        // A colon inside brackets is the address's.
        Some((host, port)) if !port.contains(']') => {
            let port = (0..=65_535).find(|number: &u32| number.to_string() == port)?;
            if port == own {
                return None;
            }
            (host, port)
        }
        _ => (authority, own),
    };
    if !is_host(host) {
        return None;
    }
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    if !(path.is_empty() && query.is_none() || is_path(path)) || !query.is_none_or(is_query) {
        return None;
    }
    let path = if path.is_empty() { "/" } else { path };
    Some(Parts {
        scheme: scheme.into(),
        host: host.into(),
        port,
        path: path.into(),
        is_international: host.split('.').any(|label| label.starts_with("xn--")),
    })
}

fn is_same_or_after(whole: &str, end: &str) -> bool {
    whole == end || whole.ends_with(&format!(".{end}"))
}

fn is_same_or_before(whole: &str, start: &str) -> bool {
    let start = start.trim_end_matches('/');
    whole == start || whole.starts_with(&format!("{start}/"))
}

impl Scope {
    /// Whether the members make a constraint.
    pub fn is_formed(&self) -> bool {
        let path = self.path.as_deref().unwrap_or("/");
        own_port(&self.scheme).is_some()
            && (if self.is_suffix { is_name(&self.host) } else { is_host(&self.host) })
            && self.port.is_none_or(|port| (1..=65_535).contains(&port))
            && is_path(path)
            && (path == "/" || path.split('/').skip(1).all(|name| !name.is_empty()))
    }

    fn port(&self) -> Option<u32> {
        self.port.or(own_port(&self.scheme))
    }

    /// Whether the URL is in scope; the scope must be formed.
    pub fn holds(&self, url: &Parts) -> bool {
        let host = match self.is_suffix {
            true => is_same_or_after(&url.host, &self.host),
            false => url.host == self.host,
        };
        host && url.scheme == self.scheme
            && Some(url.port) == self.port()
            && is_same_or_before(&url.path, self.path.as_deref().unwrap_or("/"))
    }

    /// Whether the scope lies in another; both must be formed.
    pub fn lies_in(&self, outer: &Self) -> bool {
        let host = match (outer.is_suffix, self.is_suffix) {
            (true, _) => is_same_or_after(&self.host, &outer.host),
            (false, false) => self.host == outer.host,
            (false, true) => false,
        };
        let [inside, around] = [self, outer].map(|scope| scope.path.as_deref().unwrap_or("/"));
        let path = is_same_or_before(inside, around);
        host && path && self.scheme == outer.scheme && self.port() == outer.port()
    }
}
