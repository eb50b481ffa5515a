//! The policy that a guard goes by now: read again when its files change, with keys fetched again
//! in time.

use super::{
    Policy, PolicyError,
    running::{Kept, Running, anchors_of},
};
use crate::{FetchError, KeySet, files::Files};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What has happened to the policy.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The guard is to go by this from here on.
    Changed(Arc<Running>),
    /// The files have changed and are not good. The policy stays as it was.
    Refused(PolicyError),
    /// Keys could not be fetched. Those that were there stay.
    NotFetched(Arc<KeySet>, FetchError),
}

/// The policy that a guard goes by, and what it needs to stay so.
pub struct Current {
    path: PathBuf,
    running: Arc<Running>,
    kept: Kept,
    /// The files as they were when they were read.
    read: Files,
    /// The files as they were when they were last looked at.
    seen: Files,
}

impl Current {
    /// Reads the policy at `path`. Nothing is fetched yet: until [`fetch`](Self::fetch) has worked
    /// once, no key of a fetched set is trusted.
    ///
    /// # Errors
    ///
    /// When the policy cannot be used.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        let path = path.as_ref().to_owned();
        let mut read = Files::default();
        let policy = Policy::load_with(&path, &mut read)?;
        let mut kept = Kept::new(&policy)?;
        let running = Arc::new(kept.run(Arc::new(policy), Instant::now()));
        Ok(Self { path, running, kept, seen: read.clone(), read })
    }

    /// What the guard goes by now.
    pub fn running(&self) -> &Arc<Running> {
        &self.running
    }

    /// Reads the policy again, whether or not it has changed.
    ///
    /// # Errors
    ///
    /// When it cannot be used; what was running stays.
    pub fn reload(&mut self) -> Result<Arc<Running>, PolicyError> {
        let mut read = Files::default();
        let policy = Policy::load_with(&self.path, &mut read);
        // Also when it is refused, so that this is told once and not at every look.
        self.read = read.clone();
        self.seen = read;
        let policy = policy?;
        policy.can_follow(self.running.policy())?;
        self.running = Arc::new(self.kept.run(Arc::new(policy), Instant::now()));
        Ok(Arc::clone(&self.running))
    }

    /// Looks whether the files have changed, and reads the policy again when they have and were
    /// the same at two looks: one that is still being written may be good so far, and lack rules.
    pub fn look(&mut self) -> Option<Event> {
        let now = self.read.again();
        let settled = now == self.seen;
        let changed = now != self.read;
        self.seen = now;
        (changed && settled).then(|| match self.reload() {
            Ok(running) => Event::Changed(running),
            Err(error) => Event::Refused(error),
        })
    }

    /// Fetches the key sets that are due at `now`.
    pub async fn fetch(&mut self, now: Instant) -> Vec<Event> {
        let mut events = vec![];
        for set in self.running.key_sets() {
            if set.is_due(now)
                && let Err(error) = set.fetch(now).await
            {
                events.push(Event::NotFetched(Arc::clone(set), error));
            }
        }
        let policy = self.running.policy();
        let anchors = anchors_of(policy, self.running.key_sets(), now);
        if anchors != *self.running.verifier().anchors() {
            self.running = Arc::new(self.kept.run(Arc::clone(policy), now));
            events.push(Event::Changed(Arc::clone(&self.running)));
        }
        events
    }

    /// Follows the policy's files and keys for ever, and tells what happens. On Unix `SIGHUP`
    /// makes it read the policy at once.
    ///
    /// Signals are heard from this call on, whenever the future is polled first.
    pub fn follow(mut self, mut tell: impl FnMut(Event)) -> impl Future<Output = ()> {
        let mut hangups = Hangups::new();
        async move {
            loop {
                self.fetch(Instant::now()).await.into_iter().for_each(&mut tell);
                let asked = tokio::select! {
                    () = hangups.next() => true,
                    () = tokio::time::sleep(LOOK) => false,
                };
                let event = if asked {
                    Some(match self.reload() {
                        Ok(running) => Event::Changed(running),
                        Err(error) => Event::Refused(error),
                    })
                } else {
                    self.look()
                };
                event.into_iter().for_each(&mut tell);
            }
        }
    }
}

/// The signal that asks for the policy to be read again.
struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    #[cfg(unix)]
    fn new() -> Self {
        let kind = tokio::signal::unix::SignalKind::hangup();
        Self { signal: tokio::signal::unix::signal(kind).ok() }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self {}
    }

    /// The next one; never when there are none.
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Current").field("path", &self.path).finish_non_exhaustive()
    }
}
