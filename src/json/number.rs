//! Numbers: admissible ones, and their canonical form.

use crate::error::Quoted;
use alloc::boxed::Box;
use core::{cmp::Ordering, fmt, hash};

/// A finite double other than negative zero: what a JSON number means in JCS (RFC 8785 3.2.2.3).
///
/// `Display` is the canonical text.
///
/// ```
/// use taper::json::Number;
///
/// assert_eq!(Number::try_from(1e21)?.to_string(), "1e+21");
/// assert_eq!(Number::from(7).to_string(), "7");
/// assert!(Number::try_from(9_007_199_254_740_993_i64).is_err());
/// # Ok::<_, taper::json::NotAdmissible>(())
/// ```
#[derive(Clone, Copy)]
pub struct Number(f64);

impl Number {
    /// The double.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The integer that this is, unless it has a fraction or is beyond 2^53.
    pub fn as_integer(self) -> Option<i64> {
        /// 2^53: every integer up to it is a double.
        const LIMIT: f64 = 9_007_199_254_740_992.0;
        if self.0.abs() > LIMIT {
            return None;
        }
        #[expect(clippy::as_conversions, reason = "in range, and a fraction is noticed below")]
        let integer = self.0 as i64;
        #[expect(clippy::as_conversions, reason = "in range")]
        let back = integer as f64;
        (back.to_bits() == self.0.to_bits()).then_some(integer)
    }

    fn finite(double: f64) -> Option<Self> {
        // Adding zero turns -0 into 0, which is its canonical form.
        double.is_finite().then_some(Self(double + 0.0))
    }

    /// Reads the text of a number, when its canonical form denotes the same number (AAT-02 3.4).
    pub(super) fn admissible(text: &str) -> Option<Self> {
        let number = Self::nearest(text)?;
        if is_short_integer(text) {
            return Some(number);
        }
        let mut buffer = ryu_js::Buffer::new();
        let canonical = Decimal::of(buffer.format_finite(number.0));
        (Decimal::of(text) == canonical).then_some(number)
    }

    /// The nearest double to the text of a number, unless that is infinite.
    pub(super) fn nearest(text: &str) -> Option<Self> {
        text.parse().ok().and_then(Self::finite)
    }
}

/// Whether `text` is an integer of at most 15 digits: exactly a double, and its own canonical form
/// but for `-0`, which denotes the same number as `0`.
fn is_short_integer(text: &str) -> bool {
    text.len() <= 15 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit())
}

/// The exact number that a JSON number text denotes: sign, digits without zeros at either end, and
/// the exponent of the first digit. Two texts denote the same number when these are equal.
#[derive(PartialEq, Eq)]
struct Decimal<'a> {
    negative: bool,
    digits: Digits<'a>,
    exponent: i128,
}

impl<'a> Decimal<'a> {
    /// INVARIANT: `text` fits the grammar of JSON numbers.
    fn of(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = Digits { whole, fraction };
        let leading = digits.trim();
        if digits.is_empty() {
            return Self { negative: false, digits, exponent: 0 };
        }
        // Lengths fit easily; an exponent text beyond 64 bits is no double's.
        let exponent: i128 = exponent.parse::<i64>().map_or(i128::MAX, i128::from);
        let length = |len: usize| i128::try_from(len).unwrap_or(i128::MAX);
        let first = length(whole.len()).saturating_sub(length(leading));
        Self { negative, digits, exponent: exponent.saturating_add(first) }
    }
}

/// The digits before and after the point.
struct Digits<'a> {
    whole: &'a str,
    fraction: &'a str,
}

impl Digits<'_> {
    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// Removes zeros at both ends; gives how many stood at the front.
    fn trim(&mut self) -> usize {
        let before = self.whole.len().saturating_add(self.fraction.len());
        self.whole = self.whole.trim_start_matches('0');
        if self.whole.is_empty() {
            self.fraction = self.fraction.trim_start_matches('0');
        }
        let after = self.whole.len().saturating_add(self.fraction.len());
        self.fraction = self.fraction.trim_end_matches('0');
        if self.fraction.is_empty() {
            self.whole = self.whole.trim_end_matches('0');
        }
        before.saturating_sub(after)
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }
}

impl PartialEq for Digits<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Digits<'_> {}

/// The integer that `text` writes without fraction or exponent, as claims hold it (AAT-02 3.2);
/// beyond 64 bits it saturates.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        // Neither NaN nor -0 occurs, so the total order is the usual one.
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl hash::Hash for Number {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ryu_js::Buffer::new().format_finite(self.0))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! from_exact {
    ($($int:ty),*) => {$(
        impl From<$int> for Number {
            fn from(int: $int) -> Self {
                Self(f64::from(int))
            }
        }
    )*};
}
from_exact!(i8, i16, i32, u8, u16, u32);

