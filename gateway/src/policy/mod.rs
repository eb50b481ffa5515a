//! The policy of a guard, read from a file and checked as a whole. `POLICY.md` says what each key
//! means.

mod anchors;
mod current;
mod error;
mod file;
mod limits;
mod load;
mod reading;
mod running;
mod servers;
mod tools;

pub use current::{Current, Event};
pub use error::PolicyError;
pub use file::{Mode, Unpresented};
pub use running::Running;
pub use servers::Server;

use crate::{Arguments, Tools, proxy};
use anchors::Anchors;
use error::Source;
use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};
use taper::extension::Extensions;
use zeroize::Zeroizing;

/// What a policy's file says, with the defaults for what it leaves out.
///
/// ```
/// use taper_gateway::policy::{Mode, Policy};
///
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.example.toml");
/// let policy = Policy::load(path)?;
/// assert_eq!(policy.mode, Mode::Enforce);
/// # Ok::<(), taper_gateway::policy::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// Whether denials hold.
    pub mode: Mode,
    /// How many guards serve the same chains.
    pub replicas: NonZeroU32,
    /// Where clients come to over HTTP.
    pub http: Option<SocketAddr>,
    /// Where health and metrics are told.
    pub admin: Option<SocketAddr>,
    /// Web pages that may call.
    pub origins: Vec<Box<str>>,
    /// The servers by their names. The place in this list is the number that [`Tools`] has.
    pub servers: Vec<(Box<str>, Server)>,
    /// Which tool a name means.
    pub tools: Tools,
    /// Methods that pass without a token, beside those without which no session lives.
    pub methods: Vec<Box<str>>,
    /// What is listed to a client that presents nothing.
    pub unpresented: Unpresented,
    /// Where used proofs are remembered.
    pub replay: Replay,
    /// Whether proofs need a nonce, and which.
    pub nonces: Option<Nonces>,
    /// Where decisions are written.
    pub log: Option<Log>,
    /// Bytes of memory for chains that were verified; none are remembered with 0.
    pub cache: usize,
    /// Bounds on clients and servers.
    pub traffic: proxy::Limits,
    /// Bounds on tokens and proofs.
    pub limits: taper::Limits,
    anchors: Anchors,
    rules: taper::Policy,
    extensions: Extensions,
    source: Source,
    places: Places,
}

/// Where used proofs are remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replay {
    /// In the memory of this process, so many.
    Memory(NonZeroUsize),
    /// In Redis or Valkey, for all replicas.
    Redis(Redis),
}

/// How Redis or Valkey is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Redis {
    /// The URL, without a password.
    pub url: Box<str>,
    /// The user, when it is not the default one.
    pub username: Option<Box<str>>,
    /// The password.
    pub password: Option<Zeroizing<String>>,
    /// How long a connection may take to open.
    pub connect_timeout: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl Redis {
    /// The server at `url`, without a password, with the default timeouts.
    pub fn at(url: impl Into<Box<str>>) -> Self {
        Self {
            url: url.into(),
            username: None,
            password: None,
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_millis(500),
        }
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The nonces that proofs need.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonces {
    /// How long a nonce is the current one; it is accepted for twice that at most.
    pub period: Duration,
    /// The key that they are made with; a random one otherwise.
    pub(crate) key: Option<Zeroizing<[u8; 32]>>,
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nonces").field("period", &self.period).finish_non_exhaustive()
    }
}

/// Where and how decisions are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The file.
    pub path: PathBuf,
    /// What it says of arguments.
    pub arguments: Arguments,
}

/// Where things stand that do not change without a restart.
#[derive(Clone, Debug, Default)]
struct Places {
    listen: usize,
    replay: usize,
    log: usize,
    limits: usize,
}
