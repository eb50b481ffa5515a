use super::*;
use crate::key::{KeyError, Signer as _, SigningKey};
use alloc::{format, vec};
use curve25519_dalek::constants::EIGHT_TORSION;
use ed25519_dalek::Verifier as _;

/// The group order: 2^252 + 27742317777372353535851937790883648493, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A signature together with all that is needed to check it.
#[derive(Clone)]
struct Case {
    key: PublicKey,
    message: Vec<u8>,
    signature: Signature,
}

impl Case {
    /// An honest signature.
    fn honest(seed: u8, message: &[u8]) -> Self {
        let key = SigningKey::from_seed(&[seed; 32]);
        Self {
            signature: key.sign(message).unwrap(),
            key: key.public_key().clone(),
            message: message.into(),
        }
    }

    /// A signature whose cofactored equation holds, with a key of private scalar `a` plus a point
    /// of small order, and an `R` that is written as `r_bytes` and is `r` times the base point
    /// plus a point of small order.
    fn crafted(a: Scalar, key_torsion: EdwardsPoint, r: Scalar, r_bytes: [u8; 32]) -> Self {
        let message = b"crafted".to_vec();
        let key = (EdwardsPoint::mul_base(&a) + key_torsion).compress().to_bytes();
        let k = Sha512::new().chain_update(r_bytes).chain_update(key).chain_update(&message);
        let s = r + Scalar::from_hash(k) * a;
        Self {
            key: PublicKey::from_bytes(&key).unwrap(),
            message,
            signature: joined(r_bytes, s.to_bytes()),
        }
    }

    fn signed(&self) -> Signed<'_> {
        Signed { key: &self.key, message: &self.message, signature: &self.signature }
    }

    /// Our verdict, after seeing that single and batch agree on it.
    fn holds(&self) -> bool {
        let single = self.key.verify(&self.message, &self.signature);
        assert_eq!(verify_batch(&[self.signed()]), single);
        // One item is checked singly, so pair it.
        assert_eq!(verify_batch(&[self.signed(), self.signed()]), single);
        let honest = Self::honest(1, b"beside");
        assert_eq!(verify_batch(&[honest.signed(), self.signed()]), single);
        single
    }

    /// The verdict of ed25519-zebra (ZIP 215), if it takes the key.
    fn holds_for_zebra(&self) -> bool {
        let key = ed25519_zebra::VerificationKey::try_from(*self.key.as_bytes()).unwrap();
        key.verify(&(*self.signature.as_bytes()).into(), &self.message).is_ok()
    }

    /// The verdicts of ed25519-dalek, which leaves the cofactor out.
    fn holds_for_dalek(&self) -> [bool; 2] {
        let key = ed25519_dalek::VerifyingKey::from_bytes(self.key.as_bytes()).unwrap();
        let signature = (*self.signature.as_bytes()).into();
        [
            key.verify(&self.message, &signature).is_ok(),
            key.verify_strict(&self.message, &signature).is_ok(),
        ]
    }
}

fn batch(cases: &[Case]) -> bool {
    verify_batch(&cases.iter().map(Case::signed).collect::<Vec<_>>())
}

fn joined(r: [u8; 32], s: [u8; 32]) -> Signature {
    Signature::from_slice(&[r, s].concat()).unwrap()
}

fn halves(signature: &Signature) -> ([u8; 32], [u8; 32]) {
    let (r, s) = signature.as_bytes().split_at(32);
    (r.try_into().unwrap(), s.try_into().unwrap())
}

/// `a + b`, if it fits.
fn add(a: [u8; 32], b: [u8; 32]) -> Option<[u8; 32]> {
    let mut carry = 0;
    let mut sum = [0; 32];
    for i in 0..32 {
        let digit = u16::from(a[i]) + u16::from(b[i]) + carry;
        sum[i] = digit as u8;
        carry = digit >> 8;
    }
    (carry == 0).then_some(sum)
}

/// Numbers that look random and are the same in every run.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        // Xorshift, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 8) as usize % below
    }
}

#[test]
fn rfc_8032_section_7_1() {
    for (seed, public, message, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ] {
        let seed = hex::decode(seed).unwrap().try_into().unwrap();
        let message = hex::decode(message).unwrap();
        let key = SigningKey::from_seed(&seed);
        assert_eq!(hex::encode(key.public_key().as_bytes()), public);
        let made = key.sign(&message).unwrap();
        assert_eq!(hex::encode(made.as_bytes()), signature);
        let mut case = Case { key: key.public_key().clone(), message, signature: made };
        assert!(case.holds());
        case.message.push(0);
        assert!(!case.holds());
    }
}

#[test]
fn s_is_below_the_order() {
    let mut case = Case::honest(1, b"message");
    let (r, mut s) = halves(&case.signature);
    let mut refused = 0;
    while let Some(next) = add(s, L) {
        s = next;
        case.signature = joined(r, s);
        assert!(!case.holds() && !case.holds_for_zebra());
        refused += 1;
    }
    assert!(refused >= 14, "{refused}");
    // L itself stands for 0.
    let zero = Case::crafted(Scalar::from(7_u8), EIGHT_TORSION[0], Scalar::ZERO, L);
    assert!(!zero.holds());
}

