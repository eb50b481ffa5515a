//! The MCP servers behind a guard.

use super::{
    error::PolicyError,
    file::{self, Text},
    reading::Reading,
};
use http::{HeaderName, HeaderValue};
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};
use toml::Spanned;

/// How a server is reached.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Server {
    /// A process that is started, with standard input and output.
    Command {
        /// The program.
        program: Box<str>,
        /// Its arguments.
        arguments: Vec<Box<str>>,
        /// Variables beside those of the guard's own environment.
        env: BTreeMap<Box<str>, Box<str>>,
        /// The folder that it is started in.
        directory: Option<PathBuf>,
    },
    /// A URL of streamable HTTP.
    Url {
        /// The URL.
        url: Box<str>,
        /// Headers of every request, in place of the client's; some are secret.
        headers: BTreeMap<Box<str>, Box<str>>,
    },
}

/// Values of variables and headers may be secret.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { program, arguments, env, directory } => f
                .debug_struct("Command")
                .field("program", program)
                .field("arguments", arguments)
                .field("env", &env.keys())
                .field("directory", directory)
                .finish(),
            Self::Url { url, headers } => {
                f.debug_struct("Url").field("url", url).field("headers", &headers.keys()).finish()
            }
        }
    }
}

/// The servers, by their names in alphabetical order: that order gives them their numbers.
pub(super) fn read(
    reading: &mut Reading<'_>,
    servers: &BTreeMap<Text, Spanned<file::Server>>,
) -> Result<Vec<(Box<str>, Server)>, PolicyError> {
    let mut all = vec![];
    for (name, server) in servers {
        check_name(reading, name)?;
        all.push((name.get_ref().as_str().into(), one(reading, server)?));
    }
    Ok(all)
}

/// A server's name is part of a path.
fn check_name(reading: &Reading<'_>, name: &Text) -> Result<(), PolicyError> {
    let text = name.get_ref();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if text.is_empty() || !text.chars().all(plain) {
        let problem = format_args!(
            "found the name `{}`, expected letters, digits, `-` and `_`",
            text.escape_debug()
        );
        return Err(reading.fail(name, problem));
    }
    Ok(())
}

fn one(reading: &mut Reading<'_>, at: &Spanned<file::Server>) -> Result<Server, PolicyError> {
    let server = at.get_ref();
    match (&server.command, &server.url) {
        (Some(command), None) => {
            let others = [
                server.headers.as_ref().map(Spanned::span),
                server.header_files.as_ref().map(Spanned::span),
            ];
            if let Some(span) = others.into_iter().flatten().next() {
                let problem = "a command takes no headers; give it `env`";
                return Err(reading.source.fail(span, problem));
            }
            started(reading, server, command)
        }
        (None, Some(url)) => {
            let others = [
                server.env.as_ref().map(Spanned::span),
                server.directory.as_ref().map(Spanned::span),
            ];
            if let Some(span) = others.into_iter().flatten().next() {
                let problem = "a server at a `url` is not started here; remove this";
                return Err(reading.source.fail(span, problem));
            }
            reached(reading, server, url)
        }
        (None, None) => Err(reading.fail(at, "the server has neither `command` nor `url`")),
        (Some(_), Some(url)) => {
            Err(reading.fail(url, "the server has both `command` and `url`, expected one"))
        }
    }
}

fn started(
    reading: &Reading<'_>,
    server: &file::Server,
    command: &Spanned<Vec<String>>,
) -> Result<Server, PolicyError> {
    let mut parts = command.get_ref().iter().map(|part| Box::from(part.as_str()));
    let program: Box<str> = parts.next().unwrap_or_default();
    if program.is_empty() {
        let problem = "found no program, expected a list such as `[\"server\", \"--flag\"]`";
        return Err(reading.fail(command, problem));
    }
    let mut env = BTreeMap::new();
    for (name, value) in server.env.iter().flat_map(|env| env.get_ref()) {
        if name.get_ref().is_empty() || name.get_ref().contains(['=', '\0']) {
            return Err(reading.fail(name, "found no name of a variable"));
        }
        env.insert(name.get_ref().as_str().into(), value.as_str().into());
    }
    let directory = server.directory.as_ref().map(|path| reading.path(path)).transpose()?;
    if let (Some(name), Some(path)) = (&server.directory, &directory)
        && !Path::is_dir(path)
    {
        return Err(reading.fail(name, format_args!("`{}` is no folder", path.display())));
    }
    Ok(Server::Command { program, arguments: parts.collect(), env, directory })
}

fn reached(
    reading: &mut Reading<'_>,
    server: &file::Server,
    url: &Text,
) -> Result<Server, PolicyError> {
    let parsed = url.get_ref().parse::<http::Uri>().ok();
    let scheme = parsed.as_ref().filter(|uri| uri.host().is_some()).and_then(|u| u.scheme_str());
    if !matches!(scheme, Some("http" | "https")) {
        let problem = "found no URL, expected one such as `https://server.example.com/mcp`";
        return Err(reading.fail(url, problem));
    }
    let mut headers = BTreeMap::new();
    for (name, value) in server.headers.iter().flat_map(|headers| headers.get_ref()) {
        header(reading, &mut headers, name, value)?;
    }
    for (name, file) in server.header_files.iter().flat_map(|headers| headers.get_ref()) {
        let value = reading.secret(file)?;
        header(reading, &mut headers, name, &value)?;
    }
    Ok(Server::Url { url: url.get_ref().as_str().into(), headers })
}

fn header(
    reading: &Reading<'_>,
    headers: &mut BTreeMap<Box<str>, Box<str>>,
    name: &Text,
    value: &str,
) -> Result<(), PolicyError> {
    let text = name.get_ref().to_ascii_lowercase();
    if text.parse::<HeaderName>().is_err() {
        return Err(reading.fail(name, "found no name of a header"));
    }
    if value.parse::<HeaderValue>().is_err() {
        return Err(reading.fail(name, "the value is none that a header can have"));
    }
    if headers.insert(text.into(), value.into()).is_some() {
        return Err(reading.fail(name, "the header is given twice"));
    }
    Ok(())
}
