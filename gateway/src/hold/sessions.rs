//! What is known of clients' sessions: who can be asked, and what was allowed for all of one.

use std::collections::BTreeSet;

/// The most sessions that are remembered; the oldest is forgotten first, and asked again.
const MAX_SESSIONS: usize = 256;
/// The most tools that may be allowed in one session.
const MAX_ALLOWED: usize = 1024;

/// The sessions of a holder's clients, oldest first.
#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<Session>);

#[derive(Debug)]
struct Session {
    id: Box<str>,
    can_be_asked: bool,
    allowed: BTreeSet<Box<str>>,
}

impl Sessions {
    /// A session begins, and what stood under its id is over.
    pub(super) fn begin(&mut self, id: &str, can_be_asked: bool) {
        self.0.retain(|session| &*session.id != id);
        if self.0.len() >= MAX_SESSIONS {
            self.0.remove(0);
        }
        self.0.push(Session { id: id.into(), can_be_asked, allowed: BTreeSet::new() });
    }

    /// Whether the client of this session said that it can ask its person.
    pub(super) fn can_be_asked(&self, id: &str) -> bool {
        self.find(id).is_some_and(|session| session.can_be_asked)
    }

    /// Whether all calls of this tool were allowed.
    pub(super) fn allows(&self, id: &str, tool: &str) -> bool {
        self.find(id).is_some_and(|session| session.allowed.contains(tool))
    }

    /// Allows all calls of this tool.
    pub(super) fn allow(&mut self, id: &str, tool: &str) {
        let found = self.0.iter_mut().find(|session| &*session.id == id);
        if let Some(session) = found
            && session.allowed.len() < MAX_ALLOWED
        {
            session.allowed.insert(tool.into());
        }
    }

    fn find(&self, id: &str) -> Option<&Session> {
        self.0.iter().find(|session| &*session.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_is_not_another() {
        let mut sessions = Sessions::default();
        sessions.allow("a", "delete");
        assert!(!sessions.allows("a", "delete"));
        sessions.begin("a", true);
        sessions.begin("b", false);
        sessions.allow("a", "delete");
        assert!(sessions.allows("a", "delete") && !sessions.allows("a", "write"));
        assert!(!sessions.allows("b", "delete"));
        assert!(sessions.can_be_asked("a") && !sessions.can_be_asked("b"));
        sessions.begin("a", true);
        assert!(!sessions.allows("a", "delete"));
        for n in 0..MAX_SESSIONS {
            sessions.begin(&n.to_string(), true);
        }
        assert_eq!(sessions.0.len(), MAX_SESSIONS);
        assert!(!sessions.can_be_asked("a"));
    }
}
