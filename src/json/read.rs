//! From text to [`Node`]s.

use super::{JsonError, JsonErrorKind, Members, Node, node::duplicate, plain::plain_prefix};
use alloc::{borrow::Cow, vec::Vec};
use hifijson::{Read as _, SliceLexer, num::LexWrite as _, str::LexAlloc as _, token::Lex as _};

/// How deep arrays and objects may nest in what tokens and calls carry (reading 23). Constraints
/// have a tighter limit of their own.
pub(crate) const MAX_DEPTH: usize = 128;

/// Reads exactly one value.
pub(crate) fn parse(text: &[u8], max_depth: usize) -> Result<Node<'_>, JsonError> {
    let mut reader = Reader::new(text, max_depth)?;
    let node = reader.value(0)?;
    reader.end()?;
    Ok(node)
}

/// The strings at `paths`, each of member names from the top-level object down, where there are any.
///
/// For what is taken from a text before its signature is checked: builds nothing, looks for no
/// duplicates (the first member counts), but does check that the whole text is JSON.
pub(crate) fn strings_at<'a, const N: usize>(
    text: &'a [u8],
    paths: [&[&str]; N],
    max_depth: usize,
) -> Result<[Option<Cow<'a, str>>; N], JsonError> {
    let mut reader = Reader::new(text, max_depth)?;
    if reader.peek()? != b'{' {
        return Err(reader.error(JsonErrorKind::NotAnObject));
    }
    let mut found = [const { None }; N];
    reader.find(paths.map(Some), &mut found, 0)?;
    reader.end()?;
    Ok(found.map(Option::flatten))
}

/// The members of the top-level object with the text of their values.
pub(crate) fn top_level_members(
    text: &[u8],
    max_depth: usize,
) -> Result<Vec<(Cow<'_, str>, &str)>, JsonError> {
    let mut reader = Reader::new(text, max_depth)?;
    let mut members: Vec<(Cow<'_, str>, &str)> = Vec::new();
    reader.top_level(|reader, name| {
        reader.peek()?;
        let start = reader.offset();
        reader.skip(1)?;
        let raw = text.get(start..reader.offset()).and_then(|raw| core::str::from_utf8(raw).ok());
        members.push((name, raw.unwrap_or_default()));
        Ok(())
    })?;
    distinct(members, text)
}

/// A value where a string or an array of strings is expected. Of anything else nothing is built, so
/// that what no signature vouches for yet takes little memory.
#[derive(Debug)]
pub(crate) enum Strings<'a> {
    One(Cow<'a, str>),
    Many(Vec<Cow<'a, str>>),
    /// An array, and the index of its first element that is no string.
    Mixed(usize),
    Neither,
}

/// Reads one value as strings.
pub(crate) fn strings(text: &[u8], max_depth: usize) -> Result<Strings<'_>, JsonError> {
    let mut reader = Reader::new(text, max_depth)?;
    let value = reader.strings(0)?;
    reader.end()?;
    Ok(value)
}

/// Those members of the top-level object that are `wanted`; the rest is checked to be JSON and
/// skipped.
pub(crate) fn top_level_strings<'a>(
    text: &'a [u8],
    wanted: &[&str],
    max_depth: usize,
) -> Result<Vec<(Cow<'a, str>, Strings<'a>)>, JsonError> {
    let mut reader = Reader::new(text, max_depth)?;
    let mut members: Vec<(Cow<'a, str>, Option<Strings<'a>>)> = Vec::new();
    reader.top_level(|reader, name| {
        let value = if wanted.contains(&&*name) {
            Some(reader.strings(1)?)
        } else {
            reader.skip(1)?;
            None
        };
        members.push((name, value));
        Ok(())
    })?;
    let members = distinct(members, text)?.into_iter();
    Ok(members.filter_map(|(name, value)| Some((name, value?))).collect())
}

/// The members, when no two have the same name.
fn distinct<'a, V>(
    members: Vec<(Cow<'a, str>, V)>,
    text: &[u8],
) -> Result<Vec<(Cow<'a, str>, V)>, JsonError> {
    match duplicate(members.iter().map(|(name, _)| &**name), members.len()) {
        Some(name) => {
            let kind = JsonErrorKind::Duplicate { name: name.into() };
            Err(JsonError::new(text.len(), kind))
        }
        None => Ok(members),
    }
}

