//! The tools of a policy, by the identifiers that tokens know them by.

use super::{
    error::PolicyError,
    file::{self, Text},
    reading::Reading,
    servers::Server,
};
use crate::{Target, Tools, ToolsError};
use std::collections::BTreeMap;
use toml::Spanned;

/// What a policy says of tools.
pub(super) struct Named {
    pub(super) tools: Tools,
    pub(super) rules: taper::Policy,
    /// Whether no tool's proofs have to be remembered.
    pub(super) all_idempotent: bool,
}

pub(super) fn read(
    reading: &Reading<'_>,
    named: &BTreeMap<Text, Spanned<file::Tool>>,
    servers: &[(Box<str>, Server)],
    all_idempotent: Option<&Spanned<bool>>,
) -> Result<Named, PolicyError> {
    let all = all_idempotent.is_some_and(|all| *all.get_ref());
    let single = servers.len() == 1;
    let mut tools = if single { Tools::of_one_server() } else { Tools::of_several_servers() };
    let mut rules = taper::Policy::default();
    // A single server's other tools can be called too.
    let mut every = !single;
    for (identifier, at) in named {
        let tool = at.get_ref();
        let id = identifier.get_ref().as_str();
        if id.is_empty() {
            return Err(reading.fail(identifier, "found no identifier"));
        }
        let name = tool.name.as_ref().unwrap_or(identifier);
        let shown = tool.shown.as_ref().unwrap_or(name);
        let upstream = upstream(reading, at, servers)?;
        let target = Target { upstream, name: text(name), identifier: id.into() };
        tools = tools.with(text(shown), target).map_err(|error| match error {
            ToolsError::Twice(_) => reading.fail(name, error),
            _ => reading.fail(shown, format_args!("{error}; give one of them `shown`")),
        })?;
        match (&tool.idempotent, all) {
            (Some(no), true) if !no.get_ref() => {
                let problem = "`replay.all_idempotent` says otherwise; remove one of the two";
                return Err(reading.fail(no, problem));
            }
            (Some(yes), _) if *yes.get_ref() => rules = rules.idempotent(id),
            _ => every = false,
        }
        if let Some(depth) = &tool.min_depth {
            rules = rules.min_depth(id, *depth.get_ref());
        }
    }
    if !single && named.is_empty() {
        let problem = "with several `[upstreams]` only named tools can be called; \
                       name them in `[tools.\"IDENTIFIER\"]`";
        return Err(reading.source.fail(0..0, problem));
    }
    if all {
        rules = rules.all_tools_idempotent();
    }
    Ok(Named { tools, rules, all_idempotent: all || every })
}

fn text(text: &Text) -> Box<str> {
    text.get_ref().as_str().into()
}

fn upstream(
    reading: &Reading<'_>,
    at: &Spanned<file::Tool>,
    servers: &[(Box<str>, Server)],
) -> Result<usize, PolicyError> {
    match &at.get_ref().upstream {
        Some(name) => {
            let found = servers.iter().position(|(own, _)| **own == **name.get_ref());
            found.ok_or_else(|| {
                let known: Vec<_> = servers.iter().map(|(own, _)| format!("`{own}`")).collect();
                let problem =
                    format_args!("no upstream is named so, expected {}", known.join(", "));
                reading.fail(name, problem)
            })
        }
        None if servers.len() == 1 => Ok(0),
        None => Err(reading.fail(at, "the tool names no `upstream`, and there are several")),
    }
}
