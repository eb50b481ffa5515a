//! Which sentence of `spec/verification.md` a denial shows.

/// The requirement that is broken by a denial at `step` with `code`.
pub fn of(step: &str, code: &str) -> String {
    let number = match (step, code) {
        ("1", "chain_empty")
        | ("2b", "chain_too_large")
        | ("2c", "envelope_malformed" | "compact_malformed")
        | ("3a", "algorithm_not_allowed" | "type_wrong" | "critical_header")
        | ("3b", "root_not_trusted")
        | ("3c", "root_depth")
        | ("3i", "max_depth_above_limit")
        | ("3k", "issuer_mismatch")
        | ("3l", "holder_key")
        | ("4b", "signature_invalid")
        | ("4q", "parent_hash_mismatch")
        | ("6b", "tool_not_authorized")
        | ("6c", "audience_required")
        | ("7a", "proof_too_large")
        | ("7b", "signature_invalid")
        | ("7c", "proof_of_other_token")
        | ("7d", "proof_audience_required") => ".2",
        ("2c", "id_missing")
        | ("3b" | "4b", "claims_malformed")
        | ("6b", "argument_not_named" | "argument_refused")
        | ("7a", "envelope_malformed")
        | ("7b", "claims_malformed" | "claim_type") => ".3",
        ("2c", "id_repeated")
        | ("3b", "claim_type")
        | ("6b", "argument_missing")
        | ("7a", "header_malformed" | "algorithm_not_allowed" | "type_wrong" | "critical_header") => {
            ".4"
        }
        ("6b", "leaf_too_shallow") | ("7a", "other_profile") => ".5",
        _ => "",
    };
    format!("V-{step}{number}")
}
