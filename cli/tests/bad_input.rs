//! Input that cannot be used: one line that names the file, the place, what was found and what was
//! expected; exit code 2; nothing written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may be blunt"
)]

mod command;

use command::{CALL, Folder, ISSUER, verify};

/// Issues with one of the files replaced.
fn issue(folder: &Folder, flag: &str, value: &str) -> String {
    let given = |name: &str, other: &'static str| {
        if name == flag { value.to_owned() } else { other.to_owned() }
    };
    let args = [
        ("--issuer", given("--issuer", ISSUER)),
        ("--key", given("--key", "issuer.jwk")),
        ("--to", given("--to", "planner.pub")),
        ("--grant", given("--grant", "grant.json")),
    ];
    let args = args.iter().flat_map(|(name, value)| [*name, value.as_str()]);
    let args: Vec<&str> = ["issue", "-o", "root.json"].into_iter().chain(args).collect();
    folder.run(&args).fails()
}

#[test]
fn files_that_are_no_input() {
    let folder = Folder::new();
    folder.write("empty", "");
    folder.write("blank", " \n");
    folder.write("binary", b"\x00\x01\xff\xfe");
    folder.write("large", vec![b' '; 2 << 20]);
    std::fs::create_dir(folder.path("folder")).unwrap();
    let before = folder.names();
    for (flag, file, expected) in [
        ("--grant", "missing", "missing: no such file or directory"),
        ("--grant", "folder", "folder: is a directory"),
        ("--grant", "empty", "empty: the input is empty"),
        ("--grant", "blank", "blank: the input is empty"),
        ("--grant", "binary", "binary:1:3: found invalid UTF-8, expected text"),
        ("--grant", "large", "large: has more than 1048576 bytes, the most that `--grant` takes"),
        ("--key", "missing", "missing: no such file or directory"),
        ("--key", "empty", "empty: the input is empty"),
        ("--key", "binary", "binary:1:3: found invalid UTF-8, expected text"),
        ("--key", "large", "large: has more than 65536 bytes, the most that `--key` takes"),
        ("--issuer", "nobody", "--issuer: the issuer `nobody` is not a URI"),
    ] {
        assert_eq!(issue(&folder, flag, file), expected);
    }
    assert_eq!(folder.names(), before, "nothing is written, whole or half");
}

