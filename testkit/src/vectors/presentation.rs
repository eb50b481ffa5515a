//! Presentations in the JWS profile: each one change away from one that is in order.

mod audiences;
mod boundaries;
mod call;
mod case;
mod derived;
mod enforcement;
mod envelope;
mod forms;
mod json_text;
mod readings;
mod replay;
mod root;

pub use case::{Anchor, Case, Params, Policy};

use super::{Expected, File, Vector, requirement};
use taper::Place;

/// One change, and what must come of it: a step, a code and a place, or a permit.
pub struct Row {
    /// What is the case.
    pub name: String,
    /// The change.
    pub change: Box<dyn Fn(&mut Case)>,
    /// Nothing for a permit.
    pub expected: Option<(&'static str, &'static str, Place)>,
    shows: &'static str,
}

impl Row {
    /// Names requirements of `spec/` beyond that of the step.
    fn shows(mut self, ids: &'static str) -> Self {
        self.shows = ids;
        self
    }

    /// A second change, where the first alone would be another case.
    fn also(mut self, change: impl Fn(&mut Case) + 'static) -> Self {
        let first = self.change;
        self.change = Box::new(move |case| {
            first(case);
            change(case);
        });
        self
    }
}

/// A change that must be denied.
fn deny(
    name: impl Into<String>,
    step: &'static str,
    code: &'static str,
    place: Place,
    change: impl Fn(&mut Case) + 'static,
) -> Row {
    let expected = Some((step, code, place));
    Row { name: name.into(), change: Box::new(change), expected, shows: "" }
}

/// A change that must make no difference.
fn permit(name: impl Into<String>, change: impl Fn(&mut Case) + 'static) -> Row {
    Row { name: name.into(), change: Box::new(change), expected: None, shows: "" }
}

/// A file's group, what it is about, and its rows.
type Group = (&'static str, &'static str, Vec<Row>);

fn groups() -> Vec<Group> {
    vec![
        ("presentation/jws/whole", "The chain as a whole: steps 1 and 2.", root::whole()),
        (
            "presentation/jws/root",
            "The root's header, signature and claims: step 3.",
            [root::claims(), root::issuers()].into_iter().flatten().collect(),
        ),
        (
            "presentation/jws/constraints",
            "Constraints that a token may not carry: step 3n.",
            root::constraints(),
        ),
        (
            "presentation/jws/derived",
            "A derived token by itself and beside its parent: steps 4a to 4o.",
            derived::claims(),
        ),
        (
            "presentation/jws/narrowing",
            "What a derived token grants, beside its parent: steps 4p and 4q.",
            derived::authority(),
        ),
        ("presentation/jws/call", "The call against the leaf: steps 6a and 6b.", call::authority()),
        (
            "presentation/jws/audience",
            "For whom the tokens are: step 6c.",
            [call::audience(), audiences::rows()].into_iter().flatten().collect(),
        ),
        ("presentation/jws/proof", "The proof of possession: step 7.", call::proofs()),
        (
            "presentation/jws/boundaries",
            "Exactly at a limit, and one beyond it: times, sizes and depths.",
            boundaries::rows(),
        ),
        ("presentation/jws/forms", "Claims in every form that they may not have.", forms::rows()),
        (
            "presentation/jws/envelope",
            "Headers and segments that are not as they have to be, in each token and the proof.",
            envelope::rows(),
        ),
        (
            "presentation/jws/json",
            "Texts that are no strict JSON, in each of the places where JSON is read.",
            json_text::rows(),
        ),
        (
            "presentation/jws/readings",
            "Where the draft leaves room: a number in a title is the reading's in spec/readings.md.",
            readings::rows(),
        ),
    ]
}

/// Every row of every group.
pub fn rows() -> Vec<Row> {
    groups().into_iter().flat_map(|(.., rows)| rows).collect()
}

pub(super) fn files() -> Vec<File> {
    let groups = groups();
    let replay = replay::file(groups.iter().flat_map(|(.., rows)| rows));
    groups.iter().map(|(group, about, rows)| file(group, about, rows)).chain([replay]).collect()
}

/// The title of the vector that the others of a file are made from.
const GOOD: &str = "in order";

fn file(group: &'static str, about: &'static str, rows: &[Row]) -> File {
    let good = Case::good();
    let mut vectors =
        vec![good.inputs(
            &good,
            Vector::new(GOOD, Expected::permit()).shows("V-8").with("profile", "jws"),
        )];
    for row in rows {
        let mut case = Case::good();
        (row.change)(&mut case);
        if case.twice {
            continue;
        }
        let expected = match row.expected {
            None => Expected::permit(),
            Some((step, code, place)) => Expected::deny(step, code, place),
        };
        let step = row.expected.map_or("V-8".into(), |(step, code, _)| requirement::of(step, code));
        let vector = Vector::new(&*row.name, expected)
            .shows(&step)
            .shows(row.shows)
            .edit_of(GOOD, case.difference(&good))
            .with("profile", "jws");
        vectors.push(case.inputs(&good, vector));
    }
    let point = Some((good.params.json(), good.anchors_json()));
    File { group, about, operation: "verify", point, vectors }
}
