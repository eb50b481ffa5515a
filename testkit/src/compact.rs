//! Presentations in the compact profile written by hand, from `spec/compact-profile.md` alone.
//!
//! Bodies are bytes, put together by the functions below, so that each can be written wrongly; or
//! they say what the payloads of a JWS presentation say ([`CompactForgery::of_jws`]).

pub mod constraint;
pub mod value;
mod writer;

use crate::{AUDIENCE, ISSUER, NOW, base64url, key};
use sha2::{Digest as _, Sha256};
use taper::Signer as _;

/// `uint`: groups of seven bits, least significant first.
pub fn uint(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![];
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// `int`: zigzag.
pub fn int(number: i64) -> Vec<u8> {
    uint(((number << 1) ^ (number >> 63)).cast_unsigned())
}

/// `string`.
pub fn string(text: &str) -> Vec<u8> {
    [uint(text.len().try_into().unwrap()), text.as_bytes().to_vec()].concat()
}

/// A value that is a string.
pub fn text(text: &str) -> Vec<u8> {
    [vec![5], string(text)].concat()
}

/// A value that is an integer.
pub fn integer(number: i64) -> Vec<u8> {
    [vec![3], int(number)].concat()
}

/// An id that is no UUID.
pub fn id(text: &str) -> Vec<u8> {
    [vec![2], string(text)].concat()
}

/// What takes the place of parts of a signing input (section 4), for signatures that hold over
/// something else than what is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherInput {
    /// Of the tag.
    pub tag: Option<&'static [u8; 16]>,
    /// Of what follows it: the hint, or the digest of the token before.
    pub above: Option<Vec<u8>>,
}

impl OtherInput {
    fn or(&self, tag: &[u8; 16], above: &[u8]) -> Vec<u8> {
        let above = self.above.as_deref().unwrap_or(above);
        [&self.tag.unwrap_or(tag)[..], above].concat()
    }
}

/// A token before it is signed.
#[derive(Clone, Debug, Default)]
pub struct CompactToken {
    /// The holder's public key.
    pub holder: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
    /// The seed of the key that signs.
    pub signer: u8,
    /// Turns a bit of the signature around, after signing.
    pub break_signature: bool,
    /// What is signed in the place of parts of the input.
    pub signs: OtherInput,
}

/// A proof before it is signed.
#[derive(Clone, Debug, Default)]
pub struct CompactProof {
    /// The body.
    pub body: Vec<u8>,
    /// The tool that is signed.
    pub tool: String,
    /// The arguments that are signed, in canonical form.
    pub arguments: String,
    /// The seed of the key that signs.
    pub signer: u8,
    /// Turns a bit of the signature around, after signing.
    pub break_signature: bool,
    /// What is signed in the place of parts of the input.
    pub signs: OtherInput,
}

/// A presentation before it is signed and framed.
#[derive(Clone, Debug)]
pub struct CompactForgery {
    /// The first byte of the key that signed the root.
    pub hint: u8,
    /// Root first.
    pub tokens: Vec<CompactToken>,
    /// The proof, if there is one.
    pub proof: Option<CompactProof>,
}

