//! A guard and a server as processes, and a client that sends exactly what it is told to.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may be blunt, and each uses a part of this"
)]

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    time::{Duration, SystemTime},
};
use taper::{
    Capabilities, ConstraintMap, Grant, HeldChain, Invocation, Issuer, ProofOptions, one_of,
};
use taper_gateway::PRESENTATION_KEY;
use taper_testkit::{AUDIENCE, ISSUER, key};

/// Ends the process with the test.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/server.py")
}

/// What has reached a server.
pub(crate) struct Record(PathBuf);

impl Record {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.join("record"))
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The texts of messages.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.all().iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    }

    /// A command that starts the server on a pipe.
    pub(crate) fn stdio_server(&self) -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        vec!["python3".into(), path(&script()), "stdio".into(), path(&self.0)]
    }

    /// Starts the server over HTTP; `mode` is `json` or `sse`.
    pub(crate) fn http_server(&self, mode: &str) -> (Process, String) {
        let mut child = Command::new("python3")
            .arg(script())
            .arg("http")
            .arg(&self.0)
            .arg(mode)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        (Process(child), format!("http://127.0.0.1:{}/mcp", port.trim()))
    }
}

/// A guard over HTTP.
pub(crate) struct Guard {
    pub(crate) process: Process,
    pub(crate) address: String,
    pub(crate) folder: PathBuf,
}

/// The guard's command with its anchor and audience.
pub(crate) fn guard_command(folder: &Path) -> Command {
    let anchor = folder.join("issuer.jwk");
    std::fs::write(&anchor, key(1).public_key().to_jwk()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper-gateway"));
    command
        .args(["guard", "--audience", AUDIENCE, "--anchor"])
        .arg(format!("{ISSUER}={}", anchor.display()))
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// The lines of the guard's own messages.
pub(crate) fn lines(child: &mut Child) -> mpsc::Receiver<String> {
    let from = BufReader::new(child.stderr.take().unwrap());
    let (to, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in from.lines().map_while(Result::ok) {
            eprintln!("guard: {line}");
            let _ = to.send(line);
        }
    });
    lines
}

/// What stands after `before` in the first line that has it.
pub(crate) fn after(lines: &mpsc::Receiver<String>, before: &str) -> String {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(20)).unwrap();
        if let Some((_, rest)) = line.split_once(before) {
            return rest.split('/').next().unwrap().to_owned();
        }
    }
}

impl Guard {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = guard_command(folder);
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = Process(command.spawn().unwrap());
        let address = after(&lines(&mut process.0), "listening at http://");
        Self { process, address, folder: folder.into() }
    }

    pub(crate) fn post(&self, body: &str) -> Answer {
        self.send("POST /mcp", &[], body)
    }

    pub(crate) fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_send(line, headers, body).unwrap()
    }

    pub(crate) fn try_send(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> std::io::Result<Answer> {
        ask(&self.address, line, headers, body)
    }
}

