//! Constraints, by themselves and against the parent's.

use super::{
    cursor::{CompactFault, CompactRule, Cursor, Writer},
    value::{read_set, read_value, write_set, write_value},
};
use crate::{
    codec::{ConstraintFault, extension},
    json::{Number, Object, Value},
    model::{Bound, Clauses, Constraint, ConstraintError, Entry, Range, Scalar, ValueSet},
    terms::Terms,
};
use alloc::{sync::Arc, vec::Vec};

/// Why a constraint in a body is refused: its bytes, or what they say.
#[derive(Debug)]
pub(super) enum BadConstraint {
    Bytes(CompactFault),
    Meaning(ConstraintFault),
}

impl From<CompactFault> for BadConstraint {
    fn from(fault: CompactFault) -> Self {
        Self::Bytes(fault)
    }
}

impl From<ConstraintFault> for BadConstraint {
    fn from(fault: ConstraintFault) -> Self {
        Self::Meaning(fault)
    }
}

impl From<ConstraintError> for BadConstraint {
    fn from(error: ConstraintError) -> Self {
        Self::Meaning(error.into())
    }
}

/// Heads that say how an argument stands to the parent's.
const INHERIT: u8 = 0x00;
const DROP: u8 = 0x01;
const REQUIRE: u8 = 0x02;
const MAKE_OPTIONAL: u8 = 0x03;
/// Heads of constraints that are told by the parent's set: one member, some members, more members.
const MEMBER: u8 = 0x40;
const FEWER: u8 = 0x41;
const MORE: u8 = 0x42;
/// The head of a constraint told by itself: this bit and its type.
const WHOLE: u8 = 0x10;
/// Set in a head that has a constraint: the argument is optional.
const OPTIONAL: u8 = 0x20;

const EXACT: u8 = 0;
const RANGE: u8 = 1;
const ONE_OF: u8 = 2;
const NOT_ONE_OF: u8 = 3;
const CONTAINS: u8 = 4;
const SUBSET: u8 = 5;
const WILDCARD: u8 = 6;
const ALL: u8 = 7;
const ANY: u8 = 8;
/// An extension type: its name and its members as canonical JSON.
const EXTENSION: u8 = 15;

const HAS_MIN: u8 = 1;
const HAS_MAX: u8 = 2;
const MIN_EXCLUSIVE: u8 = 4;
const MAX_EXCLUSIVE: u8 = 8;

/// Reads the entry of an argument that has no counterpart in the parent.
pub(super) fn read_entry(
    cursor: &mut Cursor<'_>,
    terms: Terms<'_>,
) -> Result<Entry, BadConstraint> {
    let head = cursor.byte("constraint")?;
    let constraint =
        read_whole(cursor, head & !OPTIONAL, terms.limits.max_constraint_depth, terms)?;
    Ok(Entry::new(constraint, head & OPTIONAL != 0))
}

pub(super) fn write_entry(entry: &Entry, out: &mut Writer) {
    let optional = if entry.optional { OPTIONAL } else { 0 };
    write_whole(&entry.constraint, optional, out);
}

/// Reads what became of one of the parent's entries; `None` when it was dropped.
pub(super) fn read_change(
    cursor: &mut Cursor<'_>,
    parent: &Entry,
    terms: Terms<'_>,
) -> Result<Option<Entry>, BadConstraint> {
    let head = cursor.byte("constraint")?;
    let inherit = |optional| Entry { constraint: Arc::clone(&parent.constraint), optional };
    Ok(Some(match head {
        INHERIT => parent.clone(),
        DROP => return Ok(None),
        REQUIRE => inherit(false),
        MAKE_OPTIONAL => inherit(true),
        _ => {
            let optional = head & OPTIONAL != 0;
            let constraint = match (head & !OPTIONAL, &*parent.constraint) {
                (MEMBER, Constraint::OneOf(set)) => {
                    let index: u64 = cursor.take("place")?;
                    let value = usize::try_from(index).ok().and_then(|index| set.get(index));
                    let place = CompactRule::Place { what: "value" };
                    let value = value.ok_or_else(|| cursor.fault(place))?;
                    Constraint::Exact(Scalar::try_from(value.clone())?)
                }
                (FEWER, Constraint::OneOf(set)) => match read_members(cursor, set)? {
                    values if values.is_empty() => return Err(ConstraintError::OneOfEmpty.into()),
                    values => Constraint::OneOf(values),
                },
                (FEWER, Constraint::Subset(set)) => Constraint::Subset(read_members(cursor, set)?),
                (MORE, Constraint::NotOneOf(set)) => Constraint::NotOneOf(read_more(cursor, set)?),
                (MORE, Constraint::Contains(set)) => Constraint::Contains(read_more(cursor, set)?),
                (head, _) => read_whole(cursor, head, terms.limits.max_constraint_depth, terms)?,
            };
            Entry::new(constraint, optional)
        }
    }))
}

