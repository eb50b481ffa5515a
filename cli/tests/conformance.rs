//! `taper conformance`: other programs, right and wrong ones, as real processes.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may be blunt"
)]

mod command;

use command::{Folder, Ran};
use serde_json::{Value, json};

/// What every planted program begins with: it reads requests and answers them with what `answer`
/// does, which each program defines.
const LOOP: &str = r#"
right() {
    case "$id" in
        made) printf '{"id":"made","verdict":"PERMIT","output":"[1]"}\n' ;;
        narrow) printf '{"id":"narrow","verdict":"PERMIT"}\n' ;;
        wide) printf '{"id":"wide","verdict":"DENY","step":"4p4","code":"constraint_widened"}\n' ;;
        *) printf '{"id":"%s","verdict":"DENY"}\n' "$id" ;;
    esac
}
while read -r line; do
    id=${line#*\"id\":\"}
    id=${id%%\"*}
    answer
done
"#;

fn suite() -> Value {
    let exact = r#"{"constraint_type":"exact","value":1}"#;
    let range = r#"{"constraint_type":"range","max":2}"#;
    json!({"format": 1, "group": "planted", "operation": "narrows", "vectors": [
        {"id": "narrow", "title": "t", "requirements": ["r"], "level": "constraint",
            "child": exact, "parent": range, "expected": {"verdict": "PERMIT"}},
        {"id": "wide", "base": "narrow", "edit": "e", "level": "constraint", "profile": "jws",
            "child": range, "parent": exact,
            "expected": {"verdict": "DENY", "step": "4p4", "code": "constraint_widened"}},
        {"id": "made", "operation": "canonicalize", "input": " [ 1.0 ] ", "profile": "compact",
            "expected": {"verdict": "PERMIT", "output": "[1]"}},
        {"id": "unmade", "operation": "canonicalize", "input": "[", "flags": ["f"],
            "expected": {"verdict": "DENY", "step": "6b", "code": "arguments_malformed"}},
    ]})
}

/// A folder with the suite, and a program whose `answer` is given.
fn planted(answer: &str) -> Folder {
    let folder = Folder::empty();
    // As people write it: white space in a request must not break its line.
    folder.write("suite.json", serde_json::to_string_pretty(&suite()).unwrap());
    folder.write("program.sh", format!("answer() {{\n{answer}\n}}\n{LOOP}"));
    folder
}

fn conform(folder: &Folder, more: &[&str]) -> Ran {
    let args = ["conformance", "--exec", "sh program.sh", "suite.json"];
    folder.run(&[&args[..], more].concat())
}

/// The findings and the counts.
fn found(ran: &Ran) -> (Vec<(String, String)>, Value) {
    let text = ran.stdout();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut lines: Vec<Value> = lines.collect();
    let counts = lines.pop().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (lines.iter().map(|line| (text(&line["outcome"]), text(&line["id"]))).collect(), counts)
}

fn serve() -> String {
    format!("{} vectors serve", env!("CARGO_BIN_EXE_taper"))
}

#[test]
fn a_right_program() {
    let folder = planted("right");
    let ran = conform(&folder, &[]);
    assert_eq!(ran.succeeds(), "4 passed, 0 wrongly permitted, 0 wrongly denied\n");
    let ran = folder.run(&["conformance", "--exec", &serve(), "suite.json", "--json"]);
    let (lines, counts) = found(&ran);
    assert_eq!((lines.len(), counts["passed"].as_u64(), ran.code()), (0, Some(4), 0));
}

#[test]
fn wrong_answers_the_worst_first() {
    let folder = planted(r#"printf '{"id":"%s","verdict":"PERMIT"}\n' "$id""#);
    let (lines, counts) = found(&conform(&folder, &["--json"]));
    let expected = [("wrong_permit", "wide"), ("wrong_permit", "unmade"), ("wrong_output", "made")];
    assert_eq!(lines, expected.map(|(outcome, id)| (outcome.to_owned(), id.to_owned())));
    assert_eq!(counts["passed"], 1);
    let ran = conform(&folder, &[]);
    assert_eq!(ran.code(), 1);
    assert!(ran.stdout().starts_with("wrongly permitted: wide: "), "{}", ran.stdout());

    let folder = planted(r#"printf '{"id":"%s","verdict":"DENY"}\n' "$id""#);
    let ran = conform(&folder, &["--json"]);
    let (lines, counts) = found(&ran);
    let expected = [("wrong_deny", "narrow"), ("wrong_deny", "made")];
    assert_eq!(lines, expected.map(|(outcome, id)| (outcome.to_owned(), id.to_owned())));
    assert_eq!((counts["passed"].as_u64(), ran.code()), (Some(2), 1));

    let folder = planted(
        r#"if [ "$id" = made ]; then echo '{"id":"made","verdict":"PERMIT","output":"[1.0]"}'
           else right; fi"#,
    );
    let ran = conform(&folder, &["--json"]);
    assert_eq!(found(&ran).0, [("wrong_output".to_owned(), "made".to_owned())]);
    assert_eq!(ran.code(), 1);
}

#[test]
fn other_steps_codes_and_tokens_are_told_and_not_wrong() {
    let folder = planted(
        r#"if [ "$id" = wide ]; then
               echo '{"id":"wide","verdict":"DENY","step":"4o","code":"x","token":3}'
           else right; fi"#,
    );
    let ran = conform(&folder, &["--json"]);
    let (lines, counts) = found(&ran);
    assert_eq!(lines, [("right".to_owned(), "wide".to_owned())]);
    let of = ["passed", "step_differences", "code_differences", "token_differences"];
    // No token is expected, so that any will do.
    assert_eq!(of.map(|name| counts[name].as_u64().unwrap()), [4, 1, 1, 0]);
    assert_eq!(ran.code(), 0);
}

/// One request is not answered; the others are, by a program that is started again.
#[test]
fn no_answer() {
    for (name, misbehaviour) in [
        ("crash", "echo trouble >&2; exit 3"),
        ("end", "exit 0"),
        ("killed", "kill -9 $$"),
        ("garbage", "echo nonsense"),
        ("no verdict", r#"echo '{"id":"wide"}'"#),
        ("unknown verdict", r#"echo '{"id":"wide","verdict":"permit"}'"#),
        ("error", r#"echo '{"id":"wide","error":"no idea"}'"#),
        ("no id", r#"echo '{"verdict":"DENY"}'"#),
        ("wrong id", r#"echo '{"id":"narrow","verdict":"DENY"}'"#),
        ("empty line", "echo"),
        ("not UTF-8", r"printf '\377\n'"),
        ("output closed", "exec >&-; sleep 60"),
        ("half a line", r#"printf '{"id":"wide","verdict":"DENY"'; exit 0"#),
        ("flood of lines", "while :; do echo flood; done"),
        ("flood without end", "while :; do printf 'floodfloodfloodfloodfloodflood'; done | cat"),
        ("hang", "sleep 60"),
        ("hang of a child", "sleep 60 & wait"),
        ("complaints without end", "while :; do echo trouble >&2; done"),
    ] {
        let folder =
            planted(&format!(r#"if [ "$id" = wide ]; then {misbehaviour}; else right; fi"#));
        let ran = conform(&folder, &["--json", "--timeout", "2s"]);
        let (lines, counts) = found(&ran);
        assert_eq!(lines, [("no_answer".to_owned(), "wide".to_owned())], "{name}");
        let of = ["passed", "no_answer", "wrong_permit"];
        let of = of.map(|name| counts[name].as_u64().unwrap());
        assert_eq!((of, ran.code()), ([3, 1, 0], 1), "{name}");
    }
}

/// What a program started ends with it.
#[test]
fn nothing_is_left_running() {
    let folder = planted(r#"sleep 60 & echo $! > pid; wait"#);
    let ran = conform(&folder, &["--json", "--timeout", "1s", "--operation", "narrows"]);
    assert_eq!(found(&ran).1["no_answer"], 2);
    let pid = folder.read("pid");
    let mut ps = std::process::Command::new("ps");
    let state = ps.args(["-o", "stat=", "-p", pid.trim()]).output().unwrap().stdout;
    // Gone, or dead and not yet buried.
    assert!(matches!(state.trim_ascii().first(), None | Some(b'Z')), "{state:?}");
}

/// An answer that nobody asked for is taken for the next, and is wrong there.
#[test]
fn two_answers_to_one_request() {
    let folder = planted("right; right");
    let ran = conform(&folder, &["--json"]);
    let (lines, _) = found(&ran);
    assert!(lines.iter().all(|(outcome, _)| outcome == "no_answer") && !lines.is_empty());
    assert_eq!(ran.code(), 1);
}

/// Whether it ends by itself, and what it says then, is no concern of the vectors.
#[test]
fn a_program_that_does_not_end() {
    for forever in ["while :; do echo more; done", "sleep 60"] {
        let folder = planted("right");
        let program = folder.read("program.sh");
        folder.write("program.sh", format!("{program}\n{forever}\n"));
        conform(&folder, &["--timeout", "1s"]).succeeds();
    }
}

#[test]
fn what_the_program_said_is_told() {
    let folder = planted("echo 'no module named aat' >&2; exit 1");
    let ran = conform(&folder, &[]);
    assert!(ran.stdout().contains("no module named aat"), "{}", ran.stdout());
}

#[test]
fn a_program_that_never_answers_is_given_up() {
    let folder = planted("exit 1");
    let mut many = suite();
    let one = many["vectors"][0].clone();
    let vectors = (0..25).map(|n| {
        let mut vector = one.clone();
        vector["id"] = json!(format!("v{n}"));
        vector
    });
    many["vectors"] = vectors.collect();
    folder.write("suite.json", many.to_string());
    let ran = conform(&folder, &["--json"]);
    assert_eq!((found(&ran).1["no_answer"].as_u64(), ran.code()), (Some(20), 1));
    assert!(ran.stderr().contains("5 were not asked"), "{}", ran.stderr());
}

#[test]
fn what_cannot_be_used() {
    let folder = planted("right");
    let run = |args: &[&str]| folder.run(&[&["conformance"], args].concat()).fails();
    run(&["--exec", "no-such-program-anywhere", "suite.json"]);
    run(&["--exec", "sh 'program.sh", "suite.json"]);
    run(&["--exec", "", "suite.json"]);
    run(&["suite.json"]);
    run(&["--exec", "sh program.sh"]);
    run(&["--exec", "sh program.sh", "suite.json", "--operation", "verifies"]);
    run(&["--exec", "sh program.sh", "suite.json", "--operation", "sequence"]);
    run(&["--exec", "sh program.sh", "suite.json", "--random", "3"]);
    folder.write("broken.json", r#"{"vectors":[{"id":"x"}]}"#);
    let ran = folder.run(&["conformance", "--exec", "sh program.sh", "broken.json"]);
    assert_eq!(ran.code(), 2);
}

#[test]
fn vectors_are_chosen() {
    let folder = planted("right");
    for (args, expected) in [
        (&["--profile", "jws"][..], 3),
        (&["--profile", "compact"], 3),
        (&["--operation", "narrows"], 2),
        (&["--operation", "narrows", "--operation", "canonicalize"], 4),
        (&["--operation", "canonicalize", "--profile", "jws"], 1),
    ] {
        let (_, counts) = found(&conform(&folder, &[args, &["--json"]].concat()));
        assert_eq!(counts["passed"], expected, "{args:?}");
    }
}

/// A request tells no answer, is one line, and has what the file states for all.
#[test]
fn requests() {
    let folder = planted(r#"echo "$line" >> asked; right"#);
    let mut suite = suite();
    suite["params"] = json!({"audience": "a", "pop_window": 30});
    suite["vectors"][1]["params"] = json!({"pop_window": 7});
    folder.write("suite.json", serde_json::to_string_pretty(&suite).unwrap());
    conform(&folder, &[]).succeeds();
    let asked = folder.read("asked");
    let asked: Vec<Value> = asked.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(asked.len(), 4);
    for request in &asked {
        for hidden in ["expected", "title", "base", "edit", "flags", "requirements"] {
            assert!(request.get(hidden).is_none(), "{hidden}");
        }
        assert_eq!(request["params"]["audience"], "a");
    }
    let windows = [&asked[0], &asked[1]].map(|request| request["params"]["pop_window"].as_u64());
    assert_eq!(windows, [Some(30), Some(7)]);
    assert_eq!(asked[0]["operation"], "narrows");
    assert_eq!(asked[2]["operation"], "canonicalize");
}

#[test]
fn each_call_of_a_sequence_counts() {
    let call = |verdict: &str| json!({"expected": {"verdict": verdict}});
    let suite = json!({"operation": "sequence", "vectors": [
        {"id": "s", "calls": [call("PERMIT"), call("DENY")], "expected": {"verdict": "DENY"}},
    ]});
    for (results, outcome) in [
        (r#"[{"verdict":"PERMIT"},{"verdict":"DENY"}]"#, None),
        (r#"[{"verdict":"PERMIT"},{"verdict":"PERMIT"}]"#, Some("wrong_permit")),
        (r#"[{"verdict":"DENY"},{"verdict":"DENY"}]"#, Some("wrong_deny")),
        (r#"[{"verdict":"PERMIT"}]"#, Some("wrong_output")),
        ("null", Some("wrong_output")),
    ] {
        let folder = planted(&format!(
            r#"echo "$line" > asked
                echo '{{"id":"s","verdict":"DENY","results":{results}}}'"#
        ));
        folder.write("suite.json", suite.to_string());
        let (lines, _) = found(&conform(&folder, &["--json"]));
        let outcomes: Vec<&str> = lines.iter().map(|(outcome, _)| &**outcome).collect();
        assert_eq!(outcomes, outcome.into_iter().collect::<Vec<_>>(), "{results}");
        assert!(!folder.read("asked").contains("expected"));
    }
}

#[test]
fn junit() {
    let folder = planted(
        r#"case "$id" in
               wide) echo '{"id":"wide","verdict":"DENY","step":"4o"}' ;;
               made) printf '\001<&"\n' ;;
               *) echo "{\"id\":\"$id\",\"verdict\":\"PERMIT\"}" ;;
           esac"#,
    );
    let ran = conform(&folder, &["--junit", "report.xml"]);
    assert_eq!(ran.code(), 1);
    let xml = folder.read("report.xml");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let counts = ["name", "tests", "failures", "errors"].map(|name| suite.attribute(name).unwrap());
    assert_eq!(counts, ["planted", "4", "1", "1"]);
    let cases = suite.children().filter(|node| node.has_tag_name("testcase"));
    let cases = cases.map(|case| {
        let inner = case.children().find(roxmltree::Node::is_element);
        let inner = inner.map(|inner| (inner.tag_name().name(), inner.attribute("type")));
        (case.attribute("name").unwrap(), inner)
    });
    let expected = [
        ("narrow", None),
        ("wide", Some(("system-out", None))),
        ("made", Some(("error", Some("no_answer")))),
        ("unmade", Some(("failure", Some("wrong_permit")))),
    ];
    assert_eq!(cases.collect::<Vec<_>>(), expected);
}

#[test]
fn random_cases_through_a_program() {
    let folder = Folder::empty();
    let args = ["conformance", "--exec", &serve(), "--json"];
    let ran = folder.run(&[&args[..], &["--random", "60", "--seed", "5"]].concat());
    assert_eq!((found(&ran).1["passed"].as_u64(), ran.code()), (Some(60), 0));
    let file = folder.run(&["vectors", "random", "--count", "60", "--seed", "5"]).succeeds();
    let ran = folder.feed(&[&args[..], &["-"]].concat(), file.as_bytes());
    assert_eq!((found(&ran).1["passed"].as_u64(), ran.code()), (Some(60), 0));
}

#[test]
fn serving() {
    let folder = Folder::empty();
    let asked = "{\"id\":\"a\",\"operation\":\"dance\"}\n\nnonsense\n{\"operation\":\"verify\"}\n";
    let answers = folder.feed(&["vectors", "serve"], asked.as_bytes()).succeeds();
    let answers: Vec<Value> =
        answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["id"], "a");
    for answer in answers {
        assert!(answer.get("verdict").is_none() && answer["error"].is_string(), "{answer}");
    }
}
