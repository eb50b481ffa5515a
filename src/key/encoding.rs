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

/// The encodings of the points of small order, without the sign bit: of order 1 and 2, where `x` is
/// 0, of order 4, where `y` is 0, and of order 8.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [0; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Whether a canonical encoding is that of a point of small order. Each of the eight has one, so
/// there is nothing to compute.
pub(super) fn is_small_order(canonical: &[u8; 32]) -> bool {
    let mut unsigned = *canonical;
    let [.., high] = &mut unsigned;
    *high &= 0x7f;
    SMALL_ORDER.contains(&unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::{constants::EIGHT_TORSION, edwards::CompressedEdwardsY};

    #[test]
    fn small_orders_are_those_of_the_curve() {
        for point in EIGHT_TORSION {
            let bytes = point.compress().to_bytes();
            assert!(is_canonical(&bytes) && is_small_order(&bytes), "{bytes:?}");
        }
        let mut points = 0;
        for mut bytes in SMALL_ORDER {
            for sign in [0, 0x80] {
                bytes[31] ^= sign;
                if is_canonical(&bytes) {
                    let point = CompressedEdwardsY(bytes).decompress().unwrap();
                    assert!(point.is_small_order(), "{bytes:?}");
                    points += 1;
                }
            }
        }
        assert_eq!(points, EIGHT_TORSION.len());
    }

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
