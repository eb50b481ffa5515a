//! The processes that a run starts, and what they cost.

use crate::{
    Failure,
    calls::{AUDIENCE, ISSUER},
};
use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A process that ends with this value.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads lines until `found` makes something of one, and what follows in a thread: whoever does not
/// read fills the pipe.
fn first<T>(
    from: impl Read + Send + 'static,
    found: impl Fn(&str) -> Option<T>,
) -> Result<T, Failure> {
    let mut lines = BufReader::new(from);
    let mut said = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Err(format!("a process ended early: {said}").into());
        }
        if let Some(value) = found(&line) {
            std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            return Ok(value);
        }
        said.push_str(&line);
    }
}

fn taken<T>(pipe: Option<T>) -> Result<T, Failure> {
    pipe.ok_or_else(|| "a process has no pipe".into())
}

impl Process {
    /// This program as the server.
    pub(crate) fn upstream() -> Result<(Self, SocketAddr), Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = Self(command.arg("upstream").stdout(Stdio::piped()).spawn()?);
        let port = first(taken(child.0.stdout.take())?, |line| line.trim().parse().ok())?;
        Ok((child, SocketAddr::from(([127, 0, 0, 1], port))))
    }

    /// A `redis-server` that keeps nothing.
    pub(crate) fn redis() -> Result<(Self, u16), Failure> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no"]).stdout(Stdio::null());
        let child = command.spawn().map_err(|error| format!("redis-server: {error}"))?;
        let child = Self(child);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err("redis-server does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok((child, port))
    }

    /// The guard `program` before `upstream`, with a log and metrics, and with its used proofs in
    /// its memory, or in the Redis at a port.
    pub(crate) fn guard(
        program: &Path,
        folder: &Path,
        name: &str,
        upstream: SocketAddr,
        redis: Option<u16>,
    ) -> Result<(Self, SocketAddr), Failure> {
        let mut policy = format!(
            "audiences = [\"{AUDIENCE}\"]\n[listen]\nhttp = \"127.0.0.1:0\"\nadmin = \
             \"127.0.0.1:0\"\n[[anchors]]\nissuer = \"{ISSUER}\"\nkey_file = \"issuer.jwk\"\n\
             [upstreams.one]\nurl = \"http://{upstream}/mcp\"\n[log]\npath = \"{name}.log\"\n"
        );
        if let Some(port) = redis {
            writeln!(policy, "[replay.redis]\nurl = \"redis://127.0.0.1:{port}\"")?;
        }
        let file = folder.join(format!("{name}.toml"));
        std::fs::write(&file, policy)?;
        let mut command = Command::new(program);
        command.arg("guard").arg("--policy").arg(file).stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let mut child = Self(child);
        let address = first(taken(child.0.stderr.take())?, |line| {
            let (_, rest) = line.split_once("listening at http://")?;
            rest.split('/').next()?.parse().ok()
        })?;
        Ok((child, address))
    }

    /// Resident memory in KiB; 0 where the system does not tell.
    pub(crate) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.0.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
    }

    /// Time on processors so far.
    pub(crate) fn cpu(&self) -> Duration {
        cpu(&self.0.id().to_string())
    }
}

/// Time that the process `id` had on processors, in ticks of 10 ms; none where the system does not
/// tell.
pub(crate) fn cpu(id: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name, which may have blanks in it, ends with the last bracket.
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks.saturating_mul(10))
}
