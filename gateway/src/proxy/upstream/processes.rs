//! A server that is a process on a pipe: one for each session of a client.
//!
//! Requests of the stateless revision belong to no session. Each has a process for itself while
//! it is worked on, so that the ids of different clients never meet, and leaves it to the next:
//! a server may say nothing more of a request that it has answered.

use super::process::{Process, Sent};
use crate::message::Message;
use crate::proxy::{
    answer::{Answer, Body, Events},
    failure::Failure,
    headers::{SESSION, is_stateless},
    limits::Limits,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use std::{
    collections::HashMap,
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::process::Command;

/// A command, and the processes that were started with it.
#[derive(Debug)]
pub struct Processes {
    program: OsString,
    arguments: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
    limits: Limits,
    running: Arc<Mutex<Running>>,
}

/// Those that run.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// By the session's id.
    sessions: HashMap<Box<str>, Arc<Process>>,
    /// Those that wait for a stateless request.
    idle: Vec<Arc<Process>>,
    /// All of them, those that work on a stateless request too.
    pub(super) count: usize,
}

impl Processes {
    /// Starts `program` with `arguments`, without a shell, when a session begins.
    pub fn new(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = OsString>,
        limits: &Limits,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().collect(),
            env: vec![],
            directory: None,
            limits: limits.clone(),
            running: Arc::default(),
        }
    }

    /// Gives the processes a variable beside those of this one's environment.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Starts the processes in `directory`.
    #[must_use]
    pub fn in_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
    }

    pub(crate) async fn post(
        &self,
        headers: &HeaderMap,
        message: Bytes,
    ) -> Result<Answer, Failure> {
        if let Some(session) = headers.get(SESSION) {
            let process = self.session(session)?;
            return self.send(process, message, HeaderMap::new()).await;
        }
        let initializes = matches!(
            Message::read(&message),
            Ok(Message::Request { method, .. }) if method == "initialize"
        );
        if initializes {
            let id = crate::proxy::random_id().ok_or(Failure::Unreachable)?;
            let header = HeaderValue::try_from(&*id).map_err(|_| Failure::Unreachable)?;
            let process = self.start()?;
            self.lock().sessions.insert(id, Arc::clone(&process));
            let headers = HeaderMap::from_iter([(SESSION, header)]);
            return self.send(process, message, headers).await;
        }
        if !is_stateless(&message) {
            return Err(Failure::NoSession);
        }
        let idle = self.lock().idle.pop().filter(|process| !process.has_ended());
        let process = match idle {
            Some(process) => process,
            None => self.start()?,
        };
        let lent = Lent { process: Arc::clone(&process), running: Arc::clone(&self.running) };
        let mut answer = self.send(process, message, HeaderMap::new()).await?;
        if let Body::Events(Events::Process(events)) = &mut answer.body {
            events.lent = Some(lent);
        }
        Ok(answer)
    }

    async fn send(
        &self,
        process: Arc<Process>,
        message: Bytes,
        headers: HeaderMap,
    ) -> Result<Answer, Failure> {
        let answer = |status, body| Answer { status, headers, body };
        let wait = self.limits.answer_timeout;
        Ok(match process.send(message, wait).await? {
            Sent::Nothing => answer(StatusCode::ACCEPTED, Body::Whole(Bytes::new())),
            Sent::Whole(whole) => answer(StatusCode::OK, Body::Whole(whole)),
            Sent::Events(events) => answer(StatusCode::OK, Body::Events(Events::Process(events))),
        })
    }

    pub(crate) fn get(&self, headers: &HeaderMap) -> Result<Answer, Failure> {
        let session = headers.get(SESSION).ok_or(Failure::NotOffered)?;
        let events = Process::listen(&self.session(session)?);
        let body = Body::Events(Events::Process(events));
        Ok(Answer { status: StatusCode::OK, headers: HeaderMap::new(), body })
    }

    pub(crate) fn delete(&self, headers: &HeaderMap) -> Result<Answer, Failure> {
        let session = headers.get(SESSION).ok_or(Failure::NotOffered)?;
        self.session(session)?.end();
        let body = Body::Whole(Bytes::new());
        Ok(Answer { status: StatusCode::OK, headers: HeaderMap::new(), body })
    }

    fn session(&self, id: &HeaderValue) -> Result<Arc<Process>, Failure> {
        let id = id.to_str().map_err(|_| Failure::NoSession)?;
        let mut running = self.lock();
        let process = running.sessions.get(id).cloned().ok_or(Failure::NoSession)?;
        if process.has_ended() {
            running.sessions.remove(id);
            return Err(Failure::NoSession);
        }
        Ok(process)
    }

    fn start(&self) -> Result<Arc<Process>, Failure> {
        let mut running = self.lock();
        running.sessions.retain(|_, process| !process.has_ended());
        running.idle.retain(|process| !process.has_ended());
        if running.count >= self.limits.max_sessions {
            // One that waits for nothing in particular makes room.
            match running.idle.pop() {
                Some(process) => process.end(),
                None => return Err(Failure::Overloaded),
            }
        }
        let started = Process::start(self.command(), &self.limits, &self.running);
        match started {
            Ok(process) => {
                running.count = running.count.saturating_add(1);
                Ok(process)
            }
            Err(error) => {
                tracing::error!(program = ?self.program, %error, "the server cannot be started");
                Err(Failure::Unreachable)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that works on one stateless request.
#[derive(Debug)]
pub(super) struct Lent {
    process: Arc<Process>,
    running: Arc<Mutex<Running>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.process.is_at_rest() {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.idle.push(Arc::clone(&self.process));
        } else {
            // Nobody waits for its answer any more, and nobody could tell it from the next one.
            self.process.end();
        }
    }
}
