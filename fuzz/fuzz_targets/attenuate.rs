//! Chains whose holders sign more than they were given, drawn from the bytes: whatever call is
//! permitted, each token of the chain grants by itself. And what the library derives, it verifies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Invocation, Presentation, Profile, UnverifiedChain};
use taper_fuzz::{NOW, lineage, verifier};
use taper_testkit::random::{Dice, forgery, invocation, permitted, prove};

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let verifier = verifier();
    let mut forged = forgery(&mut dice);
    let (tokens, _) = forged.sign();
    let chain = UnverifiedChain::from_tokens(tokens);
    let claims = chain.claims_unverified(verifier.limits()).unwrap_or_default();
    let mut calls: Vec<Invocation> =
        claims.iter().map(|claims| permitted(&mut dice, claims)).collect();
    calls.push(invocation(&mut dice));
    let signer = u8::try_from(forged.tokens.len()).expect("a short chain") + 1;
    for call in calls {
        prove(&mut forged, &call, signer, taper_testkit::NOW + i64::from(signer));
        let text = forged.present();
        let sent = Presentation::parse(text.as_bytes(), verifier.limits()).expect("well-formed");
        if verifier.authorize(&sent, &call, NOW).is_ok() {
            for token in &claims {
                let granted = token.capabilities().and_then(|tools| tools.tool(call.tool()));
                assert!(granted.is_some_and(|map| map.check(call.arguments()).is_ok()), "{call:?}");
            }
        }
    }
    for profile in [Profile::Jws, Profile::Compact] {
        for chain in lineage(&mut dice, profile) {
            assert!(verifier.verify_chain(&chain.as_unverified(), NOW).is_ok());
        }
    }
});
