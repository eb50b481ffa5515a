//! Tokens below the root.

use super::{Token, chain, jwk, seed};
use crate::{
    NOW,
    vectors::{Expected, Vector},
};
use serde_json::{Map, Value, json};

/// What is asked for. Without a member the child has its parent's.
#[derive(Clone, Default)]
struct Ask {
    tools: Option<&'static str>,
    exp: Option<i64>,
    max_depth: Option<u32>,
    aud: Option<Value>,
}

struct Case {
    title: &'static str,
    shows: &'static str,
    above: Vec<Token>,
    seed: u8,
    holder: u8,
    now: i64,
    ask: Ask,
}

impl Case {
    fn of(title: &'static str, ask: Ask) -> Self {
        let above = vec![Token::root()];
        Self { title, shows: "J-44", above, seed: 2, holder: 3, now: NOW + 60, ask }
    }

    fn vector(&self, expected: Expected) -> Vector {
        let mut grant = Map::new();
        grant.insert("holder".into(), jwk(self.holder));
        grant.insert("jti".into(), json!("child-1"));
        let Ask { tools, exp, max_depth, aud } = self.ask.clone();
        grant.extend(exp.map(|exp| ("exp".into(), json!(exp))));
        grant.extend(max_depth.map(|depth| ("max_depth".into(), json!(depth))));
        grant.extend(tools.map(|tools| ("tools".into(), json!(tools))));
        grant.extend(aud.map(|aud| ("aud".into(), aud)));
        Vector::new(self.title, expected)
            .shows(self.shows)
            .with("profile", "jws")
            .with("chain", chain(&self.above))
            .with("seed_hex", seed(self.seed))
            .with("now", self.now)
            .with("grant", grant)
    }

    /// With the child as it has to be, changed by `written` where that differs from the parent's.
    fn makes(&self, written: impl Fn(&mut Token)) -> Vector {
        let mut child = self.above[self.above.len() - 1].child("child-1");
        child.holder = self.holder;
        child.iat = self.now;
        written(&mut child);
        let mut tokens = self.above.clone();
        tokens.push(child);
        self.vector(Expected::output(json!(chain(&tokens))))
    }

    fn refused(&self, step: &'static str, code: &'static str) -> Vector {
        self.vector(Expected::refuse_with(step, code)).edit_of("the same authority", self.title)
    }
}

const NARROWED: &str =
    r#"{"read_file":{"path":{"constraint_type":"exact","value":"/data/q3.pdf"}}}"#;

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors = made();
    vectors.extend(refused());
    vectors
}

