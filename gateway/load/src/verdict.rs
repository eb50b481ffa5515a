//! What has to hold of a run, and whether it did.

use crate::{calls::Kind, drive::Driven};
use std::collections::BTreeMap;

/// What was sent, what came of it, and what must not have.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) permitted: u64,
    pub(crate) replayed: u64,
    pub(crate) forbidden: u64,
    /// Permitted calls, or proofs sent twice, without a result or without a way to the server.
    pub(crate) lost: u64,
    /// Calls that came to the server twice, or had two results.
    pub(crate) twice: u64,
    /// Forbidden calls, and ones that nobody has sent, that came to the server.
    pub(crate) through: u64,
    /// What stood in the place of results, and how often.
    pub(crate) told: BTreeMap<Box<str>, u64>,
}

fn count(number: &mut u64) {
    *number = number.saturating_add(1);
}

impl Verdict {
    /// Holds what was sent against what came to the server.
    pub(crate) fn of(driven: &Driven, mut came: BTreeMap<u64, u32>) -> Self {
        let mut verdict = Self::default();
        for sent in &driven.sent {
            let came = came.remove(&sent.number).unwrap_or_default();
            let results = sent.answers.iter().filter(|told| told.is_none()).count();
            for told in sent.answers.iter().flatten() {
                count(verdict.told.entry(told.clone()).or_default());
            }
            match sent.kind {
                Kind::Permitted => count(&mut verdict.permitted),
                Kind::Replayed => count(&mut verdict.replayed),
                Kind::Forbidden => {
                    count(&mut verdict.forbidden);
                    if came > 0 || results > 0 {
                        count(&mut verdict.through);
                    }
                    continue;
                }
            }
            if came == 0 || results == 0 {
                count(&mut verdict.lost);
            }
            if came > 1 || results > 1 {
                count(&mut verdict.twice);
            }
        }
        let unsent = u64::try_from(came.len()).unwrap_or(u64::MAX);
        verdict.through = verdict.through.saturating_add(unsent);
        verdict
    }

    /// Nothing is lost, nothing came twice, nothing came that was forbidden, and something of each
    /// kind was sent.
    pub(crate) fn holds(&self) -> bool {
        let sent = [self.permitted, self.replayed, self.forbidden];
        let broken = [self.lost, self.twice, self.through];
        sent.iter().all(|count| *count > 0) && broken.iter().all(|count| *count == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::{
        calls::Kind,
        drive::{Driven, Sent},
    };

    #[test]
    fn what_is_broken_is_seen() {
        let result = || None;
        let denied = || Some("denied".into());
        let rows = [
            (Kind::Permitted, vec![result()], 1, [0, 0, 0]),
            (Kind::Permitted, vec![result()], 0, [1, 0, 0]),
            (Kind::Permitted, vec![result()], 2, [0, 1, 0]),
            (Kind::Permitted, vec![denied()], 0, [1, 0, 0]),
            (Kind::Permitted, vec![denied()], 1, [1, 0, 0]),
            (Kind::Replayed, vec![result(), denied()], 1, [0, 0, 0]),
            (Kind::Replayed, vec![denied(), denied()], 0, [1, 0, 0]),
            (Kind::Replayed, vec![result(), result()], 1, [0, 1, 0]),
            (Kind::Replayed, vec![result(), denied()], 2, [0, 1, 0]),
            (Kind::Forbidden, vec![denied()], 0, [0, 0, 0]),
            (Kind::Forbidden, vec![denied()], 1, [0, 0, 1]),
            (Kind::Forbidden, vec![result()], 0, [0, 0, 1]),
        ];
        for (kind, answers, came, broken) in rows {
            let row = format!("{kind:?} {answers:?} {came}");
            let good = [(1, Kind::Permitted), (2, Kind::Replayed), (3, Kind::Forbidden)];
            let first = |(number, kind)| {
                let answer = if kind == Kind::Forbidden { denied() } else { result() };
                Sent { number, kind, answers: vec![answer] }
            };
            let mut driven = Driven { sent: good.map(first).into(), ..Driven::default() };
            driven.sent.push(Sent { number: 4, kind, answers });
            let counts = [(1, 1), (2, 1), (4, came)].into_iter().filter(|(_, count)| *count > 0);
            let verdict = Verdict::of(&driven, counts.collect());
            assert_eq!([verdict.lost, verdict.twice, verdict.through], broken, "{row}");
            assert_eq!(verdict.holds(), broken == [0, 0, 0], "{row}");
            let unsent = Verdict::of(&driven, [(1, 1), (2, 1), (4, came), (9, 1)].into());
            assert!(unsent.through > 0, "{row}");
        }
    }
}
