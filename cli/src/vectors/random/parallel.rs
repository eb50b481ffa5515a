//! Many cases on every processor, given out in their order.

use super::Generator;
use std::{
    num::NonZero,
    sync::mpsc::{self, Receiver},
    thread,
};

/// How many cases are made at a time.
const CHUNK: u64 = 64;

impl Generator {
    /// Gives each of the first `count` vectors to `take`, until it fails. Few are kept at a time.
    pub(crate) fn each<E>(
        &self,
        count: u64,
        mut take: impl FnMut(String) -> Result<(), E>,
    ) -> Result<(), E> {
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let starts = (0..count).step_by(usize::try_from(CHUNK).unwrap_or(1));
        thread::scope(|scope| {
            let made: Vec<Receiver<Vec<String>>> = (0..workers)
                .map(|worker| {
                    let (tell, made) = mpsc::sync_channel(1);
                    let starts = starts.clone().skip(worker).step_by(workers);
                    scope.spawn(move || {
                        for start in starts {
                            let end = start.saturating_add(CHUNK).min(count);
                            let chunk = (start..end).map(|number| self.vector(number)).collect();
                            if tell.send(chunk).is_err() {
                                // Nobody wants more.
                                return;
                            }
                        }
                    });
                    made
                })
                .collect();
            // Each worker has every so manieth chunk, so they come in turn.
            let chunks = made.iter().cycle().map_while(|worker| worker.recv().ok());
            chunks.flatten().try_for_each(&mut take)
        })
    }
}
