//! What kind of check each step is.

/// The layer of a denial at `step`, as the tables of `spec/verification.md` have it.
pub(super) fn of(step: &str, code: &str) -> &'static str {
    match step {
        "1" | "2a" | "2b" => "presentation",
        "2c" | "3a" | "4a" | "7a" => "encoding",
        "3b" | "4b" | "7b" => "signature",
        "3e" | "3f" | "3g" | "3h" | "4h" | "4i" | "4j" | "4k" | "4l" | "7g" => "time",
        "4c" | "4d" | "4q" | "5" => "chain",
        "4e" | "4f" | "4g" | "4m" | "4p1" | "4p2" | "4p3" | "4p4" => "attenuation",
        "6a" | "6b" => "call",
        "6c" | "7d" | "7h" => "policy",
        "7c" | "7e" | "7f" => "proof",
        "7i" => "replay",
        _ if step.starts_with(['3', '4']) => "claims",
        _ => panic!("no layer for step {step}, {code}"),
    }
}
