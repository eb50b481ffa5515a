//! "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, eprint 2020/1244): twelve signatures
//! on which libraries differ.
//!
//! They are made anew here, each searched for after the paper's table: order of A and of R, size of
//! S, encodings, and which equation holds. That they are what the table says is asserted, by the
//! equations and by the verdicts that the paper reports of two other libraries.

use curve25519_dalek::{
    EdwardsPoint, Scalar, constants::EIGHT_TORSION, edwards::CompressedEdwardsY, traits::IsIdentity,
};
use ed25519_dalek::Verifier as _;
use sha2::{Digest as _, Sha512};
use taper::key::{PublicKey, Signature, Signed, verify_batch};

/// The group order, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Points of small order in encodings that are not theirs, by first, second, middle and last bytes:
/// y = 1 and y = -1 with the sign that x = 0 has not, y = 0 as p, and y = 1 as p + 1.
const NOT_CANONICAL: [[u8; 4]; 4] = [
    [0x01, 0x00, 0x00, 0x80],
    [0xec, 0xff, 0xff, 0xff],
    [0xed, 0xff, 0xff, 0x7f],
    [0xee, 0xff, 0xff, 0x7f],
];

fn not_canonical() -> impl Iterator<Item = [u8; 32]> {
    NOT_CANONICAL.into_iter().map(|[first, second, middle, last]| {
        let mut bytes = [middle; 32];
        (bytes[0], bytes[1], bytes[31]) = (first, second, last);
        bytes
    })
}

struct Case {
    key: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
    message: [u8; 8],
}

/// Which equations hold.
#[derive(Debug, PartialEq)]
struct Holds {
    cofactored: bool,
    cofactorless: bool,
}

impl Case {
    fn k(&self) -> Scalar {
        hash(&self.r, &self.key, &self.message)
    }

    /// As the numbers are, whatever their encodings and sizes.
    fn holds(&self, k: Scalar) -> Holds {
        let point = |bytes: &[u8; 32]| CompressedEdwardsY(*bytes).decompress().unwrap();
        let s = Scalar::from_bytes_mod_order(self.s);
        let rest = EdwardsPoint::mul_base(&s) - point(&self.r) - point(&self.key) * k;
        Holds { cofactored: rest.is_small_order(), cofactorless: rest.is_identity() }
    }

    /// Whether [8]S B = [8]R + [8k mod L]A, with the factor multiplied into k beforehand.
    fn holds_prereduced(&self) -> bool {
        let point = |bytes: &[u8; 32]| CompressedEdwardsY(*bytes).decompress().unwrap();
        let eight = Scalar::from(8_u8);
        let s = Scalar::from_bytes_mod_order(self.s);
        let left = (EdwardsPoint::mul_base(&s) - point(&self.r)).mul_by_cofactor();
        left == point(&self.key) * (eight * self.k())
    }

    fn signature(&self) -> [u8; 64] {
        [self.r, self.s].concat().try_into().unwrap()
    }

    /// Our verdict; single and batch agree on it.
    fn accepted(&self) -> bool {
        let Ok(key) = PublicKey::from_bytes(&self.key) else {
            return false;
        };
        let signature = Signature::from_slice(&self.signature()).unwrap();
        let single = key.verify(&self.message, &signature);
        let item = Signed { key: &key, message: &self.message, signature: &signature };
        assert_eq!(verify_batch(&[item, item]), single);
        single
    }

    /// ed25519-zebra, ed25519-dalek, and the latter's strict verdict.
    fn others(&self) -> [bool; 3] {
        let signature = self.signature();
        let zebra = ed25519_zebra::VerificationKey::try_from(self.key)
            .is_ok_and(|key| key.verify(&signature.into(), &self.message).is_ok());
        let dalek = ed25519_dalek::VerifyingKey::from_bytes(&self.key);
        let verdicts = dalek.map_or([false; 2], |key| {
            let signature = signature.into();
            let strict = key.verify_strict(&self.message, &signature).is_ok();
            [key.verify(&self.message, &signature).is_ok(), strict]
        });
        [zebra, verdicts[0], verdicts[1]]
    }
}

fn hash(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn compressed(scalar: Scalar, torsion: EdwardsPoint) -> [u8; 32] {
    (EdwardsPoint::mul_base(&scalar) + torsion).compress().to_bytes()
}

/// `bytes` plus L, as often as `more` says.
fn plus_order(mut bytes: [u8; 32], times: usize) -> [u8; 32] {
    for _ in 0..times {
        let mut carry = 0;
        for (byte, add) in bytes.iter_mut().zip(L) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
        }
        assert_eq!(carry, 0);
    }
    bytes
}

/// The first message for which `make` finds a case.
fn search(make: impl Fn([u8; 8]) -> Option<Case>) -> Case {
    (0..10_000_u64).find_map(|message| make(message.to_le_bytes())).unwrap()
}

