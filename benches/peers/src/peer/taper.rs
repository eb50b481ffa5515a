//! Taper's two profiles: from nothing, and with a chain that is verified already.

use super::PATH;
use crate::{
    contender::{Call, Contender},
    scenario::{self, NOW, chain, key, verifier},
};
use std::hint::black_box;
use taper::{
    ChainCache, HeldChain, Invocation, Presentation, Profile, ProofOptions, PublicKey, Signer,
    SigningKey, at_most,
    key::{SignError, Signature},
};

/// Every way that Taper decides one call.
pub fn contenders(depth: u8) -> Vec<Contender> {
    vec![
        cold("taper compact", Profile::Compact, depth),
        cold("taper JWS", Profile::Jws, depth),
        cached("taper compact, chain cached", Profile::Compact, depth),
        cached("taper JWS, chain cached", Profile::Jws, depth),
    ]
}

/// From the bytes of a presentation to a permit, nothing kept from before.
fn cold(name: &'static str, profile: Profile, depth: u8) -> Contender {
    let verifier = verifier();
    let calls = Calls::new();
    contender(name, &chain(profile, depth), move |bytes, call| {
        let Ok(sent) = Presentation::parse(bytes, verifier.limits()) else { return false };
        verifier.authorize(&sent, calls.get(call), NOW).is_ok()
    })
}

/// From the same bytes, by an enforcement point with a cache of chains, which has seen this one.
fn cached(name: &'static str, profile: Profile, depth: u8) -> Contender {
    let issued = chain(profile, depth);
    let verifier = verifier().with_chain_cache(ChainCache::default());
    verifier.verify_chain(&issued.0.as_unverified(), NOW).unwrap();
    let calls = Calls::new();
    contender(name, &issued, move |bytes, call| {
        let Ok(sent) = Presentation::parse(bytes, verifier.limits()) else { return false };
        verifier.authorize(&sent, calls.get(call), NOW).is_ok()
    })
}

/// Decides as many calls together from their bytes, of as many agents whose chains of three are in
/// the cache.
pub fn together(profile: Profile, count: u8) -> impl Fn() {
    let (above, holder) = chain(profile, 2);
    let verifier = verifier().with_chain_cache(ChainCache::default());
    let sent: Vec<Vec<u8>> = (0..count)
        .map(|n| {
            let agent = key(100 + n);
            let leaf = scenario::hand_on(&above, &holder, &agent);
            verifier.verify_chain(&leaf.as_unverified(), NOW).unwrap();
            present(&leaf, &agent, Call::Granted)
        })
        .collect();
    let call = scenario::call();
    move || {
        let parse = |bytes| Presentation::parse(black_box(bytes), verifier.limits()).unwrap();
        let sent: Vec<_> = sent.iter().map(|bytes| parse(bytes)).collect();
        let calls: Vec<_> = sent.iter().map(|sent| (sent, &call)).collect();
        assert!(verifier.authorize_many(&calls, NOW).iter().all(Result::is_ok));
    }
}

/// Derives one hop below a chain of two, the narrowing checked, and signs it.
pub fn derive(profile: Profile) -> impl Fn() {
    let (held, holder) = chain(profile, 2);
    let next = key(77).public_key().clone();
    move || {
        let hop = held.derive(&holder).to(next.clone());
        black_box(hop.narrow("read_file", "head", at_most(500)).sign(NOW).unwrap());
    }
}

fn contender(
    name: &'static str,
    (held, holder): &(HeldChain, SigningKey),
    decide: impl Fn(&[u8], Call) -> bool + 'static,
) -> Contender {
    let thief = Thief { claimed: holder.public_key().clone(), own: key(200) };
    Contender {
        name,
        granted: present(held, holder, Call::Granted),
        violating: present(held, holder, Call::Violating),
        forged: vec![("a proof by another key", present(held, &thief, Call::Granted))],
        proves: true,
        decide: Box::new(decide),
    }
}

fn present(held: &HeldChain, holder: &impl Signer, call: Call) -> Vec<u8> {
    let call = invocation(call);
    let proof = held.prove_unchecked(holder, &call, &ProofOptions::default(), NOW).unwrap();
    held.present(proof).to_bytes()
}

fn invocation(call: Call) -> Invocation {
    if call == Call::Granted {
        return scenario::call();
    }
    let arguments = format!(r#"{{"path":"{PATH}","head":{},"format":"text"}}"#, call.head());
    Invocation::from_json("read_file", arguments.as_bytes()).unwrap()
}

struct Calls {
    granted: Invocation,
    violating: Invocation,
}

impl Calls {
    fn new() -> Self {
        Self { granted: invocation(Call::Granted), violating: invocation(Call::Violating) }
    }

    fn get(&self, call: Call) -> &Invocation {
        match call {
            Call::Granted => &self.granted,
            Call::Violating => &self.violating,
        }
    }
}

/// Has the chain, but not the key that it is bound to.
struct Thief {
    claimed: PublicKey,
    own: SigningKey,
}

impl Signer for Thief {
    fn public_key(&self) -> &PublicKey {
        &self.claimed
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        Signer::sign(&self.own, message)
    }
}
