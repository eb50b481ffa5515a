//! Every cap that bounds what a presentation can make a verifier do.

use core::time::Duration;

/// The caps of one verifier or deriver, each with the reason for its default.
///
/// Both sides of a deployment should use the same limits: a deriver refuses what a verifier with
/// these limits would deny.
///
/// ```
/// use core::time::Duration;
/// use taper::Limits;
///
/// let mut limits = Limits::default();
/// limits.max_token_lifetime = Duration::from_secs(24 * 3600);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one encoded token (MAX_TOKEN_SIZE). 64 KiB, as AAT-02 4.3.1 recommends.
    pub max_token_size: usize,
    /// Bytes of all encoded tokens of a chain (MAX_CHAIN_SIZE). 256 KiB, as AAT-02 4.3.1
    /// recommends.
    pub max_chain_size: usize,
    /// Bytes of an encoded proof. 256 KiB: a proof repeats the call's arguments, so it gets as
    /// much as a chain.
    pub max_proof_size: usize,
    /// Bytes of a call's arguments as JSON text, for whoever reads them from outside before they
    /// become an [`Invocation`](crate::Invocation), which takes what it is given. 256 KiB, so that
    /// a proof can hold them.
    pub max_arguments_size: usize,
    /// Bytes of a whole presentation as JSON text. 1 MiB: chain and proof at their largest, and
    /// as much again for members that are ignored.
    pub max_presentation_size: usize,
    /// Delegations below the root (MAX_DELEGATION_DEPTH). 8: the least that AAT-02 4.3 lets any
    /// verifier support, hence the most that every verifier permits.
    pub max_delegation_depth: u32,
    /// Nesting of `all` and `any`, a constraint without them being 1 (MAX_CONSTRAINT_DEPTH).
    /// 32, as AAT-02 3.4 recommends.
    pub max_constraint_depth: usize,
    /// Comparisons of clauses and of members of sets, when one token's constraints are held against
    /// its parent's (step 4p4). `any` under `any` takes as many as the product of their clauses:
    /// without a limit two tokens of 64 KiB could keep a verifier busy for a tenth of a second.
    /// 131,072: sets, and clauses by the hundred, fit into tokens of 64 KiB without reaching it.
    pub max_comparisons: usize,
    /// From `iat` to `exp` of one token (MAX_TOKEN_LIFETIME). 90 days, as AAT-02 4.4 recommends
    /// for an upper bound.
    pub max_token_lifetime: Duration,
    /// How far in the future a token's `iat` may lie (MAX_IAT_SKEW). 30 s, as AAT-02 4.4
    /// recommends.
    pub max_iat_skew: Duration,
    /// How far from now, on either side, a proof's `iat` may lie. 30 s, as AAT-02 9.10
    /// recommends; more than 60 s only widens the time in which a proof can be replayed.
    pub pop_window: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_token_size: 65_536,
            max_chain_size: 262_144,
            max_proof_size: 262_144,
            max_arguments_size: 262_144,
            max_presentation_size: 1_048_576,
            max_delegation_depth: 8,
            max_constraint_depth: 32,
            max_comparisons: 131_072,
            max_token_lifetime: Duration::from_secs(90 * 24 * 3600),
            max_iat_skew: Duration::from_secs(30),
            pop_window: Duration::from_secs(30),
        }
    }
}
