//! Two constraints, and a chain, made of the bytes: what narrows accepts no value that is not
//! accepted above, what derives verifies, and a call that a leaf permits its parents permit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::Presentation;
use taper_fuzz::{NOW, lineage, present, profile, verifier};
use taper_testkit::random::{Dice, capabilities, constraint, narrower, permitted};

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let (above, free) = (constraint(&mut dice, 0), constraint(&mut dice, 0));
    for below in [narrower(&mut dice, &above), free] {
        if below.narrows(&above) {
            let members = dice.universe().into_iter().map(|value| vec![value].into());
            for value in dice.universe().into_iter().chain(members) {
                assert!(
                    !below.accepts(&value) || above.accepts(&value),
                    "{below:?} {above:?} {value:?}"
                );
            }
        }
    }
    let (above, below) = (capabilities(&mut dice), capabilities(&mut dice));
    if below.narrows(&above).is_ok() {
        for (tool, map) in below.tools() {
            let call = taper_testkit::random::invocation(&mut dice);
            let wide = above.tool(tool).expect("a tool that was there before");
            assert!(map.check(call.arguments()).is_err() || wide.check(call.arguments()).is_ok());
        }
    }

    let verifier = verifier();
    let profile = profile(&mut dice);
    let chains = lineage(&mut dice, profile);
    let Some(leaf) = chains.last() else { return };
    let verified = verifier.verify_chain(&leaf.as_unverified(), NOW);
    assert!(verified.is_ok(), "{verified:?}");
    let call = permitted(&mut dice, leaf.leaf());
    // By each holder of the lineage, from the leaf up: once permitted, always permitted.
    let verdicts = chains.iter().rev().map(|chain| {
        let sent = present(chain, &call).to_bytes();
        let received = Presentation::parse(&sent, verifier.limits()).expect("what was sent");
        verifier.authorize(&received, &call, NOW).is_ok()
    });
    assert!(verdicts.is_sorted(), "{call:?}");
});
