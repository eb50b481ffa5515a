//! Any bytes as a presentation, in either profile: what is read unverified is written back to what it
//! was, and a verifier that remembers chains says the same as a plain one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use taper::{
    ChainCache, HeldChain, Invocation, Policy, Presentation, TrustAnchor, TrustAnchors,
    UnverifiedChain, Verifier,
};
use taper_fuzz::NOW;
use taper_testkit::{AUDIENCE, ISSUER, key};

static VERIFIER: LazyLock<Verifier> = LazyLock::new(verifier);
static WITH_CACHE: LazyLock<Verifier> =
    LazyLock::new(|| verifier().with_chain_cache(ChainCache::default()));

fn verifier() -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).expect("a URI");
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent())
}

fuzz_target!(|bytes: &[u8]| {
    let limits = VERIFIER.limits();
    if let Ok(chain) = UnverifiedChain::parse(bytes, limits) {
        let _ = chain.claims_unverified(limits);
        let _ = chain.other_claim_names_unverified(limits);
        let _ = VERIFIER.verify_chain(&chain, NOW);
        if let Ok(held) = HeldChain::from_chain(chain, limits) {
            let again = HeldChain::parse(&held.to_bytes(), limits).expect("what was written");
            assert_eq!(again.leaf(), held.leaf());
            let text = HeldChain::parse(held.to_text().as_bytes(), limits).expect("its text form");
            assert_eq!(text.leaf_digest(), held.leaf_digest());
        }
    }
    if let Ok(sent) = Presentation::parse(bytes, limits) {
        let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).expect("JSON");
        let [plain, cached] =
            [&*VERIFIER, &*WITH_CACHE].map(|v| v.authorize(&sent, &call, NOW).map(|_| ()));
        assert_eq!(plain, cached);
    }
});