/// Writes what became of one of the parent's entries, in the one form there is for it: the first
/// that applies, in the order of this function.
pub(super) fn write_change(parent: &Entry, child: Option<&Entry>, out: &mut Writer) {
    let Some(child) = child else {
        return out.byte(DROP);
    };
    if same(&parent.constraint, &child.constraint) {
        return out.byte(match (parent.optional, child.optional) {
            (false, true) => MAKE_OPTIONAL,
            (true, false) => REQUIRE,
            _ => INHERIT,
        });
    }
    let optional = if child.optional { OPTIONAL } else { 0 };
    match (&*parent.constraint, &*child.constraint) {
        (Constraint::OneOf(set), Constraint::Exact(scalar)) => {
            if let Some(index) = set.index_of(scalar.value()) {
                out.byte(MEMBER | optional);
                return out.count(index);
            }
        }
        (Constraint::OneOf(above), Constraint::OneOf(below))
        | (Constraint::Subset(above), Constraint::Subset(below))
            if below.is_subset_of(above) =>
        {
            out.byte(FEWER | optional);
            return write_places(above, below, out);
        }
        (Constraint::NotOneOf(above), Constraint::NotOneOf(below))
        | (Constraint::Contains(above), Constraint::Contains(below))
            if above.is_subset_of(below) =>
        {
            out.byte(MORE | optional);
            let added: Vec<&Value> = below.iter().filter(|value| !above.contains(value)).collect();
            return write_set(added.into_iter(), out);
        }
        _ => {}
    }
    write_whole(&child.constraint, optional, out);
}

