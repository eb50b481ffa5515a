//! Chains and proofs, drawn from the bytes: what is written is read as what it was, in each form of
//! both profiles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{HeldChain, Limits, Presentation, Profile, UnverifiedChain};
use taper_fuzz::{lineage, present};
use taper_testkit::random::{Dice, permitted};

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let limits = Limits::default();
    for profile in [Profile::Jws, Profile::Compact] {
        let chains = lineage(&mut dice, profile);
        let chain = chains.last().expect("a root");
        let call = permitted(&mut dice, chain.leaf());
        let sent = present(chain, &call);
        let read = Presentation::parse(&sent, &limits).expect("what was written");
        assert_eq!(read.to_bytes(), sent);
        let text = read.to_text();
        for form in [&sent[..], text.as_bytes()] {
            let read = Presentation::parse(form, &limits).expect("what was written");
            assert_eq!(read.to_text(), text);
            assert_eq!(read.chain().claims_unverified(&limits).as_deref(), Ok(chain.claims()));
            let alone = UnverifiedChain::parse(form, &limits).expect("the chain in it");
            let held = HeldChain::from_chain(alone, &limits).expect("a chain");
            assert_eq!(
                (held.to_bytes(), held.leaf_digest()),
                (chain.to_bytes(), chain.leaf_digest())
            );
        }
    }
});
