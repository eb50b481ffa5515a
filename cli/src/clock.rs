//! The time that a command works at.

use std::time::SystemTime;
use taper::Timestamp;

/// Another time than the clock's.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct ClockArgs {
    /// The time to work at, in seconds since 1970; the clock's if not given.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
}

impl ClockArgs {
    /// The time.
    pub(crate) fn now(self) -> Timestamp {
        self.now.map_or_else(|| SystemTime::now().into(), Timestamp::from_unix)
    }
}
