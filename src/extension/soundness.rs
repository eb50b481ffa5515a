//! Looks for a fault in the rules of a constraint type, for the tests of whoever writes one.
//!
//! AAT-02 5.1 asks that narrowing is sound, deterministic and of bounded cost. [`check`] takes
//! constraints and values of your choice and tries all the pairs; what it finds is a
//! [`Counterexample`], what it does not find may still be there. Choose constraints that nearly
//! narrow each other, and values that lie between them; with the feature `proptest`,
//! [`strategy`](super::strategy) makes more of those that you have.
//!
//! A rule that looks right and is not: it compares text where it should compare folders.
//!
//! ```
//! use taper::extension::{Cost, ExtensionConstraint, MemberFault, StepBound, Work};
//! use taper::extension::soundness::{Counterexample, Samples, check};
//! use taper::{Object, Value};
//!
//! /// Accepts folders' names that are `folder` or go on after a slash.
//! struct Folder(String);
//!
//! impl ExtensionConstraint for Folder {
//!     const NAME: &'static str = "folder";
//!     const MEMBERS: &'static [&'static str] = &["folder"];
//!     const COST: Cost =
//!         Cost { accepts: StepBound::linear(1, 1), narrows: StepBound::linear(1, 1) };
//!
//!     fn parse(members: &Object) -> Result<Self, MemberFault> {
//!         let folder = members.get("folder").and_then(Value::as_str);
//!         Ok(Self(folder.ok_or(MemberFault::new("folder", "a string"))?.into()))
//!     }
//!
//!     fn accepts(&self, value: &Value, work: &mut Work) -> bool {
//!         work.add(self.0.len());
//!         let rest = value.as_str().and_then(|path| path.strip_prefix(self.0.as_str()));
//!         rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
//!     }
//!
//!     fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
//!         work.add(parent.0.len());
//!         self.0.starts_with(&parent.0)
//!     }
//! }
//!
//! let folder = |name: &str| Object::new([("folder", Value::from(name))]);
//! let samples = Samples::new()
//!     .constraints([folder("/data")?, folder("/data/reports")?, folder("/data-old")?])
//!     .values(["/data", "/data/reports/q3.pdf", "/data-old/q3.pdf"]);
//! let Err(Counterexample::Widens { parent, child, value }) = check::<Folder>(&samples) else {
//!     panic!("the fault is there");
//! };
//! assert_eq!(parent.to_string(), r#"folder {"folder":"/data"}"#);
//! assert_eq!(child.to_string(), r#"folder {"folder":"/data-old"}"#);
//! assert_eq!(value, Value::from("/data-old/q3.pdf"));
//! # Ok::<_, taper::json::DuplicateMember>(())
//! ```

use super::{Definition, ExtensionConstraint, Extensions, ExtensionsError, Work};
use crate::{
    json::{Object, Value},
    model::{Constraint, exact, not_one_of, one_of, wildcard},
};
use alloc::{boxed::Box, vec::Vec};

/// What a type is tried on.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    constraints: Vec<Object>,
    values: Vec<Value>,
    others: Vec<Constraint>,
}

impl Samples {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds constraints of the type, each by its members without `constraint_type`. What the type
    /// refuses to read is only counted.
    #[must_use]
    pub fn constraints(mut self, members: impl IntoIterator<Item = Object>) -> Self {
        self.constraints.extend(members);
        self
    }

    /// Adds values. Each also makes constraints of core types, to be tried above and below:
    /// `exact` and `not_one_of` of it, `one_of` of it and the value before.
    #[must_use]
    pub fn values<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// Adds constraints of other types, to be tried above and below.
    #[must_use]
    pub fn others(mut self, others: impl IntoIterator<Item = Constraint>) -> Self {
        self.others.extend(others);
        self
    }

    /// The constraints of other types: those given, and those that the values make.
    fn all_others(&self) -> Vec<Constraint> {
        let mut others = self.others.clone();
        others.push(wildcard());
        let mut before: Option<&Value> = None;
        for value in &self.values {
            others.extend(exact(value.clone()));
            others.push(not_one_of([value.clone()]));
            others.extend(one_of(before.into_iter().chain([value]).cloned()));
            before = Some(value);
        }
        others
    }
}

