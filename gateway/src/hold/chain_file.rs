//! A holder's chain and key in files, and what happens to the chain while it is held.

use super::{Gate, readable};
use crate::files::{Content, Files};
use std::{
    fmt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use taper::{
    HeldChain, Limits, Signer, SigningKey, Terms, Timestamp,
    extension::{Cidr, Extensions, PathContainment, UrlScope},
};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long before its end a chain is said to end soon; of a short one, a quarter of the rest.
const SOON: i64 = 300;

/// Why a file is of no use, with its name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FileError(String);

/// A file with a chain, which may be replaced by a renewed one at any time.
#[derive(Debug)]
pub struct ChainFile {
    path: PathBuf,
    seen: Files,
}

/// What has happened to a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Renewed(Timestamp),
    EndsSoon(Timestamp),
    Ended(Timestamp),
    Refused(String),
}

impl ChainFile {
    /// Reads the chain in the file at `path`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, every user may change it, or there is no chain in it.
    pub fn open(path: impl Into<PathBuf>) -> Result<(Self, HeldChain), FileError> {
        let path = path.into();
        let mut seen = Files::default();
        let chain = read_chain(&path, &mut seen)?;
        Ok((Self { path, seen }, chain))
    }

    /// Gives `gate` each chain that stands in the file later, and tells when the one that is held
    /// ends.
    pub async fn follow<S: Signer>(mut self, gate: &Gate<S>, first: Timestamp) {
        let mut end = first;
        let mut told = None;
        loop {
            let now = Timestamp::from(SystemTime::now());
            if let Some(event) = ending(end, now)
                && told.as_ref() != Some(&event)
            {
                tell(&event);
                told = Some(event);
            }
            tokio::time::sleep(LOOK).await;
            if self.seen.again() == self.seen {
                continue;
            }
            let chain = read_chain(&self.path, &mut self.seen);
            let event = match chain.map(|chain| (chain.leaf().expires_at(), gate.renew(chain))) {
                Ok((renewed, Ok(()))) => {
                    end = renewed;
                    Event::Renewed(renewed)
                }
                Ok((_, Err(_))) => Event::Refused(format!(
                    "`{}` has a chain of another holder's key",
                    self.path.display()
                )),
                Err(FileError(problem)) => Event::Refused(problem),
            };
            tell(&event);
        }
    }
}

/// Whether a chain that ends at `end` has ended, or does so soon.
fn ending(end: Timestamp, now: Timestamp) -> Option<Event> {
    match end.seconds_since(now) {
        ..=0 => Some(Event::Ended(end)),
        1..=SOON => Some(Event::EndsSoon(end)),
        _ => None,
    }
}

fn tell(event: &Event) {
    match event {
        Event::Renewed(_) => tracing::info!("{event}"),
        Event::EndsSoon(_) => tracing::warn!("{event}"),
        Event::Ended(_) | Event::Refused(_) => tracing::error!("{event}"),
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Renewed(end) => write!(f, "the chain is renewed until {}", readable(*end)),
            Self::EndsSoon(end) => write!(f, "the chain expires soon, at {}", readable(*end)),
            Self::Ended(end) => {
                write!(f, "the chain has expired at {}: every call is refused", readable(*end))
            }
            Self::Refused(problem) => write!(f, "the chain stays as it was: {problem}"),
        }
    }
}

fn read_chain(path: &Path, seen: &mut Files) -> Result<HeldChain, FileError> {
    let bytes = seen.read(path, Content::Public).map_err(FileError)?;
    let limits = Limits::default();
    let known = Extensions::new()
        .with::<Cidr>()
        .and_then(Extensions::with::<PathContainment>)
        .and_then(Extensions::with::<UrlScope>)
        .map_err(|error| FileError(error.to_string()))?;
    HeldChain::parse(bytes.trim_ascii(), Terms::new(&limits, &known))
        .map_err(|denied| FileError(format!("`{}`: {denied}", path.display())))
}

/// Reads a private key, JWK or PEM, that nobody else may read.
///
/// # Errors
///
/// When the file cannot be read, every user may read or change it, or there is no private key in
/// it.
pub fn read_key(path: &Path) -> Result<SigningKey, FileError> {
    let bytes = Files::default().read(path, Content::Secret).map_err(FileError)?;
    let failed = |problem: &dyn fmt::Display| FileError(format!("`{}`: {problem}", path.display()));
    let key = match bytes.trim_ascii_start().starts_with(b"{") {
        true => SigningKey::from_jwk(&bytes),
        false => {
            let text = std::str::from_utf8(&bytes).map_err(|error| failed(&error))?;
            SigningKey::from_pem(text)
        }
    };
    key.map_err(|error| failed(&error))
}
