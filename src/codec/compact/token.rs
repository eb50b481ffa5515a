//! The body of one token, against its parent, and what its signature covers.

use super::{
    capabilities::{BadCapabilities, read_derived, read_root, write_derived, write_root},
    cursor::{CompactFault, CompactRule, Cursor, Writer},
};
use crate::{
    codec::json::is_defined,
    denied::Fault,
    json::Value,
    key::PublicKey,
    model::{Audience, Claims, Digest, TokenId, uuid_v7},
    step::Step,
    terms::Terms,
    time::Timestamp,
};
use alloc::{boxed::Box, vec::Vec};

/// What the signature of a root covers begins with this. The spaces set it apart from every JWS
/// signing input, which is base64url, and the words from every other use of the key.
const ROOT_TAG: &[u8; 16] = b"taper c1 root   ";
const DERIVED_TAG: &[u8; 16] = b"taper c1 derived";

/// The bytes that the root's issuer signs. `hint` is the first byte of the issuer's key.
pub(crate) fn root_signing_input(hint: u8, holder: &[u8; 32], body: &[u8]) -> Vec<u8> {
    [ROOT_TAG.as_slice(), &[hint], holder, body].concat()
}

/// The bytes that the parent's holder signs.
pub(crate) fn derived_signing_input(parent: &Digest, holder: &[u8; 32], body: &[u8]) -> Vec<u8> {
    [DERIVED_TAG.as_slice(), &parent.0, holder, body].concat()
}

/// A claim that AAT-02 does not define, as canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: Box<str>,
    pub(crate) value: Box<str>,
}

/// What a body says, together with what its place implies.
#[derive(Debug)]
pub(crate) struct TokenBody {
    pub(crate) claims: Claims,
    pub(crate) fields: Vec<Field>,
}

/// The parent of a token to be read or written.
pub(crate) type Parent<'p> = Option<(&'p Claims, &'p Digest)>;

/// Reads the body of an authentic token at `offset`. A failure names the step that the draft gives
/// it: what only breaks the bytes is a parsing failure.
pub(crate) fn read_body(
    bytes: &[u8],
    offset: usize,
    holder: PublicKey,
    parent: Parent<'_>,
    terms: Terms<'_>,
) -> Result<TokenBody, Fault> {
    let step = |root, derived| if parent.is_none() { root } else { derived };
    let parsing = step(Step::RootSignature, Step::Signature);
    let constraints = step(Step::RootConstraints, Step::Constraints);
    let read = read(bytes, offset, holder, parent, terms).map_err(|bad| match bad {
        BadCapabilities::Bytes(fault) => Fault::new(parsing, fault),
        BadCapabilities::Meaning(fault) => Fault::new(constraints, fault),
    })?;
    // One byte string per meaning: whatever is not written again as it was read is refused.
    let written = write_body(&read.claims, &read.fields, parent);
    if written.as_deref() == Some(bytes) {
        return Ok(read);
    }
    let written = written.unwrap_or_default();
    let same = written.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    let fault = CompactFault::new(offset.saturating_add(same), CompactRule::NotCanonical);
    Err(Fault::new(parsing, fault))
}