#[test]
fn keys_that_are_none() {
    let folder = Folder::new();
    let pem = "-----BEGIN PRIVATE KEY-----\nnot base64!\n-----END PRIVATE KEY-----\n";
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let low = r#"{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    for (flag, text, expected) in [
        ("--key", "hello", "bad: found neither a JWK nor PEM, expected an Ed25519 key"),
        ("--key", "{\n  \"kty\": OKP}", "bad:2:10: expected a value"),
        ("--key", "{}", "bad: member `kty` is missing"),
        ("--key", r#"{"kty":"RSA","d":""}"#, "bad: member `kty` is not `OKP`"),
        ("--key", r#"{"kty":1}"#, "bad: member `kty` is not `OKP`"),
        ("--to", low, "bad: public key is of small order"),
        ("--key", pem, "bad: key is not pem text"),
        ("--key", encrypted, "bad: pem label is not `PRIVATE KEY`"),
    ] {
        folder.write("bad", text);
        assert_eq!(issue(&folder, flag, "bad"), expected);
    }
    let public = "issuer.pub: found a public key, expected a private one for `--key`";
    assert_eq!(issue(&folder, "--key", "issuer.pub"), public);
    let private = "planner.jwk: found a private key, expected a public one for `--to` (see `taper key public`)";
    assert_eq!(issue(&folder, "--to", "planner.jwk"), private);
    let mut args = verify(&["--args", CALL]);
    args[2] = "https://auth.example.com=issuer.jwk";
    let private = "issuer.jwk: found a private key, expected a public one for `--anchor` (see `taper key public`)";
    assert_eq!(folder.run(&args).fails(), private);
}

#[test]
fn grants_in_json() {
    let folder = Folder::new();
    let before = folder.names();
    for (text, expected) in [
        ("{\n \"tools\": {\"a\": }}", "2:17: expected a value"),
        (r#"{"tools":{}} x"#, "1:14: trailing data"),
        (r#"{"tools":{},"tools":{}}"#, "1:24: duplicate member `tools`"),
        (
            r#"{"tools":{"a":{"p":{"constraint_type":"exact","constraint_type":"exact"}}}}"#,
            "1:73: duplicate member `constraint_type`",
        ),
        (
            r#"{"tools":{},"tool":{}}"#,
            "1:18: unknown member `tool`, expected one of `tools`, `expires_in`, `max_depth`, `audience`, `claims`",
        ),
        (r#"{"max_depth":1}"#, "1:15: missing member `tools`"),
        (r#"{"tools":[]}"#, "1:10: tools: found an array, expected an object of tools"),
        (
            "{\"tools\":{\n\"a\":5}}",
            "2:5: tools.a: found a number, expected an object of arguments",
        ),
        (
            "{\"tools\":{\"a\":{\n\"p\":{\"constraint_type\":\"exakt\"}}}}",
            "2:5: tools.a.p: the constraint type `exakt` is not known",
        ),
        (
            r#"{"tools":{"a":{"p":{"constraint_type":"range","max":"7"}}}}"#,
            "1:20: tools.a.p: `range` needs `max` to be a number",
        ),
        (
            r#"{"tools":{"a":{"p":{"constraint_type":"range","max":9007199254740993}}}}"#,
            "1:20: tools.a.p: the number `9007199254740993` is not the number that its canonical form denotes",
        ),
        (
            r#"{"tools":{"a":{}},"expires_in":"soon"}"#,
            "1:32: expires_in: found `soon`, expected a duration such as `90s`, `15m`, `1h`, `7d`, or seconds",
        ),
        (
            r#"{"tools":{"a":{}},"expires_in":[]}"#,
            "1:32: expires_in: found an array, expected a duration such as `1h`",
        ),
        (
            r#"{"tools":{"a":{}},"max_depth":-1}"#,
            "1:31: max_depth: found a number, expected a whole number",
        ),
        (
            r#"{"tools":{"a":{}},"audience":[1]}"#,
            "1:30: audience: found an array, expected a string or an array of strings",
        ),
        (r#"{"tools":{"a":{}},"claims":7}"#, "1:28: claims: not an object"),
    ] {
        folder.write("bad.json", text);
        assert_eq!(issue(&folder, "--grant", "bad.json"), format!("bad.json:{expected}"));
    }
    for (text, expected) in [
        (
            r#"{"tools":{"a":{}}}"#,
            "no lifetime, expected `expires_in` in the grant or `--expires-in`",
        ),
        (
            r#"{"tools":{"a":{}},"expires_in":"1h","claims":{"iss":""}}"#,
            "the claim `iss` is not free to add",
        ),
        (
            r#"{"tools":{"a":{}},"expires_in":"200d"}"#,
            "its lifetime of 17280000 s is above the limit of 7776000 s",
        ),
        (
            r#"{"tools":{"a":{}},"expires_in":"1h","max_depth":9}"#,
            "the depth ceiling 9 is above the limit 8",
        ),
    ] {
        folder.write("bad.json", text);
        assert_eq!(issue(&folder, "--grant", "bad.json"), format!("bad.json: {expected}"));
    }
    std::fs::remove_file(folder.path("bad.json")).unwrap();
    assert_eq!(folder.names(), before);
}

#[test]
fn grants_in_toml() {
    let folder = Folder::new();
    for (text, expected) in [
        ("tools = {", "bad.toml:1:10: unclosed inline table, expected `}`"),
        ("[tools.a]\na = 1\na = 2", "bad.toml:3:1: duplicate key"),
        ("tools = 5", "bad.toml:1:9: tools: found a number, expected an object of tools"),
        (
            "[tools]\na = 5",
            "bad.toml:2:5: tools.a: found a number, expected an object of arguments",
        ),
        (
            "[tools.a]\np = 1979-05-27",
            "bad.toml:2:5: found the time `1979-05-27`, expected a string in quotes",
        ),
        (
            "[tools.a]\np = { constraint_type = \"range\", max = +inf }",
            "bad.toml:2:40: found `+inf`, expected a number that JSON has",
        ),
        (
            "[tools.a]\n\np = { constraint_type = \"range\", max = 9007199254740993 }",
            "bad.toml:3:5: tools.a.p: the number `9007199254740993` is not the number that its canonical form denotes",
        ),
        (
            "max_depth = \"3\"\n[tools]",
            "bad.toml:1:13: max_depth: found a string, expected a whole number",
        ),
        (
            "max_depth = 1_0x\n[tools]",
            "bad.toml:1:13: found `10x`, expected a number that JSON has",
        ),
        (
            "max_depth = 0x1_0000_0000_0000_0000\n[tools]",
            "bad.toml:1:13: found `0x10000000000000000`, expected a number of 64 bits or fewer",
        ),
        (
            "tool = 5",
            "bad.toml: unknown member `tool`, expected one of `tools`, `expires_in`, `max_depth`, `audience`, `claims`",
        ),
    ] {
        folder.write("bad.toml", text);
        assert_eq!(issue(&folder, "--grant", "bad.toml"), expected);
    }
}

#[test]
fn chains_and_presentations() {
    let folder = Folder::new();
    folder.prove();
    let derive = ["derive", "--key", "planner.jwk", "--to", "worker.pub", "--chain", "bad"];
    for (text, expected) in [
        ("hello", "bad:1:1: not an object"),
        ("{\n  \"aat_chain\": [}", "bad:2:17: expected a value"),
        ("{}", "bad: the presentation has no array `aat_chain`"),
        (
            r#"{"aat_chain":[1]}"#,
            "bad: aat_chain[0]: the presentation has an `aat_chain` whose element 0 is not a string",
        ),
        (r#"{"aat_chain":[]}"#, "bad: the chain is empty"),
    ] {
        folder.write("bad", text);
        assert_eq!(folder.run(&derive).fails(), expected);
    }
    let args = verify(&["--args", CALL, "--presentation", "bad"]);
    for (text, expected) in [
        (b"hello".to_vec(), "bad:1:1: not an object"),
        (b"{\"a\":1,\n\"a\":2}".to_vec(), "bad:2:7: duplicate member `a`"),
        (
            vec![b'x'; 2 << 20],
            "bad: has more than 1048576 bytes, the most that `--presentation` takes",
        ),
    ] {
        folder.write("bad", text);
        assert_eq!(folder.run(&args).fails(), expected);
    }
}

#[test]
fn flags() {
    let folder = Folder::new();
    folder.prove();
    let sent = ["--presentation", "sent.json"];
    let run = |more: &[&str]| folder.run(&verify(&[&sent[..], more].concat())).fails();
    assert_eq!(run(&["--args", "{\"path\": }"]), "--args:1:10: expected a value");
    assert_eq!(run(&["--args", "[]"]), "--args:1:1: not an object");
    assert_eq!(run(&["--args", "@missing"]), "missing: no such file or directory");
    assert_eq!(
        run(&["--args", CALL, "--anchor", "x"]),
        "invalid value 'x' for '--anchor <ISSUER=PUBFILE>': expected ISSUER=PUBFILE"
    );
    assert_eq!(
        run(&["--args", CALL, "--anchor", "x=issuer.pub"]),
        "--anchor: the issuer `x` is not a URI"
    );
    assert_eq!(
        run(&["--args", CALL, "--min-depth", "a", "b"]),
        "--min-depth: found the depth `b`, expected a whole number"
    );
    assert_eq!(
        run(&["--args", CALL, "--now", "noon"]),
        "invalid value 'noon' for '--now <UNIX>': invalid digit found in string"
    );
    assert_eq!(
        folder.run(&["verify", "--tool", "a"]).fails(),
        "the following required arguments were not provided: --anchor <ISSUER=PUBFILE> --args <JSON|@FILE|->"
    );
    assert_eq!(
        folder.run(&["inspct"]).fails(),
        "unrecognized subcommand 'inspct' tip: a similar subcommand exists: 'inspect'"
    );

    let derive = ["derive", "--chain", "root.json", "--key", "planner.jwk", "--to", "worker.pub"];
    let run = |more: &[&str]| folder.run(&[&derive[..], more].concat()).fails();
    assert_eq!(
        run(&["--narrow", "read_file", "path", "{"]),
        "--narrow read_file path:1:2: expected a member name"
    );
    assert_eq!(
        run(&["--narrow", "read_file", "path", "{}"]),
        "--narrow read_file path: `constraint_type` is missing or not a string"
    );
    assert_eq!(
        run(&["--narrow", "read_file", "path"]),
        "3 values required for '--narrow <TOOL> <ARG> <CONSTRAINT>' but 2 were provided"
    );
    assert_eq!(
        run(&["--expires-in", "soon"]),
        "invalid value 'soon' for '--expires-in <DURATION>': expected a duration such as `90s`, `15m`, `1h`, `7d`, or seconds"
    );
    assert_eq!(run(&["-o", "nowhere/leaf.json"]), "nowhere/leaf.json: no such file or directory");
}

#[test]
fn standard_input_is_read_once() {
    let folder = Folder::new();
    folder.prove();
    let args = ["prove", "--chain", "-", "--key", "planner.jwk", "--tool", "a", "--args", "-"];
    let refused = folder.feed(&args, b"{}").fails();
    assert_eq!(refused, "--chain: `-` is standard input, which `--args` reads already");
}

#[test]
fn names_cannot_break_the_line() {
    let folder = Folder::new();
    assert_eq!(
        issue(&folder, "--grant", "a\nb\u{1b}[31m"),
        "a\\u{a}b\\u{1b}[31m: no such file or directory"
    );
}

#[test]
fn outputs_are_replaced_whole_or_not_at_all() {
    let folder = Folder::new();
    folder.issue();
    let before = folder.read("root.json");
    let names = folder.names();
    issue(&folder, "--grant", "missing");
    assert_eq!(folder.read("root.json"), before);
    folder.issue();
    assert_ne!(folder.read("root.json"), before);
    assert_eq!(folder.names(), names);
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    folder.run(&["key", "public", "issuer.jwk", "-o", "pipe"]).succeeds();
    assert_eq!(reader.join().unwrap(), folder.read("issuer.pub"));
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
}
