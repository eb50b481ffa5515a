//! Calls that wait for an answer which comes with the call's repetition, in revisions of MCP that
//! have no requests to clients.

use crate::proxy::random_id;
use std::time::{Duration, Instant};

/// The most calls that wait; the oldest is forgotten first, and asked about again.
const MAX_ASKED: usize = 64;

/// Calls that a client's person is asked about, oldest first.
#[derive(Debug, Default)]
pub(super) struct Asked(Vec<Call>);

#[derive(Debug)]
struct Call {
    state: Box<str>,
    params: Box<str>,
    since: Instant,
}

impl Asked {
    /// Keeps a call's parameters, and says under which name. `None` without randomness.
    pub(super) fn keep(&mut self, params: &str) -> Option<Box<str>> {
        let state = random_id()?;
        if self.0.len() >= MAX_ASKED {
            self.0.remove(0);
        }
        self.0.push(Call { state: state.clone(), params: params.into(), since: Instant::now() });
        Some(state)
    }

    /// The parameters that were kept as `state`, once, and not after `patience`.
    pub(super) fn take(&mut self, state: &str, patience: Duration) -> Option<Box<str>> {
        let at = self.0.iter().position(|call| &*call.state == state)?;
        let call = self.0.remove(at);
        (call.since.elapsed() < patience).then_some(call.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_taken_once() {
        let mut asked = Asked::default();
        let patience = Duration::from_secs(60);
        let state = asked.keep("{}").unwrap();
        assert_eq!(asked.take("other", patience), None);
        assert_eq!(asked.take(&state, patience).as_deref(), Some("{}"));
        assert_eq!(asked.take(&state, patience), None);
        let state = asked.keep("{}").unwrap();
        assert_eq!(asked.take(&state, Duration::ZERO), None);
        let first = asked.keep("{}").unwrap();
        (0..MAX_ASKED).for_each(|_| drop(asked.keep("{}").unwrap()));
        assert_eq!((asked.0.len(), asked.take(&first, patience)), (MAX_ASKED, None));
    }
}
