//! Constraints in JSON (AAT-02 3.4).

use crate::{
    codec::extension,
    error::Quoted,
    extension::Definition,
    json::{JsonError, Members, Node, Number, NumberError, Numbers, Object, Value},
    model::{Bound, Clauses, Constraint, ConstraintError, Entry, Range, Scalar, ValueSet},
    terms::Terms,
};
use alloc::{boxed::Box, vec::Vec};

/// Why a constraint in a token is refused (AAT-02 8, steps 3n and 4o).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConstraintFault {
    /// The text is not strict JSON.
    #[error("the constraint cannot be read: {0}")]
    Json(#[from] JsonError),
    /// It is not a JSON object.
    #[error("the constraint is not an object")]
    NotAnObject,
    /// `constraint_type` is missing or not a string.
    #[error("`constraint_type` is missing or not a string")]
    TypeMissing,
    /// A type that this verifier does not implement.
    #[error("the constraint type {} is not known", Quoted(.name))]
    TypeUnknown {
        /// The type's name.
        name: Box<str>,
    },
    /// A member that the type does not define.
    #[error("`{kind}` has no member {}", Quoted(.member))]
    MemberUnknown {
        /// The constraint's type.
        kind: &'static str,
        /// The member.
        member: Box<str>,
    },
    /// A member that the type requires is missing, or a member has the wrong type.
    #[error("`{kind}` needs `{member}` to be {expected}")]
    MemberType {
        /// The constraint's type.
        kind: &'static str,
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// `min_inclusive` or `max_inclusive` without its bound.
    #[error("`{member}` stands without its bound")]
    InclusiveWithoutBound {
        /// The member.
        member: &'static str,
    },
    /// A number that the canonical form would change (AAT-02 3.4).
    #[error("{0}")]
    Number(#[from] NumberError),
    /// `all` and `any` nested deeper than the limit.
    #[error("the constraint is nested deeper than {limit}")]
    TooDeep {
        /// MAX_CONSTRAINT_DEPTH.
        limit: usize,
    },
    /// `optional` anywhere but on a named argument.
    #[error("`optional` stands where it has no meaning")]
    OptionalMisplaced,
    /// `optional` is not a boolean.
    #[error("`optional` is not a boolean")]
    OptionalNotBoolean,
    /// A `"*"` entry that is not a plain `wildcard`.
    #[error("the `*` entry is not a plain `wildcard`")]
    UnnamedNotWildcard,
    /// The members do not make sense together.
    #[error("{0}")]
    IllFormed(#[from] ConstraintError),
}

impl ConstraintFault {
    /// The stable name of this fault, as `spec/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TypeUnknown { .. } => "constraint_type_unknown",
            Self::TooDeep { .. } => "constraint_too_deep",
            Self::Number(_) => "number_inadmissible",
            _ => "constraint_malformed",
        }
    }
}

/// Reads constraints no deeper than a limit, of core types and those that are known.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    pub(super) terms: Terms<'t>,
}

impl Reader<'_> {
    fn max_depth(self) -> usize {
        self.terms.limits.max_constraint_depth
    }

    /// Reads the entry of a named argument: a constraint, and whether it is optional.
    pub(super) fn entry(self, node: Node<'_>) -> Result<Entry, ConstraintFault> {
        let mut optional = None;
        let constraint = self.constraint(node, self.max_depth(), Some(&mut optional))?;
        Ok(Entry::new(constraint, optional.unwrap_or(false)))
    }

    /// Reads a constraint that stands by itself.
    pub(super) fn plain(self, node: Node<'_>) -> Result<Constraint, ConstraintFault> {
        self.constraint(node, self.max_depth(), None)
    }

    /// Reads the `"*"` entry: a `wildcard` and nothing else (AAT-02 3.3).
    pub(super) fn unnamed(self, node: Node<'_>) -> Result<(), ConstraintFault> {
        match self.plain(node)? {
            Constraint::Wildcard => Ok(()),
            _ => Err(ConstraintFault::UnnamedNotWildcard),
        }
    }

    /// `optional` is where that member may stand, and what it said.
    fn constraint(
        self,
        node: Node<'_>,
        depth_left: usize,
        optional: Option<&mut Option<bool>>,
    ) -> Result<Constraint, ConstraintFault> {
        let depth_left = depth_left
            .checked_sub(1)
            .ok_or(ConstraintFault::TooDeep { limit: self.max_depth() })?;
        let Node::Object(members) = node else {
            return Err(ConstraintFault::NotAnObject);
        };
        let kind = match members.get("constraint_type") {
            Some(Node::String(name)) => match Kind::named(name) {
                Some(kind) => kind,
                None => {
                    let unknown = || ConstraintFault::TypeUnknown { name: (&**name).into() };
                    let definition = self.terms.extensions.named(name).ok_or_else(unknown)?;
                    return read_extension(definition, members, optional);
                }
            },
            _ => return Err(ConstraintFault::TypeMissing),
        };
        let fields = Fields::take(kind, members, optional)?;
        self.assemble(kind, fields, depth_left)
    }

    fn assemble(
        self,
        kind: Kind,
        mut fields: Fields<'_>,
        depth_left: usize,
    ) -> Result<Constraint, ConstraintFault> {
        Ok(match kind {
            Kind::Wildcard => Constraint::Wildcard,
            Kind::Exact => match fields.member(0) {
                Some(node) => {
                    let value = Value::from_node(node, Numbers::Admissible)?;
                    Constraint::Exact(Scalar::try_from(value)?)
                }
                None => return Err(fields.wrong(0, "a string, number, boolean or null")),
            },
            Kind::Range => fields.range()?,
            Kind::OneOf => match fields.value_set()? {
                values if values.is_empty() => return Err(ConstraintError::OneOfEmpty.into()),
                values => Constraint::OneOf(values),
            },
            Kind::NotOneOf => Constraint::NotOneOf(fields.value_set()?),
            Kind::Contains => Constraint::Contains(fields.value_set()?),
            Kind::Subset => Constraint::Subset(fields.value_set()?),
            Kind::All | Kind::Any => {
                let clauses = fields
                    .array()?
                    .into_iter()
                    .map(|clause| self.constraint(clause, depth_left, None))
                    .collect::<Result<Vec<_>, _>>()?;
                let clauses = Clauses::try_from(clauses)?;
                if let Kind::All = kind {
                    Constraint::All(clauses)
                } else {
                    Constraint::Any(clauses)
                }
            }
        })
    }
}

