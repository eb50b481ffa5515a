//! `taper vectors run`: test vectors, ours or anybody's, in the format of the published suite.

mod judge;
mod suite;

use crate::sheet::{GOOD, LOUD, WARNING, read_whole, shown, styled, unusable, write_out};
use judge::{Outcome, Verdict};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What `taper vectors` can do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Run a suite, or every suite in a folder: exit 1 on any wrong verdict
    Run {
        /// A suite file, or a folder of them
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Write one JSON object a vector, and a last one with the counts
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(command: &Command) -> ExitCode {
    let Command::Run { path, json } = command;
    run_all(path, *json).unwrap_or_else(|message| unusable(&message))
}

/// How many vectors came out how.
#[derive(Debug, Default)]
struct Counts {
    passed: u64,
    wrong_permit: u64,
    wrong_deny: u64,
    step_differences: u64,
    any: u64,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        let count = match (outcome.is_right(), outcome.expected) {
            (_, Verdict::Any) => &mut self.any,
            (true, _) => &mut self.passed,
            (false, Verdict::Deny) => &mut self.wrong_permit,
            (false, _) => &mut self.wrong_deny,
        };
        *count = count.saturating_add(1);
        if outcome.step_differs() {
            self.step_differences = self.step_differences.saturating_add(1);
        }
    }
}

fn run_all(path: &Path, as_json: bool) -> Result<ExitCode, String> {
    let mut out = String::new();
    let mut counts = Counts::default();
    for file in suites(path)? {
        let name = shown(&file.to_string_lossy());
        let text = read_whole(&file)?;
        let suite = suite::parse(&text).map_err(|what| format!("{name}: {what}"))?;
        for vector in &suite.vectors {
            let id = shown(&vector.id);
            let outcome = judge::judge(&suite, vector)
                .map_err(|what| format!("{name}: vector {id}: {what}"))?;
            counts.add(&outcome);
            if as_json {
                out.push_str(&format!("{}\n", outcome.to_json(&vector.id)));
            } else {
                describe(&mut out, &id, &outcome);
            }
        }
    }
    let wrong = counts.wrong_permit.saturating_add(counts.wrong_deny);
    if as_json {
        let object = json!({
            "passed": counts.passed, "wrong_permit": counts.wrong_permit,
            "wrong_deny": counts.wrong_deny, "step_differences": counts.step_differences,
            "any": counts.any,
        });
        out.push_str(&format!("{object}\n"));
    } else {
        let style = if wrong == 0 { GOOD } else { LOUD };
        let passed = styled(style, &format!("{} passed", counts.passed));
        out.push_str(&format!(
            "{passed}, {} wrongly permitted, {} wrongly denied, {} step differences, {} any\n",
            counts.wrong_permit, counts.wrong_deny, counts.step_differences, counts.any
        ));
    }
    Ok(write_out(&out, ExitCode::from(u8::from(wrong > 0))))
}

/// A line for what is wrong, or denied elsewhere than expected.
fn describe(out: &mut String, id: &str, outcome: &Outcome) {
    let found = match &outcome.denied {
        Some(denied) => denied.to_string(),
        None => "permitted".into(),
    };
    if !outcome.is_right() {
        let expected = outcome.expected.name();
        out.push_str(&format!("{} {id}: expected {expected}: {found}\n", styled(LOUD, "wrong")));
    } else if outcome.step_differs() {
        let step = shown(outcome.expected_step.as_deref().unwrap_or_default());
        out.push_str(&format!("{} {id}: expected {step}: {found}\n", styled(WARNING, "step")));
    }
}

/// The file, or the `.json` files in the folder and below, in order of their names.
fn suites(path: &Path) -> Result<Vec<PathBuf>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", shown(&path.to_string_lossy()));
    if !fs::metadata(path).map_err(fault)?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .map_err(fault)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(fault)?;
    entries.sort_unstable();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(suites(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "json") {
            files.push(entry);
        }
    }
    Ok(files)
}
