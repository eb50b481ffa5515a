//! `url_scope`.

mod hosts;
mod paths;

use super::{Cases, Form, Narrows};

pub(super) const CASES: Cases = Cases {
    name: "url_scope",
    groups: [
        (
            "extensions/url_scope",
            "Which values url_scope accepts: hosts, ports and paths at their boundaries, and the spellings that two parsers read differently.",
        ),
        ("extensions/url_scope_narrows", "What narrows url_scope, and what it narrows."),
        ("extensions/url_scope_forms", "Which constraints of type url_scope are well-formed."),
    ],
    checks: &[hosts::HOSTS, paths::PATHS],
    longest: Some(("X-url-1", HOST, "https://api.example.com/", 2048)),
    narrows: NARROWS,
    forms: FORMS,
};

const HOST: &str = r#"{"scheme":"https","host":"api.example.com"}"#;
const BELOW: &str = r#"{"scheme":"https","host_suffix":"example.com"}"#;
const V1: &str = r#"{"scheme":"https","host":"api.example.com","path_prefix":"/v1"}"#;
const PORT: &str = r#"{"scheme":"https","host":"api.example.com","port":8443}"#;
const PLAIN: &str = r#"{"scheme":"http","host":"api.example.com"}"#;
const WIDE: &str = r#"{"scheme":"https","host_suffix":"com"}"#;
const LOCAL: &str = r#"{"scheme":"http","host":"127.0.0.1"}"#;
const SIX: &str = r#"{"scheme":"https","host":"[2001:db8::1]"}"#;

