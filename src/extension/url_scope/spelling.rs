//! The one spelling of a URL that every reader takes for the same.

use crate::extension::Work;
use alloc::vec::Vec;
use url::{Host, Url};

/// The longest URL: what common servers and clients take. It bounds what a call can cost.
const LONGEST: usize = 2048;
/// The longest host name, and the longest label, that can be resolved (RFC 1035 2.3.4).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Reads a URL that is spelled as the WHATWG standard writes it, and leaves nothing to repair:
///
/// - the text is what the parser writes back, but that `https://host` may stand for
///   `https://host/`;
/// - no user name, no password, no fragment;
/// - the host is an address, or a name of plain ASCII labels without a dot at its end;
/// - path and query have the characters of RFC 3986 alone, and in the path no segment hides a
///   separator or a step up behind percent-encoding.
pub(super) fn read(text: &str, work: &mut Work) -> Option<Url> {
    if text.len() > LONGEST {
        return None;
    }
    work.add(text.len());
    // What is not ASCII the parser would have to encode, and a long name to look up in its tables.
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) || authority_is_long(text) {
        return None;
    }
    work.add(text.len());
    let url = Url::parse(text).ok()?;
    work.add(text.len());
    let written = url.as_str();
    let is_bare_host = url.path() == "/" && url.query().is_none();
    let is_itself = written == text || (is_bare_host && written.strip_suffix('/') == Some(text));
    let has_userinfo = authority(text).contains('@');
    let host_is_plain = match url.host()? {
        Host::Domain(name) => domain(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    work.add(text.len());
    (is_itself
        && !has_userinfo
        && url.fragment().is_none()
        && host_is_plain
        && url.path().split('/').all(segment_is_plain)
        && url.query().is_none_or(query_is_plain))
    .then_some(url)
}

/// What stands between `//` and the path.
fn authority(text: &str) -> &str {
    let after = text.split_once("//").map_or("", |(_, after)| after);
    after.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

fn authority_is_long(text: &str) -> bool {
    // A port is at most a colon and five digits.
    authority(text).len() > LONGEST_NAME.saturating_add(6)
}

/// Whether a host name is what a URL has and a resolver takes: labels of lower-case letters,
/// digits, hyphens and underscores, dots between them and nowhere else. The last label has a
/// letter first, so that no reader takes the name for an address.
pub(super) fn domain(name: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    let is_label =
        |label: &str| (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(plain);
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= LONGEST_NAME
        && name.split('.').all(is_label)
        && last.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Whether a segment means to all servers what it says: every `%` is followed by two hex digits in
/// upper case; what they say is UTF-8 and neither a separator, a semicolon, a percent sign, a
/// control, one that is made into these, nor a character that needs no encoding; and it is no step,
/// also not before parameters after a semicolon, which some servers cut off before they walk the
/// path, or before an encoded `?` or `#`, which end it for whoever parses it again once it is
/// decoded (X-url-13, X-url-14).
fn segment_is_plain(segment: &str) -> bool {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            if !is_pchar(byte) {
                return false;
            }
            decoded.push(byte);
            continue;
        }
        let octet = match (bytes.next().and_then(hex), bytes.next().and_then(hex)) {
            (Some(high), Some(low)) => (high << 4) | low,
            _ => return false,
        };
        if is_unreserved(octet) || is_dangerous(octet) {
            return false;
        }
        decoded.push(octet);
    }
    let Ok(decoded) = core::str::from_utf8(&decoded) else {
        return false;
    };
    let name = decoded.split([';', '?', '#']).next().unwrap_or_default();
    !is_step(name) && !decoded.contains(becomes_separator)
}

/// Whether a name is made of dots, and of what servers strip from around and between them or decode
/// to a space: then one of them takes it for `.` or `..`.
fn is_step(name: &str) -> bool {
    let is_dot = |c: char| matches!(c, '.' | ' ') || becomes_dots(c);
    name.contains(is_dot) && name.chars().all(|c| is_dot(c) || c == '+' || is_invisible(c))
}

/// The spaces, controls and ignorable characters beyond ASCII. In so many words, so that no version
/// of Unicode changes a verdict.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{A0}' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{1680}'
        | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2000}'..='\u{200F}'
        | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}' | '\u{3000}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// What the compatibility forms of Unicode (NFKC) make into dots alone.
fn becomes_dots(c: char) -> bool {
    matches!(c, '\u{2024}'..='\u{2026}' | '\u{FE19}' | '\u{FE30}' | '\u{FE52}' | '\u{FF0E}')
}

/// What the normal forms of Unicode, or a conversion into an older character set, make into a text
/// with `/`, `\`, `;` or `%` in it.
fn becomes_separator(c: char) -> bool {
    matches!(c, '\u{2044}' | '\u{2215}' | '\u{2216}' | '\u{FF0F}' | '\u{FF3C}' | '\u{FE68}')
        || matches!(c, '\u{2100}' | '\u{2101}' | '\u{2105}' | '\u{2106}')
        || matches!(c, '\u{37E}' | '\u{FE14}' | '\u{FE54}' | '\u{FF1B}' | '\u{FE6A}' | '\u{FF05}')
}

/// Whether a query has the characters of RFC 3986 alone, but for `'`, which the WHATWG standard
/// encodes. What it means is the server's affair.
fn query_is_plain(query: &str) -> bool {
    let mut bytes = query.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => {
                let mut digit = || bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                digit() && digit()
            }
            b'\'' => false,
            byte => is_pchar(byte) || matches!(byte, b'/' | b'?'),
        };
        if !fits {
            return false;
        }
    }
    true
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => digit.checked_sub(b'0'),
        b'A'..=b'F' => digit.checked_sub(b'A').and_then(|value| value.checked_add(10)),
        _ => None,
    }
}

/// What a segment may hold as it is (RFC 3986 3.3).
fn is_pchar(byte: u8) -> bool {
    is_unreserved(byte)
        || matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+')
        || matches!(byte, b',' | b';' | b'=' | b':' | b'@')
}

/// Encoded, it would be a second spelling (RFC 3986 2.3).
fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// What changes the path for whoever decodes it before walking it, or decodes it twice.
fn is_dangerous(octet: u8) -> bool {
    octet.is_ascii_control() || matches!(octet, b'/' | b'\\' | b'%' | b';')
}
