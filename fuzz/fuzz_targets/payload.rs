//! Any text as the payload of a root that its issuer signed, and of a token below it: behind the
//! signature, where a stranger's bytes do not come. What is accepted is written and read back as
//! the same claims.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::UnverifiedChain;
use taper_fuzz::{NOW, verifier};
use taper_testkit::Forgery;

fuzz_target!(|text: &str| {
    let verifier = verifier();
    for place in [0, 1] {
        let mut forged = Forgery::good();
        forged.tokens.truncate(place + 1);
        forged.tokens[place].payload = text.into();
        let (tokens, _) = forged.sign();
        let chain = UnverifiedChain::from_tokens(tokens);
        let _ = chain.claims_unverified(verifier.limits());
        let Ok(verified) = verifier.verify_chain(&chain, NOW) else { continue };
        let said = verified.leaf().expect("a leaf").claims();
        forged.tokens[place].payload = said.to_json();
        let (tokens, _) = forged.sign();
        let again = UnverifiedChain::from_tokens(tokens);
        let again = verifier.verify_chain(&again, NOW).expect("what was accepted");
        assert_eq!(again.leaf().expect("a leaf").claims(), said);
    }
});
