//! `taper key`: making, showing and converting keys.

use crate::{
    failure::{Exit, Failure},
    input::{Inputs, Source},
    key_file::{KeyFile, write_private},
    output::{Output, named},
};
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};
use taper::{PublicKey, SigningKey};
use zeroize::Zeroizing;

/// Make, show and convert Ed25519 keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key: the private half goes to a file that only you can read, the public half is
    /// printed.
    New {
        /// The file for the private key.
        #[arg(short, long, value_name = "FILE", required_unless_present = "stdout")]
        output: Option<PathBuf>,
        /// The form of the file.
        #[arg(long, value_name = "FORM", default_value = "jwk")]
        format: Form,
        /// Print the private key in place of writing it to a file.
        #[arg(long)]
        stdout: bool,
        /// Replace the file if it exists. The key in it is then lost.
        #[arg(long)]
        force: bool,
    },
    /// Print the public half of a key.
    Public {
        /// The key, private or public, JWK or PEM; `-` for standard input.
        #[arg(value_name = "FILE")]
        key: Source,
        /// The form to print.
        #[arg(long, value_name = "FORM", default_value = "jwk")]
        format: Form,
        /// Where to write it; standard output if not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Print a key's thumbprint (RFC 7638).
    Thumbprint {
        /// The key, private or public, JWK or PEM; `-` for standard input.
        #[arg(value_name = "FILE")]
        key: Source,
        /// Print the URI (RFC 9278), as derived tokens name their issuer.
        #[arg(long)]
        uri: bool,
    },
    /// Convert a key between JWK and PEM. A private key stays private.
    Convert {
        /// The key, private or public, JWK or PEM; `-` for standard input.
        #[arg(value_name = "FILE")]
        key: Source,
        /// The form to convert to.
        #[arg(long, value_name = "FORM")]
        to: Form,
        /// Where to write it; standard output if not given, which a private key needs `--stdout`
        /// for.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Print a private key.
        #[arg(long)]
        stdout: bool,
        /// Replace the file if it exists. A private key in it is then lost.
        #[arg(long)]
        force: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Jwk,
    Pem,
}

impl Form {
    fn public(self, key: &PublicKey) -> String {
        match self {
            Self::Jwk => key.to_jwk(),
            Self::Pem => key.to_pem().trim_end().into(),
        }
    }

    /// Ends in a newline.
    fn private(self, key: &SigningKey) -> Zeroizing<String> {
        match self {
            Self::Jwk => {
                let jwk = key.to_jwk();
                let mut text = Zeroizing::new(String::with_capacity(jwk.len().saturating_add(1)));
                text.push_str(&jwk);
                text.push('\n');
                text
            }
            Self::Pem => key.to_pem(),
        }
    }
}

/// Does what the subcommand says.
pub(crate) fn run(args: Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut inputs = Inputs::new();
    match args.command {
        Command::New { output, format, stdout, force } => {
            let key = SigningKey::generate().map_err(Failure::new)?;
            match place(output.as_deref(), stdout)? {
                None => out.write(&*format.private(&key))?,
                Some(path) => {
                    write_private(path, &format.private(&key), force)?;
                    report(out, Some(path), key.public_key())?;
                }
            }
        }
        Command::Public { key, format, output } => {
            let key = KeyFile::read(&mut inputs, "FILE", &key)?;
            out.save(output.as_deref(), &format.public(key.public()))?;
        }
        Command::Thumbprint { key, uri } => {
            let key = KeyFile::read(&mut inputs, "FILE", &key)?;
            let key = key.public();
            if out.is_json() {
                let (text, uri) = (key.thumbprint_text(), key.thumbprint_uri());
                out.line(json!({"thumbprint": text, "uri": uri}))?;
            } else if uri {
                out.line(key.thumbprint_uri())?;
            } else {
                out.line(key.thumbprint_text())?;
            }
        }
        Command::Convert { key, to, output, stdout, force } => {
            match KeyFile::read(&mut inputs, "FILE", &key)? {
                KeyFile::Public(key) => out.save(output.as_deref(), &to.public(&key))?,
                KeyFile::Private(key) => match place(output.as_deref(), stdout)? {
                    None => out.write(&*to.private(&key))?,
                    Some(path) => {
                        write_private(path, &to.private(&key), force)?;
                        report(out, Some(path), key.public_key())?;
                    }
                },
            }
        }
    }
    Ok(Exit::Permit)
}

/// Where a private key goes: a file, or standard output when that is spelled out.
fn place(output: Option<&Path>, stdout: bool) -> Result<Option<&Path>, Failure> {
    match (named(output), stdout) {
        (Some(_), true) => {
            Err(Failure::new("`-o` and `--stdout` both say where the private key goes"))
        }
        (None, false) => Err(Failure::new(
            "a private key is printed only with `--stdout`; `-o FILE` writes it to a file",
        )),
        (place, _) => Ok(place),
    }
}

/// Shows the public half of a key that went to a file.
fn report(out: &mut Output, path: Option<&Path>, key: &PublicKey) -> Result<(), Failure> {
    let file = path.map(|path| path.display().to_string());
    if out.is_json() {
        // The text was just written, so it parses.
        let jwk: serde_json::Value = serde_json::from_str(&key.to_jwk()).unwrap_or_default();
        return out.line(json!({
            "file": file,
            "public": jwk,
            "thumbprint": key.thumbprint_text(),
        }));
    }
    // By itself, so that it can be sent to a file or to whoever grants this key a token.
    out.line(key.to_jwk())
}
