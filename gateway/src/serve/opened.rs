//! What a policy names, opened: its servers and its log.

use super::{DecisionLog, DecisionLogError, Rules};
use crate::{
    policy::{Running, Server},
    proxy::{Limits, Processes, Remote, RemoteError, Upstream},
};
use std::{ffi::OsString, sync::Arc};

/// The servers and the log of a policy. They stay open when another policy names them too, so that
/// sessions and connections live on.
#[derive(Debug, Default)]
pub struct Opened {
    servers: Vec<(Server, Arc<Upstream>)>,
    log: Option<Arc<DecisionLog>>,
}

/// Why what a policy names cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A server.
    #[error("upstream `{name}`: {error}")]
    Server {
        /// Its name.
        name: Box<str>,
        /// Why.
        error: RemoteError,
    },
    /// The log.
    #[error("log: {0}")]
    Log(#[from] DecisionLogError),
}

impl Opened {
    /// The rules of a policy. One that follows another has the same log, and the same limits for
    /// clients and servers: [`Current`](crate::policy::Current) sees to that.
    ///
    /// # Errors
    ///
    /// When a server or the log cannot be opened; what was open stays.
    pub fn rules(&mut self, running: &Arc<Running>) -> Result<Rules, OpenError> {
        let policy = running.policy();
        let mut servers = vec![];
        let mut upstreams = vec![];
        for (name, server) in &policy.servers {
            let known = self.servers.iter().find(|(known, _)| known == server);
            let upstream = match known {
                Some((_, upstream)) => Arc::clone(upstream),
                None => Arc::new(
                    open(server, &policy.traffic)
                        .map_err(|error| OpenError::Server { name: name.clone(), error })?,
                ),
            };
            servers.push((server.clone(), Arc::clone(&upstream)));
            upstreams.push((name.clone(), upstream));
        }
        if let (None, Some(log)) = (&self.log, &policy.log) {
            self.log = Some(Arc::new(DecisionLog::open(&log.path)?));
        }
        self.servers = servers;
        Ok(Rules {
            guard: running.guard(),
            upstreams,
            log: self.log.clone(),
            limits: policy.traffic.clone(),
            store_blocks: running.store_blocks(),
            policy: Some(Arc::clone(running)),
        })
    }
}

fn open(server: &Server, limits: &Limits) -> Result<Upstream, RemoteError> {
    match server {
        Server::Command { program, arguments, env, directory } => {
            let arguments = arguments.iter().map(|argument| OsString::from(&**argument));
            let mut processes = Processes::new(&**program, arguments, limits);
            for (name, value) in env {
                processes = processes.with_env(&**name, &**value);
            }
            if let Some(directory) = directory {
                processes = processes.in_directory(directory);
            }
            Ok(Upstream::Processes(processes))
        }
        Server::Url { url, headers } => {
            let mut remote = Remote::new(url, limits)?;
            for (name, value) in headers {
                remote = remote.with_header(name, value)?;
            }
            Ok(Upstream::Remote(remote))
        }
    }
}
