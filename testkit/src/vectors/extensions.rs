//! The extension types of `spec/extensions.md`: what they accept, what narrows them, and which of
//! their constraints are well-formed.

mod cidr;
mod path;
mod url;

use super::{Expected, File, Vector};
use serde_json::json;

/// A title, the requirements that the case shows, the constraint's members as JSON, a value as
/// JSON, and whether it is accepted.
type Check = (&'static str, &'static str, &'static str, &'static str, bool);

/// A title, the requirements, the parent, the child, and whether it narrows. Where one has no
/// `constraint_type`, it is of the file's type.
type Narrows = (&'static str, &'static str, &'static str, &'static str, bool);

/// A title, the requirements, a constraint likewise, and whether a token may carry it.
type Form = (&'static str, &'static str, &'static str, bool);

/// What there is of one type.
struct Cases {
    name: &'static str,
    /// The groups of the three files, and what each shows.
    groups: [(&'static str, &'static str); 3],
    checks: &'static [&'static [Check]],
    /// Where values have a limit: its requirement, a constraint, how a value begins, and bytes.
    longest: Option<(&'static str, &'static str, &'static str, usize)>,
    narrows: &'static [Narrows],
    forms: &'static [Form],
}

pub(super) fn files() -> Vec<File> {
    [cidr::CASES, path::CASES, url::CASES].into_iter().flat_map(Cases::files).collect()
}

impl Cases {
    fn files(self) -> [File; 3] {
        let [check, narrows, form] = self.groups;
        let file = |operation, (group, about), vectors| File {
            group,
            about,
            operation,
            point: None,
            vectors,
        };
        let mut checks: Vec<Vector> =
            self.checks.iter().copied().flatten().map(|case| self.check(case)).collect();
        checks.extend(self.longest.iter().flat_map(|limit| self.at_limit(limit)));
        let pairs = self.narrows.iter().map(|case| self.narrows(case)).collect();
        let mut forms: Vec<Vector> = self.forms.iter().map(|case| self.form(case)).collect();
        forms.extend(self.forms.first().map(|case| self.unknown(case)));
        [
            file("check", check, checks),
            file("narrows", narrows, pairs),
            file("well_formed", form, forms),
        ]
    }

    fn check(&self, (title, shows, constraint, value, accepted): &Check) -> Vector {
        let expected = match accepted {
            true => Expected::permit(),
            false => Expected::refuse_with("6b", "argument_refused"),
        };
        self.vector(title, shows, expected)
            .with("constraint", self.constraint(constraint))
            .with("value", *value)
    }

    fn narrows(&self, (title, shows, parent, child, narrows): &Narrows) -> Vector {
        let expected = match narrows {
            true => Expected::permit(),
            false => Expected::refuse_with("4p4", "constraint_widened"),
        };
        self.vector(title, shows, expected)
            .with("level", "constraint")
            .with("parent", self.constraint(parent))
            .with("child", self.constraint(child))
    }

    fn form(&self, (title, shows, constraint, is_formed): &Form) -> Vector {
        let expected = match is_formed {
            true => Expected::permit(),
            false => Expected::refuse_with("3n", "constraint_malformed"),
        };
        self.vector(title, shows, expected).with("constraint", self.constraint(constraint))
    }

    /// A value as long as it may be, and one byte longer.
    fn at_limit(
        &self,
        (shows, constraint, start, limit): &(&str, &'static str, &str, usize),
    ) -> [Vector; 2] {
        let value = |length: usize| format!("\"{start}{}\"", "x".repeat(length - start.len()));
        let expected = Expected::refuse_with("6b", "argument_refused");
        let cases = [
            ("as long as a value may be", *limit, Expected::permit()),
            ("one byte longer than a value may be", limit + 1, expected),
        ];
        cases.map(|(title, length, expected)| {
            self.vector(title, shows, expected)
                .with("constraint", self.constraint(constraint))
                .with("value", value(length))
        })
    }

    /// A good constraint, for whoever was not given the type.
    fn unknown(&self, (_, _, constraint, _): &Form) -> Vector {
        let expected = Expected::refuse_with("3n", "constraint_type_unknown");
        Vector::new("the type is not known", expected)
            .shows("X-1")
            .with("constraint", self.constraint(constraint))
    }

    fn vector(&self, title: &str, shows: &str, expected: Expected) -> Vector {
        Vector::new(title, expected).shows(shows).with("extensions", json!([self.name]))
    }

    /// The whole constraint, of this type where the text does not name one.
    fn constraint(&self, members: &str) -> String {
        if members.contains("constraint_type") {
            return members.replace("$T", self.name);
        }
        let rest = members.trim_start_matches('{');
        let comma = if rest.starts_with('}') { "" } else { "," };
        format!(r#"{{"constraint_type":"{}"{comma}{rest}"#, self.name)
    }
}
