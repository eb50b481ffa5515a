//! The extension constraint types to know, as flags.

use clap::ValueEnum;
use serde::Deserialize;
use taper::extension::{Cidr, Extensions, ExtensionsError, PathContainment, UrlScope};

/// Which constraint types beyond the nine core ones to know. Both sides need to; whoever does not
/// know a type denies every chain that carries it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ExtensionArgs {
    /// An extension constraint type to know; may be given more than once.
    #[arg(long = "extension", value_name = "NAME")]
    names: Vec<Name>,
}

/// The types that this command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum Name {
    /// Absolute paths at or below a folder.
    PathContainment,
    /// URLs of a scheme, host or domain, port and path prefix.
    UrlScope,
    /// IP addresses in a network.
    Cidr,
}

impl ExtensionArgs {
    /// The types that were given; none, unless said.
    pub(crate) fn extensions(&self) -> Extensions {
        known(&self.names)
    }
}

/// The types of these names.
pub(crate) fn known(names: &[Name]) -> Extensions {
    names.iter().fold(Extensions::new(), |known, name| {
        // The names are free, so only one that is known already fails, and changes nothing.
        with(known.clone(), *name).unwrap_or(known)
    })
}

fn with(known: Extensions, name: Name) -> Result<Extensions, ExtensionsError> {
    match name {
        Name::PathContainment => known.with::<PathContainment>(),
        Name::UrlScope => known.with::<UrlScope>(),
        Name::Cidr => known.with::<Cidr>(),
    }
}
