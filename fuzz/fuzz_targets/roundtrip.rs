//! Constraints, keys, chains and presentations made of the bytes, in both profiles: what is written
//! reads back to the same, as bytes and as text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{
    Capabilities, Constraint, HeldChain, Limits, Presentation, Profile, PublicKey, SigningKey,
    UnverifiedChain,
};
use taper_fuzz::{lineage, present, reads_back};
use taper_testkit::random::{Dice, capabilities, constraint, invocation};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mut dice = Dice::rolling(bytes);
    let drawn = constraint(&mut dice, 0);
    assert_eq!(Constraint::from_json(drawn.to_json().as_bytes(), &limits), Ok(drawn));
    let tools = capabilities(&mut dice);
    assert_eq!(Capabilities::from_json(tools.to_json().as_bytes(), &limits), Ok(tools));

    for profile in [Profile::Jws, Profile::Compact] {
        let mut dice = dice.clone();
        let chains = lineage(&mut dice, profile);
        let Some(chain) = chains.last() else { return };
        let sent = present(chain, &invocation(&mut dice));
        for form in [sent.to_bytes(), sent.to_text().into_bytes()] {
            reads_back(&form);
            let read = Presentation::parse(&form, &limits).expect("what was sent");
            assert_eq!(read.to_bytes(), sent.to_bytes());
            assert_eq!(read.chain().profile(), profile);
            // A chain is read out of a presentation too.
            let alone = UnverifiedChain::parse(&form, &limits).expect("what was sent");
            let held = HeldChain::from_chain(alone, &limits).expect("what was sent");
            assert_eq!(held.claims(), chain.claims());
            assert_eq!(held.leaf_digest(), chain.leaf_digest());
        }
    }

    let seed: [u8; 32] = core::array::from_fn(|n| bytes.get(n).copied().unwrap_or_default());
    let key = SigningKey::from_seed(&seed);
    let public = key.public_key();
    assert_eq!(PublicKey::from_jwk(public.to_jwk().as_bytes()).as_ref(), Ok(public));
    assert_eq!(PublicKey::from_pem(&public.to_pem()).as_ref(), Ok(public));
    let read = SigningKey::from_jwk(key.to_jwk().as_bytes()).expect("what was written");
    assert_eq!(read.public_key(), public);
    let read = SigningKey::from_pem(&key.to_pem()).expect("what was written");
    assert_eq!(read.public_key(), public);
});
