//! The fields of bodies (`spec/compact-profile.md` 2 and 5), as far as they are changed here.

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn uint(&mut self) -> Option<u64> {
        let length = self.0.iter().position(|byte| *byte < 0x80)?.checked_add(1)?;
        let groups = self.take(length)?.iter().rev();
        Some(groups.fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f)))
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.uint()?).ok()?;
        self.take(length)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }
}

pub(super) fn write_uint(mut number: u64, to: &mut Vec<u8>) {
    while number > 0x7f {
        to.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    to.push(u8::try_from(number).unwrap_or(0));
}

pub(super) fn write_string(text: &str, to: &mut Vec<u8>) {
    write_uint(u64::try_from(text.len()).unwrap_or(0), to);
    to.extend(text.as_bytes());
}

/// A body up to its capabilities.
pub(super) struct Head<'a> {
    pub(super) id: &'a [u8],
    /// `iat`, lifetime and ceiling of a root; their distances from the parent's below it.
    pub(super) numbers: [u64; 3],
    /// A root's issuer, and the audience.
    pub(super) names: &'a [u8],
    pub(super) capabilities: &'a [u8],
}

impl<'a> Head<'a> {
    pub(super) fn of(body: &'a [u8], is_root: bool) -> Option<Self> {
        let mut reader = Reader::new(body);
        match reader.take(1)?.first()? {
            0 => reader.take(10)?,
            1 => reader.take(16)?,
            _ => reader.string()?,
        };
        let id = before(body, reader.rest())?;
        let numbers = [reader.uint()?, reader.uint()?, reader.uint()?];
        let names = reader.rest();
        if is_root {
            reader.string()?;
        }
        for _ in 0..reader.uint()? {
            reader.string()?;
        }
        let names = before(names, reader.rest())?;
        Some(Self { id, numbers, names, capabilities: reader.rest() })
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut body = self.id.to_vec();
        for number in self.numbers {
            write_uint(number, &mut body);
        }
        body.extend(self.names);
        body.extend(self.capabilities);
        body
    }
}

fn before<'a>(all: &'a [u8], rest: &[u8]) -> Option<&'a [u8]> {
    all.get(..all.len().checked_sub(rest.len())?)
}
