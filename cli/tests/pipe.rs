//! From the issuer to the gateway, through real processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may be blunt"
)]

mod command;

use command::{CALL, Folder, GATEWAY, ISSUER, verify};
use std::process::{Child, Stdio};

fn spawn(folder: &Folder, args: &[&str], from: Option<&mut Child>) -> Child {
    let input = match from {
        Some(child) => child.stdout.take().unwrap().into(),
        None => Stdio::null(),
    };
    let mut command = folder.command(args);
    command.stdin(input).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn the_commands_pipe_into_one_another() {
    let folder = Folder::new();
    folder.run(&["key", "new", "-o", "tool.pem", "--format", "pem"]).succeeds();
    folder.run(&["key", "public", "tool.pem", "-o", "tool.pub", "--format", "pem"]).succeeds();
    let exact = r#"{"constraint_type":"exact","value":"/data/q3.pdf"}"#;
    let mut issue = spawn(
        &folder,
        &[
            "issue",
            "--issuer",
            ISSUER,
            "--key",
            "issuer.jwk",
            "--to",
            "planner.pub",
            "--grant",
            "grant.json",
            "--audience",
            GATEWAY,
        ],
        None,
    );
    let mut plan = spawn(
        &folder,
        &[
            "derive",
            "--chain",
            "-",
            "--key",
            "planner.jwk",
            "--to",
            "worker.pub",
            "--keep",
            "read_file",
            "--expires-in",
            "5m",
        ],
        Some(&mut issue),
    );
    let mut work = spawn(
        &folder,
        &[
            "derive",
            "--key",
            "worker.jwk",
            "--to",
            "tool.pub",
            "--narrow",
            "read_file",
            "path",
            exact,
            "--terminal",
        ],
        Some(&mut plan),
    );
    let mut prove = spawn(
        &folder,
        &[
            "prove",
            "--chain",
            "-",
            "--key",
            "tool.pem",
            "--tool",
            "read_file",
            "--args",
            CALL,
            "--audience",
            GATEWAY,
            "--nonce",
            "n1",
        ],
        Some(&mut work),
    );
    let gateway = verify(&[
        "--args",
        CALL,
        "--presentation",
        "-",
        "--audience",
        GATEWAY,
        "--require-chain-audience",
        "--require-proof-audience",
        "--nonce",
        "n1",
        "--json",
    ]);
    let verify = spawn(&folder, &gateway, Some(&mut prove));
    let verdict = verify.wait_with_output().unwrap();
    for mut child in [issue, plan, work, prove] {
        assert!(child.wait().unwrap().success());
    }
    assert!(verdict.status.success());
    let verdict: serde_json::Value = serde_json::from_slice(&verdict.stdout).unwrap();
    assert_eq!(verdict["verdict"], "permit");
    assert_eq!(verdict["tokens"], 3);
    assert_eq!(verdict["issuer"], ISSUER);
    let thumbprint = folder.run(&["key", "thumbprint", "tool.pub"]).succeeds();
    assert_eq!(verdict["holder"], thumbprint.trim());
}

#[test]
fn verdicts_have_exit_codes() {
    let folder = Folder::new();
    folder.prove();
    let run =
        |more: &[&str]| folder.run(&verify(&[&["--presentation", "sent.json"], more].concat()));
    let permit = run(&["--args", CALL]);
    assert!(permit.succeeds().starts_with("permit\n  tool        read_file\n"));

    let denied = run(&["--args", r#"{"path":"/etc/passwd"}"#]);
    assert_eq!((denied.code(), denied.stderr().as_str()), (1, ""));
    assert!(denied.stdout().starts_with("deny\n  step        6b, "), "{}", denied.stdout());

    folder.write("big.json", r#"{"path":1e999}"#);
    for (more, step, code) in [
        (&["--args", r#"{"path":"/data/q4.pdf"}"#][..], "7f", "proof_of_other_arguments"),
        (&["--args", "@big.json"], "6b", "arguments_malformed"),
        (&["--args", r#"{"path":"a","path":"b"}"#], "6b", "arguments_malformed"),
        (&["--args", CALL, "--now", "5"], "3f", "issued_in_future"),
        (&["--args", CALL, "--require-chain-audience"], "6c", "audience_required"),
        (&["--args", CALL, "--require-proof-audience"], "7d", "proof_audience_required"),
        (&["--args", CALL, "--nonce", "a", "--nonce", "b"], "7h", "nonce_required"),
        (&["--args", CALL, "--min-depth", "read_file", "1"], "6b", "leaf_too_shallow"),
        (&["--args", CALL, "--max-token-lifetime", "30m"], "3h", "lifetime_too_long"),
        (&["--args", CALL, "--max-token-size", "10"], "2a", "token_too_large"),
    ] {
        let denied = run(&[more, &["--json"]].concat());
        assert_eq!(denied.code(), 1, "{more:?}");
        let verdict = denied.json();
        assert_eq!((&verdict["step"], &verdict["code"]), (&step.into(), &code.into()), "{verdict}");
        assert_eq!(verdict["verdict"], "deny");
    }
}

#[test]
fn any_bytes_are_denied_or_refused() {
    let folder = Folder::new();
    folder.prove();
    let sent = folder.read("sent.json");
    let args = verify(&["--args", CALL]);
    let mut inputs: Vec<Vec<u8>> = vec![
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        br#"{"aat_chain":[],"aat_pop":"a.b.c"}"#.to_vec(),
        br#"{"aat_chain":["..","."],"aat_pop":"a.b.c"}"#.to_vec(),
        br#"{"aat_chain":[1],"aat_pop":2}"#.to_vec(),
        b"\xff\xfe\x00binary".to_vec(),
        "[".repeat(900_000).into_bytes(),
        vec![b'x'; 2 << 20],
        [br#"{"aat_chain":[""#.as_slice(), &vec![b'A'; 2 << 20], b"\"]}"].concat(),
    ];
    for cut in (0..sent.len()).step_by(97) {
        inputs.push(sent[..cut].into());
        let mut flipped = sent.clone().into_bytes();
        flipped[cut] ^= 1;
        inputs.push(flipped);
    }
    for input in inputs {
        let ran = folder.feed(&args, &input);
        assert!(matches!(ran.code(), 1 | 2), "{}", ran.stdout());
        if ran.code() == 2 {
            ran.fails();
        }
    }
}

#[test]
fn holders_are_told_what_a_verifier_would_deny() {
    let folder = Folder::new();
    folder.issue();
    let args = [
        "prove",
        "--chain",
        "root.json",
        "--key",
        "planner.jwk",
        "--tool",
        "read_file",
        "--args",
        r#"{"path":"/etc/passwd"}"#,
    ];
    let refused = folder.run(&args).fails();
    assert!(refused.starts_with("root.json: cannot prove: denied at step 6b"), "{refused}");
    let sent = folder.run(&[&args[..], &["--unchecked"]].concat()).succeeds();
    let call = ["--args", r#"{"path":"/etc/passwd"}"#];
    assert_eq!(folder.feed(&verify(&call), sent.as_bytes()).code(), 1);
}

#[test]
fn every_way_to_narrow() {
    let folder = Folder::new();
    folder.issue();
    let pay = "https://tools.example.com/v1/pay";
    let base =
        ["derive", "--chain", "root.json", "--key", "planner.jwk", "--json", "-o", "leaf.json"];
    let derive = |more: &[&str]| folder.run(&[&base[..], more].concat());
    let worker = ["--to", "worker.pub"];
    let max = r#"{"constraint_type":"range","max":7}"#;
    for more in [
        &["--keep", pay][..],
        &["--drop", "read_file"],
        &["--drop", "read_file", "--narrow", pay, "amount", max, "--require", pay, "note"],
        &["--drop", "read_file", "--close", pay, "--forbid", pay, "note"],
        &["--drop", "read_file", "--max-depth", "2", "--expires-in", "90", "--audience", "a"],
    ] {
        let leaf = derive(&[&worker[..], more].concat());
        leaf.succeeds();
        assert_eq!(leaf.json()["tools"], serde_json::json!([pay]), "{more:?}");
        assert_eq!(leaf.json()["depth"], 1);
    }
    let own = derive(&["--to-self", "--terminal"]);
    own.succeeds();
    assert_eq!(own.json()["max_depth"], 1);

    folder.write("less.toml", format!("expires_in = 60\n[tools.\"{pay}\"]\namount = {{ constraint_type = \"exact\", value = 0x10 }}\n\"*\" = {{ constraint_type = \"wildcard\" }}\nnote = {{ constraint_type = \"exact\", value = \"n\" }}\n"));
    let leaf = derive(&[&worker[..], &["--grant", "less.toml"]].concat());
    leaf.succeeds();
    assert_eq!(leaf.json()["tools"], serde_json::json!([pay]));

    folder.write("more.json", r#"{"tools":{"read_file":{}}}"#);
    for (more, reason) in [
        (
            &["--grant", "more.json"][..],
            "the argument `path`, which the parent requires, is left out",
        ),
        (&["--keep", "nothing"], "the parent does not authorize the tool `nothing`"),
        (&["--expires-in", "2h"], "expire"),
        (&["--max-depth", "4"], "4"),
        (&["--require", "read_file", "x"], "the parent does not name the argument `x`"),
        (&["--forbid", pay, "note"], "is left out while unnamed arguments stay admitted"),
    ] {
        let refused = derive(&[&worker[..], more].concat()).fails();
        assert!(refused.starts_with("root.json: cannot derive: "), "{refused}");
        assert!(refused.contains(reason), "{refused}");
    }
}

#[test]
fn the_compact_profile_pipes_too() {
    let folder = Folder::new();
    let to = |holder| ["--to", holder, "--grant", "grant.json", "--profile", "compact"];
    let issue = ["issue", "--issuer", ISSUER, "--key", "issuer.jwk"];
    let root = folder.run(&[&issue[..], &to("planner.pub")].concat()).succeeds();
    let derive = ["derive", "--key", "planner.jwk", "--to", "worker.pub", "--keep", "read_file"];
    let leaf = folder.feed(&derive, root.as_bytes()).succeeds();
    for more in [&[][..], &["--unchecked"]] {
        let prove = ["prove", "--key", "worker.jwk", "--tool", "read_file", "--args", CALL];
        let sent = folder.feed(&[&prove[..], more].concat(), leaf.as_bytes()).succeeds();
        folder.feed(&verify(&["--args", CALL]), sent.as_bytes()).succeeds();
    }
}

#[test]
fn denials_are_explained() {
    let folder = Folder::new();
    folder.prove();
    let call = ["--args", r#"{"path":"/etc/passwd"}"#, "--presentation", "sent.json", "--explain"];
    let told = folder.run(&verify(&call));
    assert_eq!(told.code(), 1);
    assert!(told.stdout().contains("/data/q3.pdf"), "{}", told.stdout());
    let told = folder.run(&verify(&[&call[..], &["--json"]].concat()));
    assert!(told.json()["explanation"].is_object(), "{}", told.stdout());
}
