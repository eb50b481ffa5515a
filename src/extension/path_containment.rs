//! `path_containment`: paths at or below a folder (AAT-02 5.3, `spec/extensions.md` 4).

use super::{Cost, Extension, ExtensionConstraint, MemberFault, StepBound, Work, listed};
use crate::{
    json::{Object, Value},
    model::Constraint,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

/// Accepts absolute POSIX paths that name `root` or something below it, by their text alone.
///
/// No file system is ever looked at, so a symbolic link below the root can lead out of it: see
/// [`normalized`](Self::normalized) and `spec/extensions.md`.
///
/// ```
/// use taper::{Value, extension::PathContainment};
///
/// let reports = PathContainment::constraint("/data/reports")?;
/// assert!(reports.accepts(&Value::from("/data/reports/2026/q3.pdf")));
/// assert!(reports.accepts(&Value::from("/data/reports/./2026/../q3.pdf")));
/// assert!(!reports.accepts(&Value::from("/data/reports/../secrets")));
/// assert!(!reports.accepts(&Value::from("/data/reports-old/q3.pdf")));
///
/// let this_year = PathContainment::constraint("/data/reports/2026")?;
/// assert!(this_year.narrows(&reports) && !reports.narrows(&this_year));
/// # Ok::<_, taper::extension::MemberFault>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PathContainment {
    root: Segments,
}

/// The longest path: what common systems can open (PATH_MAX). It bounds what a call can cost.
const LONGEST: usize = 4096;

/// The names on the way from `/`, none of them empty, `.` or `..`.
type Segments = Box<[Box<str>]>;

impl PathContainment {
    /// The constraint with this root.
    ///
    /// # Errors
    ///
    /// When `root` is not a path that the type takes.
    pub fn constraint(root: &str) -> Result<Constraint, MemberFault> {
        let members = Object::from_distinct([("root".into(), root.into())]);
        Extension::parse::<Self>(members).map(Constraint::Extension)
    }

    /// The path that a tool should open for a value that this type accepts: absolute, without `.`,
    /// `..`, repeated or trailing slashes. `None` for what is no path to it.
    ///
    /// What the kernel makes of `..` depends on symbolic links, what this type makes of it does
    /// not; in the normal form there is none left to disagree about.
    ///
    /// ```
    /// use taper::extension::PathContainment;
    ///
    /// let open = PathContainment::normalized("/data/./reports//2025/../q3.pdf");
    /// assert_eq!(open.as_deref(), Some("/data/reports/q3.pdf"));
    /// assert_eq!(PathContainment::normalized("reports/q3.pdf"), None);
    /// ```
    pub fn normalized(path: &str) -> Option<String> {
        let segments = segments(path, &mut Work::new())?;
        if segments.is_empty() {
            return Some("/".into());
        }
        Some(segments.iter().flat_map(|name| ["/", name]).collect())
    }
}

impl ExtensionConstraint for PathContainment {
    const NAME: &'static str = "path_containment";
    const MEMBERS: &'static [&'static str] = &["root"];
    const COST: Cost = Cost { accepts: StepBound::linear(3, 8), narrows: StepBound::linear(3, 8) };

    fn parse(members: &Object) -> Result<Self, MemberFault> {
        let root = members.get("root").and_then(Value::as_str);
        let root = root.and_then(|root| segments(root, &mut Work::new()));
        let root = root.ok_or(MemberFault::new("root", "an absolute path"))?;
        Ok(Self { root: root.into_iter().map(Into::into).collect() })
    }

    fn accepts(&self, value: &Value, work: &mut Work) -> bool {
        let path = value.as_str().and_then(|path| segments(path, work));
        path.is_some_and(|path| is_below(path.into_iter(), &self.root, work))
    }

    fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
        is_below(self.root.iter().map(|name| &**name), &parent.root, work)
    }

    /// `exact` and `one_of` whose values are all accepted.
    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        listed(child).is_some_and(|values| values.iter().all(|value| self.accepts(value, work)))
    }

    /// `not_one_of` whose values are all refused.
    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool {
        match parent {
            Constraint::NotOneOf(excluded) => {
                !excluded.iter().any(|value| self.accepts(value, work))
            }
            _ => false,
        }
    }
}

/// The root, as a path.
impl fmt::Debug for PathContainment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PathContainment(")?;
        self.root.iter().try_for_each(|name| write!(f, "/{name}"))?;
        f.write_str(")")
    }
}

/// Reads an absolute path, folding `.` and `..`. `None` for what readers disagree about: a path that
/// is relative, empty or too long, begins with two slashes (POSIX leaves their meaning open), climbs above
/// `/`, or has a NUL or a backslash in it.
fn segments<'p>(path: &'p str, work: &mut Work) -> Option<Vec<&'p str>> {
    if path.len() > LONGEST {
        return None;
    }
    work.add(path.len());
    let below = path.strip_prefix('/')?;
    if below.starts_with('/') || path.contains(['\0', '\\']) {
        return None;
    }
    let mut folded = Vec::new();
    for name in below.split('/') {
        work.add(1);
        match name {
            "" | "." => {}
            ".." => {
                folded.pop()?;
            }
            name => folded.push(name),
        }
    }
    Some(folded)
}

/// Whether the path begins with all the names of `root`.
fn is_below<'p>(
    mut path: impl Iterator<Item = &'p str>,
    root: &[Box<str>],
    work: &mut Work,
) -> bool {
    root.iter().all(|above| {
        path.next().is_some_and(|name| {
            work.add(name.len().min(above.len()).saturating_add(1));
            *name == **above
        })
    })
}
