//! What differs between two texts, in words.

/// The longest part that is shown, in characters.
const LONGEST: usize = 240;

/// Where two texts differ, with a little around it.
pub(super) fn between(from: &str, to: &str) -> String {
    let (head, tail) = common(from, to);
    let around = 12;
    let middle = |text: &str| {
        let end = text.chars().count() - tail + around.min(tail);
        let start = head.saturating_sub(around);
        let middle: Vec<char> = text.chars().skip(start).take(end - start).collect();
        match middle.len() {
            0 => "nothing".into(),
            1..=LONGEST => format!("`{}`", spelled(middle.into_iter())),
            long => {
                format!("`{}…` ({long} characters)", spelled(middle.into_iter().take(200)))
            }
        }
    };
    format!("{} became {}", middle(from), middle(to))
}

/// How much of either text is not in the other, in characters.
pub(super) fn size(from: &str, to: &str) -> usize {
    let (head, tail) = common(from, to);
    from.chars().count().max(to.chars().count()) - head - tail
}

/// How long the beginning and the end are that two texts have in common.
fn common(from: &str, to: &str) -> (usize, usize) {
    let same = |(a, b): &(char, char)| a == b;
    let head = from.chars().zip(to.chars()).take_while(same).count();
    let rest = from.chars().count().min(to.chars().count()) - head;
    let tail = from.chars().rev().zip(to.chars().rev()).take_while(same).count().min(rest);
    (head, tail)
}

/// With everything but printable ASCII by its number: look-alikes differ, and a line stays one.
pub(super) fn spelled(text: impl Iterator<Item = char>) -> String {
    text.map(|c| match c {
        ' '..='~' => c.to_string(),
        _ => c.escape_unicode().to_string(),
    })
    .collect()
}