/// How much was tried. A test that wants to mean something asserts that these are not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Constraints that the type read.
    pub constraints: usize,
    /// Constraints that the type refused to read.
    pub refused: usize,
    /// Pairs of a constraint and a value that it accepts.
    pub accepted: usize,
    /// Pairs of two different constraints of the type, of which one narrows the other.
    pub narrowing: usize,
    /// Pairs with a core type, or another, of which one narrows the other.
    pub cross_type: usize,
}

/// A fault in a type's rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Counterexample {
    /// The name or a member of the type is not free.
    #[error("{0}")]
    Definition(#[from] ExtensionsError),
    /// `child` narrows `parent` by the type's rules, and accepts a value that `parent` does not:
    /// whoever holds `parent` can derive more than it has.
    #[error("`{child}` narrows `{parent}`, yet it alone accepts {value}")]
    Widens {
        /// The wider constraint, as the rules have it.
        parent: Box<Constraint>,
        /// The narrower one.
        child: Box<Constraint>,
        /// What only `child` accepts.
        value: Value,
    },
    /// A constraint does not narrow itself: it could not be handed on unchanged.
    #[error("`{constraint}` does not narrow itself")]
    NotReflexive {
        /// The constraint.
        constraint: Box<Constraint>,
    },
    /// The same question was answered differently, the second time or of a second copy.
    #[error("`{rule}` gives two answers about the constraint with {constraint}")]
    NotDeterministic {
        /// The rule, a method of [`ExtensionConstraint`].
        rule: &'static str,
        /// The members of the constraint.
        constraint: Box<Value>,
    },
    /// A rule took more than the type states.
    #[error("`{rule}` takes {steps} steps, above the stated {bound}, for {constraint}")]
    TooCostly {
        /// The rule, a method of [`ExtensionConstraint`].
        rule: &'static str,
        /// The members of the constraint.
        constraint: Box<Value>,
        /// The steps that the rule counted.
        steps: u64,
        /// The most for inputs of this size.
        bound: u64,
    },
}

/// Tries every rule of `T` on every pair of the samples.
///
/// # Errors
///
/// The first fault that is found.
pub fn check<T: ExtensionConstraint>(samples: &Samples) -> Result<Report, Counterexample> {
    Extensions::new().with::<T>()?;
    let mut report = Report::default();
    let mut subjects = Vec::new();
    for members in &samples.constraints {
        match Subject::<T>::read(members)? {
            Some(subject) => subjects.push(subject),
            None => report.refused = report.refused.saturating_add(1),
        }
    }
    report.constraints = subjects.len();
    let mut tried = Vec::new();
    for subject in subjects {
        let accepted = subject.accepted(&samples.values)?;
        report.accepted = report.accepted.saturating_add(count(&accepted));
        tried.push((subject, accepted));
    }
    for (child, below) in &tried {
        for (parent, above) in &tried {
            if child.narrows(parent)? {
                includes(above, below, &samples.values)
                    .map_err(|value| widens(&parent.constraint, &child.constraint, value))?;
                if child.members != parent.members {
                    report.narrowing = report.narrowing.saturating_add(1);
                }
            } else if child.members == parent.members {
                let constraint = Box::new(child.constraint.clone());
                return Err(Counterexample::NotReflexive { constraint });
            }
        }
    }
    for other in samples.all_others() {
        let theirs: Vec<bool> = samples.values.iter().map(|value| other.accepts(value)).collect();
        for (subject, own) in &tried {
            if subject.is_narrowed_by(&other)? {
                report.cross_type = report.cross_type.saturating_add(1);
                includes(own, &theirs, &samples.values)
                    .map_err(|value| widens(&subject.constraint, &other, value))?;
            }
            if subject.narrows_other(&other)? {
                report.cross_type = report.cross_type.saturating_add(1);
                includes(&theirs, own, &samples.values)
                    .map_err(|value| widens(&other, &subject.constraint, value))?;
            }
        }
    }
    Ok(report)
}

fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|flag| **flag).count()
}

/// The first value that is in `below` and not in `above`.
fn includes<'v>(above: &[bool], below: &[bool], values: &'v [Value]) -> Result<(), &'v Value> {
    let flags = above.iter().zip(below).zip(values);
    match flags.into_iter().find(|((above, below), _)| **below && !**above) {
        Some((_, value)) => Err(value),
        None => Ok(()),
    }
}

fn widens(parent: &Constraint, child: &Constraint, value: &Value) -> Counterexample {
    let [parent, child] = [parent, child].map(|constraint| Box::new(constraint.clone()));
    Counterexample::Widens { parent, child, value: value.clone() }
}

/// One constraint of the type under trial, read twice: equal constraints must judge alike.
struct Subject<T> {
    members: Object,
    size: usize,
    constraint: Constraint,
    copies: [T; 2],
}

impl<T: ExtensionConstraint> Subject<T> {
    fn read(members: &Object) -> Result<Option<Self>, Counterexample> {
        let unsteady = || not_deterministic("parse", members);
        if members.iter().any(|(name, _)| !T::MEMBERS.contains(&name)) {
            return Ok(None);
        }
        let held = (Definition::of::<T>().parse)(members.clone());
        match (T::parse(members), T::parse(members), held) {
            (Ok(one), Ok(two), Ok(held)) => Ok(Some(Self {
                members: members.clone(),
                size: members.to_jcs().len(),
                constraint: Constraint::Extension(held),
                copies: [one, two],
            })),
            (Err(one), Err(two), Err(three)) if one == two && two == three => Ok(None),
            _ => Err(unsteady()),
        }
    }

    fn accepted(&self, values: &[Value]) -> Result<Vec<bool>, Counterexample> {
        let accepts = |value: &Value| {
            let bound = T::COST.accepts.at(self.size.saturating_add(value.to_jcs().len()));
            self.ask("accepts", bound, |copy, work| copy.accepts(value, work))
        };
        values.iter().map(accepts).collect()
    }

    fn narrows(&self, parent: &Self) -> Result<bool, Counterexample> {
        let bound = T::COST.narrows.at(self.size.saturating_add(parent.size));
        let [one, two] = &parent.copies;
        let first = self.ask("narrows", bound, |copy, work| copy.narrows(one, work))?;
        let second = self.ask("narrows", bound, |copy, work| copy.narrows(two, work))?;
        if first == second { Ok(first) } else { Err(not_deterministic("narrows", &self.members)) }
    }

    fn is_narrowed_by(&self, child: &Constraint) -> Result<bool, Counterexample> {
        let bound = self.bound_with(child);
        self.ask("is_narrowed_by", bound, |copy, work| copy.is_narrowed_by(child, work))
    }

    fn narrows_other(&self, parent: &Constraint) -> Result<bool, Counterexample> {
        let bound = self.bound_with(parent);
        self.ask("narrows_other", bound, |copy, work| copy.narrows_other(parent, work))
    }

    fn bound_with(&self, other: &Constraint) -> u64 {
        T::COST.narrows.at(self.size.saturating_add(other.to_json().len()))
    }

    /// Asks both copies, each twice.
    fn ask(
        &self,
        rule: &'static str,
        bound: u64,
        question: impl Fn(&T, &mut Work) -> bool,
    ) -> Result<bool, Counterexample> {
        let [one, two] = &self.copies;
        let mut work = Work::new();
        let answer = question(one, &mut work);
        let steps = work.steps();
        if steps > bound {
            let constraint = Box::new(self.members.clone().into());
            return Err(Counterexample::TooCostly { rule, constraint, steps, bound });
        }
        let again = |copy| question(copy, &mut Work::new());
        if [one, two, two].into_iter().all(|copy| again(copy) == answer) {
            Ok(answer)
        } else {
            Err(not_deterministic(rule, &self.members))
        }
    }
}

fn not_deterministic(rule: &'static str, members: &Object) -> Counterexample {
    let constraint = Box::new(members.clone().into());
    Counterexample::NotDeterministic { rule, constraint }
}
