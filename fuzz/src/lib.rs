//! What the targets share: one issuer, one verifier, and chains that a fuzzer's bytes make.

use taper::{
    HeldChain, Invocation, Issuer, Policy, Presentation, Profile, ProofOptions, Timestamp, TokenId,
    TrustAnchor, Verifier,
};
use taper_testkit::{
    AUDIENCE, ISSUER, key,
    random::{Dice, derive, grant},
};

/// The time of every target.
pub const NOW: Timestamp = Timestamp::from_unix(taper_testkit::NOW);

/// Trusts key 1; goes by every name that the generators and seeds use.
pub fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).expect("a URI");
    let everywhere = Policy::for_audience("here").also_for_audience("there");
    let everywhere = everywhere.also_for_audience(AUDIENCE);
    Verifier::new([anchor].into_iter().collect()).with_policy(everywhere.all_tools_idempotent())
}

/// A chain and all that it was derived from, root first; each has one token more.
pub fn lineage(dice: &mut Dice, profile: Profile) -> Vec<HeldChain> {
    let issuer = Issuer::new(ISSUER, key(1)).expect("a URI").with_profile(profile);
    let Ok(root) = issuer.issue(grant(dice), NOW) else {
        return vec![];
    };
    let mut chains = vec![root];
    for hop in 1..=4 {
        // What would widen is refused, and left out.
        let next = chains.last().and_then(|chain| derive(dice, chain, hop, NOW).ok());
        chains.extend(next);
    }
    chains
}

/// A presentation by the chain's holder, whatever the chain permits.
pub fn present<'a>(chain: &'a HeldChain, call: &Invocation) -> Presentation<'a> {
    let holder = key(u8::try_from(chain.len()).expect("a short chain") + 1);
    let options = ProofOptions::default().id(TokenId::new("proof").expect("an id"));
    let proof = chain.prove_unchecked(&holder, call, &options, NOW);
    chain.present(proof.expect("a proof"))
}

/// Either profile.
pub fn profile(dice: &mut Dice) -> Profile {
    dice.pick(&[Profile::Jws, Profile::Compact])
}
