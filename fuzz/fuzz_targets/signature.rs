//! Signatures made of the bytes, by keys and with points that may carry parts of small order, then
//! changed: another implementation of the same equation accepts what is accepted, and what it
//! accepts besides has an encoding or a key that is refused; batches say what single checks say.
#![no_main]

use curve25519_dalek::{
    EdwardsPoint, Scalar, constants::EIGHT_TORSION, edwards::CompressedEdwardsY,
};
use ed25519_zebra::VerificationKey;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha512};
use taper::{
    PublicKey,
    key::{Signature, Signed, verify_batch},
};
use taper_testkit::random::Dice;

/// Whether the bytes are the one encoding of a point.
fn canonical(bytes: [u8; 32]) -> bool {
    let point = CompressedEdwardsY(bytes).decompress();
    point.is_some_and(|point| point.compress().0 == bytes)
}

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let mut items = vec![];
    for _ in 0..3 {
        let (a, r) = (Scalar::from(dice.below(8) as u64), Scalar::from(dice.below(256) as u64));
        let mut torsion = |point: EdwardsPoint| match dice.below(3) {
            0 => point + EIGHT_TORSION[dice.below(8)],
            _ => point,
        };
        let mut key = torsion(EdwardsPoint::mul_base(&a)).compress().0;
        let mut first = torsion(EdwardsPoint::mul_base(&r)).compress().0;
        let mut message = [dice.below(4) as u8; 4];
        let k = Sha512::new().chain_update(first).chain_update(key).chain_update(message);
        let mut second = (r + Scalar::from_hash(k) * a).to_bytes();
        for _ in 0..dice.below(3) {
            let (at, bit) = (dice.below(32), 1 << dice.below(8));
            match dice.below(4) {
                0 => key[at] ^= bit,
                1 => first[at] ^= bit,
                2 => second[at] ^= bit,
                _ => message[at % 4] ^= bit,
            }
        }
        let other = VerificationKey::try_from(key);
        let both: [u8; 64] = [first, second].concat().try_into().expect("64 bytes");
        let others = other.is_ok_and(|key| key.verify(&both.into(), &message).is_ok());
        let Ok(read) = PublicKey::from_bytes(&key) else { continue };
        let signature = Signature::from_bytes(both);
        let ours = read.verify(&message, &signature);
        assert_eq!(ours, others && canonical(first), "{key:x?} {both:x?} {message:x?}");
        items.push((read, message, signature, ours));
    }
    let signed: Vec<Signed<'_>> = items
        .iter()
        .map(|(key, message, signature, _)| Signed { key, message, signature })
        .collect();
    assert_eq!(verify_batch(&signed), items.iter().all(|item| item.3));
});
