//! Random cases: most of what can be right and wrong, in chains of one to eight tokens.
//!
//! Cases are a function of the seed and their number. What must come of each is what this
//! library's verifier says; two implementations that agree on a hundred thousand of them agree on
//! much.

mod change;
mod compact;
mod dice;
mod json;
mod jws;
mod keys;
mod parallel;
mod plan;
mod rule;
mod tools;
mod widen;

use super::{Profile, Suite, expected::Judgement, judge::judge};
use change::CHANGES;
use compact::Frame;
use dice::Dice;
use json::{Json, Members};
use jws::{Draft, Sent};
use keys::{Keys, base64url};
use plan::{AUDIENCE, Plan};
use widen::{WIDENINGS, widened};

/// Makes random cases.
pub(crate) struct Generator {
    seed: u64,
    profile: Option<Profile>,
    keys: Keys,
}

/// How a presentation is handed over.
enum Shown {
    /// JSON, as it is.
    Json(String),
    Text(String),
    Bytes(Vec<u8>),
}

impl Generator {
    /// Cases of one profile, or of both.
    pub(crate) fn new(seed: u64, profile: Option<Profile>) -> Self {
        Self { seed, profile, keys: Keys::new() }
    }

    /// The members of a file before its vectors, in JSON, with the opening of their list.
    pub(crate) fn head(&self) -> String {
        let members = Json::object([
            ("format", Json::Raw("1".into())),
            ("spec", Json::text("draft-niyikiza-oauth-attenuating-agent-tokens-02")),
            ("group", Json::text("random")),
            ("about", Json::text(format!("Random cases from seed {}.", self.seed))),
            ("operation", Json::text("verify")),
            (
                "params",
                Json::object([
                    ("audience", Json::text(AUDIENCE)),
                    ("max_chain_size", Json::Raw("262144".into())),
                    ("max_constraint_depth", Json::Raw("32".into())),
                    ("max_delegation_depth", Json::Raw("8".into())),
                    ("max_iat_skew", Json::Raw("30".into())),
                    ("max_proof_size", Json::Raw("262144".into())),
                    ("max_token_lifetime", Json::Raw("7776000".into())),
                    ("max_token_size", Json::Raw("65536".into())),
                    ("pop_window", Json::Raw("30".into())),
                ]),
            ),
            ("trust_anchors", self.anchors(plan::ISSUER, 0)),
        ]);
        let mut text = members.plain();
        text.truncate(text.len().saturating_sub(1));
        text.push_str(",\"vectors\":[");
        text
    }

    /// The end of a file.
    pub(crate) const TAIL: &'static str = "]}";

    fn anchors(&self, issuer: &str, key: usize) -> Json {
        let jwk = Json::object([
            ("kty", Json::text("OKP")),
            ("crv", Json::text("Ed25519")),
            ("x", Json::text(self.keys.x(key))),
        ]);
        Json::Array(vec![Json::object([("iss", Json::text(issuer)), ("jwk", jwk)])])
    }

    /// One vector, in JSON.
    fn vector(&self, number: u64) -> String {
        let dice = &mut Dice::new(self.seed, number);
        // Drawn in any case, so that a case is the same among others of its profile.
        let drawn = if dice.chance(50) { Profile::Jws } else { Profile::Compact };
        let profile = self.profile.unwrap_or(drawn);
        let mut plan = Plan::honest(dice);
        let faults = match dice.below(100) {
            0..36 => 0,
            36..92 => 1,
            _ => 2,
        };
        let shown = match profile {
            Profile::Jws => self.show_jws(&mut plan, faults, dice),
            Profile::Compact => self.show_compact(&mut plan, faults, dice),
        };
        let mut members = self.members(number, profile, &plan, shown, dice);
        // The library is asked what anybody will be.
        let judgement = self
            .request(&Json::Object(members.clone()).plain())
            .map_err(|error| error.to_string())
            .and_then(|request| judge(&request));
        members.push(("expected".into(), expected(judgement)));
        Json::Object(members).plain()
    }

