//! A plan as JWS tokens. It knows nothing of the rules, and signs whatever it is told.

mod damage;

use super::{
    dice::Dice,
    json::{Json, Members},
    keys::{Keys, base64url},
    plan::{Hop, Plan},
    tools,
};
pub(super) use damage::{AFTER, BEFORE};
use sha2::{Digest as _, Sha256};

/// A chain and a proof before they are signed.
pub(super) struct Draft {
    tokens: Vec<Jws>,
    proof: Jws,
}

struct Jws {
    header: Members,
    claims: Members,
    signer: usize,
}

/// A chain and a proof as they are sent.
pub(super) struct Sent {
    pub(super) tokens: Vec<String>,
    pub(super) proof: String,
}

impl Draft {
    pub(super) fn new(plan: &Plan, keys: &Keys, dice: &mut Dice) -> Self {
        let hops = plan.hops.iter().enumerate();
        let tokens = hops.map(|(depth, hop)| token(plan, depth, hop, keys, dice)).collect();
        let leaf = plan.hops.last().map_or("", |leaf| &leaf.id);
        let said = &plan.proof;
        let mut claims = vec![
            ("jti".to_owned(), Json::text(said.id.clone())),
            ("iat".into(), Json::integer(said.iat)),
            ("aat_id".into(), Json::text(leaf)),
            ("aat_hash".into(), Json::Link),
            ("aat_tool".into(), Json::text(said.tool.clone())),
            ("hta".into(), Json::Object(said.arguments.clone())),
        ];
        let optional = [("aat_aud", &said.audience), ("nonce", &said.nonce)];
        for (name, value) in optional {
            if let Some(value) = value {
                claims.push((name.into(), Json::text(value.clone())));
            }
        }
        let proof = Jws { header: header("aat-pop+jwt", dice), claims, signer: said.signer };
        Self { tokens, proof }
    }

    pub(super) fn sign(&self, keys: &Keys, dice: &mut Dice) -> Sent {
        let mut above = String::new();
        let mut tokens = Vec::new();
        for token in &self.tokens {
            let (text, digest) = token.sign(&above, keys, dice);
            tokens.push(text);
            above = digest;
        }
        let (proof, _) = self.proof.sign(&above, keys, dice);
        Sent { tokens, proof }
    }
}

impl Jws {
    /// The token, and the digest of its signing input.
    fn sign(&self, above: &str, keys: &Keys, dice: &mut Dice) -> (String, String) {
        let linked = |(name, value): &(String, Json)| match value {
            Json::Link => (name.clone(), Json::text(above)),
            value => (name.clone(), value.clone()),
        };
        let claims = Json::Object(self.claims.iter().map(linked).collect());
        let header = Json::Object(self.header.clone()).spelled(dice);
        let [header, payload] = [header, claims.spelled(dice)].map(|t| base64url(t.as_bytes()));
        let input = format!("{header}.{payload}");
        let signature = base64url(&keys.sign(self.signer, input.as_bytes()));
        (format!("{input}.{signature}"), base64url(&Sha256::digest(&input)))
    }
}

fn header(typ: &str, dice: &mut Dice) -> Members {
    let mut header =
        vec![("alg".to_owned(), Json::text("Ed25519")), ("typ".into(), Json::text(typ))];
    if dice.chance(15) {
        let kid = dice.word(&["issuer", "holder", ""]);
        header.push(("kid".into(), Json::text(kid)));
    }
    header
}

fn token(plan: &Plan, depth: usize, hop: &Hop, keys: &Keys, dice: &mut Dice) -> Jws {
    let issuer = if depth == 0 { plan.issuer.clone() } else { keys.uri(depth) };
    let holder = keys.x(depth.saturating_add(1));
    let jwk = Json::object([
        ("kty", Json::text("OKP")),
        ("crv", Json::text("Ed25519")),
        ("x", Json::text(holder)),
    ]);
    let capability = Json::object([
        ("type", Json::text("attenuating_agent_token")),
        ("tools", tools::to_json(&hop.tools, dice)),
    ]);
    let mut details = vec![capability];
    if dice.chance(5) {
        // An entry of another type is ignored.
        details.push(Json::object([("type", Json::text("other")), ("tools", Json::Null)]));
    }
    let mut claims = vec![
        ("jti".to_owned(), Json::text(hop.id.clone())),
        ("iss".into(), Json::text(issuer)),
        ("iat".into(), Json::integer(hop.iat)),
        ("exp".into(), Json::integer(hop.exp)),
        ("del_depth".into(), Json::Raw(depth.to_string())),
        ("del_max_depth".into(), Json::integer(hop.max_depth)),
        ("cnf".into(), Json::object([("jwk", jwk)])),
        ("authorization_details".into(), Json::Array(details)),
    ];
    if depth > 0 {
        claims.push(("par_hash".into(), Json::Link));
    }
    if !hop.audience.is_empty() {
        let mut names: Vec<Json> = hop.audience.iter().map(Json::text).collect();
        let aud = if names.len() == 1 && dice.chance(50) { names.pop() } else { None };
        claims.push(("aud".into(), aud.unwrap_or(Json::Array(names))));
    }
    if dice.chance(10) {
        // A claim that is not defined is ignored.
        claims.push(("note".into(), Json::value(dice, 2)));
    }
    Jws { header: header("aat+jwt", dice), claims, signer: hop.signer }
}
