//! What the targets share: one issuer, one verifier, and chains that a fuzzer's bytes make.

use taper::{
    ChainCache, Denied, HeldChain, Invocation, Issuer, Limits, Policy, Presentation, Profile,
    ProofOptions, Timestamp, TokenId, TrustAnchor, UnverifiedChain, Verifier,
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

/// The verdict, which is the same at once, step by step, among others, and twice with a cache.
pub fn judged(
    verifier: &Verifier,
    sent: &Presentation<'_>,
    call: &Invocation,
) -> Result<(), Denied> {
    let at_once = verifier.authorize(sent, call, NOW).map(|_| ());
    let by_steps = verifier.verify_chain(sent.chain(), NOW).and_then(|chain| {
        let checked = verifier.check(&chain, sent.proof(), call, NOW)?;
        verifier.commit(checked, NOW).map(|_| ())
    });
    assert_eq!(at_once, by_steps);
    let caching = self::verifier().with_chain_cache(ChainCache::with_capacity(1 << 20));
    let calls = [(sent, call), (sent, call)];
    for verifier in [verifier, &caching, &caching] {
        for verdict in verifier.authorize_many(&calls, NOW) {
            assert_eq!(at_once, verdict.map(|_| ()));
        }
    }
    at_once
}

/// A chain that is read is written to bytes and to text that read to the same; so is a presentation.
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
            // Without the white space around it, it may be below a limit, never above.
            let again = Presentation::parse(&form, &limits).expect("what was written");
            assert_eq!((again.to_bytes(), again.to_text()), (read.to_bytes(), read.to_text()));
        }
    }
}
