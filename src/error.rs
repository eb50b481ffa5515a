//! How messages quote what they did not choose: bounded, on one line, in backticks.

use core::fmt::{self, Write as _};

/// The most characters of foreign text that one message repeats.
const QUOTED_CHARS: usize = 96;

/// Shows foreign text in backticks: what is not printable escaped, cut after [`QUOTED_CHARS`].
pub(crate) struct Quoted<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('`')?;
        let mut bounded = Bounded { out: f, left: QUOTED_CHARS };
        // The bounded writer fails on purpose when it is full; only `cut` tells that apart.
        let cut = write!(bounded, "{}", self.0).is_err() && bounded.left == 0;
        f.write_str(if cut { "…`" } else { "`" })
    }
}

struct Bounded<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    left: usize,
}

impl fmt::Write for Bounded<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            match c {
                '`' => write!(self.out, "{}", c.escape_unicode())?,
                '\'' | '"' | '\\' => self.out.write_char(c)?,
                // Escapes controls, and what is not printable, such as bidirectional overrides.
                _ => write!(self.out, "{}", c.escape_debug())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    #[test]
    fn foreign_text_is_bounded_and_on_one_line() {
        assert_eq!(format!("{}", Quoted("path")), "`path`");
        assert_eq!(format!("{}", Quoted("a\nb`\"\u{202e}")), "`a\\nb\\u{60}\"\\u{202e}`");
        let long: String = core::iter::repeat_n('é', 1000).collect();
        let shown = format!("{}", Quoted(long.as_str()));
        assert!(shown.ends_with("…`") && shown.chars().count() == QUOTED_CHARS + 3);
        let exact: String = core::iter::repeat_n('x', QUOTED_CHARS).collect();
        assert!(!format!("{}", Quoted(exact.as_str())).contains('…'));
    }
}
