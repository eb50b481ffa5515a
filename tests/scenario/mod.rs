//! The README's chain of three tokens, and the bytes of compact frames.

use std::time::Duration;
use taper::{
    Audience, ConstraintMap, Grant, HeldChain, Invocation, Issuer, Policy, Presentation, Profile,
    SigningKey, Step, Timestamp, TrustAnchor, TrustAnchors, Verifier, at_most, contains, exact,
    one_of, range, subset,
};

pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

pub(crate) fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

pub(crate) fn verifier() -> Verifier {
    let anchor = TrustAnchor::new("https://auth.example.com", key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience("https://tools.example.com").all_tools_idempotent())
}

/// Three tools with six constrained arguments, narrowed at each hop.
pub(crate) fn chain(profile: Profile) -> HeldChain {
    let hour = Duration::from_secs(3600);
    let reports = ["/data/q2-report.pdf", "/data/q3-report.pdf", "/data/q4-report.pdf"];
    let files = ConstraintMap::new()
        .require("path", one_of(reports).unwrap())
        .optional("head", at_most(500));
    let search = ConstraintMap::new()
        .require("query", one_of(["public filings", "public releases"]).unwrap())
        .require("limit", range(1..=100).unwrap());
    let mail = ConstraintMap::new()
        .require("to", subset(["ana@example.com", "bo@example.com"]))
        .require("labels", contains(["automated"]));
    let grant = Grant::to(key(2).public_key().clone())
        .tool("read_file", files)
        .tool("search_index", search)
        .tool("send_mail", mail)
        .expires_in(hour)
        .max_depth(3);
    let issuer = Issuer::new("https://auth.example.com", key(1)).unwrap().with_profile(profile);
    let root = issuer.issue(grant, NOW).unwrap();
    let planner = root
        .derive(&key(2))
        .to(key(3).public_key().clone())
        .keep_only(["read_file", "search_index"])
        .narrow("read_file", "path", one_of([reports[1], reports[2]]).unwrap())
        .narrow("search_index", "limit", range(1..=10).unwrap())
        .expires_in(hour / 2)
        .sign(NOW)
        .unwrap();
    planner
        .derive(&key(3))
        .to(key(4).public_key().clone())
        .keep_only(["read_file"])
        .narrow("read_file", "path", exact("/data/q3-report.pdf").unwrap())
        .require("read_file", "head")
        .audience(Audience::only(["https://tools.example.com"]))
        .expires_in(hour / 12)
        .terminal()
        .sign(NOW)
        .unwrap()
}

pub(crate) fn call() -> Invocation {
    let arguments = br#"{"path": "/data/q3-report.pdf", "head": 20}"#;
    Invocation::from_json("read_file", arguments).unwrap()
}

/// The verdict on bytes, as a presentation for [`call`].
pub(crate) fn verdict(bytes: &[u8]) -> Result<(), (Step, &'static str)> {
    let (verifier, call) = (verifier(), call());
    Presentation::parse(bytes, verifier.limits())
        .and_then(|presentation| verifier.authorize(&presentation, &call, NOW).map(|_| ()))
        .map_err(|denied| (denied.step(), denied.code()))
}

/// A compact frame in its parts, to be put together otherwise.
#[derive(Clone)]
pub(crate) struct Frame {
    hint: u8,
    pub(crate) tokens: Vec<Token>,
    pub(crate) proof: Option<([u8; 64], Vec<u8>)>,
}

#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) holder: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

impl Frame {
    /// Splits the bytes of a well-formed frame.
    pub(crate) fn split(bytes: &[u8]) -> Self {
        let (count, flags, hint) = (usize::from(bytes[1]), bytes[2], bytes[3]);
        let (fixed, mut rest) = bytes[4..].split_at(96 * count);
        let mut proof = None;
        if flags == 1 {
            proof = Some(rest[..64].try_into().unwrap());
            rest = &rest[64..];
        }
        let mut tokens = vec![];
        for fixed in fixed.chunks(96) {
            let (mut length, mut shift) = (0, 0);
            loop {
                let byte = rest[0];
                rest = &rest[1..];
                length |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let (holder, signature) = (fixed[..32].to_vec(), fixed[32..].to_vec());
            tokens.push(Token { holder, signature, body: rest[..length].to_vec() });
            rest = &rest[length..];
        }
        Self { hint, tokens, proof: proof.map(|signature| (signature, rest.to_vec())) }
    }

    /// The frame's bytes.
    pub(crate) fn join(&self) -> Vec<u8> {
        let flags = u8::from(self.proof.is_some());
        let mut out = vec![0xb5, u8::try_from(self.tokens.len()).unwrap(), flags, self.hint];
        for token in &self.tokens {
            out.extend_from_slice(&token.holder);
            out.extend_from_slice(&token.signature);
        }
        if let Some((signature, _)) = &self.proof {
            out.extend_from_slice(signature);
        }
        for token in &self.tokens {
            let mut length = token.body.len();
            while length > 0x7f {
                out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
                length >>= 7;
            }
            out.push(u8::try_from(length).unwrap());
            out.extend_from_slice(&token.body);
        }
        if let Some((_, body)) = &self.proof {
            out.extend_from_slice(body);
        }
        out
    }
}
