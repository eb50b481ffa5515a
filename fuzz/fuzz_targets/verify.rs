//! An honest presentation, drawn from the bytes, and one change to it: what was sent is permitted,
//! what was changed is denied unless it says the same, and a verifier that remembers chains, or
//! decides several calls together, says the same as a plain one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{ChainCache, Denied, Invocation, Place, Presentation, Profile, Step, Verifier};
use taper_fuzz::{NOW, lineage, present, verifier};
use taper_testkit::random::{Dice, mutation, permitted};

/// JSON around the tokens that means the same.
const SAYS_THE_SAME: [&str; 4] = [
    "character escaped",
    "members in another order",
    "unknown member added",
    "white space between JSON tokens",
];

type Verdict = Result<(), (Step, &'static str, Place)>;

fn verdict<T>(decided: Result<T, Denied>) -> Verdict {
    decided.map(|_| ()).map_err(|denied| (denied.step(), denied.code(), denied.place()))
}

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::rolling(bytes);
    let profile = if dice.once_in(2) { Profile::Jws } else { Profile::Compact };
    let chains = lineage(&mut dice, profile);
    let chain = &chains[dice.below(chains.len())];
    let call = permitted(&mut dice, chain.leaf());
    let honest = present(chain, &call);
    let plain = verifier();
    let cached = verifier().with_chain_cache(ChainCache::default());
    let permits = decide(&plain, &honest, &call);
    let granted = chain.claims().iter().all(|claims| {
        let tool = claims.capabilities().and_then(|tools| tools.tool(call.tool()));
        tool.is_some_and(|map| map.check(call.arguments()).is_ok())
    });
    assert_eq!(permits.is_ok(), granted, "{permits:?}");
    assert_eq!(decide(&cached, &honest, &call), permits);
    for _ in 0..4 {
        let (kind, changed) = mutation(&mut dice, &honest);
        let expected = decide(&plain, &changed, &call);
        assert_eq!(decide(&cached, &changed, &call), expected, "{kind}");
        let sent: Vec<_> = [&changed, &honest]
            .into_iter()
            .filter_map(|bytes| Presentation::parse(bytes, plain.limits()).ok())
            .collect();
        let calls: Vec<_> = sent.iter().map(|sent| (sent, &call)).collect();
        for verifier in [&plain, &cached] {
            let together = verifier.authorize_many(&calls, NOW).into_iter().map(verdict);
            let one_by_one =
                calls.iter().map(|(sent, call)| verdict(plain.authorize(sent, call, NOW)));
            assert!(together.eq(one_by_one), "{kind}");
        }
        let same = SAYS_THE_SAME.contains(&kind) || without_space(&changed) == honest;
        assert!(expected.is_err() || (profile == Profile::Jws && same), "{kind}");
    }
});

fn decide(verifier: &Verifier, sent: &[u8], call: &Invocation) -> Verdict {
    verdict(
        Presentation::parse(sent, verifier.limits())
            .and_then(|sent| verifier.authorize(&sent, call, NOW).map(|_| ())),
    )
}

fn without_space(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !b" \t\r\n".contains(byte)).collect()
}
