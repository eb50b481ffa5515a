//! Signatures that naive checkers and strict ones judge differently: one rule for all of them.

use super::{Expected, File, Vector};
use curve25519_dalek::{
    EdwardsPoint, Scalar,
    constants::EIGHT_TORSION,
    traits::{Identity as _, IsIdentity as _},
};
use sha2::{Digest as _, Sha512};

/// The order of the curve's large subgroup, little-endian (RFC 8032 5.1).
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// A title, the public key, the message and the signature, in hexadecimal: RFC 8032, 7.1.
const RFC_8032: [(&str, &str, &str, &str); 4] = [
    (
        "RFC 8032, test 1",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "RFC 8032, test 2",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "RFC 8032, test 3",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "RFC 8032, test SHA(abc)",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
];

const MESSAGE: &[u8] = b"a token's signing input";

pub(super) fn files() -> Vec<File> {
    let about = "One rule for every signature ([J-36] to [J-38]): S below the order, canonical R \
                 and A, A not of small order, and the equation times 8.";
    vec![File {
        group: "signatures/signatures",
        about,
        operation: "signature",
        point: None,
        vectors: vectors(),
    }]
}

/// A signature before it is written, so that each of its parts can be another.
struct Crafted {
    /// The key's secret scalar.
    a: Scalar,
    /// The nonce.
    r: Scalar,
    /// What is added to the key and to `R`.
    torsion: (EdwardsPoint, EdwardsPoint),
}

impl Crafted {
    fn new(seed: u8) -> Self {
        let scalar = |label: u8| Scalar::hash_from_bytes::<Sha512>(&[seed, label]);
        let none = EdwardsPoint::identity();
        Self { a: scalar(1), r: scalar(2), torsion: (none, none) }
    }

    fn with(self, key: usize, nonce: usize) -> Self {
        Self { torsion: (EIGHT_TORSION[key], EIGHT_TORSION[nonce]), ..self }
    }

    fn key(&self) -> [u8; 32] {
        (EdwardsPoint::mul_base(&self.a) + self.torsion.0).compress().to_bytes()
    }

    fn nonce(&self) -> [u8; 32] {
        (EdwardsPoint::mul_base(&self.r) + self.torsion.1).compress().to_bytes()
    }

    /// The signature over `message` that says `nonce` is `R`.
    fn signature(&self, nonce: [u8; 32], message: &[u8]) -> [u8; 64] {
        let k = challenge(&nonce, &self.key(), message);
        join(nonce, (self.r + k * self.a).to_bytes())
    }

    /// Whether the equation holds without the factor 8, as many libraries have it.
    fn holds_without_cofactor(&self, message: &[u8]) -> bool {
        let k = challenge(&self.nonce(), &self.key(), message);
        let key = EdwardsPoint::mul_base(&self.a) + self.torsion.0;
        let nonce = EdwardsPoint::mul_base(&self.r) + self.torsion.1;
        let left = EdwardsPoint::mul_base(&(self.r + k * self.a));
        (left - nonce - k * key).is_identity()
    }
}

fn challenge(nonce: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    Scalar::from_hash(Sha512::new().chain_update(nonce).chain_update(key).chain_update(message))
}

fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    signature
}

fn bytes(hex: &str) -> [u8; 32] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// The same number with `times` the order added.
fn raised(s: &[u8], times: u16) -> [u8; 32] {
    let mut sum = [0; 32];
    let mut carry = 0;
    for (place, byte) in sum.iter_mut().enumerate() {
        let next = u16::from(s[place]) + times * u16::from(bytes(ORDER)[place]) + carry;
        *byte = next.to_le_bytes()[0];
        carry = next >> 8;
    }
    sum
}

