//! `taper-gateway log`: has a log of decisions stayed as it was written, and what is in it.

use super::Failure;
use clap::Subcommand;
use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};
use taper_gateway::{Broken, Entry, LOG_START, LogLine, LogLines, Verdict};

/// Check and read logs of decisions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(VerifyArgs),
    Show(ShowArgs),
}

/// Say whether logs are as they were written, and the hash of the last line.
///
/// Each line names the hash of the line before it. That the last line was changed, that lines are
/// missing at the end, or that a whole log was written anew, only a hash that was kept elsewhere
/// can tell.
#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// The logs, oldest first; each begins anew or goes on with the one before it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The last line of the last FILE has this hash.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    expect: Option<String>,
    /// Some line of the FILEs has this hash: for a log that has grown since it was kept.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    includes: Option<String>,
    /// The first FILE goes on with a log whose last line has this hash.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    follows: Option<String>,
}

/// Show a log, one decision a line: time, verdict, tool, step, code.
#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The log.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only what was denied, or would have been.
    #[arg(long)]
    denied: bool,
    /// Only calls of the tool with this identifier.
    #[arg(long, value_name = "TOOL")]
    tool: Option<String>,
    /// Only the last SECONDS.
    #[arg(long, value_name = "SECONDS")]
    since: Option<u64>,
    /// The log goes on with one whose last line has this hash.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    follows: Option<String>,
}

/// Something does not hold.
const BAD: u8 = 1;

/// Checks or shows, and says how that went.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let good = match &args.command {
        Command::Verify(args) => verify(args)?,
        Command::Show(args) => show(args)?,
    };
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(BAD) })
}

/// A hash as `verify` prints it. One that was cut is a mistake, and says nothing of the log.
fn hash(text: &str) -> Result<String, String> {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match text == LOG_START || text.len() == 43 && text.bytes().all(base64url) {
        true => Ok(text.into()),
        false => Err(format!("expected 43 characters of base64url, or `{LOG_START}`")),
    }
}

fn verify(args: &VerifyArgs) -> Result<bool, Failure> {
    let mut good = true;
    let mut last = args.follows.clone().unwrap_or_else(|| LOG_START.into());
    // Line 0 is what stands before the first.
    let mut expected = Kept::new(args.expect.as_deref(), &last);
    let mut included = Kept::new(args.includes.as_deref(), &last);
    let mut before: Option<&Path> = None;
    for path in &args.files {
        let mut entries = 0_usize;
        let mut begins_anew = before.is_some();
        let mut broken = None;
        for line in lines(path, last.clone())? {
            let line = line.map_err(|error| Failure::at(path.display(), error))?;
            let anew = |broken: &Broken| matches!(broken, Broken::Start { found, .. } if found == LOG_START);
            if line.number == 1 {
                begins_anew &= line.broken.as_ref().is_some_and(anew);
            }
            entries = line.number;
            expected.look_at(path, &line);
            included.look_at(path, &line);
            last = line.digest;
            // What follows a broken line says nothing more.
            broken = line.broken.filter(|broken| !(begins_anew && anew(broken)));
            if broken.is_some() {
                break;
            }
        }
        let path_shown = path.display();
        let told = match &broken {
            Some(broken) => say(format_args!("{path_shown}: BROKEN: {broken}")),
            None => {
                let noun = if entries == 1 { "entry" } else { "entries" };
                let after = match before {
                    Some(before) if entries > 0 && !begins_anew => {
                        format!(", goes on with {}", before.display())
                    }
                    Some(_) if begins_anew => ", begins anew".into(),
                    _ => String::new(),
                };
                say(format_args!("{path_shown}: {entries} {noun}, last hash {last}{after}"))
            }
        };
        told?;
        good &= broken.is_none();
        before = Some(path);
    }
    if let Some(hash) = &args.expect
        && *hash != last
    {
        good = false;
        say(match expected.found {
            Some(at) => format!(
                "NOT AS EXPECTED: the kept hash is that of {at}, and lines were added after it; \
                 when the log may have grown, use `--includes`"
            ),
            None => "NOT AS EXPECTED: no line has the kept hash: lines were changed or are \
                     missing at the end, or it is another log"
                .into(),
        })?;
    }
    if args.includes.is_some() {
        match included.found {
            Some(at) => say(format_args!("the kept hash is that of {at}"))?,
            None => {
                good = false;
                say("NOT INCLUDED: no line has the kept hash: lines were changed or are missing \
                     at the end, or it is another log")?;
            }
        }
    }
    Ok(good)
}

/// Where the line with a hash is.
struct Kept<'a> {
    hash: Option<&'a str>,
    found: Option<String>,
}

impl<'a> Kept<'a> {
    fn new(hash: Option<&'a str>, before: &str) -> Self {
        let found = (hash == Some(before)).then(|| "what is before the first line".into());
        Self { hash, found }
    }

    fn look_at(&mut self, path: &Path, line: &LogLine) {
        // A line that is broken may have any hash that whoever broke it wanted.
        if line.broken.is_none() && self.hash == Some(&*line.digest) {
            self.found = Some(format!("line {} of {}", line.number, path.display()));
        }
    }
}

fn show(args: &ShowArgs) -> Result<bool, Failure> {
    let mut good = true;
    let from = args.since.and_then(|seconds| {
        let from = SystemTime::now().checked_sub(Duration::from_secs(seconds))?;
        Some(taper::Timestamp::from(from).as_unix())
    });
    let wanted = |entry: &Entry| {
        from.is_none_or(|from| entry.time >= from)
            && !(args.denied && entry.verdict == Verdict::Permit)
            && args.tool.as_ref().is_none_or(|tool| entry.tool.as_ref() == Some(tool))
    };
    let before = args.follows.clone().unwrap_or_else(|| LOG_START.into());
    for line in lines(&args.file, before)? {
        let line = line.map_err(|error| Failure::at(args.file.display(), error))?;
        if let Some(broken) = line.broken {
            good = false;
            say(format_args!("BROKEN: {broken}"))?;
        }
        if let Some(entry) = line.entry.filter(&wanted) {
            say(Shown(&entry))?;
        }
    }
    Ok(good)
}

fn lines(path: &Path, before: String) -> Result<LogLines<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|error| Failure::at(path.display(), error))?;
    Ok(LogLines::after(BufReader::new(file), before))
}

/// One decision on one line.
struct Shown<'a>(&'a Entry);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry { time, verdict, tool, step, code, .. } = self.0;
        // Names of tools are the clients' to choose, also such as would move a terminal's cursor.
        let plain = |text: &Option<String>| {
            text.as_ref().map_or_else(|| "-".into(), |text| text.escape_debug().to_string())
        };
        let verdict = verdict.name();
        let (tool, step, code) = (plain(tool), plain(step), plain(code));
        write!(f, "{}  {verdict:<10}  {tool}  {step}  {code}", rfc3339(*time))
    }
}

/// The end of the year 9999, after which RFC 3339 has no times.
const LAST_SECOND: u64 = 253_402_300_799;

fn rfc3339(time: i64) -> String {
    let time_of = |seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    let seconds = u64::try_from(time).ok().filter(|seconds| *seconds <= LAST_SECOND);
    match seconds.and_then(time_of) {
        Some(time) => humantime::format_rfc3339_seconds(time).to_string(),
        None => format!("@{time}"),
    }
}

/// Writes a line to standard output.
fn say(text: impl fmt::Display) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{text}") {
        // Whoever read has seen enough; what was found is still told by the exit code.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Failure::at("standard output", error)),
    }
}
