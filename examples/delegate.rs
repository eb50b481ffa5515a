//! An agent hands a sub-agent a narrower token, offline, and the sub-agent proves a call.
//!
//! `cargo run --example delegate`

use std::{error::Error, time::Duration};
use taper::{
    ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, ProofOptions, SigningKey,
    Timestamp, at_most, exact, one_of,
};

/// Runs the story at `now` and gives the presentation that the sub-agent would send.
pub(crate) fn delegate(issuer: &SigningKey, now: Timestamp) -> Result<String, Box<dyn Error>> {
    // The user's authorization server grants the agent two files and a search, for an hour.
    let agent = SigningKey::generate()?;
    let granted = Issuer::new("https://auth.example.com", issuer)?.issue(
        Grant::to(agent.public_key().clone())
            .tool(
                "read_file",
                ConstraintMap::new()
                    .require("path", one_of(["/data/q3.pdf", "/data/q4.pdf"])?)
                    .optional("head", at_most(200)),
            )
            .tool("search", ConstraintMap::new().require("limit", at_most(100)))
            .expires_in(Duration::from_secs(3600))
            .max_depth(2),
        now,
    )?;

    // The sub-agent makes its own key and tells only the public half.
    let sub_agent = SigningKey::generate()?;

    // The agent narrows: one file, five minutes, no search, no further delegation.
    let handed = granted
        .derive(&agent)
        .to(sub_agent.public_key().clone())
        .keep_only(["read_file"])
        .narrow("read_file", "path", exact("/data/q3.pdf")?)
        .expires_in(Duration::from_secs(300))
        .terminal()
        .sign(now)?
        .to_text();

    // What would widen is refused at once, with the reason that a verifier would give.
    let wider = granted
        .derive(&agent)
        .to(sub_agent.public_key().clone())
        .narrow("read_file", "path", exact("/etc/passwd")?)
        .sign(now);
    println!("refused: {}", wider.err().map(|error| error.to_string()).unwrap_or_default());

    // The sub-agent receives the chain as text and signs a proof for each call.
    let chain = HeldChain::parse(handed.as_bytes(), &Limits::default())?;
    let call = Invocation::from_json("read_file", br#"{"path": "/data/q3.pdf"}"#)?;
    let options = ProofOptions::default().audience("https://tools.example.com");
    let presentation = chain.prove(&sub_agent, &call, &options, now)?;
    println!("presentation: {} characters, {} hops", presentation.len(), chain.len());
    Ok(presentation)
}

#[allow(dead_code, reason = "the tests include this file for its story")]
fn main() -> Result<(), Box<dyn Error>> {
    delegate(&SigningKey::generate()?, std::time::SystemTime::now().into()).map(|_| ())
}
