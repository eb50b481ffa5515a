//! What can be wrong with JWS tokens and proofs alone.

use super::{Draft, Jws, Sent};
use crate::vectors::random::{
    dice::Dice,
    json::{Json, Members},
};

/// Before signing: the signer's fault, or malice.
pub(in super::super) const BEFORE: [fn(&mut Draft, &mut Dice); 13] = [
    header,
    repeat_a_claim,
    time,
    depth,
    link,
    id,
    issuer,
    holder,
    details,
    capability,
    constraint,
    audience,
    proof_claim,
];

/// After signing: on the way.
pub(in super::super) const AFTER: [fn(&mut Sent, &mut Dice); 5] =
    [flip, cut_segments, pad, drop_a_token, turn_tokens];

/// A token or the proof.
fn any<'d>(draft: &'d mut Draft, dice: &mut Dice) -> Option<&'d mut Jws> {
    if dice.chance(30) { Some(&mut draft.proof) } else { dice.pick_mut(&mut draft.tokens) }
}

fn set(members: &mut Members, name: &str, value: Json) {
    match members.iter_mut().find(|(member, _)| member == name) {
        Some((_, old)) => *old = value,
        None => members.push((name.into(), value)),
    }
}

fn get<'m>(members: &'m mut Members, name: &str) -> Option<&'m mut Json> {
    members.iter_mut().find(|(member, _)| member == name).map(|(_, value)| value)
}

