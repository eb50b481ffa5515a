//! Changed on the way, in one place.

use crate::{lineage, on_dice, permits, present, verifier};
use proptest::prelude::*;
use std::{cell::RefCell, collections::BTreeMap};
use taper::Profile;
use taper_testkit::random::{mutation, permitted};

/// What changes nothing, and is permitted: JSON around the tokens that means the same.
const CHANGES_NOTHING: [&str; 4] = [
    "character escaped",
    "members in another order",
    "unknown member added",
    "white space between JSON tokens",
];

#[test]
fn a_single_mutation_is_denied() {
    let counts: RefCell<BTreeMap<(&str, &str, bool), usize>> = RefCell::default();
    let presentations = RefCell::new(0);
    on_dice(120, |mut dice| {
        let verifier = verifier();
        for profile in [Profile::Jws, Profile::Compact] {
            let chains = lineage(&mut dice, profile);
            let chain = chains.last().unwrap();
            let call = permitted(&mut dice, chain.leaf());
            let sent = present(chain, &call);
            let forms = [("JSON", sent.to_bytes()), ("text", sent.to_text().into_bytes())];
            if !permits(&verifier, &forms[0].1, &call) {
                continue;
            }
            *presentations.borrow_mut() += 1;
            // The JWS profile has one form.
            for (form, sent) in forms.into_iter().skip(usize::from(profile == Profile::Jws)) {
                let form = match profile {
                    Profile::Jws => "JWS",
                    _ if form == "text" => "compact text",
                    _ => "compact bytes",
                };
                for _ in 0..40 {
                    let (mut kind, changed) = mutation(&mut dice, &sent);
                    let permitted = permits(&verifier, &changed, &call);
                    if permitted && form == "JWS" && without_space(&changed) == sent {
                        kind = "white space between JSON tokens";
                    }
                    let nothing = form == "JWS" && CHANGES_NOTHING.contains(&kind);
                    prop_assert_eq!(
                        permitted,
                        nothing,
                        "{} {}: {}",
                        form,
                        kind,
                        String::from_utf8_lossy(&changed)
                    );
                    *counts.borrow_mut().entry((form, kind, permitted)).or_default() += 1;
                }
            }
        }
        Ok(())
    });
    let counts = counts.into_inner();
    println!(
        "{} mutations of {} presentations",
        counts.values().sum::<usize>(),
        presentations.into_inner()
    );
    for ((form, kind, permitted), count) in &counts {
        let verdict = if *permitted { "changes nothing" } else { "denied" };
        println!("  {form}: {kind}: {count} {verdict}");
    }
    // Every harmless one was seen, and denials of enough kinds.
    let harmless: Vec<&str> =
        counts.keys().filter(|(_, _, permitted)| *permitted).map(|(_, kind, _)| *kind).collect();
    assert_eq!(harmless, CHANGES_NOTHING);
    assert!(counts.len() > 35, "{}", counts.len());
}

fn without_space(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !b" \t\r\n".contains(byte)).collect()
}
