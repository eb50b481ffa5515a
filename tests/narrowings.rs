//! Whatever the builders sign, verifies: chains of random narrowings, in both profiles.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

use proptest::prelude::*;
use taper::{
    Issuer, Policy, Presentation, Profile, ProofOptions, Timestamp, TrustAnchor, TrustAnchors,
    Verifier,
};
use taper_testkit::{
    ISSUER, key,
    random::{Dice, derive, grant, invocation, permitted},
};

const NOW: Timestamp = Timestamp::from_unix(taper_testkit::NOW);

proptest! {
    #[test]
    fn what_is_signed_verifies(dice in any::<[u8; 32]>()) {
        for profile in [Profile::Jws, Profile::Compact] {
            let mut dice = Dice::new(&dice);
            let issuer = Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile);
            let Ok(mut chain) = issuer.issue(grant(&mut dice), NOW) else {
                continue;
            };
            // What the builder refuses is tried and left out.
            for hop in 1..=4 {
                if let Ok(longer) = derive(&mut dice, &chain, hop, NOW) {
                    chain = longer;
                }
            }
            let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
            let everywhere = Policy::for_audience("here").also_for_audience("there");
            let verifier = Verifier::new(TrustAnchors::new().with(anchor))
                .with_policy(everywhere.all_tools_idempotent());
            let verified = verifier.verify_chain(&chain.as_unverified(), NOW);
            prop_assert!(verified.is_ok(), "{:?}", verified);

            // A call is permitted exactly when every token of the chain accepts it and the holder
            // could prove it: none takes authority from further up.
            let holder = key(u8::try_from(chain.len()).unwrap() + 1);
            let mut others = dice.reversed();
            for call in [permitted(&mut dice, chain.leaf()), invocation(&mut others)] {
                let options = ProofOptions::default();
                let proof = chain.prove_unchecked(&holder, &call, &options, NOW).unwrap();
                let sent = chain.present(proof).to_bytes();
                let sent = Presentation::parse(&sent, verifier.limits()).unwrap();
                let permits = verifier.authorize(&sent, &call, NOW).is_ok();
                prop_assert_eq!(permits, chain.prove(&holder, &call, &options, NOW).is_ok());
                let accepts = |map: &taper::ConstraintMap| map.check(call.arguments()).is_ok();
                for claims in chain.claims().iter().filter(|_| permits) {
                    let map = claims.capabilities().and_then(|tools| tools.tool(call.tool()));
                    prop_assert!(map.is_some_and(accepts), "{:?}", claims);
                }
            }
        }
    }
}
