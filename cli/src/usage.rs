//! Help, and command lines that cannot be used, in one line.

use crate::failure::Failure;
use clap::error::ErrorKind;
use std::process::ExitCode;

/// Prints help or the version, or says in one line what is wrong with the command line.
pub(crate) fn report(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is no failure: whoever asked has read enough.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(Failure::CODE)
        }
        _ => crate::fail(&Failure::new(one_line(&error.to_string()))),
    }
}

/// clap's message without its paragraphs.
fn one_line(text: &str) -> String {
    let paragraphs = ["Usage:", "For more information"];
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !paragraphs.iter().any(|start| line.starts_with(start)))
        .filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join(" ");
    joined.strip_prefix("error: ").unwrap_or(&joined).to_owned()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn paragraphs_become_one_line() {
        let text =
            "error: the following was not provided:\n  --key <FILE>\n\nUsage: taper\n\nFor m";
        assert_eq!(one_line(text), "the following was not provided: --key <FILE>");
    }
}
