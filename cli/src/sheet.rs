//! What the commands share: reading what is named, and writing results whole.

use crate::{
    anchors::{self, AnchorArg},
    input::Inputs,
};
use anstyle::{AnsiColor, Style};
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    process::ExitCode,
};
use taper::{Limits, Timestamp, TrustAnchors};

pub(crate) const LOUD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();

/// The most characters of foreign text that one line repeats.
const SHOWN_CHARS: usize = 96;

/// The bytes of a file, or of standard input for `-`; at most one more than the limits allow, so
/// that what is too large is told by the reader of its contents, and never kept.
pub(crate) fn read_input(name: &str, limits: &Limits) -> Result<Vec<u8>, String> {
    let most = u64::try_from(limits.max_presentation_size).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let source: io::Result<Box<dyn io::Read>> = match name {
        "-" => Ok(Box::new(io::stdin().lock())),
        file => match File::open(file) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(error),
        },
    };
    source
        .and_then(|source| source.take(most.saturating_add(1)).read_to_end(&mut bytes))
        .map(|_| bytes)
        .map_err(|error| format!("{}: {error}", input_name(name)))
}

/// How messages call an input.
pub(crate) fn input_name(name: &str) -> String {
    if name == "-" { "standard input".into() } else { shown(name) }
}

/// At most one input can be standard input.
pub(crate) fn one_stdin(inputs: &[&String]) -> Result<(), String> {
    if inputs.iter().filter(|input| input.as_str() == "-").count() > 1 {
        return Err("standard input (`-`) is named twice, and can be read once".into());
    }
    Ok(())
}

/// The text of a call's arguments: given by itself, in `@FILE`, or on standard input.
pub(crate) fn read_arguments(given: &str, limits: &Limits) -> Result<Vec<u8>, String> {
    match given.strip_prefix('@') {
        Some(file) => read_input(file, limits),
        None if given == "-" => read_input(given, limits),
        None => Ok(given.as_bytes().to_vec()),
    }
}

/// Without the white space around: what commands print ends in a line break.
pub(crate) fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// The anchors of `--anchor ISSUER=PUBFILE`.
pub(crate) fn anchors(args: &[String]) -> Result<TrustAnchors, String> {
    let parsed: Result<Vec<AnchorArg>, String> = args
        .iter()
        .map(|arg| anchors::parse(arg).map_err(|what| format!("--anchor {}: {what}", shown(arg))))
        .collect();
    anchors::load(&mut Inputs::new(), &parsed?).map_err(|failure| failure.to_string())
}

/// The time given, or else the clock's.
pub(crate) fn now(given: Option<i64>) -> Timestamp {
    given.map_or_else(|| std::time::SystemTime::now().into(), Timestamp::from_unix)
}

/// Foreign text on one line: what is not printable escaped, cut after [`SHOWN_CHARS`].
pub(crate) fn shown(text: &str) -> String {
    let mut line = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == SHOWN_CHARS {
            line.push('…');
            break;
        }
        match c {
            '\'' | '"' | '\\' => line.push(c),
            other => line.extend(other.escape_debug()),
        }
    }
    line
}

pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes to standard output, without colour where none is wanted. A reader that went away is no
/// fault of ours.
pub(crate) fn write_out(text: &str, code: ExitCode) -> ExitCode {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            unusable(&format!("standard output: {error}"))
        }
        _ => code,
    }
}

/// Input that cannot be used: one line, and exit code 2.
pub(crate) fn unusable(message: &str) -> ExitCode {
    let mut err = anstream::AutoStream::auto(io::stderr().lock());
    // There is nowhere left to complain to.
    let _ = writeln!(err, "{} {message}", styled(LOUD, "error:"));
    ExitCode::from(2)
}
