//! Server-sent events, read and written (the HTML standard, 9.2).
//!
//! Events are written anew rather than copied, so that a client cannot read another event out of
//! the same bytes than was judged here.

use super::failure::Failure;
use bytes::{Buf as _, Bytes, BytesMut};

/// One event, or a comment, which keeps connections alive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) retry: Option<String>,
    /// The data lines, with a line feed between two.
    pub(crate) data: Option<Bytes>,
}

impl Event {
    /// An event with a message.
    pub(crate) fn of(data: Bytes) -> Self {
        Self { data: Some(data), ..Self::default() }
    }

    /// The event as text.
    pub(crate) fn to_bytes(&self) -> Bytes {
        let mut text = BytesMut::new();
        let fields = [("event", &self.name), ("id", &self.id), ("retry", &self.retry)];
        for (field, value) in fields {
            if let Some(value) = value {
                line(&mut text, field, value.as_bytes());
            }
        }
        match &self.data {
            Some(data) => {
                // A carriage return would end the line as well; between JSON's tokens both are
                // the same, and within strings neither can be.
                for part in data.split(|byte| matches!(byte, b'\n' | b'\r')) {
                    line(&mut text, "data", part);
                }
            }
            None if text.is_empty() => text.extend_from_slice(b":\n"),
            None => {}
        }
        text.extend_from_slice(b"\n");
        text.freeze()
    }
}

fn line(text: &mut BytesMut, field: &str, value: &[u8]) {
    text.extend_from_slice(field.as_bytes());
    text.extend_from_slice(b": ");
    text.extend_from_slice(value);
    text.extend_from_slice(b"\n");
}

/// Finds events in what arrives piece by piece.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Bytes in which no end of a line was found yet, before `seen`.
    rest: BytesMut,
    seen: usize,
    begun: bool,
    /// A line feed right here belongs to the carriage return before it.
    after_return: bool,
    event: Event,
    size: usize,
    max: usize,
}

impl Reader {
    /// A reader of events of at most `max` bytes.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            rest: BytesMut::new(),
            seen: 0,
            begun: false,
            after_return: false,
            event: Event::default(),
            size: 0,
            max,
        }
    }

    /// Takes what has arrived.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
    }

    /// The next event that is complete.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, Failure> {
        while let Some(line) = self.line() {
            if line.is_empty() {
                self.size = 0;
                let event = std::mem::take(&mut self.event);
                if event != Event::default() {
                    return Ok(Some(event));
                }
                continue;
            }
            self.size = self.size.saturating_add(line.len());
            if self.size > self.max {
                return Err(Failure::AnswerTooLarge);
            }
            if line.starts_with(b":") {
                return Ok(Some(Event::default()));
            }
            self.field(&line);
        }
        if self.rest.len().saturating_add(self.size) > self.max {
            return Err(Failure::AnswerTooLarge);
        }
        Ok(None)
    }

    /// The next line without its end.
    fn line(&mut self) -> Option<Bytes> {
        if self.after_return && !self.rest.is_empty() {
            self.after_return = false;
            if self.rest.first() == Some(&b'\n') {
                self.rest.advance(1);
            }
        }
        let unseen = self.rest.get(self.seen..)?;
        let Some(at) = unseen.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.seen = self.rest.len();
            return None;
        };
        let end = self.seen.saturating_add(at);
        self.seen = 0;
        let mut line = self.rest.split_to(end).freeze();
        self.after_return = self.rest.first() == Some(&b'\r');
        self.rest.advance(1);
        // A byte order mark may stand before the first line.
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(b"\xef\xbb\xbf") {
            line.advance(3);
        }
        Some(line)
    }

    fn field(&mut self, line: &Bytes) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || Some(String::from_utf8_lossy(value).into_owned());
        match name {
            b"data" => {
                let data = match self.event.data.take() {
                    Some(before) => [&*before, value].join(&b'\n').into(),
                    None => line.slice_ref(value),
                };
                self.event.data = Some(data);
            }
            b"event" => self.event.name = text(),
            b"id" => self.event.id = text(),
            b"retry" => self.event.retry = text(),
            // Clients ignore other fields too.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of `text`, when it arrives in pieces of `size` bytes.
    fn events(text: &str, size: usize) -> Vec<Event> {
        let mut reader = Reader::new(1000);
        let mut events = vec![];
        for piece in text.as_bytes().chunks(size) {
            reader.push(piece);
            while let Some(event) = reader.next().unwrap() {
                events.push(event);
            }
        }
        events
    }

    #[test]
    fn events_however_they_arrive() {
        let text = "\u{feff}: hello\n\nid: 7\nevent: message\ndata: {\"a\":\ndata:1}\n\n\r\n\
                    retry: 5\r\rdata\r\n\r\nnothing: 1\n\ndata: cut off";
        let message = Event {
            name: Some("message".into()),
            id: Some("7".into()),
            retry: None,
            data: Some("{\"a\":\n1}".into()),
        };
        let retry = Event { retry: Some("5".into()), ..Event::default() };
        let empty = Event::of(Bytes::new());
        let expected = [Event::default(), message, retry, empty];
        for size in 1..text.len() {
            assert_eq!(events(text, size), expected, "{size}");
        }
        // What is written is read as the same.
        let written: Vec<u8> = expected.iter().flat_map(|event| event.to_bytes()).collect();
        assert_eq!(events(std::str::from_utf8(&written).unwrap(), 3), expected);
    }

    #[test]
    fn a_message_cannot_smuggle_an_event() {
        let event = Event::of("{}\r\rdata: {\"other\":1}\n\nid: 9".into());
        let read = events(std::str::from_utf8(&event.to_bytes()).unwrap(), 5);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].id, None);
    }

    #[test]
    fn an_event_has_a_size() {
        let lines = "data: 0123456789\n".repeat(7);
        for text in ["data: ".to_owned() + &"x".repeat(100), lines] {
            let mut reader = Reader::new(99);
            let mut failed = false;
            for piece in text.as_bytes().chunks(10) {
                reader.push(piece);
                failed |= reader.next().is_err();
            }
            assert!(failed, "{text}");
        }
    }
}
