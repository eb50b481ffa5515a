//! The frame and the text form.

use super::{CompactCase, Row, deny, permit};
use crate::{base64url, compact::uint, key};
use taper::Place;

const FRAME: (&str, &str, Place) = ("2c", "compact_malformed", Place::Presentation);

fn bytes(
    name: impl Into<String>,
    shows: &'static str,
    expected: (&'static str, &'static str, Place),
    change: impl Fn(&mut Vec<u8>) + 'static,
) -> Row {
    deny(name, shows, expected, move |case| {
        let mut bytes = case.forgery.bytes();
        change(&mut bytes);
        case.bytes = Some(bytes);
        case.binary = true;
    })
}

/// Writes another length before the root's body.
fn length(name: &'static str, shows: &'static str, other: fn(u64) -> Vec<u8>) -> Row {
    deny(name, shows, FRAME, move |case| {
        let mut bytes = case.forgery.bytes();
        let at = 4 + 96 * 3 + 64;
        let own = case.forgery.tokens[0].body.len().try_into().unwrap();
        bytes.splice(at..at + uint(own).len(), other(own));
        case.bytes = Some(bytes);
    })
}

fn text(name: &'static str, change: fn(&str) -> String) -> Row {
    deny(name, "C-7", FRAME, move |case| case.text = Some(change(&case.forgery.text())))
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        permit("sent as bytes", "C-8 C-5", |case| case.binary = true),
        bytes(
            "a version that is not known",
            "C-9",
            ("1", "presentation_malformed", Place::Presentation),
            |bytes| bytes[0] = 0xb6,
        ),
        bytes("no tokens", "C-5", ("1", "compact_malformed", Place::Presentation), |bytes| {
            bytes.truncate(4);
            bytes[1] = 0;
            bytes[2] = 0;
        }),
        bytes("a token more than there are", "C-5", FRAME, |bytes| bytes[1] = 4),
        bytes("255 tokens", "C-5", FRAME, |bytes| bytes[1] = 255),
        bytes("the second flag", "C-5", FRAME, |bytes| bytes[2] |= 2),
        bytes("the highest flag", "C-5", FRAME, |bytes| bytes[2] |= 0x80),
        bytes(
            "a hint of no anchor",
            "C-52",
            ("3b", "root_not_trusted", Place::Token(0)),
            |bytes| bytes[3] ^= 1,
        ),
        bytes("nothing but the first byte", "C-5", FRAME, |bytes| bytes.truncate(1)),
        bytes("the first four bytes", "C-5", FRAME, |bytes| bytes.truncate(4)),
        bytes("cut within a key", "C-5", FRAME, |bytes| bytes.truncate(20)),
        bytes("cut within a signature", "C-5", FRAME, |bytes| bytes.truncate(70)),
        bytes("cut within the proof's signature", "C-5", FRAME, |bytes| {
            bytes.truncate(4 + 96 * 3 + 10)
        }),
        bytes("cut before the bodies", "C-5", FRAME, |bytes| bytes.truncate(4 + 96 * 3 + 64)),
        bytes("cut within a body", "C-5 C-2", FRAME, |bytes| bytes.truncate(4 + 96 * 3 + 64 + 20)),
        length("a body's length too long", "C-5", |_| uint(60_000)),
        length("a body's length a byte too long", "C-5", |length| uint(length + 200)),
        length("a body's length of more than 64 bits", "C-1", |_| {
            vec![0xff; 9].into_iter().chain([2]).collect()
        }),
        length("a body's length in a longer form", "C-1", |length| {
            let mut bytes = uint(length);
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push(0);
            bytes
        }),
        bytes(
            "a byte after the proof",
            "C-47",
            ("7b", "signature_invalid", Place::Proof),
            |bytes| bytes.push(0),
        ),
        bytes("the proof's flag taken away", "C-5", FRAME, |bytes| bytes[2] = 0),
        deny("no proof", "C-5", ("7a", "presentation_malformed", Place::Proof), |case| {
            case.forgery.proof = None;
        }),
        deny("no proof, and a byte in its place", "C-5", FRAME, |case| {
            case.forgery.proof = None;
            let mut bytes = case.forgery.bytes();
            bytes.push(0);
            case.bytes = Some(bytes);
        }),
        text("padded", |text| format!("{text}=")),
        text("with a line feed after it", |text| format!("{text}\n")),
        text("with a space within", |text| text.replacen('A', " A", 1)),
        text("in the standard alphabet", |text| text.replace('-', "+").replace('_', "/")),
        text("a character cut off", |text| text[..text.len() - 1].to_owned()),
        text("trailing bits", |text| {
            // The last character of a text of this length has bits that stand for no byte.
            let cut = text.len() / 4 * 4 - 2;
            let last = match &text[cut - 1..cut] {
                "A" => "B",
                _ => "_",
            };
            format!("{}{last}", &text[..cut - 1])
        }),
        deny("in quotes", "C-8", ("1", "presentation_malformed", Place::Presentation), |case| {
            case.text = Some(format!("\"{}\"", case.forgery.text()));
        }),
        deny(
            "with a space before it",
            "C-8",
            ("1", "presentation_malformed", Place::Presentation),
            |case| {
                case.text = Some(format!(" {}", case.forgery.text()));
            },
        ),
        deny("the first character alone", "C-7", FRAME, |case| case.text = Some("t".into())),
        deny(
            "base64url of the text form",
            "C-7",
            ("1", "presentation_malformed", Place::Presentation),
            |case| {
                case.text = Some(base64url(case.forgery.text().as_bytes()));
            },
        ),
        deny("hexadecimal", "C-7", ("1", "presentation_malformed", Place::Presentation), |case| {
            case.text = Some(hex::encode(case.forgery.bytes()));
        }),
    ];
    rows.extend(sizes());
    rows.extend(signatures());
    rows
}

