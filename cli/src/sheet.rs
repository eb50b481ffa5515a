//! What `inspect` and `explain` share: reading what is named, and writing lines for people.

use anstyle::{AnsiColor, Style};
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    process::ExitCode,
};
use taper::{Limits, PublicKey, Timestamp, TrustAnchor, TrustAnchors};

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
    if name == "-" {
        "standard input".into()
    } else {
        shown(name)
    }
}

/// A public key from a file with a JWK or PEM.
fn read_public_key(name: &str, limits: &Limits) -> Result<PublicKey, String> {
    let bytes = read_input(name, limits)?;
    let key = match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim_start().starts_with("-----") => PublicKey::from_pem(text),
        _ => PublicKey::from_jwk(&bytes),
    };
    key.map_err(|error| format!("{}: {error}", input_name(name)))
}

/// The anchors of `--anchor ISSUER=PUBFILE`. The file is what follows the last `=`: issuers are
/// URIs, which may have one in their query.
pub(crate) fn anchors(args: &[String], limits: &Limits) -> Result<TrustAnchors, String> {
    let one = |arg: &String| {
        let (issuer, file) = arg.rsplit_once('=').ok_or_else(|| {
            format!(
                "--anchor {}: expected ISSUER=PUBFILE, found no `=`",
                shown(arg)
            )
        })?;
        let key = read_public_key(file, limits)?;
        TrustAnchor::new(issuer, key).map_err(|error| format!("--anchor {}: {error}", shown(arg)))
    };
    args.iter().map(one).collect()
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
