//! macaroon: caveats under a chain of HMACs. Whoever verifies could also issue, and whoever has the
//! bytes may act.

use super::{PATH, paths};
use crate::contender::{Call, Contender, highest_head};
use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use macaroon::{ByteString, Format, Macaroon, MacaroonKey, Verifier};

/// From the bytes of a token to a permit.
pub fn contender(depth: u8) -> Contender {
    macaroon::initialize().unwrap();
    let key = MacaroonKey::generate(b"shared by issuer and verifier");
    let bytes = token(&key, depth);
    let (granted, violating) = (
        verifier(holds::<{ Call::Granted.head() }>),
        verifier(holds::<{ Call::Violating.head() }>),
    );
    let foreign = MacaroonKey::generate(b"of another issuer");
    Contender {
        name: "macaroon",
        granted: bytes.clone(),
        violating: bytes,
        forged: vec![("a token of another issuer", token(&foreign, depth))],
        proves: false,
        decide: Box::new(move |bytes, call| {
            let verifier = match call {
                Call::Granted => &granted,
                Call::Violating => &violating,
            };
            let Ok(token) = Macaroon::deserialize_binary(bytes) else { return false };
            verifier.verify(&token, &key, Vec::new()).is_ok()
        }),
    }
}

fn token(key: &MacaroonKey, depth: u8) -> Vec<u8> {
    let mut token = Macaroon::create(None, key, "1".into()).unwrap();
    token.add_first_party_caveat("tool = read_file".into());
    token.add_first_party_caveat(format!("path in {}", paths().join("|")).into());
    token.add_first_party_caveat("format != binary".into());
    for hop in 0..depth {
        token.add_first_party_caveat(format!("head <= {}", highest_head(hop)).into());
    }
    URL_SAFE.decode(token.serialize(Format::V2).unwrap()).unwrap()
}

/// What a verifier asks about a caveat is a plain function: the call is known at compile time.
fn verifier(holds: fn(&ByteString) -> bool) -> Verifier {
    let mut verifier = Verifier::default();
    verifier.satisfy_exact("tool = read_file".into());
    verifier.satisfy_general(holds);
    verifier
}

fn holds<const HEAD: u32>(caveat: &ByteString) -> bool {
    let Ok(caveat) = std::str::from_utf8(&caveat.0) else { return false };
    if let Some(paths) = caveat.strip_prefix("path in ") {
        paths.split('|').any(|path| path == PATH)
    } else if let Some(format) = caveat.strip_prefix("format != ") {
        format != "text"
    } else if let Some(highest) = caveat.strip_prefix("head <= ") {
        highest.parse().is_ok_and(|highest: u32| HEAD <= highest)
    } else {
        false
    }
}