/// The text, when it is UTF-8.
pub(crate) fn utf8(text: &[u8]) -> Result<&str, JsonError> {
    core::str::from_utf8(text)
        .map_err(|error| JsonError::new(error.valid_up_to(), JsonErrorKind::Utf8))
}

struct Reader<'a> {
    lexer: SliceLexer<'a>,
    text: &'a str,
    max_depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8], max_depth: usize) -> Result<Self, JsonError> {
        // Once for the whole text, so that skipped strings are UTF-8 too.
        let checked = utf8(text)?;
        Ok(Self { lexer: SliceLexer::new(text), text: checked, max_depth })
    }

    fn offset(&self) -> usize {
        self.text.len().saturating_sub(self.lexer.as_slice().len())
    }

    fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError::new(self.offset(), kind)
    }

    fn expected(&self, expected: &'static str) -> JsonError {
        self.error(JsonErrorKind::Syntax { expected })
    }

    /// The first byte of the next token.
    fn peek(&mut self) -> Result<u8, JsonError> {
        self.lexer.ws_peek().ok_or_else(|| self.expected("a value"))
    }

    fn end(&mut self) -> Result<(), JsonError> {
        match self.lexer.ws_peek() {
            None => Ok(()),
            Some(_) => Err(self.error(JsonErrorKind::Trailing)),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        let limit = self.max_depth;
        if depth < limit {
            Ok(depth.saturating_add(1))
        } else {
            Err(self.error(JsonErrorKind::TooDeep { limit }))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, JsonError> {
        match self.peek()? {
            b'"' => self.string().map(Node::String),
            b'[' => {
                let depth = self.deeper(depth)?;
                let mut elements = Vec::new();
                self.sequence(b']', |reader| {
                    elements.push(reader.value(depth)?);
                    Ok(())
                })?;
                Ok(Node::Array(elements))
            }
            b'{' => {
                let depth = self.deeper(depth)?;
                let mut members = Vec::new();
                self.sequence(b'}', |reader| {
                    let name = reader.name()?;
                    members.push((name, reader.value(depth)?));
                    Ok(())
                })?;
                Members::distinct(members)
                    .map(Node::Object)
                    .map_err(|name| self.error(JsonErrorKind::Duplicate { name: (&*name).into() }))
            }
            b'-' | b'0'..=b'9' => self.number().map(Node::Number),
            _ => self.literal(),
        }
    }

    fn strings(&mut self, depth: usize) -> Result<Strings<'a>, JsonError> {
        match self.peek()? {
            b'"' => self.string().map(Strings::One),
            b'[' => {
                let depth = self.deeper(depth)?;
                let (mut found, mut odd) = (Vec::new(), None);
                self.sequence(b']', |reader| {
                    if odd.is_none() && reader.peek()? == b'"' {
                        found.push(reader.string()?);
                        return Ok(());
                    }
                    odd = odd.or(Some(found.len()));
                    reader.skip(depth)
                })?;
                Ok(odd.map_or(Strings::Many(found), Strings::Mixed))
            }
            _ => self.skip(depth).map(|()| Strings::Neither),
        }
    }

    fn skip(&mut self, depth: usize) -> Result<(), JsonError> {
        match self.peek()? {
            b'"' => {
                self.string()?;
            }
            b'[' => {
                let depth = self.deeper(depth)?;
                self.sequence(b']', |reader| reader.skip(depth))?;
            }
            b'{' => {
                let depth = self.deeper(depth)?;
                self.sequence(b'}', |reader| {
                    reader.name()?;
                    reader.skip(depth)
                })?;
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
            }
            _ => {
                self.literal()?;
            }
        }
        Ok(())
    }

    /// Reads one value and notes the strings in it that end a path. `paths` are what is left of
    /// them here.
    fn find<const N: usize>(
        &mut self,
        paths: [Option<&[&str]>; N],
        found: &mut [Option<Option<Cow<'a, str>>>; N],
        depth: usize,
    ) -> Result<(), JsonError> {
        if paths.iter().all(Option::is_none) {
            return self.skip(depth);
        }
        let goes_on = |path: &Option<&[&str]>| path.is_some_and(|left| !left.is_empty());
        let first = self.peek()?;
        if first == b'{' && paths.iter().any(goes_on) {
            let depth = self.deeper(depth)?;
            return self.sequence(b'}', |reader| {
                let name = reader.name()?;
                let below = paths.map(|path| match path?.split_first() {
                    Some((member, left)) if *member == name => Some(left),
                    _ => None,
                });
                reader.find(below, found, depth)
            });
        }
        let value = match first {
            b'"' => Some(self.string()?),
            _ => {
                self.skip(depth)?;
                None
            }
        };
        for (path, found) in paths.iter().zip(found) {
            if path.is_some_and(<[&str]>::is_empty) && found.is_none() {
                *found = Some(value.clone());
            }
        }
        Ok(())
    }

    /// Calls `member` for each member of the one object that is the text, after its name.
    fn top_level(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        if self.peek()? != b'{' {
            return Err(self.error(JsonErrorKind::NotAnObject));
        }
        self.sequence(b'}', |reader| {
            let name = reader.name()?;
            member(reader, name)
        })?;
        self.end()
    }

    /// Calls `item` for each item between the bracket that comes next and `close`.
    fn sequence(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.lexer.take_next();
        if self.lexer.ws_peek() == Some(close) {
            self.lexer.take_next();
            return Ok(());
        }
        loop {
            item(self)?;
            match self.lexer.ws_peek() {
                Some(b',') => {
                    self.lexer.take_next();
                }
                Some(byte) if byte == close => {
                    self.lexer.take_next();
                    return Ok(());
                }
                _ => return Err(self.expected("a comma or the end of the array or object")),
            }
        }
    }

    /// A member's name and the colon after it.
    fn name(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.lexer.ws_peek() != Some(b'"') {
            return Err(self.expected("a member name"));
        }
        let name = self.string()?;
        if self.lexer.ws_peek() != Some(b':') {
            return Err(self.expected("a colon"));
        }
        self.lexer.take_next();
        Ok(name)
    }

    /// The string whose opening quote comes next. Surrogates must come in pairs.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.lexer.take_next();
        let rest = self.lexer.as_slice();
        let plain = plain_prefix(rest);
        // Nearly all strings have no escape: they are borrowed as they stand.
        if let Some((b'"', after)) = rest.get(plain..).and_then(<[u8]>::split_first) {
            let start = self.offset();
            let end = start.saturating_add(plain);
            self.lexer = SliceLexer::new(after);
            return Ok(Cow::Borrowed(self.text.get(start..end).unwrap_or_default()));
        }
        self.lexer.str_string().map_err(|_| self.error(JsonErrorKind::String))
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let rest = self.lexer.as_slice();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        // A plain integer is taken as it stands; the lexer judges everything else.
        let fraction = matches!(rest.get(digits), Some(b'.' | b'e' | b'E' | b'+' | b'-'));
        if digits > 0 && !fraction && (digits == 1 || rest.first() != Some(&b'0')) {
            let start = self.offset();
            self.lexer = SliceLexer::new(rest.get(digits..).unwrap_or_default());
            let end = start.saturating_add(digits);
            return Ok(self.text.get(start..end).unwrap_or_default());
        }
        match self.lexer.num_bytes().validated() {
            // A number that lexes is ASCII.
            Ok((text, _)) => Ok(core::str::from_utf8(text).unwrap_or_default()),
            Err(_) => Err(self.error(JsonErrorKind::Number)),
        }
    }

    fn literal(&mut self) -> Result<Node<'a>, JsonError> {
        let expected = self.expected("a value");
        match self.lexer.null_or_bool() {
            Some(None) => Ok(Node::Null),
            Some(Some(value)) => Ok(Node::Bool(value)),
            None => Err(expected),
        }
    }
}

#[cfg(test)]
mod tests;
