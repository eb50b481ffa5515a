//! For bad vectors that do not say it: the good one that they are one edit away from.

use super::{File, Vector};
use crate::vectors::change;
use serde_json::Value;

impl File {
    /// Names base and edit of each refused vector: the accepted one of the same file that differs in
    /// one input only, and there the least. A vector that says its own keeps it.
    #[must_use]
    pub(in crate::vectors) fn with_bases(mut self) -> Self {
        let good: Vec<Vector> =
            self.vectors.iter().filter(|vector| vector.expected.is_permit()).cloned().collect();
        for vector in &mut self.vectors {
            if vector.expected.is_permit() || vector.base.is_some() {
                continue;
            }
            let edits = good.iter().filter_map(|good| Some((good, vector.one_edit_from(good)?)));
            let nearest = edits.min_by_key(|(_, (_, from, to))| change::size(from, to));
            if let Some((good, (name, from, to))) = nearest {
                vector.edit = Some(format!("{name}: {}", change::between(&from, &to)));
                vector.base = Some(good.slug.clone());
            }
        }
        self
    }
}

/// The name of an input, what it was and what it is.
type Edit = (&'static str, String, String);

impl Vector {
    /// The one input in which the vectors differ, when it is a text.
    fn one_edit_from(&self, good: &Self) -> Option<Edit> {
        // What a vector is for is no input.
        let inputs = |vector: &Self| -> Vec<(&'static str, Value)> {
            vector.inputs.iter().filter(|(name, _)| *name != "flags").cloned().collect()
        };
        let (own, goods) = (inputs(self), inputs(good));
        if own.len() != goods.len() {
            return None;
        }
        let mut found = None;
        for ((name, to), (other, from)) in own.into_iter().zip(goods) {
            match (from, to) {
                _ if name != other => return None,
                (from, to) if from == to => {}
                (Value::String(from), Value::String(to)) if found.is_none() => {
                    found = Some((name, from, to));
                }
                _ => return None,
            }
        }
        found
    }
}
