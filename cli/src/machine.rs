//! What the build may use of a processor, what the processor has, and what comes of both.

use serde_json::{Value, json};
use std::{env::consts::ARCH, fmt};

/// Which code runs. It follows the rules by which the libraries choose, because they do not tell.
pub(crate) struct Machine {
    /// The arithmetic of `curve25519-dalek`.
    pub(crate) curve: &'static str,
    pub(crate) sha256: &'static str,
    pub(crate) sha512: &'static str,
    /// What every machine must have that this build runs on.
    pub(crate) built_for: Processor,
    /// What this machine has.
    pub(crate) runs_on: Processor,
}

/// The parts of an instruction set that matter here.
pub(crate) struct Processor(Vec<&'static str>);

impl Processor {
    fn has(&self, feature: &str) -> bool {
        self.0.contains(&feature)
    }

    /// The level of the x86-64 ABI, or the architecture.
    fn level(&self) -> &'static str {
        let all = |features: &[&str]| features.iter().all(|feature| self.has(feature));
        if ARCH != "x86_64" {
            ARCH
        } else if !all(&["popcnt", "sse3", "sse4.1", "sse4.2", "ssse3"]) {
            "x86-64"
        } else if !all(&["avx2", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe"]) {
            "x86-64-v2"
        } else if !all(&["avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"]) {
            "x86-64-v3"
        } else {
            "x86-64-v4"
        }
    }

    /// What no level implies.
    fn extras(&self) -> Vec<&'static str> {
        let extra = ["avx512ifma", "sha", "sha2", "sha3"];
        extra.into_iter().filter(|feature| self.has(feature)).collect()
    }
}

impl fmt::Display for Processor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.level())?;
        for (index, extra) in self.extras().into_iter().enumerate() {
            write!(f, "{} {extra}", if index == 0 { " with" } else { "," })?;
        }
        Ok(())
    }
}

/// For machines to read.
pub(crate) fn json(processor: &Processor) -> Value {
    json!({ "level": processor.level(), "with": processor.extras() })
}

/// The features of the list that the build may use everywhere, and those that this machine has.
macro_rules! processors {
    ($detected:path: $($feature:tt),+) => {{
        use $detected as detected;
        let mut built_for = Vec::new();
        let mut runs_on = Vec::new();
        $(
            if cfg!(target_feature = $feature) {
                built_for.push($feature);
            }
            if detected!($feature) {
                runs_on.push($feature);
            }
        )+
        (Processor(built_for), Processor(runs_on))
    }};
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn processors() -> (Processor, Processor) {
    processors!(
        std::arch::is_x86_feature_detected: "avx2", "avx512bw", "avx512cd", "avx512dq", "avx512f",
        "avx512ifma", "avx512vl", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe", "popcnt", "sha",
        "sse3", "sse4.1", "sse4.2", "ssse3"
    )
}

#[cfg(target_arch = "aarch64")]
fn processors() -> (Processor, Processor) {
    processors!(std::arch::is_aarch64_feature_detected: "sha2", "sha3")
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn processors() -> (Processor, Processor) {
    (Processor(Vec::new()), Processor(Vec::new()))
}

impl Machine {
    pub(crate) fn detect() -> Self {
        let (built_for, runs_on) = processors();
        Self {
            curve: curve(&built_for, &runs_on),
            sha256: sha256(&runs_on),
            sha512: sha512(&runs_on),
            built_for,
            runs_on,
        }
    }
}

/// The build decides what may be chosen, the machine what is.
fn curve(built_for: &Processor, runs_on: &Processor) -> &'static str {
    let vectors = ARCH == "x86_64" && !cfg!(curve25519_dalek_bits = "32");
    let avx512 = ["avx512ifma", "avx512vl"];
    let wide = cfg!(curve25519_dalek_backend = "avx512")
        || avx512.iter().all(|feature| built_for.has(feature));
    if cfg!(curve25519_dalek_backend = "fiat") {
        "fiat"
    } else if cfg!(curve25519_dalek_backend = "serial") || !vectors {
        "serial"
    } else if wide
        && !cfg!(curve25519_dalek_backend = "simd")
        && avx512.iter().all(|feature| runs_on.has(feature))
    {
        "AVX-512 IFMA"
    } else if runs_on.has("avx2") {
        "AVX2"
    } else {
        "serial"
    }
}

fn sha256(runs_on: &Processor) -> &'static str {
    if cfg!(any(sha2_backend = "soft", sha2_256_backend = "soft")) {
        "software"
    } else if runs_on.has("sha") && runs_on.has("sse4.1") {
        "SHA-NI"
    } else if runs_on.has("sha2") {
        "ARMv8 SHA2"
    } else {
        "software"
    }
}

fn sha512(runs_on: &Processor) -> &'static str {
    if cfg!(any(sha2_backend = "soft", sha2_512_backend = "soft")) {
        "software"
    } else if runs_on.has("avx2") {
        "AVX2"
    } else if runs_on.has("sha3") {
        "ARMv8.2 SHA512"
    } else {
        "software"
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    const V2: [&str; 5] = ["popcnt", "sse3", "sse4.1", "sse4.2", "ssse3"];
    const V3: [&str; 7] = ["avx2", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe"];
    const V4: [&str; 5] = ["avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"];

    fn with(sets: &[&[&'static str]]) -> Processor {
        Processor(sets.concat())
    }

    #[test]
    fn levels_need_all_their_features() {
        for (processor, told) in [
            (with(&[]), "x86-64"),
            (with(&[&V2[1..], &V3, &V4]), "x86-64"),
            (with(&[&V2]), "x86-64-v2"),
            (with(&[&V2, &V3[..6], &V4]), "x86-64-v2"),
            (with(&[&V2, &V3, &["sha"]]), "x86-64-v3 with sha"),
            (with(&[&V2, &V3, &V4[1..], &["avx512ifma"]]), "x86-64-v3 with avx512ifma"),
            (with(&[&V2, &V3, &V4, &["sha", "avx512ifma"]]), "x86-64-v4 with avx512ifma, sha"),
        ] {
            assert_eq!(processor.to_string(), told);
        }
    }

    #[test]
    fn the_machine_decides_what_runs() {
        let none = with(&[]);
        assert_eq!(
            (curve(&none, &none), sha256(&none), sha512(&none)),
            ("serial", "software", "software")
        );
        let wide = with(&[&["avx2", "avx512ifma", "avx512vl", "sha", "sse4.1"]]);
        assert_eq!(
            (curve(&wide, &wide), sha256(&wide), sha512(&wide)),
            ("AVX-512 IFMA", "SHA-NI", "AVX2")
        );
        // Built for more than the machine has.
        assert_eq!(curve(&wide, &with(&[&["avx2", "avx512vl"]])), "AVX2");
        assert_eq!(sha256(&with(&[&["sha"]])), "software");
    }
}
