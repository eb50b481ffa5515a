//! Which HTTP headers go from one side to the other, and what they repeat of a message.

use crate::{members::Members, message::Message};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use taper::Value;

/// A session's id.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
/// The protocol's revision.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// The message's method, from 2026-07-28 on.
pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// The name of what is called, likewise.
pub(crate) const NAME: HeaderName = HeaderName::from_static("mcp-name");
/// How the names of headers begin that repeat an argument, likewise.
pub(crate) const PARAMETER: &str = "mcp-param-";
/// The event after which a client goes on with a broken stream.
pub(crate) const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// Where a stateless request says its revision.
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// What goes to the server: MCP's own headers, the client's credentials for it, and traces.
/// Without `Accept-Encoding`, answers come as they can be read here.
pub(crate) fn for_server(from: &HeaderMap) -> HeaderMap {
    let passes = |name: &HeaderName| {
        let known = [header::ACCEPT, header::AUTHORIZATION, header::USER_AGENT, LAST_EVENT];
        let traces = ["traceparent", "tracestate", "baggage"];
        name.as_str().starts_with("mcp-") || known.contains(name) || traces.contains(&name.as_str())
    };
    chosen(from, passes)
}

/// What goes to the client.
pub(crate) fn for_client(from: &HeaderMap) -> HeaderMap {
    let passes = |name: &HeaderName| {
        let known =
            [header::ALLOW, header::CONTENT_TYPE, header::RETRY_AFTER, header::WWW_AUTHENTICATE];
        name.as_str().starts_with("mcp-") || known.contains(name)
    };
    chosen(from, passes)
}

fn chosen(from: &HeaderMap, passes: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let passing = from.iter().filter(|(name, _)| passes(name));
    let mut to = HeaderMap::new();
    for (name, value) in passing {
        to.append(name, value.clone());
    }
    to
}

/// Whether what headers repeat of a message, each as often as it was sent, is what the message
/// says (B-mcp-9). Which argument a header of `parameters` repeats, the tool's schema says, which
/// is not known here: it has to be the value of one.
pub(crate) fn agree<'h>(
    methods: impl IntoIterator<Item = &'h [u8]>,
    names: impl IntoIterator<Item = &'h [u8]>,
    parameters: impl IntoIterator<Item = &'h [u8]>,
    message: &[u8],
) -> bool {
    let said = Said::of(message);
    let same = |header: &[u8], body: Option<&str>| {
        body.is_some_and(|body| decoded(header).as_deref() == Some(body.as_bytes()))
    };
    let method = said.as_ref().map(|said| &*said.method);
    let name = said.as_ref().and_then(|said| said.name.as_deref());
    methods.into_iter().all(|header| same(header, method))
        && names.into_iter().all(|header| same(header, name))
        && parameters_agree(parameters, message)
}

fn parameters_agree<'h>(headers: impl IntoIterator<Item = &'h [u8]>, message: &[u8]) -> bool {
    let mut headers = headers.into_iter().peekable();
    if headers.peek().is_none() {
        return true;
    }
    let read = || {
        let text = std::str::from_utf8(message).ok()?;
        let params = Members::read(Members::read(text).ok()?.get("params")?).ok()?;
        Value::from_json(params.get("arguments").unwrap_or("{}").as_bytes()).ok()
    };
    let Some(arguments) = read() else { return false };
    headers.all(|header| {
        let text = decoded(header).and_then(|text| String::from_utf8(text).ok());
        text.is_some_and(|text| has(&arguments, &text))
    })
}

/// Whether a member of `value`, or a member of those, is written as `text` in a header.
fn has(value: &Value, text: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(_, value)| has(value, text)),
        Value::String(value) => **value == *text,
        Value::Bool(value) => text == if *value { "true" } else { "false" },
        Value::Number(number) => text.parse() == Ok(number.get()),
        _ => false,
    }
}

/// Makes `headers` repeat `message` where its revision wants that, or where they already do: a
/// server may know a tool by another name than the client, and a client on a pipe has no headers.
pub(crate) fn repeat(headers: &mut HeaderMap, message: &[u8]) {
    let had = [headers.remove(METHOD), headers.remove(NAME)].iter().any(Option::is_some);
    let Some(said) = Said::of(message) else { return };
    let version = said.version.and_then(|version| HeaderValue::try_from(version).ok());
    if !had && version.is_none() {
        return;
    }
    let method = encoded(&said.method);
    let name = said.name.as_deref().and_then(encoded);
    for (header, value) in [(VERSION, version), (METHOD, method), (NAME, name)] {
        if let Some(value) = value {
            headers.insert(header, value);
        }
    }
}

/// Whether a request needs no session before it.
pub(crate) fn is_stateless(message: &[u8]) -> bool {
    Said::of(message).is_some_and(|said| said.version.is_some() || said.method == "server/discover")
}

/// What headers repeat.
struct Said {
    method: String,
    name: Option<String>,
    version: Option<String>,
}