/// Puts one of some raw texts, or nothing, in the place of a claim.
fn replace(claims: &mut Members, name: &str, with: &[&'static str], dice: &mut Dice) {
    if dice.chance(15) {
        claims.retain(|(claim, _)| claim != name);
    } else {
        set(claims, name, Json::Raw(dice.word(with).into()));
    }
}

fn header(draft: &mut Draft, dice: &mut Dice) {
    let Some(jws) = any(draft, dice) else { return };
    let edits = [
        ("alg", r#""EdDSA""#),
        ("alg", r#""none""#),
        ("alg", r#""ed25519""#),
        ("alg", r#"["Ed25519"]"#),
        ("typ", r#""JWT""#),
        ("typ", r#""AAT+JWT""#),
        ("typ", r#""application/aat+jwt""#),
        ("typ", "null"),
        ("crit", "[]"),
        ("crit", r#"["exp"]"#),
        ("b64", "false"),
        ("jwk", r#"{"kty":"OKP"}"#),
    ];
    if dice.chance(10) {
        jws.header.push(("alg".into(), Json::text("Ed25519")));
    } else if let Some((name, value)) = dice.pick(&edits) {
        set(&mut jws.header, name, Json::Raw((*value).into()));
    }
}

fn repeat_a_claim(draft: &mut Draft, dice: &mut Dice) {
    let Some(jws) = any(draft, dice) else { return };
    if dice.chance(50) {
        let claims = jws.claims.clone();
        jws.claims.extend(dice.pick(&claims).cloned());
    } else {
        let twice = r#"{"a":1,"\u0061":1}"#;
        jws.claims.push(("note".into(), Json::Raw(twice.into())));
    }
}

fn time(draft: &mut Draft, dice: &mut Dice) {
    let Some(jws) = any(draft, dice) else { return };
    let name = dice.word(&["iat", "exp"]);
    let texts = ["1704067200.0", "17e8", r#""1704067200""#, "null", "-1", "99999999999999999999"];
    replace(&mut jws.claims, name, &texts, dice);
}

fn depth(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let name = dice.word(&["del_depth", "del_max_depth"]);
    let texts = ["0", "1", "2", "3", "-0", "-1", "1.0", r#""1""#, "null", "4294967296"];
    replace(&mut token.claims, name, &texts, dice);
}

fn link(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let texts = ["null", "1", r#""""#, r#""AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#];
    replace(&mut token.claims, "par_hash", &texts, dice);
}

fn id(draft: &mut Draft, dice: &mut Dice) {
    let Some(jws) = any(draft, dice) else { return };
    replace(&mut jws.claims, "jti", &[r#""""#, r#""""#, "1", r#""\u006ew""#], dice);
}

fn issuer(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let texts = ["null", r#""""#, r#""urn:ietf:params:oauth:jwk-thumbprint:sha-256:""#];
    replace(&mut token.claims, "iss", &texts, dice);
}

fn holder(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let Some(Json::Object(cnf)) = get(&mut token.claims, "cnf") else { return };
    let Some(Json::Object(jwk)) = get(cnf, "jwk") else { return };
    let edits = [
        ("d", r#""AAAA""#),
        ("k", "null"),
        ("kty", r#""EC""#),
        ("crv", r#""X25519""#),
        ("use", r#""enc""#),
        // Of small order, not canonical, off the curve, with a trailing bit, padded.
        ("x", r#""AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#),
        ("x", r#""7v___________________________________________38""#),
        ("x", r#""AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#),
        ("x", r#""AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB""#),
        ("x", r#""AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=""#),
    ];
    if dice.chance(10) {
        replace(&mut token.claims, "cnf", &["{}", "null", r#"{"jwk":"x"}"#], dice);
    } else if let Some((name, value)) = dice.pick(&edits) {
        set(jwk, name, Json::Raw((*value).into()));
    }
}

fn details(draft: &mut Draft, dice: &mut Dice) {
    let place = if dice.chance(40) { draft.tokens.len() } else { dice.below(draft.tokens.len()) };
    let Some(token) = draft.tokens.iter_mut().take(place.max(1)).last() else { return };
    let texts = ["[]", "{}", "null", r#"[null,{"type":"other"}]"#, "[]"];
    replace(&mut token.claims, "authorization_details", &texts, dice);
}

fn capability(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let Some(Json::Array(details)) = get(&mut token.claims, "authorization_details") else {
        return;
    };
    if dice.chance(30) {
        details.extend(details.first().cloned());
        return;
    }
    let Some(Json::Object(entry)) = details.first_mut() else { return };
    match dice.below(3) {
        0 => set(entry, "locations", Json::Array(vec![])),
        1 => replace(entry, "tools", &["[]", "null", r#"{"read_file":[]}"#], dice),
        _ => replace(entry, "type", &[r#""attenuating_agent_token ""#, "1"], dice),
    }
}

/// Constraints that no token may carry, and some that one may.
const CONSTRAINTS: [&str; 27] = [
    "true",
    "{}",
    r#"{"constraint_type":"Exact","value":1}"#,
    r#"{"constraint_type":"path_containment","root":"/data"}"#,
    r#"{"constraint_type":"exact"}"#,
    r#"{"constraint_type":"exact","value":[1]}"#,
    r#"{"constraint_type":"exact","value":9007199254740993}"#,
    r#"{"constraint_type":"exact","value":1.00000000000000001}"#,
    r#"{"constraint_type":"contains","required":[{"a":[1e-400]}]}"#,
    r#"{"constraint_type":"not_one_of","excluded":[9007199254740993]}"#,
    r#"{"constraint_type":"exact","value":1,"values":[1]}"#,
    r#"{"constraint_type":"exact","value":1,"optional":"true"}"#,
    r#"{"constraint_type":"range","min":2,"max":1}"#,
    r#"{"constraint_type":"range","min":"1"}"#,
    r#"{"constraint_type":"range","max":1,"min_inclusive":true}"#,
    r#"{"constraint_type":"range","min":1e400}"#,
    r#"{"constraint_type":"range","min":1,"max":1,"min_inclusive":false}"#,
    r#"{"constraint_type":"one_of","values":[]}"#,
    r#"{"constraint_type":"one_of","values":"a"}"#,
    r#"{"constraint_type":"one_of","values":[1.00000000000000001]}"#,
    r#"{"constraint_type":"not_one_of","excluded":[]}"#,
    r#"{"constraint_type":"subset","allowed":{}}"#,
    r#"{"constraint_type":"wildcard","value":1}"#,
    r#"{"constraint_type":"all","constraints":[]}"#,
    r#"{"constraint_type":"any","constraints":[{"constraint_type":"all","constraints":[]}]}"#,
    r#"{"constraint_type":"all","constraints":[{"constraint_type":"wildcard","optional":true}]}"#,
    r#"{"constraint_type":"any","constraints":{"constraint_type":"wildcard"}}"#,
];

fn constraint(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let Some(Json::Array(details)) = get(&mut token.claims, "authorization_details") else {
        return;
    };
    let Some(Json::Object(entry)) = details.first_mut() else { return };
    let Some(Json::Object(tools)) = get(entry, "tools") else { return };
    let Some((_, Json::Object(map))) = dice.pick_mut(tools) else { return };
    let text = match dice.below(10) {
        0 => nested(dice.below(4).saturating_add(30)),
        _ => dice.word(&CONSTRAINTS).to_owned(),
    };
    match dice.below(3) {
        0 => set(map, "*", Json::Raw(text)),
        1 => {
            // Optional, so that calls do not need it.
            let text = match text.strip_suffix('}') {
                Some(open) if open.len() > 1 => format!(r#"{open},"optional":true}}"#),
                _ => text,
            };
            set(map, "more", Json::Raw(text));
        }
        _ => match dice.pick_mut(map) {
            Some((_, old)) => *old = Json::Raw(text),
            None => set(map, "*", Json::Raw(text)),
        },
    }
}

/// So many constraints within each other.
fn nested(depth: usize) -> String {
    let outer = depth.saturating_sub(1);
    let open = r#"{"constraint_type":"all","constraints":["#.repeat(outer);
    format!(r#"{open}{{"constraint_type":"wildcard"}}{}"#, "]}".repeat(outer))
}

fn audience(draft: &mut Draft, dice: &mut Dice) {
    let Some(token) = dice.pick_mut(&mut draft.tokens) else { return };
    let texts = [
        "[]",
        "null",
        "1",
        r#"["https://tools.example.com",1]"#,
        r#""https://tools.example.com/""#,
    ];
    replace(&mut token.claims, "aud", &texts, dice);
}

fn proof_claim(draft: &mut Draft, dice: &mut Dice) {
    let claims = &mut draft.proof.claims;
    let name = dice.word(&["aat_id", "aat_hash", "aat_tool", "hta", "aat_aud", "nonce"]);
    replace(claims, name, &["null", r#""""#, "1", "{}", "[]", r#""other""#], dice);
}

/// A token or the proof.
fn any_sent<'s>(sent: &'s mut Sent, dice: &mut Dice) -> Option<&'s mut String> {
    if dice.chance(30) { Some(&mut sent.proof) } else { dice.pick_mut(&mut sent.tokens) }
}

/// Another character in one place.
fn flip(sent: &mut Sent, dice: &mut Dice) {
    let Some(text) = any_sent(sent, dice) else { return };
    let place = dice.below(text.len());
    let with = dice.word(&["A", "b", "_", "-", ".", "=", "+", " "]);
    let flipped = text.chars().enumerate().map(|(n, c)| match with.chars().next() {
        Some(with) if n == place => with,
        _ => c,
    });
    *text = flipped.collect();
}

fn cut_segments(sent: &mut Sent, dice: &mut Dice) {
    let Some(text) = any_sent(sent, dice) else { return };
    let kept = dice.below(3);
    let parts: Vec<&str> = text.split('.').take(kept).collect();
    *text = parts.join(".");
}

fn pad(sent: &mut Sent, dice: &mut Dice) {
    let Some(text) = any_sent(sent, dice) else { return };
    text.push_str(dice.word(&["=", "\n", " ", ".", "A"]));
}

fn drop_a_token(sent: &mut Sent, dice: &mut Dice) {
    let place = dice.below(sent.tokens.len());
    let kept = sent.tokens.iter().enumerate().filter(|(n, _)| *n != place);
    sent.tokens = kept.map(|(_, token)| token.clone()).collect();
}

fn turn_tokens(sent: &mut Sent, dice: &mut Dice) {
    let by = dice.below(sent.tokens.len());
    sent.tokens.rotate_left(by);
}
