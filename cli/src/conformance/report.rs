//! What was found, the worst first.

use crate::{
    failure::Failure,
    output::{Output, json_line},
    vectors::{Line, Summary},
};

/// One vector that was asked.
pub(super) struct Asked {
    pub(super) group: String,
    pub(super) id: String,
    /// What there is to say of it, if anything.
    pub(super) line: Option<Line>,
}

#[derive(Default)]
pub(super) struct Report {
    pub(super) asked: Vec<Asked>,
    summary: Summary,
}

impl Report {
    pub(super) fn add(&mut self, group: String, line: Line) {
        self.summary.count(line.comparison);
        let id = line.id.clone();
        let line = (!line.is_quiet()).then_some(line);
        self.asked.push(Asked { group, id, line });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    pub(super) fn is_right(&self) -> bool {
        self.summary.is_right()
    }

    /// Each finding, what was wrongly permitted first, and the counts.
    pub(super) fn write(&self, out: &mut Output) -> Result<(), Failure> {
        let mut lines: Vec<&Line> =
            self.asked.iter().filter_map(|asked| asked.line.as_ref()).collect();
        lines.sort_by_key(|line| core::cmp::Reverse(line.outcome));
        for line in lines {
            if out.is_json() {
                out.line(json_line(line))?;
            } else {
                out.line(line)?;
            }
        }
        if out.is_json() { out.line(json_line(&self.summary)) } else { out.line(&self.summary) }
    }
}