fn vector(
    title: impl Into<String>,
    holds: bool,
    flags: &str,
    parts: (&[u8], &[u8], &[u8]),
) -> Vector {
    let expected = if holds { Expected::permit() } else { Expected::refuse() };
    let flags: Vec<&str> = flags.split_whitespace().collect();
    let shows = match flags.first() {
        Some(&"s_not_below_order") => "J-36",
        Some(&("r_not_canonical" | "r_no_point")) => "J-37",
        Some(&"key_refused") => "J-32 J-34",
        _ => "J-38",
    };
    let (key, message, signature) = parts;
    Vector::new(title, expected)
        .shows(shows)
        .with("flags", flags)
        .with("public_key_hex", hex::encode(key))
        .with("message_hex", hex::encode(message))
        .with("signature_hex", hex::encode(signature))
}

fn vectors() -> Vec<Vector> {
    let mut vectors = vec![];
    for (title, key, message, signature) in RFC_8032 {
        let parts = [key, message, signature].map(|hex| hex::decode(hex).unwrap());
        vectors.push(vector(title, true, "valid", (&parts[0], &parts[1], &parts[2])));
    }
    vectors.extend(changed());
    vectors.extend(variants());
    vectors.extend(torsion());
    vectors.extend(keys());
    vectors
}

/// A good signature with one thing changed.
fn changed() -> Vec<Vector> {
    let good = Crafted::new(1);
    let key = good.key();
    let signature = good.signature(good.nonce(), MESSAGE);
    let (r, s): (&[u8], &[u8]) = signature.split_at(32);
    let of = |title: &str, flags: &str, signature: &[u8]| {
        vector(title, false, flags, (&key, MESSAGE, signature))
    };
    let with_s = |s: [u8; 32]| join(good.nonce(), s);
    let flipped = |at: usize, bit: u8| {
        let mut signature = signature;
        signature[at] ^= 1 << bit;
        signature
    };
    let half = |nonce: [u8; 32]| good.signature(nonce, MESSAGE);
    let mut negated = key;
    negated[31] ^= 0x80;
    let with_bit = |bit: u8| {
        let mut s: [u8; 32] = s.try_into().unwrap();
        s[31] |= bit;
        s
    };
    let mut vectors = vec![
        vector("a good one", true, "valid", (&key, MESSAGE, &signature)),
        vector(
            "a good one over nothing",
            true,
            "valid",
            (&key, b"", &good.signature(good.nonce(), b"")),
        ),
        vector(
            "a good one over 10,000 bytes",
            true,
            "valid",
            (&key, &[7; 10_000], &good.signature(good.nonce(), &[7; 10_000])),
        ),
        vector("another message", false, "message", (&key, b"another", &signature)),
        vector(
            "a message that goes on",
            false,
            "message",
            (&key, &[MESSAGE, b" "].concat(), &signature),
        ),
        vector("no message", false, "message", (&key, b"", &signature)),
        vector("another key", false, "key", (&Crafted::new(2).key(), MESSAGE, &signature)),
        vector("the key negated", false, "key", (&negated, MESSAGE, &signature)),
        of("S with the order added", "s_not_below_order", &with_s(raised(s, 1))),
        of("S with the order added seven times", "s_not_below_order", &with_s(raised(s, 7))),
        of("S is the order", "s_not_below_order", &with_s(bytes(ORDER))),
        of("S with its highest bit", "s_not_below_order", &with_s(with_bit(0x80))),
        of("S with its second highest bit", "s_not_below_order", &with_s(with_bit(0x40))),
        of("S with its third highest bit", "s_not_below_order", &with_s(with_bit(0x20))),
        of("S is the order and 1", "s_not_below_order", &with_s(raised(Scalar::ONE.as_bytes(), 1))),
        of("S is all ones", "s_not_below_order", &with_s([0xff; 32])),
        of("S is 0", "equation", &with_s([0; 32])),
        of("S is the order less 1", "equation", &with_s((-Scalar::ONE).to_bytes())),
        of(
            "S negated",
            "equation",
            &with_s((-Scalar::from_canonical_bytes(s.try_into().unwrap()).unwrap()).to_bytes()),
        ),
        of("R and S exchanged", "equation", &join(s.try_into().unwrap(), r.try_into().unwrap())),
        of("all zeros", "equation", &[0; 64]),
        of("all ones", "s_not_below_order", &[0xff; 64]),
        of("R negated", "equation", &flipped(31, 7)),
        of("a byte short", "length", &signature[..63]),
        of("a byte more", "length", &[&signature[..], &[0]].concat()),
        of("nothing", "length", &[]),
        of("R alone", "length", r),
        // R of small order, written with y + p or with a sign: the equation holds.
        of(
            "R of the neutral element, y plus p",
            "r_not_canonical",
            &neutral(&good, low(0xee, 0xff, 0x7f)),
        ),
        of(
            "R of the neutral element, with a sign",
            "r_not_canonical",
            &neutral(&good, low(1, 0, 0x80)),
        ),
        of(
            "R of the neutral element, y plus p and with a sign",
            "r_not_canonical",
            &neutral(&good, low(0xee, 0xff, 0xff)),
        ),
        of("R of order 2, with a sign", "r_not_canonical", &neutral(&good, low(0xec, 0xff, 0xff))),
        of("R of order 4, y plus p", "r_not_canonical", &neutral(&good, low(0xed, 0xff, 0x7f))),
        of(
            "R of order 4, y plus p and with a sign",
            "r_not_canonical",
            &neutral(&good, low(0xed, 0xff, 0xff)),
        ),
        of("R that is no point", "r_no_point", &half(low(2, 0, 0))),
        of("R with all bits set", "r_not_canonical", &half([0xff; 32])),
    ];
    for (at, bit) in [(0, 0), (15, 3), (31, 6), (32, 0), (47, 5), (62, 7)] {
        vectors.push(of(&format!("bit {bit} of byte {at} changed"), "equation", &flipped(at, bit)));
    }
    vectors
}

