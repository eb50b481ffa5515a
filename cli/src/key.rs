//! `taper key`: making, showing and converting keys; and reading them for the other commands.

use crate::sheet::{input_name, read_input, save, unusable, write_out};
use std::{path::Path, process::ExitCode};
use taper::{Limits, PublicKey, SigningKey, key::KeyError};
use zeroize::Zeroizing;

/// What `taper key` can do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a private key, in a file that only you can read
    New {
        /// The file to make; it must not exist
        #[arg(short, long, value_name = "FILE", required_unless_present = "stdout")]
        output: Option<String>,
        /// The form of the file
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Print the private key in place of keeping it in a file
        #[arg(long, conflicts_with = "output")]
        stdout: bool,
    },
    /// Show the public key, to hand to whoever grants you a token
    Public {
        /// A private or public key (JWK or PEM), `-` for standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// The form to show it in
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Where to write it, in place of standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<String>,
    },
    /// Show the key's thumbprint (RFC 7638)
    Thumbprint {
        /// A private or public key (JWK or PEM), `-` for standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// As the URI that derived tokens name as their issuer (RFC 9278)
        #[arg(long)]
        uri: bool,
    },
    /// Write a key in another form
    Convert {
        /// A private or public key (JWK or PEM), `-` for standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// The form to write
        #[arg(long, value_enum)]
        to: Format,
        /// The file to write; required for a private key, and must then not exist
        #[arg(short, long, value_name = "FILE")]
        output: Option<String>,
    },
}

/// The forms that keys are kept in.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// JSON Web Key (RFC 7517, RFC 8037)
    #[default]
    Jwk,
    /// PKCS#8 or SPKI in PEM (RFC 8410)
    Pem,
}

/// A key of either kind.
pub(crate) enum AnyKey {
    Private(Box<SigningKey>),
    Public(PublicKey),
}

impl AnyKey {
    fn public(&self) -> &PublicKey {
        match self {
            Self::Private(key) => key.public_key(),
            Self::Public(key) => key,
        }
    }
}

pub(crate) fn run(command: &Command) -> ExitCode {
    act(command).unwrap_or_else(|message| unusable(&message))
}

fn act(command: &Command) -> Result<ExitCode, String> {
    match command {
        Command::New { output, format, .. } => {
            let key = SigningKey::generate().map_err(|error| error.to_string())?;
            let text = private_text(&key, *format);
            let Some(output) = output else {
                return Ok(write_out(&text, ExitCode::SUCCESS));
            };
            keep_private(output, &text)?;
            Ok(write_out(&format!("{}\n", key.public_key().to_jwk()), ExitCode::SUCCESS))
        }
        Command::Public { file, format, output } => {
            let key = read_any(file)?;
            save(output.as_deref(), &public_text(key.public(), *format))
        }
        Command::Thumbprint { file, uri } => {
            let key = read_any(file)?;
            let key = key.public();
            let text = if *uri { key.thumbprint_uri() } else { key.thumbprint_text() };
            Ok(write_out(&format!("{text}\n"), ExitCode::SUCCESS))
        }
        Command::Convert { file, to, output } => match (read_any(file)?, output) {
            (AnyKey::Public(key), output) => save(output.as_deref(), &public_text(&key, *to)),
            (AnyKey::Private(key), Some(output)) => {
                keep_private(output, &private_text(&key, *to))?;
                Ok(ExitCode::SUCCESS)
            }
            (AnyKey::Private(_), None) => {
                Err(format!("{}: a private key; give --output FILE", input_name(file)))
            }
        },
    }
}

fn keep_private(output: &str, text: &str) -> Result<(), String> {
    taper::key::file::write_new(Path::new(output), text)
        .map_err(|error| format!("{}: {error}", input_name(output)))
}

fn private_text(key: &SigningKey, format: Format) -> Zeroizing<String> {
    match format {
        Format::Jwk => Zeroizing::new(format!("{}\n", &*key.to_jwk())),
        Format::Pem => key.to_pem(),
    }
}

fn public_text(key: &PublicKey, format: Format) -> String {
    match format {
        Format::Jwk => format!("{}\n", key.to_jwk()),
        Format::Pem => key.to_pem(),
    }
}

/// A key in whatever form and of whatever kind.
pub(crate) fn read_any(name: &str) -> Result<AnyKey, String> {
    let bytes = Zeroizing::new(read_input(name, &Limits::default())?);
    let key = match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim_start().starts_with("-----") => {
            if text.contains("PRIVATE KEY") {
                SigningKey::from_pem(text).map(|key| AnyKey::Private(Box::new(key)))
            } else {
                PublicKey::from_pem(text).map(AnyKey::Public)
            }
        }
        _ => match PublicKey::from_jwk(&bytes) {
            // Told by the member that only private keys have.
            Err(KeyError::PrivateMember { .. }) => {
                SigningKey::from_jwk(&bytes).map(|key| AnyKey::Private(Box::new(key)))
            }
            key => key.map(AnyKey::Public),
        },
    };
    key.map_err(|error| format!("{}: {error}", input_name(name)))
}

/// The public key of a file with a public or a private key.
pub(crate) fn read_public(name: &str) -> Result<PublicKey, String> {
    read_any(name).map(|key| key.public().clone())
}

/// The private key of a file.
pub(crate) fn read_private(name: &str) -> Result<SigningKey, String> {
    match read_any(name)? {
        AnyKey::Private(key) => Ok(*key),
        AnyKey::Public(_) => {
            Err(format!("{}: a public key, where a private key is needed", input_name(name)))
        }
    }
}
