//! What the targets that draw their input share.

use taper::{
    HeldChain, Invocation, Issuer, Policy, Profile, ProofOptions, Timestamp, TokenId, TrustAnchor,
    Verifier,
};
use taper_testkit::{
    ISSUER, key,
    random::{Dice, derive, grant},
};

/// When everything happens.
pub const NOW: Timestamp = Timestamp::from_unix(taper_testkit::NOW);

/// A chain and all that it was derived from, root first; each has one token more.
pub fn lineage(dice: &mut Dice, profile: Profile) -> Vec<HeldChain> {
    let issuer = Issuer::new(ISSUER, key(1)).expect("a URI").with_profile(profile);
    let mut chains = vec![issuer.issue(grant(dice), NOW).expect("a grant that can be signed")];
    for hop in 1..=3 {
        // What would widen is refused, and left out.
        chains.extend(derive(dice, &chains[chains.len() - 1], hop, NOW).ok());
    }
    chains
}

/// Trusts the issuer of every lineage, for calls anywhere.
pub fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).expect("a URI");
    let everywhere = Policy::for_audience("here").also_for_audience("there");
    Verifier::new([anchor].into_iter().collect()).with_policy(everywhere.all_tools_idempotent())
}

/// A presentation by the chain's holder, whatever the chain permits.
pub fn present(chain: &HeldChain, call: &Invocation) -> Vec<u8> {
    let holder = key(u8::try_from(chain.len()).expect("a short chain") + 1);
    let options = ProofOptions::default().id(TokenId::new("proof").expect("not empty"));
    let proof = chain.prove_unchecked(&holder, call, &options, NOW).expect("the holder's key");
    chain.present(proof).to_bytes()
}
