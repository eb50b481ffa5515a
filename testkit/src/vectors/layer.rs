//! Which kind of check must catch a fault.

/// The layer of a denial, as `spec/verification.md` names them.
pub(super) fn of(step: &str, code: &str) -> &'static str {
    match code {
        "chain_empty"
        | "presentation_malformed"
        | "token_too_large"
        | "chain_too_large"
        | "proof_too_large"
        | "other_profile" => "presentation",
        "envelope_malformed"
        | "compact_malformed"
        | "header_malformed"
        | "claims_malformed"
        | "algorithm_not_allowed"
        | "type_wrong"
        | "critical_header" => "encoding",
        "root_not_trusted" | "signature_invalid" => "signature",
        "expired" | "issued_in_future" | "expires_before_issued" | "lifetime_too_long" => "time",
        "parent_hash_mismatch"
        | "chain_length"
        | "id_repeated"
        | "issuer_mismatch"
        | "issuer_not_parent_holder"
        | "root_depth" => "chain",
        "leaf_too_shallow" | "audience_malformed" | "audience_mismatch" | "audience_required" => {
            "policy"
        }
        _ => match (step, step.get(..1)) {
            ("7i", _) => "replay",
            ("7h", _) => "policy",
            (_, Some("7")) => "proof",
            (_, Some("6")) => "call",
            ("4c" | "4d" | "4e" | "4f" | "4g" | "4h" | "4j" | "4m", _) => "attenuation",
            _ if step.starts_with("4p") => "attenuation",
            _ => "claims",
        },
    }
}
