//! `taper vectors random`: a file of random cases.

use super::{Generator, Profile};
use crate::{
    failure::Failure,
    input::Plain,
    output::{named, write_file},
};
use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The same seed gives the same cases, on every machine.
    #[arg(long, value_name = "NUMBER")]
    seed: u64,
    /// How many cases; fewer of the same seed are the first of more.
    #[arg(long)]
    count: u64,
    /// Only this profile; both if not given.
    #[arg(long)]
    profile: Option<Profile>,
    /// The file to write, standard output if not given.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the file as it is made: it may be larger than memory.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let generator = Generator::new(args.seed, args.profile);
    let write = |to: &mut dyn Write| {
        let mut to = BufWriter::new(to);
        write!(to, "{}", generator.head())?;
        let mut separator = "\n";
        generator.each(args.count, |vector| {
            write!(to, "{separator}{vector}")?;
            separator = ",\n";
            io::Result::Ok(())
        })?;
        write!(to, "\n{}", Generator::TAIL)?;
        to.flush()
    };
    match named(args.out.as_deref()) {
        Some(path) => {
            write_file(path, write).map_err(|error| Failure::at(path.display(), Plain(&error)))
        }
        None => match write(&mut io::stdout().lock()).and_then(|()| writeln!(io::stdout())) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|error| Failure::at("standard output", Plain(&error))),
        },
    }
}
