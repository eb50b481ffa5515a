//! What the command's parts share: how they run and end.

pub(crate) mod doctor;
pub(crate) mod guard;
pub(crate) mod hold;
mod key;
pub(crate) mod log;

use std::{fmt, io, net::SocketAddr};
use tokio::net::{TcpListener, TcpSocket};

/// How many connections may wait to be accepted: more come at once than the 128 that are usual, and
/// one that finds no place is tried again after a second.
const WAITING: u32 = 4096;

/// Why a command cannot go on, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn at(what: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self(format!("{what}: {problem}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs `command` with a thread for each core.
pub(crate) fn run<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    more_files();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::at("threads", error))?;
    let done = runtime.block_on(command);
    // A read from standard input cannot be ended otherwise.
    runtime.shutdown_background();
    done
}

/// Takes as many file descriptors as the system lets this process have: each connection is one.
fn more_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        if setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_err() {
            tracing::warn!("the number of open files is not raised");
        }
    }
}

/// Waits until the process is told to end.
pub(crate) async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Waits for connections at `address`, and says at which port when that was left open.
pub(crate) fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let listen = || -> io::Result<_> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // One that was ended just now may have left connections that still close.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(WAITING)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listen().map_err(|error| Failure::at(address, error))
}
