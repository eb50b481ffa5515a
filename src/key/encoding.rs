//! Which 32 bytes are the one encoding of a point (RFC 8032 section 5.1.2).

/// Whether `bytes` is an encoding that RFC 8032 section 5.1.3 would decode: `y` below
/// `p = 2^255 - 19`, and no sign bit where `x` is 0.
///
/// Whether a point with that `y` exists is for the decoder to say: it reduces `y` modulo `p` and
/// reads "minus zero" as zero, so these two checks have to be made on the bytes.
pub(super) fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    let negative = high & 0x80 != 0;
    // The top byte of `y`, without the sign bit.
    let top = high & 0x7f;

    // p = 0x7fff..ffed, little-endian ed ff .. ff 7f.
    let ones_above_low = top == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    if ones_above_low && *low >= 0xed {
        return false;
    }

    // x = 0 is where y is 1 or p - 1, the solutions of y^2 = 1.
    let zeros_above_low = top == 0 && middle.iter().all(|byte| *byte == 0);
    let x_is_zero = (zeros_above_low && *low == 1) || (ones_above_low && *low == 0xec);
    !(x_is_zero && negative)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `low`, then thirty times `middle`, then `high`.
    fn bytes(low: u8, middle: u8, high: u8) -> [u8; 32] {
        let mut bytes = [middle; 32];
        bytes[0] = low;
        bytes[31] = high;
        bytes
    }

    #[test]
    fn edges_of_the_field() {
        for sign in [0, 0x80] {
            for low in 0xed..=0xff {
                assert!(!is_canonical(&bytes(low, 0xff, 0x7f | sign)), "{low} {sign}");
            }
            assert!(is_canonical(&bytes(0xeb, 0xff, 0x7f | sign)));
            assert!(is_canonical(&bytes(0xff, 0xff, 0x7e | sign)));
            assert!(is_canonical(&bytes(0, 0, sign)));
            assert!(is_canonical(&bytes(2, 0, sign)));
        }
        let mut nearly = bytes(0xff, 0xff, 0x7f);
        nearly[17] = 0xfe;
        assert!(is_canonical(&nearly));
    }

    #[test]
    fn minus_zero() {
        assert!(is_canonical(&bytes(1, 0, 0)));
        assert!(!is_canonical(&bytes(1, 0, 0x80)));
        assert!(is_canonical(&bytes(0xec, 0xff, 0x7f)));
        assert!(!is_canonical(&bytes(0xec, 0xff, 0xff)));
    }
}
