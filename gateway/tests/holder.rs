//! A holder before a guard: what one adds the other takes away.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use taper::{
    ConstraintMap, Grant, HeldChain, Issuer, Policy, Profile, ProofOptions, SigningKey, Timestamp,
    TrustAnchor, TrustAnchors, Verifier, exact,
};
use taper_gateway::{
    Decision, Guard, Holder, Outgoing, RotatingNonces, Target, Tools, demanded_nonce,
};
use taper_testkit::{AUDIENCE, ISSUER, NOW, key};

fn now() -> Timestamp {
    Timestamp::from_unix(NOW)
}

fn chain(profile: Profile, holder: u8) -> HeldChain {
    let files = ConstraintMap::new().require("path", exact("/data/a").unwrap());
    let grant = Grant::to(key(holder).public_key().clone())
        .tool("files/read", files)
        .expires_in(Duration::from_secs(600));
    Issuer::new(ISSUER, key(1)).unwrap().with_profile(profile).issue(grant, now()).unwrap()
}

fn holder(profile: Profile) -> Holder<SigningKey> {
    let options = ProofOptions::default().audience(AUDIENCE);
    Holder::new(chain(profile, 2), key(2), options)
}

fn verifier(policy: Policy) -> Verifier {
    let anchor = TrustAnchor::new(ISSUER, key(1).public_key().clone()).unwrap();
    Verifier::new(TrustAnchors::new().with(anchor)).with_policy(policy)
}

fn tools() -> Tools {
    let target = Target { upstream: 0, name: "read".into(), identifier: "files/read".into() };
    Tools::of_several_servers().with("read", target).unwrap()
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"read","arguments":{"path":"/data/a"}}}"#;

const LIST: &str = r#"{"jsonrpc":"2.0","id":"l","method":"tools/list"}"#;

fn sent(holder: &Holder<SigningKey>, message: &str, nonce: Option<&str>) -> Vec<u8> {
    match holder.outgoing(message.as_bytes(), nonce, now()).unwrap() {
        Outgoing::Send(message) => message,
        other => panic!("{other:?}"),
    }
}

/// Lists the tools through both, so that the holder learns what they are called in tokens.
fn learn(holder: &mut Holder<SigningKey>, guard: &Guard) -> Value {
    let Decision::List(listing) = guard.decide(&sent(holder, LIST, None), now()) else { panic!() };
    let plain: Value = serde_json::from_slice(listing.message()).unwrap();
    assert_eq!(plain["params"], json!({}));
    let answer = json!({"jsonrpc": "2.0", "id": "l", "result": {"tools": [
        {"name": "read", "inputSchema": {"type": "object"}},
        {"name": "write", "inputSchema": {"type": "object"}},
    ]}});
    let shown = listing.narrowed(0, &answer.to_string()).unwrap();
    holder.learn(&shown);
    serde_json::from_str(&shown).unwrap()
}

#[test]
fn a_call_through_both() {
    for profile in [Profile::Jws, Profile::Compact] {
        let mut holder = holder(profile);
        let guard = Guard::new(verifier(Policy::for_audience(AUDIENCE)), tools());
        let shown = learn(&mut holder, &guard);
        assert_eq!(shown["result"]["tools"].as_array().unwrap().len(), 1);
        for _ in 0..3 {
            // Each time with a new proof.
            let Decision::Call(permitted) = guard.decide(&sent(&holder, CALL, None), now()) else {
                panic!()
            };
            let forwarded: Value = serde_json::from_slice(&permitted.message).unwrap();
            let plain: Value = serde_json::from_str(CALL).unwrap();
            assert_eq!(forwarded, plain);
        }
    }
}

#[test]
fn what_the_chain_does_not_permit_is_not_sent() {
    let mut holder = holder(Profile::Jws);
    let guard = Guard::new(verifier(Policy::for_audience(AUDIENCE)), tools());
    let answered = |holder: &Holder<SigningKey>, message: &str| {
        let Outgoing::Answer(answer, denial) =
            holder.outgoing(message.as_bytes(), None, now()).unwrap()
        else {
            panic!("{message}")
        };
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["error"]["data"]["code"], json!(denial.code()));
        denial.code()
    };
    // Before it has learned the names it takes the name for the identifier.
    assert_eq!(answered(&holder, CALL), "tool_not_authorized");
    learn(&mut holder, &guard);
    assert_eq!(answered(&holder, &CALL.replace("/data/a", "/data/b")), "argument_refused");
    assert_eq!(
        answered(&holder, &CALL.replace(r#"{"path":"/data/a"}"#, "[]")),
        "arguments_malformed"
    );
    assert_eq!(answered(&holder, &CALL.replace(r#""name":"read","#, "")), "params_malformed");
    let ping = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert!(matches!(holder.outgoing(ping, None, now()), Ok(Outgoing::Pass)));
    assert!(holder.outgoing(b"{", None, now()).is_err());
}

#[test]
fn a_nonce_that_is_demanded() {
    let nonces = Arc::new(RotatingNonces::new([9; 32], Duration::from_secs(60)));
    let accepted = Arc::clone(&nonces);
    let policy = Policy::for_audience(AUDIENCE)
        .require_nonce(move |nonce: &str, now| taper::Nonces::accepts(&*accepted, nonce, now));
    let guard = Guard::new(verifier(policy), tools()).tell_nonces(nonces);
    let mut holder = holder(Profile::Compact);
    learn(&mut holder, &guard);
    let Decision::Answer(answer, _) = guard.decide(&sent(&holder, CALL, None), now()) else {
        panic!()
    };
    let nonce = demanded_nonce(std::str::from_utf8(&answer).unwrap()).unwrap();
    let again = guard.decide(&sent(&holder, CALL, Some(&nonce)), now());
    assert!(matches!(again, Decision::Call(_)), "{again:?}");
    let other = guard.decide(&sent(&holder, CALL, Some("AAAA")), now());
    assert!(matches!(other, Decision::Answer(..)), "{other:?}");
    for answer in ["{}", r#"{"error":{"code":-31403,"data":{"step":"6b","nonce":"n"}}}"#] {
        assert_eq!(demanded_nonce(answer), None);
    }
}

#[test]
fn what_a_client_presents_itself_is_replaced() {
    let mut holder = holder(Profile::Jws);
    let guard = Guard::new(verifier(Policy::for_audience(AUDIENCE)), tools());
    learn(&mut holder, &guard);
    let message = CALL.replace(
        r#""params":{"#,
        r#""params":{"_meta":{"dev.taper/aat":"tAAAA","progressToken":1},"#,
    );
    let Decision::Call(permitted) = guard.decide(&sent(&holder, &message, None), now()) else {
        panic!()
    };
    let forwarded: Value = serde_json::from_slice(&permitted.message).unwrap();
    assert_eq!(forwarded["params"]["_meta"], json!({"progressToken": 1}));
}

#[test]
fn renewing() {
    let mut holder = holder(Profile::Jws);
    assert!(holder.renew(chain(Profile::Jws, 2)).is_ok());
    assert!(holder.renew(chain(Profile::Jws, 3)).is_err());
    assert_eq!(holder.chain().leaf().holder(), key(2).public_key());
}
