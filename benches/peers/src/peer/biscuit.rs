//! biscuit-auth: checks in Datalog, one more block of them per hop. Whoever has the bytes may act:
//! there is no proof of possession to pay for.

use super::{PATH, paths};
use crate::contender::{Call, Contender, highest_head};
use biscuit_auth::{
    AuthorizerBuilder, Biscuit, KeyPair, builder::BlockBuilder, datalog::RunLimits,
};
use std::time::Duration;

/// From the bytes of a token to a permit.
pub fn contender(depth: u8) -> Contender {
    let issuer = KeyPair::new();
    let root = issuer.public();
    let bytes = token(&issuer, depth).to_vec().unwrap();
    // Parsing Datalog is not what is measured: what a call asks is made beforehand.
    let calls = [Call::Granted, Call::Violating].map(request);
    Contender {
        name: "biscuit-auth",
        granted: bytes.clone(),
        violating: bytes,
        forged: vec![(
            "a token of another issuer",
            token(&KeyPair::new(), depth).to_vec().unwrap(),
        )],
        proves: false,
        decide: Box::new(move |bytes, call| {
            let Ok(token) = Biscuit::from(bytes, root) else { return false };
            let request = calls[usize::from(call == Call::Violating)].clone();
            let Ok(mut authorizer) = request.build(&token) else { return false };
            authorizer.authorize_with_limits(limits()).is_ok()
        }),
    }
}

/// Time for a slow machine: the default of 1 ms would deny whenever the scheduler looks away.
fn limits() -> RunLimits {
    RunLimits { max_time: Duration::from_secs(1), ..RunLimits::default() }
}

fn token(issuer: &KeyPair, depth: u8) -> Biscuit {
    let quoted: Vec<String> = paths().iter().map(|path| format!("\"{path}\"")).collect();
    let mut token = Biscuit::builder()
        .check("check if tool(\"read_file\")")
        .and_then(|it| {
            let paths = quoted.join(", ");
            it.check(format!("check if path($path), [{paths}].contains($path)").as_str())
        })
        .and_then(|it| it.check(at_most(highest_head(0)).as_str()))
        .and_then(|it| it.check("check if format($format), $format != \"binary\""))
        .and_then(|it| it.build(issuer))
        .unwrap();
    for hop in 1..depth {
        let block = BlockBuilder::new().check(at_most(highest_head(hop)).as_str()).unwrap();
        token = token.append(block).unwrap();
    }
    token
}

fn at_most(head: u32) -> String {
    format!("check if head($head), $head <= {head}")
}

fn request(call: Call) -> AuthorizerBuilder {
    AuthorizerBuilder::new()
        .fact("tool(\"read_file\")")
        .and_then(|it| it.fact(format!("path(\"{PATH}\")").as_str()))
        .and_then(|it| it.fact(format!("head({})", call.head()).as_str()))
        .and_then(|it| it.fact("format(\"text\")"))
        .and_then(|it| it.policy("allow if true"))
        .unwrap()
}
