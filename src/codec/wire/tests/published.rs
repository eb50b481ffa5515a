//! The vectors that the draft's author publishes, sealed again in the compact profile by the keys
//! that the suite names. Run where `TAPER_AAT02_VECTORS` names the file.

use super::*;
use crate::key::PublicKey;
use alloc::string::ToString as _;
use serde_json::Value as Json;

/// Steps that the compact profile has no way to fail: what they check is implied, or covered by a
/// signature unsaid (`spec/compact-profile.md` section 9).
const BY_CONSTRUCTION: [&str; 11] =
    ["3a", "3c", "3d", "4a", "4c", "4d", "4q", "7a", "7c", "7e", "7f"];

#[derive(Debug, Default)]
struct Counts {
    same: usize,
    by_construction: usize,
    inexpressible: usize,
}

#[test]
fn the_published_vectors_in_the_compact_profile() {
    let Ok(path) = std::env::var("TAPER_AAT02_VECTORS") else {
        return;
    };
    let suite: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut counts = Counts::default();
    for vector in suite["vectors"].as_array().unwrap() {
        let step = vector["expected"]["step"].as_str();
        if step.is_some_and(|step| BY_CONSTRUCTION.contains(&step)) {
            counts.by_construction += 1;
            continue;
        }
        let id = vector["id"].as_str().unwrap();
        match decide_compact(&suite, vector) {
            None => {
                assert!(step.is_some(), "{id} is permitted and cannot be written");
                counts.inexpressible += 1;
            }
            Some(found) => {
                let found = found.err().map(|denied| denied.step().label());
                let fits =
                    |found: &str| step.is_some_and(|step| step.split('/').any(|s| s == found));
                assert!(found.map_or(step.is_none(), fits), "{id}: {found:?}, expected {step:?}");
                counts.same += 1;
            }
        }
    }
    std::println!("{counts:?}");
    assert!(counts.same >= 70, "{counts:?}");
}

/// The verdict on the vector's claims and call in the compact profile; `None` when they cannot be
/// read into claims, or not be written.
fn decide_compact(suite: &Json, vector: &Json) -> Option<Result<(), Denied>> {
    let limits = Limits::default();
    let signer = |token: &Json| {
        let role = &suite["keys"][token["signer"].as_str()?];
        let seed = hex::decode(role["seed_hex"].as_str()?).ok()?;
        Some(SigningKey::from_seed(&seed.try_into().ok()?))
    };
    let tokens = vector["chain"].as_array()?;
    let jws: Vec<&str> = tokens.iter().filter_map(|token| token["compact"].as_str()).collect();
    let claims = UnverifiedChain::from_tokens(jws).claims_unverified(&limits).ok()?;

    let (mut wire, mut digest) =
        Wire::seal_root(Profile::Compact, claims.first()?, &[], &signer(&tokens[0])?).ok()?;
    for ((parent, child), token) in claims.iter().zip(&claims[1..]).zip(&tokens[1..]) {
        let sealed = wire.seal_derived((parent, &digest), child, &[], &signer(token)?);
        (wire, digest) = sealed.ok()?;
    }

    let proof = &vector["pop"]["payload"];
    let text = |claim: &str| proof[claim].as_str().map(Box::<str>::from);
    let content = ProofContent {
        id: TokenId::new(text("jti")?)?,
        issued_at: Timestamp::from_unix(proof["iat"].as_i64()?),
        audience: text("aat_aud"),
        nonce: text("nonce"),
    };
    let now = Timestamp::from_unix(vector["now"].as_i64()?);
    let arguments = vector["args"].to_string();
    // An inadmissible argument is no call in any profile.
    let call = match Invocation::from_json(vector["tool"].as_str()?, arguments.as_bytes()) {
        Ok(call) => call,
        Err(error) => return Some(Err(error.into())),
    };
    let leaf = (claims.last()?, &digest);
    let proof = wire.seal_proof(&claims, leaf, &content, &call, &signer(&vector["pop"])?).ok()?;
    let bytes = wire.write(Some(&proof))?;

    let verifier = verifier(suite, vector);
    let sent = Presentation::parse(&bytes, &limits).ok()?;
    Some(verifier.authorize(&sent, &call, now).map(|_| ()))
}

fn verifier(suite: &Json, vector: &Json) -> Verifier {
    let anchors = suite["trust_anchors"].as_array().unwrap().iter().map(|anchor| {
        let key = PublicKey::from_jwk(anchor["jwk"].to_string().as_bytes()).unwrap();
        TrustAnchor::new(anchor["iss"].as_str().unwrap(), key).unwrap()
    });
    let asked = &vector["policy"];
    let mut policy =
        Policy::for_audience(suite["params"]["audience"].as_str().unwrap()).all_tools_idempotent();
    if asked["require_pop_aud"] == true {
        policy = policy.require_proof_audience();
    }
    if asked["require_chain_aud"] == true {
        policy = policy.require_chain_audience();
    }
    if let Some(nonce) = asked["nonce"].as_str() {
        let nonce = String::from(nonce);
        policy = policy.require_nonce(move |found: &str, _: Timestamp| found == nonce);
    }
    Verifier::new(anchors.collect()).with_policy(policy)
}
