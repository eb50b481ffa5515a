//! Any bytes as a presentation, in either profile: a denial, and what is read unverified writes
//! back to what it was read from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use taper::{
    HeldChain, Invocation, Policy, Presentation, Timestamp, TrustAnchor, TrustAnchors,
    UnverifiedChain, Verifier,
};
use taper_testkit::{AUDIENCE, ISSUER, NOW, key};

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).expect("a URI");
    Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience(AUDIENCE).all_tools_idempotent())
});

fuzz_target!(|bytes: &[u8]| {
    let limits = VERIFIER.limits();
    let now = Timestamp::from_unix(NOW);
    if let Ok(chain) = UnverifiedChain::parse(bytes, limits) {
        let _ = chain.claims_unverified(limits);
        let _ = chain.other_claim_names_unverified(limits);
        let _ = VERIFIER.verify_chain(&chain, now);
        if let Ok(held) = HeldChain::from_chain(chain, limits) {
            let again = HeldChain::parse(&held.to_bytes(), limits).expect("what was written");
            assert_eq!(again.leaf(), held.leaf());
            let text = HeldChain::parse(held.to_text().as_bytes(), limits).expect("its text form");
            assert_eq!(text.leaf_digest(), held.leaf_digest());
        }
    }
    if let Ok(sent) = Presentation::parse(bytes, limits) {
        let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).expect("JSON");
        // The honest presentation is in no corpus, and its keys sign nothing here.
        assert!(VERIFIER.authorize(&sent, &call, now).is_err());
    }
});