    /// A file with one vector.
    pub(crate) fn file_of(&self, vector: &str) -> String {
        format!("{}{vector}{}", self.head(), Self::TAIL)
    }

    fn request(&self, vector: &str) -> Result<String, serde_json::Error> {
        let file = self.file_of("");
        let suite: Suite<'_> = serde_json::from_str(&file)?;
        suite.request(serde_json::from_str(vector)?)
    }

    fn members(
        &self,
        number: u64,
        profile: Profile,
        plan: &Plan,
        shown: Shown,
        dice: &mut Dice,
    ) -> Members {
        let arguments = plan
            .arguments_text
            .clone()
            .unwrap_or_else(|| Json::Object(plan.arguments.clone()).spelled(dice));
        let id = format!("random/{}/{}/{number}", self.seed, profile.as_str());
        let mut members = vec![
            ("id".to_owned(), Json::text(id)),
            ("profile".into(), Json::text(profile.as_str())),
            ("now".into(), Json::integer(plan.now)),
            ("tool".into(), Json::text(plan.tool.clone())),
            ("args_json".into(), Json::text(arguments)),
        ];
        if !plan.policy.is_empty() {
            let policy = plan.policy.iter().map(|(name, value)| ((*name).into(), value.clone()));
            members.push(("policy".into(), Json::Object(policy.collect())));
        }
        if !plan.params.is_empty() {
            let params = plan.params.iter();
            let params = params.map(|(name, value)| ((*name).into(), Json::integer(*value)));
            members.push(("params".into(), Json::Object(params.collect())));
        }
        let (issuer, key) = &plan.anchor;
        if (issuer.as_str(), *key) != (plan::ISSUER, 0) {
            members.push(("trust_anchors".into(), self.anchors(issuer, *key)));
        }
        members.push(match shown {
            Shown::Json(text) => ("presentation".into(), Json::Raw(text)),
            Shown::Text(text) => ("presentation_text".into(), Json::text(text)),
            Shown::Bytes(bytes) => ("presentation_hex".into(), Json::text(hex::encode(bytes))),
        });
        members
    }

    fn show_jws(&self, plan: &mut Plan, faults: usize, dice: &mut Dice) -> Shown {
        let (mut before, mut after, mut shape, mut size) = (0_usize, 0_usize, false, false);
        for _ in 0..faults {
            match dice.below(100) {
                0..30 => change(&CHANGES, plan, dice),
                30..48 => change(&WIDENINGS, plan, dice),
                48..83 => before = before.saturating_add(1),
                83..91 => after = after.saturating_add(1),
                91..95 => shape = true,
                _ => size = true,
            }
        }
        let mut draft = Draft::new(plan, &self.keys, dice);
        for _ in 0..before {
            if let Some(damage) = dice.pick(&jws::BEFORE) {
                damage(&mut draft, dice);
            }
        }
        let mut sent = draft.sign(&self.keys, dice);
        for _ in 0..after {
            if let Some(damage) = dice.pick(&jws::AFTER) {
                damage(&mut sent, dice);
            }
        }
        if size {
            limit_size(plan, &sent.tokens.iter().map(String::len).collect::<Vec<_>>(), dice);
        }
        present(&sent, shape, dice)
    }