impl TryFrom<f64> for Number {
    type Error = NotAdmissible;

    fn try_from(double: f64) -> Result<Self, NotAdmissible> {
        Self::finite(double).ok_or(NotAdmissible)
    }
}

impl TryFrom<i64> for Number {
    type Error = NotAdmissible;

    fn try_from(int: i64) -> Result<Self, NotAdmissible> {
        use alloc::string::ToString as _;
        match i32::try_from(int) {
            Ok(small) => Ok(small.into()),
            Err(_) => Self::admissible(&int.to_string()).ok_or(NotAdmissible),
        }
    }
}

impl TryFrom<u64> for Number {
    type Error = NotAdmissible;

    fn try_from(int: u64) -> Result<Self, NotAdmissible> {
        use alloc::string::ToString as _;
        match u32::try_from(int) {
            Ok(small) => Ok(small.into()),
            Err(_) => Self::admissible(&int.to_string()).ok_or(NotAdmissible),
        }
    }
}

/// A Rust number that no JSON number means exactly: an infinity, a NaN, or an integer whose
/// canonical form denotes another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number that JSON can carry exactly")]
pub struct NotAdmissible;

/// The text of a number that is not admissible (AAT-02 3.4).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number {} is not the number that its canonical form denotes", Quoted(.text))]
pub struct NumberError {
    text: Box<str>,
}

impl NumberError {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().take(100).collect::<alloc::string::String>().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    #[test]
    fn integers_are_those_that_doubles_tell_apart() {
        const LIMIT: f64 = 9_007_199_254_740_992.0;
        for (double, expected) in [
            (0.0, Some(0)),
            (-7.0, Some(-7)),
            (0.5, None),
            (LIMIT, Some(1 << 53)),
            (-LIMIT, Some(-(1 << 53))),
            (LIMIT + 2.0, None),
            (-LIMIT - 2.0, None),
            (1e300, None),
        ] {
            assert_eq!(Number::try_from(double).unwrap().as_integer(), expected, "{double}");
        }
    }

    #[test]
    fn admissible_numbers() {
        let admissible = [
            "0",
            "-0",
            "0.1",
            "1e20",
            "9007199254740994",
            "1.0",
            "1e2",
            "100e-2",
            "1E+2",
            "-1.50",
            "0e400",
            "0.000e-99999999999999999999999",
            "1.7976931348623157e308",
            "5e-324",
            "123456789012345",
            "1234567890123456",
            "10000000000000000000000",
            "1e21",
            "1e-7",
            "0.0000001",
            "295147905179352830000",
            "333333333.3333333",
        ];
        for text in admissible {
            assert!(Number::admissible(text).is_some(), "{text}");
        }
        let inadmissible = [
            "9007199254740993",
            "1.00000000000000001",
            "1e400",
            "-1e400",
            "1e-400",
            "295147905179352825856",
            "333333333.33333329",
            "0.1000000000000000055511151231257827",
            "1e99999999999999999999999",
            "4.9e-324",
            "123456789012345678",
        ];
        for text in inadmissible {
            assert!(Number::admissible(text).is_none(), "{text}");
        }
        // Long texts, in linear time.
        let zeros = "0".repeat(60_000);
        assert!(Number::admissible(&format!("1.{zeros}")).is_some());
        assert!(Number::admissible(&format!("1.{zeros}1")).is_none());
        assert!(Number::admissible(&format!("0.{zeros}1e60001")).is_some());
    }

    #[test]
    fn canonical_texts() {
        // The samples of RFC 8785 appendix B, as bit patterns.
        let samples: [(u64, &str); 20] = [
            (0x0000000000000000, "0"),
            (0x8000000000000000, "0"),
            (0x0000000000000001, "5e-324"),
            (0x8000000000000001, "-5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"),
            (0xffefffffffffffff, "-1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"),
            (0xc340000000000000, "-9007199254740992"),
            (0x4430000000000000, "295147905179352830000"),
            (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"),
            (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"),
            (0x444b1ae4d6e2ef4f, "999999999999999900000"),
            (0x444b1ae4d6e2ef50, "1e+21"),
            (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
            (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"),
            (0x41b3de4355555555, "333333333.3333333"),
            (0xbecbf647612f3696, "-0.0000033333333333333333"),
        ];
        for (bits, text) in samples {
            assert_eq!(Number::try_from(f64::from_bits(bits)).unwrap().to_string(), text);
        }
        assert!(Number::try_from(f64::NAN).is_err() && Number::try_from(f64::INFINITY).is_err());
    }

    #[test]
    fn integers() {
        let cases = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1704067500", Some(1_704_067_500)),
            ("-5", Some(-5)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
            ("1.0", None),
            ("1e3", None),
            ("-", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text), expected, "{text}");
        }
    }
}
