//! Headers and payloads, one a line, root first and the proof's last, each signed by the key whose
//! turn it is: what lies behind the signatures. `$PARENT` and `$LEAF` stand for digests. What is
//! permitted another reader can read, no token of it outlives its parent or starts before it, and
//! every token grants the call.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use taper::{Invocation, Presentation};
use taper_fuzz::{NOW, judged, reads_back, verifier};
use taper_testkit::{Forgery, Jws};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let lines: Vec<&str> = text.lines().take(12).collect();
    let mut signed: Vec<Jws> = (1..)
        .zip(lines.chunks_exact(2))
        .map(|(signer, pair)| Jws {
            header: pair[0].into(),
            payload: pair[1].into(),
            signer,
            break_signature: false,
        })
        .collect();
    let Some(proof) = signed.pop() else { return };
    let sent = Forgery { tokens: signed, proof }.present();
    reads_back(sent.as_bytes());

    let verifier = verifier();
    let Ok(read) = Presentation::parse(sent.as_bytes(), verifier.limits()) else { return };
    let call = Invocation::from_json("read_file", br#"{"path":"/data/q3.pdf"}"#).expect("JSON");
    if judged(&read, &call).is_err() {
        return;
    }
    let mut times: Vec<(i64, i64)> = vec![];
    for pair in lines.chunks_exact(2).take(read.chain().len()) {
        let payload: Value = match serde_json::from_str(pair[1]) {
            Ok(payload) => payload,
            // The other reader stops at 127 levels.
            Err(error) => return assert!(error.to_string().starts_with("recursion limit")),
        };
        let time = |name: &str| payload[name].as_i64().expect("an integer");
        times.push((time("iat"), time("exp")));
    }
    assert!(times.is_sorted_by(|above, below| above.0 <= below.0 && above.1 >= below.1));
    assert!(times.iter().all(|(_, expires)| *expires + 60 > NOW.as_unix()));
    for claims in read.chain().claims_unverified(verifier.limits()).expect("what was permitted") {
        let tool = claims.capabilities().and_then(|tools| tools.tool(call.tool()));
        assert!(tool.expect("the tool").check(call.arguments()).is_ok());
    }
});