    fn show_compact(&self, plan: &mut Plan, faults: usize, dice: &mut Dice) -> Shown {
        let honest = plan.clone();
        let (mut before, mut after, mut size, mut widen) = (0_usize, 0_usize, false, false);
        for _ in 0..faults {
            match dice.below(100) {
                0..38 => change(&CHANGES, plan, dice),
                38..50 => widen = true,
                50..85 => before = before.saturating_add(1),
                85..96 => after = after.saturating_add(1),
                _ => size = true,
            }
        }
        let frame = Frame::new(plan, &self.keys, dice).or_else(|| {
            // The builders refuse some plans; such a case is a right one.
            plan.clone_from(&honest);
            Frame::new(plan, &self.keys, dice)
        });
        let Some(mut frame) = frame else {
            return Shown::Text(String::new());
        };
        // A wide token as it is written under wide parents, put under narrow ones.
        if widen
            && let Some((_, (lenient, child))) = widened(plan, dice)
            && let Some(wide) = Frame::new(&lenient, &self.keys, dice)
        {
            frame.continue_with(wide, child);
        }
        for _ in 0..before {
            if let Some(damage) = dice.pick(&compact::BEFORE) {
                damage(&mut frame, plan, dice);
            }
        }
        if size {
            limit_size(plan, &frame.sizes(), dice);
        }
        let mut bytes = frame.sign(&self.keys);
        for _ in 0..after {
            if let Some(damage) = dice.pick(&compact::AFTER) {
                damage(&mut bytes, dice);
            }
        }
        if dice.chance(30) {
            return Shown::Bytes(bytes);
        }
        let mut text = base64url(&bytes);
        if after > 0 && dice.chance(20) {
            text.push_str(dice.word(&["=", "A", "\n", "+"]));
        }
        Shown::Json(Json::text(text).plain())
    }
}

fn change(of: &[change::Change], plan: &mut Plan, dice: &mut Dice) {
    if let Some(change) = dice.pick(of) {
        change(plan, dice);
    }
}

/// Sets a limit to what just fits, or to one less.
fn limit_size(plan: &mut Plan, sizes: &[usize], dice: &mut Dice) {
    let (name, size) = if dice.chance(50) {
        ("max_token_size", sizes.iter().copied().max().unwrap_or(0))
    } else {
        ("max_chain_size", sizes.iter().copied().fold(0, usize::saturating_add))
    };
    let limit = i64::try_from(size).unwrap_or(0).saturating_sub(dice.between(0, 2));
    plan.params.insert(name, limit);
}

/// The JSON object around tokens and proof (AAT-02 7.4), or what is not quite one.
fn present(sent: &Sent, ill_shaped: bool, dice: &mut Dice) -> Shown {
    let tokens = Json::Array(sent.tokens.iter().map(Json::text).collect());
    let proof = Json::text(&sent.proof);
    let mut members = vec![("aat_chain".to_owned(), tokens), ("aat_pop".into(), proof)];
    if !ill_shaped {
        if dice.chance(5) {
            members.insert(0, ("note".into(), Json::Null));
        }
        return Shown::Json(Json::Object(members).plain());
    }
    let edits = [
        ("aat_chain", "[]"),
        ("aat_chain", "null"),
        ("aat_chain", "[null]"),
        ("aat_chain", r#""a.b.c""#),
        ("aat_pop", "null"),
        ("aat_pop", r#""""#),
        ("aat_pop", r#""tQA""#),
    ];
    match dice.below(10) {
        0 => return Shown::Text(dice.word(&["", "{", "null", " ", "[]", "x", "{}"]).into()),
        1 => members.extend(members.first().cloned()),
        2 => members.truncate(1),
        _ => {
            if let Some((name, value)) = dice.pick(&edits) {
                members.retain(|(member, _)| member != name);
                members.push(((*name).into(), Json::Raw((*value).into())));
            }
        }
    }
    // Members that stand twice are kept only as text.
    Shown::Text(Json::Object(members).plain())
}

fn expected(judgement: Result<Judgement, String>) -> Json {
    let judgement = judgement.unwrap_or_else(|error| Judgement::deny("", "", error));
    let verdict = serde_json::to_string(&judgement.verdict).unwrap_or_default();
    let mut members = vec![("verdict".to_owned(), Json::Raw(verdict))];
    for (name, text) in [("step", judgement.step), ("code", judgement.code)] {
        members.extend(text.map(|text| (name.to_owned(), Json::text(text))));
    }
    let token = judgement.token.map(|token| ("token".to_owned(), Json::Raw(token.to_string())));
    members.extend(token);
    Json::Object(members)
}