fn same(a: &Arc<Constraint>, b: &Arc<Constraint>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// Places in the parent's set, ascending: how many, then for each how many are skipped before it.
fn read_members(cursor: &mut Cursor<'_>, set: &ValueSet) -> Result<ValueSet, CompactFault> {
    let count = cursor.count("places")?;
    let mut places = Places::default();
    let mut members = Vec::with_capacity(count);
    for _ in 0..count {
        let place = places.read(cursor)?;
        let value = set.get(place);
        let none = CompactRule::Place { what: "value" };
        members.push(value.ok_or_else(|| cursor.fault(none))?.clone());
    }
    Ok(members.into_iter().collect())
}

fn write_places(above: &ValueSet, below: &ValueSet, out: &mut Writer) {
    out.count(below.len());
    let mut places = Places::default();
    for place in below.iter().filter_map(|value| above.index_of(value)) {
        places.write(place, out);
    }
}

/// Ascending places, each written as the number of places skipped since the one before.
#[derive(Default)]
pub(super) struct Places {
    next: usize,
}

impl Places {
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<usize, CompactFault> {
        let skipped: u64 = cursor.take("place")?;
        let place = usize::try_from(skipped).ok().and_then(|skip| self.next.checked_add(skip));
        let place = place.ok_or_else(|| cursor.malformed("place"))?;
        self.next = place.saturating_add(1);
        Ok(place)
    }

    pub(super) fn write(&mut self, place: usize, out: &mut Writer) {
        out.count(place.saturating_sub(self.next));
        self.next = place.saturating_add(1);
    }
}

fn read_more(cursor: &mut Cursor<'_>, set: &ValueSet) -> Result<ValueSet, CompactFault> {
    let added = read_set(cursor)?;
    Ok(set.iter().chain(added.iter()).cloned().collect())
}

fn read_whole(
    cursor: &mut Cursor<'_>,
    head: u8,
    depth_left: usize,
    terms: Terms<'_>,
) -> Result<Constraint, BadConstraint> {
    let depth_left = depth_left
        .checked_sub(1)
        .ok_or(ConstraintFault::TooDeep { limit: terms.limits.max_constraint_depth })?;
    let unknown = CompactRule::Tag { what: "constraint", found: head };
    let Some(kind) = head.checked_sub(WHOLE) else {
        return Err(cursor.fault(unknown).into());
    };
    Ok(match kind {
        EXACT => Constraint::Exact(Scalar::try_from(read_value(cursor)?)?),
        RANGE => Constraint::Range(read_range(cursor)?),
        ONE_OF => match read_set(cursor)? {
            values if values.is_empty() => return Err(ConstraintError::OneOfEmpty.into()),
            values => Constraint::OneOf(values),
        },
        NOT_ONE_OF => Constraint::NotOneOf(read_set(cursor)?),
        CONTAINS => Constraint::Contains(read_set(cursor)?),
        SUBSET => Constraint::Subset(read_set(cursor)?),
        WILDCARD => Constraint::Wildcard,
        ALL | ANY => {
            let count = cursor.count("clauses")?;
            let clause = |_| {
                let head = cursor.byte("clause")?;
                read_whole(cursor, head, depth_left, terms)
            };
            let clauses: Vec<_> = (0..count).map(clause).collect::<Result<_, _>>()?;
            let clauses = Clauses::try_from(clauses)?;
            if kind == ALL { Constraint::All(clauses) } else { Constraint::Any(clauses) }
        }
        EXTENSION => {
            let name: &str = cursor.take("constraint type")?;
            let unknown = || ConstraintFault::TypeUnknown { name: name.into() };
            let definition = terms.extensions.named(name).ok_or_else(unknown)?;
            // Whether the text is canonical shows when the body is written again.
            let members: &str = cursor.take("constraint members")?;
            let members = Object::from_json(members.as_bytes())
                .map_err(|_| cursor.malformed("constraint members"))?;
            extension::read(definition, members)?
        }
        _ => return Err(cursor.fault(unknown).into()),
    })
}

fn write_whole(constraint: &Constraint, optional: u8, out: &mut Writer) {
    let mut head = |kind: u8| out.byte(WHOLE | optional | kind);
    match constraint {
        Constraint::Exact(scalar) => {
            head(EXACT);
            write_value(scalar.value(), out);
        }
        Constraint::Range(range) => {
            head(RANGE);
            write_range(range, out);
        }
        Constraint::OneOf(set) => {
            head(ONE_OF);
            write_set(set.iter(), out);
        }
        Constraint::NotOneOf(set) => {
            head(NOT_ONE_OF);
            write_set(set.iter(), out);
        }
        Constraint::Contains(set) => {
            head(CONTAINS);
            write_set(set.iter(), out);
        }
        Constraint::Subset(set) => {
            head(SUBSET);
            write_set(set.iter(), out);
        }
        Constraint::Wildcard => head(WILDCARD),
        Constraint::All(clauses) | Constraint::Any(clauses) => {
            head(if let Constraint::All(_) = constraint { ALL } else { ANY });
            out.count(clauses.iter().len());
            clauses.iter().for_each(|clause| write_whole(clause, 0, out));
        }
        Constraint::Extension(held) => {
            head(EXTENSION);
            out.put(held.name());
            out.put(&*held.members().to_jcs());
        }
    }
}

fn read_range(cursor: &mut Cursor<'_>) -> Result<Range, BadConstraint> {
    let flags = cursor.byte("range")?;
    let mut bound = |present: u8, exclusive: u8| -> Result<Option<Bound>, CompactFault> {
        if flags & present == 0 {
            return Ok(None);
        }
        let number = read_value(cursor)?.as_number();
        let number: Number = number.ok_or_else(|| cursor.malformed("bound"))?;
        let is_exclusive = flags & exclusive != 0;
        Ok(Some(if is_exclusive { Bound::exclusive(number) } else { Bound::inclusive(number) }))
    };
    let min = bound(HAS_MIN, MIN_EXCLUSIVE)?;
    let max = bound(HAS_MAX, MAX_EXCLUSIVE)?;
    Ok(Range::new(min, max)?)
}

fn write_range(range: &Range, out: &mut Writer) {
    let flag = |bound: Option<Bound>, present: u8, exclusive: u8| match bound {
        None => 0,
        Some(bound) if bound.is_inclusive() => present,
        Some(_) => present | exclusive,
    };
    let (min, max) = (range.min(), range.max());
    out.byte(flag(min, HAS_MIN, MIN_EXCLUSIVE) | flag(max, HAS_MAX, MAX_EXCLUSIVE));
    for bound in [min, max].into_iter().flatten() {
        write_value(&bound.value().into(), out);
    }
}
