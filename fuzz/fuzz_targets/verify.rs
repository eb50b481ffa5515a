//! A chain that its holders derived, a call that it permits, and changes of its bytes on the way:
//! the presentation is permitted by all ways to verify it, and none of its changes is, but those
//! that change nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Presentation, Profile};
use taper_fuzz::{judged, lineage, present, profile, verifier};
use taper_testkit::random::{Dice, mutation, permitted};

/// JSON around the tokens that means the same.
const CHANGES_NOTHING: [&str; 4] = [
    "character escaped",
    "members in another order",
    "unknown member added",
    "white space between JSON tokens",
];

fuzz_target!(|bytes: &[u8]| {
    // What is changed comes first, so that it changes under the same chain too.
    let (changes, bytes) = bytes.split_at(bytes.len().min(12));
    let (mut changes, mut dice) = (Dice::rolling(changes), Dice::rolling(bytes));
    let verifier = verifier();
    let profile = profile(&mut dice);
    let chains = lineage(&mut dice, profile);
    let Some(chain) = chains.last() else { return };
    let call = permitted(&mut dice, chain.leaf());
    let sent = present(chain, &call);
    let bytes = sent.to_bytes();
    let read = Presentation::parse(&bytes, verifier.limits()).expect("what was sent");
    let verdict = judged(&verifier, &read, &call);
    let granted = chain.claims().iter().all(|claims| {
        let tool = claims.capabilities().and_then(|tools| tools.tool(call.tool()));
        tool.is_some_and(|map| map.check(call.arguments()).is_ok())
    });
    assert_eq!(verdict.is_ok(), granted, "{verdict:?}");
    if verdict.is_err() {
        return;
    }
    for form in [bytes.clone(), sent.to_text().into_bytes()] {
        for _ in 0..4 {
            let (kind, changed) = mutation(&mut changes, &form);
            let permitted = Presentation::parse(&changed, verifier.limits())
                .is_ok_and(|read| judged(&verifier, &read, &call).is_ok());
            let nothing = profile == Profile::Jws
                && (CHANGES_NOTHING.contains(&kind) || without_space(&changed) == bytes);
            assert_eq!(permitted, nothing, "{kind}: {}", String::from_utf8_lossy(&changed));
        }
    }
});

fn without_space(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !b" \t\r\n".contains(byte)).collect()
}
