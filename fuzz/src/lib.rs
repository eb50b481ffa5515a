//! What the targets that draw their input share.

use taper::{
    ChainCache, Denied, HeldChain, Invocation, Issuer, Limits, Policy, Presentation, Profile,
    ProofOptions, Timestamp, TokenId, TrustAnchor, UnverifiedChain, Verifier,
};
use taper_testkit::{
    AUDIENCE, ISSUER, key,
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
    let everywhere = everywhere.also_for_audience(AUDIENCE);
    Verifier::new([anchor].into_iter().collect()).with_policy(everywhere.all_tools_idempotent())
}

/// A presentation by the chain's holder, whatever the chain permits.
pub fn present(chain: &HeldChain, call: &Invocation) -> Vec<u8> {
    let holder = key(u8::try_from(chain.len()).expect("a short chain") + 1);
    let options = ProofOptions::default().id(TokenId::new("proof").expect("not empty"));
    let proof = chain.prove_unchecked(&holder, call, &options, NOW).expect("the holder's key");
    chain.present(proof).to_bytes()
}

/// The verdict of [`verifier`]: at once, step by step, among others, and twice with a cache.
///
/// # Panics
///
/// When these differ.
pub fn judged(sent: &Presentation<'_>, call: &Invocation) -> Result<(), Denied> {
    let plain = verifier();
    let at_once = plain.authorize(sent, call, NOW).map(|_| ());
    let by_steps = plain.verify_chain(sent.chain(), NOW).and_then(|chain| {
        let checked = plain.check(&chain, sent.proof(), call, NOW)?;
        plain.commit(checked, NOW).map(|_| ())
    });
    assert_eq!(at_once, by_steps);
    let caching = verifier().with_chain_cache(ChainCache::with_capacity(1 << 20));
    for verifier in [&plain, &caching, &caching] {
        for verdict in verifier.authorize_many(&[(sent, call), (sent, call)], NOW) {
            assert_eq!(at_once, verdict.map(|_| ()));
        }
    }
    at_once
}

/// Reads a chain and a presentation, and writes them to bytes and to text.
///
/// # Panics
///
/// When these do not read back to the same.
pub fn reads_back(sent: &[u8]) {
    let limits = Limits::default();
    if let Ok(chain) = UnverifiedChain::parse(sent, &limits)
        && let Ok(held) = HeldChain::from_chain(chain, &limits)
    {
        for form in [held.to_bytes(), held.to_text().into_bytes()] {
            let again = HeldChain::parse(&form, &limits).expect("what was written");
            assert_eq!(again.claims(), held.claims());
            assert_eq!(again.leaf_digest(), held.leaf_digest());
            assert_eq!(again.to_bytes(), held.to_bytes());
        }
    }
    if let Ok(read) = Presentation::parse(sent, &limits) {
        for form in [read.to_bytes(), read.to_text().into_bytes()] {
            let again = Presentation::parse(&form, &limits).expect("what was written");
            assert_eq!((again.to_bytes(), again.to_text()), (read.to_bytes(), read.to_text()));
        }
    }
}
