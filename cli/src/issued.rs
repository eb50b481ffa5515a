//! A chain that was just made: written, and told about when it went to a file.

use crate::{
    failure::{Failure, Printable},
    output::{Output, named},
};
use serde_json::json;
use std::path::Path;
use taper::HeldChain;

/// Writes a chain to the file that `-o` names, with a summary, or to standard output.
pub(crate) fn write(
    out: &mut Output,
    file: Option<&Path>,
    chain: &HeldChain,
) -> Result<(), Failure> {
    out.save(file, &chain.to_text())?;
    let Some(file) = named(file) else {
        return Ok(());
    };
    let leaf = chain.leaf();
    let file = file.display().to_string();
    let tools = || leaf.capabilities().into_iter().flat_map(|all| all.tools());
    if out.is_json() {
        return out.line(json!({
            "file": file,
            "tokens": chain.len(),
            "id": leaf.id().as_str(),
            "holder": leaf.holder().thumbprint_text(),
            "expires_at": leaf.expires_at().as_unix(),
            "depth": leaf.depth(),
            "max_depth": leaf.max_depth(),
            "tools": tools().map(|(tool, _)| tool).collect::<Vec<_>>(),
        }));
    }
    out.field("chain", Printable(&file))?;
    out.field("tokens", chain.len())?;
    out.field("holder", leaf.holder().thumbprint_text())?;
    let lifetime = leaf.expires_at().seconds_since(leaf.issued_at());
    out.field("expires", format_args!("{lifetime} s after it was issued"))?;
    let depth = (leaf.depth(), leaf.max_depth());
    out.field("depth", format_args!("{} of {}", depth.0, depth.1))?;
    for (tool, _) in tools() {
        out.field("tool", Printable(tool))?;
    }
    Ok(())
}