#[test]
fn points_of_small_order_do_not_split_single_and_batch() {
    let (a, r) = (Scalar::from_bytes_mod_order([5; 32]), Scalar::from_bytes_mod_order([6; 32]));
    let mut cases = vec![];
    for (i, key_torsion) in EIGHT_TORSION.into_iter().enumerate() {
        for (j, r_torsion) in EIGHT_TORSION.into_iter().enumerate() {
            let r_bytes = (EdwardsPoint::mul_base(&r) + r_torsion).compress().to_bytes();
            let case = Case::crafted(a, key_torsion, r, r_bytes);
            assert!(case.holds(), "{i} {j}");
            assert!(case.holds_for_zebra(), "{i} {j}");
            // Without the cofactor what remains is R's point and k times the key's.
            if i == 0 {
                assert_eq!(case.holds_for_dalek(), [j == 0; 2], "{j}");
            }
            cases.push(case);
        }
    }
    assert!(cases.iter().any(|case| case.holds_for_dalek() == [false; 2]));
    assert!(batch(&cases));

    // Neither do they help what does not hold.
    for case in &mut cases {
        case.message.push(b'!');
        assert!(!case.holds() && !case.holds_for_zebra());
    }
    assert!(!batch(&cases));
}

#[test]
fn r_of_small_order_holds_when_canonical() {
    let a = Scalar::from_bytes_mod_order([5; 32]);
    for point in EIGHT_TORSION {
        let r_bytes = point.compress().to_bytes();
        let case = Case::crafted(a, EIGHT_TORSION[0], Scalar::ZERO, r_bytes);
        assert!(case.holds() && case.holds_for_zebra());
        assert!(!case.holds_for_dalek()[1], "strict");
    }
}

/// Where we are narrower than ZIP 215.
#[test]
fn r_has_one_encoding() {
    let a = Scalar::from_bytes_mod_order([5; 32]);
    let mut written = vec![];
    for high in [0x7f, 0xff] {
        for low in 0xec..=0xff {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (low, high);
            written.push(bytes);
        }
    }
    let mut minus_zero = [0; 32];
    (minus_zero[0], minus_zero[31]) = (1, 0x80);
    written.push(minus_zero);

    let mut narrower = 0;
    for bytes in written {
        let Some(point) = CompressedEdwardsY(bytes).decompress() else {
            continue;
        };
        if !point.is_small_order() {
            continue;
        }
        let case = Case::crafted(a, EIGHT_TORSION[0], Scalar::ZERO, bytes);
        let canonical = point.compress().to_bytes() == bytes;
        assert!(case.holds_for_zebra());
        assert_eq!(case.holds(), canonical);
        narrower += usize::from(!canonical);
    }
    // Those of y = 0 and 1 with either sign, and minus zero at y = 1 and -1.
    assert_eq!(narrower, 6);
}

#[test]
fn r_off_the_curve_is_refused() {
    let mut case = Case::honest(1, b"message");
    let (_, s) = halves(&case.signature);
    let mut two = [0; 32];
    two[0] = 2;
    case.signature = joined(two, s);
    assert!(!case.holds());
}

