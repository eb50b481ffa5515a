//! Constraints, by themselves and against the parent's: sections 6.2 and 6.3 of the profile.

use super::{
    string,
    value::{count, elements, member, members, set, sorted, text, value},
};
use taper::{Object, Value};

/// What an argument's entry says, from its JSON.
#[derive(Debug)]
pub struct Entry {
    optional: bool,
    kind: String,
    /// The members of `one_of`, `not_one_of`, `contains` and `subset`, sorted.
    set: Vec<Value>,
    /// The value of an `exact`.
    exact: Option<Value>,
    /// By itself, as if required.
    whole: Vec<u8>,
}

impl Entry {
    /// Reads an entry of a constraint map; nothing when the profile cannot say it.
    pub fn new(json: &Value) -> Option<Self> {
        let optional = match member(json, "optional") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => return None,
        };
        let kind = text(member(json, "constraint_type")?)?.to_owned();
        let name = match &*kind {
            "one_of" => "values",
            "not_one_of" => "excluded",
            "contains" => "required",
            "subset" => "allowed",
            _ => "",
        };
        let set = match member(json, name) {
            Some(set) if !name.is_empty() => sorted(elements(set)?),
            _ => vec![],
        };
        let exact = member(json, "value").filter(|_| kind == "exact").cloned();
        Some(Self { optional, set, exact, whole: whole(json, true)?, kind })
    }

    /// The same constraint, equally optional.
    pub fn is(&self, other: &Self) -> bool {
        self.whole == other.whole && self.optional == other.optional
    }

    fn head(&self, head: u8) -> u8 {
        if self.optional { head + 0x20 } else { head }
    }

    /// By itself.
    pub fn by_itself(&self) -> Vec<u8> {
        [&[self.head(self.whole[0])], &self.whole[1..]].concat()
    }

    fn places(&self, above: &Self) -> Option<Vec<usize>> {
        let place = |value| above.set.iter().position(|own| own == value);
        self.set.iter().map(place).collect()
    }
}

/// What became of the parent's entry.
pub fn change(above: &Entry, below: Option<&Entry>) -> Vec<u8> {
    let Some(below) = below else {
        return vec![1];
    };
    if below.whole == above.whole {
        return match (above.optional, below.optional) {
            (true, false) => vec![2],
            (false, true) => vec![3],
            _ => vec![0],
        };
    }
    let place = below.exact.as_ref().and_then(|own| above.set.iter().position(|it| it == own));
    match (&*above.kind, &*below.kind, place, below.places(above)) {
        ("one_of", "exact", Some(place), _) => [vec![below.head(0x40)], count(place)].concat(),
        ("one_of", "one_of", _, Some(places)) | ("subset", "subset", _, Some(places)) => {
            [vec![below.head(0x41)], count(places.len()), gaps(&places)].concat()
        }
        ("not_one_of", "not_one_of", ..) | ("contains", "contains", ..)
            if above.places(below).is_some() =>
        {
            let added = below.set.iter().filter(|own| !above.set.contains(own)).cloned();
            [vec![below.head(0x42)], set(&added.collect::<Vec<_>>())].concat()
        }
        _ => below.by_itself(),
    }
}

/// Ascending places, as the numbers of those skipped (section 5.6).
pub fn gaps(places: &[usize]) -> Vec<u8> {
    let mut next = 0;
    let gap = |place: &usize| {
        let gap = count(place - next);
        next = place + 1;
        gap
    };
    places.iter().flat_map(gap).collect()
}

/// A constraint by itself, as if required; `outer` when it is no clause.
fn whole(json: &Value, outer: bool) -> Option<Vec<u8>> {
    let kind = text(member(json, "constraint_type")?)?;
    let has: &[&str] = match kind {
        "exact" => &["value"],
        "range" => &["min", "max", "min_inclusive", "max_inclusive"],
        "one_of" => &["values"],
        "not_one_of" => &["excluded"],
        "contains" => &["required"],
        "subset" => &["allowed"],
        "wildcard" => &[],
        "all" | "any" => &["constraints"],
        _ => return extension(kind, json, outer),
    };
    let known = |name: &str| {
        name == "constraint_type" || has.contains(&name) || (outer && name == "optional")
    };
    if !members(json).iter().all(|(name, _)| known(name)) {
        return None;
    }
    let own = || member(json, has.first()?);
    let members = || Some(set(elements(own()?)?));
    let clauses = || {
        let clauses = elements(own()?)?.iter().map(|clause| whole(clause, false));
        let clauses: Vec<Vec<u8>> = clauses.collect::<Option<_>>()?;
        Some([count(clauses.len()), clauses.concat()].concat())
    };
    let (head, rest) = match kind {
        "exact" => (0x10, value(own()?)),
        "range" => (0x11, range(json)?),
        "one_of" => (0x12, members()?),
        "not_one_of" => (0x13, members()?),
        "contains" => (0x14, members()?),
        "subset" => (0x15, members()?),
        "all" => (0x17, clauses()?),
        "any" => (0x18, clauses()?),
        _ => (0x16, vec![]),
    };
    Some([vec![head], rest].concat())
}

fn extension(name: &str, json: &Value, outer: bool) -> Option<Vec<u8>> {
    let mut others = members(json);
    others.retain(|(name, _)| *name != "constraint_type" && !(outer && *name == "optional"));
    let others = others.into_iter().map(|(name, value)| (name, value.clone()));
    let others = Object::new(others.collect::<Vec<_>>()).ok()?;
    Some([vec![0x1f], string(name), string(&others.to_jcs())].concat())
}

fn range(json: &Value) -> Option<Vec<u8>> {
    let mut flags = 0;
    let mut bounds = vec![];
    let parts = [("min", "min_inclusive", 1, 4), ("max", "max_inclusive", 2, 8)];
    for (name, inclusive, present, exclusive) in parts {
        match (member(json, name), member(json, inclusive)) {
            (None, None) => {}
            (Some(bound @ Value::Number(_)), None | Some(Value::Bool(true))) => {
                flags += present;
                bounds.extend(value(bound));
            }
            (Some(bound @ Value::Number(_)), Some(Value::Bool(false))) => {
                flags += present + exclusive;
                bounds.extend(value(bound));
            }
            _ => return None,
        }
    }
    Some([vec![flags], bounds].concat())
}