/// The core types.
#[derive(Clone, Copy)]
enum Kind {
    Exact,
    Range,
    OneOf,
    NotOneOf,
    Contains,
    Subset,
    Wildcard,
    All,
    Any,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "exact" => Self::Exact,
            "range" => Self::Range,
            "one_of" => Self::OneOf,
            "not_one_of" => Self::NotOneOf,
            "contains" => Self::Contains,
            "subset" => Self::Subset,
            "wildcard" => Self::Wildcard,
            "all" => Self::All,
            "any" => Self::Any,
            _ => return None,
        })
    }

    /// The type's name and the members that it defines.
    fn definition(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Exact => ("exact", &["value"]),
            Self::Range => ("range", &["min", "max", "min_inclusive", "max_inclusive"]),
            Self::OneOf => ("one_of", &["values"]),
            Self::NotOneOf => ("not_one_of", &["excluded"]),
            Self::Contains => ("contains", &["required"]),
            Self::Subset => ("subset", &["allowed"]),
            Self::Wildcard => ("wildcard", &[]),
            Self::All => ("all", &["constraints"]),
            Self::Any => ("any", &["constraints"]),
        }
    }
}

fn optional_said(node: &Node<'_>) -> Result<bool, ConstraintFault> {
    if let Node::Bool(value) = node { Ok(*value) } else { Err(ConstraintFault::OptionalNotBoolean) }
}

fn place_optional(
    said: Option<bool>,
    place: Option<&mut Option<bool>>,
) -> Result<(), ConstraintFault> {
    match (said, place) {
        (None, _) => {}
        (said, Some(place)) => *place = said,
        (Some(_), None) => return Err(ConstraintFault::OptionalMisplaced),
    }
    Ok(())
}

/// Reads a constraint of a known extension type.
fn read_extension(
    definition: Definition,
    members: Members<'_>,
    optional: Option<&mut Option<bool>>,
) -> Result<Constraint, ConstraintFault> {
    let mut said = None;
    let mut own = Vec::new();
    for (member, node) in members {
        match &*member {
            "constraint_type" => {}
            "optional" => said = Some(optional_said(&node)?),
            _ => own.push((member.into(), Value::from_node(node, Numbers::Admissible)?)),
        }
    }
    place_optional(said, optional)?;
    extension::read(definition, Object::from_distinct(own))
}

/// The members of one constraint, in the order of its type's definition.
struct Fields<'a> {
    kind: Kind,
    members: [Option<Node<'a>>; 4],
}

impl<'a> Fields<'a> {
    fn take(
        kind: Kind,
        members: Members<'a>,
        optional: Option<&mut Option<bool>>,
    ) -> Result<Self, ConstraintFault> {
        let (name, defined) = kind.definition();
        let mut fields = Self { kind, members: [const { None }; 4] };
        let mut said = None;
        for (member, node) in members {
            if member == "constraint_type" {
                continue;
            }
            if member == "optional" {
                said = Some(optional_said(&node)?);
                continue;
            }
            let place = defined.iter().position(|defined| *defined == member);
            match place.and_then(|place| fields.members.get_mut(place)) {
                Some(place) => *place = Some(node),
                None => {
                    let member = member.into();
                    return Err(ConstraintFault::MemberUnknown { kind: name, member });
                }
            }
        }
        place_optional(said, optional)?;
        Ok(fields)
    }

