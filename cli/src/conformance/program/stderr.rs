//! The end of what a program writes to standard error.

use crate::vectors::cut;
use std::{
    collections::VecDeque,
    io::Read as _,
    process::ChildStderr,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// How many bytes of it are kept.
const KEPT: usize = 2048;

/// How many of its last lines are told.
const TOLD: usize = 3;

pub(super) struct Stderr {
    kept: Arc<Mutex<VecDeque<u8>>>,
    /// Says so when there is no more.
    ended: mpsc::Receiver<()>,
}

impl Stderr {
    pub(super) fn of(mut pipe: ChildStderr) -> Self {
        let kept = Arc::new(Mutex::new(VecDeque::with_capacity(KEPT)));
        let (end, ended) = mpsc::channel::<()>();
        let keeper = Arc::clone(&kept);
        thread::spawn(move || {
            let _end = end;
            let mut chunk = [0; 1024];
            while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                let mut kept = keeper.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend(chunk.iter().take(count));
                let excess = kept.len().saturating_sub(KEPT);
                kept.drain(..excess);
            }
        });
        Self { kept, ended }
    }

    /// The last lines, as one.
    pub(super) fn last_lines(&self, grace: Duration) -> String {
        let _ = self.ended.recv_timeout(grace);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines.get(lines.len().saturating_sub(TOLD)..).unwrap_or_default();
        cut(&last.join(" / "))
    }
}
