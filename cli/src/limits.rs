//! The limits of `taper::Limits` as flags.

use crate::duration;
use std::time::Duration;
use taper::Limits;

/// The caps to work under. Both sides of a deployment should use the same.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Bytes of one token (65536 if not given).
    #[arg(long, value_name = "BYTES")]
    max_token_size: Option<usize>,
    /// Bytes of all tokens of a chain (262144).
    #[arg(long, value_name = "BYTES")]
    max_chain_size: Option<usize>,
    /// Bytes of a proof (262144).
    #[arg(long, value_name = "BYTES")]
    max_proof_size: Option<usize>,
    /// Bytes of a call's arguments (262144).
    #[arg(long, value_name = "BYTES")]
    max_arguments_size: Option<usize>,
    /// Bytes of a presentation or chain file (1048576).
    #[arg(long, value_name = "BYTES")]
    max_presentation_size: Option<usize>,
    /// Delegations below the root (8).
    #[arg(long, value_name = "N")]
    max_delegation_depth: Option<u32>,
    /// Nesting of constraints (32).
    #[arg(long, value_name = "N")]
    max_constraint_depth: Option<usize>,
    /// Comparisons for one token's constraints (131072).
    #[arg(long, value_name = "N")]
    max_comparisons: Option<usize>,
    /// From a token's `iat` to its `exp` (90d).
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_token_lifetime: Option<Duration>,
    /// How far in the future a token's `iat` may lie (30s).
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_iat_skew: Option<Duration>,
    /// How far from now, on either side, a proof's `iat` may lie (30s).
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pop_window: Option<Duration>,
}

impl LimitArgs {
    /// The defaults, but for what was given.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        set(&mut limits.max_token_size, self.max_token_size);
        set(&mut limits.max_chain_size, self.max_chain_size);
        set(&mut limits.max_proof_size, self.max_proof_size);
        set(&mut limits.max_arguments_size, self.max_arguments_size);
        set(&mut limits.max_presentation_size, self.max_presentation_size);
        set(&mut limits.max_delegation_depth, self.max_delegation_depth);
        set(&mut limits.max_constraint_depth, self.max_constraint_depth);
        set(&mut limits.max_comparisons, self.max_comparisons);
        set(&mut limits.max_token_lifetime, self.max_token_lifetime);
        set(&mut limits.max_iat_skew, self.max_iat_skew);
        set(&mut limits.pop_window, self.pop_window);
        limits
    }
}

fn set<T>(limit: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *limit = given;
    }
}
