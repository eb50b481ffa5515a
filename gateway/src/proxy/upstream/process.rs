//! One process that speaks MCP on its standard input and output.

use super::processes::{Lent, Running};
use crate::{
    members::Members,
    message::{Message, plain},
    proxy::{failure::Failure, limits::Limits, lines, lines::Lines, sse::Event},
};
use bytes::Bytes;
use std::{
    collections::{HashMap, VecDeque},
    io,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::{mpsc, watch},
    time::Instant,
};

/// How long a process may take to end by itself when its input has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Messages that are kept for a client that does not listen yet.
const BACKLOG: usize = 64;
/// Bytes of a line of the process's own log.
const MAX_LOG_LINE: usize = 4096;

/// A process, for whoever sends it messages.
#[derive(Debug)]
pub(crate) struct Process {
    to: mpsc::Sender<Bytes>,
    state: Mutex<State>,
    ended: watch::Sender<bool>,
}

/// Who waits for what.
#[derive(Debug)]
struct State {
    /// Requests without an answer yet, by their ids.
    waiting: HashMap<Box<str>, Waiting>,
    /// Whether some request was given up before its answer.
    abandoned: bool,
    /// The stream for what belongs to no request.
    listener: Option<mpsc::Sender<Event>>,
    /// What nobody could be told yet.
    backlog: VecDeque<Event>,
    used: Instant,
}

#[derive(Debug)]
struct Waiting {
    to: mpsc::Sender<Event>,
    progress: Option<Box<str>>,
}

/// What a process has said to a message.
#[derive(Debug)]
pub(super) enum Sent {
    /// There is nothing to say.
    Nothing,
    /// The answer.
    Whole(Bytes),
    /// Other messages before the answer.
    Events(Events),
}

/// Messages of a process, for one request or by themselves.
#[derive(Debug)]
pub(crate) struct Events {
    first: Option<Event>,
    from: mpsc::Receiver<Event>,
    _request: Option<Request>,
    pub(super) lent: Option<Lent>,
}

impl Events {
    /// The next one; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        match self.first.take() {
            Some(first) => Some(first),
            None => self.from.recv().await,
        }
    }
}

/// A request that is forgotten when nobody waits for it any more.
#[derive(Debug)]
struct Request {
    process: Arc<Process>,
    id: Box<str>,
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.process.lock();
        state.abandoned |= state.waiting.remove(&self.id).is_some();
    }
}