const NARROWS: &[Narrows] = &[
    ("the same", "X-5 X-url-22", V1, V1, true),
    (
        "the same with the port written",
        "X-url-22",
        HOST,
        r#"{"scheme":"https","host":"api.example.com","port":443,"path_prefix":"/"}"#,
        true,
    ),
    ("another scheme", "X-url-22", HOST, PLAIN, false),
    ("another port", "X-url-22", HOST, PORT, false),
    (
        "another scheme with the same port",
        "X-url-22",
        HOST,
        r#"{"scheme":"http","host":"api.example.com","port":443}"#,
        false,
    ),
    ("a host below its suffix", "X-url-22", BELOW, HOST, true),
    ("the suffix as a host", "X-url-22", BELOW, r#"{"scheme":"https","host":"example.com"}"#, true),
    (
        "a longer suffix",
        "X-url-22",
        BELOW,
        r#"{"scheme":"https","host_suffix":"api.example.com"}"#,
        true,
    ),
    ("a shorter suffix", "X-url-22", BELOW, WIDE, false),
    (
        "a suffix that ends alike",
        "X-url-22",
        BELOW,
        r#"{"scheme":"https","host_suffix":"evil-example.com"}"#,
        false,
    ),
    (
        "a host that ends alike",
        "X-url-22",
        BELOW,
        r#"{"scheme":"https","host":"evilexample.com"}"#,
        false,
    ),
    (
        "a suffix below a host",
        "X-url-22",
        HOST,
        r#"{"scheme":"https","host_suffix":"api.example.com"}"#,
        false,
    ),
    ("another host", "X-url-22", HOST, r#"{"scheme":"https","host":"example.com"}"#, false),
    ("an address below a suffix", "X-url-22", WIDE, SIX, false),
    ("a prefix below none", "X-url-22", HOST, V1, true),
    ("none below a prefix", "X-url-22", V1, HOST, false),
    (
        "a longer prefix",
        "X-url-22",
        V1,
        r#"{"scheme":"https","host":"api.example.com","path_prefix":"/v1/a"}"#,
        true,
    ),
    (
        "a prefix that begins alike",
        "X-url-22",
        V1,
        r#"{"scheme":"https","host":"api.example.com","path_prefix":"/v10"}"#,
        false,
    ),
    ("below wildcard", "X-4", r#"{"constraint_type":"wildcard"}"#, V1, true),
    ("wildcard below it", "X-url-25", V1, r#"{"constraint_type":"wildcard"}"#, false),
    (
        "exact inside",
        "X-url-23",
        V1,
        r#"{"constraint_type":"exact","value":"https://api.example.com/v1/a?b"}"#,
        true,
    ),
    (
        "exact outside",
        "X-url-23",
        V1,
        r#"{"constraint_type":"exact","value":"https://api.example.com/v2"}"#,
        false,
    ),
    (
        "exact in another spelling",
        "X-url-23",
        V1,
        r#"{"constraint_type":"exact","value":"https://api.example.com:443/v1"}"#,
        false,
    ),
    (
        "one_of inside",
        "X-url-23",
        BELOW,
        r#"{"constraint_type":"one_of","values":["https://example.com","https://a.example.com/"]}"#,
        true,
    ),
    (
        "one_of with one outside",
        "X-url-23",
        BELOW,
        r#"{"constraint_type":"one_of","values":["https://example.com/","https://example.com@evil.example/"]}"#,
        false,
    ),
    (
        "below not_one_of of URLs outside",
        "X-url-24",
        r#"{"constraint_type":"not_one_of","excluded":["https://api.example.com/v2","https://API.example.com/v1"]}"#,
        V1,
        true,
    ),
    (
        "below not_one_of of a URL inside",
        "X-url-24",
        r#"{"constraint_type":"not_one_of","excluded":["https://api.example.com/v1/a"]}"#,
        V1,
        false,
    ),
    (
        "below exact",
        "X-url-25",
        r#"{"constraint_type":"exact","value":"https://api.example.com/v1"}"#,
        V1,
        false,
    ),
    (
        "below one_of",
        "X-url-25",
        r#"{"constraint_type":"one_of","values":["https://api.example.com/v1"]}"#,
        V1,
        false,
    ),
    (
        "not_one_of below it",
        "X-url-25",
        V1,
        r#"{"constraint_type":"not_one_of","excluded":["https://evil.example/"]}"#,
        false,
    ),
    (
        "all with it as a clause below it",
        "X-url-25",
        V1,
        r#"{"constraint_type":"all","constraints":[{"constraint_type":"$T","scheme":"https","host":"api.example.com","path_prefix":"/v1"}]}"#,
        false,
    ),
    (
        "any below any",
        "X-4 X-url-22 X-url-23",
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"$T","scheme":"https","host_suffix":"example.com"},{"constraint_type":"$T","scheme":"https","host":"b.example"}]}"#,
        r#"{"constraint_type":"any","constraints":[{"constraint_type":"exact","value":"https://b.example/x"},{"constraint_type":"$T","scheme":"https","host":"api.example.com"}]}"#,
        true,
    ),
];

const FORMS: &[Form] = &[
    ("a host", "X-2 X-url-19", HOST, true),
    ("a suffix", "X-url-19", BELOW, true),
    (
        "all members but one of the hosts",
        "X-2 X-url-20",
        r#"{"scheme":"wss","host_suffix":"example.com","port":8443,"path_prefix":"/feed"}"#,
        true,
    ),
    ("no scheme", "X-2 X-url-20", r#"{"host":"api.example.com"}"#, false),
    ("no host", "X-2 X-url-19", r#"{"scheme":"https"}"#, false),
    (
        "a host and a suffix",
        "X-url-19",
        r#"{"scheme":"https","host":"a.example","host_suffix":"example"}"#,
        false,
    ),
    (
        "a member that is not defined",
        "X-2",
        r#"{"scheme":"https","host":"a.example","query":""}"#,
        false,
    ),
    ("a scheme in upper case", "X-url-20", r#"{"scheme":"HTTPS","host":"a.example"}"#, false),
    ("a scheme of another kind", "X-url-20", r#"{"scheme":"file","host":"a.example"}"#, false),
    ("a scheme with its colon", "X-url-20", r#"{"scheme":"https:","host":"a.example"}"#, false),
    ("a host in upper case", "X-url-19", r#"{"scheme":"https","host":"A.example"}"#, false),
    ("a host with a port", "X-url-19", r#"{"scheme":"https","host":"a.example:443"}"#, false),
    ("a host with a path", "X-url-19", r#"{"scheme":"https","host":"a.example/x"}"#, false),
    ("a host with a user", "X-url-19", r#"{"scheme":"https","host":"x@a.example"}"#, false),
    (
        "a host with a dot at its end",
        "X-url-19",
        r#"{"scheme":"https","host":"a.example."}"#,
        false,
    ),
    ("an empty host", "X-url-19", r#"{"scheme":"https","host":""}"#, false),
    ("an IPv4 address", "X-url-19 X-url-10", LOCAL, true),
    (
        "an IPv4 address in hexadecimal",
        "X-url-19 X-url-10",
        r#"{"scheme":"https","host":"0x7f.0.0.1"}"#,
        false,
    ),
    ("an IPv6 address", "X-url-19 X-url-11", SIX, true),
    (
        "an IPv6 address without brackets",
        "X-url-19 X-url-11",
        r#"{"scheme":"https","host":"2001:db8::1"}"#,
        false,
    ),
    (
        "a mapped address in its one spelling",
        "X-url-19 X-url-11",
        r#"{"scheme":"https","host":"[::ffff:7f00:1]"}"#,
        true,
    ),
    ("a wildcard for a host", "X-url-19", r#"{"scheme":"https","host":"*.example"}"#, false),
    (
        "a suffix with a dot before it",
        "X-url-19",
        r#"{"scheme":"https","host_suffix":".example.com"}"#,
        false,
    ),
    (
        "a suffix that is an address",
        "X-url-19",
        r#"{"scheme":"https","host_suffix":"0.0.1"}"#,
        false,
    ),
    ("an empty suffix", "X-url-19", r#"{"scheme":"https","host_suffix":""}"#, false),
    ("a suffix that is null", "X-2 X-url-19", r#"{"scheme":"https","host_suffix":null}"#, false),
    ("port 0", "X-url-20", r#"{"scheme":"https","host":"a.example","port":0}"#, false),
    ("port 65536", "X-url-20", r#"{"scheme":"https","host":"a.example","port":65536}"#, false),
    (
        "a port in a string",
        "X-url-20",
        r#"{"scheme":"https","host":"a.example","port":"443"}"#,
        false,
    ),
    (
        "a port with a fraction",
        "X-url-20",
        r#"{"scheme":"https","host":"a.example","port":443.5}"#,
        false,
    ),
    (
        "a port with a fraction of zero",
        "X-url-20",
        r#"{"scheme":"https","host":"a.example","port":443.0}"#,
        true,
    ),
    (
        "a relative prefix",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"v1"}"#,
        false,
    ),
    (
        "a prefix with a slash at its end",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/v1/"}"#,
        false,
    ),
    (
        "a prefix with an empty segment",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/a//b"}"#,
        false,
    ),
    (
        "a prefix that begins with an empty segment",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"//b"}"#,
        false,
    ),
    (
        "a prefix with a step up of wide dots",
        "X-url-21 X-url-14",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/a/%EF%BC%8E%EF%BC%8E"}"#,
        false,
    ),
    (
        "a prefix that is a slash",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/"}"#,
        true,
    ),
    (
        "an empty prefix",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":""}"#,
        false,
    ),
    (
        "a prefix with a step up",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/v1/.."}"#,
        false,
    ),
    (
        "a prefix with an encoded slash",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/v1%2Fa"}"#,
        false,
    ),
    (
        "a prefix with a query",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":"/v1?x"}"#,
        false,
    ),
    (
        "a prefix with a fragment",
        "X-url-21",
        r##"{"scheme":"https","host":"a.example","path_prefix":"/v1#x"}"##,
        false,
    ),
    (
        "a prefix with a host in it",
        "X-url-21",
        r#"{"scheme":"https","host":"a.example","path_prefix":".evil.example/"}"#,
        false,
    ),
];