fn read(
    bytes: &[u8],
    offset: usize,
    holder: PublicKey,
    parent: Parent<'_>,
    terms: Terms<'_>,
) -> Result<TokenBody, BadCapabilities> {
    let mut cursor = Cursor::new(bytes, offset);
    let form = cursor.byte("id")?;
    // The id's short form counts from the time of issue, which comes next.
    let id = IdForm::read(form, &mut cursor)?;
    let claims = match parent {
        None => {
            let issued_at: i64 = cursor.take("iat")?;
            let issued_at = Timestamp::from_unix(issued_at);
            let lifetime = cursor.take("exp")?;
            let expires_at = add(&cursor, issued_at, lifetime, "exp")?;
            let max_depth = cursor.take("del_max_depth")?;
            let issuer: &str = cursor.take("iss")?;
            let audience = read_audience(&mut cursor)?;
            let capabilities = Some(read_root(&mut cursor, terms)?);
            Claims {
                id: id.at(issued_at, &cursor)?,
                issuer: issuer.into(),
                issued_at,
                expires_at,
                holder,
                audience,
                depth: 0,
                max_depth,
                parent: None,
                capabilities,
            }
        }
        Some((parent, digest)) => {
            let later = cursor.take("iat")?;
            let issued_at = add(&cursor, parent.issued_at, later, "iat")?;
            let earlier: u64 = cursor.take("exp")?;
            let expires_at = i64::try_from(earlier)
                .ok()
                .and_then(|earlier| parent.expires_at.as_unix().checked_sub(earlier))
                .map(Timestamp::from_unix)
                .ok_or_else(|| cursor.fault(CompactRule::Range { what: "exp" }))?;
            let lower: u32 = cursor.take("del_max_depth")?;
            let max_depth = parent
                .max_depth
                .checked_sub(lower)
                .ok_or_else(|| cursor.fault(CompactRule::Range { what: "del_max_depth" }))?;
            let audience = read_audience(&mut cursor)?;
            let capabilities = read_derived(&mut cursor, parent.capabilities.as_ref(), terms)?;
            Claims {
                id: id.at(issued_at, &cursor)?,
                issuer: parent.holder.thumbprint_uri().into(),
                issued_at,
                expires_at,
                holder,
                audience,
                depth: parent.depth.saturating_add(1),
                max_depth,
                parent: Some(*digest),
                capabilities,
            }
        }
    };
    let fields = read_fields(&mut cursor)?;
    cursor.end()?;
    Ok(TokenBody { claims, fields })
}

/// Writes the body of a token below `parent`; `None` when the profile cannot say it, because it
/// would widen.
pub(crate) fn write_body(claims: &Claims, fields: &[Field], parent: Parent<'_>) -> Option<Vec<u8>> {
    let mut out = Writer::default();
    let id = IdForm::of(&claims.id, claims.issued_at);
    out.byte(id.form());
    id.write_bytes(&mut out);
    match parent {
        None => {
            out.put(&claims.issued_at.as_unix());
            out.put(&distance(claims.issued_at, claims.expires_at)?);
            out.put(&claims.max_depth);
            out.put(&*claims.issuer);
            write_audience(&claims.audience, &mut out)?;
            write_root(claims.capabilities.as_ref()?, &mut out);
        }
        Some((parent, _)) => {
            out.put(&distance(parent.issued_at, claims.issued_at)?);
            out.put(&distance(claims.expires_at, parent.expires_at)?);
            out.put(&parent.max_depth.checked_sub(claims.max_depth)?);
            write_audience(&claims.audience, &mut out)?;
            let above = parent.capabilities.as_ref();
            write_derived(above, claims.capabilities.as_ref(), &mut out)?;
        }
    }
    write_fields(fields, &mut out);
    Some(out.finish())
}

/// Seconds from `from` to `to`, when `to` is not earlier.
pub(super) fn distance(from: Timestamp, to: Timestamp) -> Option<u64> {
    to.as_unix().checked_sub(from.as_unix()).and_then(|seconds| u64::try_from(seconds).ok())
}

fn add(
    cursor: &Cursor<'_>,
    time: Timestamp,
    seconds: u64,
    what: &'static str,
) -> Result<Timestamp, CompactFault> {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| time.as_unix().checked_add(seconds))
        .map(Timestamp::from_unix)
        .ok_or_else(|| cursor.fault(CompactRule::Range { what }))
}

/// How an id is written: a UUIDv7 of the very second of issue by its random part, another UUID by
/// its bytes, anything else by its text.
pub(super) enum IdForm {
    Fresh([u8; 10]),
    Uuid([u8; 16]),
    Text(TokenId),
}

const ID_FRESH: u8 = 0;
const ID_UUID: u8 = 1;
const ID_TEXT: u8 = 2;

impl IdForm {
    pub(super) fn of(id: &TokenId, issued_at: Timestamp) -> Self {
        let Some(uuid) = id.as_uuid() else {
            return Self::Text(id.clone());
        };
        if let Some(random) = uuid.last_chunk::<10>()
            && uuid_v7(issued_at, *random) == uuid
        {
            return Self::Fresh(*random);
        }
        Self::Uuid(uuid)
    }