impl Process {
    /// Starts one. It is counted in `running` until it has ended.
    pub(super) fn start(
        mut command: Command,
        limits: &Limits,
        running: &Arc<Mutex<Running>>,
    ) -> io::Result<Arc<Self>> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("it has no pipes"));
        };
        let (to, messages) = mpsc::channel(8);
        let (ended, _) = watch::channel(false);
        let state = State {
            waiting: HashMap::new(),
            abandoned: false,
            listener: None,
            backlog: VecDeque::new(),
            used: Instant::now(),
        };
        let process = Arc::new(Self { to, state: Mutex::new(state), ended });
        tokio::spawn(write(stdin, messages, process.ended.subscribe()));
        tokio::spawn(Arc::clone(&process).read(stdout, limits.max_answer));
        tokio::spawn(log(stderr));
        tokio::spawn(Arc::clone(&process).keep(child, limits.session_timeout, Arc::clone(running)));
        Ok(process)
    }

    /// Ends the process.
    pub(super) fn end(&self) {
        self.ended.send_replace(true);
    }

    pub(super) fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Whether it has answered all that it was asked.
    pub(super) fn is_at_rest(&self) -> bool {
        let state = self.lock();
        !self.has_ended() && state.waiting.is_empty() && !state.abandoned
    }

    /// Sends a message, and waits for the first that comes back when it is a request.
    pub(super) async fn send(
        self: Arc<Self>,
        message: Bytes,
        patience: Duration,
    ) -> Result<Sent, Failure> {
        let (to, mut from) = mpsc::channel(8);
        let request = self.expect(&message, to)?;
        let sent = self.to.send(message);
        match tokio::time::timeout(patience, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(Failure::Unreachable),
            Err(_) => return Err(Failure::Timeout),
        }
        let Some(request) = request else { return Ok(Sent::Nothing) };
        let first = tokio::time::timeout(patience, from.recv()).await;
        let first = first.map_err(|_| Failure::Timeout)?.ok_or(Failure::Unreachable)?;
        let data = first.data.clone().unwrap_or_default();
        if matches!(Message::read(&data), Ok(Message::Response { .. })) {
            return Ok(Sent::Whole(data));
        }
        Ok(Sent::Events(Events { first: Some(first), from, _request: Some(request), lent: None }))
    }

    /// Opens the stream of what belongs to no request, in place of the one before.
    pub(super) fn listen(process: &Arc<Self>) -> Events {
        let (to, from) = mpsc::channel(BACKLOG);
        let mut state = process.lock();
        for event in state.backlog.drain(..) {
            // There is room for all of them.
            let _ = to.try_send(event);
        }
        state.listener = Some(to);
        Events { first: None, from, _request: None, lent: None }
    }

    /// Remembers who waits for the answer when `message` is a request.
    fn expect(
        self: &Arc<Self>,
        message: &[u8],
        to: mpsc::Sender<Event>,
    ) -> Result<Option<Request>, Failure> {
        let mut state = self.lock();
        state.used = Instant::now();
        match Message::read(message) {
            Ok(Message::Request { id, all, .. }) => {
                let id = plain(id);
                if state.waiting.contains_key(&id) {
                    return Err(Failure::SameId);
                }
                let progress = token(all.get("params"), "_meta");
                state.waiting.insert(id.clone(), Waiting { to, progress });
                Ok(Some(Request { process: Arc::clone(self), id }))
            }
            Ok(Message::Notification { method, all }) if method == "notifications/cancelled" => {
                // It is free not to be answered by the server.
                let params = all.get("params").and_then(|params| Members::read(params).ok());
                let id = params.and_then(|params| params.get("requestId").map(plain));
                if let Some((id, waiting)) = id.and_then(|id| state.waiting.remove_entry(&id)) {
                    let _ = waiting.to.try_send(Event::of(Failure::Cancelled.answer(&id)));
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Hands on what the process says, until it says no more.
    async fn read(self: Arc<Self>, stdout: ChildStdout, max: usize) {
        let mut lines = Lines::new(stdout, max);
        let mut ended = self.ended.subscribe();
        loop {
            let line = tokio::select! {
                _ = ended.wait_for(|ended| *ended) => break,
                line = lines.next() => line,
            };
            match line {
                None => break,
                Some(Ok(line)) => self.said(line).await,
                // Whose answer it was cannot be told any more.
                Some(Err(_)) => {
                    tracing::error!(max, "the server has said too much at once, and is ended");
                    break;
                }
            }
        }
        self.end();
        // Whoever waits sees the stream end.
        let mut state = self.lock();
        state.waiting.clear();
        state.listener = None;
    }

    async fn said(&self, line: Bytes) {
        let to = match Message::read(&line) {
            Ok(Message::Response { id }) => {
                let mut state = self.lock();
                state.used = Instant::now();
                state.waiting.remove(&plain(id)).map(|waiting| waiting.to)
            }
            Ok(Message::Request { .. }) => self.lock().whose(None),
            Ok(Message::Notification { all, .. }) => {
                self.lock().whose(token_of(all.get("params")).as_deref())
            }
            Err(error) => {
                tracing::warn!(%error, "the server has said what is no message");
                return;
            }
        };
        let event = Event::of(line);
        match to {
            Some(to) => drop(to.send(event).await),
            None => self.lock().keep(event),
        }
    }

    /// Waits for the end of the process, or brings it about.
    async fn keep(
        self: Arc<Self>,
        mut child: Child,
        patience: Duration,
        running: Arc<Mutex<Running>>,
    ) {
        let group = child.id();
        let mut ended = self.ended.subscribe();
        loop {
            let until = self.lock().used.checked_add(patience);
            let Some(until) = until else { break };
            tokio::select! {
                _ = ended.wait_for(|ended| *ended) => break,
                _ = child.wait() => break,
                () = tokio::time::sleep_until(until) => {
                    let mut state = self.lock();
                    if state.is_used() {
                        state.used = Instant::now();
                    } else if state.used.elapsed() >= patience {
                        break;
                    }
                }
            }
        }
        self.end();
        // Its input has ended with this; what it has started may hold on longer.
        let exit = tokio::time::timeout(LAST_WORDS, child.wait()).await;
        end_group(group);
        let _ = child.kill().await;
        if let Ok(Ok(status)) = exit {
            tracing::debug!(%status, "a server's process has ended");
        }
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        running.count = running.count.saturating_sub(1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whose a message of the server is: of the request with this progress token, of whoever
    /// listens, or of some request.
    fn whose(&mut self, progress: Option<&str>) -> Option<mpsc::Sender<Event>> {
        let of_token = |waiting: &&Waiting| waiting.progress.as_deref() == progress;
        let by_token = progress.and_then(|_| self.waiting.values().find(of_token));
        if let Some(waiting) = by_token {
            return Some(waiting.to.clone());
        }
        let listener = self.listener.take_if(|listener| !listener.is_closed());
        self.listener.clone_from(&listener);
        listener.or_else(|| self.waiting.values().next().map(|waiting| waiting.to.clone()))
    }

    fn keep(&mut self, event: Event) {
        if self.backlog.len() >= BACKLOG {
            self.backlog.pop_front();
        }
        self.backlog.push_back(event);
    }

    /// Whether a client waits for something.
    fn is_used(&self) -> bool {
        !self.waiting.is_empty()
            || self.listener.as_ref().is_some_and(|listener| !listener.is_closed())
    }
}

/// The progress token in a request's `_meta`.
fn token(params: Option<&str>, within: &str) -> Option<Box<str>> {
    let params = Members::read(params?).ok()?;
    token_of(params.get(within))
}

/// The progress token right here.
fn token_of(members: Option<&str>) -> Option<Box<str>> {
    Members::read(members?).ok()?.get("progressToken").map(plain)
}

async fn write(
    mut stdin: ChildStdin,
    mut messages: mpsc::Receiver<Bytes>,
    mut ended: watch::Receiver<bool>,
) {
    let all = async {
        while let Some(message) = messages.recv().await {
            if lines::write(&mut stdin, &message).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = ended.wait_for(|ended| *ended) => {}
        () = all => {}
    }
}

/// What a server logs goes to the log of this process.
async fn log(stderr: ChildStderr) {
    let mut lines = Lines::new(stderr, MAX_LOG_LINE);
    while let Some(line) = lines.next().await {
        if let Ok(line) = line {
            tracing::info!("server: {}", String::from_utf8_lossy(&line).escape_debug());
        }
    }
}

/// Ends what a process has started, which has its group.
fn end_group(_group: Option<u32>) {
    #[cfg(unix)]
    if let Some(group) =
        _group.and_then(|group| i32::try_from(group).ok()).and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}