impl CompactForgery {
    /// The presentation of [`Forgery::good`](crate::Forgery::good), in compact.
    pub fn good() -> Self {
        let token = |signer: u8, body: Vec<Vec<u8>>| CompactToken {
            holder: key(signer + 1).public_key().as_bytes().to_vec(),
            body: body.concat(),
            signer,
            ..CompactToken::default()
        };
        let root = vec![
            id("token-1"),
            int(NOW - 300),
            uint(3600),
            uint(3),
            string(ISSUER),
            uint(0), // no aud
            uint(2), // tools
            string("read_file"),
            uint(4), // two named arguments
            string("head"),
            vec![0x31, 2], // range, optional, with a maximum
            integer(100),
            string("path"),
            vec![0x12, 2], // one_of two
            text("/data/q3.pdf"),
            text("/data/q4.pdf"),
            string("search"),
            uint(3), // one named argument, and unnamed ones
            string("q"),
            vec![0x16], // wildcard
            uint(0),    // no fields
        ];
        let middle = vec![
            id("token-2"),
            uint(60),
            uint(1800),
            uint(1),
            uint(0),
            vec![2],       // capabilities: listed
            uint(2),       // tools
            vec![0, 1],    // read_file, changed
            vec![0x31, 2], // head
            integer(50),
            vec![0x41, 1, 0], // path: the first of the parent's values
            vec![0, 1],       // search, changed
            vec![0x10],       // q: exact
            text("filings"),
            uint(0), // nothing added, unnamed ones refused
            uint(0),
        ];
        let leaf = vec![
            id("token-3"),
            uint(60),
            uint(600),
            uint(0),
            uint(0),
            vec![2],
            uint(1),
            vec![0, 1],    // read_file, changed
            vec![0],       // head: inherited
            vec![0x40, 0], // path: exactly the first of the parent's values
            uint(0),
        ];
        let proof = [vec![2 | 4], string("proof-1"), int(180), string(AUDIENCE)].concat();
        Self {
            hint: key(1).public_key().as_bytes()[0],
            tokens: vec![token(1, root), token(2, middle), token(3, leaf)],
            proof: Some(CompactProof {
                body: proof,
                tool: "read_file".into(),
                arguments: r#"{"path":"/data/q3.pdf"}"#.into(),
                signer: 4,
                ..CompactProof::default()
            }),
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let (mut fixed, mut bodies) = (vec![], vec![]);
        let mut digest = vec![];
        for (depth, token) in self.tokens.iter().enumerate() {
            let mut input = match depth {
                0 => token.signs.or(b"taper c1 root   ", &[self.hint]),
                _ => token.signs.or(b"taper c1 derived", &digest),
            };
            input.extend([&token.holder[..], &token.body].concat());
            fixed.extend(&token.holder);
            fixed.extend(signed(token.signer, &input, token.break_signature));
            bodies.extend(uint(token.body.len().try_into().unwrap()));
            bodies.extend(&token.body);
            digest = Sha256::digest(&input).to_vec();
        }
        let count = u8::try_from(self.tokens.len()).unwrap();
        let flags = u8::from(self.proof.is_some());
        if let Some(proof) = &self.proof {
            let call = [string(&proof.tool), string(&proof.arguments)].concat();
            let input = proof.signs.or(b"taper c1 proof  ", &digest);
            let input = [input, call, proof.body.clone()].concat();
            fixed.extend(signed(proof.signer, &input, proof.break_signature));
            bodies.extend(&proof.body);
        }
        [vec![0xb5, count, flags, self.hint], fixed, bodies].concat()
    }

    /// The text form.
    pub fn text(&self) -> String {
        base64url(&self.bytes())
    }

    /// Puts `to` in the place of `from` in the body of a token, or with the number of tokens as
    /// `part` in that of the proof.
    ///
    /// # Panics
    ///
    /// When the body does not have `from` exactly once.
    pub fn edit(&mut self, part: usize, from: &[u8], to: &[u8]) {
        let body = match self.tokens.get_mut(part) {
            Some(token) => &mut token.body,
            None => &mut self.proof.as_mut().unwrap().body,
        };
        let places: Vec<usize> =
            (0..body.len()).filter(|at| body[*at..].starts_with(from)).collect();
        assert_eq!(places.len(), 1, "{from:x?} in {body:x?}");
        body.splice(places[0]..places[0] + from.len(), to.iter().copied());
    }
}

fn signed(signer: u8, input: &[u8], break_it: bool) -> [u8; 64] {
    let mut signature = *key(signer).sign(input).unwrap().as_bytes();
    if break_it {
        signature[10] ^= 1;
    }
    signature
}
