//! The answer to `tools/list`, with only the tools that a chain permits (B-mcp-19).

use crate::{
    TOOL_KEY,
    members::{self, Members, string},
    schema,
    tools::Tools,
};
use serde_json::value::RawValue;
use std::borrow::Cow;
use taper::Capabilities;

/// A request for the list of tools, and what its answer may show.
#[derive(Debug)]
pub struct Listing {
    message: Vec<u8>,
    /// What a chain permits; `None` shows every tool that is configured.
    capabilities: Option<Capabilities>,
    tools: Tools,
}

/// Why a server's answer cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("the server's list of tools cannot be read: {0}")]
pub struct ListingError(#[from] serde_json::Error);

impl Listing {
    pub(crate) fn new(message: Vec<u8>, capabilities: Option<Capabilities>, tools: Tools) -> Self {
        Self { message, capabilities, tools }
    }

    /// The request for the servers, without what was presented.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The answer of server `upstream`, with only what the chain permits; errors pass.
    ///
    /// # Errors
    ///
    /// When the answer is not one list of tools: it is then not shown at all.
    pub fn narrowed(&self, upstream: usize, answer: &str) -> Result<String, ListingError> {
        let all = Members::read(answer)?;
        let Some(result) = all.get("result") else { return Ok(answer.to_owned()) };
        let result = Members::read(result)?;
        let listed: Vec<&RawValue> = match result.get("tools") {
            Some(tools) => serde_json::from_str(tools)?,
            None => Vec::new(),
        };
        let mut shown = Vec::new();
        for tool in listed {
            shown.extend(self.tool(upstream, &Members::read(tool.get())?)?);
        }
        let tools = format!("[{}]", shown.join(","));
        let result = result.iter().map(|(name, value)| match name {
            "tools" => (name, Cow::from(&*tools)),
            // Another holder is shown another list, so that nobody may keep it for all.
            "cacheScope" => (name, "\"private\"".into()),
            _ => (name, value.into()),
        });
        let result = members::write(result);
        Ok(members::write(all.iter().map(|(name, value)| match name {
            "result" => (name, Cow::from(&*result)),
            _ => (name, value.into()),
        })))
    }

    /// The tool as it is shown, when the chain permits it.
    fn tool(&self, upstream: usize, tool: &Members<'_>) -> Result<Option<String>, ListingError> {
        let Some(name) = tool.string("name") else { return Ok(None) };
        let Some((shown, identifier)) = self.tools.shown(upstream, &name) else { return Ok(None) };
        let schema = tool.get("inputSchema").unwrap_or("{}");
        let schema = match &self.capabilities {
            Some(capabilities) => {
                let Some(map) = capabilities.tool(&identifier) else { return Ok(None) };
                schema::narrow(serde_json::from_str(schema)?, map).to_string()
            }
            None => schema.to_owned(),
        };
        let meta = tool.get("_meta").map(Members::read).transpose()?.unwrap_or_default();
        let own = [(TOOL_KEY, Cow::from(string(&identifier)))];
        let meta = meta.iter().filter(|(name, _)| *name != TOOL_KEY);
        let meta = members::write(meta.map(|(name, value)| (name, value.into())).chain(own));
        let rest =
            tool.iter().filter(|(name, _)| !matches!(*name, "name" | "inputSchema" | "_meta"));
        let members = [("name", Cow::from(string(&shown)))]
            .into_iter()
            .chain(rest.map(|(name, value)| (name, value.into())))
            .chain([("inputSchema", schema.into()), ("_meta", meta.into())]);
        Ok(Some(members::write(members)))
    }
}
