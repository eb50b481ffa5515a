//! Running the command as a user does, in a folder of its own.
#![allow(dead_code, reason = "each test file uses a part")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

pub(crate) const ISSUER: &str = "https://auth.example.com";
pub(crate) const GATEWAY: &str = "https://tools.example.com";
pub(crate) const CALL: &str = r#"{"path":"/data/q3.pdf"}"#;
pub(crate) const GRANT: &str = r#"{
  "tools": {
    "read_file": {"path": {"constraint_type": "one_of", "values": ["/data/q3.pdf", "/data/q4.pdf"]}},
    "https://tools.example.com/v1/pay": {
      "amount": {"constraint_type": "range", "max": 100},
      "note": {"constraint_type": "wildcard", "optional": true},
      "*": {"constraint_type": "wildcard"}
    }
  },
  "expires_in": "1h",
  "max_depth": 3
}
"#;

/// A folder with the keys of an issuer, a planner and a worker, and a grant.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn new() -> Self {
        let folder = Self::empty();
        for name in ["issuer", "planner", "worker"] {
            let (key, public) = (format!("{name}.jwk"), format!("{name}.pub"));
            folder.run(&["key", "new", "-o", &key]).succeeds();
            folder.run(&["key", "public", &key, "-o", &public]).succeeds();
        }
        folder.write("grant.json", GRANT);
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        let mut names: Vec<String> = fs::read_dir(self.0.path()).unwrap().map(name).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        command(self.0.path(), args)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.feed(args, b"")
    }

    /// Runs the command with standard input.
    pub(crate) fn feed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // It may stop reading, or never begin to.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran(output)
    }

    /// A root chain for the planner, in `root.json`.
    pub(crate) fn issue(&self) {
        let args = ["issue", "--issuer", ISSUER, "--key", "issuer.jwk", "--to", "planner.pub"];
        self.run(&[&args[..], &["--grant", "grant.json", "-o", "root.json"]].concat()).succeeds();
    }

    /// A presentation by the planner for [`CALL`], in `sent.json`.
    pub(crate) fn prove(&self) {
        self.issue();
        let args = ["prove", "--chain", "root.json", "--key", "planner.jwk"];
        let call = ["--tool", "read_file", "--args", CALL, "-o", "sent.json"];
        self.run(&[&args[..], &call].concat()).succeeds();
    }
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper"));
    command.args(args).current_dir(folder).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// A command that ended.
pub(crate) struct Ran(Output);

impl Ran {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().expect("ended by itself")
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.0.stdout).unwrap()
    }

    /// Exit code 0, nothing to complain about; gives the output.
    #[track_caller]
    pub(crate) fn succeeds(&self) -> String {
        assert_eq!((self.code(), self.stderr().as_str()), (0, ""));
        self.stdout()
    }

    /// Exit code 2, one line on standard error and nothing on standard output; gives the line.
    #[track_caller]
    pub(crate) fn fails(&self) -> String {
        let error = self.stderr();
        assert_eq!((self.code(), self.stdout().as_str()), (2, ""), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        let line = error.trim_end().strip_prefix("error: ").unwrap();
        line.to_owned()
    }
}

/// The arguments of a verification of [`CALL`].
pub(crate) fn verify<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let anchor = "https://auth.example.com=issuer.pub";
    let args = ["verify", "--anchor", anchor, "--tool", "read_file"];
    [&args[..], more].concat()
}