/// An encoding of a y near 0 or p, by its first byte, those in between, and its last.
fn low(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut point = [between; 32];
    (point[0], point[31]) = (first, last);
    point
}

/// A signature whose `R` is a point of small order, written as `nonce`.
fn neutral(of: &Crafted, nonce: [u8; 32]) -> [u8; 64] {
    let k = challenge(&nonce, &of.key(), MESSAGE);
    join(nonce, (k * of.a).to_bytes())
}

/// Good signatures of other schemes over the same key and message (RFC 8032 5.1, 8.3).
fn variants() -> Vec<Vector> {
    let good = Crafted::new(1);
    let hashed = Sha512::digest(MESSAGE);
    let domain = |phflag: u8, context: &[u8]| {
        let length = context.len().to_le_bytes()[0];
        [b"SigEd25519 no Ed25519 collisions".as_slice(), &[phflag, length], context].concat()
    };
    let rows: [(&str, Vec<u8>, &[u8]); 4] = [
        ("a signature of Ed25519ph", domain(1, b""), &hashed),
        ("a signature of Ed25519ctx", domain(0, b"taper"), MESSAGE),
        ("a signature of Ed25519ctx without a context", domain(0, b""), MESSAGE),
        ("a signature over the message's hash", vec![], &hashed),
    ];
    let rows = rows.into_iter().map(|(title, domain, message)| {
        let nonce = good.nonce();
        let hash = Sha512::new().chain_update(domain).chain_update(nonce).chain_update(good.key());
        let k = Scalar::from_hash(hash.chain_update(message));
        let signature = join(nonce, (good.r + k * good.a).to_bytes());
        vector(title, false, "variant", (&good.key(), MESSAGE, &signature))
    });
    rows.collect()
}

