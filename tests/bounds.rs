//! What a few bytes of the compact profile cannot make anybody do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use std::time::Duration;
use taper::{
    ConstraintMap, Grant, HeldChain, Invocation, Issuer, Limits, Place, Policy, Profile,
    ProofOptions, SigningKey, Timestamp, TrustAnchor, TrustAnchors, UnverifiedChain, Verifier,
};

const NOW: Timestamp = Timestamp::from_unix(1_704_067_500);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn root(profile: Profile) -> HeldChain {
    let grant = Grant::to(key(2).public_key().clone())
        .tool("t", ConstraintMap::unrestricted())
        .expires_in(Duration::from_secs(60))
        .max_depth(8);
    Issuer::new("urn:x", key(1)).unwrap().with_profile(profile).issue(grant, NOW).unwrap()
}

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new("urn:x", key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::default().all_tools_idempotent().require_nonce(|_: &str, _| true))
}

/// A proof has a size limit in both profiles, whether it is checked with its chain or by itself.
#[test]
fn proofs_are_bounded() {
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = root(profile);
        let call = Invocation::from_json("t", b"{}").unwrap();
        for (length, expected) in [(1_000, None), (300_000, Some(("7a", "proof_too_large")))] {
            let options = ProofOptions::default().nonce("n".repeat(length));
            let proof = chain.prove_unchecked(&key(2), &call, &options, NOW).unwrap();
            let (verifier, sent) = (verifier(), chain.present(proof));
            let told = |denied: taper::Denied| (denied.step().label(), denied.code());
            let together = verifier.authorize(&sent, &call, NOW).map(|_| ()).map_err(told);
            let verified = verifier.verify_chain(sent.chain(), NOW).unwrap();
            let apart = verifier.check(&verified, sent.proof(), &call, NOW).map(|_| ());
            assert_eq!(together.err(), expected, "{profile:?}");
            assert_eq!(apart.map_err(told).err(), expected, "{profile:?}");
        }
    }
}

/// Tokens that repeat all that their parent says in a few bytes, unsigned, as many as a frame
/// holds: reading stops at the depth that could be verified.
#[test]
fn unsigned_chains_are_read_no_deeper_than_they_could_hold() {
    let bytes = root(Profile::Compact).to_bytes();
    let (header, rest) = bytes.split_at(4);
    let (token, body) = rest.split_at(96);
    for tokens in [9_u8, 10, 255] {
        let mut frame = vec![header[0], tokens, 0, header[3]];
        (0..tokens).for_each(|_| frame.extend_from_slice(token));
        frame.extend_from_slice(body);
        for id in 1..tokens {
            // An id of one byte of text, no change of time or ceiling, no `aud`, the same
            // capabilities, no fields.
            let id = [b'a' + id % 26, b'a' + id / 26];
            frame.extend_from_slice(&[10, 2, 2, id[0], id[1], 0, 0, 0, 0, 1, 0]);
        }
        let limits = Limits::default();
        let chain = UnverifiedChain::parse(&frame, &limits).unwrap();
        assert_eq!(chain.len(), usize::from(tokens));
        let read = chain.claims_unverified(&limits);
        if tokens == 9 {
            assert_eq!(read.map(|claims| claims.len()), Ok(9));
        } else {
            let denied = read.unwrap_err();
            assert_eq!((denied.step().label(), denied.place()), ("4f", Place::Token(9)));
        }
        // The root is signed, and what stands below is not.
        let denied = verifier().verify_chain(&chain, NOW).unwrap_err();
        assert_eq!((denied.step().label(), denied.place()), ("4b", Place::Token(1)));
    }
}
