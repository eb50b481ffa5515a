//! A second writer of the profile: what the payloads of a JWS presentation say, in compact.
//!
//! It is written from `spec/compact-profile.md` and shares nothing with the library's codec.

use super::{
    CompactForgery, CompactProof, CompactToken,
    constraint::{Entry, change},
    int, string, uint,
    value::{count, elements, member, members, text},
};
use crate::key;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::BTreeMap;
use taper::Value;

/// Claims that AAT-02 3.2 defines, which are no fields.
const DEFINED: [&str; 10] = [
    "jti",
    "iss",
    "iat",
    "exp",
    "cnf",
    "aud",
    "del_depth",
    "del_max_depth",
    "par_hash",
    "authorization_details",
];

impl CompactForgery {
    /// The chain and the proof of a JWS presentation, or of a chain alone, in compact. The signers
    /// are keys 1, 2, 3 and so on, the root's first.
    ///
    /// Nothing when the text is no such presentation, or says what the profile cannot say. What the
    /// profile implies (issuers, depths, digests) is not looked at.
    pub fn of_jws(presentation: &str) -> Option<Self> {
        let json = read(presentation.as_bytes())?;
        let chain = elements(member(&json, "aat_chain")?)?;
        let claims: Vec<Value> = chain.iter().map(payload).collect::<Option<_>>()?;
        let mut tokens = vec![];
        for (index, own) in claims.iter().enumerate() {
            let body = match index.checked_sub(1).map(|above| &claims[above]) {
                None => root(own)?,
                Some(above) => derived(above, own)?,
            };
            let holder = decode(text(at(own, &["cnf", "jwk", "x"])?)?)?;
            let signer = u8::try_from(index + 1).ok()?;
            tokens.push(CompactToken { holder, body, signer, ..CompactToken::default() });
        }
        let proof = match member(&json, "aat_pop") {
            None => None,
            Some(proof) => {
                let proof = payload(proof)?;
                Some(CompactProof {
                    body: proof_body(&proof, &claims)?,
                    tool: text(at(&proof, &["aat_tool"])?)?.into(),
                    arguments: at(&proof, &["hta"])?.to_jcs(),
                    signer: u8::try_from(claims.len() + 1).ok()?,
                    ..CompactProof::default()
                })
            }
        };
        Some(Self { hint: key(1).public_key().as_bytes()[0], tokens, proof })
    }
}

fn read(json: &[u8]) -> Option<Value> {
    Value::from_json(json).ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn payload(jws: &Value) -> Option<Value> {
    read(&decode(text(jws)?.split('.').nth(1)?)?)
}

/// The value below these names, one in the other.
fn at<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| member(value, name))
}

fn integer(claims: &Value, name: &str) -> Option<i64> {
    match at(claims, &[name])? {
        number @ Value::Number(_) => number.to_jcs().parse().ok(),
        _ => None,
    }
}

/// How far `to` is from `from`, which is not greater.
fn distance(from: i64, to: i64) -> Option<Vec<u8>> {
    Some(uint((to - from).try_into().ok()?))
}

fn root(claims: &Value) -> Option<Vec<u8>> {
    let (iat, exp) = (integer(claims, "iat")?, integer(claims, "exp")?);
    let tools = tools(claims)??;
    let listed = tools.iter().map(|(tool, map)| {
        let entry = |(name, entry): (&String, &Entry)| [string(name), entry.by_itself()].concat();
        let named: Vec<Vec<u8>> = map.named.iter().map(entry).collect();
        [string(tool), header(map.named.len(), map.unnamed), named.concat()].concat()
    });
    let listed: Vec<Vec<u8>> = listed.collect();
    let body = [
        id(claims, iat)?.concat(),
        int(iat),
        distance(iat, exp)?,
        distance(0, integer(claims, "del_max_depth")?)?,
        string(text(at(claims, &["iss"])?)?),
        audience(claims)?,
        count(tools.len()),
        listed.concat(),
        fields(claims),
    ];
    Some(body.concat())
}

fn derived(above: &Value, claims: &Value) -> Option<Vec<u8>> {
    let iat = integer(claims, "iat")?;
    let body = [
        id(claims, iat)?.concat(),
        distance(integer(above, "iat")?, iat)?,
        distance(integer(claims, "exp")?, integer(above, "exp")?)?,
        distance(integer(claims, "del_max_depth")?, integer(above, "del_max_depth")?)?,
        audience(claims)?,
        capabilities(tools(above)?.as_ref(), tools(claims)?.as_ref())?,
        fields(claims),
    ];
    Some(body.concat())
}

/// The arguments of one tool.
#[derive(Debug)]
struct Map {
    named: BTreeMap<String, Entry>,
    unnamed: bool,
}

impl Map {
    fn is(&self, other: &Self) -> bool {
        let same = |(name, entry): (&String, &Entry)| {
            other.named.get(name).is_some_and(|other| entry.is(other))
        };
        self.unnamed == other.unnamed
            && self.named.len() == other.named.len()
            && self.named.iter().all(same)
    }
}

/// Tools by the bytes of their names.
type Tools = BTreeMap<String, Map>;

/// The tools of the capability entry, if there is one; nothing when the profile cannot say them.
fn tools(claims: &Value) -> Option<Option<Tools>> {
    let entries = elements(at(claims, &["authorization_details"])?)?;
    let ours =
        |entry: &&Value| member(entry, "type").and_then(text) == Some("attenuating_agent_token");
    let mut entries = entries.iter().filter(ours);
    let Some(entry) = entries.next() else {
        return Some(None);
    };
    let tools @ Value::Object(_) = at(entry, &["tools"])? else {
        return None;
    };
    let tools = members(tools).into_iter().map(|(tool, json)| Some((tool.to_owned(), map(json)?)));
    entries.next().is_none().then_some(Some(tools.collect::<Option<_>>()?))
}

