//! Another program, asked one request at a time.

mod stderr;

use crate::{
    failure::Failure,
    input::Plain,
    vectors::{Judgement, cut},
};
use serde::Deserialize;
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    thread,
    time::{Duration, Instant},
};
use stderr::Stderr;

/// The most bytes of one answer: more than the largest presentation.
const MAX_LINE: u64 = 4_194_304;

/// How long a program that closed its output may take to end by itself.
const GRACE: Duration = Duration::from_millis(50);

/// A program that answers requests. It runs from the first request on, and is started again after
/// one that it did not answer.
pub(super) struct Program {
    words: Vec<String>,
    timeout: Duration,
    running: Option<Running>,
}

/// Why there is no answer.
pub(super) enum Silence {
    /// The program cannot be started at all.
    NotStarted(Failure),
    /// It did not answer this request.
    NoAnswer(String),
}

#[derive(Deserialize)]
struct Answer {
    id: String,
    #[serde(flatten)]
    judgement: Judgement,
}

impl Program {
    /// The program that `command` starts, not started yet.
    pub(super) fn new(command: &str, timeout: Duration) -> Result<Self, Failure> {
        let words = shlex::split(command)
            .ok_or_else(|| Failure::at("--exec", "a quotation mark is not closed"))?;
        if words.is_empty() {
            return Err(Failure::at("--exec", "names no program"));
        }
        Ok(Self { words, timeout, running: None })
    }

    /// Sends one request, one line, and waits for its answer.
    pub(super) fn ask(&mut self, id: &str, request: &str) -> Result<Judgement, Silence> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.words).map_err(|error| {
                let program = self.words.first().map(String::as_str).unwrap_or_default();
                Silence::NotStarted(Failure::at(format_args!("--exec: {program}"), Plain(&error)))
            })?,
        };
        match running.ask(id, request, self.timeout) {
            Ok(judgement) => {
                self.running = Some(running);
                Ok(judgement)
            }
            Err(silence) => {
                let (status, said) = running.stop();
                let mut reason = match silence {
                    NoAnswer::Ended => format!("the program ended ({status})"),
                    NoAnswer::Late => {
                        format!("no answer within {}", humantime::format_duration(self.timeout))
                    }
                    NoAnswer::Unusable(reason) => reason,
                };
                if !said.is_empty() {
                    reason.push_str("; it said: ");
                    reason.push_str(&said);
                }
                Err(Silence::NoAnswer(reason))
            }
        }
    }

    /// Tells the program that there are no more requests, and sees that it ends.
    pub(super) fn finish(&mut self) {
        if let Some(running) = self.running.take() {
            running.finish(self.timeout);
        }
    }
}

enum NoAnswer {
    Ended,
    Late,
    Unusable(String),
}

enum Heard {
    Line(Vec<u8>),
    /// More than [`MAX_LINE`] bytes without an end.
    Flood,
}

struct Running {
    child: Child,
    requests: Sender<String>,
    /// Holds one line: a program that writes more waits, and takes no memory here.
    heard: Receiver<Heard>,
    stderr: Stderr,
}

impl Running {
    fn start(words: &[String]) -> io::Result<Self> {
        let (program, arguments) =
            words.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that what the program starts ends with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let stderr = Stderr::of(child.stderr.take().ok_or_else(missing)?);
        let (requests, to_write) = mpsc::channel();
        let (tell, heard) = mpsc::sync_channel(1);
        // Not joined: both end with the pipes, which end with the program.
        thread::spawn(move || write(stdin, &to_write));
        thread::spawn(move || listen(stdout, &tell));
        Ok(Self { child, requests, heard, stderr })
    }

    fn ask(&mut self, id: &str, request: &str, timeout: Duration) -> Result<Judgement, NoAnswer> {
        // A writer that is gone is told by the end of the output.
        let _ = self.requests.send(request.to_owned());
        let line = match self.heard.recv_timeout(timeout) {
            Ok(Heard::Line(line)) => line,
            Ok(Heard::Flood) => {
                let reason = format!("an answer of more than {MAX_LINE} bytes");
                return Err(NoAnswer::Unusable(reason));
            }
            Err(RecvTimeoutError::Timeout) => return Err(NoAnswer::Late),
            Err(RecvTimeoutError::Disconnected) => return Err(NoAnswer::Ended),
        };
        let answer: Answer = serde_json::from_slice(&line).map_err(|error| {
            let text = String::from_utf8_lossy(&line);
            let text = cut(text.trim_end());
            NoAnswer::Unusable(format!("not an answer: {error}: `{text}`"))
        })?;
        if answer.id != id {
            let other = cut(&answer.id);
            return Err(NoAnswer::Unusable(format!("an answer to another request: `{other}`")));
        }
        Ok(answer.judgement)
    }

    /// Ends the program, and tells how it ended and what it wrote to standard error last.
    fn stop(mut self) -> (String, String) {
        thread::sleep(GRACE);
        self.kill();
        let status = self.child.wait().map_or_else(|error| error.to_string(), |s| s.to_string());
        (status, self.stderr.last_lines(GRACE))
    }

    fn finish(mut self, timeout: Duration) {
        // Closes its standard input.
        drop(self.requests);
        let begun = Instant::now();
        // Whatever it says now, until it ends or its time is over.
        while let Ok(_ignored) = self.heard.recv_timeout(timeout.saturating_sub(begun.elapsed())) {
            if begun.elapsed() >= timeout {
                break;
            }
        }
        thread::sleep(GRACE);
        kill(&mut self.child);
        let _ = self.child.wait();
    }

    fn kill(&mut self) {
        kill(&mut self.child);
    }
}

/// Ends a program that was not waited for yet, with all that it started.
fn kill(child: &mut Child) {
    // Failures mean that it has ended.
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(
        rustix::process::Pid::from_child(child),
        rustix::process::Signal::KILL,
    );
    let _ = child.kill();
}

fn write(mut to: ChildStdin, requests: &Receiver<String>) {
    for request in requests {
        let written = writeln!(to, "{request}").and_then(|()| to.flush());
        if written.is_err() {
            return;
        }
    }
}

fn listen(from: ChildStdout, tell: &SyncSender<Heard>) {
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        let read = from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        let heard = match read {
            Ok(0) | Err(_) => return,
            Ok(_) if u64::try_from(line.len()) == Ok(MAX_LINE) => Heard::Flood,
            Ok(_) => Heard::Line(line),
        };
        if tell.send(heard).is_err() {
            return;
        }
    }
}
