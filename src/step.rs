//! The steps of the verification algorithm (AAT-02 section 8), which denials report.

use core::fmt;

/// A step of AAT-02 section 8, revision -02. `Display` is the draft's label.
///
/// Two steps can never be the first to fail: 4f, because 3i, 4e and 4g imply it, and 5, because 3c
/// and 4d do. They are kept, as the draft asks for defense in depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each variant's label and condition are in `TABLE`")]
pub enum Step {
    ChainEmpty,
    TokenSize,
    ChainSize,
    TokenIds,
    RootHeader,
    RootSignature,
    RootDepth,
    RootParentHash,
    RootExpiry,
    RootIssuedAt,
    RootOrder,
    RootLifetime,
    RootMaxDepth,
    RootId,
    RootIssuer,
    RootHolder,
    RootCapability,
    RootConstraints,
    Header,
    Signature,
    Id,
    Holder,
    Details,
    Depths,
    ClaimTypes,
    Issuer,
    Depth,
    DepthUnderParent,
    DepthUnderLimit,
    MaxDepth,
    Expiry,
    NotExpired,
    IssuedAfterParent,
    IssuedAt,
    Order,
    DepthUnderOwnMax,
    Capability,
    Constraints,
    Tools,
    ArgumentKeys,
    Required,
    Narrowing,
    ParentHash,
    ChainLength,
    LeafCapability,
    Arguments,
    Audience,
    ProofHeader,
    ProofSignature,
    ProofClaims,
    ProofAudience,
    ProofTool,
    ProofArguments,
    ProofTime,
    Nonce,
    Replay,
}

/// Every step with its label and the condition that must hold.
const TABLE: [(Step, &str, &str); 56] = [
    (Step::ChainEmpty, "1", "the chain has a token"),
    (Step::TokenSize, "2a", "each token is within the size limit"),
    (Step::ChainSize, "2b", "the chain is within the size limit"),
    (Step::TokenIds, "2c", "each token yields an id, and none repeats"),
    (Step::RootHeader, "3a", "the root's header has the allowed alg and typ, and no unknown crit"),
    (Step::RootSignature, "3b", "the root's signature holds under a trust anchor, and it parses"),
    (Step::RootDepth, "3c", "the root's del_depth is 0"),
    (Step::RootParentHash, "3d", "the root has no par_hash"),
    (Step::RootExpiry, "3e", "the root has not expired"),
    (Step::RootIssuedAt, "3f", "the root's iat is not in the future"),
    (Step::RootOrder, "3g", "the root's exp is after its iat"),
    (Step::RootLifetime, "3h", "the root's lifetime is within the limit"),
    (Step::RootMaxDepth, "3i", "the root's del_max_depth is within the limit"),
    (Step::RootId, "3j", "the root's jti is a non-empty string"),
    (Step::RootIssuer, "3k", "the root's iss is the issuer of the anchor that verified it"),
    (Step::RootHolder, "3l", "the root's cnf.jwk is a public key"),
    (Step::RootCapability, "3m", "the root has exactly one well-shaped capability entry"),
    (Step::RootConstraints, "3n", "the root's constraints are known and well-formed"),
    (Step::Header, "4a", "the header has the allowed alg and typ, and no unknown crit"),
    (Step::Signature, "4b", "the signature holds under the parent's cnf.jwk, and the token parses"),
    (Step::Id, "4b1", "jti is a non-empty string"),
    (Step::Holder, "4b2", "cnf.jwk is a public key"),
    (Step::Details, "4b3", "authorization_details is an array"),
    (Step::Depths, "4b4", "del_depth and del_max_depth are non-negative integers"),
    (Step::ClaimTypes, "4b5", "iss and par_hash are strings, iat and exp NumericDates"),
    (Step::Issuer, "4c", "iss is the thumbprint URI of the parent's cnf.jwk"),
    (Step::Depth, "4d", "del_depth is the parent's plus one"),
    (Step::DepthUnderParent, "4e", "del_depth is within the parent's del_max_depth"),
    (Step::DepthUnderLimit, "4f", "del_depth is within the limit"),
    (Step::MaxDepth, "4g", "del_max_depth is not above the parent's"),
    (Step::Expiry, "4h", "exp is not after the parent's"),
    (Step::NotExpired, "4i", "the token has not expired"),
    (Step::IssuedAfterParent, "4j", "iat is not before the parent's"),
    (Step::IssuedAt, "4k", "iat is not in the future"),
    (Step::Order, "4l", "exp is after iat"),
    (Step::DepthUnderOwnMax, "4m", "del_depth is within the token's own del_max_depth"),
    (Step::Capability, "4n", "there is at most one capability entry, and it is well-shaped"),
    (Step::Constraints, "4o", "the constraints are known and well-formed"),
    (Step::Tools, "4p1", "every tool is the parent's too"),
    (Step::ArgumentKeys, "4p2", "the named arguments keep the parent's key rules"),
    (Step::Required, "4p3", "what the parent requires stays required"),
    (Step::Narrowing, "4p4", "every constraint narrows the parent's"),
    (Step::ParentHash, "4q", "par_hash is the digest of the parent's signing input"),
    (Step::ChainLength, "5", "the chain is as long as the leaf is deep"),
    (Step::LeafCapability, "6a", "the leaf has exactly one capability entry"),
    (Step::Arguments, "6b", "the leaf authorizes the tool with these arguments"),
    (Step::Audience, "6c", "every aud in the chain names this enforcement point"),
    (Step::ProofHeader, "7a", "the proof's header has the allowed alg and typ, no unknown crit"),
    (Step::ProofSignature, "7b", "the proof's signature holds under the leaf's key, and it parses"),
    (Step::ProofClaims, "7c", "the proof's claims are typed and name the leaf"),
    (Step::ProofAudience, "7d", "the proof's aat_aud names this enforcement point"),
    (Step::ProofTool, "7e", "the proof's aat_tool is the tool called"),
    (Step::ProofArguments, "7f", "the proof's hta equals the arguments"),
    (Step::ProofTime, "7g", "the proof's iat is within the window"),
    (Step::Nonce, "7h", "the proof carries a nonce that is accepted"),
    (Step::Replay, "7i", "the proof has not been used before"),
];

impl Step {
    /// Every step in the draft's order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(step, ..)| *step)
    }

    /// The draft's label: `1` to `7i`.
    pub fn label(self) -> &'static str {
        self.row().1
    }

    /// What must hold at this step, in one clause.
    pub fn condition(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // INVARIANT: the table has every variant; a test says so.
        TABLE.iter().find(|(step, ..)| *step == self).unwrap_or(&TABLE[0])
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_step_in_order() {
        let steps: alloc::vec::Vec<Step> = Step::all().collect();
        assert!(steps.is_sorted());
        for (i, step) in steps.iter().enumerate() {
            assert_eq!(*step as usize, i, "{step}");
        }
        assert_eq!(steps.len(), Step::Replay as usize + 1);
    }
}
