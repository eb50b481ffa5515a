//! The same grants and derivations in both profiles, drawn from the bytes: the same verdict on every
//! call, at the same step.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::Presentation;
use taper::{Invocation, Profile};
use taper_fuzz::{NOW, lineage, present, verifier};
use taper_testkit::random::{Dice, beyond, invocation, permitted};

fuzz_target!(|bytes: &[u8]| {
    let verifier = verifier();
    let [jws, compact] = [Profile::Jws, Profile::Compact].map(|profile| {
        let mut dice = Dice::rolling(bytes);
        let chains = lineage(&mut dice, profile);
        (chains, dice)
    });
    assert_eq!(jws.0.len(), compact.0.len());
    let mut dice = jws.1;
    let leaf = jws.0.last().expect("a root");
    let calls: [Invocation; 3] = [
        permitted(&mut dice, leaf.leaf()),
        beyond(&mut dice, leaf.claims()),
        invocation(&mut dice),
    ];
    for call in calls {
        let [one, other] = [&jws.0, &compact.0].map(|chains| {
            let sent = present(chains.last().expect("a root"), &call);
            let sent = Presentation::parse(&sent, verifier.limits()).expect("what was written");
            let decided = verifier.authorize(&sent, &call, NOW);
            decided.map(|_| ()).map_err(|denied| (denied.step(), denied.code()))
        });
        assert_eq!(one, other, "{call:?}");
    }
});