impl Said {
    fn of(message: &[u8]) -> Option<Self> {
        let (method, all) = match Message::read(message).ok()? {
            Message::Request { method, all, .. } | Message::Notification { method, all } => {
                (method.into_owned(), all)
            }
            Message::Response { .. } => return None,
        };
        let params = Members::read(all.get("params").unwrap_or("{}")).ok()?;
        let named = match &*method {
            "tools/call" | "prompts/get" => Some("name"),
            "resources/read" => Some("uri"),
            _ => None,
        };
        let name = named.and_then(|named| params.string(named)).map(Into::into);
        let meta = params.get("_meta").and_then(|meta| Members::read(meta).ok());
        let version = meta.and_then(|meta| meta.string(VERSION_KEY)).map(Into::into);
        Some(Self { method, name, version })
    }
}

/// The marks of a value that is in base64, since headers are ASCII.
const BEFORE: &str = "=?base64?";
const AFTER: &str = "?=";

fn decoded(header: &[u8]) -> Option<Vec<u8>> {
    let within = header
        .strip_prefix(BEFORE.as_bytes())
        .and_then(|header| header.strip_suffix(AFTER.as_bytes()));
    match within {
        Some(within) => STANDARD.decode(within).ok(),
        None => Some(header.to_vec()),
    }
}

fn encoded(value: &str) -> Option<HeaderValue> {
    let plain = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && value.trim() == value
        && !value.starts_with(BEFORE);
    let text = match plain {
        true => value.to_owned(),
        false => format!("{BEFORE}{}{AFTER}", STANDARD.encode(value)),
    };
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &[u8] =
        br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"}}"#;

    #[test]
    fn header_and_body() {
        let rows: [(Option<&str>, Option<&str>, bool); 8] = [
            (None, None, true),
            (Some("tools/call"), Some("read"), true),
            (Some("tools/call"), None, true),
            (Some("tools/call"), Some("=?base64?cmVhZA==?="), true),
            (Some("tools/call"), Some("=?base64?cmVh?="), false),
            (Some("tools/call"), Some("Read"), false),
            (Some("tools/list"), Some("read"), false),
            (None, Some("write"), false),
        ];
        for (method, name, expected) in rows {
            let [method, name] = [method, name].map(|value| value.map(str::as_bytes));
            assert_eq!(agree(method, name, [], CALL), expected, "{method:?} {name:?}");
        }
        let ping = br#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"name":"read"}}"#;
        assert!(!agree([&b"ping"[..]], [&b"read"[..]], [], ping));
        assert!(!agree([&b"ping"[..]], [], [], b"nothing"));
        // A second value is nobody's to overlook.
        assert!(!agree([&b"tools/call"[..]], [&b"read"[..], b"write"], [], CALL));
    }

    #[test]
    fn headers_repeat_arguments() {
        let call = br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":
            {"path":"/a","n":42.0,"big":1e2,"in":{"yes":true,"no":null},"list":["/b"],"gr":"\u00f6"}}}"#;
        let rows: [(&[&str], bool); 13] = [
            (&[], true),
            (&["/a"], true),
            (&["/a", "42", "100", "true", "=?base64?w7Y=?="], true),
            (&["42.0"], true),
            (&["/a", "/b"], false),
            (&["/b"], false),
            (&["false"], false),
            (&["null"], false),
            (&[""], false),
            (&["path"], false),
            (&["43"], false),
            (&["=?base64?w7Y?="], false),
            (&["{}"], false),
        ];
        for (headers, expected) in rows {
            let headers = headers.iter().map(|header| header.as_bytes());
            assert_eq!(agree([], [], headers.clone(), call), expected, "{headers:?}");
        }
        assert!(!agree([], [], [&b"/a"[..]], CALL) && !agree([], [], [&b"/a"[..]], b"{"));
    }

    #[test]
    fn headers_follow_the_body() {
        let mut headers = HeaderMap::new();
        repeat(&mut headers, CALL);
        assert!(headers.is_empty());
        headers.insert(METHOD, HeaderValue::from_static("tools/call"));
        headers.insert(NAME, HeaderValue::from_static("other"));
        headers.append(METHOD, HeaderValue::from_static("other"));
        repeat(&mut headers, CALL);
        assert_eq!((headers.len(), &headers[NAME]), (2, &HeaderValue::from_static("read")));
        assert_eq!(headers[METHOD], "tools/call");
        let stateless = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"prompts/get\",\"params\":{\
                         \"name\":\"größe\",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\
                         \"2026-07-28\"}}}";
        let mut headers = HeaderMap::new();
        repeat(&mut headers, stateless.as_bytes());
        assert_eq!(
            (&headers[VERSION], &headers[METHOD]),
            (&"2026-07-28".parse().unwrap(), &"prompts/get".parse().unwrap())
        );
        assert_eq!(headers[NAME], "=?base64?Z3LDtsOfZQ==?=");
    }
}