fn sizes() -> Vec<Row> {
    let size = |case: &CompactCase, token: usize| 96 + case.forgery.tokens[token].body.len();
    let total = move |case: &CompactCase| (0..3).map(|token| size(case, token)).sum::<usize>();
    vec![
        permit("the largest token at the limit", "C-6 V-2a", move |case| {
            case.point.params.max_token_size = size(case, 0);
        }),
        deny(
            "the largest token a byte over",
            "C-6",
            ("2a", "token_too_large", Place::Token(0)),
            move |case| {
                case.point.params.max_token_size = size(case, 0) - 1;
            },
        ),
        permit("the chain at the limit", "C-6 V-2b.2", move |case| {
            case.point.params.max_chain_size = total(case);
        }),
        deny(
            "the chain a byte over",
            "C-6",
            ("2b", "chain_too_large", Place::Presentation),
            move |case| {
                case.point.params.max_chain_size = total(case) - 1;
            },
        ),
    ]
}

fn signatures() -> Vec<Row> {
    let turned = |name: &'static str, at: usize, expected| {
        bytes(name, "C-10 C-13", expected, move |bytes| bytes[at] ^= 1)
    };
    let root = ("3b", "root_not_trusted", Place::Token(0));
    let leaf = ("4b", "signature_invalid", Place::Token(2));
    let proof = ("7b", "signature_invalid", Place::Proof);
    let high = |name: &'static str, at: usize, expected| {
        bytes(name, "C-10", expected, move |bytes| bytes[at] |= 0xe0)
    };
    vec![
        turned("a bit of R of the root", 36, root),
        turned("a bit of S of the root", 36 + 40, root),
        turned("a bit of R of the leaf", 36 + 192, leaf),
        turned("a bit of S of the leaf", 36 + 192 + 40, leaf),
        turned("a bit of R of the proof", 4 + 288, proof),
        turned("a bit of S of the proof", 4 + 288 + 40, proof),
        high("S of the root not below the order", 36 + 63, root),
        high("S of the leaf not below the order", 36 + 192 + 63, leaf),
        high("S of the proof not below the order", 4 + 288 + 63, proof),
        deny("the root signed by another issuer", "C-13", root, |case| {
            case.forgery.tokens[0].signer = 9;
            case.forgery.hint = key(9).public_key().as_bytes()[0];
        }),
        deny(
            "the root signed by another issuer under the hint of ours",
            "C-13 C-52",
            root,
            |case| {
                case.forgery.tokens[0].signer = 9;
            },
        ),
        deny(
            "the middle token signed by the issuer",
            "C-13",
            ("4b", "signature_invalid", Place::Token(1)),
            |case| {
                case.forgery.tokens[1].signer = 1;
            },
        ),
        deny("the leaf signed by its own holder", "C-13", leaf, |case| {
            case.forgery.tokens[2].signer = 4
        }),
        deny("the leaf signed by the root's holder", "C-13", leaf, |case| {
            case.forgery.tokens[2].signer = 2
        }),
        deny("the proof signed by the leaf's signer", "C-13", proof, |case| {
            case.forgery.proof.as_mut().unwrap().signer = 3;
        }),
        deny("the proof of another tool", "C-11", proof, |case| {
            case.forgery.proof.as_mut().unwrap().tool = "search".into();
        }),
        deny("the proof of other arguments", "C-11", proof, |case| {
            case.forgery.proof.as_mut().unwrap().arguments = "{}".into();
        }),
        deny("the proof of arguments not in canonical form", "C-11", proof, |case| {
            case.forgery.proof.as_mut().unwrap().arguments = r#"{"path": "/data/q3.pdf"}"#.into();
        }),
        permit("a call whose arguments are spelled otherwise", "C-11 C-12", |case| {
            case.point.arguments = r#" { "\u0070ath" : "\/data\/q3.pdf" } "#.into();
        }),
        deny(
            "a call with an inadmissible number",
            "C-12",
            ("6b", "arguments_malformed", Place::Call),
            |case| {
                case.point.arguments = r#"{"path":"/data/q3.pdf","head":9007199254740993}"#.into();
            },
        ),
        deny(
            "a call with a member twice",
            "C-12",
            ("6b", "arguments_malformed", Place::Call),
            |case| {
                case.point.arguments = r#"{"path":"/data/q3.pdf","path":"/data/q3.pdf"}"#.into();
            },
        ),
        deny("tokens swapped", "C-11", ("4b", "signature_invalid", Place::Token(1)), |case| {
            let good = case.forgery.bytes();
            let token = |index: usize| &good[4 + 96 * index..100 + 96 * index];
            let body = |index: usize| {
                let body = &case.forgery.tokens[index].body;
                [uint(body.len().try_into().unwrap()), body.clone()].concat()
            };
            let proof = (&good[292..356], &case.forgery.proof.as_ref().unwrap().body);
            let parts = [
                &good[..4],
                token(0),
                token(2),
                token(1),
                proof.0,
                &body(0),
                &body(2),
                &body(1),
                proof.1,
            ];
            case.bytes = Some(parts.concat());
        }),
        deny(
            "a holder's key exchanged",
            "C-11",
            ("4b", "signature_invalid", Place::Token(1)),
            |case| {
                let mut bytes = case.forgery.bytes();
                bytes[100..132].copy_from_slice(key(9).public_key().as_bytes());
                case.bytes = Some(bytes);
            },
        ),
        deny(
            "a holder's key of small order",
            "C-10",
            ("3l", "holder_key", Place::Token(0)),
            |case| {
                case.forgery.tokens[0].holder = [vec![1], vec![0; 31]].concat();
            },
        ),
        deny(
            "a holder's key that is no point",
            "C-10",
            ("4b2", "holder_key", Place::Token(2)),
            |case| {
                case.forgery.tokens[2].holder = [vec![2], vec![0; 31]].concat();
            },
        ),
        deny(
            "a holder's key that is not canonical",
            "C-10",
            ("4b2", "holder_key", Place::Token(1)),
            |case| {
                case.forgery.tokens[1].holder = [vec![0xf0], vec![0xff; 30], vec![0x7f]].concat();
            },
        ),
        permit("several anchors under one hint", "C-52", |case| {
            use crate::vectors::presentation::Anchor;
            case.point.anchors.insert(0, Anchor::new("urn:other", 1));
        }),
    ]
}
