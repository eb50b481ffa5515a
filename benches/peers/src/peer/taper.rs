//! Taper's two profiles: from nothing, and with a chain that is verified already.

use super::PATH;
use crate::{
    contender::{Call, Contender},
    scenario::{self, NOW, chain, key, verifier},
};
use std::hint::black_box;
use taper::{
    HeldChain, Invocation, Presentation, Profile, ProofOptions, PublicKey, Signer, SigningKey,
    at_most,
    key::{SignError, Signature},
};

/// Every way that Taper decides a call. A cache, and deciding many at once, belong here.
pub fn contenders(depth: u8) -> Vec<Contender> {
    vec![
        cold("taper compact", Profile::Compact, depth),
        cold("taper JWS", Profile::Jws, depth),
        warm("taper compact, chain known", Profile::Compact, depth),
        warm("taper JWS, chain known", Profile::Jws, depth),
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

/// From the same bytes, by an enforcement point that keeps one verified chain and sees that it is
/// this one: what is left is the proof and the call.
fn warm(name: &'static str, profile: Profile, depth: u8) -> Contender {
    let issued = chain(profile, depth);
    let held = &issued.0;
    let verifier = verifier();
    let known = Known::new(held);
    let verified = verifier.verify_chain(&held.as_unverified(), NOW).unwrap();
    let calls = Calls::new();
    contender(name, &issued, move |bytes, call| {
        let Ok(sent) = Presentation::parse(bytes, verifier.limits()) else { return false };
        if !known.is_in(&sent, bytes) {
            return false;
        }
        let checked = verifier.check(&verified, sent.proof(), calls.get(call), NOW);
        checked.and_then(|checked| verifier.commit(checked, NOW)).is_ok()
    })
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

/// A chain that an enforcement point has seen before.
struct Known {
    bytes: Vec<u8>,
    tokens: Vec<String>,
    depth: usize,
}

impl Known {
    fn new(held: &HeldChain) -> Self {
        let tokens = held.as_unverified().jws_tokens().into_iter().map(str::to_owned).collect();
        Self { bytes: held.to_bytes(), tokens, depth: held.len() }
    }

    /// Whether a presentation carries exactly this chain.
    fn is_in(&self, sent: &Presentation<'_>, bytes: &[u8]) -> bool {
        match sent.chain().profile() {
            Profile::Jws => sent.chain().jws_tokens() == self.tokens,
            // A proof sets the flag in byte 2, and its signature stands after those of the chain.
            _ => {
                let (head, bodies) = self.bytes.split_at(4 + 96 * self.depth);
                bytes.starts_with(&head[..2])
                    && bytes.get(3..head.len()) == Some(&head[3..])
                    && bytes.get(head.len() + 64..).is_some_and(|rest| rest.starts_with(bodies))
            }
        }
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