/// Components of small order in the key and in `R`, which the factor 8 takes away.
fn torsion() -> Vec<Vector> {
    let mut vectors = vec![];
    for (key, nonce) in [
        (0, 1),
        (0, 4),
        (0, 2),
        (1, 0),
        (2, 0),
        (4, 0),
        (1, 1),
        (1, 7),
        (3, 5),
        (4, 4),
        (7, 2),
        (0, 3),
        (0, 5),
        (0, 6),
        (0, 7),
        (3, 0),
        (5, 0),
        (6, 0),
        (7, 0),
        (2, 6),
        (6, 2),
        (5, 3),
    ] {
        // The first seed for which the two rules differ.
        let differ =
            |seed: &u8| !Crafted::new(*seed).with(key, nonce).holds_without_cofactor(MESSAGE);
        let crafted = Crafted::new((1..=u8::MAX).find(differ).unwrap()).with(key, nonce);
        let signature = crafted.signature(crafted.nonce(), MESSAGE);
        let parts: (&[u8], &[u8], &[u8]) = (&crafted.key(), MESSAGE, &signature);
        let title = format!("torsion {key} in the key, {nonce} in R");
        vectors.push(vector(title, true, "cofactored torsion", parts));
    }
    // Without the factor 8 these hold too, by the luck of the challenge.
    for (key, nonce) in [(1, 0), (2, 0), (4, 0), (1, 3), (2, 4)] {
        let agree =
            |seed: &u8| Crafted::new(*seed).with(key, nonce).holds_without_cofactor(MESSAGE);
        let crafted = Crafted::new((1..=u8::MAX).find(agree).unwrap()).with(key, nonce);
        let signature = crafted.signature(crafted.nonce(), MESSAGE);
        let parts: (&[u8], &[u8], &[u8]) = (&crafted.key(), MESSAGE, &signature);
        let title = format!("torsion {key} in the key, {nonce} in R, and both equations hold");
        vectors.push(vector(title, true, "torsion", parts));
    }
    for place in [0, 3, 4] {
        let crafted = Crafted::new(5).with(1, 0);
        let signature = neutral(&crafted, EIGHT_TORSION[place].compress().to_bytes());
        let parts: (&[u8], &[u8], &[u8]) = (&crafted.key(), MESSAGE, &signature);
        let title = format!("torsion in the key, and R is point {place} of small order");
        vectors.push(vector(title, true, "cofactored torsion r_of_small_order", parts));
    }
    for (place, point) in EIGHT_TORSION.iter().enumerate() {
        let crafted = Crafted::new(3);
        let nonce = point.compress().to_bytes();
        let signature = neutral(&crafted, nonce);
        let title = format!("R is point {place} of small order");
        vectors.push(vector(
            title,
            true,
            "cofactored r_of_small_order",
            (&crafted.key(), MESSAGE, &signature),
        ));
    }
    let crafted = Crafted::new(4).with(1, 0);
    let mut signature = crafted.signature(crafted.nonce(), MESSAGE);
    signature[40] ^= 1;
    vectors.push(vector(
        "torsion in the key, and S changed",
        false,
        "equation torsion",
        (&crafted.key(), MESSAGE, &signature),
    ));
    vectors
}

/// Keys that are refused, under signatures for which the equation holds.
fn keys() -> Vec<Vector> {
    let mut vectors = vec![];
    let mut refused = |title: String, key: [u8; 32]| {
        // Under a key of small order anything holds: S = r.
        let r = Scalar::hash_from_bytes::<Sha512>(b"r");
        let signature = join(EdwardsPoint::mul_base(&r).compress().to_bytes(), r.to_bytes());
        vectors.push(vector(title, false, "key_refused", (&key, MESSAGE, &signature)));
    };
    for (place, point) in EIGHT_TORSION.iter().enumerate() {
        refused(format!("the key is point {place} of small order"), point.compress().to_bytes());
    }
    for (title, key) in [
        ("the key is the neutral element, y plus p", low(0xee, 0xff, 0x7f)),
        ("the key is the neutral element, with a sign", low(1, 0, 0x80)),
        ("the key is of order 2, with a sign", low(0xec, 0xff, 0xff)),
        ("the key is of order 4, y plus p", low(0xed, 0xff, 0x7f)),
        ("the key is no point", low(2, 0, 0)),
        ("the key has y plus p", low(0xf0, 0xff, 0x7f)),
    ] {
        refused(title.into(), key);
    }
    vectors
}
