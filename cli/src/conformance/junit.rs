//! A report as JUnit XML, which build servers read.

use super::report::{Asked, Report};
use crate::vectors::{Line, Outcome};
use std::fmt::{self, Write as _};

/// One suite for each run of vectors of one group. What is not wrong passes; differences of step,
/// code or token stand in the output of a case that passed.
pub(super) fn write(report: &Report) -> String {
    let mut xml = String::new();
    // Writing to a string does not fail.
    let _ = document(&mut xml, report);
    xml
}

fn document(xml: &mut String, report: &Report) -> fmt::Result {
    writeln!(xml, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(xml, r#"<testsuites name="taper conformance">"#)?;
    for suite in report.asked.chunk_by(|one, next| one.group == next.group) {
        let wrong = |outcome: fn(Outcome) -> bool| {
            let lines = suite.iter().filter_map(|asked| asked.line.as_ref());
            lines.filter(|line| outcome(line.outcome)).count()
        };
        let errors = wrong(|outcome| outcome == Outcome::NoAnswer);
        let failures = wrong(|outcome| !outcome.is_right()).saturating_sub(errors);
        let name = suite.first().map(|asked| asked.group.as_str()).unwrap_or_default();
        let (name, tests) = (Escaped(name), suite.len());
        writeln!(
            xml,
            r#"  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="{errors}">"#
        )?;
        for asked in suite {
            case(xml, asked)?;
        }
        writeln!(xml, "  </testsuite>")?;
    }
    write!(xml, "</testsuites>")
}

fn case(xml: &mut String, Asked { group, id, line }: &Asked) -> fmt::Result {
    write!(xml, r#"    <testcase classname="{}" name="{}""#, Escaped(group), Escaped(id))?;
    let Some(line) = line else {
        return writeln!(xml, "/>");
    };
    let element = match line.outcome {
        Outcome::Right | Outcome::Any => "system-out",
        Outcome::NoAnswer => "error",
        _ => "failure",
    };
    writeln!(xml, ">")?;
    if element == "system-out" {
        writeln!(xml, "      <system-out>{}</system-out>", Escaped(&line.to_string()))?;
    } else {
        let (kind, message) = (kind(line), line.to_string());
        let message = Escaped(&message);
        writeln!(xml, r#"      <{element} type="{kind}" message="{message}"/>"#)?;
    }
    writeln!(xml, "    </testcase>")
}

fn kind(line: &Line) -> &'static str {
    match line.outcome {
        Outcome::WrongPermit => "wrong_permit",
        Outcome::WrongDeny => "wrong_deny",
        Outcome::WrongOutput => "wrong_output",
        Outcome::NoAnswer => "no_answer",
        Outcome::Right | Outcome::Any => "right",
    }
}

/// Text in an element or attribute. Characters that XML 1.0 cannot hold are left out.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // As they are, a reader of attributes would make spaces of them.
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(c))?,
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        let text = "<a b=\"c\">&\u{1}\u{1f}\n\u{fffe}\u{fffd}\u{10000}";
        let escaped = "&lt;a b=&quot;c&quot;&gt;&amp;&#10;\u{fffd}\u{10000}";
        assert_eq!(Escaped(text).to_string(), escaped);
    }
}