/// Sends one request on a connection of its own, and reads all that comes back.
pub(crate) fn ask(
    address: &str,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let mut head = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    let own = [
        ("Host", address),
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    let given = |name: &str| headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    for (name, value) in own.iter().filter(|(name, _)| !given(name)).chain(headers) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !given("Content-Length") && !given("Transfer-Encoding") {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    // Whoever refuses the body early has answered already.
    let _ = stream.write_all(body.as_bytes());
    let mut bytes = vec![];
    let read = stream.read_to_end(&mut bytes);
    match Answer::read(&bytes) {
        Some(answer) => Ok(answer),
        None => Err(read.err().unwrap_or_else(|| std::io::ErrorKind::UnexpectedEof.into())),
    }
}

/// What a guard answered over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// The id that a session begins with.
    pub(crate) session: Option<String>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.get(9..12)?.parse().ok()?;
        // Ids tell capital letters from small ones.
        let session = head.lines().find_map(|line| line.strip_prefix("mcp-session-id: "));
        let session = session.map(Into::into);
        let head = head.to_lowercase();
        let body = match head.contains("transfer-encoding: chunked") {
            true => unchunked(body),
            false => body.to_owned(),
        };
        Some(Self { status, head, body, session })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The messages of the events.
    pub(crate) fn events(&self) -> Vec<Value> {
        assert!(self.head.contains("content-type: text/event-stream"), "{self:?}");
        let data = |event: &str| {
            let lines = event.lines().filter_map(|line| line.strip_prefix("data: "));
            lines.collect::<Vec<_>>().join("\n")
        };
        let events = self.body.split("\n\n").map(data).filter(|data| !data.is_empty());
        events.map(|data| serde_json::from_str(&data).unwrap()).collect()
    }

    /// The code of the denial that this is.
    pub(crate) fn denied(&self) -> String {
        let answer = self.json();
        assert_eq!(answer["error"]["code"], json!(taper_gateway::DENIED), "{answer}");
        answer["error"]["data"]["code"].as_str().unwrap().to_owned()
    }
}

fn unchunked(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        let Some(chunk) = rest.get(..size) else { return text + rest };
        text.push_str(chunk);
        body = rest.get(size.saturating_add(2)..).unwrap_or_default();
    }
    text
}

/// A process on a pipe, line by line.
pub(crate) struct Pipe {
    pub(crate) process: Process,
    pub(crate) to: Option<ChildStdin>,
    /// What it says for its operator.
    pub(crate) told: mpsc::Receiver<String>,
    from: mpsc::Receiver<String>,
}

impl Pipe {
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process(command.spawn().unwrap());
        let told = lines(&mut process.0);
        let to = process.0.stdin.take();
        let out = BufReader::new(process.0.stdout.take().unwrap());
        let (lines, from) = mpsc::channel();
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).for_each(|line| drop(lines.send(line)));
        });
        Self { process, to, told, from }
    }

    pub(crate) fn send(&mut self, line: &str) {
        let to = self.to.as_mut().unwrap();
        to.write_all(line.as_bytes()).unwrap();
        to.write_all(b"\n").unwrap();
        to.flush().unwrap();
    }

    pub(crate) fn next(&self) -> String {
        self.from.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.next()).unwrap()
    }
}

/// A chain that permits `read_file` of two paths, `search`, and the tools that misbehave.
pub(crate) fn chain() -> HeldChain {
    let any = ConstraintMap::unrestricted;
    let paths = ConstraintMap::new().require("path", one_of(["/data/a", "/data/b"]).unwrap());
    let capabilities = ["search", "die", "hang", "ask", "locked", "later"]
        .into_iter()
        .fold(Capabilities::new().with_tool("read_file", paths), |all, name| {
            all.with_tool(name, any())
        });
    let grant = Grant::to(key(2).public_key().clone())
        .capabilities(capabilities)
        .expires_in(Duration::from_secs(600))
        .max_depth(2);
    Issuer::new(ISSUER, key(1)).unwrap().issue(grant, SystemTime::now().into()).unwrap()
}

/// A call with its proof, and as it should reach the server.
pub(crate) fn call(chain: &HeldChain, id: u32, tool: &str, arguments: &str) -> (String, String) {
    let call = Invocation::from_json(tool, arguments.as_bytes()).unwrap();
    let options = ProofOptions::default().audience(AUDIENCE);
    let now = SystemTime::now().into();
    let proof = chain.prove_unchecked(&key(2), &call, &options, now).unwrap();
    let presented = chain.present(proof).to_text();
    let text = |meta: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments},"_meta":{{"progressToken":{id}{meta}}}}}}}"#
        )
    };
    (text(&format!(r#","{PRESENTATION_KEY}":{presented}"#)), text(""))
}

/// A request for the tools, with the chain.
pub(crate) fn list(chain: &HeldChain, id: u32) -> String {
    let presented = chain.to_text();
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list","params":{{"_meta":{{"{PRESENTATION_KEY}":{presented}}}}}}}"#
    )
}

/// A request without a token.
pub(crate) fn request(id: u32, method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
}

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
