//! What is signed: section 4 of the profile.

use super::{CompactCase, Row, deny, permit};
use crate::{
    base64url,
    compact::{OtherInput, id},
    key,
    vectors::presentation::Anchor,
};
use sha2::{Digest as _, Sha256};
use taper::Place;

const ROOT: (&str, &str, Place) = ("3b", "root_not_trusted", Place::Token(0));
const MIDDLE: (&str, &str, Place) = ("4b", "signature_invalid", Place::Token(1));
const LEAF: (&str, &str, Place) = ("4b", "signature_invalid", Place::Token(2));
const PROOF: (&str, &str, Place) = ("7b", "signature_invalid", Place::Proof);

const ROOT_TAG: &[u8; 16] = b"taper c1 root   ";
const DERIVED_TAG: &[u8; 16] = b"taper c1 derived";
const PROOF_TAG: &[u8; 16] = b"taper c1 proof  ";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = tags();
    rows.extend(digests());
    rows.extend(order());
    rows
}

/// What is signed by a token, or with 3 by the proof.
fn signs(case: &mut CompactCase, part: usize) -> &mut OtherInput {
    match case.forgery.tokens.get_mut(part) {
        Some(token) => &mut token.signs,
        None => &mut case.forgery.proof.as_mut().unwrap().signs,
    }
}