/// The twelve, in the paper's order.
fn cases() -> [Case; 12] {
    let (a, r) = (Scalar::from_bytes_mod_order([5; 32]), Scalar::from_bytes_mod_order([6; 32]));
    let torsion = EIGHT_TORSION[1];
    let none = EIGHT_TORSION[0];
    // Signed with a key of scalar `a` and a nonce of scalar `r`, either with a torsion beside it, so
    // that the equations hold as `expected`.
    let crafted =
        |(a, key): (Scalar, [u8; 32]), (r, r_bytes): (Scalar, [u8; 32]), expected: Holds| {
            search(|message| {
                let s = (r + hash(&r_bytes, &key, &message) * a).to_bytes();
                let case = Case { key, r: r_bytes, s, message };
                (case.holds(case.k()) == expected).then_some(case)
            })
        };
    let with = |scalar, torsion| (scalar, compressed(scalar, torsion));
    let both = || Holds { cofactored: true, cofactorless: true };
    let cofactored = || Holds { cofactored: true, cofactorless: false };
    let zero = Scalar::ZERO;
    let above = |times| {
        let mut case = crafted(with(a, none), with(r, none), both());
        case.s = plus_order(case.s, times);
        case
    };
    // A or R is of small order and oddly written, and the hash takes it as `hashed` writes it.
    let odd = |odd_key: bool, hashed: fn([u8; 32]) -> [u8; 32]| {
        let make = |odd: [u8; 32], message: [u8; 8]| {
            let (key, r_bytes, nonce, scalar) = match odd_key {
                true => (odd, compressed(r, EIGHT_TORSION[4]), r, zero),
                false => (compressed(a, torsion), odd, zero, a),
            };
            let k = hash(&hashed(r_bytes), &hashed(key), &message);
            let s = (nonce + k * scalar).to_bytes();
            let case = Case { key, r: r_bytes, s, message };
            // Hashed in the other way, it is no signature.
            let other = case.k() == k || !case.holds(case.k()).cofactorless;
            (case.holds(k) == both() && other).then_some(case)
        };
        search(|message| not_canonical().find_map(|odd| make(odd, message)))
    };
    let canonical = |bytes| CompressedEdwardsY(bytes).decompress().unwrap().compress().to_bytes();
    let as_it_is = |bytes| bytes;
    [
        crafted(with(zero, torsion), with(zero, EIGHT_TORSION[2]), both()),
        crafted(with(zero, torsion), with(r, torsion), both()),
        crafted(with(a, torsion), with(zero, torsion), both()),
        crafted(with(a, torsion), with(r, torsion), both()),
        crafted(with(a, torsion), with(r, torsion), cofactored()),
        search(|message| {
            let (key, r_bytes) = (compressed(a, torsion), compressed(r, none));
            let s = (r + hash(&r_bytes, &key, &message) * a).to_bytes();
            let case = Case { key, r: r_bytes, s, message };
            let fits = case.holds(case.k()) == cofactored() && !case.holds_prereduced();
            fits.then_some(case)
        }),
        above(1),
        above(14),
        odd(false, canonical),
        odd(false, as_it_is),
        odd(true, canonical),
        odd(true, as_it_is),
    ]
}

#[test]
fn taming_the_many_eddsas() {
    // What is accepted here, then what the paper reports of zebra, dalek and dalek strict.
    let expected = [
        ("0: A and R of small order", false, [true, true, false]),
        ("1: A of small order", false, [true, true, false]),
        ("2: R of small order", true, [true, true, false]),
        ("3: A and R with torsion, both equations hold", true, [true, true, true]),
        ("4: only the cofactored equation holds", true, [true, false, false]),
        ("5: likewise, and not when 8k is reduced first", true, [true, false, false]),
        ("6: S above L", false, [false, false, false]),
        ("7: S far above L", false, [false, false, false]),
        ("8: R not canonical, canonical in the hash", false, [false, false, false]),
        ("9: R not canonical, as it is in the hash", false, [true, false, false]),
        ("10: A not canonical, canonical in the hash", false, [true, false, false]),
        ("11: A not canonical, as it is in the hash", false, [true, true, false]),
    ];
    let cases = cases();
    assert!(cases[7].s[31] & 0x80 != 0);
    for (case, (name, accepted, others)) in cases.iter().zip(expected) {
        assert_eq!(case.others(), others, "{name}: others");
        assert_eq!(case.accepted(), accepted, "{name}");
    }
    println!("Taming the many EdDSAs: {} cases, 2 to 5 accepted", cases.len());
}

#[test]
fn the_published_cases() {
    let Some(path) = crate::at_hand("TAPER_ED25519_SPECCHECK") else { return };
    let text = std::fs::read(path).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&text).unwrap();
    let bytes =
        |case: &serde_json::Value, name: &str| hex::decode(case[name].as_str().unwrap()).unwrap();
    let accepted: Vec<usize> = (0..cases.len())
        .filter(|n| {
            let case = &cases[*n];
            let key = bytes(case, "pub_key").try_into().unwrap();
            let signature = Signature::from_slice(&bytes(case, "signature")).unwrap();
            PublicKey::from_bytes(&key)
                .is_ok_and(|key| key.verify(&bytes(case, "message"), &signature))
        })
        .collect();
    println!("the published cases: {accepted:?} of {} accepted", cases.len());
    assert_eq!((cases.len(), accepted), (12, vec![2, 3, 4, 5]));
}