    pub(super) fn read(form: u8, cursor: &mut Cursor<'_>) -> Result<Self, CompactFault> {
        Ok(match form {
            ID_FRESH => Self::Fresh(cursor.array("id")?),
            ID_UUID => Self::Uuid(cursor.array("id")?),
            ID_TEXT => {
                let text: &str = cursor.take("id")?;
                Self::Text(TokenId::new(text).ok_or_else(|| cursor.malformed("id"))?)
            }
            found => return Err(cursor.fault(CompactRule::Tag { what: "id", found })),
        })
    }

    /// The id of something issued at `issued_at`.
    pub(super) fn at(
        self,
        issued_at: Timestamp,
        cursor: &Cursor<'_>,
    ) -> Result<TokenId, CompactFault> {
        match self {
            Self::Fresh(random) => {
                let uuid = uuid_v7(issued_at, random);
                // The bits of version and variant are set in what is read, or two texts had one id.
                if uuid.ends_with(&random) {
                    Ok(TokenId::from_uuid(uuid))
                } else {
                    Err(cursor.malformed("id"))
                }
            }
            Self::Uuid(bytes) => Ok(TokenId::from_uuid(bytes)),
            Self::Text(id) => Ok(id),
        }
    }

    pub(super) fn form(&self) -> u8 {
        match self {
            Self::Fresh(_) => ID_FRESH,
            Self::Uuid(_) => ID_UUID,
            Self::Text(_) => ID_TEXT,
        }
    }

    /// Writes what follows the form.
    pub(super) fn write_bytes(&self, out: &mut Writer) {
        match self {
            Self::Fresh(random) => out.raw(random),
            Self::Uuid(bytes) => out.raw(bytes),
            Self::Text(id) => out.put(id.as_str()),
        }
    }
}

fn read_audience(cursor: &mut Cursor<'_>) -> Result<Audience, CompactFault> {
    let count = cursor.count("aud")?;
    if count == 0 {
        return Ok(Audience::Unrestricted);
    }
    let names: Result<Vec<Box<str>>, _> =
        (0..count).map(|_| cursor.take::<&str>("aud").map(Into::into)).collect();
    Ok(Audience::Only(names?.into_boxed_slice()))
}

/// The names sorted, each once; an `aud` that is malformed or names nobody cannot be written.
fn write_audience(audience: &Audience, out: &mut Writer) -> Option<()> {
    let mut names: Vec<&str> = match audience {
        Audience::Unrestricted => Vec::new(),
        Audience::Only(names) if !names.is_empty() => names.iter().map(|name| &**name).collect(),
        Audience::Only(_) | Audience::Malformed => return None,
    };
    names.sort_unstable();
    names.dedup();
    out.count(names.len());
    names.into_iter().for_each(|name| out.put(name));
    Some(())
}

const FIELD_IGNORED: u8 = 0;
const FIELD_CRITICAL: u8 = 1;

/// Fields that are not known are passed through, unless they are marked critical.
fn read_fields(cursor: &mut Cursor<'_>) -> Result<Vec<Field>, CompactFault> {
    let count = cursor.count("fields")?;
    let field = |_| {
        let name: &str = cursor.take("field")?;
        match cursor.byte("field")? {
            FIELD_IGNORED => {}
            FIELD_CRITICAL => {
                return Err(cursor.fault(CompactRule::Critical { name: name.into() }));
            }
            found => return Err(cursor.fault(CompactRule::Tag { what: "field", found })),
        }
        let value: &str = cursor.take("field")?;
        let canonical = Value::from_json(value.as_bytes()).is_ok_and(|v| v.to_jcs() == value);
        if !canonical || is_defined(name) {
            return Err(cursor.malformed("field"));
        }
        Ok(Field { name: name.into(), value: value.into() })
    };
    (0..count).map(field).collect()
}

fn write_fields(fields: &[Field], out: &mut Writer) {
    let mut fields: Vec<&Field> = fields.iter().collect();
    fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    fields.dedup_by(|a, b| a.name == b.name);
    out.count(fields.len());
    for field in fields {
        out.put(&*field.name);
        out.byte(FIELD_IGNORED);
        out.put(&*field.value);
    }
}
