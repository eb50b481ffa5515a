//! The story: an issuer grants an orchestrator three tools, the orchestrator narrows the grant for
//! a planner, and the planner for a worker.

use std::{error::Error, time::Duration};
use taper::{
    Audience, ConstraintMap, Grant, HeldChain, Invocation, Issuer, Policy, Profile, SigningKey,
    Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most, contains, exact, one_of, range,
    subset,
};

pub(super) const ISSUER: &str = "https://auth.example.com";
pub(super) const GATEWAY: &str = "https://tools.example.com";

/// Who takes part, each with a key of its own.
pub(super) struct Cast {
    pub(super) issuer: SigningKey,
    pub(super) orchestrator: SigningKey,
    pub(super) planner: SigningKey,
    pub(super) worker: SigningKey,
    pub(super) thief: SigningKey,
}

impl Cast {
    pub(super) fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            issuer: SigningKey::generate()?,
            orchestrator: SigningKey::generate()?,
            planner: SigningKey::generate()?,
            worker: SigningKey::generate()?,
            thief: SigningKey::generate()?,
        })
    }

    /// The gateway holds the issuer's public key, its own name, and nothing else.
    pub(super) fn gateway(&self) -> Result<Verifier, Box<dyn Error>> {
        let anchor = TrustAnchor::new(ISSUER, self.issuer.public_key().clone())?;
        Ok(Verifier::new(TrustAnchors::new().with(anchor))
            .with_policy(Policy::for_audience(GATEWAY).require_proof_audience()))
    }

    /// Three tools, six constrained arguments, an hour, two more hops and more when asked for.
    pub(super) fn root(
        &self,
        profile: Profile,
        hops: u32,
        now: Timestamp,
    ) -> Result<HeldChain, Box<dyn Error>> {
        let reports = ["/data/q1-report.pdf", "/data/q2-report.pdf", "/data/q3-report.pdf"];
        let grant = Grant::to(self.orchestrator.public_key().clone())
            .tool(
                "read_file",
                ConstraintMap::new()
                    .require("path", one_of(reports)?)
                    .optional("head", at_most(500)),
            )
            .tool(
                "search_index",
                ConstraintMap::new()
                    .require("query", one_of(["public filings", "public releases"])?)
                    .require("limit", range(1..=100)?),
            )
            .tool(
                "send_mail",
                ConstraintMap::new()
                    .require("to", subset(["ana@example.com", "bo@example.com"]))
                    .require("labels", contains(["automated"])),
            )
            .expires_in(Duration::from_secs(3600))
            .max_depth(hops);
        let issuer = Issuer::new(ISSUER, &self.issuer)?.with_profile(profile);
        Ok(issuer.issue(grant, now)?)
    }

    /// The planner may not mail, reads two reports, and searches less.
    pub(super) fn plan(
        &self,
        root: &HeldChain,
        now: Timestamp,
    ) -> Result<HeldChain, Box<dyn Error>> {
        let reports = ["/data/q2-report.pdf", "/data/q3-report.pdf"];
        Ok(root
            .derive(&self.orchestrator)
            .to(self.planner.public_key().clone())
            .drop_tool("send_mail")
            .narrow("read_file", "path", one_of(reports)?)
            .narrow("search_index", "limit", range(1..=10)?)
            .expires_in(Duration::from_secs(1800))
            .sign(now)?)
    }

    /// The worker reads one report, at this gateway, for five minutes, and hands nothing on.
    pub(super) fn work(
        &self,
        plan: &HeldChain,
        now: Timestamp,
    ) -> Result<HeldChain, Box<dyn Error>> {
        Ok(plan
            .derive(&self.planner)
            .to(self.worker.public_key().clone())
            .keep_only(["read_file"])
            .narrow("read_file", "path", exact("/data/q3-report.pdf")?)
            .narrow("read_file", "head", at_most(100))
            .audience(Audience::only([GATEWAY]))
            .expires_in(Duration::from_secs(300))
            .terminal()
            .sign(now)?)
    }
}

pub(super) fn call(path: &str, head: u32) -> Result<Invocation, Box<dyn Error>> {
    let arguments = serde_json::json!({"path": path, "head": head}).to_string();
    Ok(Invocation::from_json("read_file", arguments.as_bytes())?)
}
