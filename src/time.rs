//! Points in time, as the tokens carry them.

use core::{fmt, time::Duration};

/// Whole seconds since 1970-01-01T00:00:00Z, without leap seconds (`NumericDate`, AAT-02 3.2).
///
/// Every core call takes the current time as a parameter; the library never reads a clock.
///
/// ```
/// use core::time::Duration;
/// use taper::Timestamp;
///
/// let now = Timestamp::from_unix(1_704_067_500);
/// assert_eq!(now.saturating_add(Duration::from_secs(60)).as_unix(), 1_704_067_560);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `seconds` after (or, when negative, before) the Unix epoch.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    pub const fn as_unix(self) -> i64 {
        self.0
    }

    /// `duration` later, in whole seconds. Saturates: a time past the end of time is still past
    /// every expiry.
    #[must_use]
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add_unsigned(duration.as_secs()))
    }

    /// `duration` earlier, in whole seconds. Saturates.
    #[must_use]
    pub const fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub_unsigned(duration.as_secs()))
    }

    /// Seconds from `earlier` to `self`; negative when `self` is the earlier one. Saturates.
    ///
    /// ```
    /// use taper::Timestamp;
    /// let (a, b) = (Timestamp::from_unix(10), Timestamp::from_unix(25));
    /// assert_eq!(b.seconds_since(a), 15);
    /// ```
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whole seconds, rounded down; a time before the epoch is negative.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => Self(0).saturating_add(after),
            Err(before) => Self(0).saturating_sub(before.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp::from_unix(i64::MAX);
        assert_eq!(end.saturating_add(Duration::from_secs(u64::MAX)), end);
        let start = Timestamp::from_unix(i64::MIN);
        assert_eq!(start.saturating_sub(Duration::from_secs(1)), start);
        assert_eq!(end.seconds_since(start), i64::MAX);
    }
}
