//! A holder beside a client that knows of no tokens: `taper hold`.

mod approval;
mod asked;
mod chain_file;
mod gate;
mod question;
mod sessions;

pub use approval::Approvals;
pub use chain_file::{ChainFile, FileError, read_key};
pub use gate::Gate;

use std::time::{Duration, SystemTime};
use taper::Timestamp;

/// `time` as people write it.
pub(crate) fn readable(time: Timestamp) -> String {
    let since = u64::try_from(time.as_unix()).ok().map(Duration::from_secs);
    match since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since)) {
        // What has more than four digits for a year cannot be written.
        Some(time) if time < far() => humantime::format_rfc3339_seconds(time).to_string(),
        _ => format!("{time} s after 1970"),
    }
}

/// The last time with a year of four digits, and a bit.
fn far() -> SystemTime {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(253_402_300_799))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