fn map(json: &Value) -> Option<Map> {
    let Value::Object(_) = json else {
        return None;
    };
    let star = member(json, "*");
    if star.is_some_and(|star| star.to_jcs() != r#"{"constraint_type":"wildcard"}"#) {
        return None;
    }
    let named = members(json).into_iter().filter(|(name, _)| *name != "*");
    let named = named.map(|(name, entry)| Some((name.to_owned(), Entry::new(entry)?)));
    let named: BTreeMap<String, Entry> = named.collect::<Option<_>>()?;
    Some(Map { unnamed: star.is_some() || named.is_empty(), named })
}

fn header(named: usize, unnamed: bool) -> Vec<u8> {
    count(2 * named + usize::from(unnamed))
}

fn capabilities(above: Option<&Tools>, below: Option<&Tools>) -> Option<Vec<u8>> {
    let Some(below) = below else {
        return Some(vec![0]);
    };
    let nothing = Tools::new();
    let parent = above.unwrap_or(&nothing);
    let same = |(tool, map): (&String, &Map)| parent.get(tool).is_some_and(|above| above.is(map));
    if above.is_some() && below.len() == parent.len() && below.iter().all(same) {
        return Some(vec![1]);
    }
    let places: Vec<usize> = (0..)
        .zip(parent.keys())
        .filter(|(_, tool)| below.contains_key(*tool))
        .map(|(at, _)| at)
        .collect();
    if places.len() < below.len() {
        return None;
    }
    let mut bytes = [vec![2], count(below.len())].concat();
    let mut next = 0;
    for (place, (tool, own)) in places.into_iter().zip(below) {
        bytes.extend(count(place - next));
        next = place + 1;
        match own.is(&parent[tool]) {
            true => bytes.push(0),
            false => bytes.extend([vec![1], map_change(&parent[tool], own)?].concat()),
        }
    }
    Some(bytes)
}

fn map_change(above: &Map, below: &Map) -> Option<Vec<u8>> {
    let changes = above.named.iter().map(|(name, entry)| change(entry, below.named.get(name)));
    let mut bytes = changes.collect::<Vec<_>>().concat();
    let added = || below.named.iter().filter(|(name, _)| !above.named.contains_key(*name));
    if above.unnamed {
        bytes.extend(header(added().count(), below.unnamed));
        for (name, entry) in added() {
            bytes.extend([string(name), entry.by_itself()].concat());
        }
    } else if below.unnamed || added().next().is_some() {
        return None;
    }
    Some(bytes)
}

/// The form of a `jti` and what follows: the first form that can say it (section 5.3).
fn id(claims: &Value, iat: i64) -> Option<[Vec<u8>; 2]> {
    let id = text(at(claims, &["jti"])?)?;
    let bytes = hex::decode(id.replace('-', "")).unwrap_or_default();
    let hyphens = |bytes: &[u8]| {
        let hex = hex::encode(bytes);
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    };
    if bytes.len() != 16 || hyphens(&bytes) != id {
        return (!id.is_empty()).then(|| [vec![2], string(id)]);
    }
    let milliseconds = u64::try_from(iat.max(0)).ok()?.saturating_mul(1000).to_be_bytes();
    let of_time = bytes[..6] == milliseconds[2..] && bytes[6] >> 4 == 7 && bytes[8] >> 6 == 0b10;
    Some(match of_time {
        true => [vec![0], bytes[6..].to_vec()],
        false => [vec![1], bytes],
    })
}

/// The names of an `aud`, sorted, each once; none without an `aud`.
fn names(claims: &Value) -> Option<Vec<String>> {
    let mut names: Vec<String> = match member(claims, "aud") {
        None => return Some(vec![]),
        Some(Value::String(name)) => vec![name.to_string()],
        Some(listed) => elements(listed)?
            .iter()
            .map(|name| Some(text(name)?.to_owned()))
            .collect::<Option<_>>()?,
    };
    names.sort();
    names.dedup();
    (!names.is_empty()).then_some(names)
}

fn audience(claims: &Value) -> Option<Vec<u8>> {
    let names = names(claims)?;
    let written: Vec<Vec<u8>> = names.iter().map(|name| string(name)).collect();
    Some([count(names.len()), written.concat()].concat())
}

fn fields(claims: &Value) -> Vec<u8> {
    let mut fields = members(claims);
    fields.retain(|(name, _)| !DEFINED.contains(name));
    fields.sort_by_key(|(name, _)| name.as_bytes());
    let written = fields
        .iter()
        .map(|(name, value)| [string(name), vec![0], string(&value.to_jcs())].concat());
    let written: Vec<Vec<u8>> = written.collect();
    [count(fields.len()), written.concat()].concat()
}

fn proof_body(proof: &Value, chain: &[Value]) -> Option<Vec<u8>> {
    let iat = integer(proof, "iat")?;
    let [form, id] = id(proof, iat)?;
    let mut named = chain.iter().rev().filter_map(names).filter(|names| !names.is_empty());
    let implied = named.next().filter(|names| names.len() == 1);
    let (audience, told) = match member(proof, "aat_aud").map(text) {
        None => (0, vec![]),
        Some(name) if implied.is_some_and(|names| Some(&*names[0]) == name) => (8, vec![]),
        Some(name) => (4, string(name?)),
    };
    let (nonced, nonce) = match member(proof, "nonce").map(text) {
        None => (0, vec![]),
        Some(nonce) => (16, string(nonce?)),
    };
    let from_leaf = int(iat - integer(chain.last()?, "iat")?);
    Some([vec![form[0] + audience + nonced], id, from_leaf, told, nonce].concat())
}
