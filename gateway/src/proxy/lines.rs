//! Messages on a pipe, one on a line.

use super::failure::Failure;
use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Reads lines of a bounded size.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    from: R,
    rest: BytesMut,
    /// Bytes in which no end of a line was found yet.
    seen: usize,
    max: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Reads lines of at most `max` bytes.
    pub(crate) fn new(from: R, max: usize) -> Self {
        Self { from, rest: BytesMut::new(), seen: 0, max }
    }

    /// The next line that is not empty; `None` at the end, and what has no line end there is
    /// none. A line that is too large is an error in its place, and is passed over.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        let mut too_large = false;
        loop {
            let unseen = self.rest.get(self.seen..).unwrap_or_default();
            if let Some(at) = unseen.iter().position(|byte| *byte == b'\n') {
                let line = self.rest.split_to(self.seen.saturating_add(at));
                self.rest.advance(1);
                self.seen = 0;
                if too_large || line.len() > self.max {
                    return Some(Err(Failure::TooLarge));
                }
                let line = line.freeze();
                let line = line.slice_ref(line.trim_ascii());
                if line.is_empty() {
                    continue;
                }
                return Some(Ok(line));
            }
            self.seen = self.rest.len();
            if self.seen > self.max {
                too_large = true;
                self.rest.clear();
                self.seen = 0;
            }
            self.rest.reserve(8192);
            match self.from.read_buf(&mut self.rest).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

/// Writes one message as a line. Line ends within it stand between tokens, where a space says the
/// same.
pub(crate) async fn write(
    to: &mut (impl AsyncWrite + Unpin),
    message: &[u8],
) -> std::io::Result<()> {
    let mut line = Vec::with_capacity(message.len().saturating_add(1));
    line.extend(message.iter().map(|byte| match byte {
        b'\n' | b'\r' => b' ',
        byte => *byte,
    }));
    line.push(b'\n');
    to.write_all(&line).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_of_a_bounded_size() {
        let text = format!("{{}}\r\n\n  \n12345678\n{}\n123456789\n[]\nhalf", "x".repeat(50_000));
        let mut lines = Lines::new(text.as_bytes(), 8);
        let mut read = vec![];
        while let Some(line) = lines.next().await {
            read.push(line);
        }
        let large = || Err(Failure::TooLarge);
        assert_eq!(
            read,
            [Ok("{}".into()), Ok("12345678".into()), large(), large(), Ok("[]".into())]
        );
    }

    #[tokio::test]
    async fn a_message_is_one_line() {
        let mut written = vec![];
        write(&mut written, b"{\r\n\"a\":\n1}").await.unwrap();
        assert_eq!(written, b"{  \"a\": 1}\n");
    }
}