#[test]
fn zebra_agrees_on_mutations() {
    let mut number = numbers(0x7a70_65f2);
    let (mut held, mut failed, mut no_key) = (0, 0, 0);
    for round in 0..150 {
        let mut case = Case::honest(number(4) as u8, &[7; 40][..number(40)]);
        if number(3) == 0 {
            let torsion = EIGHT_TORSION[number(8)];
            let r = Scalar::from(number(1 << 30) as u64);
            let r_bytes = (EdwardsPoint::mul_base(&r) + torsion).compress().to_bytes();
            let a = Scalar::from(number(1 << 30) as u64 + 1);
            case = Case::crafted(a, EIGHT_TORSION[number(8)], r, r_bytes);
        }
        let bit = 1 << number(8);
        match number(5) {
            0 => {}
            1 => case.message.push(bit),
            2 | 3 => {
                let mut bytes = *case.signature.as_bytes();
                bytes[number(64)] ^= bit;
                case.signature = Signature::from_bytes(bytes);
            }
            _ => {
                let mut bytes = *case.key.as_bytes();
                bytes[number(32)] ^= bit;
                match PublicKey::from_bytes(&bytes) {
                    Ok(key) => case.key = key,
                    Err(KeyError::NotOnCurve) => {
                        assert!(ed25519_zebra::VerificationKey::try_from(bytes).is_err());
                        no_key += 1;
                        continue;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        }
        assert_eq!(case.holds(), case.holds_for_zebra(), "{round}");
        if case.holds() { held += 1 } else { failed += 1 }
    }
    assert!(held > 20 && failed > 50 && no_key > 5, "{held} {failed} {no_key}");
}

#[test]
fn a_batch_holds_when_every_item_does() {
    // Sizes about the blocks of coefficients, and one that dalek sums by another algorithm.
    for size in [0, 1, 2, 3, 4, 5, 9, 100] {
        let mut cases = (0..size)
            // Three keys in the small sets, so that there are terms to merge.
            .map(|i| {
                Case::honest(
                    if size < 10 { i % 3 } else { i } as u8,
                    format!("message {i}").as_bytes(),
                )
            })
            .collect::<Vec<_>>();
        assert!(batch(&cases), "{size}");
        // Small sets: a fault in every place. Large ones: at the ends.
        for bad in (0..size).filter(|i| size < 10 || *i == 0 || i + 1 == size) {
            let good = cases[bad].clone();
            cases[bad].message.push(0);
            assert!(!batch(&cases), "{bad} of {size}");
            cases[bad] = good.clone();
            cases[bad].key = Case::honest(9, b"").key;
            assert!(!batch(&cases), "{bad} of {size}");
            cases[bad] = good.clone();
            cases[bad].signature = Signature::from_bytes([0xff; 64]);
            assert!(!batch(&cases), "{bad} of {size}");
            cases[bad] = good;
        }
        assert!(batch(&cases), "{size}");
    }
}

/// What an unweighted sum would accept.
#[test]
fn faults_do_not_cancel_out() {
    let mut cases = [Case::honest(1, b"one"), Case::honest(1, b"two"), Case::honest(2, b"three")];
    let delta = Scalar::from(12_345_u32);
    for (case, change) in cases.iter_mut().zip([delta, -delta]) {
        let (r, s) = halves(&case.signature);
        let s = Scalar::from_canonical_bytes(s).unwrap() + change;
        case.signature = joined(r, s.to_bytes());
    }
    assert!(!batch(&cases[..2]));
    assert!(!batch(&cases));

    // Exchanged between two messages of one key.
    let [mut one, mut two] = [Case::honest(1, b"one"), Case::honest(1, b"two")];
    core::mem::swap(&mut one.signature, &mut two.signature);
    assert!(!batch(&[one, two]));
}

#[test]
fn every_part_draws_the_coefficients_anew() {
    // The terms, and with them `k`, are of other cases than the items, so that every part can
    // change while the others stay.
    let row = |items: &[Case], terms: &[Case]| -> Vec<Scalar> {
        let items = items.iter().map(Case::signed).collect::<Vec<_>>();
        let terms = terms
            .iter()
            .map(|case| Terms::of(&case.key, &case.message, &case.signature).unwrap())
            .collect::<Vec<_>>();
        Coefficients::of(&items, &terms).take(9).collect()
    };
    let cases = [Case::honest(1, b"one"), Case::honest(2, b"two")];
    let first = row(&cases, &cases);
    assert_eq!(row(&cases, &cases), first);

    let [mut k, mut r, mut s, mut key] = [(); 4].map(|()| cases.clone());
    k[1].message.push(0);
    let (r_bytes, s_bytes) = halves(&cases[1].signature);
    r[1].signature = joined([0; 32], s_bytes);
    s[1].signature = joined(r_bytes, [0; 32]);
    key[1].key = Case::honest(3, b"").key;
    let swapped = [cases[1].clone(), cases[0].clone()];

    let mut all = first;
    all.extend(row(&cases, &k));
    all.extend(row(&r, &cases));
    all.extend(row(&s, &cases));
    all.extend(row(&key, &cases));
    all.extend(row(&swapped, &swapped));
    for z in &all {
        assert!(z.as_bytes()[16..].iter().all(|byte| *byte == 0), "128 bits");
        assert_eq!(all.iter().filter(|other| *other == z).count(), 1, "drawn twice");
    }
}

/// The same as one by one, for batches of every size up to nine with up to three bad items.
#[test]
fn the_first_bad_one_is_found() {
    let bad_ones = |good: &Case| {
        let (r, s) = halves(&good.signature);
        let mut other = good.clone();
        other.message.push(0);
        let mut off_curve = good.clone();
        off_curve.signature = joined([2; 32], s);
        let mut large = good.clone();
        large.signature = joined(r, [0xff; 32]);
        [other, off_curve, large]
    };
    for len in 0..10_usize {
        let good: Vec<Case> = (0..len)
            .map(|n| Case::honest(u8::try_from(n % 4).unwrap(), format!("{n}").as_bytes()))
            .collect();
        for bad in 0..1_usize << len {
            if bad.count_ones() > 3 {
                continue;
            }
            let mut cases = good.clone();
            let mut kind = bad;
            for at in (0..len).filter(|at| bad >> at & 1 == 1) {
                cases[at] = bad_ones(&good[at])[kind % 3].clone();
                kind /= 3;
            }
            let items: Vec<Signed<'_>> = cases.iter().map(Case::signed).collect();
            let expected = (0..len).find(|at| bad >> at & 1 == 1);
            assert_eq!(first_bad(&items), expected, "{len} {bad:b}");
        }
    }
}