fn made() -> Vec<Vector> {
    let root = Token::root();
    let plain = Case::of("the same authority", Ask::default());
    let tools = |title, tools: &'static str| {
        Case::of(title, Ask { tools: Some(tools), ..Ask::default() })
            .makes(move |child| child.tools = tools.into())
    };
    let two = {
        let mut child = root.child("middle-1");
        child.iat = NOW + 10;
        vec![root.clone(), child]
    };
    let three = {
        let mut child = two[1].child("middle-2");
        child.iat = NOW + 20;
        let mut three = two.clone();
        three.push(child);
        three
    };
    vec![
        plain.makes(|_| ()),
        tools("narrowed to one value", NARROWED),
        tools(
            "an optional argument left out",
            r#"{"read_file":{"path":{"constraint_type":"one_of","values":["/data/q3.pdf","/data/q4.pdf"]}}}"#,
        ),
        tools(
            "an optional argument required",
            r#"{"read_file":{"head":{"constraint_type":"range","max":10,"min":1},"path":{"constraint_type":"exact","value":"/data/q4.pdf"}}}"#,
        ),
        tools(
            "an argument named that the star admitted",
            r#"{"search":{"lang":{"constraint_type":"exact","value":"en"},"q":{"constraint_type":"wildcard"}}}"#,
        ),
        tools("no tools at all", "{}"),
        Case::of("expiring earlier", Ask { exp: Some(NOW + 300), ..Ask::default() })
            .makes(|child| child.exp = NOW + 300),
        Case::of("terminal", Ask { max_depth: Some(1), ..Ask::default() })
            .makes(|child| child.max_depth = 1),
        Case::of(
            "for one audience",
            Ask { aud: Some(json!("https://a.example")), ..Ask::default() },
        )
        .makes(|child| child.aud = Some(r#""https://a.example""#)),
        Case::of(
            "for audiences out of order",
            Ask { aud: Some(json!(["b", "a", "b"])), ..Ask::default() },
        )
        .makes(|child| child.aud = Some(r#"["a","b"]"#)),
        Case { now: NOW - 20, ..Case::of("a clock behind the parent's", Ask::default()) }
            .makes(|child| child.iat = NOW),
        Case {
            above: two,
            seed: 3,
            holder: 4,
            ..Case::of("below a derived token", Ask { tools: Some(NARROWED), ..Ask::default() })
        }
        .makes(|child| child.tools = NARROWED.into()),
        Case { above: three, seed: 4, holder: 5, ..Case::of("at the ceiling", Ask::default()) }
            .makes(|_| ()),
    ]
}

fn refused() -> Vec<Vector> {
    let tools = |title, step, code, tools: &'static str| {
        Case::of(title, Ask { tools: Some(tools), ..Ask::default() }).refused(step, code)
    };
    let root = Token::root();
    let closed = vec![Token { max_depth: 0, ..root.clone() }];
    vec![
        tools("a tool more", "4p1", "tool_added", r#"{"delete":{}}"#),
        tools(
            "an argument more",
            "4p2",
            "argument_added",
            r#"{"read_file":{"mode":{"constraint_type":"wildcard"},"path":{"constraint_type":"exact","value":"/data/q3.pdf"}}}"#,
        ),
        tools(
            "a required argument dropped",
            "4p2",
            "required_argument_dropped",
            r#"{"read_file":{"head":{"constraint_type":"range","max":100,"optional":true}}}"#,
        ),
        tools("everything admitted", "4p2", "required_argument_dropped", r#"{"search":{}}"#),
        tools(
            "the star added",
            "4p2",
            "unnamed_added",
            r#"{"read_file":{"*":{"constraint_type":"wildcard"},"head":{"constraint_type":"range","max":100,"optional":true},"path":{"constraint_type":"exact","value":"/data/q3.pdf"}}}"#,
        ),
        tools(
            "required becomes optional",
            "4p3",
            "made_optional",
            r#"{"read_file":{"path":{"constraint_type":"exact","optional":true,"value":"/data/q3.pdf"}}}"#,
        ),
        tools(
            "another value",
            "4p4",
            "constraint_widened",
            r#"{"read_file":{"path":{"constraint_type":"exact","value":"/data/q5.pdf"}}}"#,
        ),
        tools(
            "a higher bound",
            "4p4",
            "constraint_widened",
            r#"{"read_file":{"head":{"constraint_type":"range","max":101,"optional":true},"path":{"constraint_type":"exact","value":"/data/q3.pdf"}}}"#,
        ),
        tools(
            "an array in the place of its element",
            "4p4",
            "constraint_widened",
            r#"{"read_file":{"path":{"constraint_type":"one_of","values":[["/data/q3.pdf"]]}}}"#,
        ),
        Case::of("outliving the parent", Ask { exp: Some(NOW + 3601), ..Ask::default() })
            .refused("4h", "outlives_parent"),
        Case::of("a higher ceiling", Ask { max_depth: Some(4), ..Ask::default() })
            .refused("4g", "max_depth_raised"),
        Case::of("a ceiling above itself", Ask { max_depth: Some(0), ..Ask::default() })
            .refused("4m", "depth_above_own_max"),
        Case { above: closed, ..Case::of("below a terminal token", Ask::default()) }
            .refused("4e", "depth_above_parent_max"),
        Case { now: NOW + 3600, ..Case::of("an expired parent", Ask::default()) }
            .refused("4i", "expired"),
        Case::of("already expired", Ask { exp: Some(NOW + 60), ..Ask::default() })
            .refused("4i", "expired"),
        Case { seed: 3, ..Case::of("signed by another", Ask::default()) }
            .refused("4b", "signature_invalid"),
        {
            let same = Case { holder: 2, ..Case::of("the parent's own key", Ask::default()) };
            same.vector(Expected::refuse()).edit_of("the same authority", same.title)
        },
    ]
}
