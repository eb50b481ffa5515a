//! The profiles by their names in vectors.

/// A profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Profile {
    /// JWS, `aat+jwt`.
    Jws,
    /// The compact profile.
    Compact,
}

impl Profile {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Jws => "jws",
            Self::Compact => "compact",
        }
    }
}
