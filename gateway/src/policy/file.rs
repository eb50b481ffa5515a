//! A policy as it stands in its file. `POLICY.md` says what each key means.

use serde::{Deserialize, Deserializer, de};
use std::{
    collections::BTreeMap,
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};
use toml::Spanned;

pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) mode: Mode,
    pub(super) replicas: Option<Spanned<NonZeroU32>>,
    #[serde(default)]
    pub(super) audiences: Vec<Text>,
    pub(super) require_chain_audience: Option<Spanned<bool>>,
    pub(super) require_proof_audience: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) extensions: Vec<Spanned<ExtensionType>>,
    pub(super) listen: Option<Spanned<Listen>>,
    #[serde(default)]
    pub(super) anchors: Vec<Spanned<Anchor>>,
    #[serde(default)]
    pub(super) upstreams: BTreeMap<Text, Spanned<Server>>,
    #[serde(default)]
    pub(super) tools: BTreeMap<Text, Spanned<Tool>>,
    #[serde(default)]
    pub(super) methods: Methods,
    #[serde(default)]
    pub(super) listing: Listing,
    pub(super) replay: Option<Spanned<Replay>>,
    pub(super) nonces: Option<Spanned<Nonces>>,
    pub(super) log: Option<Spanned<Log>>,
    #[serde(default)]
    pub(super) cache: Cache,
    pub(super) limits: Option<Spanned<Limits>>,
}

/// The extension constraint types that a policy can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExtensionType {
    Cidr,
    PathContainment,
    UrlScope,
}

/// Whether denials hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// What is denied goes nowhere.
    #[default]
    Enforce,
    /// What would have been denied is forwarded and logged: nothing is protected.
    Audit,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listen {
    pub(super) http: Option<Text>,
    pub(super) admin: Option<Text>,
    #[serde(default)]
    pub(super) origins: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anchor {
    pub(super) issuer: Text,
    pub(super) jwk: Option<Text>,
    pub(super) key_file: Option<Text>,
    pub(super) jwks_file: Option<Text>,
    pub(super) jwks_url: Option<Text>,
    pub(super) refresh: Option<Spanned<Time>>,
    pub(super) timeout: Option<Spanned<Time>>,
    pub(super) max_age: Option<Spanned<Time>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) command: Option<Spanned<Vec<String>>>,
    pub(super) env: Option<Spanned<BTreeMap<Text, String>>>,
    pub(super) directory: Option<Text>,
    pub(super) url: Option<Text>,
    pub(super) headers: Option<Spanned<BTreeMap<Text, String>>>,
    pub(super) header_files: Option<Spanned<BTreeMap<Text, Text>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tool {
    pub(super) upstream: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) shown: Option<Text>,
    pub(super) idempotent: Option<Spanned<bool>>,
    pub(super) min_depth: Option<Spanned<u32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Methods {
    #[serde(default)]
    pub(super) allow: Vec<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    #[serde(default)]
    pub(super) without_presentation: Unpresented,
}

/// What `tools/list` shows to a client that presents nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpresented {
    /// Nothing: it is denied.
    #[default]
    None,
    /// Every tool that a token could be good for.
    All,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replay {
    pub(super) all_idempotent: Option<Spanned<bool>>,
    pub(super) capacity: Option<Spanned<NonZeroUsize>>,
    pub(super) redis: Option<Spanned<Redis>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redis {
    pub(super) url: Text,
    pub(super) username: Option<String>,
    pub(super) password_file: Option<Text>,
    pub(super) connect_timeout: Option<Time>,
    pub(super) timeout: Option<Time>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nonces {
    pub(super) required: Option<bool>,
    pub(super) period: Option<Spanned<Time>>,
    pub(super) key_file: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) path: Text,
    #[serde(default)]
    pub(super) arguments: Arguments,
    pub(super) redact: Option<Spanned<Vec<String>>>,
}

/// What a log says of arguments, beside their digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Arguments {
    #[default]
    Digest,
    Shown,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cache {
    pub(super) bytes: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) max_token_size: Option<NonZeroUsize>,
    pub(super) max_chain_size: Option<NonZeroUsize>,
    pub(super) max_proof_size: Option<NonZeroUsize>,
    pub(super) max_arguments_size: Option<NonZeroUsize>,
    pub(super) max_presentation_size: Option<NonZeroUsize>,
    pub(super) max_delegation_depth: Option<u32>,
    pub(super) max_constraint_depth: Option<NonZeroUsize>,
    pub(super) max_comparisons: Option<NonZeroUsize>,
    pub(super) max_token_lifetime: Option<Spanned<Time>>,
    pub(super) max_iat_skew: Option<Spanned<Time>>,
    pub(super) pop_window: Option<Spanned<Time>>,
    pub(super) max_message: Option<NonZeroUsize>,
    pub(super) max_answer: Option<NonZeroUsize>,
    pub(super) max_headers: Option<NonZeroUsize>,
    pub(super) max_requests: Option<NonZeroUsize>,
    pub(super) max_connections: Option<NonZeroUsize>,
    pub(super) max_sessions: Option<NonZeroUsize>,
    pub(super) header_timeout: Option<Time>,
    pub(super) body_timeout: Option<Time>,
    pub(super) connect_timeout: Option<Time>,
    pub(super) answer_timeout: Option<Time>,
    pub(super) session_timeout: Option<Time>,
}

/// A duration above zero, such as `"30s"`, `"5m"` or `"1h 30m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time(pub(super) Duration);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration in quotes such as \"500ms\", \"30s\" or \"5m\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                match humantime::parse_duration(text) {
                    Ok(time) if !time.is_zero() => Ok(Time(time)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}
