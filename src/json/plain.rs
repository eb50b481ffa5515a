//! Finding what a JSON string cannot hold as it is.

/// Bytes that are looked at together.
const WORD: usize = size_of::<u64>();

/// How many bytes stand before the first that a JSON string does not hold as it is: a quote, a
/// backslash or a control character.
pub(super) fn plain_prefix(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<WORD>();
    let mut skipped = 0_usize;
    for word in words {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return skipped.saturating_add(first_byte(special));
        }
        skipped = skipped.saturating_add(WORD);
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    skipped.saturating_add(rest.iter().position(special).unwrap_or(rest.len()))
}

/// The top bit of every special byte of `word`. Bytes above the lowest special one may be marked
/// too, because a difference borrows from them; those below it never are.
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const TOPS: u64 = u64::from_le_bytes([0x80; WORD]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; WORD]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; WORD]);
    const SPACES: u64 = u64::from_le_bytes([b' '; WORD]);
    // Where a byte is below another, their difference has its top bit, and it had none itself.
    let below = |word: u64, limit: u64| word.wrapping_sub(limit) & !word & TOPS;
    below(word, SPACES) | below(word ^ QUOTES, ONES) | below(word ^ BACKSLASHES, ONES)
}

/// The place of the lowest marked byte.
fn first_byte(marked: u64) -> usize {
    usize::try_from(marked.trailing_zeros() / u8::BITS).unwrap_or(WORD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one_by_one(bytes: &[u8]) -> usize {
        let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
        bytes.iter().position(special).unwrap_or(bytes.len())
    }

    #[test]
    fn every_pair_of_bytes_at_every_place() {
        for place in 0..17 {
            for (first, second) in (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| (a, b))) {
                let mut bytes = [b'x'; 19];
                bytes[place] = first;
                bytes[place + 1] = second;
                assert_eq!(plain_prefix(&bytes), one_by_one(&bytes), "{bytes:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn as_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(plain_prefix(&bytes), one_by_one(&bytes));
        }
    }
}
