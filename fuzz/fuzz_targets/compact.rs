//! Bodies of compact tokens, root first and the proof's last, with 0xff 0xff between them, each
//! signed by the key whose turn it is: what lies behind the signatures. What is permitted every
//! token grants, and no token of it outlives its parent or is deeper than that allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taper::{Invocation, Presentation};
use taper_fuzz::{judged, reads_back, verifier};
use taper_testkit::{
    CompactForgery,
    compact::{CompactProof, CompactToken},
    key,
};

fuzz_target!(|bytes: &[u8]| {
    let mut bodies: Vec<Vec<u8>> = vec![vec![]];
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = match after.split_first() {
            Some((0xff, after)) if *byte == 0xff => {
                bodies.push(vec![]);
                after
            }
            _ => {
                bodies.last_mut().expect("one").push(*byte);
                after
            }
        };
    }
    bodies.truncate(7);
    let proof = (bodies.len() > 1).then(|| bodies.pop().expect("the last"));
    let signer = u8::try_from(bodies.len()).expect("few") + 1;
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).expect("JSON");
    let tokens = (1..).zip(bodies).map(|(signer, body)| CompactToken {
        holder: key(signer + 1).public_key().as_bytes().to_vec(),
        body,
        signer,
        break_signature: false,
    });
    let sent = CompactForgery {
        hint: key(1).public_key().as_bytes()[0],
        tokens: tokens.collect(),
        proof: proof.map(|body| CompactProof {
            body,
            tool: call.tool().into(),
            arguments: call.arguments().to_jcs(),
            signer,
            break_signature: false,
        }),
    };
    let sent = sent.bytes();
    reads_back(&sent);

    let verifier = verifier();
    let Ok(read) = Presentation::parse(&sent, verifier.limits()) else { return };
    if judged(&read, &call).is_err() {
        return;
    }
    let claims = read.chain().claims_unverified(verifier.limits()).expect("what was permitted");
    assert!(claims.is_sorted_by(|above, below| above.expires_at() >= below.expires_at()));
    assert!(claims.is_sorted_by(|above, below| above.max_depth() >= below.depth()));
    for claims in claims {
        let tool = claims.capabilities().and_then(|tools| tools.tool(call.tool()));
        assert!(tool.expect("the tool").check(call.arguments()).is_ok());
    }
});