fn tags() -> Vec<Row> {
    let mut rows = vec![];
    let others: [(&str, &'static [u8; 16]); 7] = [
        ("a root's tag", ROOT_TAG),
        ("a derived token's tag", DERIVED_TAG),
        ("a proof's tag", PROOF_TAG),
        ("the tag of a second version", b"taper c2 root   "),
        ("a tag that ends with zeros", b"taper c1 root\0\0\0"),
        ("a tag in capitals", b"TAPER C1 DERIVED"),
        ("a tag of spaces", b"                "),
    ];
    for (part, name, own, expected) in [
        (0, "the root", ROOT_TAG, ROOT),
        (1, "the middle token", DERIVED_TAG, MIDDLE),
        (2, "the leaf", DERIVED_TAG, LEAF),
        (3, "the proof", PROOF_TAG, PROOF),
    ] {
        for (tag_name, tag) in others.iter().filter(|(_, tag)| *tag != own) {
            let tag: &'static [u8; 16] = tag;
            rows.push(deny(
                format!("{name} signed under {tag_name}"),
                "C-11",
                expected,
                move |case| {
                    signs(case, part).tag = Some(tag);
                },
            ));
        }
    }
    rows
}

/// The digest of a token of the good chain.
fn digest(case: &CompactCase, token: usize) -> Vec<u8> {
    let mut digest = vec![];
    for (index, own) in case.forgery.tokens.iter().enumerate().take(token + 1) {
        let above = match index {
            0 => [&ROOT_TAG[..], &[case.forgery.hint]].concat(),
            _ => [&DERIVED_TAG[..], &digest].concat(),
        };
        digest = Sha256::digest([&above[..], &own.holder, &own.body].concat()).to_vec();
    }
    digest
}

fn digests() -> Vec<Row> {
    let above = |name: &'static str,
                 part: usize,
                 expected: (&'static str, &'static str, Place),
                 above: fn(&CompactCase) -> Vec<u8>| {
        deny(name, "C-11", expected, move |case| {
            let other = above(case);
            signs(case, part).above = Some(other);
        })
    };
    vec![
        permit("the digests told, as they are", "C-11", |case| {
            let digests = [0, 1, 2].map(|token| digest(case, token));
            for (part, digest) in (1..).zip(digests) {
                signs(case, part).above = Some(digest);
            }
        }),
        above("the leaf signed for the root", 2, LEAF, |case| digest(case, 0)),
        above("the leaf signed for itself", 2, LEAF, |case| digest(case, 2)),
        above("the middle token signed for no parent", 1, MIDDLE, |_| vec![]),
        above("the middle token signed for a digest of zeros", 1, MIDDLE, |_| vec![0; 32]),
        above("the leaf signed for the text of a digest", 2, LEAF, |case| {
            base64url(&digest(case, 1)).into_bytes()
        }),
        above("the leaf signed for a digest cut short", 2, LEAF, |case| {
            digest(case, 1)[..31].to_vec()
        }),
        above("the leaf signed for the digest of its parent's body", 2, LEAF, |case| {
            Sha256::digest(&case.forgery.tokens[1].body).to_vec()
        }),
        above("the leaf signed for its parent's key", 2, LEAF, |case| {
            case.forgery.tokens[1].holder.clone()
        }),
        above("the leaf signed for the digest of the digest", 2, LEAF, |case| {
            Sha256::digest(digest(case, 1)).to_vec()
        }),
        above("the proof signed for the middle token", 3, PROOF, |case| digest(case, 1)),
        above("the proof signed for the root", 3, PROOF, |case| digest(case, 0)),
        above("the proof signed for no token", 3, PROOF, |_| vec![]),
        above("the root signed without its hint", 0, ROOT, |_| vec![]),
        above("the root signed for another hint", 0, ROOT, |case| vec![case.forgery.hint ^ 1]),
        above("the root signed for the whole key", 0, ROOT, |_| {
            key(1).public_key().as_bytes().to_vec()
        }),
        above("the root signed below a token", 0, ROOT, |_| vec![0; 32]),
        deny(
            "the root issued again, in other words, above the same token",
            "C-11 C-22",
            MIDDLE,
            |case| {
                let first = digest(case, 0);
                case.forgery.edit(0, &id("token-1"), &id("token-9"));
                signs(case, 1).above = Some(first);
            },
        ),
        deny(
            "the leaf issued again, in other words, below the same proof",
            "C-11",
            PROOF,
            |case| {
                let first = digest(case, 2);
                case.forgery.edit(2, &id("token-3"), &id("token-9"));
                signs(case, 3).above = Some(first);
            },
        ),
    ]
}

/// What follows the digest.
fn order() -> Vec<Row> {
    let call = |name: &'static str, tool: &'static str, arguments: &'static str| {
        deny(name, "C-11", PROOF, move |case| {
            let proof = case.forgery.proof.as_mut().unwrap();
            (proof.tool, proof.arguments) = (tool.into(), arguments.into());
        })
    };
    let other_key = |case: &mut CompactCase, issuer: u8| {
        case.point.anchors.push(Anchor::new("urn:other", issuer));
        case.forgery.tokens[0].signer = issuer;
        case.forgery.hint = key(issuer).public_key().as_bytes()[0];
    };
    vec![
        call("a proof of the empty tool", "", r#"{"path":"/data/q3.pdf"}"#),
        call("a proof of the tool in capitals", "READ_FILE", r#"{"path":"/data/q3.pdf"}"#),
        call("a proof of no arguments", "read_file", ""),
        call("a proof of arguments with escapes", "read_file", r#"{"path":"\/data\/q3.pdf"}"#),
        call("a proof of one argument more", "read_file", r#"{"head":1,"path":"/data/q3.pdf"}"#),
        call(
            "a proof of the tool and the arguments exchanged",
            r#"{"path":"/data/q3.pdf"}"#,
            "read_file",
        ),
        deny("a call of more than was signed", "C-11", PROOF, |case| {
            case.point.arguments = r#"{"head":1,"path":"/data/q3.pdf"}"#.into();
        }),
        deny("a call of another tool than was signed", "C-11", PROOF, |case| {
            case.point.tool = "search".into();
        }),
        permit("a call whose members are in another order", "C-11 C-12", |case| {
            case.point.arguments = r#"{"path":"/data/q3.pdf","head":1}"#.into();
            case.forgery.proof.as_mut().unwrap().arguments =
                r#"{"head":1,"path":"/data/q3.pdf"}"#.into();
        }),
        permit("a call with a number spelled otherwise", "C-11 C-12", |case| {
            case.point.arguments = r#"{"path":"/data/q3.pdf","head":10e-1}"#.into();
            case.forgery.proof.as_mut().unwrap().arguments =
                r#"{"head":1,"path":"/data/q3.pdf"}"#.into();
        }),
        deny(
            "a root of another of our issuers that names this one",
            "C-52 C-13",
            ("3k", "issuer_mismatch", Place::Token(0)),
            move |case| other_key(case, 9),
        ),
        deny("an issuer whose anchor has another key", "C-52 C-13", ROOT, |case| {
            case.point.anchors = vec![Anchor::new(crate::ISSUER, 9)]
        }),
    ]
}
