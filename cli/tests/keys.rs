//! `taper key`: files that only their owner reads, in either form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may be blunt"
)]

mod command;

use command::Folder;

#[cfg(unix)]
fn mode(folder: &Folder, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
#[test]
fn private_keys_are_for_their_owner() {
    let folder = Folder::empty();
    folder.run(&["key", "new", "-o", "a.jwk"]).succeeds();
    folder.run(&["key", "convert", "a.jwk", "--to", "pem", "-o", "a.pem"]).succeeds();
    folder.write("open.jwk", "old");
    folder.run(&["key", "new", "-o", "open.jwk", "--force"]).succeeds();
    for name in ["a.jwk", "a.pem", "open.jwk"] {
        assert_eq!(mode(&folder, name), 0o600, "{name}");
    }
}

#[test]
fn private_keys_are_printed_only_when_told_to() {
    let folder = Folder::empty();
    let told = folder.run(&["key", "new", "-o", "a.jwk"]).succeeds();
    let jwk: serde_json::Value = serde_json::from_str(&folder.read("a.jwk")).unwrap();
    assert!(!told.contains(jwk["d"].as_str().unwrap()));
    assert!(told.contains(jwk["x"].as_str().unwrap()));
    let told = folder.run(&["key", "new", "-o", "b.jwk", "--json"]);
    assert_eq!(told.json()["file"], "b.jwk");
    assert!(told.json()["public"].get("d").is_none());

    let spelled_out =
        "a private key is printed only with `--stdout`; `-o FILE` writes it to a file";
    assert_eq!(folder.run(&["key", "new", "-o", "-"]).fails(), spelled_out);
    assert_eq!(folder.run(&["key", "convert", "a.jwk", "--to", "pem"]).fails(), spelled_out);
    let pem = folder.run(&["key", "convert", "a.jwk", "--to", "pem", "--stdout"]).succeeds();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    folder.run(&["key", "new"]).fails();
    assert!(folder.run(&["key", "new", "--stdout"]).succeeds().contains("\"d\""));
}

#[test]
fn nothing_is_overwritten_by_accident() {
    let folder = Folder::empty();
    folder.run(&["key", "new", "-o", "a.jwk"]).succeeds();
    let before = folder.read("a.jwk");
    let refused = "a.jwk: the file exists; `--force` replaces it, and the key in it is then lost";
    assert_eq!(folder.run(&["key", "new", "-o", "a.jwk"]).fails(), refused);
    assert_eq!(
        folder.run(&["key", "convert", "a.jwk", "--to", "pem", "-o", "a.jwk"]).fails(),
        refused
    );
    assert_eq!(folder.read("a.jwk"), before);
    folder.run(&["key", "new", "-o", "a.jwk", "--force"]).succeeds();
    assert_ne!(folder.read("a.jwk"), before);
    assert_eq!(folder.names(), ["a.jwk"]);
}

#[test]
fn every_form_is_read_and_means_the_same_key() {
    let folder = Folder::empty();
    folder.run(&["key", "new", "-o", "key.jwk"]).succeeds();
    folder.run(&["key", "convert", "key.jwk", "--to", "pem", "-o", "key.pem"]).succeeds();
    folder.run(&["key", "convert", "key.pem", "--to", "jwk", "-o", "again.jwk"]).succeeds();
    assert_eq!(folder.read("again.jwk"), folder.read("key.jwk"));
    folder.run(&["key", "public", "key.pem", "-o", "pub.jwk"]).succeeds();
    folder.run(&["key", "convert", "pub.jwk", "--to", "pem", "-o", "pub.pem"]).succeeds();
    let expected = folder.run(&["key", "thumbprint", "key.jwk"]).succeeds();
    for name in ["key.pem", "pub.jwk", "pub.pem"] {
        assert_eq!(folder.run(&["key", "thumbprint", name]).succeeds(), expected, "{name}");
        let text = folder.read(name);
        let piped = folder.feed(&["key", "thumbprint", "-"], text.as_bytes());
        assert_eq!(piped.succeeds(), expected, "{name}");
    }
    let uri = folder.run(&["key", "thumbprint", "pub.pem", "--uri"]).succeeds();
    assert_eq!(uri, format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{expected}"));
}