    fn member(&mut self, place: usize) -> Option<Node<'a>> {
        self.members.get_mut(place)?.take()
    }

    fn wrong(&self, place: usize, expected: &'static str) -> ConstraintFault {
        let (kind, defined) = self.kind.definition();
        let member = defined.get(place).copied().unwrap_or_default();
        ConstraintFault::MemberType { kind, member, expected }
    }

    fn array(&mut self) -> Result<Vec<Node<'a>>, ConstraintFault> {
        match self.member(0) {
            Some(Node::Array(elements)) => Ok(elements),
            _ => Err(self.wrong(0, "an array")),
        }
    }

    fn value_set(&mut self) -> Result<ValueSet, ConstraintFault> {
        let values = self.array()?.into_iter();
        let values: Result<Vec<_>, _> =
            values.map(|node| Value::from_node(node, Numbers::Admissible)).collect();
        Ok(values?.into_iter().collect())
    }

    fn range(&mut self) -> Result<Constraint, ConstraintFault> {
        let min = self.bound(0, 2)?;
        let max = self.bound(1, 3)?;
        Ok(Constraint::Range(Range::new(min, max)?))
    }

    fn bound(&mut self, place: usize, inclusive: usize) -> Result<Option<Bound>, ConstraintFault> {
        let value = match self.member(place) {
            None => None,
            Some(node @ Node::Number(_)) => {
                Value::from_node(node, Numbers::Admissible)?.as_number()
            }
            Some(_) => return Err(self.wrong(place, "a number")),
        };
        let inclusive = match self.member(inclusive) {
            None => true,
            Some(Node::Bool(_)) if value.is_none() => {
                let (_, defined) = self.kind.definition();
                let member = defined.get(inclusive).copied().unwrap_or_default();
                return Err(ConstraintFault::InclusiveWithoutBound { member });
            }
            Some(Node::Bool(inclusive)) => inclusive,
            Some(_) => return Err(self.wrong(inclusive, "a boolean")),
        };
        let bound = |value: Number| {
            if inclusive { Bound::inclusive(value) } else { Bound::exclusive(value) }
        };
        Ok(value.map(bound))
    }
}

/// The JSON form of the entry of a named argument.
pub(super) fn write_entry(entry: &Entry) -> Value {
    let mut members = members_of(&entry.constraint);
    if entry.optional {
        members.push(("optional", Value::Bool(true)));
    }
    object(members)
}

/// The JSON form of a constraint.
pub(super) fn write_constraint(constraint: &Constraint) -> Value {
    object(members_of(constraint))
}

fn members_of(constraint: &Constraint) -> Vec<(&str, Value)> {
    let mut members = Vec::with_capacity(4);
    members.push(("constraint_type", constraint.type_name().into()));
    match constraint {
        Constraint::Wildcard => {}
        Constraint::Exact(scalar) => members.push(("value", scalar.value().clone())),
        Constraint::Range(range) => {
            if let Some(min) = range.min() {
                members.push(("min", min.value().into()));
                if !min.is_inclusive() {
                    members.push(("min_inclusive", Value::Bool(false)));
                }
            }
            if let Some(max) = range.max() {
                members.push(("max", max.value().into()));
                if !max.is_inclusive() {
                    members.push(("max_inclusive", Value::Bool(false)));
                }
            }
        }
        Constraint::OneOf(values) => members.push(("values", array(values))),
        Constraint::NotOneOf(excluded) => members.push(("excluded", array(excluded))),
        Constraint::Contains(required) => members.push(("required", array(required))),
        Constraint::Subset(allowed) => members.push(("allowed", array(allowed))),
        Constraint::All(clauses) | Constraint::Any(clauses) => {
            let clauses: Vec<Value> = clauses.iter().map(write_constraint).collect();
            members.push(("constraints", clauses.into()));
        }
        Constraint::Extension(held) => {
            members.extend(held.members().iter().map(|(name, value)| (name, value.clone())));
        }
    }
    members
}

fn array(values: &ValueSet) -> Value {
    values.iter().cloned().collect::<Vec<_>>().into()
}

/// An object of members whose names differ by construction.
pub(crate) fn object<N: Into<Box<str>>>(members: Vec<(N, Value)>) -> Value {
    // INVARIANT: callers write each name once, so the last of equal names never matters.
    Object::from_distinct(members.into_iter().map(|(name, value)| (name.into(), value))).into()
}
