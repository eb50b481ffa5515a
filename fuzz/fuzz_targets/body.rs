//! Any bytes as the body of a compact root that its issuer signed, and of a token below it: behind
//! the signature, where a stranger's bytes do not come. What is read says the same in JSON, and no
//! other bytes say it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{HeldChain, UnverifiedChain};
use taper_fuzz::{NOW, verifier};
use taper_testkit::compact::CompactForgery;

fuzz_target!(|bytes: &[u8]| {
    let verifier = verifier();
    for place in [0, 1] {
        let mut forged = CompactForgery::good();
        forged.tokens.truncate(place + 1);
        forged.tokens[place].body = bytes.to_vec();
        forged.proof = None;
        let frame = forged.bytes();
        let Ok(chain) = UnverifiedChain::parse(&frame, verifier.limits()) else { continue };
        if let Ok(verified) = verifier.verify_chain(&chain, NOW) {
            let held = HeldChain::from_chain(chain, verifier.limits()).expect("a chain");
            assert_eq!(held.leaf(), verified.leaf().expect("a leaf").claims());
            assert_eq!(held.to_bytes(), frame);
        }
    }
});
