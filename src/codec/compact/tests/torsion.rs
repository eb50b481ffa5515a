//! Signatures that carry a point of small order, as nobody makes them by accident.

use super::*;
use crate::{
    Invocation, Policy, Presentation, PublicKey, Step,
    codec::compact::{proof_signing_input, read_frame},
    key::Signature,
};
use curve25519_dalek::{constants::EIGHT_TORSION, edwards::EdwardsPoint, scalar::Scalar};
use sha2::{Digest as _, Sha512};

/// A private scalar whose public key has a point of small order added.
struct Crafty {
    scalar: Scalar,
    key: [u8; 32],
}

impl Crafty {
    fn new(seed: u8, torsion: usize) -> Self {
        let scalar = Scalar::from_bytes_mod_order([seed; 32]);
        let point = EdwardsPoint::mul_base(&scalar) + EIGHT_TORSION[torsion];
        Self { scalar, key: point.compress().to_bytes() }
    }

    /// A signature whose equation holds only times the cofactor.
    fn sign(&self, torsion: usize, message: &[u8]) -> Signature {
        let r = Scalar::from_bytes_mod_order([self.key[7]; 32]);
        let r_bytes = (EdwardsPoint::mul_base(&r) + EIGHT_TORSION[torsion]).compress().to_bytes();
        let k = Sha512::new().chain_update(r_bytes).chain_update(self.key).chain_update(message);
        let s = r + Scalar::from_hash(k) * self.scalar;
        Signature::from_slice(&[r_bytes, s.to_bytes()].concat()).unwrap()
    }
}

/// A presentation of `tokens` tokens whose keys and signatures all carry torsion, and its anchor.
fn presented(tokens: usize, key: usize, r: usize, call: &Invocation) -> (Vec<u8>, PublicKey) {
    let signers: Vec<Crafty> = (0..=tokens).map(|i| Crafty::new(i as u8 + 11, key)).collect();
    let hint = signers[0].key[0];
    let (mut fixed, mut bodies, mut parent) = (vec![], vec![], None);
    for (index, signer) in signers.iter().take(tokens).enumerate() {
        let holder = &signers[index + 1].key;
        let mut parts = Parts::derived(&[1]);
        parts.id = cat(&[&[2], &s(&format!("child {index}"))]);
        let (body, input) = match &parent {
            None => {
                let body = Parts::root(&cat(&[&n(1), &s("t"), &[1]])).body();
                let input = root_signing_input(hint, holder, &body);
                (body, input)
            }
            Some(parent) => {
                let input = derived_signing_input(parent, holder, &parts.body());
                (parts.body(), input)
            }
        };
        fixed.extend(cat(&[holder, signer.sign(r, &input).as_bytes()]));
        bodies.extend(cat(&[&n(body.len() as u64), &body]));
        parent = Some(digest(&input));
    }
    let frame = cat(&[&[FIRST_BYTE, tokens as u8, 0, hint], &fixed, &bodies]);
    let body = cat(&[&[2], &s("proof"), &z(0)]);
    let input = proof_signing_input(&parent.unwrap(), call, &body);
    let proof = signers[tokens].sign(r, &input);
    let sent = read_frame(&frame).unwrap().0.write(Some((&proof, &body))).unwrap();
    (sent, PublicKey::from_bytes(&signers[0].key).unwrap())
}

#[test]
fn together_and_one_by_one_agree() {
    let call = Invocation::from_json("t", b"{}").unwrap();
    let now = Timestamp::from_unix(NOW);
    // Two tokens are checked one by one without their proof and together with it, four together in
    // either way; one token and its proof always one by one.
    for tokens in [1, 2, 4] {
        for (key, r) in (0..8).flat_map(|key| (0..8).map(move |r| (key, r))) {
            let (sent, anchor) = presented(tokens, key, r, &call);
            let anchors = [TrustAnchor::new(ISSUER, anchor).unwrap()].into_iter().collect();
            let verifier =
                Verifier::new(anchors).with_policy(Policy::default().all_tools_idempotent());
            let verdict = |sent: &[u8]| {
                let sent = Presentation::parse(sent, verifier.limits()).unwrap();
                let together = verifier.authorize(&sent, &call, now).map(|_| ());
                let apart = verifier
                    .verify_chain(sent.chain(), now)
                    .and_then(|chain| verifier.check(&chain, sent.proof(), &call, now).map(|_| ()));
                assert_eq!(together, apart, "{tokens} {key} {r}");
                together.map_err(|denied| denied.step())
            };
            assert_eq!(verdict(&sent), Ok(()), "{tokens} {key} {r}");
            // The first byte of each S, one more: no torsion makes up for that.
            for signature in 0..=tokens {
                let mut bad = sent.clone();
                let at = 4 + 96 * signature + if signature == tokens { 32 } else { 64 };
                bad[at] ^= 1;
                let step = match signature {
                    0 => Step::RootSignature,
                    _ if signature == tokens => Step::ProofSignature,
                    _ => Step::Signature,
                };
                assert_eq!(verdict(&bad), Err(step));
            }
        }
    }
}
